// The article's page: one drawing, one network, and figures that follow both.

import { bars, inWords, top } from "./answers.js";
import { Descent, Images, row } from "./engine.js";
import { sideBySide, training } from "./learning.js";
import { contributions, layersOf } from "./network.js";
import { speakers } from "./neurons.js";
import { pad } from "./pad.js";
import { part, signed, write } from "./page_parts.js";
import { prepare } from "./prepare.js";
import { programs } from "./programs.js";
import { slope } from "./slope.js";
import { squares, unrolled } from "./unrolled.js";

const data = JSON.parse(/** @type {string} */ (part("data").textContent));
const size = { width: 8, height: 8 };

/** @param {string} text in base 64 */
function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
const numbers = (/** @type {string} */ text) => new Float64Array(bytes(text).buffer);

/** @type {Float64Array[]} */
const starts = data.starts.map(numbers);
const images = new Images(bytes(data.images), bytes(data.labels));
const test = new Images(bytes(data.test), bytes(data.testLabels));

/** The state that all figures show. */
const state = { pixels: Float64Array.from(data.pixels), drawn: true, meant: Number(data.digit), start: 0 };

// The untrained network, and the one that learns, each with its own parameters.
const untrained = Float64Array.from(starts[0]);
const descent = new Descent(programs.network, starts[0], images, data.batch);
const shown = Float64Array.from(numbers(data.trained));

const canvas = /** @type {HTMLCanvasElement} */ (part("canvas"));
const drawing = pad(canvas, () => {
  const pixels = prepare(drawing.ink(), drawing.side, size, data.place);
  state.drawn = pixels !== null;
  state.pixels = pixels ? Float64Array.from(pixels) : new Float64Array(64);
  changed();
});
const showPixels = unrolled({ weights: new Float32Array(bytes(data.neuron.weights).buffer), bias: data.neuron.bias });
part("untrained").replaceChildren();
part("learned").replaceChildren();
part("speakers").replaceChildren();
const showUntrained = bars(part("untrained"));
const showLearned = bars(part("learned"));
const showSpeakers = speakers(part("speakers"), size);
const showSlope = slope(untrained, programs.network, data.hidden);
const shapes = [
  { inputs: 64, outputs: data.hidden },
  { inputs: data.hidden, outputs: 10 },
];

/**
 * The network's outputs for the drawing: ten confidences, then its hidden neurons.
 * @param {Float64Array} params
 */
function said(params) {
  const [, found] = programs.network.forward(params, row(state.pixels, state.meant));
  return found.map((each) => each[0]);
}

/** Called when the drawing or the untrained network has changed. */
function changed() {
  showPixels(squares(drawing.ink(), drawing.side));
  const outputs = said(untrained).slice(0, 10);
  showUntrained(outputs, state.meant);
  write("garbage", state.drawn ? inWords(outputs) : "Nothing is drawn: the network sees empty paper.");
  errors(outputs);
  showSlope(state.pixels, state.meant);
  answered();
}

/** @param {number[]} outputs */
function errors(outputs) {
  let total = 0;
  [...part("errors").querySelectorAll("tbody tr")].forEach((row, digit) => {
    const target = digit === state.meant ? 1 : 0;
    const squared = (outputs[digit] - target) ** 2;
    total += squared;
    [outputs[digit].toFixed(3), target, squared.toFixed(4)].forEach((text, i) => {
      row.children[i + 1].textContent = String(text);
    });
    row.classList.toggle("right", digit === state.meant);
  });
  write("loss", total.toFixed(4));
}

/** Called when the learning network or the drawing has changed. */
function answered() {
  const found = said(shown);
  const outputs = found.slice(0, 10);
  showLearned(state.drawn ? outputs : null, state.meant);
  write("verdict", inWords(state.drawn ? outputs : null));
  const layers = layersOf(shown, shapes);
  const fires = found.slice(10);
  const digit = top(outputs);
  const added = contributions(layers[1], fires, digit);
  const sum = added.reduce((total, each) => total + each, 0);
  const bias = layers[1].weights[digit * (data.hidden + 1) + data.hidden];
  write("added", signed(sum, 3));
  write("bias", signed(bias, 3));
  write("total", signed(sum + bias, 3));
  write("pressed", outputs[digit].toFixed(3));
  showSpeakers(layers[0], state.drawn ? added : null, fires);
}

part("clear").onclick = () => {
  drawing.clear();
  canvas.dispatchEvent(new Event("input"));
};
part("restart").onclick = () => {
  state.start = (state.start + 1) % starts.length;
  untrained.set(starts[state.start]);
  if (descent.steps) descent.start = starts[state.start];
  else descent.restart(starts[state.start]);
  changed();
};
/** @type {HTMLSelectElement} */ (part("meant")).onchange = (event) => {
  state.meant = Number(/** @type {HTMLSelectElement} */ (event.target).value);
  changed();
};

drawing.write(data.strokes);
changed();
training(descent, test, {
  steps: data.steps,
  hidden: data.hidden,
  learned() {
    if (!descent.steps) return;
    shown.set(descent.params);
    answered();
  },
});
sideBySide(programs.unbounded, numbers(data.unbounded), images, {
  batch: data.batch,
  rates: data.rates,
  steps: data.rateSteps,
});
