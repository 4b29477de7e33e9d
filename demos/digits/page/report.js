// The report's page: runs a drawing through the network, with its current weights or those of an earlier epoch.

import { a, bars, inWords, top } from "./answers.js";
import { forward, parameters } from "./answers_program.js";
import { contributions, layersOf } from "./network.js";
import { speakers } from "./neurons.js";
import { pad, paint } from "./pad.js";
import { prepare, resize } from "./prepare.js";

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const data = JSON.parse(/** @type {string} */ (part("data").textContent));

/**
 * The numbers of a text in base 64.
 * @param {string} text
 */
function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}

/** The weights of earlier epochs, and the current ones last. @type {{epoch: number, numbers: Float32Array | Float64Array}[]} */
const networks = [
  ...data.past.map((/** @type {{epoch: number, numbers: string}} */ each) => ({
    epoch: each.epoch,
    numbers: new Float32Array(bytes(each.numbers)),
  })),
  { epoch: data.epochs, numbers: parameters },
];
const params = Float64Array.from(parameters);
const layers = layersOf(params, data.shapes);
const side = data.pixels ? { width: data.pixels, height: data.pixels } : data.size;
const showBars = bars(part("confidences"));
const showSpeakers = data.shapes.length === 2 ? speakers(part("speakers"), side) : null;
const seen = /** @type {HTMLCanvasElement} */ (part("seen"));
const slider = /** @type {HTMLInputElement | null} */ (document.getElementById("epoch"));
const canvas = /** @type {HTMLCanvasElement} */ (part("canvas"));
const drawing = pad(canvas, recognise);
/** The network's input. @type {number[] | null} */
let pixels = null;

/** @param {number[]} image */
function scaled(image) {
  return data.pixels ? resize(image, data.size, data.pixels) : image;
}

function recognise() {
  const prepared = prepare(drawing.ink(), drawing.side, data.size, data.place);
  pixels = prepared && scaled(prepared);
  show();
}

function show() {
  const network = networks[slider ? Number(slider.value) : networks.length - 1];
  params.set(network.numbers);
  const found = pixels && forward(params, Float64Array.from(pixels)).map((each) => each[0]);
  const answer = found?.slice(0, 10) ?? null;
  showBars(answer);
  part("answer").textContent = inWords(answer);
  seen.dataset.pixels = pixels ? JSON.stringify(pixels) : "";
  paint(seen, pixels || new Array(seen.width * seen.height).fill(0));
  if (slider) {
    const words = network.epoch ? `after epoch ${network.epoch}` : "before training";
    part("when").textContent = words;
    slider.setAttribute("aria-valuetext", words);
  }
  if (!showSpeakers) return;
  const digit = answer ? top(answer) : 0;
  part("why").textContent = answer
    ? `Why ${a(digit)}? The hidden neurons that add most to it or subtract most from it:`
    : "Draw a digit to see the hidden neurons that decide.";
  const fires = found ? found.slice(10) : [];
  showSpeakers(layers[0], found && contributions(layers[1], fires, digit), fires);
}

part("clear").onclick = () => {
  drawing.clear();
  pixels = null;
  show();
};
if (slider) slider.oninput = show;

// A click on an image shows it on the canvas, scaled to fit, but the network gets its exact pixels.
for (const button of document.querySelectorAll(".digit")) {
  /** @type {HTMLElement} */ (button).onclick = () => {
    const image = data.images[Number(/** @type {HTMLElement} */ (button).dataset.image)];
    drawing.put(image, data.size);
    pixels = scaled(image);
    show();
    canvas.scrollIntoView({ block: "center" });
  };
}
show();
