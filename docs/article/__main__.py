"""Builds the article: `python -m docs.article` writes article.html, one self-contained file."""

from __future__ import annotations

import argparse
import ast
import base64
import re
from collections.abc import Sequence
from pathlib import Path

import markdown2
import numpy as np
import numpy.typing as npt

import nn
from autograd.entry import run
from autograd.files import write_whole
from autograd.shown import WHOLE, path_shown
from demos.command_line import need, writable
from demos.digits.report import module as module_of_pages, style
from docs.article import figures, model
from viz.bundle import joined
from viz.template import filled, in_script

HERE = Path(__file__).parent
_CALL = re.compile(r"\{\{ (\w+\([^{}]*\)) \}\}")


def article() -> str:
    """The page."""
    return filled(
        (HERE / "article.html").read_text(encoding="utf-8"),
        {
            "style": style() + (HERE / "article.css").read_text(encoding="utf-8"),
            "text": text((HERE / "article.md").read_text(encoding="utf-8")),
            "data": in_script(data()),
            "script": joined("article", module),
        },
    )


def text(markdown: str) -> str:
    """Turns Markdown, with figures as Python calls, `{{ draw() }}`, into HTML."""
    called: list[str] = []

    def call(found: re.Match[str]) -> str:
        expression = ast.parse(found[1], mode="eval").body
        assert isinstance(expression, ast.Call)
        assert isinstance(expression.func, ast.Name)
        called.append(getattr(figures, expression.func.id)(*map(ast.literal_eval, expression.args)))
        return f"FIGURE{len(called) - 1}."

    html = str(markdown2.markdown(_CALL.sub(call, markdown), extras=["fenced-code-blocks"]))
    html = re.sub(r"<p>FIGURE(\d+)\.</p>", lambda found: called[int(found[1])], html)
    html = html.replace("<pre>", '<pre tabindex="0">')
    return re.sub(r"FIGURE(\d+)\.", lambda found: called[int(found[1])], html)


def data() -> dict[str, object]:
    """The data that the page computes with: the same numbers as in Python."""
    learned, test = model.images()
    weights, bias = figures.large_neuron()
    return {
        "starts": [_packed(_numbers(model.network(start)), "<f8") for start in range(model.STARTS)],
        "trained": _packed(model.trained().params, "<f8"),
        "unbounded": _packed(_numbers(model.unbounded()), "<f8"),
        # Pixels are sixteenths.
        "images": _packed(np.round(16 * learned.pixels), "u1"),
        "labels": _packed(learned.labels, "u1"),
        "test": _packed(np.round(16 * test.pixels), "u1"),
        "testLabels": _packed(test.labels, "u1"),
        "neuron": {"weights": _packed(weights, "<f4"), "bias": bias},
        "place": vars(model.place()),
        "strokes": [np.round(256 * stroke, 1).tolist() for stroke in model.drawing()],
        "pixels": model.drawn()[1].tolist(),
        "digit": model.DIGIT,
        "hidden": model.HIDDEN,
        "batch": model.BATCH,
        "steps": len(model.trained().losses),
        "rates": list(model.RATES.values()),
        "rateSteps": model.RATE_STEPS,
    }


_PROGRAMS = """\
import * as network from "./network_program.js";
import * as unbounded from "./unbounded_program.js";
export const programs = { network, unbounded };
"""
_NETWORKS = {"network_program": model.network, "unbounded_program": model.unbounded}


def module(name: str) -> str:
    """A module of the page; the compiler writes those of the programs."""
    if name == "programs":
        return _PROGRAMS
    if name in _NETWORKS:
        return model.compiled(_NETWORKS[name]()).program.to_js()
    return module_of_pages(name)


def _numbers(network: nn.MLP) -> list[float]:
    return [parameter.data for parameter in network.parameters()]


def _packed(numbers: npt.ArrayLike, kind: str) -> str:
    return base64.b64encode(np.asarray(numbers).astype(kind).tobytes()).decode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes the article."""
    parser = argparse.ArgumentParser(prog="python -m docs.article", description="Builds the article.")
    parser.add_argument("file", type=writable, nargs="?", default="article.html", help="(article.html)")
    options = parser.parse_args(arguments)
    need("matplotlib")
    write_whole(options.file, article())
    print(f"Open {path_shown(options.file, WHOLE)} in a browser.")


if __name__ == "__main__":
    run(main)
