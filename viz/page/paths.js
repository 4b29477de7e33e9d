// All paths from the loss to a node, the product along each, and their sum: `autograd/words/paths.py`.

import { operandsOf, usersOf } from "./graph.js";
import { factor, number } from "./numbers.js";
import { role, usedAgain } from "./rules.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./names.js").Names} Names */
/** @typedef {import("./evaluation.js").Numbers} Numbers */

/** With more paths than this, only the last step of each is shown. */
export const MOST = 20;

/**
 * A node, and the operand that comes next.
 * @typedef {{node: number, operand: number}} Edge
 */

/**
 * @typedef {object} Row
 * @property {string} way
 * @property {string} factors
 * @property {string} product
 * @property {Edge[]} edges
 */

/**
 * @typedef {object} Explanation
 * @property {string} title
 * @property {Row[]} rows
 * @property {string} sum empty if there is only one path
 */

/**
 * The uses of a node, in the order of the forward pass.
 * @param {Graph} graph
 * @param {number} node
 * @returns {Edge[]}
 */
export function uses(graph, node) {
  /** @type {Edge[]} */
  const edges = [];
  for (const user of Array.from(usersOf(graph, node)).reverse()) {
    operandsOf(graph, user).forEach((operand, k) => {
      if (operand === node) edges.push({ node: user, operand: k });
    });
  }
  return edges;
}

/**
 * The number of paths from the loss to a node.
 * @param {Graph} graph
 * @param {number} a
 */
export function countPaths(graph, a) {
  const ways = new Float64Array(graph.count);
  ways[a] = 1;
  for (let node = a + 1; node < graph.count; node++) {
    for (const operand of operandsOf(graph, node)) ways[node] += ways[operand];
  }
  return ways[graph.root];
}

/**
 * Each path from the loss to a node, as its edges.
 * @param {Graph} graph
 * @param {number} a
 * @returns {Edge[][]}
 */
export function paths(graph, a) {
  /** @type {Edge[][]} */
  const found = [];
  const pending = uses(graph, a)
    .map((edge) => [edge])
    .reverse();
  for (let way = pending.pop(); way; way = pending.pop()) {
    const top = way[0].node;
    const path = way;
    if (top === graph.root) found.push(path);
    else
      pending.push(
        ...uses(graph, top)
          .map((edge) => [edge, ...path])
          .reverse(),
      );
  }
  return found;
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Edge} edge
 */
function slopeOf(graph, numbers, edge) {
  return numbers.slopes[graph.starts[edge.node] + edge.operand];
}

/**
 * Explains a node's gradient.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {number} a
 * @param {Float64Array} grads the gradients of the whole pass
 * @returns {Explanation}
 */
export function explained(graph, numbers, names, a, grads) {
  const title = `∂${names.atom(graph.root)}/∂${names.atom(a)} = ${number(grads[a])}`;
  if (a === graph.root)
    return { title: `${title}: the derivative of a value with respect to itself`, rows: [], sum: "" };
  const total = countPaths(graph, a);
  if (total > MOST) {
    const rest = `by ${total.toLocaleString("en")} paths: too many to list, so by direct consumer:`;
    return {
      title: `${title}, ${rest}`,
      rows: byUser(graph, numbers, names, uses(graph, a), grads),
      sum: number(grads[a]),
    };
  }
  const rows = paths(graph, a).map((edges) => {
    const slopes = edges.map((edge) => slopeOf(graph, numbers, edge));
    return {
      way: along(graph, names, edges, a),
      factors: slopes.map(factor).join(" · "),
      product: number(slopes.reduce((x, y) => x * y, 1) + 0), // the sign of a zero has no meaning here
      edges,
    };
  });
  const many = total > 1 ? `${total} paths` : "one path";
  return { title: `${title}, by ${many}:`, rows, sum: total > 1 ? number(grads[a]) : "" };
}

/**
 * The nodes of a path.
 * @param {Graph} graph
 * @param {Names} names
 * @param {Edge[]} edges
 * @param {number} a
 */
function along(graph, names, edges, a) {
  const stops = [...edges.map((edge) => edge.node), a];
  return stops.map((node, k) => names.name(node) + (k ? as(graph, edges[k - 1]) : "")).join(" → ");
}

/**
 * The operand's position, if a node uses it more than once.
 * @param {Graph} graph
 * @param {Edge} edge
 */
function as(graph, { node, operand }) {
  return usedAgain(graph, node, operand) ? ` (${role(graph, node, operand)})` : "";
}

/**
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {Edge[]} edges
 * @param {Float64Array} grads
 * @returns {Row[]}
 */
function byUser(graph, numbers, names, edges, grads) {
  /** @param {Edge} edge */
  const share = (edge) => slopeOf(graph, numbers, edge) * grads[edge.node];
  const rows = edges.slice(0, MOST).map((edge) => ({
    way: `through ${names.name(edge.node)}${as(graph, edge)}`,
    factors: `${factor(slopeOf(graph, numbers, edge))} · ${factor(grads[edge.node])}`,
    product: number(share(edge) + 0),
    edges: [edge],
  }));
  const rest = edges.slice(MOST);
  if (rest.length) {
    const sum = rest.reduce((total, edge) => total + share(edge), 0);
    rows.push({
      way: `and through ${rest.length.toLocaleString("en")} more`,
      factors: "",
      product: number(sum),
      edges: rest,
    });
  }
  return rows;
}
