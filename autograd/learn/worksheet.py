"""`worksheet`: variants of a graph with blanks for a class to fill in, and their solutions."""

from __future__ import annotations

import html
import math
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograd.arguments import a_generator, a_text, a_value, a_whole_number
from autograd.files import a_path, write_whole
from autograd.graph import every_node
from autograd.shown import number
from autograd.templates import latex_name
from autograd.value import Value
from autograd.words.again import differentiated
from autograd.words.formula import formula
from autograd.words.names import Names

LARGEST = 1000
"""The number of nodes that a worksheet can ask for."""

MOST = 1000
"""The number of variants that a worksheet may have."""

TRIES = 200
"""The number of attempts to draw numbers for which everything is defined and short to write."""


@dataclass(frozen=True)
class Line:
    """A node of a variant: its name, and the content of its blanks."""

    name: str
    latex: str
    data: float
    grad: float
    given: bool
    """Whether its data is printed, as for a leaf."""


@dataclass(frozen=True)
class Variant:
    """One sheet."""

    number: int
    formula: str
    latex: str
    lines: list[Line]


def variants(loss: Value, count: int = 4, seed: int = 0) -> list[Variant]:
    """Draws new numbers for the leaves of a graph, and computes all others from them.

    Args:
        loss: the result whose derivatives are asked for; it is left unchanged.
        count: the number of variants.
        seed: the same seed gives the same numbers.

    Raises:
        TypeError: `loss` is not a Value, or a node was made by hand and cannot be computed again.
        ValueError: `loss` is a leaf, or has more than 1,000 nodes; or no numbers were found for which everything is
            defined.
    """
    a_value(loss, "worksheet(loss, path)")
    if not loss._prev:
        raise ValueError(f"{loss!r} was not computed from anything: a worksheet needs an expression")
    names, draw = Names(loss), a_generator(seed)
    if len(names.nodes) > LARGEST:
        raise ValueError(
            f"a worksheet has a line for each node, and this graph has {len(names.nodes):,}, which is more than "
            f"{LARGEST:,}: make one of a part of it"
        )
    leaves = [node for node in every_node(loss) if not node._prev and not names.is_constant(node)]
    written = str(formula(loss)).split("\n")[0]
    return [
        Variant(k + 1, written, str(formula(loss, latex=True)), _lines(names, *_drawn(loss, leaves, draw)))
        for k in range(count)
    ]


def _drawn(loss: Value, leaves: list[Value], draw: random.Random) -> tuple[dict[Value, float], dict[Value, float]]:
    """The data and gradients of all nodes, for new numbers of the leaves at which they are defined."""
    for attempt in range(TRIES):
        whole = attempt < TRIES // 2 and all(float(leaf.data).is_integer() for leaf in leaves)
        given = {leaf: _near(leaf.data, draw, whole) for leaf in leaves}
        try:
            data, gradient = differentiated(loss, given)
        except (ArithmeticError, ValueError):
            continue
        found = [*data.values(), *gradient.values()]
        least = min((abs(gradient.get(leaf, 0.0)) for leaf in leaves), default=0.0)
        if attempt < 3 * TRIES // 4 and least < 0.01:
            continue  # saturated or cut off: a row of zeros teaches nothing
        if all(math.isfinite(x) and abs(x) < 1e4 for x in found):
            return data, gradient
    raise ValueError(f"no numbers near those of this graph were found for which all of it is defined: {loss!r}")


def _near(x: float, draw: random.Random, whole: bool) -> float:
    """A random number of the same sign and similar size, whole if `whole`."""
    sign = -1.0 if x < 0 else 1.0
    if whole:
        return sign * draw.randint(1, max(5, min(9, round(abs(x)) * 2)))
    return sign * round(draw.uniform(0.1, max(1.0, 2 * abs(x))), 1)


def _lines(names: Names, data: dict[Value, float], gradient: dict[Value, float]) -> list[Line]:
    return [
        Line(
            names(node),
            latex_name(names(node)) if node.label else str(formula(node, latex=True)),
            data.get(node, node.data),
            gradient.get(node, 0.0),
            not node._prev,
        )
        for node in names.nodes
        if not names.is_constant(node)
    ]


def worksheet(
    loss: Value, path: str | os.PathLike[str], *, count: int = 4, seed: int = 0, title: str = "Backpropagation"
) -> None:
    """Writes a worksheet: variants of a graph with blanks for data and gradients, and the solutions at the end.

    Args:
        loss: the graph; labels make it readable. It is left unchanged.
        path: the file, with the extension `.html`, `.tex` or `.pdf` (which needs matplotlib).
        count: the number of variants.
        seed: the same seed gives the same numbers.
        title: the heading of each sheet.

    Raises:
        ValueError: the extension is another, or see `variants`.
        TypeError: see `variants`.
        ImportError: matplotlib is not installed, for a `.pdf`.

    Example:
        >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        >>> worksheet(a * b + a, "sheet.html", count=2)
    """
    target = Path(a_path(path))
    writers: dict[str, Callable[[list[Variant], str], str | bytes]] = {".html": _html, ".tex": _tex, ".pdf": _pdf}
    if target.suffix not in writers:
        raise ValueError(f"a worksheet ends in {', '.join(writers)}, not {target.suffix or target.name!r}")
    a_whole_number(count, "the number of variants", least=1, most=MOST)
    write_whole(target, writers[target.suffix](variants(loss, count, seed), a_text(title, "the title")))


