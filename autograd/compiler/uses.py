"""Classifies how code uses a number that it read from a Value: for nothing, for a decision, or for a computation.

The analysis follows the source: from the expression at the place upwards, along the names that it is assigned to, and
through the calls of a function that returns it. Without source, a jump after the place counts as a decision.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import Any, NamedTuple

from autograd.lines import source
from autograd.looks import Place


class Use(Enum):
    """How a number is used."""

    SHOWN = "shown, checked, or written back"
    KEPT = "passed on as it is"
    COMPUTED = "computed with"
    DECIDED = "decided by"


_TEXT = {"print", "repr", "str", "format", "isinstance", "type", "id", "approx", "info", "debug", "warn", "write"}
"""Functions that print or format their arguments, or ask for their type or identity."""
_SAME = {"max", "min", "sum", "sorted", "list", "tuple", "iter", "reversed", "enumerate", "zip", "next", "float"}
"""Functions that return or contain their arguments."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WRITTEN = {"data", "grad", "label"}
"""Attributes of a Value that decide nothing when assigned."""


class Evidence(NamedTuple):
    """How the code uses a number."""

    use: Use
    literals: frozenset[float]
    """The literals of the same function that are not computed with this number. Any other constant of the graph was
    computed."""


def use_of(place: Place) -> Evidence:
    """How the code uses the number that it read at a place."""
    span = next(islice(place.code.co_positions(), place.at // 2, None), (None,) * 4)
    tree = _tree(place.code.co_filename)
    node = None if tree is None or None in span else tree.at(span)  # type: ignore[arg-type]
    if tree is None or node is None:
        return Evidence(_use_by_jumps(place.code, place.at), _numbers(place.code.co_consts))
    flow = _Flow(tree)
    use = flow.of(node)
    written = [each for each in tree.within(node) if isinstance(each, ast.Constant) and each not in flow.used]
    written = [each for each in written if not isinstance(tree.parents[each], ast.Subscript)]
    return Evidence(use, _numbers(each.value for each in written))


def _numbers(constants: Iterable[Any]) -> frozenset[float]:
    return frozenset(float(x) for x in constants if isinstance(x, (int, float)))


def _use_by_jumps(code: CodeType, at: int) -> Use:
    later = [each.opname for each in dis.get_instructions(code) if each.offset >= at]
    read = later[0].startswith("LOAD") or "detach" in code.co_names
    jumps = any(name == "COMPARE_OP" or ("JUMP" in name and "IF" in name) for name in later)
    return Use.DECIDED if jumps or not read else Use.KEPT


class _Tree:
    """The syntax tree of a file, with the parent of each node."""

    def __init__(self, source: str) -> None:
        self.root = ast.parse(source)
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.root):
            self.parents.update((child, node) for child in ast.iter_child_nodes(node))

    def at(self, span: tuple[int, int, int, int]) -> ast.expr | None:
        """The expression that spans the same as an instruction; None if the source is not that of the code."""
        for node in self.parents:
            if not isinstance(node, (ast.expr, ast.If, ast.While, ast.Assert)):
                continue
            if (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset) == span:
                return node if isinstance(node, ast.expr) and not isinstance(node, ast.IfExp) else node.test
        return None

    def within(self, node: ast.AST) -> Iterator[ast.AST]:
        """All nodes in the outermost function around a node, or else all outside of functions."""
        outermost: ast.AST = self.root
        while node in self.parents:
            node = self.parents[node]
            outermost = node if isinstance(node, _FUNCTIONS) else outermost
        pending = [outermost]
        while pending:
            yield (node := pending.pop())
            if node is outermost or outermost is not self.root or not isinstance(node, _FUNCTIONS):
                pending += ast.iter_child_nodes(node)

    def scope(self, node: ast.AST) -> ast.AST:
        """The function or module around a node."""
        while node is not self.root:
            node = self.parents[node]
            if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
                break
        return node

    def comprehension(self, name: ast.Name) -> ast.AST | None:
        """The comprehension that a name is a target of, if any."""
        node: ast.AST = name
        while isinstance(node, (ast.Name, ast.Tuple, ast.Starred)):
            node = self.parents[node]
        return self.parents[node] if isinstance(node, ast.comprehension) else None

    def loop(self, node: ast.AST) -> ast.AST | None:
        """The outermost loop around a node in its function."""
        found, scope = None, self.scope(node)
        while node is not scope:
            node = self.parents[node]
            found = node if isinstance(node, (ast.For, ast.While)) else found
        return found


@lru_cache(maxsize=32)
def _parsed(text: str) -> _Tree | None:
    try:
        return _Tree(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _tree(file: str) -> _Tree | None:
    lines = source(file)
    return _parsed("".join(lines)) if lines else None


class _Flow:
    """Follows a number from expression to expression, and visits each expression once."""

    def __init__(self, tree: _Tree) -> None:
        self.tree = tree
        self.met: set[tuple[ast.AST, bool]] = set()
        self.used: set[ast.AST] = set()
        """The literals that were operands of a computation."""

    def of(self, node: ast.expr) -> Use:
        """How the result of an expression is used: a number that was read, or the result of a comparison."""
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Call) and _name(node.func) == "detach"):
            return self.up(node, chosen=False)
        if isinstance(node, ast.Call):  # it compared its arguments, as `max` and `sorted` do
            return self._unless_shown(node)
        return self.up(node, chosen=True)

    def up(self, node: ast.AST, chosen: bool, computed: bool = False) -> Use:
        """How the result of an expression is used.

        Args:
            node: the expression.
            chosen: whether the result is a decision, such as a bool, rather than a number.
            computed: whether the result was computed from the number.
        """
        while (node, chosen) not in self.met:
            self.met.add((node, chosen))
            child, node = node, self.tree.parents[node]
            match node:
                case ast.stmt() | ast.NamedExpr() | ast.comprehension():
                    return self._in_statement(child, node, chosen, computed)
                case ast.FormattedValue() | ast.JoinedStr():
                    return Use.SHOWN
                case ast.IfExp() if node.test is child:
                    return self._unless_shown(node)
                case ast.match_case() | ast.Slice():
                    return Use.DECIDED
                case ast.keyword() if node.arg == "key":
                    return self._unless_shown(node)
                case ast.Compare() | ast.BoolOp() | ast.Lambda():
                    chosen = True
                case ast.Subscript():
                    chosen = chosen or (node.slice is child and isinstance(node.ctx, ast.Load))
                case ast.UnaryOp():
                    chosen, computed = chosen or isinstance(node.op, ast.Not), True
                case ast.BinOp():
                    computed = True
                    self.used.update(part for part in (node.left, node.right) if isinstance(part, ast.Constant))
                case ast.Call():
                    name = _name(node.func)
                    if name in _TEXT or name.startswith("assert"):
                        return Use.SHOWN
                    if chosen and name == "compile":
                        return Use.DECIDED
                    chosen = chosen or name == "range"
                    computed = computed or not (name in _SAME or child is node.func)
                case ast.Yield():
                    return _passed(chosen, computed)
        return Use.SHOWN  # the first visit has found its use

    def _in_statement(self, child: ast.AST, node: ast.AST, chosen: bool, computed: bool) -> Use:
        """How an expression is used that is an immediate child of a statement, or of an expression that binds names."""
        match node:
            case ast.While() if node.test is child:
                return Use.DECIDED
            case ast.If() if node.test is child:
                return Use.SHOWN if all(map(_harmless, [*node.body, *node.orelse])) else Use.DECIDED
            case ast.Match():
                return Use.DECIDED
            case ast.Assert() | ast.Raise():
                return Use.SHOWN
            case ast.comprehension() if child in node.ifs:
                return self.up(node, True, computed)
            case ast.comprehension():
                return max(self._targets([node.target], chosen, computed), key=_rank)
            case ast.For() | ast.AsyncFor():
                return Use.DECIDED if chosen else max(self._targets([node.target], chosen, computed), key=_rank)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
                targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
                if child in targets:
                    return Use.SHOWN  # `p.data -= …` reads what it writes
                uses = self._targets(targets, chosen, computed or isinstance(node, ast.AugAssign))
                if isinstance(node, ast.NamedExpr):
                    uses.append(self.up(node, chosen, computed))
                return max(uses, key=_rank)
            case ast.Return():
                return max(self._returned(node, chosen, computed), key=_rank)
            case ast.Expr():
                return Use.KEPT if isinstance(child, ast.Call) else Use.SHOWN  # as in `losses.append(…)`
        return _passed(chosen, computed)

    def _unless_shown(self, node: ast.AST) -> Use:
        """A decision, unless it only affects what is printed or asserted."""
        while not isinstance(node, ast.stmt):
            node = self.tree.parents[node]
            if isinstance(node, ast.FormattedValue) or (isinstance(node, ast.Call) and _name(node.func) in _TEXT):
                return Use.SHOWN
        return Use.SHOWN if isinstance(node, (ast.Assert, ast.Raise)) else Use.DECIDED

    def _targets(self, targets: list[ast.expr], chosen: bool, computed: bool) -> list[Use]:
        uses = [Use.SHOWN]
        for target in targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    uses += [self.up(use, chosen, computed) for use in self._uses(part)]
                elif isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.ctx, ast.Store):
                    uses.append(_passed(chosen, computed))
        written = all(isinstance(target, ast.Attribute) and target.attr in _WRITTEN for target in targets)
        return [Use.SHOWN] if written else uses

    def _uses(self, name: ast.Name) -> Iterator[ast.Name]:
        """The reads of a name after it was assigned, or before that in the same loop or comprehension."""
        scope = around = self.tree.scope(name)
        again = self.tree.loop(name)
        if (comprehension := self.tree.comprehension(name)) is not None:
            around = again = comprehension
        repeated = set() if again is None else set(map(id, ast.walk(again)))
        for each in ast.walk(around):
            if isinstance(each, ast.Name) and each.id == name.id and isinstance(each.ctx, ast.Load):
                later = (each.lineno, each.col_offset) > (name.lineno, name.col_offset)
                if later or id(each) in repeated or self.tree.scope(each) is not scope:
                    yield each

    def _returned(self, node: ast.Return, chosen: bool, computed: bool) -> list[Use]:
        """How the calls of the function in this file use its result."""
        scope = self.tree.scope(node)
        name = getattr(scope, "name", "")
        uses = [_passed(False, computed)]
        for each in self.tree.parents:
            if isinstance(each, ast.keyword) and each.arg == "key" and _name(each.value) == name:
                uses.append(Use.DECIDED)
            if isinstance(each, ast.Call) and _name(each.func) == name:
                uses.append(self.up(each, chosen, computed))
        return uses if len(uses) > 1 or not chosen else [Use.DECIDED]


def _passed(chosen: bool, computed: bool) -> Use:
    return Use.DECIDED if chosen else Use.COMPUTED if computed else Use.KEPT


def _rank(use: Use) -> int:
    return list(Use).index(use)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _harmless(statement: ast.stmt) -> bool:
    called = statement.value if isinstance(statement, ast.Expr) else None
    printed = isinstance(called, ast.Call) and _name(called.func) in _TEXT
    return printed or isinstance(statement, (ast.Raise, ast.Pass, ast.Assert))
