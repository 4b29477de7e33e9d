// Turns a drawing on a canvas into the network's pixels: finds the middle of each stroke, and places it in an image as
// `preparation.py` does. The size, position and pen width of a drawing therefore do not matter.

/**
 * The position of the ink in an image, as fractions of its height and width: see `Place` in preparation.py.
 * @typedef {{height: number, width: number, x: number, y: number, stroke: number, upright: boolean}} Place
 * @typedef {{height: number, width: number}} Size
 * @typedef {[number, number]} Point x to the right and y downwards
 */

/** The largest side of the bitmap on which strokes are thinned. */
const FINEST = 96;
/** The resolution of the bitmap on which ink is counted, relative to the image. */
const FINE = 4;
/** The size of the first and the last part of a digit's height, by which it is set upright. */
const BAND = 1 / 16;
/** The maximum by which setting a digit upright moves it sideways, for each unit of height. */
const STEEPEST = 2;
/** The largest factor by which a digit that is wider than high is made higher. */
const STRETCH = 1.5;
/** A drawing whose centre lines span less than this fraction of it is a dot. */
const DOT = 0.25;

/**
 * The pixels of a drawing, row by row, from 0 to 1; null if it is empty.
 * @param {Float64Array} ink the amount of ink in each cell of the drawing, row by row, from 0 to 1
 * @param {number} side the side of the drawing in cells
 * @param {Size} size the size of the image
 * @param {Place} place the position of the ink in the data
 * @returns {number[] | null}
 */
export function prepare(ink, side, size, place) {
  const line = centreLine(ink, side);
  return line.length ? lay(line, place, size) : null;
}

/**
 * The centre lines of all strokes, as points in a square of side 1 around the drawing.
 * @param {Float64Array} ink
 * @param {number} side
 * @returns {Point[]}
 */
export function centreLine(ink, side) {
  const { bitmap, cells } = cropped(ink, side);
  const thin = thinned(bitmap, cells);
  /** @type {Point[]} */
  const points = [];
  thin.forEach((inked, i) => {
    if (inked) points.push([(i % cells) / cells, Math.floor(i / cells) / cells]);
  });
  const reach = Math.max(...[0, 1].map((axis) => spread(points.map((point) => point[axis]))));
  if (reach >= DOT || points.length < 2) return points;
  const middle = points[points.length >> 1];
  return [middle];
}

/** @param {number[]} numbers */
const spread = (numbers) => (numbers.length ? Math.max(...numbers) - Math.min(...numbers) : 0);

/**
 * The square around all ink, as a bitmap with an empty margin.
 * @param {Float64Array} ink
 * @param {number} side
 */
function cropped(ink, side) {
  let [top, bottom, left, right] = [side, -1, side, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (ink[y * side + x] < 0.5) continue;
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
    }
  }
  const extent = Math.max(bottom - top, right - left) + 1;
  const step = Math.max(1, extent / FINEST);
  const cells = Math.max(0, Math.ceil(extent / step)) + 2;
  const bitmap = new Uint8Array(cells * cells);
  for (let v = 1; v < cells - 1; v++) {
    for (let u = 1; u < cells - 1; u++) {
      const [x, y] = [Math.floor(left + (u - 0.5) * step), Math.floor(top + (v - 0.5) * step)];
      bitmap[v * cells + u] = x < side && y < side && ink[y * side + x] >= 0.5 ? 1 : 0;
    }
  }
  return { bitmap, cells };
}

/**
 * Thins strokes from both sides until they are one cell wide.
 *
 * Source: T. Zhang and C. Suen, "A Fast Parallel Algorithm for Thinning Digital Patterns", 1984.
 * @param {Uint8Array} bitmap a square with empty outermost cells
 * @param {number} side
 */
function thinned(bitmap, side) {
  const cells = Uint8Array.from(bitmap);
  // The eight neighbours, clockwise from the one above.
  const around = [-side, 1 - side, 1, side + 1, side, side - 1, -1, -side - 1];
  for (let peeled = 1; peeled; ) {
    peeled = 0;
    for (const [one, other] of [
      [2, 4],
      [0, 6],
    ]) {
      const gone = [];
      for (let i = side + 1; i < cells.length - side - 1; i++) {
        if (!cells[i]) continue;
        let [neighbours, starts] = [0, 0];
        for (let k = 0; k < 8; k++) {
          const here = cells[i + around[k]];
          neighbours += here;
          starts += here < cells[i + around[(k + 1) % 8]] ? 1 : 0;
        }
        if (neighbours < 2 || neighbours > 6 || starts !== 1) continue;
        // East and south edges in the first half of a round, and north and west ones in the second.
        const [a, b] = one === 2 ? [0, 6] : [2, 4];
        if (cells[i + around[a]] && cells[i + around[one]] && cells[i + around[other]]) continue;
        if (cells[i + around[one]] && cells[i + around[other]] && cells[i + around[b]]) continue;
        gone.push(i);
      }
      for (const i of gone) cells[i] = 0;
      peeled += gone.length;
    }
  }
  return cells;
}

