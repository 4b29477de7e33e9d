// Buttons, sliders, fields, and lines that refer to the picture.

import { button, input, part, put } from "./dom.js";
import { judged } from "./guessing.js";
import { keysOf } from "./keyboard.js";
import { typed } from "./numbers.js";
import { contribution } from "./panels.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app */
export function listenToControls(app) {
  const keys = keysOf(app);
  button("first").onclick = keys.Home;
  button("back").onclick = keys.ArrowLeft;
  button("play").onclick = keys[" "];
  button("next").onclick = keys.ArrowRight;
  button("last").onclick = keys.End;
  button("fit").onclick = keys[0];
  button("nearer").onclick = keys["+"];
  button("farther").onclick = keys["-"];
  button("undo").onclick = () => app.undo();
  button("reset").onclick = () => app.reset();
  input("slider").oninput = () => app.jump(Number(input("slider").value));
  input("speed").onchange = () => {
    app.state.speed = Number(input("speed").value);
  };
  button("guess").onclick = () => {
    app.state.guessing = !app.state.guessing;
    if (app.state.guessing && app.state.position <= app.graph.order.length) app.jump(app.graph.order.length + 2);
    app.changed();
  };
  button("shown").hidden = app.small;
  button("shown").onclick = () => {
    app.state.shown = app.state.shown === "grad" ? "data" : "grad";
    app.changed();
  };
  listenToLeaf(app);
  listenToWords(app);
  new ResizeObserver(() => app.resized()).observe(app.picture);
  window.addEventListener("hashchange", () => app.arrive());
  window.addEventListener("beforeprint", () => app.spread(true));
  window.addEventListener("afterprint", () => app.spread(false));
}

/**
 * The field and the slider of the selected leaf.
 * @param {App} app
 */
function listenToLeaf(app) {
  const field = input("leaf-data");
  const slider = input("leaf-slider");
  field.oninput = () => {
    const data = typed(field.value);
    put(field, "aria-invalid", String(data === null));
    if (data !== null) app.set(Number(field.dataset.leaf), data, true);
  };
  slider.oninput = () => app.set(Number(slider.dataset.leaf), Number(slider.value), true);
}

/**
 * Guesses, and lines that mark in the picture the parts that they mention.
 * @param {App} app
 */
function listenToWords(app) {
  const changes = part("changes");
  const about = part("about");
  changes.addEventListener("change", (event) => guess(app, /** @type {HTMLInputElement} */ (event.target)));
  for (const words of [changes, about]) {
    for (const type of ["pointerover", "focusin"]) words.addEventListener(type, (event) => pointAt(app, event.target));
  }
  about.addEventListener("click", (event) => {
    const sum = event.target instanceof Element ? event.target.getAttribute("data-sum") : null;
    if (sum) app.spell(Number(sum));
  });
  about.addEventListener("pointerleave", () => app.light(app.pathsShown()));
}

/**
 * @param {App} app
 * @param {EventTarget | null} target
 */
function pointAt(app, target) {
  const row = target instanceof Element ? target.closest("li") : null;
  const node = row?.getAttribute("data-node");
  const edges = row?.getAttribute("data-edges");
  if (node) app.hover(app.scene.partOf(Number(node.slice(1))).id);
  if (edges) app.light(edges);
}

/**
 * @param {App} app
 * @param {HTMLInputElement} field
 */
function guess(app, field) {
  const data = typed(field.value);
  const [position, operand] = (field.closest("li")?.dataset.about ?? "").split(" ").map(Number);
  if (position !== app.state.position) return; // it is leaving, with what was typed
  const made = contribution(app.look(), operand);
  if (!made) return;
  const verdict = data === null ? { right: false, words: "Type a number, such as -1.5." } : judged(data, made);
  app.state.guesses.set(operand, verdict);
  app.show();
  const next = /** @type {HTMLInputElement | null} */ (document.querySelector("#changes input"));
  (next ?? part("next")).focus();
  next?.select();
}
