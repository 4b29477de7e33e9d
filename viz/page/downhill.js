// The panel for steps downhill: the parameters, the learning rate, and a chart of the loss.

import { chart, descend, parametersOf } from "./descent.js";
import { button, html, input, part, say, svg } from "./dom.js";
import { isLost } from "./evaluation.js";
import { number, typed } from "./numbers.js";
import { remember } from "./state.js";

/** @typedef {import("./app.js").App} App */

/** With more parameters than this, they cannot be selected one by one. */
const OFFERED = 40;

/** @param {App} app */
export function listenToDescent(app) {
  const { state } = app;
  state.parameters = new Set(parametersOf(app.graph));
  input("rate").value = String(state.rate);
  input("rate").oninput = () => {
    const rate = typed(input("rate").value);
    if (rate !== null) state.rate = rate;
  };
  button("downhill-step").onclick = () => downhill(app, 1);
  button("downhill-run").onclick = () => downhill(app, 50);
  const choice = part("parameters");
  choice.addEventListener("change", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    if (box.checked) state.parameters.add(Number(box.value));
    else state.parameters.delete(Number(box.value));
  });
  choice.replaceChildren(...offers(app));
  app.also.push(() => showDescent(app.graph, state));
}

/** @param {App} app */
function offers({ graph, names, state }) {
  const named = Array.from({ length: graph.count }, (_, node) => node).filter(
    (node) => graph.rule[node] < 0 && graph.label(node),
  );
  const offered = named.slice(0, OFFERED);
  const boxes = offered.map((leaf) => {
    const box = /** @type {HTMLInputElement} */ (html("input", { type: "checkbox", value: String(leaf) }));
    box.checked = state.parameters.has(leaf);
    return html("label", {}, box, ` ${names.name(leaf)}`);
  });
  const more = state.parameters.size - offered.filter((leaf) => state.parameters.has(leaf)).length;
  return more > 0 ? [...boxes, html("span", {}, `and ${more.toLocaleString("en")} more parameters`)] : boxes;
}

/**
 * @param {App} app
 * @param {number} steps
 */
function downhill(app, steps) {
  const { graph, state } = app;
  const parameters = [...state.parameters].sort((a, b) => a - b);
  const before = parameters.map((leaf) => state.numbers.data[leaf]);
  const losses = descend(graph, state.numbers, parameters, state.rate, steps);
  remember(state, parameters, before);
  state.losses.push(...(state.losses.length ? losses.slice(1) : losses));
  app.rename();
  app.changed();
}

/**
 * @param {import("./graph.js").Graph} graph
 * @param {import("./state.js").State} state
 */
function showDescent(graph, { losses, training, numbers }) {
  part("chart").toggleAttribute("hidden", losses.length < 2);
  if (losses.length < 2) {
    const data = isLost(numbers, graph.root) ? "unknown" : number(losses[0]);
    say(part("descent"), losses.length && !training ? `The loss is ${data}: there is no step downhill from it.` : "");
    return;
  }
  const drawn = chart(losses, 300, 90);
  part("chart").replaceChildren(svg("polyline", { points: drawn.points, class: "curve" }));
  if (training) {
    say(part("descent"), `The training loss, from ${number(losses[0])} to ${number(losses[losses.length - 1])}.`);
    return;
  }
  say(part("descent"), outcome(losses, drawn.logarithmic, isLost(numbers, graph.root)));
}

/**
 * The result of steps downhill, in words.
 * @param {number[]} losses
 * @param {boolean} logarithmic whether the chart is
 * @param {boolean} lost whether the loss is unknown now
 */
function outcome(losses, logarithmic, lost) {
  const steps = losses.length - 1;
  const last = losses[steps];
  const grew = losses[lost ? steps - 1 : steps] > losses[0] ? " It grew: the learning rate is too large." : "";
  if (lost) return `At step ${steps} the loss becomes unknown: Python raises an error.${grew}`;
  if (!Number.isFinite(last)) return `It exploded at step ${steps}: the learning rate is too large.`;
  const after = steps === 1 ? "1 step" : `${steps} steps`;
  const scale = logarithmic ? ", on a logarithmic scale" : "";
  return `The loss after ${after}: ${number(last)}, from ${number(losses[0])}${scale}.${grew}`;
}
