"""docs/promises.md names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "promises.md").read_text(encoding="utf-8")


def test_each_promise_is_held_by_tests_that_exist() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE)
    assert named
    for file, name in named:
        tests = {
            node.name for node in ast.walk(ast.parse((HERE / file).read_text())) if isinstance(node, ast.FunctionDef)
        }
        assert name in tests, f"{file} has no {name}"


def test_every_promise_has_a_test() -> None:
    tables = PAGE.split("| promise | checked by |\n| --- | --- |\n")[1:]
    rows = [row for table in tables for row in table.split("\n\n")[0].splitlines()]
    assert len(rows) > 20
    assert all(re.search(r"\| `test_\w+\.py::test_\w+`", row) for row in rows)
