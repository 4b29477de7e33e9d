"""Bundles the page's modules into one script."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import (\{[^}]*\}|\* as \w+) from "(?:\.|\.\./\.\./autograd)/(\w+)\.js";\n', re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
"""Comments on separate lines, which are dropped; readers find them in the source files."""
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) (\w+))", re.MULTILINE)


def source(name: str) -> str:
    """A source file of the page."""
    return files("viz").joinpath("page", name).read_text(encoding="utf-8")


@cache
def bundled(entry: str) -> str:
    """A module and all that it imports, as one script that exposes only the module's exports.

    Each module becomes a function, so that names do not clash.
    """
    return joined(entry, _module)


def _module(name: str) -> str:
    """The text of a module; the engine has the one with the functions that JavaScript lacks."""
    if name == "primitives":
        return files("autograd").joinpath("primitives.js").read_text(encoding="utf-8")
    return source(f"{name}.js")


def joined(entry: str, read: Callable[[str], str]) -> str:
    r"""Bundles modules that `read` returns by their names.

    Raises:
        ValueError: modules import each other in a circle, or a module has an unknown form of import or export.

    Example:
        >>> texts = {"a": 'import { x } from "./b.js";\nexport const y = x;\n', "b": "export const x = 1;\n"}
        >>> print(joined("a", texts.__getitem__))
        const module_b = (() => {
        const x = 1;
        return { x };
        })();
        const module_a = (() => {
        const { x } = module_b;
        const y = x;
        return { y };
        })();
    """
    written: dict[str, str] = {}

    def add(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"modules import each other in a circle: {' → '.join([*path, name])}")
        if name in written:
            return
        text = read(name)
        for _, other in _IMPORT.findall(text):
            add(other, (*path, name))
        body = _IMPORT.sub(_taken, text)
        exports = _EXPORT.findall(body)
        body = _COMMENT.sub("", _EXPORT.sub("", body))
        if left := re.search(r"^(?:import|export)\b.*", body, re.MULTILINE):
            raise ValueError(f"{name}.js: {left[0]!r} is not a form that the bundle knows")
        written[name] = f"const module_{name} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();"

    add(entry, ())
    return "\n".join(written.values())


def _taken(found: re.Match[str]) -> str:
    names = found[1].removeprefix("* as ").replace(" as ", ": ")
    return f"const {' '.join(names.split())} = module_{found[2]};\n"
