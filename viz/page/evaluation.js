// Computes data, local derivatives and gradients of a graph from its leaves.

import { order, partner } from "./nary.js";

/** @typedef {import("./graph.js").Graph} Graph */

export const FRESH = 0;
/** Computed by Python from earlier data of its operands. */
export const STALE = 1;
/** Python raises an error here. */
export const OUTSIDE = 2;
/** Computed from unknown numbers. */
export const UNKNOWN = 3;

/**
 * @typedef {object} Numbers
 * @property {Float64Array} data
 * @property {Float64Array} slopes the local derivative for each operand, at the operand's index
 * @property {Uint8Array} state FRESH, STALE, OUTSIDE or UNKNOWN
 */

/**
 * Whether a node's data is not known.
 * @param {Numbers} numbers
 * @param {number} node
 */
export function isLost(numbers, node) {
  return numbers.state[node] >= OUTSIDE;
}

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
  const x = [];
  for (let k = graph.starts[node]; k < graph.starts[node + 1]; k++) x.push(numbers.data[graph.operands[k]]);
  return x;
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} node
 * @param {number[]} x
 */
function differentiate(graph, numbers, node, x) {
  const rule = graph.rules[graph.rule[node]];
  const start = graph.starts[node];
  if (rule?.nary) {
    for (let k = 0; k < x.length; k++) {
      const other = partner(rule.nary, k, x.length);
      numbers.slopes[start + k] = other < 0 ? 1 : x[other];
    }
  }
  const partials = rule?.partials ?? [];
  for (let k = 0; k < partials.length; k++) numbers.slopes[start + k] = partials[k](numbers.data[node], x);
}

/**
 * Evaluates the nodes that depend on some leaves, in place, as `refresh()` does.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Iterable<number>} leaves whose data was changed
 */
export function refresh(graph, numbers, leaves) {
  const changed = new Uint8Array(graph.count);
  for (const leaf of leaves) changed[leaf] = 1;
  for (const node of graph.order) {
    if (numbers.state[node] === STALE || anyOperand(graph, node, changed, 1)) {
      changed[node] = 1;
      evaluate(graph, numbers, node);
    }
  }
}

/**
 * Whether one of a node's operands has a mark of at least `least`.
 * @param {Graph} graph
 * @param {number} node
 * @param {Uint8Array} marks
 * @param {number} least
 */
function anyOperand(graph, node, marks, least) {
  for (let k = graph.starts[node]; k < graph.starts[node + 1]; k++) {
    if (marks[graph.operands[k]] >= least) return true;
  }
  return false;
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} node
 */
function evaluate(graph, numbers, node) {
  const rule = graph.rules[graph.rule[node]];
  if (anyOperand(graph, node, numbers.state, OUTSIDE) || !rule?.forward) {
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
 * Whether Python raises an error where JavaScript returns an infinity or nan.
 * @param {import("./graph.js").Rule} rule
 * @param {number} y
 * @param {number[]} x
 */
function raises(rule, y, x) {
  if (Number.isFinite(y) || !rule.domain) return false;
  return x.every(Number.isFinite) || (x.length === 1 && Number.isNaN(y) && !Number.isNaN(x[0]));
}

/**
 * The gradients after some steps of the backward pass, from 0: those of `Backprop` after zeroing.
 *
 * A node propagates nothing if it received nothing because the derivatives of all its users are 0 by rule.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} steps
 */
export function gradients(graph, numbers, steps) {
  const grads = new Float64Array(graph.count);
  const reached = new Uint8Array(graph.count);
  grads[graph.root] = reached[graph.root] = 1;
  const { starts, operands } = graph;
  const { slopes } = numbers;
  for (let s = 0; s < steps && s < graph.order.length; s++) {
    const node = graph.order[graph.order.length - 1 - s];
    if (!reached[node]) continue;
    const grad = grads[node];
    const rule = graph.rules[graph.rule[node]];
    const start = starts[node];
    const count = starts[node + 1] - start;
    const sent = rule?.nary ? order(rule.nary, count) : undefined;
    for (let k = 0; k < count; k++) {
      const i = sent ? sent[k] : k;
      if (isNothing(rule?.slopes[i])) continue;
      grads[operands[start + i]] += slopes[start + i] * grad;
      reached[operands[start + i]] = 1;
    }
  }
  return grads;
}

/**
 * Whether a derivative is 0 by its rule.
 * @param {import("./graph.js").Term | undefined} term
 */
function isNothing(term) {
  return term?.[0] === "number" && Number(term[1]) === 0;
}
