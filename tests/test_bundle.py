"""The page's modules in one script."""

from __future__ import annotations

import pytest

from viz.bundle import joined


def test_comments_on_separate_lines_are_dropped_and_nothing_else() -> None:
    text = """\
/** What
 * it is. */
export const a = 1;
/** @type {number} */ let b = 2;
/** Another. */
// One more.
b += a;
"""
    bundle = joined("only", lambda _: text)
    assert bundle.splitlines()[1:4] == ["const a = 1;", "/** @type {number} */ let b = 2;", "b += a;"]


def test_a_circle_of_modules_is_refused() -> None:
    with pytest.raises(ValueError, match="a → b → a"):
        joined("a", lambda name: f'import {{ x }} from "./{"b" if name == "a" else "a"}.js";\n')
