"""The state that each changing function leaves when interrupted: that before, or that after."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import nn
from autograd import Backprop, Value, gradcheck, misconceptions, no_grad, nudge
from autograd.graph import every_node
from tests.torture.interrupts import places


class Left(NamedTuple):
    """A place at which an interrupt left a state that is neither the earlier nor the later one."""

    action: str
    where: str
    what: str


class Scene:
    """A small graph, and its visible state."""

    def __init__(self) -> None:
        self.network = nn.MLP(2, [2, 1], "tanh", seed=1)
        x = [Value(0.5, label="x"), Value(-0.25)]
        out = self.network(x)
        self.loss = (out - 1.0) ** 2 + out * x[0]
        self.nodes = every_node(self.loss)
        self.parameters = self.network.parameters()
        for i, node in enumerate(self.nodes):
            node.grad = 0.5 * i if not node._prev else 0.0

    def seen(self) -> list[Any]:
        """Data and gradients of all nodes."""
        return [(node.data, float(getattr(node.grad, "data", node.grad))) for node in self.nodes]

    def leaves(self) -> list[Any]:
        """Those of leaves only, since nobody relies on inner nodes after an error."""
        return [each for node, each in zip(self.nodes, self.seen(), strict=True) if not node._prev]


Action = Callable[[Scene], Any]


def _adam(scene: Scene) -> nn.Adam:
    optimiser = nn.Adam(scene.parameters, lr=0.1)
    for parameter in scene.parameters:
        parameter.grad = 0.3
    optimiser.step()
    return optimiser


ACTIONS: dict[str, tuple[Callable[[Scene], Any], Callable[[Scene, Any], object]]] = {
    "backward": (lambda scene: None, lambda scene, _: scene.loss.backward()),
    "backward(create_graph=True)": (lambda scene: None, lambda scene, _: scene.loss.backward(create_graph=True)),
    "refresh": (lambda scene: setattr(scene.parameters[0], "data", 3.0), lambda scene, _: scene.loss.refresh()),
    "zero_grad": (lambda scene: None, lambda scene, _: scene.network.zero_grad()),
    "load_state_dict": (
        lambda scene: nn.MLP(2, [2, 1], "tanh", seed=2).state_dict(),
        lambda scene, state: scene.network.load_state_dict(state),
    ),
    "SGD.step": (
        lambda scene: nn.SGD(scene.parameters, lr=0.1, momentum=0.9),
        lambda scene, optimiser: optimiser.step(),
    ),
    "Adam.step": (_adam, lambda scene, optimiser: optimiser.step()),
    "gradcheck": (lambda scene: None, lambda scene, _: gradcheck(scene.loss)),
    "nudge": (lambda scene: None, lambda scene, _: nudge(scene.loss, scene.parameters[0], 0.01)),
    "misconceptions": (lambda scene: None, lambda scene, _: misconceptions(scene.loss)),
    "no_grad": (lambda scene: None, lambda scene, _: _without_recording(scene)),
}


def _without_recording(scene: Scene) -> None:
    with no_grad():
        scene.loss.tanh()


def tried(name: str, every: int = 1) -> Iterator[Left | None]:
    """Interrupts an action at each place in turn.

    Yields:
        For each place None, or the state left that is neither the earlier nor the later one.
    """
    prepare, act = ACTIONS[name]
    whole = Scene()
    state = prepare(whole)
    before = whole.leaves()
    act(whole, state)
    after, again = whole.leaves(), _then(name, whole, state)
    scene, made = Scene(), None

    def start() -> None:
        nonlocal scene, made
        scene = Scene()
        made = prepare(scene)

    for place in places(lambda: act(scene, made), before=start, every=every):
        found = scene.leaves()
        if not place.interrupted:
            yield Left(name, place.where, "the interrupt was swallowed")
        elif found not in (before, after):
            yield Left(name, place.where, "numbers are neither as before nor as after")
        elif len((Value(1.0) * 2)._prev) != 2:
            yield Left(name, place.where, "nothing is recorded any more")
        elif found == before and before != after and _after(act, name, scene, made) != again:
            yield Left(name, place.where, "done again, it gives something else")
        else:
            yield None


def _then(name: str, scene: Scene, state: Any) -> list[Any]:
    """The visible state after the next step, in which an optimiser's internal state shows."""
    if name.endswith(".step"):
        state.step()
    return scene.leaves()


def _after(act: Callable[[Scene, Any], object], name: str, scene: Scene, made: Any) -> list[Any]:
    act(scene, made)
    return _then(name, scene, made)


def tried_cursor(rng: random.Random, tries: int) -> Iterator[Left | None]:
    """Interrupts a random command of a cursor at a random place, then continues, and goes back.

    Yields:
        For each try None, or its fault.
    """
    whole = Scene()
    start = whole.seen()
    whole.loss.backward()
    end = whole.seen()
    commands: list[Callable[[Backprop], object]] = [
        lambda bp: bp.next(),
        lambda bp: bp.run(),
        lambda bp: bp.back(),
        lambda bp: bp.reset(),
        lambda bp: bp.goto(3),
        lambda bp: bp.next(4),
    ]
    while tries > 0:
        command, position = rng.randrange(len(commands)), rng.randrange(1, 8)
        scene: Scene = Scene()
        bp = Backprop(scene.loss)

        def before() -> None:
            nonlocal scene, bp
            scene = Scene()
            bp = Backprop(scene.loss)
            bp.goto(position)  # noqa: B023

        for place in places(lambda: commands[command](bp), before=before, every=40):  # noqa: B023
            tries -= 1
            bp.run()
            if scene.seen() != end:
                yield Left(f"Backprop, command {command}", place.where, "going on gives other gradients")
                continue
            bp.reset()
            wrong = scene.seen() != start
            yield Left(f"Backprop, command {command}", place.where, "reset() leaves others") if wrong else None
