"""Pages that are one file: a template with what it is to hold put in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any


def filled(template: str, parts: Mapping[str, str]) -> str:
    """The template with each `{{name}}` replaced by the part of that name.

    It is done in one pass: what is put in is never looked at again. `{{hashes}}` stands for the hashes of the
    template's own scripts, for its content policy: nothing that gets into the page in another way is run.

    Example:
        >>> filled("<p>{{a}} {{b}}</p>", {"a": "{{b}}", "b": "2"})
        '<p>{{b}} 2</p>'
        >>> filled("{{hashes}}<script>{{a}}</script>", {"a": "alert(1)"})
        "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='<script>alert(1)</script>"
    """

    def put(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda place: known[place[1]], text)

    known = dict(parts)
    known["hashes"] = " ".join(
        _hash(put(script)) for script in re.findall("<script>(.*?)</script>", template, re.DOTALL)
    )
    return put(template)


def _hash(script: str) -> str:
    """A script as a content policy names it. Source: https://www.w3.org/TR/CSP3/#framework-directive-source-list"""
    digest = hashlib.sha256(script.encode(errors="backslashreplace")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def in_script(data: Any) -> str:
    """Data as JSON that cannot end the script element it stands in."""
    return json.dumps(data).replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
