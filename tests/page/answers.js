// Answers the questions of `tests/test_page_arithmetic.py`: node answers.js questions.json

import { readFileSync } from "node:fs";
import * as primitives from "../../autograd/primitives.js";
import { found, gradients, refresh } from "../../viz/page/evaluation.js";
import { decoded, isLeaf } from "../../viz/page/graph.js";
import { backwardLesson, forwardLesson } from "../../viz/page/lessons.js";
import { namesOf } from "../../viz/page/names.js";
import * as numbers from "../../viz/page/numbers.js";
import { explained } from "../../viz/page/paths.js";

/** @param {number} x */
const text = (x) => (Number.isNaN(x) ? "nan" : Object.is(x, -0) ? "-0.0" : String(x).replace("Infinity", "inf"));

/** @param {any} question */
function graphOf(question) {
  const program = new Function(`return ${question.program}`)();
  return decoded(question.data, program(primitives));
}

/** @type {Record<string, (question: any) => any>} */
const answers = {
  operation(question) {
    const program = new Function(`return ${question.program}`)()(primitives);
    const [forward, partials] = program.rules[0];
    return question.operands.map((/** @type {string[]} */ operands) => {
      const x = operands.map(Number);
      const y = forward(...x);
      return [y, ...partials.map((/** @type {(...x: number[]) => number} */ partial) => partial(y, ...x))].map(text);
    });
  },
  primitive(question) {
    const functions = /** @type {Record<string, (...x: number[]) => number>} */ (/** @type {unknown} */ (primitives));
    return question.numbers.map((/** @type {string} */ x) => text(functions[question.name](Number(x))));
  },
  numbers(question) {
    const graph = graphOf(question);
    const now = found(graph);
    for (const [leaf, data] of question.edits) now.data[leaf] = Number(data);
    if (question.edits.length) {
      refresh(
        graph,
        now,
        question.edits.map((/** @type {number[]} */ edit) => edit[0]),
      );
    }
    const grads = gradients(graph, now, graph.order.length);
    return {
      data: Array.from(now.data, text),
      slopes: Array.from(now.slopes, text),
      grads: Array.from(grads, text),
      state: Array.from(now.state),
    };
  },
  words(question) {
    const graph = graphOf(question);
    const now = found(graph);
    const names = namesOf(graph, now.data);
    const order = Array.from(graph.order);
    const all = gradients(graph, now, order.length);
    return {
      forward: order.map((node) => forwardLesson(graph, now, names, node)),
      backward: order
        .slice()
        .reverse()
        .map((node, step) => backwardLesson(graph, now, names, node, gradients(graph, now, step))),
      explained: Array.from({ length: graph.count }, (_, node) => explained(graph, now, names, node, all)),
      leaves: Array.from({ length: graph.count }, (_, node) => isLeaf(graph, node)),
    };
  },
  format(question) {
    const x = Number(question.number);
    return [numbers.repr(x), numbers.number(x), numbers.factor(x), numbers.formatted(x, question.format)];
  },
};

const questions = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(questions.map((/** @type {any} */ question) => answers[question.ask](question))));
