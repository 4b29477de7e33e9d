// A graph as exported by Python: columns of numbers, one entry for each node, operands before results.

import { forward } from "./nary.js";

/**
 * An operation: its value, derivatives and notation. Functions and words come from its declaration.
 * @typedef {object} Rule
 * @property {string} name
 * @property {string} symbol
 * @property {string} words
 * @property {string} zero why a derivative is 0, with {} for the operand's number
 * @property {string} domain its domain, as the end of an error message
 * @property {string[]} roles the names of its operands in a sentence, if there are any
 * @property {string} text its notation, with {} for each operand; empty: a call
 * @property {number} binding the precedence of its notation
 * @property {number[]} needs the precedence that each operand needs without parentheses
 * @property {string} hand how derivatives made by hand are known: closure, numbers or unknown; else empty
 * @property {"" | import("./nary.js").Nary} nary the kind of an n-ary operation
 * @property {Record<string, number>} constants
 * @property {Term[]} slopes the partial derivatives as terms; none for an n-ary operation
 * @property {(x: number[]) => number} [forward]
 * @property {((y: number, x: number[]) => number)[]} [partials]
 */

/**
 * A head and its arguments: ["name", "x0"], ["number", 1], ["*", term, term].
 * @typedef {any[]} Term
 */

/**
 * @typedef {object} Written
 * @property {string} name
 * @property {"" | import("./nary.js").Nary} [nary]
 * @property {string} text
 * @property {number} binding
 * @property {number[]} needs
 */

/**
 * @typedef {object} Box a group of nodes that is shown as one
 * @property {string} title
 * @property {number} parent its index, or -1
 * @property {string} kind
 */

/**
 * @typedef {object} Source the data in a page
 * @property {number} count
 * @property {string} data
 * @property {string} rule
 * @property {string} starts
 * @property {string} operands
 * @property {string} prefix
 * @property {string} suffix
 * @property {string[]} strings
 * @property {string} box
 * @property {Box[]} boxes
 * @property {Omit<Rule, "forward" | "partials">[]} rules
 * @property {Record<string, Written>} heads
 * @property {[number, number[]][]} held
 * @property {Record<string, string>} lines
 */

/**
 * @typedef {object} Graph
 * @property {number} count
 * @property {number} root
 * @property {Float64Array} data Python's numbers
 * @property {Int32Array} rule -1 for a leaf
 * @property {Int32Array} starts the index of each node's first operand, with one more entry for the end
 * @property {Int32Array} operands
 * @property {Int32Array} order the computed nodes, in the order of the forward pass
 * @property {Int32Array} userStarts the index of each node's first user
 * @property {Int32Array} users the users of each node, once each, in the order of the backward pass
 * @property {Rule[]} rules
 * @property {Record<string, Written>} heads the notation of the operations within rules
 * @property {Map<number, number[]>} held local derivatives that only Python knows
 * @property {Int32Array} box the innermost box of each node, or -1
 * @property {Box[]} boxes
 * @property {(node: number) => string} label
 * @property {import("./terms.js").Heads} functions the functions of the operations within rules
 * @property {Record<string, string>} lines
 */

/** @param {string} text base64 */
function bytes(text) {
  const binary = atob(text);
  const all = new Uint8Array(binary.length);
  for (let i = 0; i < all.length; i++) all[i] = binary.charCodeAt(i);
  return all.buffer;
}

/**
 * The functions of a rule: the result, and each partial derivative.
 * @typedef {[(...x: number[]) => number, ((y: number, ...x: number[]) => number)[]] | null} Functions
 */

/**
 * The code that Python generates from the operations' declarations.
 * @typedef {object} Program
 * @property {Functions[]} rules in the order of the table
 * @property {import("./terms.js").Heads} heads
 */

/**
 * @param {Source} source
 * @param {Program} program
 * @returns {Graph}
 */
