"""The colours of a picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from autograd.arguments import a_choice


@dataclass(frozen=True)
class Theme:
    """Colours by purpose.

    The two signs and the marks differ in lightness too, for print without colour. Text has a contrast of at least 4.5
    to its background, and lines at least 3 (WCAG 2.2, AA).
    """

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
    paper="#fdfdfe",
    ink="#1f2933",
    faint="#5f6b78",
    value="#f3f5f8",
    parameter="#e3eefa",
    operation="#fff3d6",
    cluster="#87919b",
    positive="#083a75",
    negative="#a04a08",
    highlight="#de48be",
)
DARK = Theme(
    paper="#15181c",
    ink="#e4e7eb",
    faint="#9aa5b1",
    value="#23282e",
    parameter="#1c3048",
    operation="#463a1c",
    cluster="#64727f",
    positive="#b9dcff",
    negative="#e69345",
    highlight="#c846a6",
)
THEMES = {"light": LIGHT, "dark": DARK, "auto": LIGHT}
"""The themes. `auto` follows the page: it is drawn light, and turns dark if the reader prefers that."""

_DARK_SCREEN = "@media screen and (prefers-color-scheme: dark)"


def find(name: str) -> Theme:
    """The theme with a name.

    Raises:
        ValueError: there is none.
    """
    return THEMES[a_choice(name, "theme", THEMES)]


def following(scope: str) -> str:
    """A style sheet that turns a light picture dark on a dark screen: it replaces each colour by its counterpart.

    Args:
        scope: a selector of this picture, since there may be others in the document.
    """
    pairs = zip(asdict(LIGHT).values(), asdict(DARK).values(), strict=True)
    rules = [f'{scope} [{what}="{light}"] {{ {what}: {dark} }}' for light, dark in pairs for what in ("fill", "stroke")]
    return "\n".join([f"{_DARK_SCREEN} {{", *rules, "}"])


def variables() -> str:
    """The same colours as CSS variables, `--ink` and so on, light or dark as the reader prefers."""

    def declared(theme: Theme) -> str:
        return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in asdict(theme).items()) + " }"

    return f"{declared(LIGHT)}\n{_DARK_SCREEN} {{ {declared(DARK)} }}"
