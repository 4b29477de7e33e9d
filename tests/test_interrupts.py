"""An interrupted action takes effect completely or not at all, wherever the interrupt happens."""

from __future__ import annotations

import random

import pytest

from tests.torture.states import ACTIONS, tried, tried_cursor

LONG = ("gradcheck", "misconceptions", "nudge")
"""These have thousands of places for an interrupt."""


@pytest.mark.parametrize("name", ACTIONS)
def test_an_interrupted_action_is_complete_or_undone(name: str) -> None:
    found = list(tried(name, every=499 if name in LONG else 7))
    assert found
    assert [each for each in found if each is not None] == []


def test_an_interrupted_cursor_can_continue_and_go_back() -> None:
    found = list(tried_cursor(random.Random(0), 60))
    assert len(found) >= 60
    assert [each for each in found if each is not None] == []
