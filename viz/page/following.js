// Follows the process that serves the page: its leaves, its cursor, its training.

import { part, say } from "./dom.js";
import { refresh } from "./evaluation.js";
import { number } from "./numbers.js";
import { goTo } from "./state.js";

/** @typedef {import("./app.js").App} App */

/** The numbers before the leaves' data: the training step, its loss, the position. */
const HEADER = 3;
/** The maximum number of losses kept for the chart; older ones are thinned out. */
const KEPT = 2000;

/** @param {App} app */
export function follow(app) {
  const socket = new WebSocket(new URL("socket", location.href.replace(/^http/, "ws").replace(/#.*/, "")));
  const leaves = Array.from({ length: app.graph.count }, (_, node) => node).filter((node) => app.isLeaf(node));
  socket.binaryType = "arraybuffer";
  app.tell = (message) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  socket.onmessage = (event) => {
    take(app, leaves, new Float64Array(event.data));
    requestAnimationFrame(() => app.tell({ shown: true }));
  };
  part("live").hidden = false;
  say(part("live"), "connecting …");
  socket.onopen = () => say(part("live"), "live");
  socket.onclose = () => say(part("live"), "the process has ended");
}

/**
 * @param {App} app
 * @param {number[]} leaves
 * @param {Float64Array} frame
 */
export function take(app, leaves, frame) {
  const { graph, state } = app;
  const [step, loss, position] = frame;
  const changed = leaves.filter((leaf, i) => !Object.is(state.numbers.data[leaf], frame[HEADER + i]));
  for (const [i, leaf] of leaves.entries()) state.numbers.data[leaf] = frame[HEADER + i];
  if (changed.length) refresh(graph, state.numbers, changed);
  if (changed.some((leaf) => !graph.label(leaf))) app.rename();
  if (position >= 0) {
    goTo(graph, state, position);
    app.follow();
  }
  if (!Number.isNaN(loss)) {
    state.training = true;
    part("downhill").setAttribute("open", "");
    state.losses.push(loss);
    if (state.losses.length > KEPT) state.losses = state.losses.filter((_, i) => i % 2 === 0);
  }
  if (step > 0)
    say(part("live"), `live: step ${step.toLocaleString("en")}${Number.isNaN(loss) ? "" : `, loss ${number(loss)}`}`);
  app.changed();
}
