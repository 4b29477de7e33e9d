"""Builds the gallery: its pictures and the page that shows them. Run by `python -m docs.pictures`."""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nn
import viz
from autograd import Value
from autograd.entry import run
from autograd.files import write_whole
from docs.moving import moving

HERE = Path(__file__).parent
PICTURES = HERE / "gallery"


def lecture() -> tuple[Value, list[Value]]:
    """L = (a·b + c)·f with its gradients, and the path from a to L."""
    a, b, c, f = (Value(x, label=name) for name, x in zip("abcf", (2.0, -3.0, 10.0, -2.0), strict=True))
    e = a * b
    d = e + c
    loss = d * f
    e.label, d.label, loss.label = "e", "d", "L"
    loss.backward()
    return loss, [a, e, d, loss]


def neuron() -> Value:
    """tanh(w·x + b), every part named."""
    x, w, b = (Value(number, label=name) for name, number in (("x", 0.5), ("w", -2.0), ("b", 0.25)))
    product = w * x
    total = product + b
    y = total.tanh()
    product.label, total.label, y.label = "wx", "z", "y"
    y.backward()
    return y


def network(sizes: list[int]) -> Value:
    """The squared error of a network, with its gradients."""
    model = nn.MLP(sizes[0], sizes[1:], activation="tanh", output="sigmoid", init="xavier", seed=1)
    answers = model([Value(0.1 + 0.8 * (i % 3) / 2, label=f"x[{i}]") for i in range(sizes[0])])
    answers = answers if isinstance(answers, list) else [answers]
    loss = nn.squared_error(answers, [1.0] + [0.0] * (len(answers) - 1))
    loss.label = "loss"
    loss.backward()
    return loss


def uncomputed() -> Value:
    """a + a, before `backward()`."""
    a = Value(3.0, label="a")
    y = a + a
    y.label = "y"
    return y


def path() -> str:
    """The lecture's expression with one path marked."""
    loss, way = lecture()
    return viz.svg(loss, theme="auto", rankdir="TB", highlight=way, local_derivatives=True, title="How L depends on a")


Picture = tuple[str, str, str, Callable[[], str]]

GALLERY: list[Picture] = [
    (
        "neuron",
        "A neuron, and the chain rule on its edges",
        'viz.save(y, "neuron.svg", local_derivatives=True, theme="auto")',
        lambda: viz.svg(neuron(), local_derivatives=True, theme="auto", title="A neuron: y = tanh(w * x + b)"),
    ),
    (
        "twice",
        "An operand used twice has two edges, and a gradient that was not computed is a dash",
        'viz.save(a + a, "twice.svg")',
        lambda: viz.svg(uncomputed(), theme="auto"),
    ),
    (
        "path",
        "One path from a leaf to the result, highlighted, from top to bottom",
        'viz.save(L, "path.svg", highlight=[a, e, d, L], local_derivatives=True, rankdir="TB")',
        path,
    ),
    (
        "dark",
        "The dark theme, and another format of numbers",
        'viz.save(L, "dark.svg", theme="dark", numbers="+.2f")',
        lambda: viz.svg(lecture()[0], theme="dark", numbers="+.2f"),
    ),
    (
        "full",
        "A network of two layers, scalar by scalar",
        'viz.save(loss, "full.svg")',
        lambda: viz.svg(network([2, 2, 1]), theme="auto"),
    ),
    (
        "neurons",
        "A box for each neuron",
        'viz.save(loss, "neurons.svg", collapse="neuron")',
        lambda: viz.svg(network([3, 4, 2]), theme="auto", collapse="neuron"),
    ),
    (
        "layers",
        "A box for each layer",
        'viz.save(loss, "layers.svg", collapse="layer")',
        lambda: viz.svg(network([64, 32, 10]), theme="auto", collapse="layer"),
    ),
    (
        "network",
        "A 64-32-10 network with its loss, rolled: a box for each group of similar scalars",
        'viz.save(loss, "network.svg", collapse="rolled", numbers=".2g")',
        lambda: viz.svg(
            network([64, 32, 10]),
            theme="auto",
            collapse="rolled",
            numbers=".2g",
            title="A 64-32-10 network and its loss",
        ),
    ),
]
"""Each picture: its name, its caption, the call that makes it, and the function that makes this one."""


def page() -> str:
    """The gallery as Markdown."""
    parts = [
        "# Gallery",
        'Each picture takes one call, and `theme="auto"` follows dark mode. Drawn by `python -m docs.pictures`.',
    ]
    for name, caption, call, _ in GALLERY:
        parts += [f"## {caption}", f"![{caption}](gallery/{name}.svg)", f"```python\n{call}\n```"]
    parts += [
        "## An interactive page",
        '```python\nviz.play(loss, "page.html")\n```',
        "One file that needs no network. It steps through the forward and the backward pass, and explains the chain\n"
        "rule in words. Drag a leaf or type its value, and every number follows. `viz.show(loss)` opens the page in a\n"
        "browser, and `viz.live(loss)` makes it follow the running process. `make docs` builds the pages in these\n"
        "pictures: [a network](gallery/page.html), and [a 64-32-10 network](gallery/boxes.html), which opens as a few\n"
        "boxes.",
        "![A step of the backward pass of a network](gallery/page.png)",
        "![A 64-32-10 network with its loss, as a few boxes](gallery/boxes.png)",
        "## Steps for slides",
        "One picture for each step of the two passes, all with the same layout. Here they are animated.",
        '```python\nviz.frames(loss, "slides")\n```',
        "![A forward and a backward pass of a neuron, step by step](gallery/moving.svg)",
    ]
    return "\n\n".join(parts) + "\n"


def pages() -> None:
    """Writes the pages, and a screenshot of each if there is a browser."""
    small, large = network([2, 3, 1]), network([64, 32, 10])
    viz.play(small, PICTURES / "page.html")
    viz.play(large, PICTURES / "boxes.html")
    with browser() as chromium:
        if chromium is None:
            print("there is no Chromium here: the still pictures of the pages stay as they are")
            return
        for name, state in (("page", "#step=18&node=x[0]"), ("boxes", "#step=99999")):
            chromium.get((PICTURES / f"{name}.html").as_uri() + state)
            time.sleep(1)
            chromium.save_screenshot(str(PICTURES / f"{name}.png"))


@contextmanager
def browser() -> Iterator[Any]:
    """Headless Chromium, or None."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        yield None
        return
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-background-networking", "hide-scrollbars"):
        options.add_argument(f"--{flag}")
    chromium = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        size = {"width": 1280, "height": 640, "deviceScaleFactor": 1, "mobile": False}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield chromium
    finally:
        chromium.quit()


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the pictures and the page."""
    argparse.ArgumentParser(prog="python -m docs.pictures", description=main.__doc__).parse_args(arguments)
    PICTURES.mkdir(exist_ok=True)
    for name, _, _, draw in GALLERY:
        write_whole(PICTURES / f"{name}.svg", draw())
    write_whole(PICTURES / "moving.svg", moving(neuron()))
    pages()
    write_whole(HERE / "gallery.md", page())


if __name__ == "__main__":
    run(main)
