// The primitive functions that JavaScript's Math lacks, or computes differently from Python: see primitives.py.

/** a to the power of b. Math.pow gives nan for 1 ** nan and (-1) ** inf, where IEEE 754 and Python give 1.
 * @param {number} a @param {number} b @returns {number} */
export function power(a, b) {
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  return a ** b;
}

/** a % b with the sign of b, as in Python.
 * @param {number} a @param {number} b @returns {number} */
export function remainder(a, b) {
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** 1 / (1 + exp(-a)), accurate in both tails.
 * @param {number} a @returns {number} */
export function sigmoid(a) {
  const z = Math.exp(-Math.abs(a));
  return (a < 0 ? z : 1) / (1 + z);
}

/** exp(a * b), corrected for the rounding error of the product.
 * @param {number} a @param {number} b @returns {number} */
export function expProduct(a, b) {
  const p = a * b;
  const y = Math.exp(p);
  return p > -750 && y < Infinity ? y + y * productError(a, b, p) : y;
}

/** a * b - p exactly, where p is the float nearest to a * b (Dekker 1971).
 * @param {number} a @param {number} b @param {number} p @returns {number} */
function productError(a, b, p) {
  if (!(Math.abs(a) < 1e290 && Math.abs(b) < 1e290)) return 0;
  const c = 134217729 * a;
  const d = 134217729 * b;
  const high = c - (c - a);
  const upper = d - (d - b);
  const low = a - high;
  const lower = b - upper;
  return high * upper - p + high * lower + low * upper + low * lower;
}

/** The error function.
 * @param {number} a @returns {number} */
export function erf(a) {
  if (Math.abs(a) < 0.5) return a * polynomial(SERIES, a * a);
  const x = Math.abs(a);
  return Math.sign(a) * (1 - scaled(x) * expProduct(-x, x));
}

/** The normal distribution function, accurate in the lower tail too.
 * @param {number} a @returns {number} */
export function ndtr(a) {
  const x = Math.abs(a) * Math.SQRT1_2;
  if (x < 0.5) return 0.5 + 0.5 * Math.sign(a) * erf(x);
  const half = 0.5 * scaled(x) * expProduct(-0.5 * a, a);
  return a < 0 ? half : 1 - half;
}

/** exp(x * x) times the complement of erf(x), for x >= 0.5: see definitions.py.
 * @param {number} x @returns {number} */
function scaled(x) {
  const y = Math.min(x, 28);
  return polynomial(TAIL, (y - 3) / (y + 3)) / (1 + 2 * y);
}

/** @param {number[]} coefficients @param {number} x @returns {number} */
function polynomial(coefficients, x) {
  return coefficients.reduceRight((total, coefficient) => total * x + coefficient);
}

/** The Maclaurin series of erf(x) / x, in powers of x * x. */
const SERIES = [...Array(14).keys()].map((n) => {
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return ((2 / Math.sqrt(Math.PI)) * (n % 2 ? -1 : 1)) / (factorial * (2 * n + 1));
});

/** (1 + 2x) exp(x * x) times the complement of erf(x), in powers of (x - 3) / (x + 3). */
const TAIL = [
  1.2530080582697296, -0.13562110612458114, -0.04756229435345077, 0.12964515870275653, -0.11927366341530504,
  0.06830802734416584, -0.02377051491876782, 0.002529391812261759, 0.00188869036036466, -0.0007798322303278498,
  -0.0001051597989462427, 0.00012509907742285498, 4.949405512967998e-6, -2.0099422287664586e-5, -7.309508390141343e-7,
  3.4693171158542254e-6, 3.548769577026073e-7, -6.112297615577682e-7, -1.376069479996803e-7, 9.594732521043785e-8,
  3.70089542483284e-8, -9.651526901800981e-9, -5.334419536491425e-9,
];
