// The page as an object: its state, what it draws, and how readers change it.

import * as primitives from "../../autograd/primitives.js";
import * as address from "./address.js";
import * as cameras from "./camera.js";
import { part, say } from "./dom.js";
import { decoded, isLeaf } from "./graph.js";
import { heatOf, membersOf, outputsOf } from "./heat.js";
import { ACROSS } from "./layout.js";
import { namesOf } from "./names.js";
import { along, showChanges, showControls, showLesson, showSelected } from "./panels.js";
import { draw, paint, paintHeat, shortName } from "./picture.js";
import { sceneOf } from "./scene.js";
import * as states from "./state.js";
import { lastPosition, placeAt, stepsBack } from "./stepping.js";

/** @typedef {import("./picture.js").Look} Look */
/** @typedef {import("./graph.js").Program} Program */
/** @typedef {import("./graph.js").Source & {format: string, live?: boolean, selected?: number}} Source */

/** Milliseconds between steps at speed 1. */
const PAUSE = 1600;
/** The maximum number of scalars that are shown one by one at the start, on a wide and on a narrow screen. */
const FEW = { wide: 300, narrow: 40 };
/** Milliseconds after the last change before slow parts are drawn. */
const REST = 60;
/** The smallest legible scale: that of text 9 pixels high. */
const READABLE = 0.75;
/** The smallest scale at which a wide screen shows a whole picture unasked. */
const OVERVIEW = 0.6;
/** The width of a screen, in pixels, below which a picture that is too wide always goes downwards. */
const NARROW = 600;
/** The pixels around the picture on a screen that it fits. */
const EDGE = 16;
/** A sheet of paper, in pixels, with room for words. */
const PAPER = { width: 680, height: 800 };
/** The largest scale of a picture on paper. */
const LARGEST_PRINT = 1.25;
/** The largest distance at which an operand is shown together with its result. */
const FAR = 700;
const FONT = "600 12px Helvetica, Arial, sans-serif";

export class App {
  /**
   * @param {Source} source
   * @param {(functions: typeof primitives) => Program} program
   */
  constructor(source, program) {
    this.graph = decoded(source, program(primitives));
    this.format = source.format;
    this.picture = part("picture");
    this.small = this.graph.count <= (this.isNarrow() ? FEW.narrow : FEW.wide);
    this.state = states.initial(this.graph, new Set(this.small ? this.graph.boxes.keys() : []));
    this.names = namesOf(this.graph, this.state.numbers.data);
    this.members = membersOf(this.graph);
    this.outputs = outputsOf(this.graph);
    /** @type {Map<number, import("./heat.js").Heat>} for the boxes that have been shown closed */
    this.heats = new Map();
    this.measure = measureOf();
    this.way = ACROSS;
    /** @type {import("./layout.js").Way | null} the direction on the screen, while the picture is on paper */
    this.onScreen = null;
    this.scene = this.laidOut(this.way);
    /** @type {Set<string>} */
    this.lit = new Set();
    this.camera = { x: 0, y: 0, scale: 1 };
    /** The camera that was not moved by the reader. */
    this.home = this.camera;
    /** @type {(() => void)[]} called after each change, to show more */
    this.also = [];
    /** @type {(message: object) => void} sends the reader's actions to the process that the page follows */
    this.tell = () => {};
    this.pending = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.turning = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    draw(this.scene, this.look());
  }

  // Showing

  /** @returns {import("./scene.js").Measure} */
  measures() {
    return {
      text: this.measure,
      name: (node) => shortName(this.graph, this.names, node),
      box: (box) => ({ width: Math.max(190, this.measure(this.graph.boxes[box].title) + 100), height: 118 }),
    };
  }

  /** @param {number} box */
  heatFor(box) {
    const heat = this.heats.get(box) ?? heatOf(this.graph, this.members[box]);
    this.heats.set(box, heat);
    return heat;
  }

  /** @returns {Look} */
  look() {
    const { graph, state, names, format, members, outputs, lit } = this;
    const all = states.allGradients(graph, state);
    const done = stepsBack(graph, state.position) === graph.order.length;
    const grads = done ? all : states.presentGradients(graph, state);
    return { graph, state, names, all, grads, format, members, outputs, heatFor: (box) => this.heatFor(box), lit };
  }

