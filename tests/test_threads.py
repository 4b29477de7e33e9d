"""Objects that threads and forked processes may share, according to the cookbook."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import viz
from autograd import Backprop, Value

THREADS = 4


@pytest.fixture(autouse=True)
def _many_switches() -> Iterator[None]:
    """Makes threads switch as often as possible, to provoke races."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[int], Any], times: int = 10) -> list[Any]:
    """The results of the threads, each time."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, list(range(THREADS)) * times))


def everything(i: int) -> list[Any]:
    """Calls everything that takes a graph."""
    x, w = Value(0.5 + i, label="x"), Value(-2.0, label="w")
    y = (w * x + 1).tanh() * x
    y.label = "y"
    told = [str(step) for step in Backprop(y)]
    told += [str(autograd.formula(y)), str(autograd.tree(y)), str(autograd.explain(y, x)), str(autograd.nudge(y, w))]
    told += [viz.draw_dot(y).source, viz.svg(y)] if i < 2 else []
    program = autograd.compile(y, inputs=[x], params=[w])
    second = autograd.grad(autograd.grad(lambda x: autograd.tanh(x) * x))(0.5 + i)
    return [*told, program.value_and_grad([[2.0]])[0], second, pickle.loads(pickle.dumps(y)).data]


def test_threads_have_graphs_of_their_own() -> None:
    expected = [everything(i) for i in range(THREADS)]
    assert at_once(everything, times=3) == expected * 3


def test_threads_build_on_the_same_leaves_and_differentiate_without_writing_to_them() -> None:
    model = nn.MLP(2, [3, 1], "tanh", seed=0)

    def slopes(i: int) -> Any:
        return autograd.grad(lambda x: model(x))([0.1 * i, 1.0])

    expected = [slopes(i) for i in range(THREADS)]
    assert at_once(slopes) == expected * 10
    assert {parameter.grad for parameter in model.parameters()} == {0.0}


def test_threads_with_copies_of_a_model_add_up_their_gradients() -> None:
    model = nn.MLP(2, [3, 1], "tanh", seed=0)

    def gradient(i: int) -> list[float]:
        mine = copy.deepcopy(model)
        mine([0.1 * i, 1.0]).backward()
        return [parameter.grad for parameter in mine.parameters()]

    total = np.sum(at_once(gradient, times=1), axis=0)
    autograd.sum([model([0.1 * i, 1.0]) for i in range(THREADS)]).backward()
    np.testing.assert_allclose(total, [parameter.grad for parameter in model.parameters()], rtol=1e-12)


def test_threads_call_one_program_and_each_has_its_gradient() -> None:
    x, w = Value(0.0), Value(2.0)
    program = autograd.compile((w * x).tanh(), inputs=[x], params=[w])

    def work(i: int) -> list[Any]:
        loss, gradient = program.value_and_grad([[float(i)]] * (i + 1))
        return [loss, gradient.tolist(), program([[i + 0.5]]).tolist()]

    expected = [work(i) for i in range(THREADS)]
    assert at_once(work, times=25) == expected * 25


def test_threads_call_one_jitted_function() -> None:
    function = autograd.jit(lambda x: x * x if x > 1 else x + 3)
    assert at_once(lambda i: function(float(i)), times=25) == [3.0, 4.0, 4.0, 9.0] * 25


FORKS = """
import os, signal, threading, time, warnings
import autograd, nn
from autograd import Backprop, Value
warnings.simplefilter("ignore", DeprecationWarning)  # forks among threads, on purpose
choose = autograd.jit(lambda x, y: (x * y).tanh() + x if x > y else x - y)
ended = threading.Event()

def everything():
    assert choose(3.0, 2.0) > 3
    assert autograd.jit(lambda x: x * x)(3.0) == 9.0
    a = Value(2.0)
    y = (a * a).tanh() + a
    Backprop(y).run()
    assert a.grad > 1
    assert autograd.compile(a * 2, inputs=[a])([[1.0]])[0] == 2.0

def again_and_again():
    while not ended.is_set():
        everything()

threads = [threading.Thread(target=again_and_again) for _ in range(3)]
for thread in threads:
    thread.start()
statuses = set()
for _ in range(20):
    time.sleep(0.005)
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        try:
            everything()
            os._exit(0)
        finally:
            os._exit(3)
    statuses.add(os.waitpid(child, 0)[1])
ended.set()
print(statuses)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_process_forked_while_others_compute_works_like_a_new_one() -> None:
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == ("{0}\n", "")
