import assert from "node:assert/strict";
import { test } from "node:test";
import { fitting, hull, panned, showing, within, zoomed } from "../../viz/page/camera.js";
import { extent, outputsOf, range, strength } from "../../viz/page/heat.js";
import { laidOut } from "../../viz/page/layout.js";
import { sceneOf } from "../../viz/page/scene.js";
import { expression, graphOf } from "./graphs.js";

const item = { width: 60, height: 40 };
const measure = { text: (/** @type {string} */ text) => 7 * text.length, name: () => "name", box: () => item };

/** @param {import("../../viz/page/layout.js").Layout} layout @param {number} count */
function overlapping(layout, count) {
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < i; k++) {
      const x = Math.abs(layout.x[i] - layout.x[k]) < item.width;
      const y = Math.abs(layout.y[i] - layout.y[k]) < item.height;
      if (x && y) return `${k} and ${i}`;
    }
  }
  return "";
}

test("operands are to the left of their users, in order, without overlaps", () => {
  const links = [
    { from: 0, to: 2, port: 0.25 },
    { from: 1, to: 2, port: 0.75 },
    { from: 2, to: 4, port: 0.25 },
    { from: 3, to: 4, port: 0.75 },
  ];
  const layout = laidOut([item, item, item, item, item], links);
  for (const { from, to } of links) assert.ok(layout.x[from] + item.width < layout.x[to]);
  assert.ok(layout.y[0] < layout.y[1], "the first operand is above the second");
  assert.ok(layout.y[2] < layout.y[3]);
  assert.equal(overlapping(layout, 5), "");
});

test("the subtrahend of a - a*b is drawn below", () => {
  const layout = laidOut(
    [item, item, item, item],
    [
      { from: 0, to: 2, port: 0.25 },
      { from: 1, to: 2, port: 0.75 },
      { from: 0, to: 3, port: 0.25 },
      { from: 2, to: 3, port: 0.75 },
    ],
  );
  const long = layout.bends.get(2);
  assert.ok(long, "the link from a passes a rank");
  assert.ok(long[0][1] < layout.y[2] + item.height / 2, "the minuend passes above the product");
});

test("in a downward layout, operands are above their users, in rows that fit the room", () => {
  const links = [0, 1, 2, 3, 4].map((from) => ({ from, to: 5, port: (from + 0.5) / 5 }));
  const layout = laidOut([item, item, item, item, item, item], links, { down: true, room: 150 });
  for (const { from } of links) assert.ok(layout.y[from] + item.height < layout.y[5]);
  assert.ok(layout.x[0] < layout.x[1], "the first operand is left of the second");
  assert.equal(new Set(layout.y.slice(0, 5)).size, 3, "three rows of two");
  assert.equal(overlapping(layout, 6), "");
  const bend = layout.bends.get(0)?.[0];
  assert.ok(
    bend && bend[1] > layout.y[0] + item.height && bend[1] < layout.y[5],
    "a long link passes the rows between",
  );
});

test("a narrow picture keeps its parts within the room, inside open boxes too", () => {
  const inside = { title: "inside", parent: -1, kind: "layer" };
  const graph = graphOf(
    [
      ["a", 2, -1, []],
      ["b", -3, -1, []],
      ["c", 1, -1, []],
      ["p", -6, 1, [0, 1]],
      ["q", -3, 1, [1, 2]],
      ["L", 18, 1, [3, 4]],
    ],
    [inside],
    [0, 0, 0, 0, 0, -1],
  );
  const scene = sceneOf(graph, new Set([0]), measure, new Set(), { down: true, room: 300 });
  assert.ok(scene.width <= 300, String(scene.width));
  for (const { from, to } of scene.links) assert.ok(from.y + from.height < to.y);
});

test("graphs with cycles can be laid out", () => {
  const layout = laidOut(
    [item, item, item],
    [
      { from: 0, to: 1, port: 0.5 },
      { from: 1, to: 2, port: 0.5 },
      { from: 2, to: 0, port: 0.5 },
    ],
  );
  assert.equal(overlapping(layout, 3), "");
});

test("random graphs have no overlaps and no backward links", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  for (let round = 0; round < 20; round++) {
    const count = 40;
    const links = [];
    for (let to = 1; to < count; to++) {
      for (let k = 0; k < 2; k++) links.push({ from: Math.floor(random() * to), to, port: k ? 0.75 : 0.25 });
    }
    const layout = laidOut(Array(count).fill(item), links);
    assert.equal(overlapping(layout, count), "");
    for (const { from, to } of links) assert.ok(layout.x[from] < layout.x[to]);
  }
});

test("the layout of an empty graph has no size", () => {
  assert.deepEqual(laidOut([], []), { x: [], y: [], width: 0, height: 0, bends: new Map() });
});

