// Where in a network's parameters its layers stand: each neuron's weights and its bias in a row.

/** @typedef {{weights: Float64Array, inputs: number, outputs: number}} Layer */

/**
 * @param {Float64Array} params
 * @param {{inputs: number, outputs: number}[]} shapes
 * @returns {Layer[]} which show what `params` holds
 */
export function layersOf(params, shapes) {
  let start = 0;
  return shapes.map((shape) => {
    const length = shape.outputs * (shape.inputs + 1);
    const weights = params.subarray(start, start + length);
    start += length;
    return { ...shape, weights };
  });
}

/**
 * What each neuron of the last hidden layer adds to the sum behind an output: how much it fires, times its weight there.
 * @param {Layer} last
 * @param {number[]} fires
 * @param {number} digit
 */
export function contributions(last, fires, digit) {
  return fires.map((fire, neuron) => fire * last.weights[digit * (last.inputs + 1) + neuron]);
}
