"""The colours of a picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for; `+` and `-` are told apart by lightness too, for print without colour."""

    paper: str
    ink: str
    faint: str
    value: str
    parameter: str
    operation: str
    cluster: str
    positive: str
    negative: str
    highlight: str


LIGHT = Theme(
    paper="#ffffff",
    ink="#1f2933",
    faint="#7b8794",
    value="#f5f7fa",
    parameter="#e8f1fb",
    operation="#fff3d6",
    cluster="#cbd2d9",
    positive="#1d5fa8",
    negative="#d9822b",
    highlight="#c026a3",
)
DARK = Theme(
    paper="#15181c",
    ink="#e4e7eb",
    faint="#9aa5b1",
    value="#23282e",
    parameter="#1c3048",
    operation="#463a1c",
    cluster="#52606d",
    positive="#6cb0f5",
    negative="#f0a35e",
    highlight="#f472d0",
)
THEMES = {"light": LIGHT, "dark": DARK, "auto": LIGHT}
"""`auto` follows the page: it is drawn light, and turns dark where the reader prefers that."""


def find(name: str) -> Theme:
    """The theme of that name.

    Raises:
        ValueError: there is none.
    """
    try:
        return THEMES[name]
    except KeyError:
        raise ValueError(f"unknown theme {name!r}; there are {', '.join(THEMES)}") from None
