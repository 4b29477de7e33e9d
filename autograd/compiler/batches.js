// A part of every compiled module: decodes numbers from text, and prepares the program for each batch size.

/**
 * A program for a batch size: the arrays for parameters and rows, and a function that returns the results, each an
 * array with a number for each row.
 * @typedef {{params: Float64Array, inputs: Float64Array, forward: () => Float64Array[]}} Prepared
 */

/** The maximum number of batch sizes whose arrays are kept. */
const SIZES = 8;

/** @param {string} text in base 64 */
export function bytes(text) {
  const characters = atob(text);
  const found = new Uint8Array(characters.length);
  for (let i = 0; i < found.length; i++) found[i] = characters.charCodeAt(i);
  return found;
}

/** @param {string} text bytes in base 64 */
export function numbers(text) {
  return new Float64Array(bytes(text).buffer);
}

/** @param {string} text bytes in base 64 */
export function integers(text) {
  return new Int32Array(bytes(text).buffer);
}

/**
 * A function that copies the parameters and the rows of X into the program for their batch size, and returns it.
 * @template {Prepared} Program
 * @param {(batch: number) => Program} prepare
 * @param {number} count the number of parameters
 * @param {number} width the length of a row
 */
export function batches(prepare, count, width) {
  /** @type {Map<number, Program>} */
  const known = new Map();

  /**
   * @param {ArrayLike<number>} params
   * @param {ArrayLike<number> | ArrayLike<ArrayLike<number>>} X
   */
  return (params, X) => {
    if (params.length !== count) throw new RangeError(`params has ${params.length} numbers, and should have ${count}`);
    const nested = width > 0 && X.length > 0 && typeof X[0] !== "number";
    const batch = width === 0 ? 1 : nested ? X.length : X.length / width;
    if (!(Number.isInteger(batch) && batch > 0)) {
      throw new RangeError(`X has ${X.length} numbers, and should have rows of ${width}, at least one`);
    }
    const program = known.get(batch) ?? prepare(batch);
    known.delete(batch); // the map's order is that of last use
    known.set(batch, program);
    if (known.size > SIZES) known.delete(known.keys().next().value ?? 0);
    program.params.set(params);
    if (nested) {
      for (let i = 0; i < batch; i++) {
        const row = /** @type {ArrayLike<number>} */ (X[i]);
        if (row.length !== width)
          throw new RangeError(`row ${i} of X has ${row.length} numbers, and should have ${width}`);
        program.inputs.set(row, i * width);
      }
    } else if (width) program.inputs.set(/** @type {ArrayLike<number>} */ (X));
    return program;
  };
}

/**
 * The mean over the rows.
 * @param {Float64Array} values
 */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
