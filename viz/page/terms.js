// Rules as terms: resolved by numbers, simplified, computed: `autograd/terms.py`.

/** @typedef {import("./graph.js").Term} Term */
/** @typedef {Record<string, (...x: any[]) => any>} Heads the function of each head of a term */

/**
 * The number of a term.
 * @param {Term} term
 * @param {Record<string, number>} names
 * @param {Heads} heads
 * @returns {any}
 */
export function evaluated(term, names, heads) {
  const [head, ...args] = term;
  if (head === "name") return names[args[0]];
  if (head === "number") return Number(args[0]);
  return heads[head](...args.map((argument) => evaluated(argument, names, heads)));
}

/**
 * The term with each case decided by the numbers; if both cases agree, the shorter one is taken.
 * @param {Term} term
 * @param {Record<string, number>} names
 * @param {Heads} heads
 * @returns {Term}
 */
export function resolved(term, names, heads) {
  const [head, ...args] = term;
  if (head === "name" || head === "number") return term;
  if (head === "where") {
    const holds = Number(evaluated(args[0], names, heads)) !== 0; // nan holds, as in Python
    const [taken, other] = holds ? [args[1], args[2]] : [args[2], args[1]];
    const shorter =
      size(other) < size(taken) && !differ(evaluated(other, names, heads), evaluated(taken, names, heads));
    return resolved(shorter ? other : taken, names, heads);
  }
  return [head, ...args.map((argument) => resolved(argument, names, heads))];
}

/**
 * The number of names, numbers and operations in a term.
 * @param {Term} term
 * @returns {number}
 */
function size(term) {
  const [head, ...args] = term;
  return head === "name" || head === "number" ? 1 : args.reduce((sum, argument) => sum + size(argument), 1);
}

/**
 * Whether two numbers differ visibly.
 * @param {number} x
 * @param {number} y
 */
export function differ(x, y) {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return false;
  return !Number.isFinite(x - y) || !(Math.abs(x - y) <= 1e-9 * Math.min(Math.abs(x), Math.abs(y)));
}

/** @param {Term} term */
export function asConstant(term) {
  return term[0] === "number" ? Number(term[1]) : null;
}

/**
 * The term without factors and exponents of 1, and with constants folded.
 * @param {Term} term
 * @param {Heads} heads
 * @returns {Term}
 */
export function simplified(term, heads) {
  const [head, ...rest] = term;
  if (head === "name" || head === "number") return term;
  const args = rest.map((argument) => simplified(argument, heads));
  const constants = args.map(asConstant);
  if (!constants.includes(null)) return ["number", Number(heads[head](...constants))];
  if (head === "*" && constants.includes(1)) return args[1 - constants.indexOf(1)];
  if (head === "**" && constants[1] === 1) return args[0];
  return [head, ...args];
}
