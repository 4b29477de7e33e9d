// Matrix products, blocked for the cache. The innermost loops are in WebAssembly or, if it is missing, in JavaScript.

/**
 * A matrix: the array that contains it, the index of its first element, and the strides of its rows and columns.
 * @typedef {[numbers: Float64Array, start: number, row: number, column: number]} Matrix
 */

/**
 * Computes some rows of four columns of C = A · B, from addresses and strides in bytes: see `javascript_kernel.py`.
 * @typedef {(a: number, aRow: number, aTerm: number, b: number, terms: number, c: number, cRow: number, count: number, add: number) => void} Tiles
 */

/** The terms of a sum that are computed at a time: those of four columns stay in the L1 cache. */
const TERMS = 256;
/** The rows that are computed at a time: their terms stay in the L2 cache. */
const ROWS = 128;

/**
 * The compiled kernel; null if there is no WebAssembly, or it lacks SIMD, or the page's policy forbids it.
 * @param {Uint8Array<ArrayBuffer>} code
 */
export function compiled(code) {
  try {
    return new WebAssembly.Module(code);
  } catch {
    return null;
  }
}

/**
 * Memory for arrays that are multiplied, with the function that multiplies them.
 * @param {number} count the total of their lengths
 * @param {WebAssembly.Module | null} kernel
 */
export function room(count, kernel) {
  const bytes = 8 * (count + 4 * TERMS + 4 * ROWS);
  const { buffer, tiles } = (kernel && withKernel(kernel, bytes)) || withoutKernel(bytes);
  let next = 0;

  /** @param {number} count */
  function take(count) {
    const numbers = new Float64Array(buffer, next, count);
    next += numbers.byteLength;
    return numbers;
  }
  return { take, product: multiplication(tiles, take(4 * TERMS), take(4 * ROWS)) };
}

/**
 * @param {WebAssembly.Module} kernel
 * @param {number} bytes
 * @returns {{buffer: ArrayBuffer, tiles: [number, Tiles][]} | null} null if the memory cannot be allocated
 */
function withKernel(kernel, bytes) {
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
    const tiles = /** @type {any} */ (new WebAssembly.Instance(kernel, { env: { memory } }).exports);
    return {
      buffer: memory.buffer,
      tiles: [
        [4, tiles.rows4],
        [2, tiles.rows2],
        [1, tiles.rows1],
      ],
    };
  } catch {
    return null;
  }
}

/**
 * The kernel in JavaScript: two rows at a time, since a number of B is then loaded once for both.
 * @param {number} bytes
 * @returns {{buffer: ArrayBuffer, tiles: [number, Tiles][]}}
 */
function withoutKernel(bytes) {
  const buffer = new ArrayBuffer(bytes);
  const numbers = new Float64Array(buffer);

  /** @type {Tiles} */
  function pairs(a, aRow, aTerm, b, terms, c, cRow, count, add) {
    const step = (aTerm / 8) | 0;
    const apart = (aRow / 8) | 0;
    for (let row = 0; row < count; row++) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      let i = ((a + 2 * row * aRow) / 8) | 0;
      let j = (b / 8) | 0;
      for (const end = j + 4 * terms; j < end; i += step, j += 4) {
        const x = numbers[i];
        const y = numbers[i + apart];
        const b0 = numbers[j];
        const b1 = numbers[j + 1];
        s0 += x * b0;
        t0 += y * b0;
        s1 += x * b1;
        t1 += y * b1;
        const b2 = numbers[j + 2];
        const b3 = numbers[j + 3];
        s2 += x * b2;
        t2 += y * b2;
        s3 += x * b3;
        t3 += y * b3;
      }
      store(c + 2 * row * cRow, add, s0, s1, s2, s3);
      store(c + (2 * row + 1) * cRow, add, t0, t1, t2, t3);
    }
  }

  /** @type {Tiles} */
  function single(a, aRow, aTerm, b, terms, c, cRow, count, add) {
    const step = (aTerm / 8) | 0;
    for (let row = 0; row < count; row++) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let i = ((a + row * aRow) / 8) | 0;
      let j = (b / 8) | 0;
      for (const end = j + 4 * terms; j < end; i += step, j += 4) {
        const x = numbers[i];
        s0 += x * numbers[j];
        s1 += x * numbers[j + 1];
        s2 += x * numbers[j + 2];
        s3 += x * numbers[j + 3];
      }
      store(c + row * cRow, add, s0, s1, s2, s3);
    }
  }

  /**
   * @param {number} to
   * @param {number} add
   * @param {number} s0
   * @param {number} s1
   * @param {number} s2
   * @param {number} s3
   */
  function store(to, add, s0, s1, s2, s3) {
    const at = (to / 8) | 0;
    numbers[at] = add ? numbers[at] + s0 : s0;
    numbers[at + 1] = add ? numbers[at + 1] + s1 : s1;
    numbers[at + 2] = add ? numbers[at + 2] + s2 : s2;
    numbers[at + 3] = add ? numbers[at + 3] + s3 : s3;
  }
  return {
    buffer,
    tiles: [
      [2, pairs],
      [1, single],
    ],
  };
}

