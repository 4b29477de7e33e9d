// Curves in the article's charts: the geometry is that of chart.py.

export const WIDTH = 360;
export const HEIGHT = 190;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 8, 8, 34];

/**
 * Draws losses over steps, on a logarithmic scale; points beyond an edge are drawn at it.
 * @param {SVGPolylineElement} line
 * @param {number[]} losses
 */
export function drawLosses(line, losses) {
  const [steps, low, high] = [line.dataset.steps, line.dataset.low, line.dataset.high].map(Number);
  const height = (/** @type {number} */ loss) =>
    TOP + (HEIGHT - TOP - BOTTOM) * (1 - Math.log(clamped(loss, low, high) / low) / Math.log(high / low));
  // No more points than a screen can show.
  const stride = Math.max(1, Math.floor(losses.length / 600));
  const corners = [];
  for (let step = 0; step < losses.length; step += stride) {
    corners.push(`${across(step / Math.max(steps - 1, 1)).toFixed(1)},${height(losses[step]).toFixed(1)}`);
  }
  line.setAttribute("points", corners.join(" "));
}

/** @param {number} share */
export function across(share) {
  return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(share, 1);
}

/**
 * The position of a number on a linear scale.
 * @param {number} number
 * @param {number} low
 * @param {number} high
 */
export function up(number, low, high) {
  return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (clamped(number, low, high) - low) / (high - low || 1));
}

/**
 * @param {number} number
 * @param {number} low
 * @param {number} high
 */
function clamped(number, low, high) {
  return Number.isNaN(number) ? high : Math.min(Math.max(number, low), high);
}

/**
 * Smooths losses by the mean of the last few.
 * @param {number} count
 */
export function smoother(count) {
  /** @type {number[]} */
  let last = [];
  return (/** @type {number} */ loss) => {
    last = [...last.slice(1 - count), loss];
    return last.reduce((sum, each) => sum + each, 0) / last.length;
  };
}
