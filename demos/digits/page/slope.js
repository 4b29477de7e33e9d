// One weight: the loss that its derivative predicts, the actual loss, and the chain rule behind the derivative.

import { across, up } from "./curve.js";
import { row } from "./engine.js";
import { part, signed, still, write } from "./page_parts.js";

/** @typedef {import("./engine.js").Program} Program */

const CORNERS = 61;

/**
 * @param {Float64Array} params the parameters, which are not changed
 * @param {Program} program
 * @param {number} hidden the number of hidden neurons
 * @returns {(pixels: ArrayLike<number>, label: number) => void} shows another drawing
 */
export function slope(params, program, hidden) {
  const move = /** @type {HTMLInputElement} */ (part("move"));
  const reach = Number(move.max);
  let at = { index: 0, rows: new Float64Array(74), loss: 0, derivative: 0 };

  /** @param {number} moved */
  function lossAt(moved) {
    const kept = params[at.index];
    params[at.index] = kept + moved;
    const [losses] = program.forward(params, at.rows);
    params[at.index] = kept;
    return losses[0];
  }

  function show() {
    const moved = Number(move.value);
    const after = lossAt(moved);
    write("moved", moved.toFixed(3));
    write("before", at.loss.toFixed(6));
    write("predicted", signed(at.derivative * moved, 6));
    write("really", signed(after - at.loss, 6));
    const losses = Array.from({ length: CORNERS }, (_, i) => lossAt(reach * ((2 * i) / (CORNERS - 1) - 1)));
    const [low, high] = [Math.min(...losses), Math.max(...losses)];
    const x = (/** @type {number} */ by) => across((by + reach) / (2 * reach));
    const corner = (/** @type {number} */ by, /** @type {number} */ y) => `${x(by).toFixed(1)},${y.toFixed(1)}`;
    const curve = part("curve");
    const truth = losses.map((each, i) => corner(reach * ((2 * i) / (CORNERS - 1) - 1), up(each, low, high)));
    curve.querySelector(".truth")?.setAttribute("points", truth.join(" "));
    const line = [-reach, reach].map((by) => corner(by, free(at.loss + at.derivative * by, low, high)));
    curve.querySelector(".tangent")?.setAttribute("points", line.join(" "));
    curve.querySelector("circle")?.setAttribute("cx", String(x(moved)));
    curve.querySelector("circle")?.setAttribute("cy", String(up(after, low, high)));
  }
  move.addEventListener("input", show);
  const play = chain();

  return (pixels, label) => {
    at.rows = row(pixels, label);
    const [[loss, found], derivatives] = program.valueAndGrad(params, at.rows);
    const first = hidden * (pixels.length + 1) + label * (hidden + 1);
    let source = 0;
    for (let i = 1; i < hidden; i++) {
      if (Math.abs(derivatives[first + i]) > Math.abs(derivatives[first + source])) source = i;
    }
    at = { ...at, loss, index: first + source, derivative: derivatives[first + source] };
    write("source", source);
    write("weight", params[at.index].toFixed(3));
    write("derivative", at.derivative.toFixed(4));
    for (const place of document.querySelectorAll(".meant")) place.textContent = String(label);
    show();
    play(found[10 + source][0], found[label][0], at.derivative);
  };
}

/**
 * The position of a number, even beyond the edges.
 * @param {number} number
 * @param {number} low
 * @param {number} high
 */
function free(number, low, high) {
  return up(low, low, high) + ((number - low) / (high - low || 1)) * (up(high, low, high) - up(low, low, high));
}

/** @param {number} x */
const brief = (x) => String(Number(x.toPrecision(4)));

/** The chain of operations, which a button plays. */
function chain() {
  const list = part("chain");
  const items = [...list.children];
  let timer = 0;
  function play(place = 0) {
    clearTimeout(timer);
    list.classList.toggle("playing", place < items.length);
    items.forEach((item, i) => {
      item.classList.toggle("now", i === place);
      item.classList.toggle("later", i > place);
    });
    if (place < items.length) timer = window.setTimeout(() => play(place + 1), still() ? 0 : 900);
  }
  part("play").onclick = () => play();

  /**
   * @param {number} given the other factor of the weight
   * @param {number} output
   * @param {number} derivative the engine's derivative
   */
  return (given, output, derivative) => {
    const locals = [1, 2 * (output - 1), 1, output * (1 - output), 1, given];
    let product = 1;
    items.forEach((item, i) => {
      product *= locals[i];
      /** @type {HTMLElement} */ (item.querySelector("b")).textContent = brief(locals[i]);
      /** @type {HTMLElement} */ (item.querySelector("output")).textContent = brief(product);
    });
    write("engine", brief(derivative));
  };
}
