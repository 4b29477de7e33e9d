"""Modules, losses, optimisers, schedules, batches and saving."""

from __future__ import annotations

import gc
import io
import itertools
import math
import pickle
import random
import struct
import tracemalloc
import weakref
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn.initialisation import he, xavier


def numbers(module: nn.Module) -> list[float]:
    return [p.data for p in module.parameters()]


def test_seeded_weights_are_drawn_as_in_published_runs() -> None:
    random.seed(1337)
    drawn = [random.uniform(-1, 1) for _ in range(2 * 3 + 3)]
    random.seed(1337)
    network = nn.MLP(2, [3, 1])
    assert [w.data for layer in network.layers for neuron in layer.neurons for w in neuron.w] == drawn
    assert all(neuron.b.data == 0 for layer in network.layers for neuron in layer.neurons)


def test_a_seed_of_its_own() -> None:
    assert numbers(nn.MLP(3, [4, 2], seed=5)) == numbers(nn.MLP(3, [4, 2], seed=random.Random(5)))
    assert numbers(nn.MLP(3, [4, 2], seed=5)) != numbers(nn.MLP(3, [4, 2], seed=6))


def test_a_network_computes_matrix_products() -> None:
    network = nn.MLP(3, [4, 2], activation="tanh", output="sigmoid", seed=1)
    weights = [np.array([[w.data for w in n.w] for n in layer.neurons]) for layer in network.layers]
    for layer in network.layers:
        for neuron in layer.neurons:
            neuron.b.data = 0.25
    x = np.array([0.5, -1.0, 2.0])
    expected = 1 / (1 + np.exp(-(weights[1] @ np.tanh(weights[0] @ x + 0.25) + 0.25)))
    assert [out.data for out in network(x.tolist())] == pytest.approx(expected.tolist(), rel=1e-12)
    assert [out.data for out in network([Value(each) for each in x])] == pytest.approx(expected.tolist(), rel=1e-12)


