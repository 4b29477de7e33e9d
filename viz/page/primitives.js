// The primitive functions that JavaScript lacks, or computes otherwise than Python: `autograd/floats.py`.
//
// What JavaScript's operators and `Math` do in the same way, a rule uses directly: see `autograd/primitives.py`.

/**
 * a to the power of b. Python, as C, gives 1 for 1 to any power and for -1 to an infinite one.
 * @param {number} a
 * @param {number} b
 */
export function power(a, b) {
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  return a ** b;
}

/**
 * a % b with the sign of b, as Python has it; nan where b is 0.
 * @param {number} a
 * @param {number} b
 */
export function remainder(a, b) {
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/**
 * 1 / (1 + exp(-a)), without overflow: exp only ever sees a number below 0.
 * @param {number} a
 */
export function sigmoid(a) {
  const z = Math.exp(-Math.abs(a));
  return (a < 0 ? z : 1) / (1 + z);
}

/**
 * exp(a·b), with what rounding takes from the product made good: exp would magnify it a·b times.
 * @param {number} a
 * @param {number} b
 */
export function expProduct(a, b) {
  const p = a * b;
  const y = Math.exp(p);
  return Math.abs(p) < 750 ? y + y * productError(a, b, p) : y;
}

const SPLITTER = 2 ** 27 + 1;

/**
 * a·b - p exactly, where p is the float nearest to a·b (Dekker 1971).
 * @param {number} a
 * @param {number} b
 * @param {number} p
 */
function productError(a, b, p) {
  if (!(Math.abs(a) < 1e290 && Math.abs(b) < 1e290)) return 0;
  const c = SPLITTER * a;
  const d = SPLITTER * b;
  const aHigh = c - (c - a);
  const bHigh = d - (d - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aHigh * bHigh - p + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/** Up to here the series is short, and 1 - erf loses nothing that matters; from here the fraction is. */
const MIDDLE = 1.5;

/**
 * The error function.
 * @param {number} a
 */
export function erf(a) {
  const x = Math.abs(a);
  if (!(x > MIDDLE)) return series(a);
  return Math.sign(a) * (1 - (Math.exp(-x * x) / Math.sqrt(Math.PI)) * fraction(x));
}

/**
 * The share of a normal distribution below a, right in the lower tail too.
 * @param {number} a
 * @returns {number}
 */
export function ndtr(a) {
  const x = -a * Math.SQRT1_2;
  if (!(x > MIDDLE)) return x < -MIDDLE ? 1 - ndtr(-a) : 0.5 - 0.5 * series(x);
  return (0.5 * expProduct(-0.5 * a, a) * fraction(x)) / Math.sqrt(Math.PI);
}

/**
 * erf as 2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)), all of whose terms have one sign (Abramowitz and Stegun 7.1.6).
 * @param {number} x
 */
function series(x) {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/**
 * √π · exp(x²) · erfc(x) as a continued fraction, from its far end (Abramowitz and Stegun 7.1.14).
 * @param {number} x
 */
function fraction(x) {
  let rest = x;
  for (let n = Math.ceil(40 + 160 / x); n > 0; n--) rest = x + n / 2 / rest;
  return 1 / rest;
}
