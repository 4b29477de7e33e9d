// Many numbers as a heat map and a range.

import { usersOf } from "./graph.js";
import { isWithin } from "./state.js";

/** @typedef {import("./graph.js").Graph} Graph */

/**
 * The contents of a closed box: some of its numbers in rows.
 * @typedef {object} Heat
 * @property {number[]} nodes row by row
 * @property {number} columns
 * @property {string} title
 */

/** The maximum number of numbers shown for a box. */
const MOST = 4096;

/**
 * The nodes in each box, including those in inner boxes.
 * @param {Graph} graph
 * @returns {number[][]}
 */
export function membersOf(graph) {
  /** @type {number[][]} */
  const members = graph.boxes.map(() => []);
  for (let node = 0; node < graph.count; node++) {
    for (let box = graph.box[node]; box >= 0; box = graph.boxes[box].parent) members[box].push(node);
  }
  return members;
}

/**
 * The results of each box: its nodes that others use outside it, or that nobody uses.
 * @param {Graph} graph
 * @returns {number[][]}
 */
export function outputsOf(graph) {
  /** @type {number[][]} */
  const outputs = graph.boxes.map(() => []);
  for (let node = 0; node < graph.count; node++) {
    const users = usersOf(graph, node);
    for (let box = graph.box[node]; box >= 0; box = graph.boxes[box].parent) {
      if (!users.length || users.some((user) => !isWithin(graph, graph.box[user], box))) outputs[box].push(node);
    }
  }
  return outputs;
}

/**
 * The numbers of a box to show: its labelled leaves, in a row for each innermost place; without any, all nodes.
 * @param {Graph} graph
 * @param {number[]} members
 * @returns {Heat}
 */
export function heatOf(graph, members) {
  const named = members.filter((node) => graph.rule[node] < 0 && /\[\d+\]$/.test(graph.label(node)));
  const nodes = named.length ? named : members;
  /** @type {Map<string, number[]>} */
  const rows = new Map();
  for (const node of nodes) {
    const label = graph.label(node);
    const place = label.slice(0, Math.max(label.lastIndexOf("."), 0));
    const row = rows.get(place);
    if (row) row.push(node);
    else rows.set(place, [node]);
  }
  const lengths = new Set(Array.from(rows.values(), (row) => row.length));
  const title = named.length ? graph.label(named[0]).replace(/^.*\./, "").replace(/\[.*/, "") : "all";
  if (rows.size > 1 && lengths.size === 1) {
    const columns = lengths.values().next().value ?? 1;
    return { nodes: Array.from(rows.values()).flat().slice(0, MOST), columns, title };
  }
  const some = nodes.slice(0, MOST);
  return { nodes: some, columns: Math.ceil(Math.sqrt(some.length * 2)), title };
}

/**
 * The minimum and maximum, which is nan if any of the numbers is; both are nan if there are no others.
 * @param {number[]} nodes
 * @param {Float64Array} numbers
 * @returns {[number, number]}
 */
export function extent(nodes, numbers) {
  let least = Infinity;
  let largest = -Infinity;
  let known = true;
  for (const node of nodes) {
    const x = numbers[node];
    if (x < least) least = x;
    if (x > largest) largest = x;
    if (Number.isNaN(x)) known = false;
  }
  return least > largest ? [NaN, NaN] : [least, known ? largest : NaN];
}

/**
 * The range of some numbers: `-1 … 1`, or one number if all are equal.
 * @param {number[]} nodes
 * @param {Float64Array} numbers
 * @param {(x: number) => string} write
 */
export function range(nodes, numbers, write) {
  const [least, largest] = extent(nodes, numbers).map(write);
  return least === largest ? least : `${least} … ${largest}`;
}

/** @typedef {[number, number, number]} Colour */

/**
 * The emphasis of a number, from 0 to 1, by the logarithm of its size.
 * @param {number} x
 * @param {number} largest
 */
export function strength(x, largest) {
  if (!x || !Number.isFinite(largest) || largest === 0) return 0;
  const decades = Math.log10(Math.abs(x) / largest);
  return Math.max(0, Math.min(1, 1 + decades / 3));
}

/**
 * Paints numbers: positive in one colour, negative in another, and those that are not finite in a third.
 * @param {Heat} heat
 * @param {Float64Array} numbers
 * @param {{paper: Colour, positive: Colour, negative: Colour, highlight: Colour}} colours
 * @param {Uint8ClampedArray} pixels of an image as wide as `columns`
 */
export function painted(heat, numbers, colours, pixels) {
  const finite = heat.nodes.filter((node) => Number.isFinite(numbers[node]));
  const [least, most] = extent(finite, numbers);
  const largest = Math.max(Math.abs(least), Math.abs(most));
  heat.nodes.forEach((node, i) => {
    const x = numbers[node];
    const to = Number.isFinite(x) ? (x < 0 ? colours.negative : colours.positive) : colours.highlight;
    const share = Number.isFinite(x) ? strength(x, largest) : 1;
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = colours.paper[c] + share * (to[c] - colours.paper[c]);
    pixels[4 * i + 3] = 255;
  });
}