def test_names_places_and_reprs() -> None:
    network = nn.MLP(2, [2, 1], seed=0)
    names = [name for name, _ in network.named_parameters()]
    assert names[:3] == ["layers[0].neurons[0].w[0]", "layers[0].neurons[0].w[1]", "layers[0].neurons[0].b"]
    assert [p.label for p in network.parameters()] == names
    assert len(set(names)) == 9
    assert network([1, 2]).place == "layers[1].neurons[0]"
    assert repr(network) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    assert repr(nn.Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert repr(nn.Layer(2, 1, activation="tanh")) == "Layer of [TanhNeuron(2)]"
    assert isinstance(nn.Layer(2, 1)([1, 2]), Value)
    assert nn.Neuron(2).w[0].label == "w[0]"


def test_wide_neuron_and_zero_grad() -> None:
    neuron = nn.Neuron(5000, nonlin=False, seed=0)
    neuron([1.0] * 5000).backward()
    assert all(p.grad == 1 for p in neuron.parameters())
    neuron.zero_grad()
    assert all(p.grad == 0 for p in neuron.parameters())


def test_a_shared_parameter_counts_once_and_results_do_not_count() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            self.w = Value(2.0)
            self.again = [self.w, Value(1.0)]
            self.last = self.w * 3
            self.nested = {"not": "searched"}

    assert [name for name, _ in Tied().named_parameters()] == ["w", "again[1]"]


ONE = Value(1.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Neuron(0), "a neuron's inputs must be at least 1, not 0"),
        (lambda: nn.Layer(2, -1), "a layer's neurons must be at least 1, not -1"),
        (lambda: nn.MLP(2, []), r"a list of its layers' sizes, such as MLP\(2, \[3, 1\]\), not \[\]"),
        (lambda: nn.MLP(2, 1), r"such as MLP\(2, \[3, 1\]\), not 1"),  # type: ignore[arg-type]
        (lambda: nn.Neuron(2, activation="swish"), "unknown activation 'swish'; .* linear, relu"),
        (lambda: nn.Neuron(2, nonlin=False, activation="relou"), "unknown activation 'relou', did you mean 'relu'?"),
        (lambda: nn.MLP(2, [3], activation="swish"), "unknown activation 'swish'; .* linear, relu"),
        (lambda: nn.MLP(2, [3], output="Tanh"), "unknown activation 'Tanh', did you mean 'tanh'?"),
        (lambda: nn.Neuron(2, init="zeros"), "unknown initialisation 'zeros'; .* uniform, normal, he, xavier"),
        (lambda: nn.Neuron(2)([1, 2, 3]), r"ReLUNeuron\(2\) takes 2 inputs, not 3"),
        (lambda: nn.squared_error([Value(1)], [1, 2]), "1 output and 2 targets"),
        (lambda: nn.mse([], []), "at least one output"),
        (lambda: nn.hinge([Value(1)], [0]), "hinge labels must be -1 or 1, not 0"),
        (lambda: nn.SGD([Value(1)], lr=-1), "the learning rate must be above 0 and finite, not -1"),
        (lambda: nn.SGD([Value(1)], lr=math.nan), "the learning rate must be above 0 and finite, not nan"),
        (lambda: nn.SGD([Value(1)], momentum=1.0), "momentum must be at least 0 and below 1, not 1.0"),
        (lambda: nn.Adam([Value(1)], betas=(0.9, 1.0)), "beta must be at least 0 and below 1, not 1.0"),
        (lambda: nn.SGD([]), "no parameters to optimise"),
        (lambda: nn.SGD(autograd.jit(lambda m, x: m(x))), "when it is first called"),
        (lambda: list(nn.minibatches([1], [1, 2], size=1)), r"same length.*\[1, 2\]"),
        (lambda: nn.minibatches([1], size=0), "the size of a batch must be at least 1, not 0"),
        (lambda: nn.accuracy([[1, 2]], []), "1 output and 0 labels"),
        (lambda: nn.accuracy([[1, 2]], [2]), "a label must be the position of one of 2 outputs, from 0, not 2"),
        (lambda: nn.accuracy([[1, 2]], ["1"]), "a label must be the position of one of 2 outputs, from 0, not '1'"),
        (lambda: nn.mse([[Value(1)] * 3] * 2, [[1] * 2] * 3), "2 outputs and 3 targets"),
        (lambda: nn.mse([[Value(1), Value(2)], [Value(3)]], [[1], [2, 3]]), "2 outputs and 1 target"),
        (lambda: nn.SGD([Value(1) * 2]), "parameter 0 is not a leaf"),
        (lambda: nn.SGD([ONE, ONE]), "a parameter is in the list twice"),
        (lambda: nn.SGD([Value(1)], lr=lambda step: -1.0).step(), "the learning rate of step 0 must be at least 0"),
        (lambda: nn.schedules.cosine(0.1, 0), "the number of steps must be at least 1, not 0"),
        (lambda: nn.schedules.exponential(0.1, -1), "the factor must be above 0 and finite, not -1"),
    ],
)
def test_errors(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


def test_only_values_are_optimised() -> None:
    with pytest.raises(TypeError, match=r"mlp\.parameters\(\)"):
        nn.SGD(nn.MLP(2, [1]))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"constant\(0\.1\)"):
        nn.warmup(0.1, 4)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"a parameter must be a Value, not 1\.0 \(float\)"):
        nn.SGD([1.0])  # type: ignore[arg-type]


def test_initial_spreads() -> None:
    rng = random.Random(0)
    normal = np.array([he(rng, 50, 10) for _ in range(20_000)])
    assert normal.std() == pytest.approx(math.sqrt(2 / 50), rel=0.03)
    even = np.array([xavier(rng, 50, 10) for _ in range(20_000)])
    assert abs(even).max() <= math.sqrt(6 / 60)
    assert even.std() == pytest.approx(math.sqrt(6 / 60 / 3), rel=0.03)


