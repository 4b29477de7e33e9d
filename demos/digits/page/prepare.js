"use strict";
// From what is drawn on the canvas to the pixels that the network takes: prepared as the data were, so that what
// people draw looks to the network like what it learned from. All fields are square, given row by row, 1 for ink.

// The squared distance of each cell to the nearest marked one, row by row and then column by column.
// Source: P. Felzenszwalb and D. Huttenlocher, "Distance Transforms of Sampled Functions", 2012, algorithm 1.
function squaredDistances(marked, side) {
  const far = 4 * side * side;
  const field = Float64Array.from(marked, (cell) => (cell ? 0 : far));
  const line = new Float64Array(side);
  const lowest = new Int32Array(side);
  const from = new Float64Array(side + 1);
  function along(start, step) {
    for (let q = 0; q < side; q++) line[q] = field[start + q * step];
    let k = 0;
    lowest[0] = 0;
    from[0] = -Infinity;
    for (let q = 1; q < side; q++) {
      const meets = (r) => (line[q] + q * q - line[r] - r * r) / (2 * (q - r));
      while (k >= 0 && meets(lowest[k]) <= from[k]) k--;
      from[k + 1] = k < 0 ? -Infinity : meets(lowest[k]);
      lowest[++k] = q;
    }
    from[k + 1] = Infinity;
    for (let q = 0, j = 0; q < side; q++) {
      while (from[j + 1] < q) j++;
      field[start + q * step] = (q - lowest[j]) ** 2 + line[lowest[j]];
    }
  }
  for (let x = 0; x < side; x++) along(x, side);
  for (let y = 0; y < side; y++) along(y * side, 1);
  return field;
}

// How far each cell is from the edge of the ink: below 0 within it.
function edgeDistances(ink, side) {
  const outside = squaredDistances(ink.map((cell) => cell >= 0.5), side);
  const inside = squaredDistances(ink.map((cell) => cell < 0.5), side);
  return outside.map((d, i) => (d > 0 ? Math.sqrt(d) - 0.5 : 0.5 - Math.sqrt(inside[i])));
}

// The first and last cell of each row whose distance from the ink is at most `reach`, and how many there are in all.
function outline(distance, side, reach) {
  const rows = [];
  let cells = 0;
  for (let y = 0; y < side; y++) {
    let first = -1;
    let last = -1;
    for (let x = 0; x < side; x++) {
      if (distance[y * side + x] > reach) continue;
      if (first < 0) first = x;
      last = x;
      cells++;
    }
    if (first >= 0) rows.push([y, first, last]);
  }
  return { rows, cells };
}

// Where the ink lies and how it is to be scaled, with strokes made thicker by `reach` (thinner, below 0) on each side:
// set upright, then as high as the data's, and no wider.
function placed(distance, side, reach, size, place) {
  const { rows, cells } = outline(distance, side, reach);
  if (!cells) return null;
  const top = rows[0][0];
  const height = rows[rows.length - 1][0] - top + 1;
  // Upright as the data: the leftmost ink of the first and of the last row one above the other.
  const band = Math.max(1, Math.round(height / 32));
  const leftmost = (part) => Math.min(...part.map((row) => row[1]));
  const lean = place.upright && height > band ? (leftmost(rows.slice(-band)) - leftmost(rows.slice(0, band))) / (height - band) : 0;
  const shift = (y) => lean * (y - top);
  const left = Math.min(...rows.map(([y, first]) => first - shift(y)));
  const width = Math.max(...rows.map(([y, , last]) => last - shift(y))) - left + 1;
  const tall = (place.height * size.height) / height;
  const wide = Math.min(tall, (place.width * size.width) / width);
  return { top, left, height, width, shift, tall, wide, share: (scale) => (scale * tall * wide) / (size.height * size.width), cells };
}

// The pixels, row by row from 0 to 1, of a drawing of side × side cells; null where nothing is drawn.
function prepare(ink, side, size, place) {
  const distance = edgeDistances(ink, side);
  let box = placed(distance, side, 0, size, place);
  if (!box) return null;
  let filled = (cell) => ink[cell];
  if (Math.abs(box.share(ink.reduce((sum, cell) => sum + cell, 0)) - place.ink) > place.tolerance) {
    // A pen much thicker or thinner than those of the data: as much ink as they have.
    let thin = -side / 8;
    let thick = side / 8;
    for (let i = 0; i < 14; i++) {
      const reach = (thin + thick) / 2;
      const tried = placed(distance, side, reach, size, place);
      if (!tried || tried.share(tried.cells) < place.ink) thin = reach;
      else thick = reach;
    }
    box = placed(distance, side, thick, size, place);
    filled = (cell) => (distance[cell] <= thick ? 1 : 0);
  }
  // A bitmap four times as fine as the image, whose blocks of 4×4 are counted.
  const pixels = new Array(size.height * size.width).fill(0);
  for (let y = 0; y < 4 * size.height; y++) {
    const v = Math.floor(((y + 0.5) / 4 - place.y * size.height) / box.tall + box.height / 2 + box.top);
    if (v < 0 || v >= side) continue;
    for (let x = 0; x < 4 * size.width; x++) {
      const u = Math.floor(((x + 0.5) / 4 - place.x * size.width) / box.wide + box.width / 2 + box.left + box.shift(v));
      if (u >= 0 && u < side) pixels[(y >> 2) * size.width + (x >> 2)] += filled(v * side + u) / 16;
    }
  }
  return pixels;
}

// How much each of the old pixels along an edge counts in each of the new ones: bilinear, as in resizing.py.
function weights(before, after) {
  return Array.from({ length: after }, (_, i) => {
    const centre = Math.min(Math.max(((i + 0.5) * before) / after - 0.5, 0), before - 1);
    return Array.from({ length: before }, (_, k) => Math.max(0, 1 - Math.abs(centre - k)));
  });
}

function resize(pixels, size, side) {
  const down = weights(size.height, side);
  const across = weights(size.width, side);
  const rows = down.map((row) =>
    Array.from({ length: size.width }, (_, x) => row.reduce((sum, weight, y) => sum + weight * pixels[y * size.width + x], 0)),
  );
  return rows.flatMap((row) => across.map((column) => column.reduce((sum, weight, x) => sum + weight * row[x], 0)));
}
