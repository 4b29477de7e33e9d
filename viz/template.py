"""Pages in one file: a template, filled with parts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping


def filled(template: str, parts: Mapping[str, str]) -> str:
    """The template with each `{{name}}` replaced by the part of that name.

    It takes one pass: inserted parts are never scanned again. `{{hashes}}` becomes the hashes of the template's own
    scripts, for its content security policy, so that no other script in the page can run.

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
    """A script's hash in a content security policy (https://www.w3.org/TR/CSP3/#framework-directive-source-list)."""
    digest = hashlib.sha256(script.encode(errors="backslashreplace")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def in_script(data: object) -> str:
    """Data as JSON that cannot end the script element around it."""
    return json.dumps(data).replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
