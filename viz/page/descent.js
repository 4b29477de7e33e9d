// A step downhill: parameters move against their gradients.

import { gradients, refresh } from "./evaluation.js";
import { isLeaf } from "./graph.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./evaluation.js").Numbers} Numbers */

/**
 * The default parameters: those of a network; without one, all labelled leaves.
 * @param {Graph} graph
 * @returns {number[]}
 */
export function parametersOf(graph) {
  const leaves = [];
  for (let node = 0; node < graph.count; node++) if (isLeaf(graph, node) && graph.label(node)) leaves.push(node);
  const own = leaves.filter((leaf) => /\.|^[wb](\W|$)/.test(graph.label(leaf)));
  return own.length ? own : leaves;
}

/**
 * Takes steps in place, and stops if the loss is not finite. Returns the loss before each step and after the last.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number[]} parameters
 * @param {number} rate
 * @param {number} steps
 * @returns {number[]}
 */
export function descend(graph, numbers, parameters, rate, steps) {
  const losses = [numbers.data[graph.root]];
  for (let step = 0; step < steps && Number.isFinite(losses[losses.length - 1]); step++) {
    const grads = gradients(graph, numbers, graph.order.length);
    for (const leaf of parameters) numbers.data[leaf] -= rate * grads[leaf];
    refresh(graph, numbers, parameters);
    losses.push(numbers.data[graph.root]);
  }
  return losses;
}

/**
 * The loss over the steps as points of a chart, on a logarithmic scale if its range is wide.
 * @param {number[]} losses
 * @param {number} width
 * @param {number} height
 * @returns {{points: string, logarithmic: boolean, least: number, largest: number}}
 */
export function chart(losses, width, height) {
  const known = losses.filter(Number.isFinite);
  const least = Math.min(...known);
  const largest = Math.max(...known);
  const logarithmic = least > 0 && largest > 50 * least;
  /** @param {number} loss */
  const scaled = (loss) => (logarithmic ? Math.log(loss) : loss);
  const span = scaled(largest) - scaled(least) || 1;
  const points = known.map((loss, i) => {
    const x = known.length < 2 ? 0 : (i / (losses.length - 1)) * width;
    return `${x.toFixed(1)},${(height - ((scaled(loss) - scaled(least)) / span) * height).toFixed(1)}`;
  });
  return { points: points.join(" "), logarithmic, least, largest };
}
