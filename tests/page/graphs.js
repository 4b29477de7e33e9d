// Graphs for the tests, written out by hand.

import { decoded } from "../../viz/page/graph.js";

/** @param {Int32Array | Float64Array} numbers */
function packed(numbers) {
  return Buffer.from(numbers.buffer).toString("base64");
}

const ADD = { name: "add", symbol: "+", text: "{} + {}", binding: 1, needs: [1, 2], words: "unchanged" };
const MUL = { name: "mul", symbol: "*", text: "{} * {}", binding: 2, needs: [2, 3], words: "the other factor" };
const LOG = {
  name: "log",
  symbol: "log",
  text: "",
  binding: 5,
  needs: [0],
  words: "one over the operand",
  domain: "above 0",
};
const common = { zero: "its derivative at {} is 0", domain: "", hand: "", nary: "", roles: [], constants: {} };

/** @type {any[]} */
const RULES = [
  {
    ...common,
    ...ADD,
    slopes: [
      ["number", 1],
      ["number", 1],
    ],
  },
  {
    ...common,
    ...MUL,
    slopes: [
      ["name", "x1"],
      ["name", "x0"],
    ],
  },
  { ...common, ...LOG, slopes: [["/", ["number", 1], ["name", "x0"]]] },
];

/** @type {import("../../viz/page/graph.js").Program} */
const PROGRAM = {
  rules: [
    [(a, b) => a + b, [() => 1, () => 1]],
    [(a, b) => a * b, [(_, __, b) => b, (_, a) => a]],
    [(a) => Math.log(a), [(_, a) => 1 / a]],
  ],
  heads: { "/": (a, b) => a / b },
};

/**
 * @param {[string, number, number, number[]][]} nodes label, data, rule (-1: a leaf; 0 +, 1 *, 2 log), operands
 * @param {import("../../viz/page/graph.js").Box[]} boxes
 * @param {number[]} box of each node
 */
export function graphOf(nodes, boxes = [], box = nodes.map(() => -1)) {
  const starts = [0];
  for (const [, , , operands] of nodes) starts.push(starts[starts.length - 1] + operands.length);
  const strings = [...new Set(["", ...nodes.map(([label]) => label)])];
  return decoded(
    {
      count: nodes.length,
      data: packed(Float64Array.from(nodes, (node) => node[1])),
      rule: packed(Int32Array.from(nodes, (node) => node[2])),
      starts: packed(Int32Array.from(starts)),
      operands: packed(Int32Array.from(nodes.flatMap((node) => node[3]))),
      prefix: packed(Int32Array.from(nodes, () => 0)),
      suffix: packed(Int32Array.from(nodes, (node) => strings.indexOf(node[0]))),
      strings,
      box: packed(Int32Array.from(box)),
      boxes,
      rules: RULES,
      heads: {},
      held: [],
      lines: {},
    },
    PROGRAM,
  );
}

/** L = (a * b + c) * a */
export function expression() {
  return graphOf([
    ["a", 2, -1, []],
    ["b", -3, -1, []],
    ["p", -6, 1, [0, 1]],
    ["c", 10, -1, []],
    ["", 4, 0, [2, 3]],
    ["L", 8, 1, [4, 0]],
  ]);
}
