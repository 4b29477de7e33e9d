"""Pages that are one file: a template with what it is to hold put in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def filled(template: str, parts: Mapping[str, str]) -> str:
    """The template with each `{{name}}` replaced by the part of that name.

    It is done in one pass: what is put in is never looked at again.

    Example:
        >>> filled("<p>{{a}} {{b}}</p>", {"a": "{{b}}", "b": "2"})
        '<p>{{b}} 2</p>'
    """
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], template)


def in_script(data: Any) -> str:
    """Data as JSON that cannot end the script element it stands in."""
    return json.dumps(data).replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")