export function decoded(source, program) {
  const rule = new Int32Array(bytes(source.rule));
  const starts = new Int32Array(bytes(source.starts));
  const operands = new Int32Array(bytes(source.operands));
  const prefix = new Int32Array(bytes(source.prefix));
  const suffix = new Int32Array(bytes(source.suffix));
  const [userStarts, users] = consumers(source.count, starts, operands);
  return {
    count: source.count,
    root: source.count - 1,
    data: new Float64Array(bytes(source.data)),
    rule,
    starts,
    operands,
    order: computed(rule, source.count),
    userStarts,
    users,
    rules: source.rules.map((each, i) => withFunctions(each, program.rules[i])),
    heads: source.heads,
    functions: program.heads,
    held: new Map(source.held.map(([node, slopes]) => [node, slopes.map(Number)])),
    box: new Int32Array(bytes(source.box)),
    boxes: source.boxes,
    label: (node) => source.strings[prefix[node]] + source.strings[suffix[node]],
    lines: source.lines,
  };
}

/**
 * @param {Omit<Rule, "forward" | "partials">} rule
 * @param {Functions} functions
 * @returns {Rule}
 */
function withFunctions(rule, functions) {
  const { nary } = rule;
  if (nary) return { ...rule, forward: (x) => forward(nary, x) };
  if (!functions) return rule;
  const [answer, partials] = functions;
  return {
    ...rule,
    forward: onArray(answer),
    partials: partials.map(withAnswer),
  };
}

/**
 * Turns a function of numbers into one of an array; the frequent cases of one or two numbers are called directly.
 * @param {(...x: number[]) => number} f
 * @returns {(x: number[]) => number}
 */
function onArray(f) {
  if (f.length === 1) return (x) => f(x[0]);
  return f.length === 2 ? (x) => f(x[0], x[1]) : (x) => f(...x);
}

/**
 * @param {(y: number, ...x: number[]) => number} f
 * @returns {(y: number, x: number[]) => number}
 */
function withAnswer(f) {
  if (f.length === 2) return (y, x) => f(y, x[0]);
  return f.length === 3 ? (y, x) => f(y, x[0], x[1]) : (y, x) => f(y, ...x);
}

/**
 * The nodes that are not leaves; or the root, if it is a leaf, as the only step.
 * @param {Int32Array} rule
 * @param {number} count
 */
function computed(rule, count) {
  const found = [];
  for (let i = 0; i < count; i++) if (rule[i] >= 0) found.push(i);
  return Int32Array.from(found.length ? found : [count - 1]);
}

/**
 * The users of each node, once each, last first.
 * @param {number} count
 * @param {Int32Array} starts
 * @param {Int32Array} operands
 * @returns {[Int32Array, Int32Array]}
 */
function consumers(count, starts, operands) {
  const last = new Int32Array(count).fill(-1);
  const userStarts = new Int32Array(count + 1);
  for (let i = count - 1; i >= 0; i--) {
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      if (last[operands[k]] !== i) userStarts[operands[k] + 1]++;
      last[operands[k]] = i;
    }
  }
  for (let i = 0; i < count; i++) userStarts[i + 1] += userStarts[i];
  const next = userStarts.slice();
  const users = new Int32Array(userStarts[count]);
  last.fill(-1);
  for (let i = count - 1; i >= 0; i--) {
    for (let k = starts[i]; k < starts[i + 1]; k++) {
      if (last[operands[k]] !== i) users[next[operands[k]]++] = i;
      last[operands[k]] = i;
    }
  }
  return [userStarts, users];
}

/**
 * @param {Graph} graph
 * @param {number} node
 */
export function operandsOf(graph, node) {
  return graph.operands.subarray(graph.starts[node], graph.starts[node + 1]);
}

/**
 * @param {Graph} graph
 * @param {number} node
 */
export function usersOf(graph, node) {
  return graph.users.subarray(graph.userStarts[node], graph.userStarts[node + 1]);
}

/**
 * @param {Graph} graph
 * @param {number} node
 */
export function isLeaf(graph, node) {
  return graph.rule[node] < 0;
}

/**
 * @param {Graph} graph
 * @param {number} node
 * @returns {Rule | null} its operation; null for a leaf
 */
export function ruleOf(graph, node) {
  return graph.rule[node] < 0 ? null : graph.rules[graph.rule[node]];
}

/**
 * Whether a node is an n-ary sum, whose summands can be shown.
 * @param {Graph} graph
 * @param {number} node
 */
export function isSum(graph, node) {
  return Boolean(ruleOf(graph, node)?.nary);
}
