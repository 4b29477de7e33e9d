// Helper functions of the figures.

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return /** @type {T} */ (found);
}

/**
 * @param {string} id
 * @param {string | number} text
 */
export function write(id, text) {
  part(id).textContent = String(text);
}

/**
 * A number with its sign.
 * @param {number} number
 * @param {number} digits
 */
export function signed(number, digits) {
  return `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(digits)}`;
}

/**
 * Calls a function once, when an element comes into view.
 * @param {Element} element
 * @param {() => void} come
 */
export function whenSeen(element, come) {
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      come();
    },
    { threshold: 0.4 },
  );
  watch.observe(element);
}

/** Whether the reader prefers reduced motion. */
export function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
