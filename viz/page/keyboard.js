// Keyboard commands, in the picture and elsewhere.

import * as cameras from "./camera.js";
import { input } from "./dom.js";
import { isSum } from "./graph.js";
import { idAt, rounded } from "./pointer.js";
import { lastPosition } from "./stepping.js";

/** @typedef {import("./app.js").App} App */

/** @type {Record<string, [number, number]>} by how many pixels an arrow moves the view */
const PANS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

/** @param {App} app */
export function listenToKeys(app) {
  const anywhere = keysOf(app);
  document.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.id !== "slider";
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && !typing) {
      event.preventDefault();
      app.undo();
      return;
    }
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (app.picture.contains(target) && keyInPicture(app, event)) {
      event.preventDefault();
      return;
    }
    const pressing = /^(BUTTON|SUMMARY)$/.test(target.tagName) && event.key === " ";
    if (pressing || !(event.key in anywhere)) return;
    event.preventDefault();
    anywhere[event.key]();
  });
}

/**
 * @param {App} app
 * @returns {Record<string, () => void>}
 */
export function keysOf(app) {
  const forth = () => app.jump(app.state.position + 1);
  const back = () => app.jump(app.state.position - 1);
  return {
    ArrowRight: forth,
    ArrowLeft: back,
    ".": forth,
    ",": back,
    Home: () => app.jump(0),
    End: () => app.jump(lastPosition(app.graph)),
    " ": () => app.play(),
    "+": () => app.zoom(1.25),
    "-": () => app.zoom(0.8),
    0: () => app.fit(),
    "/": () => input("find").focus(),
    Escape: () => app.choose(""),
  };
}

/**
 * Handles a key in the picture; returns whether it has a meaning there.
 * @param {App} app
 * @param {KeyboardEvent} event
 */
function keyInPicture(app, event) {
  const found = app.scene.byId.get(idAt(event.target));
  const pan = PANS[event.key];
  if (pan && (event.shiftKey || !found)) {
    app.moveTo(cameras.panned(app.camera, ...pan));
    return true;
  }
  if (!found) return false;
  if (app.isLeaf(found.node) && changeLeaf(app, found.node, event.key)) return true;
  if (pan) {
    moveOn(app, found.id, event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1);
    return true;
  }
  if (event.key !== "Enter") return false;
  if (found.box >= 0) {
    app.enter(found.box);
    app.focus(found.id);
  } else {
    app.choose(found.id);
    if (app.isLeaf(found.node)) input("leaf-data").focus();
    if (isSum(app.graph, found.node)) {
      app.spell(found.node);
      app.focus(found.id);
    }
  }
  return true;
}

/**
 * Up and down change a leaf; digits start typing its number.
 * @param {App} app
 * @param {number} leaf
 * @param {string} key
 */
function changeLeaf(app, leaf, key) {
  if (/^(ArrowUp|ArrowDown|PageUp|PageDown)$/.test(key)) {
    const data = app.state.numbers.data[leaf];
    const tenth = 10 ** Math.floor(Math.log10(Math.max(Math.abs(data), 0.1)) - 1);
    const step = (key.startsWith("Page") ? 10 : 1) * (key.endsWith("Up") ? tenth : -tenth);
    app.choose(`n${leaf}`);
    app.set(leaf, rounded(data + step), app.state.nudge?.leaf === leaf);
    return true;
  }
  if (!/^[-.\d]$/.test(key)) return false;
  app.choose(`n${leaf}`);
  const field = input("leaf-data");
  field.focus();
  field.value = key;
  field.dispatchEvent(new Event("input"));
  return true;
}

/**
 * Goes to the next or the previous part.
 * @param {App} app
 * @param {string} id
 * @param {number} by
 */
function moveOn(app, id, by) {
  const { parts } = app.scene;
  const next = parts[parts.findIndex((each) => each.id === id) + by];
  if (!next) return;
  app.focus(next.id);
  if (!next.open) app.choose(next.id);
}