  /** Shows all changes, once per animation frame. */
  changed() {
    if (!this.pending) this.pending = requestAnimationFrame(() => this.show());
  }

  show() {
    this.pending = 0;
    const look = this.look();
    paint(this.scene, look);
    showLesson(look);
    showSelected(look);
    showChanges(look);
    showControls(look);
    for (const show of this.also) show();
    this.aim();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), REST);
  }

  /** Draws slow parts a little later, after the last change. */
  rest() {
    paintHeat(this.scene, this.look());
    try {
      history.replaceState(null, "", address.written(this.graph, this.state, this.names));
    } catch {
      // A sandboxed frame has no address of its own.
    }
  }

  /** Lays out the picture again, after a box was opened or closed. */
  rebuild() {
    const stop = document.querySelector('#world [tabindex="0"]')?.id;
    const focused = document.activeElement?.id;
    if (this.isNarrow() && !this.onScreen) this.way = this.bestWay();
    this.scene = this.laidOut(this.way);
    draw(this.scene, this.look());
    const again = (stop && document.getElementById(stop)) || document.querySelector("#world [tabindex]");
    again?.setAttribute("tabindex", "0");
    if (again instanceof SVGElement && again.id === focused) again.focus({ preventScroll: true });
  }

  /** @param {import("./layout.js").Way} way */
  laidOut(way) {
    return sceneOf(this.graph, this.state.open, this.measures(), this.state.spelled, way);
  }

  /**
   * The direction in which the picture can be read best on a screen, or on paper.
   * @param {{width: number, height: number}} screen
   */
  bestWay(screen = this.screen()) {
    const down = { down: true, room: screen.width / READABLE - 2 * EDGE };
    const [across, below] = [ACROSS, down].map((way) => cameras.fitting(wholeOf(this.laidOut(way)), screen).scale);
    return across < READABLE && (below > across || screen.width < NARROW) ? down : ACROSS;
  }

  /**
   * A little after the last change of the screen, turns the picture if that makes it easier to read, and shows it anew
   * unless the reader looks elsewhere.
   */
  resized() {
    if (this.onScreen) return;
    this.changed();
    clearTimeout(this.turning);
    this.turning = setTimeout(() => {
      if (this.screen().width <= 0) return;
      const { down, room } = this.bestWay();
      const turned = down !== this.way.down || room !== this.way.room;
      this.way = { down, room };
      if (turned) this.rebuild();
      if (turned || this.camera === this.home) this.comeNear();
      this.changed();
    }, REST);
  }

  /** Names nodes again: unlabelled leaves, and expressions of them, are named by their numbers. */
  rename() {
    this.names = namesOf(this.graph, this.state.numbers.data);
    for (const { id, node } of this.scene.parts) {
      const text = document.querySelector(`#${id} .name`);
      if (text && node >= 0) say(text, shortName(this.graph, this.names, node));
    }
  }

  // Looking around

  /** The size of the picture's area, above the buttons in it. */
  screen() {
    const { clientWidth: width, clientHeight: height } = this.picture;
    return { width, height: height - part("lens").offsetHeight };
  }

  isNarrow() {
    const { width } = this.screen();
    return width > 0 && width < NARROW;
  }

  /** The smallest scale that is chosen unasked. */
  leastScale() {
    return this.isNarrow() ? READABLE : OVERVIEW;
  }

  aim() {
    if (this.onScreen) return;
    const { x, y, scale } = this.camera;
    part("world").setAttribute("transform", `scale(${scale}) translate(${-x} ${-y})`);
  }

  /** @param {import("./camera.js").Camera} camera */
  moveTo(camera) {
    this.camera = camera;
    this.aim();
  }

  fit() {
    this.moveTo(cameras.fitting(wholeOf(this.scene), this.screen()));
  }

  /**
   * Shows the whole picture in the available room, as for printing, or restores the earlier view.
   * @param {boolean} whole
   */
  spread(whole) {
    if (whole === (this.onScreen !== null)) return;
    const before = this.onScreen ?? this.way;
    this.onScreen = whole ? before : null;
    this.way = whole ? this.bestWay(PAPER) : before;
    this.rebuild();
    const { picture, scene } = this;
    if (whole) {
      part("world").removeAttribute("transform");
      picture.setAttribute("viewBox", `-8 -8 ${scene.width + 16} ${scene.height + 16}`);
      picture.style.maxWidth = `${LARGEST_PRINT * scene.width}px`;
    } else {
      picture.removeAttribute("viewBox");
      picture.style.maxWidth = "";
    }
    this.show();
    this.rest();
  }

  /** @param {number} factor */
  zoom(factor) {
    const { width, height } = this.screen();
    this.moveTo(cameras.zoomed(this.camera, factor, width / 2, height / 2));
  }

  /** Moves just enough to show the active node and its neighbours. */
  follow() {
    const { node } = placeAt(this.graph, this.state.position);
    if (node < 0) return;
    const at = this.scene.partOf(node);
    const near = this.scene.links.filter(({ to, from }) => to === at && Math.hypot(from.x - at.x, from.y - at.y) < FAR);
    const area = cameras.hull([at, ...near.slice(0, 12).map((link) => link.from)]);
    const camera = cameras.showing(this.camera, area, this.screen());
    this.moveTo(camera.scale < READABLE ? cameras.showing(this.camera, at, this.screen()) : camera);
  }

  /** Shows the whole picture or, if that is illegibly small, a part: the selected node, or the step. */
  comeNear() {
    this.fit();
    this.home = this.camera;
    if (this.camera.scale >= this.leastScale()) return;
    const { node, phase } = placeAt(this.graph, this.state.position);
    const whole = wholeOf(this.scene);
    const first = this.scene.parts.reduce((part, each) => (each.y < part.y ? each : part));
    const start = this.scene.down ? first : { ...whole, width: 0 };
    const there = phase === "start" ? start : this.scene.partOf(node < 0 ? this.graph.root : node);
    const at = this.scene.byId.get(this.state.selected) ?? there;
    this.moveTo(cameras.within(cameras.around(at, this.screen(), READABLE), whole, this.screen()));
    this.home = this.camera;
  }

  /** @param {string} id */
  lookAt(id) {
    const found = this.scene.byId.get(id);
    if (found) this.bring(found);
  }

  /**
   * Moves just enough to show an area, or its beginning if the whole would be illegibly small.
   * @param {import("./camera.js").Area} area
   * @param {import("./camera.js").Camera} camera the view before
   */
  bring(area, camera = this.camera) {
    const seen = cameras.showing(camera, area, this.screen());
    const start = { scale: READABLE, x: -Infinity, y: -Infinity };
    const legible = seen.scale >= Math.min(camera.scale, this.leastScale());
    this.moveTo(legible ? seen : cameras.within(start, area, this.screen()));
  }

  /**
   * Opens a box in place, or closes it and the boxes in it.
   * @param {number} box
   */
  enter(box) {
    const { state, graph } = this;
    const entering = !state.open.has(box);
    if (entering) state.open.add(box);
    else for (const inner of graph.boxes.keys()) if (states.isWithin(graph, inner, box)) state.open.delete(inner);
    this.rebuildAround(`b${box}`, entering);
  }

  /**
   * Shows or hides the summands of a sum in the picture.
   * @param {number} node
   */
  spell(node) {
    const { spelled } = this.state;
    if (!spelled.delete(node)) spelled.add(node);
    this.rebuildAround(`n${node}`, true);
  }

  /**
   * Lays out the picture again, with a part in the same place on the screen, and selects the part.
   * @param {string} id
   * @param {boolean} larger whether the part has grown, and should be seen in full
   */
  rebuildAround(id, larger) {
    const before = this.scene.byId.get(id);
    this.rebuild();
    const after = this.scene.byId.get(id);
    const whole = cameras.fitting(wholeOf(this.scene), this.screen());
    if (this.isNarrow() && whole.scale >= READABLE) this.moveTo(whole);
    else if (before && after) {
      const { x, y, scale } = this.camera;
      const camera = { scale, x: x + after.x - before.x, y: y + after.y - before.y };
      if (larger) this.bring(after, camera);
      else this.moveTo(camera);
    }
    this.choose(id);
  }

  /**
   * Opens every box around a node, and goes to the node.
   * @param {number} node
   */
  reveal(node) {
    const closed = states.around(this.graph, node).filter((box) => !this.state.open.has(box));
    for (const box of closed) this.state.open.add(box);
    if (closed.length) this.rebuild();
    this.choose(`n${node}`);
    this.focus(`n${node}`);
  }

  /**
   * Selects a part: describes it beside the picture, and marks its paths.
   * @param {string} id or empty
   */
  choose(id) {
    this.state.selected = id;
    showSelected(this.look());
    this.light(id.startsWith("n") ? this.pathsShown() : "");
    this.changed();
  }

  /** The edges of all paths in the panel. */
  pathsShown() {
    const rows = document.querySelectorAll("#about [data-edges]");
    return Array.from(rows, (row) => row.getAttribute("data-edges")).join(" ");
  }

  /** @param {string} edges */
  light(edges) {
    this.lit = along(edges, this.scene, this.look());
    if (!this.pending) paint(this.scene, this.look());
  }

  /**
   * Focuses a part, which becomes the tab stop of the picture.
   * @param {string} id
   */
  focus(id) {
    for (const each of document.querySelectorAll('#world [tabindex="0"]')) each.setAttribute("tabindex", "-1");
    const group = document.getElementById(id);
    if (!(group instanceof SVGElement)) return;
    group.setAttribute("tabindex", "0");
    group.focus({ preventScroll: true });
    this.lookAt(id);
  }

  /** @param {string} id */
  hover(id) {
    if (this.state.hovered === id) return;
    this.state.hovered = id;
    for (const row of document.querySelectorAll("#changes [data-node]")) {
      row.classList.toggle("hovered", row.getAttribute("data-node") === id);
    }
    if (!this.pending) paint(this.scene, this.look());
  }

  // Stepping

  /** @param {number} position */
  go(position) {
    states.goTo(this.graph, this.state, position);
    this.follow();
    this.changed();
  }

  /** @param {number} position */
  jump(position) {
    if (this.state.playing) this.pause();
    this.go(position);
    this.tell({ position: this.state.position });
  }

  play() {
    if (this.state.playing) {
      this.pause();
      return;
    }
    if (this.state.position === lastPosition(this.graph)) this.go(0);
    this.state.playing = true;
    this.tick();
    this.changed();
  }

  pause() {
    this.state.playing = false;
    clearTimeout(this.timer);
    this.changed();
  }

  tick() {
    this.timer = setTimeout(() => {
      this.go(this.state.position + 1);
      if (this.state.playing) this.tick();
    }, PAUSE / this.state.speed);
  }

  // Touching

  /** @param {number} node */
  isLeaf(node) {
    return node >= 0 && isLeaf(this.graph, node);
  }

  /**
   * @param {number} leaf
   * @param {number} data
   * @param {boolean} goesOn whether it continues the previous change, as while dragging
   */
  set(leaf, data, goesOn = false) {
    states.setLeaf(this.graph, this.state, leaf, data, goesOn);
    if (!this.graph.label(leaf)) this.rename();
    this.tell({ set: [leaf, data] });
    this.changed();
  }

  undo() {
    states.undo(this.graph, this.state);
    this.rename();
    this.changed();
  }

  reset() {
    states.asItWas(this.graph, this.state);
    this.rename();
    this.changed();
  }

  // Beginning

  /** Restores the state in the address. */
  arrive() {
    address.restore(location.hash, this.graph, this.state, this.names);
    this.rename();
    this.way = this.bestWay();
    this.rebuild();
    this.comeNear();
    if (this.state.selected) {
      this.choose(this.state.selected);
      this.lookAt(this.state.selected);
    }
    this.follow();
    this.show();
  }
}

/**
 * The area of a whole picture.
 * @param {import("./scene.js").Scene} scene
 */
function wholeOf({ width, height }) {
  return { x: 0, y: 0, width, height };
}

/** Measures the width of texts in the picture. */
function measureOf() {
  const context = document.createElement("canvas").getContext("2d");
  /** @type {Map<string, number>} */
  const known = new Map();
  if (context) context.font = FONT;
  return (/** @type {string} */ text) => {
    const width = known.get(text) ?? context?.measureText(text).width ?? 7 * text.length;
    known.set(text, width);
    return width;
  };
}
