"""The report on a training run: a page with the curves, the mistakes, the weights, and a canvas to draw on."""

from __future__ import annotations

import base64
import os
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
import viz
from autograd import Value
from autograd.files import write_whole
from demos import charts
from demos.digits import plots
from demos.digits.augmentation import Augmented
from demos.digits.data import Array, Images
from demos.digits.drawing import a
from demos.digits.preparation import measure
from demos.digits.resizing import resize
from demos.digits.training import History
from viz import themes
from viz.bundle import joined
from viz.template import filled, in_script

PAGE = Path(__file__).with_name("page")
_FEW = 8
_MOST_NUMBERS = 200_000
"""The maximum number of weights of earlier epochs in a page; they make it a megabyte larger."""


@dataclass
class Run:
    """The training run that a report describes."""

    network: nn.MLP
    images: Images
    """The images of the file, before they were resized."""
    test: Images
    pixels: int | None
    """The side to which images are resized for the network; None if they are not resized."""
    before: Array
    """(test images, 10): confidences before training."""
    after: Array
    """(test images, 10): confidences now."""
    history: History | None
    """The training history; None if nothing was trained."""
    augmented: Augmented
    """The training images."""
    row: int
    """The test image that the story follows."""


def write(run: Run, path: str | os.PathLike[str]) -> None:
    """Writes the page: one self-contained file.

    Raises:
        OSError: the file cannot be written.
    """
    shown: list[Array] = []
    parts = {
        "style": style() + page("report.css"),
        "summary": escape(_summary(run)),
        "width": str(run.pixels or run.test.width),
        "height": str(run.pixels or run.test.height),
        "slider": _slider(run),
        "speakers": _SPEAKERS if len(run.network.layers) == 2 else "",
        "sections": "\n".join([*_learning(run, shown), _mistakes(run, shown), _weights(run), _network(run)]),
        "script": joined("report", lambda name: _module(name, run.network)),
    }
    parts["data"] = _data(run, shown)
    write_whole(path, filled(page("report.html"), parts))


def style() -> str:
    """The style sheet of pages with drawings: the colours of the theme, and of numbers on white paper."""
    signs = f":root {{ --above: {themes.LIGHT.positive}; --below: {themes.LIGHT.negative}; }}"
    return f"{themes.variables()}\n{signs}\n{page('drawing.css')}"


def _module(name: str, network: nn.MLP) -> str:
    """A module of the page; the compiler writes that of the network."""
    if name != "answers_program":
        return module(name)
    pixels = [Value(0.0, label=f"pixel[{i}]") for i in range(len(network.layers[0].neurons[0].w))]
    hidden: list[Value] = pixels
    for layer in network.layers[:-1]:
        hidden = layer(hidden)
    outputs = network.layers[-1](hidden)
    program = autograd.compile([*outputs, *hidden], inputs=pixels, params=network.parameters())
    return program.to_js()


def module(name: str) -> str:
    """A JavaScript module of pages."""
    return page(f"{name}.js")


def page(name: str) -> str:
    """A source file of pages."""
    return (PAGE / name).read_text(encoding="utf-8")


def _summary(run: Run) -> str:
    sizes = [len(layer.neurons) for layer in run.network.layers]
    share = nn.accuracy(run.after, run.test.labels)
    learned = "It"
    if run.history:
        learned = f"It learned from {len(run.images):,} images"
        if run.augmented.copies:
            learned += f", {run.augmented.copies:,} copies of them that are slightly moved"
        if run.augmented.written:
            learned += f", and {run.augmented.written:,} digits by simulated hands"
        learned += "; it"
    return (
        f"{len(run.network.layers[0].neurons[0].w):,} pixels, {' and '.join(map(str, sizes[:-1]))} hidden neurons, "
        f"{sizes[-1]} confidences: {len(run.network.parameters()):,} weights and biases. {learned} "
        f"recognises {share:.1%} of {len(run.test):,} images that were set aside for the test."
    )


