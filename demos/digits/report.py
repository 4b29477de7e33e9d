"""The report on a training run: a page with the curves, the mistakes, the weights, and a canvas to draw on."""

from __future__ import annotations

import base64
import os
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

import nn
import viz
from autograd import Value
from autograd.files import write_whole
from demos import charts
from demos.digits import plots
from demos.digits.augmentation import Augmented
from demos.digits.data import Array, Images
from demos.digits.preparation import measure
from demos.digits.resizing import resize
from demos.digits.training import History
from viz import themes
from viz.template import filled, in_script

PAGE = Path(__file__).with_name("page")
_FEW = 6


@dataclass
class Run:
    """What a report tells of."""

    network: nn.MLP
    images: Images
    """As in the file, before they were resized."""
    test: Images
    pixels: int | None
    """The side to which images are resized for the network; None: as they are."""
    before: Array
    """(test images, 10): confidences before training."""
    after: Array
    """(test images, 10): confidences now."""
    history: History | None
    """How training went; None where nothing was trained."""
    augmented: Augmented
    """What it learned from."""
    row: int
    """The test image that the story follows."""


def write(run: Run, path: str | os.PathLike[str]) -> None:
    """Writes the page: one file, which needs no network.

    Raises:
        OSError: the file cannot be written.
    """
    shown: list[Array] = []
    parts = {
        "style": f"{themes.variables()}\n{_page('report.css')}",
        "summary": escape(_summary(run)),
        "width": str(run.pixels or run.test.width),
        "height": str(run.pixels or run.test.height),
        "sections": "\n".join([*_learning(run, shown), _mistakes(run, shown), _weights(run), _network(run)]),
        "script": _page("prepare.js") + _page("report.js"),
    }
    parts["data"] = _data(run, shown)
    write_whole(path, filled(_page("report.html"), parts))


