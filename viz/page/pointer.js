// Handles clicks, drags, pinches and scrolling in the picture.

import * as cameras from "./camera.js";

/** @typedef {import("./app.js").App} App */

/** The pixels of a drag that changes a leaf by its own size. */
const REACH = 200;
/** A press that moves fewer pixels is a click. */
const STILL = 4;

/**
 * The part that is held, with its number if it is a leaf.
 * @typedef {{id: string, leaf: number, from: number, x: number, y: number, moved: boolean}} Grip
 */

/** @param {App} app */
export function listenToPointers(app) {
  const { picture } = app;
  /** @type {Map<number, PointerEvent>} */
  const pointers = new Map();
  /** @type {Grip | null} */
  let grip = null;
  picture.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, event);
    grip = gripped(app, event);
    const held = document.getElementById(grip.id);
    (held instanceof SVGElement ? held : picture).focus({ preventScroll: true });
  });
  // After a touch, a browser would move the focus to what then is there.
  picture.addEventListener("mousedown", (event) => event.preventDefault());
  picture.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before || !grip) return;
    if (!grip.moved && Math.hypot(event.clientX - grip.x, event.clientY - grip.y) < STILL) return;
    if (!grip.moved) picture.setPointerCapture(event.pointerId);
    const other = Array.from(pointers.values()).find((each) => each.pointerId !== event.pointerId);
    if (other) pinch(app, other, before, event);
    else if (grip.leaf >= 0) turn(app, grip, event);
    else app.moveTo(cameras.panned(app.camera, event.clientX - before.clientX, event.clientY - before.clientY));
    grip.moved = true;
    pointers.set(event.pointerId, event);
  });
  /** @param {PointerEvent} event */
  const release = (event) => {
    pointers.delete(event.pointerId);
    if (grip && !grip.moved && event.type === "pointerup") press(app, grip.id);
    if (!pointers.size) grip = null;
  };
  picture.addEventListener("pointerup", release);
  picture.addEventListener("pointercancel", release);
  picture.addEventListener("wheel", (event) => wheel(app, event), { passive: false });
  picture.addEventListener("pointerover", (event) => app.hover(idAt(event.target)));
  picture.addEventListener("pointerleave", () => app.hover(""));
  picture.addEventListener("focusin", (event) => app.hover(idAt(event.target)));
}

/**
 * The id of the part at a position, or empty.
 * @param {EventTarget | null} target
 */
export function idAt(target) {
  return target instanceof Element ? (target.closest("#world [tabindex]")?.id ?? "") : "";
}

/**
 * @param {App} app
 * @param {PointerEvent} event
 * @returns {Grip}
 */
function gripped(app, event) {
  const id = idAt(event.target);
  const node = id.startsWith("n") ? Number(id.slice(1)) : -1;
  const leaf = app.isLeaf(node) ? node : -1;
  const from = leaf < 0 ? 0 : app.state.numbers.data[leaf];
  return { id, leaf, from, x: event.clientX, y: event.clientY, moved: false };
}

/**
 * Changes a leaf by the distance of a drag.
 * @param {App} app
 * @param {Grip} grip
 * @param {PointerEvent} event
 */
function turn(app, grip, event) {
  const by = ((event.clientX - grip.x) * Math.max(Math.abs(grip.from), 1)) / REACH;
  if (!grip.moved) app.choose(grip.id);
  app.set(grip.leaf, rounded(grip.from + by), grip.moved);
}

/**
 * Rounds to four digits, which are enough for numbers set by hand.
 * @param {number} x
 */
export function rounded(x) {
  return Number(x.toPrecision(4));
}

/**
 * @param {App} app
 * @param {string} id
 */
function press(app, id) {
  const found = app.scene.byId.get(id);
  if (found && found.box >= 0) app.enter(found.box);
  else app.choose(found ? id : "");
  if (found) app.focus(id);
}

/**
 * @param {App} app
 * @param {PointerEvent} fixed
 * @param {PointerEvent} before
 * @param {PointerEvent} after
 */
function pinch(app, fixed, before, after) {
  const area = app.picture.getBoundingClientRect();
  /** @param {PointerEvent} event */
  const apart = (event) => Math.hypot(event.clientX - fixed.clientX, event.clientY - fixed.clientY);
  const x = (fixed.clientX + after.clientX) / 2 - area.left;
  const y = (fixed.clientY + after.clientY) / 2 - area.top;
  app.moveTo(cameras.zoomed(app.camera, apart(after) / Math.max(apart(before), 1), x, y));
}

/**
 * @param {App} app
 * @param {WheelEvent} event
 */
function wheel(app, event) {
  event.preventDefault();
  const area = app.picture.getBoundingClientRect();
  const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
  app.moveTo(cameras.zoomed(app.camera, factor, event.clientX - area.left, event.clientY - area.top));
}