TASK = "Fill in the numbers of the forward pass, then the gradients of the backward pass."

_STYLE = """
body { font: 12pt/1.5 Georgia, serif; max-width: 40em; margin: 2em auto; padding: 0 1em; }
section { break-after: page; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { border: 1px solid #767676; padding: 0.4em 0.8em; text-align: right; min-width: 7em; }
th:first-child, td:first-child { text-align: left; }
code { font-size: 1.05em; }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } }
@media print { body { background: white; color: black; } }
"""


def _html(sheets: list[Variant], title: str) -> str:
    shown = html.escape(title)
    parts = [_html_sheet(sheet, shown, solved=False) for sheet in sheets]
    parts += [_html_sheet(sheet, f"{shown}: solution", solved=True) for sheet in sheets]
    head = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{shown}</title>\n<style>{_STYLE}</style>\n'
    )
    return head + "\n".join(parts) + "\n</html>\n"


def _html_sheet(sheet: Variant, title: str, solved: bool) -> str:
    rows = [
        f"<tr><td><code>{html.escape(line.name)}</code></td>"
        f"<td>{_data(line, solved)}</td><td>{_grad(line, solved)}</td></tr>"
        for line in sheet.lines
    ]
    table = "<table>\n<tr><th>node</th><th>data</th><th>grad</th></tr>\n" + "\n".join(rows) + "\n</table>"
    heading = f"<h1>{title}, variant {sheet.number}</h1>"
    task = "" if solved else f"<p>{TASK}</p>\n"
    return f"<section>\n{heading}\n<p><code>{html.escape(sheet.formula)}</code></p>\n{task}{table}\n</section>"


def _data(line: Line, solved: bool, blank: str = "") -> str:
    return number(line.data) if solved or line.given else blank


def _grad(line: Line, solved: bool, blank: str = "") -> str:
    return number(line.grad) if solved else blank


_TEX_HEAD = r"""\documentclass[12pt]{article}
\usepackage{amsmath}
\renewcommand{\arraystretch}{1.6}
\begin{document}
"""


def _tex(sheets: list[Variant], title: str) -> str:
    shown = _tex_text(title)
    parts = [_tex_sheet(sheet, shown, solved=False) for sheet in sheets]
    parts += [_tex_sheet(sheet, f"{shown}: solution", solved=True) for sheet in sheets]
    return _TEX_HEAD + "\n\\newpage\n".join(parts) + "\n\\end{document}\n"


def _tex_sheet(sheet: Variant, title: str, solved: bool) -> str:
    blank = r"\rule{6em}{0.4pt}"
    rows = [
        f"${line.latex}$ & {_data(line, solved, blank)} & {_grad(line, solved, blank)} \\\\" for line in sheet.lines
    ]
    table = "\\begin{tabular}{lrr}\nnode & data & grad \\\\ \\hline\n" + "\n".join(rows) + "\n\\end{tabular}"
    heading = f"\\section*{{{title}, variant {sheet.number}}}"
    return f"{heading}\n\\[ {sheet.latex} \\]\n{'' if solved else TASK}\n\n\\bigskip\n{table}"


def _tex_text(text: str) -> str:
    special = {c: f"\\{c}" for c in "#$%&_{}"} | {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}
    return "".join(special.get(c, c) for c in text)


def _pdf(sheets: list[Variant], title: str) -> bytes:
    from io import BytesIO

    try:
        from matplotlib.backends.backend_pdf import PdfPages
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("a .pdf needs matplotlib: pip install matplotlib, or write an .html and print it") from error
    written = BytesIO()
    with PdfPages(written, metadata={"CreationDate": None, "Title": title}) as pages:
        for solved in (False, True):
            for sheet in sheets:
                for page in range(0, len(sheet.lines), _ROWS):
                    figure = Figure(figsize=(8.27, 11.69))
                    _draw(figure, sheet, page, f"{title}{': solution' if solved else ''}", solved)
                    pages.savefig(figure)
    return written.getvalue()


_ROWS = 26
"""The number of nodes on a page of a PDF."""


def _draw(figure: object, sheet: Variant, first: int, title: str, solved: bool) -> None:
    from textwrap import fill

    text = figure.text  # type: ignore[attr-defined]
    plain = {"parse_math": False}
    text(0.1, 0.93, f"{title}, variant {sheet.number}", fontsize=16, **plain)
    text(0.1, 0.9, fill(sheet.formula, 70)[:200], fontsize=11, family="monospace", va="top", **plain)
    text(0.1, 0.84, "" if solved else TASK, fontsize=10, **plain)
    for i, line in enumerate(sheet.lines[first : first + _ROWS]):
        y = 0.79 - i * 0.028
        text(0.1, y, line.name, fontsize=11, family="monospace", **plain)
        text(0.6, y, _data(line, solved, "_" * 10), fontsize=11, ha="right", **plain)
        text(0.85, y, _grad(line, solved, "_" * 10), fontsize=11, ha="right", **plain)
    text(0.6, 0.815, "data", fontsize=10, ha="right", **plain)
    text(0.85, 0.815, "grad", fontsize=10, ha="right", **plain)
