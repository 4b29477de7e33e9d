// Drawings, read from standard input as JSON, as the pixels that the digit demo's pages make of them.

import { readFileSync } from "node:fs";
import { lay, prepare } from "../../demos/digits/page/prepare.js";

const SIDE = 256;

/**
 * The ink of strokes drawn with a round pen.
 * @param {[number, number][][]} strokes
 * @param {number} pen
 */
function ink(strokes, pen) {
  const cells = new Float64Array(SIDE * SIDE);
  const dot = (/** @type {number} */ x, /** @type {number} */ y) => {
    for (let v = Math.max(0, Math.floor(y - pen / 2)); v <= Math.min(SIDE - 1, y + pen / 2); v++) {
      for (let u = Math.max(0, Math.floor(x - pen / 2)); u <= Math.min(SIDE - 1, x + pen / 2); u++) {
        if ((u + 0.5 - x) ** 2 + (v + 0.5 - y) ** 2 <= (pen / 2) ** 2) cells[v * SIDE + u] = 1;
      }
    }
  };
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i++) {
      const [from, to] = [stroke[i - 1], stroke[i]];
      const steps = Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])) || 1;
      for (let k = 0; k <= steps; k++) {
        dot(from[0] + ((to[0] - from[0]) * k) / steps, from[1] + ((to[1] - from[1]) * k) / steps);
      }
    }
  }
  return cells;
}

const { drawings, lines, size, place } = JSON.parse(readFileSync(0, "utf8"));
console.log(
  JSON.stringify({
    drawings: drawings.map((/** @type {any} */ each) => prepare(ink(each.strokes, each.pen), SIDE, size, place)),
    lines: lines.map((/** @type {any} */ line) => lay(line, place, size)),
  }),
);
