"""An interrupt at any place leaves everything as before or as after."""

from __future__ import annotations

import random

import pytest

from tests.torture.states import ACTIONS, tried, tried_cursor

LONG = ("gradcheck", "misconceptions", "nudge")
"""They have thousands of places."""


@pytest.mark.parametrize("name", ACTIONS)
def test_an_interrupted_action_is_done_or_not_done(name: str) -> None:
    found = list(tried(name, every=499 if name in LONG else 7))
    assert found
    assert [each for each in found if each is not None] == []


def test_an_interrupted_cursor_goes_on_and_back() -> None:
    found = list(tried_cursor(random.Random(0), 60))
    assert len(found) >= 60
    assert [each for each in found if each is not None] == []
