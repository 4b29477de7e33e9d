// The layers in a network's vector of parameters: each neuron's weights, followed by its bias.

/** @typedef {{weights: Float64Array, inputs: number, outputs: number}} Layer */

/**
 * @param {Float64Array} params
 * @param {{inputs: number, outputs: number}[]} shapes
 * @returns {Layer[]} views of `params`
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
 * The contribution of each neuron in the last hidden layer to an output's sum: its activation times its weight there.
 * @param {Layer} last
 * @param {number[]} fires
 * @param {number} digit
 */
export function contributions(last, fires, digit) {
  return fires.map((fire, neuron) => fire * last.weights[digit * (last.inputs + 1) + neuron]);
}
