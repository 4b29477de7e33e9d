// The page's whole state, in one object, and its changes.

import { found, gradients, isLost, refresh } from "./evaluation.js";
import { isLeaf } from "./graph.js";
import { lastPosition, stepsBack } from "./stepping.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./evaluation.js").Numbers} Numbers */
/** @typedef {import("./questions.js").Nudge} Nudge */

/**
 * @typedef {object} Edit
 * @property {number[]} leaves
 * @property {number[]} before
 * @property {number[]} after
 */

/**
 * @typedef {object} State
 * @property {number} position the position in the pass
 * @property {Numbers} numbers
 * @property {string} selected the id of a part, or empty
 * @property {string} hovered
 * @property {Set<number>} open the open boxes
 * @property {Set<number>} spelled the sums whose summands are shown
 * @property {Edit[]} edits the changes of leaves, for undo
 * @property {Nudge | null} nudge
 * @property {boolean} guessing
 * @property {Map<number, {right: boolean, words: string}>} guesses the guesses for the current step, by operand
 * @property {boolean} playing
 * @property {number} speed
 * @property {"data" | "grad"} shown the numbers in closed boxes
 * @property {number[]} losses the losses of steps downhill
 * @property {boolean} training whether the losses are those of the process that the page follows
 * @property {Set<number>} parameters the leaves that steps downhill change
 * @property {number} rate
 */

/**
 * @param {Graph} graph
 * @param {Set<number>} open
 * @returns {State}
 */
export function initial(graph, open) {
  return {
    position: 0,
    numbers: found(graph),
    selected: "",
    hovered: "",
    open,
    spelled: new Set(),
    edits: [],
    nudge: null,
    guessing: false,
    guesses: new Map(),
    playing: false,
    speed: 1,
    shown: "data",
    losses: [],
    training: false,
    parameters: new Set(),
    rate: 0.05,
  };
}

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {number} position
 */
export function goTo(graph, state, position) {
  const target = Math.min(Math.max(Math.round(position), 0), lastPosition(graph));
  if (target !== state.position) state.guesses = new Map();
  state.position = target;
  if (target === lastPosition(graph)) state.playing = false;
}

/**
 * The gradients at the current position.
 * @param {Graph} graph
 * @param {State} state
 */
export function presentGradients(graph, state) {
  return gradients(graph, state.numbers, stepsBack(graph, state.position));
}

/**
 * The gradients of the whole pass.
 * @param {Graph} graph
 * @param {State} state
 */
export function allGradients(graph, state) {
  return gradients(graph, state.numbers, graph.order.length);
}

/**
 * The loss; null if it is unknown.
 * @param {Graph} graph
 * @param {State} state
 */
function lossOf(graph, state) {
  return isLost(state.numbers, graph.root) ? null : state.numbers.data[graph.root];
}

/**
 * Sets a leaf, and evaluates what depends on it. A continued change, as while dragging, is one change for undo.
 * @param {Graph} graph
 * @param {State} state
 * @param {number} leaf
 * @param {number} data
 * @param {boolean} goesOn
 */
export function setLeaf(graph, state, leaf, data, goesOn = false) {
  if (!isLeaf(graph, leaf)) return;
  const last = state.edits[state.edits.length - 1];
  const same = goesOn && last?.leaves.length === 1 && last.leaves[0] === leaf && state.nudge?.leaf === leaf;
  const before = state.numbers.data[leaf];
  if (!same) {
    const slope = allGradients(graph, state)[leaf];
    const loss = lossOf(graph, state);
    state.nudge = { leaf, from: before, to: data, slope, before: loss, after: loss };
    state.edits.push({ leaves: [leaf], before: [before], after: [data] });
  } else last.after = [data];
  state.numbers.data[leaf] = data;
  refresh(graph, state.numbers, [leaf]);
  if (state.nudge) {
    state.nudge.to = data;
    state.nudge.after = lossOf(graph, state);
  }
}

/**
 * Records a change of several leaves, which has been made, as one for undo.
 * @param {State} state
 * @param {number[]} leaves
 * @param {number[]} before
 */
export function remember(state, leaves, before) {
  state.edits.push({ leaves, before, after: leaves.map((leaf) => state.numbers.data[leaf]) });
  state.nudge = null;
}

/**
 * Undoes the last change.
 * @param {Graph} graph
 * @param {State} state
 */
export function undo(graph, state) {
  const last = state.edits.pop();
  state.nudge = null;
  if (!state.training) state.losses = [];
  if (!last) return;
  if (!state.edits.length) {
    state.numbers = found(graph);
    return;
  }
  last.leaves.forEach((leaf, i) => {
    state.numbers.data[leaf] = last.before[i];
  });
  refresh(graph, state.numbers, last.leaves);
}

/**
 * Restores Python's numbers.
 * @param {Graph} graph
 * @param {State} state
 */
export function asItWas(graph, state) {
  state.numbers = found(graph);
  state.edits = [];
  state.nudge = null;
  state.losses = [];
}

/**
 * The changed leaves, with their current data.
 * @param {Graph} graph
 * @param {State} state
 * @returns {[number, number][]}
 */
export function changed(graph, state) {
  const leaves = [...new Set(state.edits.flatMap((edit) => edit.leaves))].sort((a, b) => a - b);
  return leaves
    .filter((leaf) => state.numbers.data[leaf] !== graph.data[leaf])
    .map((leaf) => [leaf, state.numbers.data[leaf]]);
}

/**
 * The boxes around a node, outermost first.
 * @param {Graph} graph
 * @param {number} node
 */
export function around(graph, node) {
  const boxes = [];
  for (let box = graph.box[node]; box >= 0; box = graph.boxes[box].parent) boxes.unshift(box);
  return boxes;
}

/**
 * Whether a box is another one or inside it.
 * @param {Graph} graph
 * @param {number} inner
 * @param {number} box
 */
export function isWithin(graph, inner, box) {
  for (let each = inner; each >= 0; each = graph.boxes[each].parent) if (each === box) return true;
  return false;
}
