// The visible part of the picture, and its scale.

/**
 * The point (x, y) of the picture is at the upper left of the screen, magnified by `scale`.
 * @typedef {{x: number, y: number, scale: number}} Camera
 */

/** @typedef {{x: number, y: number, width: number, height: number}} Area */

const SMALLEST = 0.02;
const LARGEST = 4;

/**
 * The camera that shows a whole area, at a scale of at most 1.
 * @param {Area} area
 * @param {{width: number, height: number}} screen
 * @param {number} margin
 * @returns {Camera}
 */
export function fitting(area, screen, margin = 16, largest = 1.25) {
  const width = Math.max(area.width, 1);
  const height = Math.max(area.height, 1);
  const free = { width: Math.max(screen.width - 2 * margin, 40), height: Math.max(screen.height - 2 * margin, 40) };
  const scale = Math.max(SMALLEST, Math.min(free.width / width, free.height / height, largest));
  return {
    scale,
    x: area.x + width / 2 - screen.width / 2 / scale,
    y: area.y + height / 2 - screen.height / 2 / scale,
  };
}

/**
 * Zooms in or out around a fixed point of the screen.
 * @param {Camera} camera
 * @param {number} factor
 * @param {number} x on the screen
 * @param {number} y
 * @returns {Camera}
 */
export function zoomed(camera, factor, x, y) {
  const scale = Math.max(SMALLEST, Math.min(LARGEST, camera.scale * factor));
  return { scale, x: camera.x + x / camera.scale - x / scale, y: camera.y + y / camera.scale - y / scale };
}

/**
 * Moves by some pixels of the screen.
 * @param {Camera} camera
 * @param {number} dx
 * @param {number} dy
 * @returns {Camera}
 */
export function panned(camera, dx, dy) {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/**
 * Moves just enough to show an area; unchanged if the area is visible already.
 * @param {Camera} camera
 * @param {Area} area
 * @param {{width: number, height: number}} screen
 * @returns {Camera}
 */
export function showing(camera, area, screen, margin = 24) {
  const wide = screen.width / camera.scale;
  const high = screen.height / camera.scale;
  const edge = margin / camera.scale;
  if (area.width + 2 * edge > wide || area.height + 2 * edge > high) {
    return fitting(area, screen, margin, camera.scale);
  }
  const x = Math.min(Math.max(camera.x, area.x + area.width + edge - wide), area.x - edge);
  const y = Math.min(Math.max(camera.y, area.y + area.height + edge - high), area.y - edge);
  return x === camera.x && y === camera.y ? camera : { ...camera, x, y };
}

/**
 * The bounding box of some areas.
 * @param {Area[]} areas
 * @returns {Area}
 */
export function hull(areas) {
  const x = Math.min(...areas.map((area) => area.x));
  const y = Math.min(...areas.map((area) => area.y));
  const right = Math.max(...areas.map((area) => area.x + area.width));
  const bottom = Math.max(...areas.map((area) => area.y + area.height));
  return { x, y, width: right - x, height: bottom - y };
}

/**
 * The camera with an area in the middle of the screen, at a scale.
 * @param {Area} area
 * @param {{width: number, height: number}} screen
 * @param {number} scale
 * @returns {Camera}
 */
export function around(area, screen, scale) {
  return {
    scale,
    x: area.x + area.width / 2 - screen.width / 2 / scale,
    y: area.y + area.height / 2 - screen.height / 2 / scale,
  };
}

/**
 * Moves so that an area larger than the screen fills it, and a smaller one is centred.
 * @param {Camera} camera
 * @param {Area} area
 * @param {{width: number, height: number}} screen
 * @returns {Camera}
 */
export function within(camera, area, screen, margin = 16) {
  /** @param {number} at @param {number} start @param {number} size @param {number} seen */
  const clamped = (at, start, size, seen) => {
    const edge = margin / camera.scale;
    if (size + 2 * edge <= seen) return start + (size - seen) / 2;
    return Math.max(start - edge, Math.min(at, start + size + edge - seen));
  };
  return {
    scale: camera.scale,
    x: clamped(camera.x, area.x, area.width, screen.width / camera.scale),
    y: clamped(camera.y, area.y, area.height, screen.height / camera.scale),
  };
}
