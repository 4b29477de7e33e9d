"""The article's figures as they are before the page's script takes over, with numbers from the engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

import nn
from autograd import Value
from demos import charts
from demos.digits.data import Array
from demos.digits.drawing import answer
from docs.article import model
from docs.article.chart import chart

if TYPE_CHECKING:
    from autograd.annotations import Numbers

TITLES = {"too small": "it crawls", "right": "it learns", "too large": "it explodes"}
_SMOOTH = 20
"""The number of batches whose mean loss is drawn."""


def draw() -> str:
    """A canvas to draw on, which the article shows repeatedly."""
    large, _ = model.drawn()
    return _figure(
        "draw",
        f'<div class="paper">{_still(large, f"A handwritten {model.DIGIT}", model.SIDE)}'
        '<canvas id="canvas" class="live" width="256" height="256" tabindex="0" role="application" '
        'aria-label="Draw a digit here: arrow keys move the pen, space sets it down or lifts it"></canvas></div>'
        '<div class="side live"><p>Draw a digit here, with the mouse, a finger, or the arrow keys and the space bar. '
        "Everything below is about your drawing.</p><button id='clear'>Clear</button></div>"
        f'<p class="still">Without JavaScript, this page shows still pictures of one drawing, a {model.DIGIT}.</p>',
    )


def pixels() -> str:
    """The drawing's pixels, one by one and in a row."""
    large, _ = model.drawn()
    row, column = divmod(int((large > 0.5).argmax()), model.SIDE)
    number = row * model.SIDE + column
    words = "The same pixels in one row"
    return _figure(
        "pixels",
        f'<div class="grid">{_still(large, "60×60 pixels", model.SIDE)}'
        f"{_live('grid', model.SIDE, 'Your drawing as 60×60 pixels')}</div>"
        f'<p id="pixel" class="side" aria-live="off">Row {row + 1}, column {column + 1}: <b>{large[number]:.2f}</b>, '
        f"number {number + 1:,} of 3,600.</p>"
        f'<div class="strip">{_img(charts.picture(large.reshape(1, -1)), words, "still")}'
        f'<canvas id="strip" class="live" width="3600" height="1" role="img" aria-label="{words}"></canvas></div>',
        "All 3,600 numbers in one row: first row, second row, and so on.",
    )


@cache
def large_neuron() -> tuple[Array, float]:
    """The weights and the bias of the first neuron of a network for 3,600 pixels, with random weights."""
    neuron = nn.MLP(model.SIDE**2, [1], init="he", seed=3).layers[0].neurons[0]
    return np.array([weight.data for weight in neuron.w]), neuron.b.data


def neuron() -> str:
    """One neuron's weights over the drawing."""
    weights, bias = large_neuron()
    large, _ = model.drawn()
    total = float(weights @ large) + bias
    colours = charts.signed(weights.reshape(model.SIDE, -1))
    return _figure(
        "neuron",
        f'<div class="grid over">{_img(colours, "3,600 random weights", "")}{_still(large, "", model.SIDE)}'
        f"{_live('over', model.SIDE, 'Your drawing over the weights')}</div>"
        f'<p class="side">All pixels times their weights, added up, and the bias: <b id="sum">{total:.3f}</b>.<br>'
        f'So the output of this neuron is <b id="says">{max(total, 0):.3f}</b>.</p>',
    )


def answers() -> str:
    """Ten confidences of the untrained network."""
    return _figure(
        "answers",
        f'<ol id="untrained" class="bars" start="0">{_bars(_outputs())}</ol>'
        '<div class="side"><p id="garbage">' + answer(_outputs()) + "</p>"
        '<button id="restart" class="live">Another random start</button></div>',
    )


def error() -> str:
    """The squared error, position by position."""
    outputs = _outputs()
    rows = "".join(
        f"<tr{' class=right' if digit == model.DIGIT else ''}><th scope=row>{digit}</th><td>{confidence:.3f}</td>"
        f"<td>{float(digit == model.DIGIT):.0f}</td><td>{(confidence - (digit == model.DIGIT)) ** 2:.4f}</td></tr>"
        for digit, confidence in enumerate(outputs)
    )
    total = sum((confidence - (digit == model.DIGIT)) ** 2 for digit, confidence in enumerate(outputs))
    options = "".join(f"<option{' selected' if digit == model.DIGIT else ''}>{digit}</option>" for digit in range(10))
    return _figure(
        "error",
        '<table id="errors"><thead><tr><th scope=col>digit</th><th scope=col>confidence</th>'
        f"<th scope=col>should be</th><th scope=col>difference²</th></tr></thead><tbody>{rows}</tbody></table>"
        f'<div class="side"><p class="live"><label>You meant a <select id="meant">{options}</select></label></p>'
        f'<p>The loss, all ten added up: <b id="loss">{total:.4f}</b></p></div>',
    )


