// Runs compiled programs: the jobs come as JSON on standard input, and the answers go to standard output.

import { readFileSync } from "node:fs";
import { compiled, room } from "../../autograd/compiler/product.js";

/**
 * A job: functions of a module, each with its arguments; `plain`: as where there is no WebAssembly.
 * @typedef {{module: string, plain: boolean, calls: [name: string, params: string, X: string][]}} Job
 */

/** @typedef {string | Answer[]} Answer numbers in base 64, as all numbers here: JSON has neither nan nor inf */

/** @param {string} text */
function numbers(text) {
  return new Float64Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
}

/**
 * @param {any} answer
 * @returns {Answer}
 */
function told(answer) {
  if (Array.isArray(answer)) return answer.map(told);
  const found = typeof answer === "number" ? Float64Array.of(answer) : answer;
  return Buffer.from(found.buffer, found.byteOffset, found.byteLength).toString("base64");
}

const { WebAssembly } = globalThis;

/** @param {Job} job */
async function done({ module, plain, calls }) {
  Object.assign(globalThis, { WebAssembly: plain ? undefined : WebAssembly });
  const program = await import(`${module}?${plain}`);
  return calls.map(([name, params, X]) =>
    told(program[name] instanceof Function ? program[name](numbers(params), numbers(X)) : program[name]),
  );
}

/**
 * Matrix products; all matrices are in one array of numbers.
 * @param {{kernel: string | null, numbers: string, products: any[][]}} job
 */
function multiplied({ kernel, numbers: text, products }) {
  const given = numbers(text);
  const { take, product } = room(given.length, kernel && compiled(new Uint8Array(Buffer.from(kernel, "base64"))));
  const all = take(given.length);
  all.set(given);
  /** @param {[number, number, number]} place @returns {import("../../autograd/compiler/product.js").Matrix} */
  const matrix = (place) => [all, ...place];
  for (const [rows, columns, terms, a, b, c, add] of products) {
    product(rows, columns, terms, matrix(a), matrix(b), matrix(c), add);
  }
  return told(all);
}

const answers = [];
for (const job of JSON.parse(readFileSync(0, "utf8")))
  answers.push("products" in job ? multiplied(job) : await done(job));
process.stdout.write(JSON.stringify(answers));
