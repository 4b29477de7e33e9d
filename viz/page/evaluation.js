// Data, local derivatives and gradients: the arithmetic of a graph, from its leaves.

import { operandsOf } from "./graph.js";

/** @typedef {import("./graph.js").Graph} Graph */

export const FRESH = 0;
/** Computed by Python from earlier data of its operands. */
export const STALE = 1;
/** Python raises here. */
export const OUTSIDE = 2;
/** Computed from what is unknown. */
export const UNKNOWN = 3;

/**
 * @typedef {object} Numbers
 * @property {Float64Array} data
 * @property {Float64Array} slopes the local derivative for each operand, at the place of the operand
 * @property {Uint8Array} state FRESH, STALE, OUTSIDE or UNKNOWN
 */

/**
 * The numbers as Python had them.
 * @param {Graph} graph
 * @returns {Numbers}
 */
export function found(graph) {
  const numbers = {
    data: graph.data.slice(),
    slopes: new Float64Array(graph.operands.length),
    state: new Uint8Array(graph.count),
  };
  for (const node of graph.order) {
    const held = graph.held.get(node);
    if (held) {
      numbers.slopes.set(held, graph.starts[node]);
      if (graph.rules[graph.rule[node]].forward) numbers.state[node] = STALE;
    } else differentiate(graph, numbers, node, values(graph, numbers, node));
  }
  return numbers;
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} node
 */
function values(graph, numbers, node) {
  return Array.from(operandsOf(graph, node), (operand) => numbers.data[operand]);
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} node
 * @param {number[]} x
 */
function differentiate(graph, numbers, node, x) {
  const partials = graph.rules[graph.rule[node]]?.partials ?? [];
  const start = graph.starts[node];
  for (let k = 0; k < partials.length; k++) numbers.slopes[start + k] = partials[k](numbers.data[node], x);
}

/**
 * Evaluates what depends on some leaves, in place, as `refresh()` does.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Iterable<number>} leaves whose data was changed
 */
export function refresh(graph, numbers, leaves) {
  const changed = new Uint8Array(graph.count);
  for (const leaf of leaves) changed[leaf] = 1;
  for (const node of graph.order) {
    const operands = operandsOf(graph, node);
    if (numbers.state[node] === STALE || operands.some((operand) => changed[operand])) {
      changed[node] = 1;
      evaluate(graph, numbers, node);
    }
  }
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} node
 */
function evaluate(graph, numbers, node) {
  const rule = graph.rules[graph.rule[node]];
  const lost = operandsOf(graph, node).some((operand) => numbers.state[operand] >= OUTSIDE);
  if (lost || !rule?.forward) {
    numbers.state[node] = UNKNOWN;
    numbers.data[node] = NaN;
    numbers.slopes.fill(NaN, graph.starts[node], graph.starts[node + 1]);
    return;
  }
  const x = values(graph, numbers, node);
  numbers.data[node] = rule.forward(x);
  differentiate(graph, numbers, node, x);
  numbers.state[node] = raises(rule, numbers.data[node], x) ? OUTSIDE : FRESH;
}

/**
 * Whether Python raises where JavaScript goes on to an infinity or to nan.
 * @param {import("./graph.js").Rule} rule
 * @param {number} y
 * @param {number[]} x
 */
function raises(rule, y, x) {
  if (Number.isFinite(y) || !rule.domain) return false;
  return x.every(Number.isFinite) || (x.length === 1 && Number.isNaN(y) && !Number.isNaN(x[0]));
}

/**
 * The gradients after so many steps of the backward pass, from 0: those of `Backprop` on gradients that were zeroed.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} steps
 */
export function gradients(graph, numbers, steps) {
  const grads = new Float64Array(graph.count);
  grads[graph.root] = 1;
  const { order, starts, operands } = graph;
  const { slopes } = numbers;
  for (let s = 0; s < steps && s < order.length; s++) {
    const node = order[order.length - 1 - s];
    const grad = grads[node];
    for (let k = starts[node]; k < starts[node + 1]; k++) grads[operands[k]] += slopes[k] * grad;
  }
  return grads;
}
