// The drawing as 3,600 pixels: separately, in a row, and under a neuron's weights.

import { paint } from "./pad.js";
import { part, still, whenSeen, write } from "./page_parts.js";

const SIDE = 60;

/**
 * The mean ink in each of the 60×60 squares of a drawing.
 * @param {Float64Array} ink
 * @param {number} side
 */
export function squares(ink, side) {
  const sums = new Float64Array(SIDE * SIDE);
  const counts = new Float64Array(SIDE * SIDE);
  ink.forEach((cell, i) => {
    const square = Math.floor(((i / side) | 0) * (SIDE / side)) * SIDE + Math.floor((i % side) * (SIDE / side));
    sums[square] += cell;
    counts[square]++;
  });
  return sums.map((sum, i) => sum / counts[i]);
}

/**
 * @param {{weights: Float32Array, bias: number}} neuron
 * @returns {(pixels: Float64Array) => void} shows another drawing
 */
export function unrolled(neuron) {
  const grid = /** @type {HTMLCanvasElement} */ (part("grid"));
  const strip = /** @type {HTMLCanvasElement} */ (part("strip"));
  let shown = new Float64Array(SIDE * SIDE);
  grid.tabIndex = 0;
  let [row, column] = [-1, -1];

  function tell() {
    const number = row * SIDE + column;
    part("pixel").innerHTML =
      `Row ${row + 1}, column ${column + 1}: <b>${shown[number].toFixed(2)}</b>, number ${(number + 1).toLocaleString("en")} of 3,600.`;
  }
  grid.addEventListener("pointermove", (event) => {
    const at = (/** @type {number} */ share) => Math.min(Math.max(Math.floor(share * SIDE), 0), SIDE - 1);
    row = at(event.offsetY / grid.clientHeight);
    column = at(event.offsetX / grid.clientWidth);
    tell();
  });
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    row = Math.min(Math.max(row + step[0], 0), SIDE - 1);
    column = Math.min(Math.max(column + step[1], 0), SIDE - 1);
    tell();
  });

  /** The number of rows in the strip. */
  let laid = still() ? SIDE : 0;
  function lay() {
    paint(strip, shown.subarray(0, laid * SIDE));
    const left = Float64Array.from(shown, (pixel, i) => (laid < SIDE && i < laid * SIDE ? pixel / 3 : pixel));
    paint(grid, left);
    if (laid < SIDE && laid > 0) {
      laid++;
      requestAnimationFrame(lay);
    }
  }
  whenSeen(strip, () => {
    if (laid) return;
    laid = 1;
    lay();
  });
  addEventListener("beforeprint", () => {
    laid = SIDE;
    lay();
  });

  return (pixels) => {
    shown = Float64Array.from(pixels);
    if (row < 0) {
      // The first ink.
      const first = Math.max(
        shown.findIndex((pixel) => pixel > 0.5),
        0,
      );
      [row, column] = [Math.floor(first / SIDE), first % SIDE];
    }
    tell();
    lay();
    paint(/** @type {HTMLCanvasElement} */ (part("over")), pixels);
    let sum = neuron.bias;
    for (let i = 0; i < pixels.length; i++) sum += neuron.weights[i] * pixels[i];
    write("sum", sum.toFixed(3));
    write("says", Math.max(sum, 0).toFixed(3));
  };
}
