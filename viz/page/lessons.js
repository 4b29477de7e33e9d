// Describes a step in words, as at the prompt: `autograd/backprop.py`.

import { operandsOf, ruleOf, usersOf } from "./graph.js";
import { order } from "./nary.js";
import { factor, number } from "./numbers.js";
import { derivative, equation } from "./rules.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./names.js").Names} Names */
/** @typedef {import("./evaluation.js").Numbers} Numbers */

/**
 * A step's change of one gradient.
 * @typedef {object} Change
 * @property {number} node the node with the gradient
 * @property {number} operand its index among the operands of the step's node
 * @property {number} before
 * @property {number} after
 * @property {string} rule
 * @property {string} sum
 * @property {string} note
 * @property {boolean} constant whether the node is a plain number, which a lesson omits
 */

/**
 * @typedef {object} Lesson
 * @property {number} node the node at which the chain rule was applied, or that was computed
 * @property {string} title
 * @property {string} reason
 * @property {string} words
 * @property {Change[]} changes
 */

/**
 * Describes the computation of a node, and what is stored for the backward pass.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {number} node
 * @returns {Lesson}
 */
export function forwardLesson(graph, numbers, names, node) {
  const operands = Array.from(operandsOf(graph, node));
  const known = hasSlopes(graph, node);
  const changes = known
    ? operands.map((operand, k) => ({
        node: operand,
        operand: k,
        before: NaN,
        after: NaN,
        rule: derivative(graph, numbers, names, node, k),
        sum: "",
        note: "",
        constant: names.isConstant(operand),
      }))
    : [];
  const shown = changes.some((change) => !change.constant);
  const reason = shown ? "kept for the backward pass:" : operands.length ? "" : "a leaf: given, not computed";
  return { node, title: equation(graph, numbers, names, node), reason, words: "", changes };
}

/**
 * Whether the local derivatives are known, rather than only a function assigned to `_backward`.
 * @param {Graph} graph
 * @param {number} node
 */
export function hasSlopes(graph, node) {
  const rule = ruleOf(graph, node);
  return !!rule && (!rule.hand || rule.hand === "numbers");
}

/**
 * Describes the chain rule at a node.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {number} node
 * @param {Float64Array} grads before the step
 * @returns {Lesson}
 */
export function backwardLesson(graph, numbers, names, node, grads) {
  const rule = ruleOf(graph, node);
  const closure = rule?.hand === "closure";
  /** @type {Map<number, number>} */
  const now = new Map();
  /** @type {Change[]} */
  const changes = [];
  const operands = operandsOf(graph, node);
  for (const k of rule?.nary ? order(rule.nary, operands.length) : operands.keys()) {
    const operand = operands[k];
    if (rule?.hand === "unknown" || (closure && now.has(operand))) continue;
    const slope = numbers.slopes[graph.starts[node] + k];
    const first = !now.has(operand) && usersOf(graph, operand)[0] === node;
    const before = now.get(operand) ?? grads[operand];
    const after = before + slope * grads[node];
    now.set(operand, after);
    const product = closure ? factor(after - before) : `${factor(slope)}·${factor(grads[node])}`;
    const start = before === 0 ? "0" : number(before);
    changes.push({
      node: operand,
      operand: k,
      before,
      after,
      rule: closure ? "by its own _backward" : derivative(graph, numbers, names, node, k),
      sum: `${names.atom(operand)}.grad: ${start} → ${start} + ${product} = ${number(after)}`,
      note: first ? "" : "contributions add up",
      constant: names.isConstant(operand),
    });
  }
  changes.sort((a, b) => a.operand - b.operand);
  if (changes.every((change) => change.constant)) for (const change of changes) change.constant = false;
  const words = rule ? (rule.hand ? "made by hand: its own _backward" : rule.words) : "";
  const title = equation(graph, numbers, names, node);
  return { node, title, reason: complete(graph, names, node, grads[node]), words, changes };
}

/**
 * @param {Graph} graph
 * @param {Names} names
 * @param {number} node
 * @param {number} grad
 */
function complete(graph, names, node, grad) {
  const name = `${names.atom(node)}.grad = ${number(grad)}`;
  if (node === graph.root) return `${name}: the derivative of the loss with respect to itself`;
  const users = Array.from(usersOf(graph, node));
  const whose = users.length === 1 ? "its only consumer" : `all its ${users.length} consumers,`;
  const list = several(users.map(names.name));
  return `${name}, complete: ${whose} ${list}${users.length === 1 ? " has" : ", have"} been visited`;
}

/**
 * A list in a sentence: `a, b and c`, or `a, b, c and 5 more`.
 * @param {string[]} names
 */
export function several(names, longest = 3) {
  const items = names.length > longest ? [...names.slice(0, longest), `${names.length - longest} more`] : names;
  return items.length === 1 ? items[0] : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}
