"""Hostile labels in every output: they are shown, but never control a terminal, and never become markup."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import autograd
import viz
from autograd import Backprop, Forward, Value

SECONDS = 30.0

PIECES = (
    *("\x1b[31m", "\x1b]0;title\x07", "\x9b2J", "\x00", "\r", "\n", "\t", "\b", "\x7f", "\x85"),  # of terminals
    *("\u2028", "\u202e", "\ufeff", "\ud800", "\uffff", "é", "中", "😀"),  # of Unicode
    *(
        "<script>alert(1)</script>",
        "</script>",
        "<!--",
        "-->",
        "]]>",
        "<b>",
        "&amp;",
        "&#x0;",
        "&",
        '"',
        "'",
    ),  # of HTML
    *(" onload=x ", "javascript:", "`", "${x}", "*/", "//"),  # of JavaScript
    *("\\N", "\\", "<TABLE>", "</TABLE>", "->", "a:b", "[x]", "{", "}"),  # of DOT
    *("$", "_", "^", "\\input{x}", "%s", "{}", "{0}"),  # of LaTeX, and of formats
    *("a", "w[0]", "layers[0].neurons[1].w[2]", "x" * 300, "", " "),
)


def tries(seed: int) -> Iterator[tuple[str, Callable[[], str]]]:
    """Labels with hostile parts, in each output."""
    rng = random.Random(seed)
    while True:
        labels = ["".join(rng.choices(PIECES, k=rng.randint(1, 4))) for _ in range(3)]
        for name, output in OUTPUTS.items():
            yield f"{name} with {labels!a}", partial(judged, output, labels)


class Labelled:
    """A small graph with the labels, and a place."""

    def __init__(self, labels: list[str]) -> None:
        self.a, self.b = Value(-2.0, label=labels[0]), Value(3.0, label=labels[1])
        self.loss = (self.a * self.b + self.a).tanh() * self.b
        self.loss.label = labels[2]
        self.loss.place = labels[0]
        self.loss.backward()


def _terminal(text: str) -> str:
    bad = {c for c in text if not (c.isprintable() or c == "\n")}
    return f"sends {bad!a}: {text[:200]!a}" if bad else ""


def _error(f: Callable[[Labelled], object]) -> Callable[[Labelled], str]:
    def told(graph: Labelled) -> str:
        try:
            f(graph)
        except (ValueError, TypeError) as error:
            return _terminal(str(error)) or (
                "" if len(str(error)) <= 1000 else "a message of more than 1,000 characters"
            )
        return "no error"

    return told


def _svg(graph: Labelled) -> str:
    root = ET.fromstring(viz.svg(graph.loss))
    plain = ET.fromstring(viz.svg(Labelled(["a", "b", "c"]).loss))
    strange = {element.tag for element in root.iter()} - {element.tag for element in plain.iter()}
    strange |= {name for element in root.iter() for name in element.attrib if name.lower().startswith("on")}
    return f"markup from a label: {strange}" if strange else ""


class _Markup(HTMLParser):
    """The elements of a page, and the names of their attributes."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.feed(Path(path).read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.update([tag, *(f"{tag} {name}" for name, _ in attrs)])


def _page(graph: Labelled) -> str:
    viz.play(graph.loss, "page.html")
    viz.play(Labelled(["a", "b", "c"]).loss, "plain.html")
    page, plain = _Markup("page.html").names, _Markup("plain.html").names
    strange = set(page) - set(plain)
    if strange or page["script"] != plain["script"]:
        return f"markup from a label: {strange or 'a script'}"
    return ""


def _sheet(ending: str) -> Callable[[Labelled], str]:
    def written(graph: Labelled) -> str:
        path = f"sheet{ending}"
        autograd.worksheet(graph.loss, path, count=1)
        text = Path(path).read_text(encoding="utf-8")
        found = re.search("<script|<b>|<TABLE>", text) if ending == ".html" else re.search(r"\\input\{x", text)
        return f"a label brings {found[0]} into the sheet" if found else ""

    return written


OUTPUTS: dict[str, Callable[[Labelled], str]] = {
    "repr": lambda g: _terminal(repr(g.loss)),
    "formula": lambda g: _terminal(str(autograd.formula(g.loss))),
    "tree": lambda g: _terminal(str(autograd.tree(g.loss))),
    "explain": lambda g: _terminal(str(autograd.explain(g.loss, g.a))),
    "derivation": lambda g: _terminal(str(autograd.derivation(g.loss, g.a))),
    "nudge": lambda g: _terminal(str(autograd.nudge(g.loss, g.a))),
    "why_zero": lambda g: _terminal(str(autograd.why_zero(g.loss, g.a))),
    "misconceptions": lambda g: _terminal(str(autograd.misconceptions(g.loss))),
    "Backprop": lambda g: _terminal("\n".join(map(str, Backprop(g.loss)))),
    "Forward": lambda g: _terminal("\n".join(map(str, Forward(g.loss)))),
    "a domain error": _error(lambda g: g.a.log()),
    "another's node": _error(lambda g: autograd.explain(g.a, g.loss)),
    "gradcheck": _error(lambda g: autograd.gradcheck(Value(1.0, (g.a,), (2.0,), g.b.label) * 2)),
    "svg": _svg,
    "play": _page,
    "worksheet in HTML": _sheet(".html"),
    "worksheet in LaTeX": _sheet(".tex"),
}


def judged(output: Callable[[Labelled], str], labels: list[str]) -> str:
    """The fault of an output with such labels, if any."""
    return output(Labelled(labels))
