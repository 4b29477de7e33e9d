// Compares a change with the derivative's prediction, and explains zero gradients: `autograd/questions.py`.

import { operandsOf, ruleOf, usersOf } from "./graph.js";
import { factor, number } from "./numbers.js";
import { equation } from "./rules.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./names.js").Names} Names */
/** @typedef {import("./evaluation.js").Numbers} Numbers */

/**
 * A change of one leaf, and its effect.
 * @typedef {object} Nudge
 * @property {number} leaf
 * @property {number} from
 * @property {number} to
 * @property {number} slope the gradient of the leaf before the change
 * @property {number | null} before the loss before the change; null if it was unknown
 * @property {number | null} after
 */

/**
 * The effect in rows: a name and its computation.
 * @param {Nudge} nudge
 * @param {Names} names
 * @param {number} root
 * @returns {{title: string, rows: [string, string][]}}
 */
export function nudgeWords(nudge, names, root) {
  const loss = names.atom(root);
  const leaf = names.name(nudge.leaf);
  const { from, to, slope, before, after } = nudge;
  const step = to - from;
  const predicted = slope * step;
  const ratio = `∂${loss}/∂${names.atom(nudge.leaf)} · ${factor(step)} = ${number(slope)} · ${factor(step)}`;
  let actual = "unknown";
  let difference = "unknown";
  if (before !== null && after !== null) {
    const real = after - before;
    const missed = Math.abs(real - predicted);
    actual = `${number(after)} - ${factor(before)} = ${number(real)}`;
    difference = missed <= 1e-9 * Math.abs(predicted) ? "none, up to rounding" : number(missed);
  }
  return {
    title: `${leaf} went from ${number(from)} to ${number(to)}: what happened to ${loss}?`,
    rows: [
      ["predicted", before === null ? "unknown" : `${ratio} = ${number(predicted)}`],
      ["actual", actual],
      ["difference", difference],
    ],
  };
}

/**
 * Sentences on where the paths from the loss to a node are cut; empty if the gradient is not zero.
 * @param {Graph} graph
 * @param {Numbers} numbers
 * @param {Names} names
 * @param {number} a
 * @param {Float64Array} grads the gradients of the whole pass
 * @returns {string[]}
 */
export function whyZero(graph, numbers, names, a, grads) {
  if (grads[a] !== 0) return [];
  const depends = new Set([a]);
  /** @type {Map<string, null>} */
  const cuts = new Map();
  for (let node = a; node < graph.count; node++) {
    if (!depends.has(node)) continue;
    for (const user of usersOf(graph, node)) depends.add(user);
    if (node === a) continue;
    operandsOf(graph, node).forEach((operand, k) => {
      const slope = numbers.slopes[graph.starts[node] + k];
      if (depends.has(operand) && grads[node] !== 0 && slope * grads[node] === 0) {
        const why = slope
          ? "the product is too small for a float"
          : (ruleOf(graph, node)?.zero ?? "its derivative is 0");
        const said = why.replace("{}", number(numbers.data[operand]));
        cuts.set(`${equation(graph, numbers, names, node)}: ${said}`, null);
      }
    });
  }
  if (cuts.size) return ["Every path from the loss to it is cut:", ...Array.from(cuts.keys()).slice(0, 8)];
  return ["The contributions along the paths to it cancel."];
}
