// The positions of a pass: the start, each node forward, the turn, each node backward, the end.

/** @typedef {import("./graph.js").Graph} Graph */

/**
 * @typedef {object} Place
 * @property {"start" | "forward" | "turn" | "backward" | "end"} phase
 * @property {number} step the number of steps of the phase so far, including this one
 * @property {number} node the active node; -1 if there is none
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
 * The number of steps of the backward pass so far.
 * @param {Graph} graph
 * @param {number} position
 */
export function stepsBack(graph, position) {
  return Math.min(Math.max(position - graph.order.length - 1, 0), graph.order.length);
}

/**
 * Whether gradients exist yet.
 * @param {Graph} graph
 * @param {number} position
 */
export function hasGradients(graph, position) {
  return position > graph.order.length;
}

/**
 * Whether a node has been computed yet; leaves always have data.
 * @param {Graph} graph
 * @param {number} position
 * @param {number} node
 */
export function isKnown(graph, position, node) {
  if (position >= graph.order.length || graph.rule[node] < 0) return true;
  return position > 0 && node <= graph.order[position - 1];
}

/**
 * The position at which the backward pass visits a node.
 * @param {Graph} graph
 * @param {number} node
 */
export function backwardPosition(graph, node) {
  const found = graph.order.indexOf(node);
  return found < 0 ? lastPosition(graph) : 2 * graph.order.length + 1 - found;
}
