// The hidden neurons that fire for a drawing, and their contributions to the answer.

import { paintSigns } from "./pad.js";

/** @typedef {import("./network.js").Layer} Layer */
/** @typedef {import("./prepare.js").Size} Size */

const FOR = 4;
const AGAINST = 2;

/**
 * The neurons with the largest positive and negative contributions.
 * @param {number[]} added
 */
function deciding(added) {
  const order = added.map((_, neuron) => neuron).sort((i, k) => added[k] - added[i]);
  return [
    ...order.filter((neuron) => added[neuron] > 0).slice(0, FOR),
    ...order.filter((neuron) => added[neuron] < 0).slice(-AGAINST),
  ];
}

/**
 * Makes the tiles of the neurons that contribute most to an answer.
 * @param {HTMLElement} list
 * @param {Size} size the size of the network's images
 */
export function speakers(list, size) {
  const tiles = Array.from({ length: FOR + AGAINST }, () => {
    const item = document.createElement("li");
    const image = document.createElement("canvas");
    [image.width, image.height] = [size.width, size.height];
    image.setAttribute("role", "img");
    const words = document.createElement("span");
    item.append(image, words);
    list.append(item);
    return { item, image, words };
  });
  /**
   * @param {Layer} first the layer whose weights are images
   * @param {number[] | null} added each neuron's contribution
   * @param {ArrayLike<number>} fires
   */
  return (first, added, fires) => {
    const order = added ? deciding(added) : [];
    tiles.forEach(({ item, image, words }, place) => {
      const neuron = order[place];
      item.hidden = neuron === undefined;
      if (item.hidden || !added) return;
      const weights = first.weights.subarray(neuron * (first.inputs + 1), neuron * (first.inputs + 1) + first.inputs);
      paintSigns(image, weights, Math.max(...weights.map(Math.abs)));
      image.setAttribute("aria-label", `weights of hidden neuron ${neuron}`);
      words.textContent = `no. ${neuron} fires ${fires[neuron].toFixed(2)}, adds ${added[neuron] < 0 ? "−" : "+"}${Math.abs(added[neuron]).toFixed(2)}`;
      words.className = added[neuron] < 0 ? "minus" : "plus";
    });
  };
}
