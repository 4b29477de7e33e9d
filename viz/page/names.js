// The names of a graph's nodes: `autograd/words/names.py`.

import { isLeaf, operandsOf, ruleOf } from "./graph.js";
import { ATOM, atom, literal, named, printable, within, write } from "./notation.js";
import { number } from "./numbers.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./notation.js").Text} Text */

/** Longer expressions are not used as names. */
const SHORT = 28;

/** In larger graphs, expressions are not used as names. */
const LARGE = 10000;

/**
 * @typedef {object} Names
 * @property {(node: number) => Text} written
 * @property {(node: number) => string} name
 * @property {(node: number) => string} atom the name, in parentheses if it is an expression
 * @property {(node: number) => boolean} isConstant whether it is a plain number: an unlabelled leaf beside labelled ones
 */

/**
 * The names of all nodes: labels, short expressions, or a number in the order of computation. No two are the same.
 * @param {Graph} graph
 * @param {Float64Array} data the numbers that name unlabelled leaves
 * @returns {Names}
 */
export function namesOf(graph, data) {
  /** @type {(Text | null)[]} */
  const short = [];
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (let node = 0; node < graph.count; node++) {
    const text = shortName(graph, data, node, short);
    short.push(text);
    if (text && (graph.label(node) || !isLeaf(graph, node))) uses.set(text.text, (uses.get(text.text) ?? 0) + 1);
  }
  /** @type {Map<string, number>} */
  const counts = new Map();
  const all = short.map((text, node) => distinct(graph, node, text, uses, counts));
  const someLabelled = all.some((_, node) => isLeaf(graph, node) && graph.label(node));
  return {
    written: (node) => all[node],
    name: (node) => all[node].text,
    atom: (node) => within(all[node], ATOM),
    isConstant: (node) => someLabelled && isLeaf(graph, node) && !graph.label(node),
  };
}

/**
 * The short name, numbered if several nodes have it.
 * @param {Graph} graph
 * @param {number} node
 * @param {Text | null} short
 * @param {Map<string, number>} uses the number of nodes with each name
 * @param {Map<string, number>} counts the number of them so far
 */
function distinct(graph, node, short, uses, counts) {
  if (!short) return atom(`v${node}`);
  if (isLeaf(graph, node) && !graph.label(node)) return short;
  if (uses.get(short.text) === 1) return short;
  const count = (counts.get(short.text) ?? 0) + 1;
  counts.set(short.text, count);
  return atom(`${within(short, ATOM)}#${count}`);
}

/**
 * A label, a number, or an expression of these and of numbered nodes; null if it would be long.
 * @param {Graph} graph
 * @param {Float64Array} data
 * @param {number} node
 * @param {(Text | null)[]} short the short names of earlier nodes
 * @returns {Text | null}
 */
function shortName(graph, data, node, short) {
  const label = graph.label(node);
  if (label) return named(printable(label));
  const rule = ruleOf(graph, node);
  if (rule && graph.count > LARGE) return null;
  if (!rule) return literal(number(data[node]));
  const operands = operandsOf(graph, node);
  if (operands.length > 8) return null;
  /** @type {Text[]} */
  const written = [];
  for (const operand of operands) written.push(short[operand] ?? atom(`v${operand}`));
  const whole = write(rule, written);
  return Array.from(whole.text).length <= SHORT ? whole : null;
}