def test_losses_against_numpy() -> None:
    outputs, targets = np.array([[0.2, 1.5], [-1.0, 0.5]]), np.array([[0.0, 1.0], [1.0, 1.0]])
    values = [[Value(x) for x in row] for row in outputs]
    assert nn.squared_error(values[0], targets[0]).data == pytest.approx(((outputs - targets)[0] ** 2).sum())
    loss = nn.mse(values, targets)
    assert loss.data == pytest.approx(((outputs - targets) ** 2).mean())
    loss.backward()
    np.testing.assert_allclose([[v.grad for v in row] for row in values], (outputs - targets) / 2, rtol=1e-12)
    assert nn.squared_error(Value(3.0), 1).data == 4
    scores, labels = np.array([0.3, -2.0, 1.5]), [1, 1, -1]
    expected = np.maximum(0, 1 - np.array(labels) * scores).mean()
    assert nn.hinge([Value(s) for s in scores], labels).data == pytest.approx(expected)


def torch_sgd(p: float, grads: list[float], lr: float, momentum: float, decay: float) -> float:
    velocity = 0.0
    for i, g in enumerate(grads):
        g = g + decay * p
        velocity = g if i == 0 else momentum * velocity + g
        p = p - lr * velocity
    return p


def test_sgd_follows_its_formula() -> None:
    p = Value(1.5)
    optimiser = nn.SGD([p], lr=0.1, momentum=0.9, weight_decay=0.01)
    grads = [0.5, -1.0, 2.0, 0.25]
    for g in grads:
        p.grad = g
        optimiser.step()
    assert p.data == pytest.approx(torch_sgd(1.5, grads, 0.1, 0.9, 0.01), rel=1e-12)
    optimiser.zero_grad()
    assert p.grad == 0


def test_adam_follows_algorithm_1() -> None:
    p = Value(1.5)
    optimiser = nn.Adam([p], lr=0.1)
    expected, m, v = 1.5, 0.0, 0.0
    for t, g in enumerate([0.5, -1.0, 2.0], 1):
        p.grad = g
        optimiser.step()
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        expected -= 0.1 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert p.data == pytest.approx(expected, rel=1e-12)


class Program:
    """The parts of a compiled program that an optimiser needs."""

    def __init__(self, params: list[float]) -> None:
        self.params, self.grads = np.array(params), np.zeros(len(params))

    def value_and_grad(self) -> None:
        self.grads[:] = 2 * self.params


@pytest.mark.parametrize("kind", [nn.SGD, lambda p, lr: nn.SGD(p, lr, momentum=0.5, weight_decay=0.1), nn.Adam])
def test_optimisers_treat_vectors_and_values_equally(kind: type[nn.SGD]) -> None:
    values, program = [Value(1.0), Value(-3.0)], Program([1.0, -3.0])
    params = program.params
    one, other = kind(values, lr=nn.cosine(0.1, 5)), kind(program, lr=nn.cosine(0.1, 5))
    for _ in range(5):
        for value in values:
            value.grad = 2 * value.data
        program.value_and_grad()
        one.step()
        other.step()
    assert [v.data for v in values] == program.params.tolist()
    assert program.params is params


def test_schedules() -> None:
    assert [nn.constant(0.3)(k) for k in (0, 9)] == [0.3, 0.3]
    assert nn.exponential(1.0, 0.5)(3) == 0.125
    wave = nn.cosine(1.0, 10, end=0.2)
    assert [wave(k) for k in (0, 5, 10, 99)] == pytest.approx([1.0, 0.6, 0.2, 0.2])
    climbing = nn.warmup(nn.exponential(0.8, 0.5), 4)
    assert [climbing(k) for k in range(6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.4])


def test_minibatches_cover_all_once() -> None:
    images, labels = np.arange(20).reshape(10, 2), list(range(10))
    batches = list(nn.minibatches(images, labels, size=4, rng=random.Random(3)))
    assert [len(batch[1]) for batch in batches] == [4, 4, 2]
    seen = list(itertools.chain.from_iterable(batch[1] for batch in batches))
    assert sorted(seen) == labels
    assert seen != labels
    assert all((rows == images[part]).all() for rows, part in batches)