_SPEAKERS = """<div class="speaking">
<p id="why">Draw a digit to see the hidden neurons that decide.</p>
<ul id="speakers"></ul>
</div>"""


def _slider(run: Run) -> str:
    """A slider through the epochs whose weights were kept."""
    past = len(_past(run))
    if not past:
        return ""
    return (
        f'<label>The network <span id="when"></span><input id="epoch" type="range" min="0" max="{past}" value="{past}">'
        "</label>"
    )


def _past(run: Run) -> dict[int, Array]:
    """The weights of earlier epochs, if they fit in a page; the last are the network's own."""
    if not run.history:
        return {}
    kept = {epoch: weights for epoch, weights in run.history.weights.items() if epoch < len(run.history.losses)}
    return kept if sum(map(len, kept.values())) <= _MOST_NUMBERS else {}


def _learning(run: Run, shown: list[Array]) -> list[str]:
    """The course of training: the curves, a few images before and after, and the confusion matrix."""
    sections = []
    if run.history and run.history.losses:
        words = (
            "The mean squared error of an image during training, and the fraction of the test images that the network "
            "got right. Both scales are logarithmic in the error that remains."
        )
        figures = "".join(
            _chart(figure, name, title)
            for figure, name, title in (
                (plots.loss(run.history), "loss", "Loss, epoch by epoch"),
                (plots.accuracy(run.history), "accuracy", "Accuracy, epoch by epoch"),
            )
        )
        sections.append(_section("How it learned", words, f'<div class="charts">{figures}</div>', "rest"))
    words = "Rows are the written digits, columns the answers. Right answers are on the diagonal."
    figure = plots.confusion(run.after.argmax(axis=1), run.test.labels)
    figures = f'<div class="charts">{_chart(figure, "confusion", "Confusion matrix")}</div>'
    sections.append(_section("Which digit is mistaken for which", words, figures, "third"))
    if run.history:
        cards = [_before_and_after(run, row, shown) for row in _few(run)]
        words = "Ten confidences before training and after it. The right digit is underlined, the answer is coloured."
        sections.append(_section("Before and after", words, _cards(cards)))
    return sections


def _few(run: Run) -> list[int]:
    """The image that the story follows, and the first test image of a few other digits."""
    labels = run.test.labels
    firsts = [int(np.flatnonzero(labels == digit)[0]) for digit in np.unique(labels) if digit != labels[run.row]]
    return [run.row, *firsts][:_FEW]


def _before_and_after(run: Run, row: int, shown: list[Array]) -> str:
    label = int(run.test.labels[row])
    bars = "".join(
        f"<div><h4>{when}</h4>{_bars(outputs[row].tolist(), label)}</div>"
        for when, outputs in (("before", run.before), ("after", run.after))
    )
    title = a(label).capitalize()
    pair = f'<div class="pair">{_digit(run.test, row, shown)}<div class="two">{bars}</div></div>'
    return f'<div class="card"><h3>{title}</h3>{pair}</div>'


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
    """Ten bars, like those beside the canvas."""
    top = outputs.index(max(outputs))
    items = []
    for digit, confidence in enumerate(outputs):
        kind = " ".join(["top"] * (digit == top) + ["label"] * (digit == label))
        bar = f'<span class="bar"><span style="width: {100 * confidence:.1f}%"></span></span>'
        items.append(f'<li class="{kind}"><b>{digit}</b>{bar}<span>{confidence:.3f}</span></li>')
    return f'<ol class="bars" start="0">{"".join(items)}</ol>'


def _digit(images: Images, row: int, shown: list[Array]) -> str:
    """An image that a click copies to the canvas."""
    shown.append(images.pixels[row])
    label = int(images.labels[row])
    source = charts.picture(images.pixels[row].reshape(images.height, images.width))
    return (
        f'<button class="digit" data-image="{len(shown) - 1}" title="Put it on the canvas">'
        f'<img src="{source}" alt="A handwritten {label}"></button>'
    )