/**
 * An image of a line, like those of the data: upright, with the same size, position and stroke width.
 * @param {Point[]} line
 * @param {Place} place
 * @param {Size} size
 */
export function lay(line, place, size) {
  const ys = line.map((point) => point[1]);
  const top = Math.min(...ys);
  const tallness = spread(ys);
  const lean = place.upright && tallness > 0 ? slant(line, top, tallness) : 0;
  const xs = line.map(([x, y]) => x - lean * (y - top));
  const left = Math.min(...xs);
  const wideness = spread(xs);
  const pen = place.stroke * size.height;
  const highest = Math.max(place.height * size.height - pen, 0) / Math.max(tallness, 1e-9);
  const wide = Math.min(highest, Math.max(place.width * size.width - pen, 0) / Math.max(wideness, 1e-9));
  const tall = Math.min(highest, STRETCH * wide);
  return stamped(
    xs.map((x) => (x - left - wideness / 2) * wide + place.x * size.width),
    ys.map((y) => (y - top - tallness / 2) * tall + place.y * size.height),
    pen / 2,
    size,
  );
}

/**
 * The distance of the last part's leftmost ink from that of the first, for each unit of height.
 * @param {Point[]} line
 * @param {number} top
 * @param {number} tallness
 */
function slant(line, top, tallness) {
  const leftmost = (/** @type {Point[]} */ part) => Math.min(...part.map((point) => point[0]));
  const first = line.filter((point) => point[1] <= top + BAND * tallness);
  const last = line.filter((point) => point[1] >= top + (1 - BAND) * tallness);
  const lean = (leftmost(last) - leftmost(first)) / (tallness * (1 - BAND));
  return Math.min(Math.max(lean, -STEEPEST), STEEPEST);
}

/**
 * Discs around points, which are given in pixels, sampled on a finer bitmap.
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {number} radius
 * @param {Size} size
 */
function stamped(xs, ys, radius, size) {
  const [height, width] = [size.height * FINE, size.width * FINE];
  const reach = radius * FINE;
  const fine = new Uint8Array(height * width);
  xs.forEach((_, i) => {
    const [x, y] = [xs[i] * FINE, ys[i] * FINE];
    for (let v = Math.max(0, Math.floor(y - reach)); v <= Math.min(height - 1, y + reach); v++) {
      for (let u = Math.max(0, Math.floor(x - reach)); u <= Math.min(width - 1, x + reach); u++) {
        if ((u + 0.5 - x) ** 2 + (v + 0.5 - y) ** 2 <= reach * reach) fine[v * width + u] = 1;
      }
    }
  });
  const pixels = new Array(size.height * size.width).fill(0);
  fine.forEach((inked, i) => {
    const [v, u] = [Math.floor(i / width), i % width];
    pixels[Math.floor(v / FINE) * size.width + Math.floor(u / FINE)] += inked / FINE ** 2;
  });
  return pixels;
}

/**
 * The bilinear weight of each old pixel along an edge in each new one, as in resizing.py.
 * @param {number} before
 * @param {number} after
 */
function weights(before, after) {
  return Array.from({ length: after }, (_, i) => {
    const centre = Math.min(Math.max(((i + 0.5) * before) / after - 0.5, 0), before - 1);
    return Array.from({ length: before }, (_, k) => Math.max(0, 1 - Math.abs(centre - k)));
  });
}

/**
 * The pixels of an image of side × side, by bilinear interpolation.
 * @param {number[]} pixels
 * @param {Size} size
 * @param {number} side
 */
export function resize(pixels, size, side) {
  const down = weights(size.height, side);
  const across = weights(size.width, side);
  const rows = down.map((row) =>
    Array.from({ length: size.width }, (_, x) =>
      row.reduce((sum, weight, y) => sum + weight * pixels[y * size.width + x], 0),
    ),
  );
  return rows.flatMap((row) => across.map((column) => column.reduce((sum, weight, x) => sum + weight * row[x], 0)));
}
