// The network as the report holds it: layer after layer, each neuron's weights and bias in a row.

/** @typedef {{weights: Float64Array | Float32Array, inputs: number, outputs: number, activation: string}} Layer */

/** @type {Record<string, (sum: number) => number>} */
const BENT = {
  relu: (sum) => Math.max(0, sum),
  sigmoid: (sum) => 1 / (1 + Math.exp(-sum)),
  tanh: Math.tanh,
  linear: (sum) => sum,
};

/**
 * What each layer gives for some pixels, the confidences last: the same sums as in Python.
 * @param {Layer[]} layers
 * @param {ArrayLike<number>} pixels
 * @returns {Float64Array[]}
 */
export function outputs(layers, pixels) {
  /** @type {Float64Array[]} */
  const found = [];
  let given = Float64Array.from(pixels);
  for (const layer of layers) {
    given = Float64Array.from({ length: layer.outputs }, (_, neuron) => {
      const start = neuron * (layer.inputs + 1);
      let sum = layer.weights[start + layer.inputs];
      for (let i = 0; i < layer.inputs; i++) sum += layer.weights[start + i] * given[i];
      return BENT[layer.activation](sum);
    });
    found.push(given);
  }
  return found;
}

/**
 * The layers of a network whose numbers stand in one row, in the order of its parameters.
 * @param {Float64Array | Float32Array} numbers
 * @param {{inputs: number, outputs: number, activation: string}[]} shapes
 * @returns {Layer[]}
 */
export function layersOf(numbers, shapes) {
  let start = 0;
  return shapes.map((shape) => {
    const length = shape.outputs * (shape.inputs + 1);
    const weights = numbers.subarray(start, start + length);
    start += length;
    return { ...shape, weights };
  });
}

/**
 * What each neuron of the last hidden layer adds to the sum behind an output: how much it fires, times its weight there.
 * @param {Layer[]} layers
 * @param {Float64Array[]} found of `outputs`
 * @param {number} digit
 */
export function contributions(layers, found, digit) {
  const last = layers[layers.length - 1];
  const fires = found[layers.length - 2];
  return Array.from(fires, (fire, neuron) => fire * last.weights[digit * (last.inputs + 1) + neuron]);
}
