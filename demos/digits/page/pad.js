// A canvas for drawing with the mouse, with fingers, or with the keyboard.

/** @typedef {import("./prepare.js").Size} Size */
/** @typedef {[number, number]} Point */

const PEN = 20;
const STEP = 12;
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/**
 * @typedef {object} Pad
 * @property {() => Float64Array} ink the amount of ink of each pixel, from 0 to 1
 * @property {number} side the side in pixels
 * @property {() => void} clear
 * @property {(strokes: Point[][]) => void} write draws strokes without a notification; the next stroke clears them
 * @property {(pixels: number[], size: Size) => void} put shows an image, as large as fits; the next stroke clears it
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} changed called after the drawing has changed, at most once per frame
 * @returns {Pad}
 */
export function pad(canvas, changed) {
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const side = canvas.width;
  let picture = false; // whether the canvas shows an image
  let waiting = 0;

  function clear() {
    pen.clearRect(0, 0, side, side);
    picture = false;
    cancelAnimationFrame(waiting);
  }

  /**
   * Draws a line, or a dot if its length is 0.
   * @param {Point} from
   * @param {Point} to
   */
  function line(from, to) {
    if (picture) clear();
    stroke([from, [to[0] + 0.01, to[1]]]);
    canvas.dispatchEvent(new Event("input"));
  }

  /** @param {Point[]} points */
  function stroke(points) {
    pen.lineWidth = PEN;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y);
    pen.stroke();
  }

  canvas.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(changed);
  });
  byPointer(canvas, line);
  byKeys(canvas, line);

  return {
    side,
    clear,
    ink() {
      const painted = pen.getImageData(0, 0, side, side).data;
      return Float64Array.from({ length: side * side }, (_, i) => painted[4 * i + 3] / 255);
    },
    write(strokes) {
      clear();
      strokes.forEach(stroke);
      picture = true;
    },
    put(pixels, size) {
      clear();
      const small = document.createElement("canvas");
      [small.width, small.height] = [size.width, size.height];
      paint(small, pixels);
      pen.imageSmoothingEnabled = false;
      const scale = Math.min(side / size.width, side / size.height);
      const [width, height] = [size.width * scale, size.height * scale];
      pen.drawImage(small, (side - width) / 2, (side - height) / 2, width, height);
      picture = true;
    },
  };
}

/**
 * Draws one stroke for each finger.
 * @param {HTMLCanvasElement} canvas
 * @param {(from: Point, to: Point) => void} line
 */
function byPointer(canvas, line) {
  /** @type {Map<number, Point>} */
  const down = new Map();
  const at = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    const share = (/** @type {number} */ x, /** @type {number} */ edge, /** @type {number} */ length) =>
      (x - edge) / length;
    return /** @type {Point} */ ([
      share(event.clientX, box.left + canvas.clientLeft, canvas.clientWidth) * canvas.width,
      share(event.clientY, box.top + canvas.clientTop, canvas.clientHeight) * canvas.height,
    ]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
    line(at(event), at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    for (const each of [...(event.getCoalescedEvents?.() ?? []), event]) {
      const from = down.get(event.pointerId);
      if (!from) return;
      line(from, at(each));
      down.set(event.pointerId, at(each));
    }
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(end, (event) => down.delete(event.pointerId));
  }
}

/**
 * The arrow keys move a pen, which a mark shows; the space bar sets it down to draw.
 * @param {HTMLCanvasElement} canvas
 * @param {(from: Point, to: Point) => void} line
 */
function byKeys(canvas, line) {
  /** @type {Point} */
  let place = [canvas.width / 2, canvas.height / 4];
  let drawing = false;
  const mark = document.createElement("span");
  mark.className = "pen";
  mark.hidden = true;
  canvas.after(mark);
  const show = () => {
    mark.style.left = `${canvas.offsetLeft + canvas.clientLeft + (place[0] / canvas.width) * canvas.clientWidth}px`;
    mark.style.top = `${canvas.offsetTop + canvas.clientTop + (place[1] / canvas.height) * canvas.clientHeight}px`;
    mark.classList.toggle("down", drawing);
    mark.hidden = false;
  };
  canvas.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (step) {
      const from = place;
      place = /** @type {Point} */ (place.map((x, axis) => Math.min(Math.max(x + step[axis], 0), canvas.width)));
      if (drawing) line(from, place);
    } else if (event.key === " ") {
      drawing = !drawing;
      if (drawing) line(place, place);
    } else return;
    event.preventDefault();
    show();
  });
  for (const end of ["blur", "pointerdown"]) {
    canvas.addEventListener(end, () => {
      mark.hidden = true;
      drawing = false;
    });
  }
}

/**
 * Fills a canvas with an image: black ink, more or less opaque.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pixels
 */
export function paint(canvas, pixels) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < pixels.length; i++) image.data[4 * i + 3] = Math.round(255 * pixels[i]);
  context.putImageData(image, 0, 0);
}

/** The style sheet's colours of positive and negative numbers on white paper. */
const signs = () =>
  ["--above", "--below"].map((name) => {
    const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  });
/** @type {number[][]} */
let colours = [];

/**
 * Fills a canvas with numbers of both signs, each in its colour.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} numbers
 * @param {number} most the number that has the full colour
 */
export function paintSigns(canvas, numbers, most) {
  if (!colours.length) colours = signs();
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < numbers.length; i++) {
    const [red, green, blue] = colours[numbers[i] > 0 ? 0 : 1];
    const opaque = Math.round(255 * Math.min(1, Math.abs(numbers[i]) / (most || 1)));
    image.data.set([red, green, blue, opaque], 4 * i);
  }
  context.putImageData(image, 0, 0);
}
