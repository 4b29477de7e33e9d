// Ten confidences as bars and in words.

/** Below this confidence the answer is a guess, as in drawing.py. */
const UNSURE = 0.5;

/** @param {ArrayLike<number>} outputs */
export function top(outputs) {
  let best = 0;
  for (let i = 1; i < outputs.length; i++) if (outputs[i] > outputs[best]) best = i;
  return best;
}

/**
 * A digit with its indefinite article: an 8, a 3.
 * @param {number} digit
 */
export function a(digit) {
  return digit === 8 ? "an 8" : `a ${digit}`;
}

/** @param {ArrayLike<number> | null} outputs */
export function inWords(outputs) {
  if (!outputs) return "Nothing is drawn yet.";
  const digit = top(outputs);
  const confidence = outputs[digit].toFixed(2);
  return outputs[digit] >= UNSURE
    ? `It looks like ${a(digit)}, with confidence ${confidence}.`
    : `Not sure: perhaps ${a(digit)}, with confidence ${confidence}.`;
}

/**
 * Makes a list of ten bars.
 * @param {HTMLElement} list
 * @returns {(outputs: ArrayLike<number> | null, label?: number) => void} shows confidences; null empties the bars
 */
export function bars(list) {
  list.classList.add("bars");
  const items = Array.from({ length: 10 }, (_, digit) => {
    const item = document.createElement("li");
    item.innerHTML = `<b>${digit}</b><span class="bar"><span></span></span><span>–</span>`;
    list.append(item);
    return item;
  });
  return (outputs, label) => {
    const best = outputs && top(outputs);
    items.forEach((item, digit) => {
      const confidence = outputs ? outputs[digit] : 0;
      item.dataset.confidence = outputs ? String(confidence) : "";
      /** @type {HTMLElement} */ (item.querySelector(".bar span")).style.width = `${100 * confidence}%`;
      /** @type {HTMLElement} */ (item.lastElementChild).textContent = outputs ? confidence.toFixed(3) : "–";
      item.classList.toggle("top", digit === best);
      item.classList.toggle("label", digit === label);
    });
  };
}
