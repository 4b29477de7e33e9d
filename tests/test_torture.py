"""`make torture` itself covers everything public, and reports what fails."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

import autograd
import nn
import viz
from tests.torture import isolated, odd, public
from tests.torture.__main__ import STRANDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of memory and time are those of POSIX")


def test_everything_public_is_tried() -> None:
    tried = {call.name for call in public.calls()}
    for module in (autograd, nn, viz):
        for name in module.__all__:
            full = f"{module.__name__}.{name}"
            assert full in tried or any(each.startswith(f"{full}.") for each in tried) or name in public.NOT_CALLED


def test_our_errors_are_distinguished_from_raw_ones() -> None:
    def fault(function: object, slot: int, value: str) -> str:
        call = next(each for each in public.calls() if each.name == function)
        return odd.judged(call, {slot: value})

    assert fault("autograd.nudge", 0, "None") == ""
    assert fault("autograd.grad", 0, "a function that fails") == ""
    raw = public.Call("raw", lambda s: lambda x: autograd.graph.every_node(x), (lambda s: s.loss,), {})
    assert odd.judged(raw, {0: "None"}).startswith("AttributeError: 'NoneType' object has no attribute '_prev'")


def test_crashes_hangs_and_memory_are_faults_of_one_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "awkward.py").write_text(
        "import os\n"
        "SECONDS = 0.2\n"
        "def hang():\n    while True: pass\n"
        "def tries(seed):\n"
        "    yield 'fine', lambda: ''\n"
        "    yield 'wrong', lambda: 'it is wrong'\n"
        "    yield 'crash', os.abort\n"
        "    yield 'hang', hang\n"
        "    yield 'memory', lambda: bytearray(1 << 40)\n"
        "    yield 'last', lambda: ''\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = dict(isolated.outcomes("awkward", 0, time.monotonic() + 60))
    assert list(found) == ["fine", "wrong", "crash", "hang", "memory", "last"]
    assert found["fine"] == found["last"] == ""
    assert found["wrong"] == "it is wrong"
    assert "ends the process with code -6" in found["crash"]
    assert found["hang"] == "takes longer than 0.2 s"
    assert found["memory"] == "MemoryError"


@pytest.mark.parametrize("module", STRANDS.values())
def test_every_strand_tries_something(module: str) -> None:
    until = time.monotonic() + 60
    assert next(isolated.outcomes(f"tests.torture.{module}", 0, until))
