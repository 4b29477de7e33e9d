// Checks a reader's guess of the next gradient, and names the mistake.

/**
 * A step's contribution to a gradient: `before + slope * gradient`.
 * @typedef {{before: number, slope: number, gradient: number}} Contribution
 */

/** @param {number} guess @param {number} expected */
function near(guess, expected) {
  return Math.abs(guess - expected) <= 0.006 * Math.max(Math.abs(expected), 1e-12) || guess === expected;
}

/**
 * @param {number} guess
 * @param {Contribution} contribution
 * @returns {{right: boolean, words: string}}
 */
export function judged(guess, { before, slope, gradient }) {
  const product = slope * gradient;
  if (near(guess, before + product)) return { right: true, words: "Right." };
  /** @type {[number, string][]} */
  const mistakes = [
    [product, "That is this step's contribution alone: add it to the earlier one."],
    [before + slope, "That is the local derivative: by the chain rule, multiply it by the upstream gradient."],
    [slope, "That is the local derivative: by the chain rule, multiply it by the upstream gradient."],
    [before + gradient, "That is the upstream gradient: multiply it by the local derivative."],
    [gradient, "That is the upstream gradient: multiply it by the local derivative."],
    [before - product, "The sign of the contribution is wrong."],
    [-product, "The sign is wrong."],
    [slope + gradient, "Multiply the local derivative and the upstream gradient, don't add them."],
    [before, "That is the gradient before this step, which adds to it."],
  ];
  const found = mistakes.find(([wrong]) => near(guess, wrong));
  if (found) return { right: false, words: found[1] };
  const sign = Math.sign(guess) !== Math.sign(before + product) && before + product !== 0;
  return {
    right: false,
    words: sign
      ? "No, and the sign is wrong too."
      : "No: multiply the local derivative by the upstream gradient, and add the product to the gradient so far.",
  };
}