def nudge() -> str:
    """One nudged weight: the derivative's prediction, and the actual change."""
    found = steepest()
    step = 0.001
    rows = np.concatenate([model.drawn()[1], np.eye(10)[model.DIGIT]])[None]
    program = found.program
    start = program.params.copy()
    program.params[found.index] += step
    after = float(program(rows)[0][0])
    program.params[...] = start
    return _figure(
        "nudge",
        '<div class="side wide"><p>The weight from hidden neuron '
        f'<b id="source">{found.source}</b> to the confidence for <b class="meant">{model.DIGIT}</b>: '
        f'<b id="weight">{found.weight:.3f}</b>. The derivative of the loss with respect to it: '
        f'<b id="derivative">{found.derivative:.4f}</b>.</p>'
        '<label class="live">Move the weight by <output id="moved">0.001</output>'
        '<input id="move" type="range" min="-3" max="3" step="0.001" value="0.001"></label>'
        "<table><tbody>"
        f'<tr><th scope=row>the loss before</th><td id="before">{found.loss:.6f}</td></tr>'
        f'<tr><th scope=row>predicted: slope · step</th><td id="predicted">{found.derivative * step:+.6f}</td></tr>'
        f'<tr><th scope=row>actual</th><td id="really">{after - found.loss:+.6f}</td></tr>'
        "</tbody></table></div>"
        '<svg id="curve" class="chart live" viewBox="0 0 360 190" role="img" '
        'aria-label="The loss over this weight, and its tangent">'
        '<polyline class="tangent"></polyline><polyline class="truth"></polyline><circle r="5"></circle>'
        '<text x="180" y="186" text-anchor="middle">the weight</text><text x="12" y="90" '
        'text-anchor="middle" transform="rotate(-90 12 90)">loss</text></svg>',
    )


class Steepest:
    """The steepest of the weights of the right answer, for the first drawing."""

    def __init__(self) -> None:
        network = model.network()
        self.program = model.compiled(network).program
        rows = np.concatenate([model.drawn()[1], np.eye(10)[model.DIGIT]])[None]
        (self.loss, _), derivatives = self.program.value_and_grad(rows)
        first = model.HIDDEN * 65 + model.DIGIT * (model.HIDDEN + 1)
        self.source = int(np.abs(derivatives[first : first + model.HIDDEN]).argmax())
        self.index = first + self.source
        self.weight = float(self.program.params[self.index])
        self.derivative = float(derivatives[self.index])


@cache
def steepest() -> Steepest:
    """That weight, computed once."""
    return Steepest()


def path() -> str:
    """From the weight to the loss: each operation's derivative, and their product."""
    found = steepest()
    network = model.network()
    hidden = network.layers[0]([Value(pixel) for pixel in model.drawn()[1].tolist()])
    given = hidden[found.source].data
    output = network.layers[1](hidden)[model.DIGIT].data
    items = "".join(
        f"<li><span>{words}</span><b>{local:.4g}</b><output>{product:.4g}</output></li>"
        for words, local, product in chain(given, output)
    )
    return _figure(
        "path",
        '<div class="side wide">'
        '<p class="head"><span>operation</span><b>its derivative</b><span>product so far</span></p>'
        f'<ol id="chain">{items}</ol>'
        f'<p>By backpropagation through the whole expression: <b id="engine">{found.derivative:.4g}</b></p>'
        '<button id="play" class="live">Play it from the loss to the weight</button></div>',
    )


def chain(given: float, output: float) -> list[tuple[str, float, float]]:
    """Each operation between the loss and a weight of the right answer: its derivative, and the product so far."""
    steps = [
        ("the squares are added up", 1.0),
        ("the difference is squared: 2 · difference", 2 * (output - 1)),
        ("the target is subtracted", 1.0),
        ("the sum is squashed into 0 to 1: a · (1 - a)", output * (1 - output)),
        ("the products are added up", 1.0),
        ("the weight is multiplied by its input", given),
    ]
    product, found = 1.0, []
    for words, local in steps:
        product *= local
        found.append((words, local, product))
    return found


def train() -> str:
    """The page trains: loss, accuracy, and the weights of the hidden neurons."""
    run = model.trained()
    losses = smoothed(run.losses)
    curve = chart("losses", "The loss while training", losses, steps=len(run.losses), low=0.01, high=10)
    return _figure(
        "train",
        f'<div>{curve}</div><div class="side"><p>Step <b id="step">{len(run.losses):,}</b>, loss '
        f'<b id="now">{losses[-1]:.4f}</b>, recognises <b id="share">{run.accuracies[-1]:.1%}</b> of '
        f"{len(model.images()[1])} digits that it has never seen.</p>"
        '<p class="live"><button id="go">Train</button> <button id="again-train">Start again</button> '
        '<label>learning rate <select id="rate"><option>0.02</option><option>0.2</option>'
        f"<option selected>{model.RATE}</option><option>3</option><option>100</option></select></label></p>"
        '<p id="trouble" class="live" role="status"></p></div>'
        f'<div class="tiles" id="tiles" role="img" aria-label="The weights of the {model.HIDDEN} hidden neurons">'
        f"{_tiles(run.params)}</div>",
        f"The weights of the {model.HIDDEN} hidden neurons, one image each: blue above 0, orange below.",
    )


