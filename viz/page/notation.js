// Writes operations by the templates of their declarations: `autograd/words/notation.py`.

import { summands } from "./nary.js";

/** @typedef {import("./graph.js").Written} Template */

/**
 * An expression, and the precedence of its outermost operation.
 * @typedef {{text: string, binding: number}} Text
 */

/** The precedence of an operation's notation, loosest first, as in `autograd/templates.py`. */
const LOOSEST = 0;
const SUM = 1;
const PRODUCT = 2;
const SIGN = 3;
export const ATOM = 5;

/**
 * @param {string} text
 * @returns {Text}
 */
export function atom(text) {
  return { text, binding: ATOM };
}

/**
 * A name as an expression. A label that reads like an operation, such as `a - b`, gets parentheses in one.
 * @param {string} text
 * @returns {Text}
 */
export function named(text) {
  return { text, binding: /[-+*/%^|<>=·]/.test(text) ? LOOSEST : ATOM };
}

/**
 * A number's text; a negative number has the precedence of a sign.
 * @param {string} text
 * @returns {Text}
 */
export function literal(text) {
  return { text, binding: text.startsWith("-") ? SIGN : ATOM };
}

/**
 * The text, in parentheses unless its precedence suffices.
 * @param {Text} written
 * @param {number} needed
 */
export function within(written, needed) {
  return written.binding >= needed ? written.text : `(${written.text})`;
}

/**
 * An operation on operands, which are expressions.
 * @param {Template} rule
 * @param {Text[]} operands
 * @returns {Text}
 */
export function write(rule, operands) {
  if (rule.nary) return summands(rule.nary, operands, product).reduce(sum);
  if (!rule.text) return atom(`${rule.name}(${operands.map((each) => each.text).join(", ")})`);
  const texts = operands.map((operand, i) => within(operand, rule.needs[i]));
  let next = 0;
  const text = rule.text.replace(/\{\{|\}\}|\{(\d*)\}/g, (mark, place) =>
    mark === "{{" ? "{" : mark === "}}" ? "}" : texts[place ? Number(place) : next++],
  );
  return { text, binding: rule.binding };
}

const ADD = { name: "add", text: "{} + {}", binding: SUM, needs: [SUM, PRODUCT] };
const MUL = { name: "mul", text: "{} * {}", binding: PRODUCT, needs: [PRODUCT, SIGN] };
/** @param {Text} a @param {Text} b */
const sum = (a, b) => write(ADD, [a, b]);
/** @param {Text} a @param {Text} b */
const product = (a, b) => write(MUL, [a, b]);

/**
 * The same as `write`, without the middle of a long sum.
 * @param {Template} rule
 * @param {Text[]} operands
 */
export function brief(rule, operands, first = 2, last = 1) {
  if (!rule.nary) return write(rule, operands);
  const terms = summands(rule.nary, operands, product);
  if (terms.length > first + last + 1) terms.splice(first, terms.length - first - last, atom("…"));
  return terms.reduce(sum);
}

/**
 * A label for one line: control characters are escaped, and a long one is cut in the middle.
 * @param {string} text
 * @param {number} longest
 */
export function printable(text, longest = 32) {
  if (text.length <= longest && /^[ -~]*$/.test(text)) return text;
  const shown = Array.from(text, (c) => (c !== " " && /[\p{C}\p{Z}]/u.test(c) ? escaped(c) : c));
  const characters = Array.from(shown.join(""));
  if (characters.length <= longest) return characters.join("");
  const half = Math.floor(longest / 2);
  return `${characters.slice(0, longest - half - 1).join("")}…${characters.slice(characters.length - half).join("")}`;
}

const LETTERS = "[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}]+";
const RIGHT_TO_LEFT = new RegExp(`${LETTERS}(?:[ _]+${LETTERS})*`, "gu");

/**
 * A text to show, whose words from right to left do not turn what is beside them: after one in Hebrew, `= -5` would show as `5- =`.
 * @param {string} text
 */
export function isolated(text) {
  return text.replace(RIGHT_TO_LEFT, "\u2068$&\u2069");
}

/** @param {string} character */
function escaped(character) {
  const short = { "\n": "\\n", "\t": "\\t", "\r": "\\r" }[character];
  const code = character.codePointAt(0) ?? 0;
  if (short) return short;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}
