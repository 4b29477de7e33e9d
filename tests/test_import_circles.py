"""Imports only point downwards: there is no cycle in the whole tree, including imports inside functions."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograd", "nn", "viz", "demos", "benchmarks")


def module_of(file: Path) -> str:
    """A file's name as a module: `autograd.compiler` for `autograd/compiler/__init__.py`."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(file): file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))}


def run_statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All statements that may run, without those under `if TYPE_CHECKING:`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for each in node.orelse:
                yield each
                yield from run_statements(each)
        else:
            yield node
            yield from run_statements(node)


def imports_of(source: str, module: str = "") -> set[str]:
    """The project's modules that a source imports."""
    found: set[str] = set()
    for node in run_statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relative to itself"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in FILES else str(node.module))
    return found & FILES.keys() - {module}


def test_no_imports_form_a_circle() -> None:
    graph = {module: imports_of(file.read_text(encoding="utf-8"), module) for module, file in FILES.items()}
    assert graph["nn.module"] >= {"autograd", "autograd.value"}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_imports_in_functions_count_and_those_for_types_do_not() -> None:
    source = "def f():\n    from autograd import ops\nif TYPE_CHECKING:\n    import nn\nelse:\n    import viz"
    assert imports_of(source) == {"autograd.ops", "viz"}