def rates() -> str:
    """Three learning rates side by side."""
    parts = []
    for i, (name, losses) in enumerate(model.descents().items()):
        curve = chart(f"rate{i}", f"Loss, {name}", losses, steps=model.RATE_STEPS, low=0.1, high=1e3)
        words = f"{losses[-1]:.3g}" if len(losses) == model.RATE_STEPS else "not a number"
        parts.append(
            f"<div><h3>{name.capitalize()}, {model.RATES[name]}: {TITLES[name]}</h3>{curve}"
            f'<p>after {len(losses)} steps <b id="rate{i}-loss">{words}</b></p></div>'
        )
    return _figure(
        "rates", f'<div class="three">{"".join(parts)}</div><button id="descend" class="live">Again</button>'
    )


def again() -> str:
    """Ten confidences of the trained network."""
    outputs = _trained_outputs()[:10]
    return _figure(
        "again",
        f'<ol id="learned" class="bars" start="0">{_bars(outputs)}</ol>'
        f'<div class="side"><p id="verdict" aria-live="polite">{answer(outputs)}</p></div>',
    )


def why() -> str:
    """The neurons that contribute most to the decision."""
    found = _trained_outputs()
    digit = int(np.argmax(found[:10]))
    start = model.HIDDEN * 65 + digit * (model.HIDDEN + 1)
    added = np.array(found[10:]) * model.trained().params[start : start + model.HIDDEN]
    order = np.argsort(-added)
    chosen = [i for i in order[:4] if added[i] > 0] + [i for i in order[-2:] if added[i] < 0]
    items = "".join(
        f'<li class="{"plus" if added[i] > 0 else "minus"}">{_tile(model.trained().params[i * 65 : i * 65 + 64])}'
        f"<span>no. {i} fires {found[10 + i]:.2f}, adds {added[i]:+.2f}</span></li>"
        for i in chosen
    )
    bias = float(model.trained().params[start + model.HIDDEN])
    return _figure(
        "why",
        f'<ul id="speakers">{items}</ul><p class="side wide">All {model.HIDDEN} neurons together add '
        f'<b id="added">{added.sum():+.3f}</b>. With the bias, <b id="bias">{bias:+.3f}</b>, that makes '
        f'<b id="total">{added.sum() + bias:+.3f}</b>, and squashed into 0 to 1, it is the confidence '
        f'<b id="pressed">{found[digit]:.3f}</b>.</p>',
    )


def count(what: str) -> str:
    """A count for the text."""
    counts = {
        "pixels": 64,
        "hidden": model.HIDDEN,
        "outputs": 10,
        "weights": len(model.network().parameters()),
        "scalars": model.compiled(model.network()).scalars,
        "images": len(model.images()[0]),
        "batch": model.BATCH,
    }
    return f"{counts[what]:,}"


def smoothed(losses: Sequence[float]) -> list[float]:
    """The mean of the last few losses at each step."""
    return [float(np.mean(losses[max(0, step - _SMOOTH + 1) : step + 1])) for step in range(len(losses))]


def _outputs() -> list[float]:
    """The untrained network's outputs for the drawing."""
    outputs: list[float] = model.compiled(model.network()).answers(model.drawn()[1][None])[0, :10].tolist()
    return outputs


def _trained_outputs() -> list[float]:
    """The trained network's outputs for the drawing: ten confidences, then the hidden neurons."""
    made = model.compiled(model.network())
    made.program.params[...] = model.trained().params
    outputs: list[float] = made.answers(model.drawn()[1][None])[0].tolist()
    return outputs


def _figure(name: str, content: str, caption: str = "") -> str:
    caption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure id="fig-{name}">{content}{caption}</figure>'


def _bars(outputs: Sequence[float]) -> str:
    top = int(np.argmax(outputs))
    return "".join(
        f'<li{" class=top" if digit == top else ""}><b>{digit}</b><span class="bar"><span style="width: '
        f'{100 * confidence:.1f}%"></span></span><span>{confidence:.3f}</span></li>'
        for digit, confidence in enumerate(outputs)
    )


def _still(pixels: Array, words: str, side: int) -> str:
    return _img(charts.picture(pixels.reshape(side, side)), words, "still ink")


def _img(source: str, words: str, kind: str) -> str:
    return f'<img src="{source}" alt="{words}" class="{kind}">'


def _live(name: str, side: int, words: str) -> str:
    return f'<canvas id="{name}" class="live" width="{side}" height="{side}" role="img" aria-label="{words}"></canvas>'


def _tiles(params: Numbers) -> str:
    return "".join(_tile(params[i * 65 : i * 65 + 64]) for i in range(model.HIDDEN))


def _tile(weights: Numbers) -> str:
    return _img(charts.signed(weights.reshape(8, 8)), "", "")
