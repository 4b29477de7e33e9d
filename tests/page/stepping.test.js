import assert from "node:assert/strict";
import { test } from "node:test";
import { matching, nodeCalled, restore, written } from "../../viz/page/address.js";
import { chart, descend, parametersOf } from "../../viz/page/descent.js";
import { found, gradients, OUTSIDE, refresh, UNKNOWN } from "../../viz/page/evaluation.js";
import { judged } from "../../viz/page/guessing.js";
import { namesOf } from "../../viz/page/names.js";
import { opened } from "../../viz/page/nary.js";
import { isolated } from "../../viz/page/notation.js";
import { countPaths, paths } from "../../viz/page/paths.js";
import { asItWas, goTo, initial, presentGradients, setLeaf, undo } from "../../viz/page/state.js";
import { isKnown, lastPosition, placeAt } from "../../viz/page/stepping.js";
import { expression, graphOf } from "./graphs.js";

test("words from right to left do not turn what is beside them", () => {
  assert.equal(isolated("w = -5"), "w = -5");
  assert.equal(isolated("\u05d0 \u05d1 - \u05d2 = -5"), "\u2068\u05d0 \u05d1\u2069 - \u2068\u05d2\u2069 = -5");
});

test("positions visit each node forwards and then backwards", () => {
  const graph = expression();
  const phases = Array.from({ length: lastPosition(graph) + 1 }, (_, position) => placeAt(graph, position));
  assert.deepEqual(
    phases.map(({ phase, node }) => [phase, node]),
    [
      ["start", -1],
      ["forward", 2],
      ["forward", 4],
      ["forward", 5],
      ["turn", 5],
      ["backward", 5],
      ["backward", 4],
      ["backward", 2],
      ["end", -1],
    ],
  );
  assert.equal(isKnown(graph, 1, 2), true);
  assert.equal(isKnown(graph, 1, 4), false);
  assert.equal(isKnown(graph, 0, 0), true);
});

test("gradients of two uses add up, however a position is reached", () => {
  const graph = expression();
  const state = initial(graph, new Set());
  for (const position of [8, 3, 6, 0, 8]) goTo(graph, state, position);
  assert.deepEqual([...presentGradients(graph, state)], [-2, 4, 2, 2, 2, 1]);
  goTo(graph, state, 5);
  assert.deepEqual([...presentGradients(graph, state)], [4, 0, 0, 0, 2, 1]);
  goTo(graph, state, 99);
  assert.equal(state.position, 8);
});

test("a change of a leaf is propagated, undone and reset", () => {
  const graph = expression();
  const state = initial(graph, new Set());
  setLeaf(graph, state, 0, 3);
  assert.equal(state.numbers.data[5], 3);
  assert.deepEqual({ ...state.nudge }, { leaf: 0, from: 2, to: 3, slope: -2, before: 8, after: 3 });
  setLeaf(graph, state, 0, 4, true);
  assert.equal(state.edits.length, 1, "a continued change is one change");
  setLeaf(graph, state, 1, 5);
  undo(graph, state);
  assert.equal(state.numbers.data[5], (4 * -3 + 10) * 4);
  asItWas(graph, state);
  assert.deepEqual(state.numbers, found(graph));
});

test("a value outside the domain is marked, and its users are unknown", () => {
  const graph = graphOf([
    ["a", 1, -1, []],
    ["", 0, 2, [0]],
    ["L", 0, 1, [1, 0]],
  ]);
  const numbers = found(graph);
  numbers.data[0] = -1;
  refresh(graph, numbers, [0]);
  assert.deepEqual([...numbers.state], [0, OUTSIDE, UNKNOWN]);
  numbers.data[0] = Math.E;
  refresh(graph, numbers, [0]);
  assert.deepEqual([...numbers.state], [0, 0, 0]);
  assert.equal(numbers.data[2], Math.E);
});

test("every path from the loss is found", () => {
  const graph = expression();
  assert.equal(countPaths(graph, 0), 2);
  assert.deepEqual(
    paths(graph, 0).map((way) => way.map((edge) => edge.node)),
    [[5, 4, 2], [5]],
  );
});

test("a step downhill moves against the gradients", () => {
  const graph = expression();
  const numbers = found(graph);
  const grads = gradients(graph, numbers, 3);
  const losses = descend(graph, numbers, parametersOf(graph), 0.01, 1);
  assert.equal(numbers.data[1], -3 - 0.01 * grads[1]);
  assert.equal(losses.length, 2);
  assert.ok(losses[1] < losses[0]);
  const exploded = descend(graph, numbers, [0, 1, 3], 1e6, 50);
  assert.ok(exploded.length < 51);
  assert.ok(!Number.isFinite(exploded[exploded.length - 1]));
});

test("a chart fills its height, logarithmically for a wide range of losses", () => {
  assert.equal(chart([4, 2, 0], 100, 10).points, "0.0,0.0 50.0,5.0 100.0,10.0");
  const wide = chart([100, 10, 1], 100, 10);
  assert.equal(wide.logarithmic, true);
  assert.equal(wide.points, "0.0,0.0 50.0,5.0 100.0,10.0");
});

test("a wrong guess is answered with the mistake", () => {
  const made = { before: 4, slope: -3, gradient: 2 };
  assert.equal(judged(-2, made).right, true);
  assert.match(judged(-6, made).words, /contribution alone/);
  assert.match(judged(1, made).words, /local derivative/);
  assert.match(judged(10, made).words, /sign of the contribution/);
  assert.match(judged(6, made).words, /upstream gradient/);
  assert.match(judged(77, made).words, /the sign is wrong too/);
  assert.equal(judged(0, { before: 0, slope: 0, gradient: 2 }).right, true);
});

test("an address restores the state that it was written from", () => {
  const graph = expression();
  const state = initial(graph, new Set());
  const names = namesOf(graph, state.numbers.data);
  goTo(graph, state, 6);
  setLeaf(graph, state, 3, -0.5);
  state.selected = "n4";
  const hash = written(graph, state, names);
  const other = initial(graph, new Set());
  restore(hash, graph, other, names);
  assert.equal(other.position, 6);
  assert.equal(other.selected, "n4");
  assert.deepEqual(other.numbers, state.numbers);
});

test("nodes are found by name and by number", () => {
  const graph = expression();
  const names = namesOf(graph, graph.data);
  assert.equal(nodeCalled("p + c", graph, names), 4);
  assert.equal(nodeCalled("v3", graph, names), 3);
  assert.equal(nodeCalled("v99", graph, names), null);
  assert.deepEqual(matching("p", graph, names), [2, 4]);
});

test("a sum of products expands into products and partial sums, the bias first", () => {
  assert.deepEqual(opened("dot", [2, 3, 10, 100, 7]), [
    { operands: [4], product: 7, sum: 7 },
    { operands: [0, 2], product: 20, sum: 27 },
    { operands: [1, 3], product: 300, sum: 327 },
  ]);
  assert.deepEqual(
    opened("sum", [1, 2, 3]).map((row) => row.sum),
    [1, 3, 6],
  );
});
