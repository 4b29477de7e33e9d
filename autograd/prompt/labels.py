"""Variables as labels: at the prompt a Value is called by the name that it is bound to."""

from __future__ import annotations

import ast
from typing import Any

from autograd.value import Value
from autograd.words.names import named_values

HOOK = "__label__"
"""What the statements of a session call between them; no name that a session shows."""


class Labels:
    """Gives the Values of a namespace the names that they are bound to, and takes a name back when it is bound anew.

    A label given by hand stays. A leaf keeps the name that it had; a result that is bound no more is called by its
    expression again.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self._given: list[tuple[Value, str]] = []
        self._passing: set[str] = set()
        namespace[HOOK] = self.update

    def update(self) -> None:
        """Makes labels and names agree."""
        bound: dict[Value, str] = {}
        for name, value in named_values(self.namespace):
            if name.partition("[")[0] not in self._passing:
                bound.setdefault(value, name)
        for value, name in self._given:
            if value.label == name and value._prev and value not in bound:
                value.label = ""
        self._given = [(value, name) for value, name in bound.items() if self._name(value, name)]

    def _name(self, value: Value, name: str) -> bool:
        """Whether the label of a Value is from here; gives it where there is none."""
        if any(value is each and value.label == given for each, given in self._given):
            if value._prev:
                value.label = name
            return True
        if value.label:
            return False
        value.label = name
        return True

    def woven(self, tree: Any) -> Any:
        """A session's statements with an update between them, so that what one binds is named in the next."""
        body: list[ast.stmt] = []
        for statement in tree.body:
            if body:
                body.append(_update_at(statement))
            body.append(statement)
            self._note_loops(statement)
        tree.body = body
        return tree

    def _note_loops(self, statement: ast.stmt) -> None:
        """The target of a loop is bound to one Value after the other: it names none of them."""
        nodes = list(ast.walk(statement))
        bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        targets = [node.target for node in nodes if isinstance(node, (ast.For, ast.AsyncFor))]
        passing = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        self._passing = (self._passing - bound) | passing


def _update_at(statement: ast.stmt) -> ast.stmt:
    call = ast.Expr(ast.Call(ast.Name(HOOK, ast.Load()), [], []))
    return ast.fix_missing_locations(ast.copy_location(call, statement))
