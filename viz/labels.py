"""The contents of boxes, in DOT's HTML-like markup. All text arguments are markup already."""

from __future__ import annotations

from collections.abc import Sequence

from viz.emphasis import Stroke

_NARROW = 3
"""The least distance between two operands' ports, in points."""
_TALL = 24
"""The distance between the first and the last port of a few operands."""
_LONG = 10
"""The maximum number of characters of a name that shares a line."""


def box(
    text: str,
    fill: str,
    frame: Stroke,
    *,
    symbol: str = "",
    operands: Sequence[int] = (),
    side: str = "w",
    mark: str = "",
) -> str:
    """A box, with the operation's symbol on the left and a port for each operand, in order, on the side of its edges.

    Args:
        text: rows of a table.
        fill: the colour of the box.
        frame: the line around it.
        symbol: the operation, in coloured markup, see `chip`.
        operands: the indices of the operands with edges; their ports are `i0`, `i1`, ….
        side: the side of the ports, as a compass point: `w`, `n`, `e` or `s`.
        mark: the colour of a second frame around the first.
    """
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
    row = f"{symbol}<TD>{table}{text}</TABLE></TD>"
    columns = 2 if symbol else 1
    rows = f"<TR>{row}</TR>"
    if operands:
        ports = _ports(operands, side)
        if side in "we":
            rows = f"<TR>{ports}{row}</TR>" if side == "w" else f"<TR>{row}{ports}</TR>"
        else:
            across = "<TR>" + ports.replace("<TD>", f'<TD COLSPAN="{columns}">', 1) + "</TR>"
            rows = across + rows if side == "n" else rows + across
    style = "ROUNDED" if frame.style == "solid" else f"ROUNDED,{frame.style.upper()}"
    whole = (
        f'<TABLE BORDER="{round(frame.width)}" CELLBORDER="0" CELLSPACING="2" CELLPADDING="0" STYLE="{style}" '
        f'COLOR="{frame.colour}" BGCOLOR="{fill}">{rows}</TABLE>'
    )
    if mark:
        around = f'<TABLE BORDER="3" CELLBORDER="0" CELLSPACING="1" CELLPADDING="0" STYLE="ROUNDED" COLOR="{mark}">'
        whole = f"{around}<TR><TD>{whole}</TD></TR></TABLE>"
    return f"<{whole}>"


def chip(symbol: str, fill: str) -> str:
    """The cell with an operation's symbol."""
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="5" STYLE="ROUNDED" BGCOLOR="{fill}">'
    return f"<TD>{table}<TR><TD>{symbol}</TD></TR></TABLE></TD>"


def _ports(operands: Sequence[int], side: str) -> str:
    """A cell with a port for each operand, from the top down, or from left to right."""
    size = max(_NARROW, _TALL // len(operands))
    along = f'WIDTH="1" HEIGHT="{size}"' if side in "we" else f'WIDTH="{size}" HEIGHT="1"'
    cells = [f'<TD PORT="i{i}" {along} FIXEDSIZE="TRUE"></TD>' for i in operands]
    rows = [f"<TR>{cell}</TR>" for cell in cells] if side in "we" else ["<TR>", *cells, "</TR>"]
    return f'<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE></TD>'


def value(name: str, data: str, grad: str, *, align: str = "RIGHT") -> str:
    """The rows of a value, at most two: its name and number, and its gradient; a long name has a separate line.

    Args:
        name: its name, or an empty string.
        data: its number.
        grad: its gradient, or an empty string.
        align: the alignment of numbers.
    """
    numbers = [_cell(data, align), *([_cell(grad, align)] if grad else [])]
    if not name:
        return "".join(f"<TR>{number}</TR>" for number in numbers)
    bold = f"<B>{name}</B>"
    if len(name) > _LONG:
        return f"<TR>{_cell(bold, 'LEFT', len(numbers))}</TR><TR>{''.join(numbers)}</TR>"
    beside = [f'{_cell(bold, "LEFT")}<TD WIDTH="3"></TD>', '<TD COLSPAN="2"></TD>']
    return "".join(f"<TR>{left}{number}</TR>" for left, number in zip(beside, numbers, strict=False))


def lines(title: str, count: str, *rest: str) -> str:
    """The rows of a box of many scalars: its title with their number, and a line for each of the rest."""
    columns = 2 if count else 1
    first = _cell(f"<B>{title}</B>", "LEFT") + (_cell(f"&nbsp;{count}", "RIGHT") if count else "")
    return f"<TR>{first}</TR>" + "".join(f"<TR>{_cell(line, 'LEFT', columns)}</TR>" for line in rest)


def _cell(text: str, align: str, columns: int = 1) -> str:
    return f'<TD ALIGN="{align}"' + (f' COLSPAN="{columns}"' if columns > 1 else "") + f">{text}</TD>"