/**
 * A function that multiplies matrices.
 * @param {[number, Tiles][]} tiles the heights of tiles, largest first, with the functions that compute them
 * @param {Float64Array} panel memory for four columns of B
 * @param {Float64Array} aside memory for four columns of C
 */
function multiplication(tiles, panel, aside) {
  /**
   * Computes C = A · B, or C += A · B.
   * @param {number} rows
   * @param {number} columns
   * @param {number} terms
   * @param {Matrix} a rows × terms
   * @param {Matrix} b terms × columns
   * @param {Matrix} c rows × columns
   * @param {boolean} add
   */
  function product(rows, columns, terms, a, b, c, add) {
    const [numbers, start, cRow, cColumn] = c;
    for (let term = 0; term < terms; term += TERMS) {
      const some = Math.min(TERMS, terms - term);
      const more = add || term > 0;
      for (let row = 0; row < rows; row += ROWS) {
        const height = Math.min(ROWS, rows - row);
        const from = a[0].byteOffset + 8 * (a[1] + row * a[2] + term * a[3]);
        for (let column = 0; column < columns; column += 4) {
          const width = Math.min(4, columns - column);
          pack(b, term, column, some, width);
          const to = start + row * cRow + column * cColumn;
          if (width === 4 && cColumn === 1) {
            rowsOf(height, from, a, some, numbers.byteOffset + 8 * to, 8 * cRow, more);
          } else {
            rowsOf(height, from, a, some, aside.byteOffset, 32, false);
            unpack(numbers, to, cRow, cColumn, height, width, more);
          }
        }
      }
    }
  }

  /**
   * Computes four columns of C, in the highest tiles that fit.
   * @param {number} height
   * @param {number} from the address of A
   * @param {Matrix} a
   * @param {number} terms
   * @param {number} to the address of C
   * @param {number} step the stride of C's rows
   * @param {boolean} add
   */
  function rowsOf(height, from, a, terms, to, step, add) {
    let row = 0;
    for (const [each, compute] of tiles) {
      const count = Math.floor((height - row) / each);
      if (!count) continue;
      compute(from + 8 * row * a[2], 8 * a[2], 8 * a[3], panel.byteOffset, terms, to + row * step, step, count, +add);
      row += count * each;
    }
  }

  /**
   * Packs up to four columns of B side by side, with zeros for missing ones.
   * @param {Matrix} b
   * @param {number} term
   * @param {number} column
   * @param {number} terms
   * @param {number} width
   */
  function pack(b, term, column, terms, width) {
    const [numbers, start, bTerm, bColumn] = b;
    let first = start + term * bTerm + column * bColumn;
    if (width < 4) panel.fill(0, 0, 4 * terms);
    for (let at = 0; at < 4 * terms; at += 4, first += bTerm) {
      panel[at] = numbers[first];
      if (width > 1) panel[at + 1] = numbers[first + bColumn];
      if (width > 2) panel[at + 2] = numbers[first + 2 * bColumn];
      if (width > 3) panel[at + 3] = numbers[first + 3 * bColumn];
    }
  }

  /**
   * Copies columns that were computed aside to C, or adds them to it.
   * @param {Float64Array} numbers
   * @param {number} to
   * @param {number} cRow
   * @param {number} cColumn
   * @param {number} height
   * @param {number} width
   * @param {boolean} add
   */
  function unpack(numbers, to, cRow, cColumn, height, width, add) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = to + row * cRow + column * cColumn;
        numbers[at] = (add ? numbers[at] : 0) + aside[4 * row + column];
      }
    }
  }
  return product;
}
