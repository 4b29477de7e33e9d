// Gradient descent on compiled programs: the same batches and the same steps as in Python.

/**
 * A compiled loss. From parameters and the rows of a batch it computes the loss of each row, with ten outputs and the
 * hidden neurons, an array each; or the mean loss with these, and its gradient.
 * @typedef {[loss: ArrayLike<number>, others: ArrayLike<number>[]]} Results
 * @typedef {{
 *   forward: (params: Float64Array, rows: Float64Array) => Results,
 *   valueAndGrad: (params: Float64Array, rows: Float64Array) => [[loss: number, others: ArrayLike<number>[]], Float64Array],
 * }} Program
 */

/**
 * An image and the ten targets of its label, as a row.
 * @param {ArrayLike<number>} pixels
 * @param {number} label
 */
export function row(pixels, label) {
  const cells = new Float64Array(pixels.length + 10);
  cells.set(pixels);
  cells[pixels.length + label] = 1;
  return cells;
}

/** Images with their labels. */
export class Images {
  /**
   * @param {Uint8Array} sixteenths pixels, image after image
   * @param {Uint8Array} labels
   */
  constructor(sixteenths, labels) {
    this.pixels = Float64Array.from(sixteenths, (pixel) => pixel / 16);
    this.labels = labels;
    this.size = sixteenths.length / labels.length;
    /** @type {Float64Array | null} */
    this.all = null;
  }

  /** All rows. */
  rows() {
    if (!this.all) {
      this.all = new Float64Array(this.labels.length * (this.size + 10));
      this.batch(0, this.labels.length, this.all);
    }
    return this.all;
  }

  /**
   * The rows of the next batch, in order and repeatedly; an incomplete batch at the end is skipped.
   * @param {number} step
   * @param {number} size
   * @param {Float64Array} rows receives them
   */
  batch(step, size, rows) {
    const start = (step % Math.floor(this.labels.length / size)) * size;
    rows.fill(0);
    for (let i = 0; i < size; i++) {
      const image = this.pixels.subarray((start + i) * this.size, (start + i + 1) * this.size);
      rows.set(image, i * (this.size + 10));
      rows[i * (this.size + 10) + this.size + this.labels[start + i]] = 1;
    }
  }
}

/** Gradient descent on a program. */
export class Descent {
  /**
   * @param {Program} program
   * @param {Float64Array} start the initial weights, which are copied
   * @param {Images} images
   * @param {number} size the batch size
   */
  constructor(program, start, images, size) {
    this.program = program;
    this.params = Float64Array.from(start);
    this.start = start;
    this.images = images;
    this.size = size;
    this.rows = new Float64Array(size * (images.size + 10));
    this.steps = 0;
    /** The largest absolute derivative of the last step. */
    this.steepest = Infinity;
  }

  /** @param {Float64Array} start the initial weights */
  restart(start = this.start) {
    this.start = start;
    this.params.set(start);
    this.steps = 0;
  }

  /**
   * Takes one step downhill; returns the loss before it.
   * @param {number} rate
   */
  step(rate) {
    this.images.batch(this.steps, this.size, this.rows);
    const [[loss], derivatives] = this.program.valueAndGrad(this.params, this.rows);
    this.steepest = 0;
    for (let i = 0; i < this.params.length; i++) {
      this.params[i] -= rate * derivatives[i];
      this.steepest = Math.max(this.steepest, Math.abs(derivatives[i]));
    }
    this.steps++;
    return loss;
  }
}

/**
 * The fraction of images whose largest output is that of the label.
 * @param {Program} program
 * @param {Float64Array} params
 * @param {Images} images
 */
export function accuracy(program, params, images) {
  const [, outputs] = program.forward(params, images.rows());
  let right = 0;
  images.labels.forEach((label, i) => {
    let best = 0;
    for (let digit = 1; digit < 10; digit++) if (outputs[digit][i] > outputs[best][i]) best = digit;
    right += best === label ? 1 : 0;
  });
  return right / images.labels.length;
}
