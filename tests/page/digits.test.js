// Unit tests of the modules of the digit pages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { a, inWords, top } from "../../demos/digits/page/answers.js";
import { smoother, up } from "../../demos/digits/page/curve.js";
import { accuracy, Descent, Images, row } from "../../demos/digits/page/engine.js";
import { contributions, layersOf } from "../../demos/digits/page/network.js";
import { centreLine, lay, prepare, resize } from "../../demos/digits/page/prepare.js";
import { squares } from "../../demos/digits/page/unrolled.js";

const place = { height: 1, width: 0.75, x: 0.5, y: 0.5, stroke: 0.15, upright: false };
const size = { height: 8, width: 8 };

/**
 * A drawing of 64×64 cells with ink where a function says.
 * @param {(x: number, y: number) => boolean} inked
 */
function drawing(inked) {
  return Float64Array.from({ length: 64 * 64 }, (_, i) => (inked(i % 64, Math.floor(i / 64)) ? 1 : 0));
}

test("inWords describes an answer", () => {
  assert.equal(inWords([0, 0, 0, 0, 0, 0, 0, 0, 0.91, 0]), "It looks like an 8, with confidence 0.91.");
  assert.equal(inWords([0, 0.2, 0, 0.31, 0, 0, 0, 0, 0, 0]), "Not sure: perhaps a 3, with confidence 0.31.");
  assert.equal(inWords(null), "Nothing is drawn yet.");
  assert.equal(a(1), "a 1");
  assert.equal(top([1, 3, 3]), 1);
});

test("an empty drawing gives no image", () => {
  assert.equal(
    prepare(
      drawing(() => false),
      64,
      size,
      place,
    ),
    null,
  );
});

test("the image does not depend on the thickness of the pen", () => {
  const [thin, thick] = [1, 5].map((half) =>
    prepare(
      drawing((x, y) => Math.abs(x - 32) <= half && y > 8 && y < 56),
      64,
      size,
      place,
    ),
  );
  assert.ok(thin && thick);
  const differ = thin.map((pixel, i) => Math.abs(pixel - thick[i]));
  assert.ok(Math.max(...differ) <= 0.5);
  assert.ok(thin.reduce((sum, pixel) => sum + pixel, 0) > 4);
});

test("a dot remains a dot", () => {
  const dot = drawing((x, y) => (x - 20) ** 2 + (y - 40) ** 2 <= 25);
  assert.equal(centreLine(dot, 64).length, 1);
  const pixels = prepare(dot, 64, size, place);
  assert.ok(pixels && pixels.reduce((sum, pixel) => sum + pixel, 0) < 4);
});

test("a ring keeps its hole", () => {
  const ring = drawing((x, y) => Math.abs(Math.hypot(x - 32, y - 32) - 12) <= 4);
  const pixels = prepare(ring, 64, size, place);
  assert.ok(pixels && pixels[3 * 8 + 3] < 0.3 && pixels[4 * 8 + 4] < 0.3);
});

test("a slanted line is set upright if the data are upright", () => {
  /** @type {[number, number][]} */
  const line = Array.from({ length: 50 }, (_, i) => [i / 100, i / 50]);
  const columns = (/** @type {number[]} */ pixels) => new Set(pixels.flatMap((pixel, i) => (pixel > 0 ? [i % 8] : [])));
  assert.ok(columns(lay(line, { ...place, upright: true }, size)).size <= 2);
  assert.ok(columns(lay(line, place, size)).size > 3);
});

test("resizing keeps a uniform grey", () => {
  assert.deepEqual(resize(new Array(64).fill(0.25), size, 5), new Array(25).fill(0.25));
});

test("squares are means of the ink", () => {
  const found = squares(
    Float64Array.from({ length: 120 * 120 }, (_, i) => (i % 2 ? 1 : 0)),
    120,
  );
  assert.equal(found.length, 3600);
  assert.ok(found.every((each) => each === 0.5));
});

test("batches start over after the last one", () => {
  const images = new Images(Uint8Array.from([16, 8, 0, 4, 2, 1]), Uint8Array.from([3, 1, 0]));
  const rows = new Float64Array(12);
  images.batch(1, 1, rows);
  assert.deepEqual([...rows], [...row([0, 0.25], 1)]);
  images.batch(3, 1, rows);
  assert.deepEqual([...rows], [...row([1, 0.5], 3)]);
});

test("a descent goes down a parabola, and can be restarted", () => {
  /** @type {import("../../demos/digits/page/engine.js").Program} */
  const parabola = {
    forward: (params) => [[params[0] ** 2], []],
    valueAndGrad: (params) => [[params[0] ** 2, []], Float64Array.of(2 * params[0])],
  };
  const descent = new Descent(parabola, Float64Array.of(3), new Images(Uint8Array.of(0), Uint8Array.of(0)), 1);
  assert.deepEqual([descent.step(0.25), descent.step(0.25), descent.params[0]], [9, 2.25, 0.75]);
  assert.equal(descent.steepest, 3);
  descent.restart();
  assert.deepEqual([descent.steps, descent.params[0]], [0, 3]);
});

test("accuracy counts the largest of ten outputs", () => {
  const images = new Images(Uint8Array.of(0, 0), Uint8Array.of(4, 5));
  const outputs = Array.from({ length: 10 }, (_, digit) => (digit === 4 ? [1, 1] : [0, 0]));
  /** @type {import("../../demos/digits/page/engine.js").Program} */
  const program = { forward: () => [[9, 9], outputs], valueAndGrad: () => [[9, outputs], new Float64Array(0)] };
  assert.equal(accuracy(program, new Float64Array(0), images), 0.5);
});

test("a contribution is an activation times its weight", () => {
  const layers = layersOf(Float64Array.of(1, 2, 3, 4, 5, 6), [
    { inputs: 1, outputs: 1 },
    { inputs: 1, outputs: 2 },
  ]);
  assert.deepEqual(contributions(layers[1], [10], 1), [50]);
});

test("curves are smoothed, and rise upwards", () => {
  const smooth = smoother(2);
  assert.deepEqual([1, 3, 5].map(smooth), [1, 2, 4]);
  assert.ok(up(1, 0, 1) < up(0, 0, 1));
});
