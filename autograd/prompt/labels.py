"""Variables as labels: at the prompt, a Value's label is the name of its variable."""

from __future__ import annotations

import ast
from typing import Any

from autograd.value import Value
from autograd.words.names import named_values

HOOK = "__label__"
"""The name under which a session's statements call `update`; hidden from the user."""


class Labels:
    """Labels the Values of a namespace with their variables' names, and removes a label when its name is rebound.

    Labels set by hand are kept. If another variable still has the Value, its name is the label. Else a leaf keeps its
    label, and a result goes back to being named by its expression.
    """

    def __init__(self, namespace: dict[str, object]) -> None:
        self.namespace = namespace
        self._given: list[tuple[Value, str]] = []
        self._passing: set[str] = set()
        namespace[HOOK] = self.update

    def update(self) -> None:
        """Brings the labels up to date with the variables."""
        values = {
            name: value for name, value in named_values(self.namespace) if name.partition("[")[0] not in self._passing
        }
        bound: dict[Value, str] = {}
        for name, value in values.items():
            bound.setdefault(value, name)
        for value, name in self._given:
            if value.label == name and values.get(name) is not value and (value._prev or value in bound):
                value.label = ""
        self._given = [(value, name) for value, name in bound.items() if self._name(value, name)]

    def _name(self, value: Value, name: str) -> bool:
        """Labels an unlabelled Value; returns whether its label comes from here."""
        if any(value is each and value.label == given for each, given in self._given):
            if value._prev:
                value.label = name
            return True
        if value.label:
            return False
        value.label = name
        return True

    def woven(self, tree: Any) -> Any:  # noqa: ANN401 - a Module, or an Interactive of one statement
        """Inserts an update between statements, so that a variable is a label in the next statement."""
        body: list[ast.stmt] = []
        for statement in tree.body:
            if body:
                body.append(_update_at(statement))
            body.append(statement)
            self._note_loops(statement)
        tree.body = body
        return tree

    def _note_loops(self, statement: ast.stmt) -> None:
        """Records loop variables, which take one Value after another and so name none of them."""
        nodes = list(ast.walk(statement))
        bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        targets = [node.target for node in nodes if isinstance(node, (ast.For, ast.AsyncFor))]
        passing = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        self._passing = (self._passing - bound) | passing


def _update_at(statement: ast.stmt) -> ast.stmt:
    call = ast.Expr(ast.Call(ast.Name(HOOK, ast.Load()), [], []))
    return ast.fix_missing_locations(ast.copy_location(call, statement))
