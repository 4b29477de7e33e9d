"""Pictures of graphs, read back with an XML parser and compared with their graphs."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

import autograd
import nn
import viz
from autograd import Value
from viz.drawing import Options
from viz.escaping import visible

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parent.parent


def lecture() -> tuple[Value, dict[str, Value]]:
    """L = (a * b + c) * f, every node labelled."""
    a, b, c, f = (Value(x, label=name) for name, x in zip("abcf", (2.0, -3.0, 10.0, -2.0), strict=True))
    e = a * b
    d = e + c
    loss = d * f
    e.label, d.label, loss.label = "e", "d", "L"
    return loss, {node.label: node for node in (a, b, c, d, e, f, loss)}


def network(sizes: tuple[int, ...] = (2, 3, 1)) -> Value:
    model = nn.MLP(sizes[0], sizes[1:], activation="tanh", seed=1)
    x = [Value(0.1 * i, label=f"x[{i}]") for i in range(sizes[0])]
    answers = model(x)
    answers = answers if isinstance(answers, list) else [answers]
    return nn.squared_error(answers, [0.5] * len(answers))


def parts(svg: str, kind: str) -> list[ET.Element]:
    return [part for part in ET.fromstring(svg).iter(f"{SVG}g") if part.get("class") == kind]


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")]


def part(svg: str, name: str) -> ET.Element:
    (found,) = [part for part in ET.fromstring(svg).iter() if part.get("id") == name]
    return found


def test_every_value_operation_and_edge_is_there_once() -> None:
    loss, named = lecture()
    nodes, edges = viz.trace(loss)
    assert set(nodes) == set(named.values())
    svg = viz.svg(loss)
    assert len(parts(svg, "node")) == len(nodes)
    assert len(parts(svg, "edge")) == len(edges)
    for i, node in enumerate(nodes):
        inside = ["".join(text.itertext()).strip() for text in part(svg, f"v{i}").iter(f"{SVG}text")]
        assert inside == [*([node._op] if node._op else []), node.label, f"{node.data:.4g}", "∂ –"]
    assert len(named) == 7


def test_an_operand_used_twice_has_two_edges() -> None:
    a = Value(2.0, label="a")
    assert len(parts(viz.svg(a + a), "edge")) == 2
    assert [edge.position for edge in viz.trace(a + a)[1]] == [0, 1]


def test_several_roots_share_a_picture_and_their_nodes() -> None:
    a = Value(2.0, label="a")
    svg = viz.svg(a * 2, a * 3)
    assert texts(svg).count("a") == 1
    assert {"* 2", "* 3"} <= set(texts(svg))


def test_a_single_leaf_is_drawn() -> None:
    assert texts(viz.svg(Value(1.5, label="x"))) == ["x", "1.5", "∂ –"]


def test_equal_labels_and_numbers_do_not_merge_nodes() -> None:
    svg = viz.svg(Value(1.0, label="a") + Value(1.0, label="a"))
    assert texts(svg).count("a") == 2


def test_a_gradient_that_is_not_computed_is_not_shown_as_zero() -> None:
    loss, _ = lecture()
    assert texts(viz.svg(loss)).count("∂ –") == 7
    loss.backward()
    after = texts(viz.svg(loss))
    assert "∂ –" not in after
    assert {"∂ 6", "∂ -4", "∂ 1"} <= set(after)


@pytest.mark.parametrize("mode", ["none", "layer"])
def test_a_picture_without_gradients_does_not_mention_them(mode: str) -> None:
    loss = network()
    for _ in range(2):
        assert not [text for text in texts(viz.svg(loss, gradients=False, collapse=mode)) if "∂" in text]
        loss.backward()


def test_gradients_of_gradients_are_shown_as_numbers() -> None:
    a = Value(3.0, label="a")
    y = a * a
    y.backward(create_graph=True)
    assert "∂ 6" in texts(viz.svg(y))


def frame(svg: str, name: str) -> ET.Element:
    """The line around a box."""
    return [path for path in part(svg, name).findall(f"{SVG}path") if path.get("fill") == "none"][-1]


def test_colour_and_dashes_tell_the_sign_and_width_the_size() -> None:
    loss, named = lecture()
    loss.backward()
    named["c"].grad = -1e-9
    svg = viz.svg(loss)
    a, b, c, result = (frame(svg, f"v{'abecdfL'.index(name)}") for name in "abcL")
    assert a.get("stroke") == viz.themes.LIGHT.positive
    assert b.get("stroke") == c.get("stroke") == viz.themes.LIGHT.negative
    assert b.get("stroke-dasharray")
    assert not a.get("stroke-dasharray")
    widths = [float(each.get("stroke-width", "1")) for each in (a, result, c)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1] == 1


def test_an_edge_is_drawn_by_what_it_carries_back() -> None:
    a = Value(3.0, label="a")
    y = 5 * a - a * 2
    y.backward()
    lines = [edge.find(f"{SVG}path") for edge in parts(viz.svg(y), "edge")]
    colours = [line.get("stroke") for line in lines if line is not None]
    assert sorted(map(str, colours)) == sorted([viz.themes.LIGHT.positive] * 2 + [viz.themes.LIGHT.negative] * 2)


@pytest.mark.parametrize("grad", [float("inf"), float("nan"), 5e-324, 1e308])
def test_gradients_that_are_not_ordinary_numbers_are_drawn(grad: float) -> None:
    loss, named = lecture()
    loss.backward()
    named["a"].grad = grad
    inside = "".join(part(viz.svg(loss), "v0").itertext())
    assert "∂" in inside
    assert f"{grad:.4g}" in inside


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("mode", ["none", "rolled"])
def test_numbers_that_are_not_finite_stand_out(number: float, mode: str) -> None:
    w = [Value(x, label=f"w[{i}]") for i, x in enumerate((1.0, number, 2.0))]
    y = w[0] + w[1] + w[2]
    svg = viz.svg(y, collapse=mode)
    bold = ["".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text") if text.get("font-weight")]
    assert f"{number:.4g}" in bold
    assert "1" not in bold
    if mode == "none":
        assert frame(svg, "v1").get("stroke") == viz.themes.LIGHT.highlight
        assert frame(svg, "v1").get("stroke-dasharray")


def test_local_derivatives_stand_on_the_edges() -> None:
    loss, _ = lecture()
    svg = viz.svg(loss, local_derivatives=True)
    assert {"∂e/∂a = -3", "∂e/∂b = 2", "∂d/∂e = 1", "∂L/∂f = 4"} <= set(texts(svg))
    assert "∂ = 3" in texts(viz.svg(Value(2.0, label="a") * 3, local_derivatives=True))


def test_numbers_title_and_direction() -> None:
    loss, _ = lecture()
    svg = viz.svg(loss, numbers="+.2f", title="<Lecture> & more", rankdir="TB")
    assert "+2.00" in texts(svg)
    assert "<Lecture> & more" in texts(svg)
    assert ET.fromstring(svg).findtext(f"{SVG}title") == "<Lecture> & more"
    across, down = (
        [float(str(ET.fromstring(drawn).get(side)).removesuffix("pt")) for side in ("width", "height")]
        for drawn in (viz.svg(loss), svg)
    )
    assert across[0] > down[0]
    assert across[1] < down[1]


def test_a_picture_has_a_description() -> None:
    loss, _ = lecture()
    drawn = ET.fromstring(viz.svg(loss, local_derivatives=True))
    assert drawn.get("role") == "img"
    assert drawn.findtext(f"{SVG}desc") == "An expression graph of 7 values and 6 edges."
    titles = [title.text for title in drawn.iter(f"{SVG}title")]
    assert "a: data 2, gradient –" in titles
    assert "∂e/∂a = -3" in titles


def test_highlight_marks_nodes_and_the_path_between() -> None:
    loss, named = lecture()
    mark = viz.themes.LIGHT.highlight
    assert mark not in viz.svg(loss)
    path = [named["a"], named["e"]]
    svg = viz.svg(loss, highlight=path)
    assert mark in ET.tostring(part(svg, "v0"), encoding="unicode")
    assert mark in ET.tostring(part(svg, "e2-0"), encoding="unicode")
    assert mark not in ET.tostring(part(svg, "e2-1"), encoding="unicode")
    assert mark in viz.svg(loss, highlight=loss)
    assert mark in viz.svg(loss, highlight=loss, collapse="rolled")


def test_the_sign_survives_highlighting() -> None:
    loss, named = lecture()
    loss.backward()
    for name, colour in (("a", viz.themes.LIGHT.positive), ("b", viz.themes.LIGHT.negative)):
        drawn = part(viz.svg(loss, highlight=named[name]), f"v{'ab'.index(name)}")
        strokes = {path.get("stroke") for path in drawn.iter(f"{SVG}path")}
        assert {colour, viz.themes.LIGHT.highlight} <= strokes


def test_themes() -> None:
    loss, _ = lecture()
    light, dark, auto = (viz.svg(loss, theme=name) for name in ("light", "dark", "auto"))
    assert viz.themes.LIGHT.paper in light
    assert viz.themes.DARK.paper in dark
    assert viz.themes.DARK.paper not in light
    assert "prefers-color-scheme: dark" in auto
    for colour in (viz.themes.DARK.paper, viz.themes.DARK.ink):
        assert colour in auto


def test_a_network_is_drawn_in_its_layers_and_neurons() -> None:
    svg = viz.svg(network())
    clusters = ["".join(text.itertext()) for c in parts(svg, "cluster") for text in c.iter(f"{SVG}text")]
    for name in ("layers[0]", "layers[1]", "neurons[0]", "neurons[1]", "neurons[2]"):
        assert name in clusters
    assert texts(svg).count("w[0]") == 4
    assert texts(svg).count("x[0]") == 1


@pytest.mark.parametrize(
    ("mode", "boxes"),
    [
        ("neuron", ["layers[0].neurons[2]", "layers[1].neurons[0]", "x[*]"]),
        ("layer", ["layers[0]", "layers[1]", "x[*]"]),
        ("rolled", ["layers[0].neurons[*].w[*]", "b + w[*] * x[*] + w[*] * x[*]", "tanh(…)"]),
    ],
)
def test_collapsed_networks(mode: str, boxes: list[str]) -> None:
    loss = network()
    loss.backward()
    svg = viz.svg(loss, collapse=mode)
    for box in boxes:
        assert box in texts(svg)
    assert any(f"(collapse='{mode}'); collapse='none' draws each" in text for text in texts(svg))
    titles = [title.text or "" for title in ET.fromstring(svg).iter(f"{SVG}title")]
    scalars = [re.search(r": ([\d,]+) scalars?$", title) for title in titles]
    assert sum(int(found[1].replace(",", "")) for found in scalars if found) == len(viz.trace(loss)[0])


def test_a_network_of_thousands_fits_on_a_screen() -> None:
    loss = network((64, 32, 10))
    assert len(viz.trace(loss)[0]) > 2500
    assert len(parts(viz.svg(loss, collapse="rolled"), "node")) <= 30
    auto = viz.svg(loss)
    assert len(parts(auto, "node")) <= 30
    assert "collapse='none' draws each" in str(ET.fromstring(auto).findtext(f"{SVG}desc"))


def test_a_sum_written_with_plus_and_times_is_one_box() -> None:
    xs = [Value(float(i), label=f"x{i}") for i in range(5)]
    rows = [[Value(0.1, label=f"w{i}{j}") for j in range(5)] for i in range(3)]
    neurons = [sum((w * x for w, x in zip(row, xs, strict=True)), Value(0.0, label="b")).tanh() for row in rows]
    shown = texts(viz.svg(neurons[0] * neurons[1] * neurons[2], collapse="rolled"))
    assert "b + w* * x* + … + w* * x*" in shown
    assert shown.count("×30") == 1
    assert "maximum(…, x*)" in texts(viz.svg(autograd.maximum(xs), collapse="rolled"))


def test_a_box_shows_the_range_of_its_results_and_how_many_these_are() -> None:
    b, w, x = (Value(data, label=name) for name, data in (("b", 1.0), ("w", 2.0), ("x", 0.5)))
    several = texts(viz.svg(*(b + w * x - 0.5 * i for i in range(3)), collapse="rolled"))
    assert "3 out: 1 … 2" in several
    assert "nan" in " ".join(texts(viz.svg(b * 2, x * math.nan, w * 2, collapse="rolled")))
    assert not any("out" in text for text in texts(viz.svg(b.tanh() + x.tanh(), collapse="rolled")))


def test_a_graph_of_great_depth_is_rolled_into_stretches() -> None:
    a = x = Value(1.0, label="a")
    for _ in range(2000):
        x = (x * a).tanh()
    svg = viz.svg(x)
    assert len(parts(svg, "node")) <= 31
    assert "leaves" not in viz.svg(a + a)


def test_long_edges_start_at_tags() -> None:
    v, a = Value(0.1, label="v"), Value(0.5, label="a")
    for _ in range(400):
        v = v * a
    svg = viz.svg(v, collapse="none")
    nodes, edges = viz.trace(v)
    assert len(parts(svg, "edge")) == len(edges)
    tags = len(parts(svg, "node")) - len(nodes)
    assert 380 <= tags < 400
    assert "a, whose box is far from here: the edge is not drawn in full" in svg
    small = v
    for _ in range(380):
        small = small._prev[0]
    assert "whose box is far" not in viz.svg(small)


HOSTILE = [
    'say "hi"',
    "{a|b}",
    "<b>&amp;</b>",
    r"back\slash \N \G \l",
    "two\nlines\r\t",
    "\x00\x1b[31m\x7f\x85",
    "<script>alert(1)</script>",
    "</script><!-- -->",
    "]]>",
    "\ud800 \uffff",
    "ünï çødé 漢字 🙂 \u202e",
    "x" * 10_000,
    "&#60;",
    "v0:e",
    "<>",
    "\\",
]


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=60)
def test_any_label_is_shown_and_never_interpreted(label: str) -> None:
    check_label(label)


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels(label: str) -> None:
    check_label(label)


def check_label(label: str) -> None:
    a, b = Value(2.0, label=label), Value(3.0, label="b")
    y = Value(5.0, (a, b), label)
    svg = viz.svg(y, local_derivatives=True, title=label)
    drawn = ET.fromstring(svg)
    found = ["".join(text.itertext()) for text in drawn.iter(f"{SVG}text")]
    # Graphviz writes spaces as no-break spaces, to preserve them.
    assert [text.replace("\xa0", " ") for text in found].count(visible(label).replace("\xa0", " ")) >= 2
    assert {element.tag.removeprefix(SVG) for element in drawn.iter()} <= {
        "svg", "g", "title", "desc", "polygon", "path", "text", "ellipse", "polyline",
    }  # fmt: skip
    assert len(parts(svg, "node")) == 3
    assert len(parts(svg, "edge")) == 2


def test_labels_from_right_to_left_do_not_turn_the_numbers_beside_them() -> None:
    assert visible("w") == "w"
    assert visible("\u05d0\u05d1") == "\u2068\u05d0\u05d1\u2069"
    assert visible("a\u202eb") == "a�b"


@example("w[0]</script>")
@given(st.text(min_size=1, max_size=30))
@settings(max_examples=20)
@example(".")
def test_any_place_is_shown(place: str) -> None:
    y = Value(2.0) * 3
    y.place = place
    for mode in ("none", "layer", "neuron"):
        ET.fromstring(viz.svg(y, collapse=mode))


PROGRAM = """
import sys
import nn, viz
from autograd import Value
model = nn.MLP(2, [3, 1], seed=1)
loss = nn.squared_error([model([Value(1.0, label="x"), Value(2.0, label="y")])], [0.5])
loss.backward()
for options in ({}, {"local_derivatives": True, "theme": "auto"}, {"collapse": "rolled"}):
    sys.stdout.buffer.write(viz.svg(loss, **options).encode())
