// N-ary operations, a sum and a sum of products: `autograd/nary.py`.

/** @typedef {"sum" | "dot"} Nary */
/** @typedef {import("./graph.js").Term} Term */

/**
 * The summands in order: for a dot the bias, if any, and then the product of each weight and its input.
 * @template T
 * @param {Nary} nary
 * @param {T[]} operands for a dot all weights, all inputs, and the bias, if any
 * @param {(a: T, b: T) => T} times
 * @returns {T[]}
 */
export function summands(nary, operands, times) {
  if (nary === "sum") return operands.slice();
  const n = operands.length >> 1;
  const products = operands.slice(0, n).map((weight, i) => times(weight, operands[n + i]));
  return [...operands.slice(2 * n), ...products];
}

/**
 * @param {Nary} nary
 * @param {number[]} x
 */
export function forward(nary, x) {
  return summands(nary, x, (a, b) => a * b).reduce((a, b) => a + b);
}

/**
 * The operand that is the derivative for operand k; -1 if the derivative is 1.
 * @param {Nary} nary
 * @param {number} k
 * @param {number} count
 */
export function partner(nary, k, count) {
  const n = count >> 1;
  if (nary === "sum" || k === 2 * n) return -1;
  return k < n ? k + n : k - n;
}

/**
 * The derivative for operand k as a term.
 * @param {Nary} nary
 * @param {number} k
 * @param {number} count
 * @returns {Term}
 */
export function slopeTerm(nary, k, count) {
  const other = partner(nary, k, count);
  return other < 0 ? ["number", 1] : ["name", `x${other}`];
}

/**
 * The order in which operands receive their gradients: the last product first, the bias before the first product.
 * @param {Nary} nary
 * @param {number} count
 */
export function order(nary, count) {
  if (nary === "sum") return Array.from({ length: count }, (_, i) => count - 1 - i);
  const n = count >> 1;
  const found = [];
  for (let k = n - 1; k > 0; k--) found.push(k, n + k);
  if (count % 2) found.push(2 * n);
  if (n) found.push(0, n);
  return found;
}

/**
 * The summands, each with the partial sum: an expanded sum of products.
 * @param {Nary} nary
 * @param {number[]} x
 * @returns {{operands: number[], product: number, sum: number}[]} each with the operands in the summand
 */
export function opened(nary, x) {
  const places = summands(
    nary,
    x.map((_, k) => [k]),
    (a, b) => [...a, ...b],
  );
  let sum = 0;
  return places.map((operands, i) => {
    const product = operands.reduce((y, k) => y * x[k], 1);
    sum = i ? sum + product : product;
    return { operands, product, sum };
  });
}
