// Training in the page: once as the reader likes, and with three learning rates side by side.

import { drawLosses, smoother } from "./curve.js";
import { accuracy, Descent } from "./engine.js";
import { paintSigns } from "./pad.js";
import { part, still, whenSeen, write } from "./page_parts.js";

/** @typedef {import("./engine.js").Program} Program */
/** @typedef {import("./engine.js").Images} Images */

const SMOOTH = 20;
/** The maximum number of steps between two frames, so that readers can watch. */
const STRIDE = 8;
/** The milliseconds that steps may take of a frame's sixteen. */
const BUDGET = 7;
/** If the largest derivative is below this, nothing moves any more. */
const FLAT = 1e-9;

/**
 * @param {Descent} descent
 * @param {Images} test
 * @param {{steps: number, hidden: number, learned: () => void}} options `learned` is called with each picture
 */
export function training(descent, test, options) {
  const line = /** @type {SVGPolylineElement} */ (/** @type {unknown} */ (part("losses")));
  const tiles = heatMaps(part("tiles"), options.hidden);
  const go = part("go");
  /** @type {number[]} */
  let losses = [];
  let smooth = smoother(SMOOTH);
  let running = false;

  let pictures = 0;

  /** Draws only a part in each frame, since all of it would take too long. */
  function show() {
    const turn = running ? pictures++ % 6 : 0;
    if (turn % 2 === 0) drawLosses(line, losses);
    write("step", descent.steps.toLocaleString("en"));
    write("now", losses.length ? losses[losses.length - 1].toFixed(4) : "–");
    if (turn) return;
    tiles(descent.params);
    write("share", `${(100 * accuracy(descent.program, descent.params, test)).toFixed(1)}%`);
    go.textContent = running ? "Pause" : "Train";
    options.learned();
  }

  function frame() {
    if (!running) return;
    const rate = Number(/** @type {HTMLSelectElement} */ (part("rate")).value);
    const until = performance.now() + BUDGET;
    for (let i = 0; i < STRIDE && performance.now() < until && descent.steps < options.steps; i++) {
      const loss = descent.step(rate);
      if (!Number.isFinite(loss)) {
        stop(
          `The loss is no longer a number: a learning rate of ${rate} is too large. Start again with a smaller one.`,
        );
        return;
      }
      losses.push(smooth(loss));
      if (descent.steepest < FLAT) {
        stop("It is stuck: every confidence is 0 or 1, where the loss is flat. Start again with a smaller rate.");
        return;
      }
    }
    if (descent.steps >= options.steps) stop("Training is complete.");
    else {
      show();
      requestAnimationFrame(frame);
    }
  }

  /** @param {string} words */
  function stop(words) {
    running = false;
    write("trouble", words);
    show();
  }

  function start() {
    if (descent.steps >= options.steps) restart();
    write("trouble", "");
    go.textContent = "Pause";
    if (!running) requestAnimationFrame(frame);
    running = true;
  }

  function restart() {
    descent.restart();
    losses = [];
    smooth = smoother(SMOOTH);
    write("trouble", "");
  }

  go.onclick = () => (running ? stop("") : start());
  part("again-train").onclick = () => {
    restart();
    start();
  };
  show();
  whenSeen(part("fig-train"), start);
}

/**
 * Draws the weights of the hidden neurons on canvases.
 * @param {HTMLElement} list
 * @param {number} hidden
 */
function heatMaps(list, hidden) {
  const maps = Array.from({ length: hidden }, () => {
    const map = document.createElement("canvas");
    [map.width, map.height] = [8, 8];
    return map;
  });
  list.replaceChildren(...maps);
  return (/** @type {Float64Array} */ params) => {
    maps.forEach((map, neuron) => {
      const weights = params.subarray(neuron * 65, neuron * 65 + 64);
      let most = 0;
      for (const weight of weights) most = Math.max(most, Math.abs(weight));
      paintSigns(map, weights, most);
    });
  };
}

/**
 * Trains with three learning rates at once, from the same initial weights.
 * @param {Program} program
 * @param {Float64Array} start
 * @param {Images} images
 * @param {{batch: number, rates: number[], steps: number}} options
 */
export function sideBySide(program, start, images, options) {
  let turn = 0;
  function run() {
    const mine = ++turn;
    const descents = options.rates.map((rate) => ({
      rate,
      descent: new Descent(program, start, images, options.batch),
      losses: /** @type {number[]} */ ([]),
    }));
    function frame() {
      if (mine !== turn) return;
      let going = false;
      descents.forEach(({ rate, descent, losses }, i) => {
        if (descent.steps < options.steps && losses.every(Number.isFinite)) {
          going = true;
          losses.push(descent.step(rate));
        }
        const loss = losses[losses.length - 1];
        drawLosses(/** @type {SVGPolylineElement} */ (/** @type {unknown} */ (part(`rate${i}`))), losses);
        const digits = loss.toPrecision(3);
        const short = loss < 1e6 ? String(Number(digits)) : digits;
        write(`rate${i}-loss`, Number.isFinite(loss) ? short : "not a number");
        const after = part(`rate${i}-loss`).previousSibling;
        if (after) after.textContent = `after ${losses.length} steps `;
      });
      if (going) requestAnimationFrame(frame);
    }
    requestAnimationFrame(frame);
  }
  part("descend").onclick = run;
  if (!still()) whenSeen(part("fig-rates"), run);
}