"""


def python(program: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=ROOT, env=os.environ | environment, check=False
    )


def test_the_same_graph_gives_the_same_bytes_in_every_process() -> None:
    first, second = (python(PROGRAM, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert first.stdout.count(b"<svg") == 3


def test_without_dot_on_the_path() -> None:
    done = python(PROGRAM, PATH="")
    assert done.returncode == 0
    assert done.stdout.count(b"</svg>") == 3
    assert done.stderr == b""


def test_without_any_layout_dot_still_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    loss, _ = lecture()
    with pytest.raises(viz.LayoutError, match=r"pip install 'pygraphviz>=2.0'.*save\(value, 'graph.dot'\)"):
        viz.svg(loss)
    with pytest.raises(viz.LayoutError):
        viz.save(loss, tmp_path / "graph.svg")
    assert list(tmp_path.iterdir()) == []
    viz.save(loss, tmp_path / "graph.dot")
    assert (tmp_path / "graph.dot").read_text().startswith("digraph")


def test_dot_on_the_path_is_used_and_its_errors_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho 'no such font' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(viz.LayoutError, match="dot failed with code 3: no such font"):
        viz.svg(Value(1.0))
    program.write_text("#!/bin/sh\necho '<svg a=\"b\"><!-- noise --></svg>'\necho 'a warning' >&2\n")
    assert '<svg a="b" role="img">' in viz.svg(Value(1.0))


def test_broken_dot_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(viz.LayoutError, match="syntax error"):
        viz.layout.render("digraph { a -> -> }", "svg")
    with pytest.raises(viz.LayoutError, match="cannot write 'nonsense'"):
        viz.layout.render("digraph { a }", "nonsense")


@pytest.mark.parametrize(
    ("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph")]
)
def test_save_writes_by_the_ending(ending: str, start: bytes, tmp_path: Path) -> None:
    loss, _ = lecture()
    viz.save(loss, tmp_path / f"graph.{ending}")
    assert (tmp_path / f"graph.{ending}").read_bytes().startswith(start)
    viz.save([loss, Value(1.0)], str(tmp_path / f"two.{ending.upper()}"))
    assert len(list(tmp_path.iterdir())) == 2


def test_render_pipe_and_source_as_in_graphviz(tmp_path: Path) -> None:
    loss, _ = lecture()
    drawing = viz.draw_dot(loss, format="png")
    assert drawing.format == "png"
    assert drawing.pipe().startswith(b"\x89PNG")
    assert drawing.pipe("dot", encoding="utf-8") == drawing.source
    path = drawing.render("graph", directory=tmp_path)
    assert path == str(tmp_path / "graph.png")
    assert (tmp_path / "graph").read_text() == drawing.source
    assert Path(drawing.render(tmp_path / "other", format="svg", cleanup=True)).read_text().startswith("<?xml")
    assert not (tmp_path / "other").exists()


def test_a_drawing_displays_in_jupyter() -> None:
    loss, _ = lecture()
    bundle: dict[str, Any] = viz.draw_dot(loss)._repr_mimebundle_(include=None, exclude=None)
    assert bundle["image/svg+xml"] == viz.svg(loss)
    json.dumps(bundle)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"collapse": "all"}, "unknown way to collapse 'all'; .* auto, none, neuron, layer, rolled"),
        ({"theme": "pink"}, "unknown theme 'pink'; .* light, dark, auto"),
        ({"rankdir": "XY"}, "unknown direction 'XY'; .* auto, LR, TB, RL, BT"),
        ({"numbers": "zz"}, r"numbers='zz' is not a format specification for floats such as '\.4g'"),
        ({"dpi": 0}, "dpi, the pixels of an inch, must be at least 1, not 0"),
        ({"highlight": Value(9.0, label="stranger")}, "stranger.* cannot be highlighted: it is not in the graph"),
        ({"format": "nonsense"}, "nonsense"),
    ],
)
def test_unknown_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        viz.draw_dot(Value(1.0), **options)


def test_objects_that_are_not_values_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"draw_dot\(a, b.*list"):
        viz.draw_dot([Value(1.0)])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="at least one Value"):
        viz.draw_dot()
    with pytest.raises(TypeError, match=r"not 3\.0"):
        viz.save(3.0, tmp_path / "graph.svg")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"should end in one of \.svg, \.png, \.pdf, \.dot"):
        viz.save(Value(1.0), tmp_path / "graph.gif")
    with pytest.raises(OSError, match="nowhere"):
        viz.save(Value(1.0), tmp_path / "nowhere" / "graph.dot")


def test_options_are_those_of_draw_dot() -> None:
    assert list(Options.__annotations__) == list(signature(viz.draw_dot).parameters)[2:]
