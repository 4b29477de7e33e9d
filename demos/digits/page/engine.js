// Compiled programs, and gradient descent with them: the same batches and the same steps as in Python.

/**
 * A compiled program for a size of batch: `forward` takes the rows of a batch and gives an array for each result, a number
 * for each row; `backward` gives the derivatives of the mean of the first result, and its array is used again.
 * @typedef {{forward: (rows: Float64Array) => ArrayLike<number>[], backward: () => Float64Array}} Prepared
 * @typedef {(params: Float64Array, batch: number) => Prepared} Prepare
 */

/** @param {ArrayLike<number>} numbers */
export function mean(numbers) {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i];
  return sum / numbers.length;
}

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
   * The rows of a batch, from the beginning to the end and over again; what is left over at the end is passed by.
   * @param {number} step
   * @param {number} size
   * @param {Float64Array} rows where they are put
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

/** Gradient descent on a program whose result is a loss. */
export class Descent {
  /**
   * @param {Prepare} prepare
   * @param {Float64Array} start the weights at the start; they are copied
   * @param {Images} images
   * @param {number} size images in a batch
   */
  constructor(prepare, start, images, size) {
    this.params = Float64Array.from(start);
    this.start = start;
    this.images = images;
    this.size = size;
    this.program = prepare(this.params, size);
    this.rows = new Float64Array(size * (images.size + 10));
    this.steps = 0;
    /** The largest derivative of the last step, without its sign. */
    this.steepest = Infinity;
  }

  /** @param {Float64Array} start the weights to begin with */
  restart(start = this.start) {
    this.start = start;
    this.params.set(start);
    this.steps = 0;
  }

  /**
   * One step downhill; gives the loss before it.
   * @param {number} rate
   */
  step(rate) {
    this.images.batch(this.steps, this.size, this.rows);
    const loss = mean(this.program.forward(this.rows)[0]);
    const derivatives = this.program.backward();
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
 * The share of images whose largest output, of the ten results after the loss, is that of the label.
 * @param {Prepared} answers prepared for as many images
 * @param {Images} images
 */
export function accuracy(answers, images) {
  const outputs = answers.forward(images.rows());
  let right = 0;
  images.labels.forEach((label, i) => {
    let best = 1;
    for (let digit = 2; digit <= 10; digit++) if (outputs[digit][i] > outputs[best][i]) best = digit;
    right += best - 1 === label ? 1 : 0;
  });
  return right / images.labels.length;
}
