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
    [product, "That is this step's contribution alone: it adds to what was there from an earlier one."],
    [before + slope, "That is the local derivative: by the chain rule it is multiplied by the gradient that arrives."],
    [slope, "That is the local derivative: by the chain rule it is multiplied by the gradient that arrives."],
    [before + gradient, "That is the gradient that arrives: it is multiplied by the local derivative."],
    [gradient, "That is the gradient that arrives: it is multiplied by the local derivative."],
    [before - product, "The sign of the contribution is the other one."],
    [-product, "The sign is the other one."],
    [slope + gradient, "The local derivative and the gradient that arrives are multiplied, not added."],
    [before, "That is what was there before: this step adds to it."],
  ];
  const found = mistakes.find(([wrong]) => near(guess, wrong));
  if (found) return { right: false, words: found[1] };
  const sign = Math.sign(guess) !== Math.sign(before + product) && before + product !== 0;
  return {
    right: false,
    words: sign
      ? "Not that; and the sign is another one."
      : "Not that: local derivative times gradient, added to what was there.",
  };
}
