// A local derivative with its rule, in symbols and in numbers: `autograd/words/rules.py`.

import { isLost } from "./evaluation.js";
import { operandsOf, ruleOf } from "./graph.js";
import { slopeTerm } from "./nary.js";
import { ATOM, brief, literal, write } from "./notation.js";
import { constant, number } from "./numbers.js";
import { differ, evaluated, resolved, simplified } from "./terms.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./graph.js").Term} Term */
/** @typedef {import("./names.js").Names} Names */
/** @typedef {import("./evaluation.js").Numbers} Numbers */
/** @typedef {import("./notation.js").Text} Text */

/**
 * The derivative of a node for its operand k: `∂y/∂x = 1 - y * y = 1 - 0.462117 * 0.462117 = 0.786448`.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {number} node
 * @param {number} k
 */
export function derivative(graph, numbers, names, node, k) {
  const found = expressions(graph, numbers, names, node, k).join(" = ");
  if (usedAgain(graph, node, k)) return `through the ${role(graph, node, k)}: ${found}`;
  return `∂${names.atom(node)}/∂${names.atom(operandsOf(graph, node)[k])} = ${found}`;
}

/**
 * Whether operand k occurs more than once among the node's operands.
 * @param {Graph} graph
 * @param {number} node
 * @param {number} k
 */
export function usedAgain(graph, node, k) {
  const operands = operandsOf(graph, node);
  return operands.some((operand, i) => operand === operands[k] && i !== k);
}

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/**
 * The name of operand k in a sentence: `first factor`, `exponent`, `third operand`.
 * @param {Graph} graph
 * @param {number} node
 * @param {number} k
 */
export function role(graph, node, k) {
  return ruleOf(graph, node)?.roles?.[k] ?? `${ordinal(k)} operand`;
}

/** @param {number} k from 0 */
function ordinal(k) {
  if (k < ORDINALS.length) return ORDINALS[k];
  const n = k + 1;
  const teen = n % 100 > 10 && n % 100 < 14;
  return `${n}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

/**
 * The rule in symbols, in numbers, and its result, without duplicates.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {number} node
 * @param {number} k
 */
function expressions(graph, numbers, names, node, k) {
  const local = numbers.slopes[graph.starts[node] + k];
  const result = number(local);
  const data = dataAt(graph, numbers, node);
  const rule = ruleThatHolds(graph, data, node, k);
  if (!rule || rule[0] === "number") return [result];
  const symbols = text(graph, rule, (name) => names.written(nodeCalled(graph, node, name)));
  const now = evaluated(rule, data, graph.functions);
  if (differ(now, local)) {
    return [symbols, `${result} (as of the forward pass)`];
  }
  const figures = text(graph, rule, (name) => literal(number(data[name])));
  return rule[0] === "name" ? [symbols, result] : [symbols, figures, result];
}

/**
 * The partial derivative for operand k as a term, with cases decided; null if there is no rule.
 * @param {Graph} graph
 * @param {Record<string, number>} data
 * @param {number} node
 * @param {number} k
 * @returns {Term | null}
 */
function ruleThatHolds(graph, data, node, k) {
  const rule = ruleOf(graph, node);
  const count = operandsOf(graph, node).length;
  const slope = rule?.nary ? slopeTerm(rule.nary, k, count) : rule?.slopes?.[k];
  return slope ? simplified(resolved(slope, data, graph.functions), graph.functions) : null;
}

/**
 * The computation of a node, in names and in numbers: `d = e + c = -6.0 + 10.0 = 4.0`.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {number} node
 */
export function equation(graph, numbers, names, node) {
  const rule = ruleOf(graph, node);
  /** @param {number} each */
  const told = (each) => (isLost(numbers, each) ? "unknown" : number(numbers.data[each]));
  const data = told(node);
  if (!rule) return `${names.name(node)} = ${data}`;
  const operands = Array.from(operandsOf(graph, node));
  const inNames = brief(rule, operands.map(names.written)).text;
  const inNumbers = brief(
    rule,
    operands.map((operand) => literal(told(operand))),
  ).text;
  return [...new Set([names.name(node), inNames, inNumbers, data])].join(" = ");
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {number} node
 * @returns {Record<string, number>}
 */
function dataAt(graph, numbers, node) {
  const operands = Array.from(operandsOf(graph, node), (operand, k) => [`x${k}`, numbers.data[operand]]);
  return Object.fromEntries([["y", numbers.data[node]], ...operands]);
}

/**
 * @param {Graph} graph
 * @param {number} node
 * @param {string} name y, or x0, x1, …
 */
function nodeCalled(graph, node, name) {
  return name === "y" ? node : operandsOf(graph, node)[Number(name.slice(1))];
}

/**
 * @param {Graph} graph
 * @param {Term} term
 * @param {(name: string) => Text} named
 */
function text(graph, term, named) {
  return written(graph, term, named).text;
}

/**
 * @param {Graph} graph
 * @param {Term} term
 * @param {(name: string) => Text} named
 * @returns {Text}
 */
function written(graph, term, named) {
  const [head, ...args] = term;
  if (head === "name") return named(args[0]);
  if (head === "number") return literal(constant(Number(args[0])));
  const template = graph.heads[`${head}/${args.length}`] ?? { name: head, text: "", binding: ATOM, needs: [] };
  return write(
    template,
    args.map((argument) => written(graph, argument, named)),
  );
}
