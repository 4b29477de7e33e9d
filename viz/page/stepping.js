// The positions of a pass: the start, each node forward, the turn, each node backward, the end.

/** @typedef {import("./graph.js").Graph} Graph */

/**
 * @typedef {object} Place
 * @property {"start" | "forward" | "turn" | "backward" | "end"} phase
 * @property {number} step how many steps of the phase have been taken, this one included
 * @property {number} node the node at work; -1 where none is
 */

/** @param {Graph} graph */
export function lastPosition(graph) {
  return 2 * graph.order.length + 2;
}

/**
 * @param {Graph} graph
 * @param {number} position
 * @returns {Place}
 */
export function placeAt(graph, position) {
  const steps = graph.order.length;
  if (position === 0) return { phase: "start", step: 0, node: -1 };
  if (position <= steps) return { phase: "forward", step: position, node: graph.order[position - 1] };
  if (position === steps + 1) return { phase: "turn", step: 0, node: graph.root };
  const step = position - steps - 1;
  if (step <= steps) return { phase: "backward", step, node: graph.order[steps - step] };
  return { phase: "end", step: 0, node: -1 };
}

/**
 * How many steps of the backward pass have been taken.
 * @param {Graph} graph
 * @param {number} position
 */
export function stepsBack(graph, position) {
  return Math.min(Math.max(position - graph.order.length - 1, 0), graph.order.length);
}

/**
 * Whether gradients are there yet.
 * @param {Graph} graph
 * @param {number} position
 */
export function hasGradients(graph, position) {
  return position > graph.order.length;
}

/**
 * Whether the data of a node is there yet: leaves are given.
 * @param {Graph} graph
 * @param {number} position
 * @param {number} node
 */
export function isKnown(graph, position, node) {
  if (position >= graph.order.length || graph.rule[node] < 0) return true;
  return position > 0 && node <= graph.order[position - 1];
}

/**
 * The position at which a node is visited on the way back.
 * @param {Graph} graph
 * @param {number} node
 */
export function backwardPosition(graph, node) {
  const found = graph.order.indexOf(node);
  return found < 0 ? lastPosition(graph) : 2 * graph.order.length + 1 - found;
}