def _weights(run: Run) -> str:
    """The first layer's weights as images, folded away; neurons with the largest outgoing weights come first."""
    first, second = run.network.layers[:2]
    onward = np.array([[weight.data for weight in neuron.w] for neuron in second.neurons])
    figures = []
    for number in np.argsort(-np.abs(onward).sum(axis=0), kind="stable").tolist():
        weights = np.array([weight.data for weight in first.neurons[number].w])
        side = (run.pixels, run.pixels) if run.pixels else (run.test.height, run.test.width)
        source = charts.signed(weights.reshape(side))
        leads = f", for {onward[:, number].argmax()}, against {onward[:, number].argmin()}"
        caption = f"no. {number}{leads if len(run.network.layers) == 2 else ''}"
        image = f'<img src="{source}" alt="Weights of hidden neuron {number}">'
        figures.append(f"<figure>{image}<figcaption>{caption}</figcaption></figure>")
    words = (
        "Each image shows the weights of one hidden neuron, one for each pixel: ink on blue excites the neuron, ink on "
        "orange inhibits it, ink on white has no effect. Most look like noise: many neurons recognise a digit "
        "together, and no single one has to make sense. Draw a digit above to see which of them decide."
    )
    if len(run.network.layers) == 2:
        words += " The captions name the digits that it supports and opposes most."
    tiles = f'<div class="weights">{"".join(figures)}</div>'
    folded = f"<details><summary>All {len(figures)} of them</summary>{tiles}</details>"
    return _section("What the hidden neurons look for", words, folded)


def _network(run: Run) -> str:
    """The whole network and its loss as one expression, rolled up, with its gradients for the first test image.

    It is omitted if no layout program is available.
    """
    first = run.test.take(np.array([0]))
    pixels = (first if run.pixels is None else resize(first, run.pixels)).pixels[0].tolist()
    inputs = [Value(pixel, label=f"pixel[{i}]") for i, pixel in enumerate(pixels)]
    loss = nn.squared_error(run.network(inputs), first.targets[0].tolist())
    loss.label = "loss"
    run.network.zero_grad()
    loss.backward()
    title = "The network and its loss, rolled up"
    try:
        svg = viz.svg(loss, collapse="rolled", theme="auto", rankdir="TB", numbers=".2g", title=title)
    except viz.LayoutError:
        return ""
    finally:
        run.network.zero_grad()
    words = "It is one mathematical expression. Here it is for the first test image, with similar scalars in one box."
    return _section(
        "The network as an expression",
        words,
        f'<div class="wide" tabindex="0" role="region" aria-label="{title}">{svg[svg.index("<svg") :]}</div>',
    )


def _data(run: Run, shown: list[Array]) -> str:
    """The data that the page computes with."""
    return in_script(
        {
            "size": {"height": run.test.height, "width": run.test.width},
            "pixels": run.pixels,
            "place": asdict(measure(run.images)),
            "shapes": [
                {"inputs": len(layer.neurons[0].w), "outputs": len(layer.neurons)} for layer in run.network.layers
            ],
            "past": [
                {"epoch": epoch, "numbers": _packed(weights, "<f4")} for epoch, weights in sorted(_past(run).items())
            ],
            "epochs": len(run.history.losses) if run.history else 0,
            "images": [pixels.tolist() for pixels in shown],
        }
    )


def _packed(numbers: Any, kind: str) -> str:
    return base64.b64encode(np.asarray(numbers, kind).tobytes()).decode()


def _section(title: str, words: str, content: str, kind: str = "") -> str:
    return f'<section class="{kind}">\n<h2>{escape(title)}</h2>\n<p>{escape(words)}</p>\n{content}\n</section>'


def _chart(figure: Any, name: str, title: str) -> str:
    return f"<figure>{charts.inline(figure, name, title)}</figure>"


def _cards(cards: list[str]) -> str:
    return f'<div class="cards">{"".join(cards)}</div>'