test("a closed box replaces its contents, an open one surrounds them", () => {
  const graph = graphOf(
    [
      ["a", 1, -1, []],
      ["b", 2, -1, []],
      ["p", 2, 1, [0, 1]],
      ["q", 4, 1, [2, 2]],
    ],
    [{ title: "layer", parent: -1, kind: "layer" }],
    [-1, 0, 0, -1],
  );
  const closed = sceneOf(graph, new Set(), measure);
  assert.deepEqual(
    closed.parts.map((part) => part.id),
    ["b0", "n0", "n3"],
  );
  assert.deepEqual(
    closed.links.map((link) => [link.from.id, link.to.id, link.count]),
    [
      ["n0", "b0", 1],
      ["b0", "n3", 2],
    ],
  );
  const open = sceneOf(graph, new Set([0]), measure);
  const box = open.byId.get("b0");
  const inner = open.byId.get("n2");
  assert.ok(box && inner);
  assert.ok(box.x < inner.x && inner.x + inner.width < box.x + box.width);
  assert.ok(box.y < inner.y && inner.y + inner.height < box.y + box.height);
  assert.equal(open.links.length, 4);
});

test("equal boxes share one layout", () => {
  /** @type {[string, number, number, number[]][]} */
  const nodes = [];
  const boxes = [];
  const home = [];
  for (let i = 0; i < 3; i++) {
    nodes.push([`w${i}`, 1, -1, []], [`x${i}`, 2, -1, []], [`p${i}`, 2, 1, [3 * i, 3 * i + 1]]);
    boxes.push({ title: `neurons[${i}]`, parent: -1, kind: "neuron" });
    home.push(i, i, i);
  }
  nodes.push(["s", 4, 0, [2, 5]]);
  home.push(-1);
  const { byId } = sceneOf(graphOf(nodes, boxes, home), new Set([0, 1, 2]), measure);
  const inner = [0, 1, 2].map((i) =>
    [0, 1, 2].map((k) => {
      const box = byId.get(`b${i}`);
      const part = byId.get(`n${3 * i + k}`);
      assert.ok(box && part);
      return [part.x - box.x, part.y - box.y];
    }),
  );
  assert.deepEqual(inner[1], inner[0]);
  assert.deepEqual(inner[2], inner[0]);
});

test("an operand used twice has two links", () => {
  const graph = graphOf([
    ["a", 1, -1, []],
    ["", 2, 0, [0, 0]],
  ]);
  assert.deepEqual(
    sceneOf(graph, new Set(), measure).links.map((link) => link.operand),
    [0, 1],
  );
  assert.equal(sceneOf(expression(), new Set(), measure).links.length, 6);
});

test("a large area fills the screen, and a small one is centred", () => {
  const screen = { width: 200, height: 100 };
  const area = { x: 0, y: 0, width: 1000, height: 20 };
  const left = within({ x: -500, y: 7, scale: 1 }, area, screen, 10);
  assert.deepEqual(left, { x: -10, y: -40, scale: 1 });
  assert.equal(within({ x: 5000, y: 0, scale: 1 }, area, screen, 10).x, 1000 + 10 - 200);
  assert.equal(within({ x: 300, y: 0, scale: 2 }, area, screen, 10).x, 300);
});

test("the camera fits areas, zooms around a point and moves as little as possible", () => {
  const screen = { width: 200, height: 100 };
  const area = { x: 0, y: 0, width: 336, height: 68 };
  const camera = fitting(area, screen);
  assert.equal(camera.scale, 0.5);
  const near = zoomed(camera, 2, 50, 20);
  assert.equal(near.x + 50 / near.scale, camera.x + 50 / camera.scale);
  assert.equal(near.y + 20 / near.scale, camera.y + 20 / camera.scale);
  assert.equal(panned({ x: 0, y: 0, scale: 2 }, 10, 4).x, -5);
  const still = { x: 0, y: 0, scale: 1 };
  assert.deepEqual(showing(still, { x: 50, y: 30, width: 20, height: 20 }, screen), still);
  assert.equal(showing(still, { x: 300, y: 30, width: 20, height: 20 }, screen).x, 300 + 20 + 24 - 200);
  assert.deepEqual(hull([area, { x: -4, y: 10, width: 1, height: 100 }]), { x: -4, y: 0, width: 340, height: 110 });
});

test("emphasis is logarithmic, and nan makes an extent nan", () => {
  assert.equal(strength(1, 1), 1);
  assert.equal(strength(0, 1), 0);
  assert.ok(strength(0.1, 1) > 0.5);
  assert.deepEqual(extent([0, 1, 2], Float64Array.of(3, -1, Number.NaN)), [-1, Number.NaN]);
  assert.deepEqual(extent([0, 1], Float64Array.of(3, -1)), [-1, 3]);
  assert.equal(range([0, 1], Float64Array.of(2, 2), String), "2");
});

test("the results of a box are its nodes that are used outside or not at all", () => {
  const outer = { title: "outer", parent: -1, kind: "layer" };
  const inner = { title: "inner", parent: 0, kind: "neuron" };
  const graph = graphOf(
    [
      ["a", 2, -1, []],
      ["p", 4, 1, [0, 0]],
      ["q", 8, 1, [1, 0]],
      ["r", 16, 1, [2, 2]],
    ],
    [outer, inner],
    [-1, 1, 0, -1],
  );
  assert.deepEqual(outputsOf(graph), [[2], [1]]);
});
