"""Draws the imports between the parts of the project. Run by `python -m docs.layout`."""

from __future__ import annotations

import argparse
import ast
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

import graphviz

from autograd.entry import run
from autograd.files import write_whole
from viz.escaping import FONT
from viz.layout import render
from viz.page import dressed
from viz.themes import LIGHT

HERE = Path(__file__).parent
ROOT = HERE.parent
PICTURE = HERE / "gallery" / "layout.svg"
PACKAGES = ("autograd", "nn", "viz", "demos")


def parts() -> dict[str, list[Path]]:
    """The files of each part: a package, or a module or folder of `autograd`, which has many."""
    found: dict[str, list[Path]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "exercises" not in path.parts:
                found.setdefault(_part(path.relative_to(ROOT).with_suffix("").parts), []).append(path)
    return found


@functools.cache
def imports() -> dict[str, set[str]]:
    """The other parts that each part imports, inside functions too, without imports for type checking."""
    return {
        part: {_part(name.split(".")) for path in paths for name in _imported(path)} - {part}
        for part, paths in parts().items()
    }


def reduced(arrows: dict[str, set[str]]) -> dict[str, set[str]]:
    """The arrows without those that a longer path implies."""

    @functools.cache
    def below(part: str) -> frozenset[str]:
        return frozenset(arrows[part]).union(*map(below, arrows[part]))

    return {
        part: {other for other in others if not any(other in below(third) for third in others)}
        for part, others in arrows.items()
    }


def drawing() -> graphviz.Digraph:
    """The parts, each above those that it imports."""
    graph = graphviz.Digraph(
        graph_attr={"ranksep": "0.35", "nodesep": "0.15", "bgcolor": LIGHT.paper},
        node_attr={"shape": "box", "fontname": FONT, "fontsize": "12", "height": "0.3"},
        edge_attr={"color": LIGHT.faint, "arrowsize": "0.6"},
    )
    graph.node_attr.update(color=LIGHT.faint, fontcolor=LIGHT.ink)
    for part, others in reduced(imports()).items():
        graph.node(part, id=part)
        for other in sorted(others):
            graph.edge(part, other, id=f"{part}->{other}")
    return graph


def _part(names: tuple[str, ...] | list[str]) -> str:
    """`autograd.words.tree` belongs to `autograd/words`, `nn.module` to `nn`."""
    if names[0] != "autograd" or len(names) == 1 or names[1] == "__init__":
        return names[0]
    folder = (ROOT / "autograd" / names[1]).is_dir()
    return f"{names[1]}/" if folder else f"{names[1]}.py"


def _imported(path: Path) -> Iterator[str]:
    """The modules of the project that a file imports, by their full names."""
    for node in _run(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from autograd import ops` imports a module, `from autograd import Value` a name of the package.
            names = [f"{node.module}.{alias.name}" for alias in node.names if _is_module(f"{node.module}.{alias.name}")]
            names = names if len(names) == len(node.names) else [*names, node.module]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] in PACKAGES)


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes except those under `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _run(node)


def _is_module(name: str) -> bool:
    *folder, last = name.split(".")
    return last in _names(ROOT.joinpath(*folder))


@functools.cache
def _names(folder: Path) -> set[str]:
    """Those in a folder, as they are written: to some systems `Value.py` is `value.py`."""
    return {path.stem for path in folder.iterdir()} if folder.is_dir() else set()


def main(arguments: Sequence[str] | None = None) -> None:
    """Draws the layout from the imports."""
    argparse.ArgumentParser(prog="python -m docs.layout", description=main.__doc__).parse_args(arguments)
    svg = render(drawing().source, "svg").decode()
    arrows = [f"{part}->{other}" for part, others in reduced(imports()).items() for other in others]
    words = "Each part of the project stands above those that it imports."
    write_whole(PICTURE, dressed(svg, "The layout", words, "auto", {name: name for name in [*parts(), *arrows]}))


if __name__ == "__main__":
    run(main)
