// Rules as terms: resolved by the numbers at hand, simplified, computed: `autograd/terms.py`.

/** @typedef {import("./graph.js").Term} Term */
/** @typedef {Record<string, (...x: any[]) => any>} Heads what each head of a term computes */

/**
 * The number that a term stands for.
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
 * The term with each case decided by the numbers.
 * @param {Term} term
 * @param {Record<string, number>} names
 * @param {Heads} heads
 * @returns {Term}
 */
export function resolved(term, names, heads) {
  const [head, ...args] = term;
  if (head === "name" || head === "number") return term;
  if (head === "where") {
    const holds = evaluated(args[0], names, heads);
    return resolved(holds ? args[1] : args[2], names, heads);
  }
  return [head, ...args.map((argument) => resolved(argument, names, heads))];
}

/** @param {Term} term */
export function asConstant(term) {
  return term[0] === "number" ? Number(term[1]) : null;
}

/**
 * The same without products with one and powers of one, and with constants computed.
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