def test_saving_and_loading(tmp_path: Path) -> None:
    network, other = nn.MLP(3, [4, 2], seed=1), nn.MLP(3, [4, 2], seed=2)
    path = tmp_path / "model.npz"
    nn.save(network, path)
    nn.load(other, path)
    assert numbers(other) == numbers(network)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.npz"]


def test_files_that_are_not_models(tmp_path: Path) -> None:
    network, path = nn.MLP(3, [4, 2], seed=1), tmp_path / "model.npz"
    before = numbers(network)
    nn.save(nn.MLP(3, [5, 2]), path)
    with pytest.raises(ValueError, match=r"holds MLP 3-5-2 \(relu, linear\), not MLP 3-4-2 \(relu, linear\)"):
        nn.load(network, path)
    whole = path.read_bytes()
    pickled = tmp_path / "pickled.npz"
    np.savez(pickled, weights=np.array([print], dtype=object))
    alone = tmp_path / "alone.npy"
    np.save(alone, np.zeros(3))
    flipped = [whole[:i] + bytes([whole[i] ^ 0xFF]) + whole[i + 1 :] for i in range(0, 120, 7)]
    others = [whole[: len(whole) // 2], b"", b"hello", pickle.dumps([1, 2]), pickled.read_bytes(), alone.read_bytes()]
    for content in others + [each for each in flipped if _is_damaged(each)]:
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is not a saved model"):
            nn.load(network, path)
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(ValueError, match="it says 'nothing', not 'glassgrad model 1'"):
        nn.load(network, path)
    with pytest.raises(FileNotFoundError):
        nn.load(network, tmp_path / "missing.npz")
    assert numbers(network) == before


def _is_damaged(content: bytes) -> bool:
    """Whether a file is not a readable archive; a changed date, for instance, does not matter."""
    try:
        with np.load(io.BytesIO(content)) as archive:
            return not all(archive[name].size for name in archive.files)
    except Exception:
        return True


def test_a_model_with_other_activations_is_another(tmp_path: Path) -> None:
    nn.save(nn.MLP(2, [3, 1], "tanh", seed=0), tmp_path / "model.npz")
    with pytest.raises(ValueError, match=r"holds MLP 2-3-1 \(tanh, linear\), not MLP 2-3-1 \(relu, linear\)"):
        nn.load(nn.MLP(2, [3, 1], "relu"), tmp_path / "model.npz")
    broken = nn.MLP(1, [1], seed=0)
    broken.layers[0].neurons[0].b.data = math.inf
    with pytest.raises(ValueError, match=r"layers\[0\]\.neurons\[0\]\.b.*not finite"):
        nn.save(broken, tmp_path / "model.npz")


def test_networks_and_schedules_can_be_pickled() -> None:
    network = nn.MLP(2, [3, 1], seed=0)
    again = pickle.loads(pickle.dumps(network))
    assert again([1.0, 2.0]).data == network([1.0, 2.0]).data
    schedules = [nn.constant(0.1), nn.exponential(0.1, 0.5), nn.warmup(nn.cosine(0.1, 10), 3)]
    for schedule in schedules:
        twin = pickle.loads(pickle.dumps(schedule))
        assert [twin(step) for step in range(12)] == [schedule(step) for step in range(12)]


def test_parameters_in_dicts_and_in_modules_that_know_their_parents() -> None:
    class Heads(nn.Module):
        def __init__(self) -> None:
            self.heads = {"a": nn.Neuron(1, seed=0), "b": [Value(1.0)]}
            self.me = self

    names = [name for name, _ in Heads().named_parameters()]
    assert names == ["heads['a'].w[0]", "heads['a'].b", "heads['b'][0]"]
    heads = Heads()
    heads.load_state_dict(heads.state_dict() | {"heads['b']": [5.0]})
    assert heads.heads["b"][0].data == 5.0  # type: ignore[index]


def test_a_custom_activation() -> None:
    def doubled(v: Value) -> Value:
        return v * 2

    network = nn.MLP(1, [1, 1], doubled, seed=0)
    (hidden,), (out,) = (layer.neurons for layer in network.layers)
    assert network([3.0]).data == pytest.approx(hidden.w[0].data * 3 * 2 * out.w[0].data)
    assert repr(hidden) == "DoubledNeuron(1)"


def test_losses_take_arrays_of_values() -> None:
    scores = np.array([[Value(1.0), Value(2.0)]])
    expected = math.log(math.exp(1) + math.exp(2)) - 1.0
    assert nn.cross_entropy(scores, np.array([0])).data == pytest.approx(expected)
    assert nn.cross_entropy(scores[0], np.array(0)).data == pytest.approx(expected)
    assert nn.squared_error(scores[0], np.array([1.0, 1.0])).data == 1.0


def test_a_hinge_is_traced_with_any_number_in_the_place_of_the_label() -> None:
    w, x, label = Value(0.5), Value(0.0), Value(0.0)
    program = autograd.compile(nn.hinge(w * x, label), inputs=[x, label], params=[w])
    assert program([[1.0, 1.0], [1.0, -1.0], [4.0, 1.0]]).tolist() == [0.5, 1.5, 0.0]


def test_states_that_do_not_fit() -> None:
    network = nn.MLP(1, [2, 1], seed=0)
    before, state = numbers(network), network.state_dict()
    changes: list[tuple[dict[str, float | list[float]], str]] = [
        ({"layers[0].neurons[0].b": math.nan}, r"layers\[0\].neurons\[0\].b holds nan"),
        ({"layers[0].neurons[0].w": [1.0, 2.0]}, "has 1 number in this module, and 2 in the state"),
        ({"extra": 1.0}, "this module has no extra"),
    ]
    for change, message in changes:
        with pytest.raises(ValueError, match=message):
            network.load_state_dict(state | change)
    with pytest.raises(ValueError, match=r"no numbers for .* and 3 more"):
        network.load_state_dict({})
    assert numbers(network) == before


def test_parameters_are_saved_under_any_name_and_found_again(tmp_path: Path) -> None:
    class Key:
        def __repr__(self) -> str:
            return "key"

    class Odd(nn.Module):
        def __init__(self, first: float) -> None:
            for i, name in enumerate(
                ["file", "allow_pickle", "@format", "@module", "nul\0", "a/b", "..", "%41", "A", "ü"]
            ):
                setattr(self, name, Value(first + i))
            self.same = {Key(): [Value(first + 20)], Key(): [Value(first + 21)], 1: Value(1.0), "1": Value(2.0)}
            self.half = {"\ud800": Value(first + 30)}

    odd, again = Odd(1.0), Odd(100.0)
    assert len(odd.state_dict()) == len(odd.parameters()) == 15
    nn.save(odd, tmp_path / "odd.npz")
    nn.load(again, tmp_path / "odd.npz")
    assert numbers(again) == numbers(odd)


def test_a_module_shared_along_many_ways_is_walked_once_however_deep() -> None:
    class Pair(nn.Module):
        def __init__(self, one: nn.Module, other: nn.Module) -> None:
            self.one, self.other = one, other

    module: nn.Module = nn.Neuron(1, seed=0)
    for _ in range(200):  # 2**200 ways
        module = Pair(module, module)
    assert len(module.parameters()) == 2
    deep: list[object] = [Value(1.0)]
    for _ in range(5_000):
        deep = [deep]
    vars(module)["deep"] = deep
    assert len(module.parameters()) == len(module.state_dict()) == 3


def test_files_made_to_take_much_memory_are_refused_at_once(tmp_path: Path) -> None:
    network, path = nn.MLP(1, [1], seed=0), tmp_path / "bomb.npz"
    nn.save(network, path)
    with zipfile.ZipFile(path) as archive:
        good = {name: archive.read(name) for name in archive.namelist()}
    name = "layers[0].neurons[0].w.npy"

    def header(shape: str, descr: str = "<f8") -> bytes:
        text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text

    bombs = {
        name: [
            header("(2000000,)") + bytes(16_000_000),
            header("(1000000000000,)"),
            header("(" + "1, " * 65 + ")") + bytes(8),
            header("()", "|b1") + b"1",
            header("()", "<U1") + b"1000",
            b"hello",
            header("(-1,)") + bytes(8),
        ],
        "@module.npy": [header("()", "<U4000000") + bytes(16_000_000)],
    }
    for entry, contents in bombs.items():
        for content in contents:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for other, whole in good.items():
                    archive.writestr(other, content if other == entry else whole)
            start = tracemalloc_start()
            with pytest.raises(ValueError, match=r"bomb\.npz") as caught:
                nn.load(network, path)
            assert tracemalloc_peak() - start < 1_000_000
            assert len(str(caught.value)) <= 300 + len(str(path))
            assert str(caught.value).isprintable()
    with pytest.raises(ValueError, match="it is not a file, but a device"):
        nn.load(network, "/dev/zero")


def tracemalloc_start() -> int:
    tracemalloc.start()
    return tracemalloc.get_traced_memory()[0]


def tracemalloc_peak() -> int:
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_invalid_targets_and_outputs_are_refused() -> None:
    scores = [Value(1.0), Value(2.0), Value(3.0)]
    for targets in ([1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [2.0, -1.0, 0.0], [0.5, 0.4, 0.0]):
        with pytest.raises(ValueError, match="add up to 1"):
            nn.cross_entropy(scores, targets)
    assert nn.cross_entropy(scores, [0.25, 0.25, 0.5]).data > 0
    assert nn.cross_entropy(scores, np.full(3, 1 / 3, np.float32)).data > 0
    with pytest.raises(ValueError, match="at least two outputs"):
        nn.accuracy([[0.7], [0.2]], [0, 0])
    with pytest.raises(ValueError, match="at least two outputs"):
        nn.accuracy([Value(0.7), Value(0.2)], [1, 0])


def test_added_attributes_of_a_neuron_are_found_and_names_are_stable() -> None:
    model = nn.MLP(2, [2, 1], seed=1)
    plain = [name for name, _ in model.named_parameters()]
    assert plain[:4] == [
        "layers[0].neurons[0].w[0]",
        "layers[0].neurons[0].w[1]",
        "layers[0].neurons[0].b",
        "layers[0].neurons[1].w[0]",
    ]
    neuron = model.layers[0].neurons[0]
    assert neuron.is_plain()
    neuron.gain = Value(1.0)  # type: ignore[attr-defined]
    assert [name for name, _ in model.named_parameters()] == [*plain[:3], "layers[0].neurons[0].gain", *plain[3:]]
    assert model.parameters() == [v for _, v in model.named_parameters()]
    model.layers[0].neurons[1].w[0] = Value(3.0) * 2  # computed: no longer a parameter; the other weight is one
    assert len(model.parameters()) == len(plain)
    other = nn.MLP(2, [2, 1], seed=2)
    other.layers[0].neurons[1].w = other.layers[0].neurons[0].w  # shared, and so once
    assert len(other.parameters()) == len(plain) - 2


def test_predictions_are_numbers_and_keep_no_graph() -> None:
    model = nn.MLP(3, [4, 2], seed=1)
    examples = [[0.5, -1.0, 2.0], [1.0, 0.0, 0.25]]
    assert model.predict(examples) == [[y.data for y in model(x)] for x in examples]
    assert nn.MLP(3, [1], seed=1).predict(iter(examples[:1])) == [nn.MLP(3, [1], seed=1)(examples[0]).data]

    ends: list[weakref.ref[Value]] = []

    def outputs() -> Iterator[list[Value]]:
        for x in examples:
            assert all(end() is None for end in ends)
            row = model(x)
            ends.append(weakref.ref(row[0]))
            yield row
            del row

    labels = [row.index(max(row)) for row in model.predict(examples)]
    gc.disable()
    try:
        assert nn.accuracy(outputs(), labels) == 1.0
    finally:
        gc.enable()