def _page(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


def _summary(run: Run) -> str:
    sizes = [len(layer.neurons) for layer in run.network.layers]
    share = nn.accuracy(run.after, run.test.labels)
    learned = f"It learned from {len(run.images):,} images, and" if run.history.losses else "It"
    return (
        f"{len(run.network.layers[0].neurons[0].w):,} pixels, {' and '.join(map(str, sizes[:-1]))} hidden neurons, "
        f"{sizes[-1]} confidences: {len(run.network.parameters()):,} weights and biases. {learned} "
        f"recognises {share:.1%} of {len(run.test):,} images that were set aside for the test."
    )


def _learning(run: Run, shown: list[Array]) -> list[str]:
    """How training went: the curves, a few images before and after, and what is taken for what."""
    sections = []
    if run.history.losses:
        figure = plots.curves(run.history)
        words = "The loss is the mean over all images of the squared error; the accuracy is that on the test images."
        sections.append(
            _section("How it learned", words, _chart(figure, "curves", "Loss and accuracy, epoch by epoch"))
        )
    if run.before is not None:
        rows = zip(few(run.test.labels), run.before, strict=True)
        cards = [_before_and_after(run, row, before, shown) for row, before in rows]
        words = (
            "The first test image of each of a few digits, and the ten confidences for it. Blue is the right answer."
        )
        sections.append(_section("Before and after", words, _cards(cards)))
    words = "Each row is a digit as it was written, each column an answer. What is right is on the diagonal."
    figure = plots.confusion(run.after.argmax(axis=1), run.test.labels)
    sections.append(_section("What it takes for what", words, _chart(figure, "confusion", "Confusion matrix")))
    return sections


def few(labels: Any) -> list[int]:
    """The first test image of each of a few digits: the rows for which a report wants to know what was before."""
    return [int(np.flatnonzero(labels == digit)[0]) for digit in np.unique(labels)][:_FEW]


def _before_and_after(run: Run, row: int, before: Array, shown: list[Array]) -> str:
    label = int(run.test.labels[row])
    figure = plots.before_and_after(before, run.after[row], label)
    chart = charts.inline(figure, f"row{row}", f"Confidences for a {label}, before and after training")
    return f'<div class="card"><h3>A {label}</h3><div class="pair">{_digit(run.test, row, shown)}{chart}</div></div>'


def _mistakes(run: Run, shown: list[Array]) -> str:
    answers = run.after.argmax(axis=1)
    cards = []
    for row in np.flatnonzero(answers != run.test.labels).tolist():
        label, answer = int(run.test.labels[row]), int(answers[row])
        bars = _bars(run.after[row].tolist(), label)
        cards.append(
            f'<div class="card"><h3>Written: {label}. The answer: {answer}.</h3>'
            f'<div class="pair">{_digit(run.test, row, shown)}{bars}</div></div>'
        )
    if not cards:
        return _section("Its mistakes", "None: it recognises every test image.", "")
    words = f"All {len(cards)}, with their confidences." if len(cards) > 1 else "One, with its confidences."
    return _section("Its mistakes", words, _cards(cards))


def _bars(outputs: list[float], label: int) -> str:
    """Ten bars, as those beside the canvas."""
    top = outputs.index(max(outputs))
    items = []
    for digit, confidence in enumerate(outputs):
        kind = " ".join(["top"] * (digit == top) + ["label"] * (digit == label))
        bar = f'<span class="bar"><span style="width: {100 * confidence:.1f}%"></span></span>'
        items.append(f'<li class="{kind}"><b>{digit}</b>{bar}<span>{confidence:.3f}</span></li>')
    return f'<ol class="bars" start="0">{"".join(items)}</ol>'


def _digit(images: Images, row: int, shown: list[Array]) -> str:
    """An image that a click puts onto the canvas."""
    shown.append(images.pixels[row])
    label = int(images.labels[row])
    source = charts.picture(images.pixels[row].reshape(images.height, images.width))
    return (
        f'<button class="digit" data-image="{len(shown) - 1}" title="Draw it on the canvas">'
        f'<img src="{source}" alt="A handwritten {label}"></button>'
    )


def _weights(run: Run) -> str:
    """The first layer's weights as images, those of the most weight further on first."""
    first, second = run.network.layers[:2]
    onward = np.array([[weight.data for weight in neuron.w] for neuron in second.neurons])
    figures = []
    for number in np.argsort(-np.abs(onward).sum(axis=0), kind="stable").tolist():
        weights = np.array([weight.data for weight in first.neurons[number].w])
        most = float(np.abs(weights).max()) or 1.0
        side = (run.pixels, run.pixels) if run.pixels else (run.test.height, run.test.width)
        source = charts.picture(weights.reshape(side), colours=charts.SIGNS, least=-most, most=most)
        caption = _leads_to(onward[:, number]) if len(run.network.layers) == 2 else ""
        image = f'<img src="{source}" alt="Weights of hidden neuron {number}">'
        figures.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>")
    words = (
        "Each image holds the weights of one hidden neuron, a pixel each: ink on blue excites the neuron, ink on "
        "orange silences it, ink on white is nothing to it. So a neuron looks for strokes, corners and loops."
    )
    if len(run.network.layers) == 2:
        words += " Below each, the digits that it speaks for and against most."
    return _section("What the hidden neurons look for", words, f'<div class="weights">{"".join(figures)}</div>')


def _leads_to(onward: Array) -> str:
    return f"for {int(onward.argmax())}, against {int(onward.argmin())}"


def _network(run: Run) -> str:
    """The whole network and its loss as one expression, rolled up, with its gradients for the first test image."""
    first = run.test.take(np.array([0]))
    pixels = (first if run.pixels is None else resize(first, run.pixels)).pixels[0].tolist()
    inputs = [Value(pixel, label=f"pixel[{i}]") for i, pixel in enumerate(pixels)]
    loss = nn.squared_error(run.network(inputs), first.targets[0].tolist())
    loss.label = "loss"
    run.network.zero_grad()
    loss.backward()
    title = "The network and its loss, rolled up"
    svg = viz.svg(loss, collapse="rolled", theme="auto", rankdir="TB", numbers=".2g", title=title)
    run.network.zero_grad()
    words = (
        "It is one mathematical expression. Here it is for the first test image, with all "
        "scalars that do alike in one box."
    )
    return _section("The network as an expression", words, f'<div class="wide">{svg[svg.index("<svg") :]}</div>')


def _data(run: Run, shown: list[Array]) -> str:
    """What the page computes with."""
    layers = []
    for layer in run.network.layers:
        rows = [[*(weight.data for weight in neuron.w), neuron.b.data] for neuron in layer.neurons]
        text = base64.b64encode(np.array(rows, "<f8").tobytes()).decode()
        layers.append({"weights": text, "activation": layer.neurons[0].activation})
    return in_script(
        {
            "size": {"height": run.test.height, "width": run.test.width},
            "pixels": run.pixels,
            "place": asdict(measure(run.images)),
            "layers": layers,
            "images": [pixels.tolist() for pixels in shown],
        }
    )


def _section(title: str, words: str, content: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n<p>{escape(words)}</p>\n{content}\n</section>"


def _chart(figure: Any, name: str, title: str) -> str:
    return f"<figure>{charts.inline(figure, name, title)}</figure>"


def _cards(cards: list[str]) -> str:
    return f'<div class="cards">{"".join(cards)}</div>'
