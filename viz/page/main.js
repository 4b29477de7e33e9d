// The page: one state, what changes it, and what is drawn from it.

import * as address from "./address.js";
import * as cameras from "./camera.js";
import { chart, descend, parametersOf } from "./descent.js";
import { html, input, part, put, say, svg } from "./dom.js";
import { decoded, isLeaf } from "./graph.js";
import { judged } from "./guessing.js";
import { heatOf, membersOf } from "./heat.js";
import { namesOf } from "./names.js";
import { number, typed } from "./numbers.js";
import { along, contribution, showChanges, showLesson, showSelected } from "./panels.js";
import { draw, paint, paintHeat, shortName } from "./picture.js";
import * as primitives from "./primitives.js";
import { sceneOf } from "./scene.js";
import * as states from "./state.js";
import { backwardPosition, lastPosition, placeAt, stepsBack } from "./stepping.js";

/** @typedef {import("./picture.js").Look} Look */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./graph.js").Program} Program */

/** Milliseconds between steps at speed 1. */
const PAUSE = 1600;
/** So many scalars are seen one by one at the start. */
const FEW = 300;
/** So many milliseconds after the last change what takes longer follows. */
const REST = 60;
/** A drag of so many pixels changes a leaf by its own size. */
const REACH = 200;
const FONT = "600 12px Helvetica, Arial, sans-serif";

/**
 * @param {import("./graph.js").Source & {format: string}} source
 * @param {(functions: typeof primitives) => Program} program
 */
export function start(source, program) {
  const graph = decoded(source, program(primitives));
  const small = graph.count <= FEW;
  const state = states.initial(graph, new Set(small ? graph.boxes.keys() : []), parametersOf(graph));
  let names = namesOf(graph, state.numbers.data);
  const members = membersOf(graph);
  const heats = members.map((each) => heatOf(graph, each));
  const measure = measureOf();
  /** @type {Scene} */
  let scene;
  /** @type {Set<string>} */
  let lit = new Set();
  let camera = { x: 0, y: 0, scale: 1 };
  let pending = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;
  const picture = part("picture");

  /** @returns {Look} */
  const look = () => ({
    graph,
    state,
    names,
    ...gradientsNow(),
    format: source.format,
    members,
    heats,
    lit,
  });
  function gradientsNow() {
    const all = states.allGradients(graph, state);
    const done = stepsBack(graph, state.position) === graph.order.length;
    return { all, grads: done ? all : states.presentGradients(graph, state) };
  }

  const screen = () => ({ width: picture.clientWidth, height: picture.clientHeight });

  function rebuild() {
    scene = sceneOf(graph, state.open, {
      text: measure,
      name: (node) => shortName(graph, names, node),
      box: (box) => ({ width: Math.max(150, measure(graph.boxes[box].title) + 100), height: 118 }),
    });
    draw(scene, look());
  }

  function show() {
    pending = 0;
    const now = look();
    paint(scene, now);
    showLesson(now);
    showSelected(now);
    showChanges(now);
    showControls();
    showDescent();
    aim();
    clearTimeout(later);
    later = setTimeout(settle, REST);
  }

  /** What may follow a little later, once nothing changes any more. */
  function settle() {
    paintHeat(scene, look());
    remember();
  }

  /** Shows what changed, once in a frame of the screen. */
  function changed() {
    if (!pending) pending = requestAnimationFrame(show);
  }

  function aim() {
    part("world").setAttribute("transform", `scale(${camera.scale}) translate(${-camera.x} ${-camera.y})`);
  }

  function remember() {
    try {
      history.replaceState(null, "", address.written(graph, state, names));
    } catch {
      // A sandboxed frame has no address of its own.
    }
  }

  // Looking around

  function fit() {
    camera = cameras.fitting({ x: 0, y: 0, width: scene.width, height: scene.height }, screen());
    aim();
  }

  /** Moves as little as it takes to see the node at work and its neighbours. */
  function follow() {
    const { node } = placeAt(graph, state.position);
    const at = node < 0 ? null : scene.partOf(node);
    if (!at) return;
    const near = scene.links.filter((link) => link.to === at && link.from.x > at.x - 700).map((link) => link.from);
    camera = cameras.showing(camera, cameras.hull([at, ...near.slice(0, 12)]), screen());
  }

  /** @param {string} id */
  function lookAt(id) {
    const found = scene.byId.get(id);
    if (found) camera = cameras.showing(camera, found, screen());
  }

  /** @param {number} factor */
  function zoom(factor) {
    camera = cameras.zoomed(camera, factor, screen().width / 2, screen().height / 2);
    aim();
  }

  /** @param {number} box @param {boolean} enter */
  function enter(box, enter) {
    const before = scene.byId.get(`b${box}`);
    if (enter) state.open.add(box);
    else for (const inner of graph.boxes.keys()) if (within(inner, box)) state.open.delete(inner);
    rebuild();
    const after = scene.byId.get(`b${box}`);
    if (before && after) {
      camera = { ...camera, x: camera.x + after.x - before.x, y: camera.y + after.y - before.y };
      if (enter) camera = cameras.showing(camera, after, screen());
    }
    state.selected = `b${box}`;
    changed();
  }

  /** @param {number} inner @param {number} box */
  function within(inner, box) {
    for (let each = inner; each >= 0; each = graph.boxes[each].parent) if (each === box) return true;
    return false;
  }

  /** Enters every box around a node. @param {number} node */
  function reveal(node) {
    const boxes = states.around(graph, node).filter((box) => !state.open.has(box));
    if (!boxes.length) return;
    for (const box of boxes) state.open.add(box);
    rebuild();
  }

  // Stepping

  /** @param {number} position */
  function go(position) {
    states.goTo(graph, state, position);
    follow();
    changed();
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  function play() {
    if (state.playing) return pause();
    if (state.position === lastPosition(graph)) go(0);
    state.playing = true;
    tick();
    return changed();
  }

  function pause() {
    state.playing = false;
    clearTimeout(timer);
    changed();
  }

  function tick() {
    timer = setTimeout(() => {
      go(state.position + 1);
      if (state.playing) tick();
    }, PAUSE / state.speed);
  }

  /** @param {number} position */
  function jump(position) {
    if (state.playing) pause();
    go(position);
  }

  function showControls() {
    const last = lastPosition(graph);
    const slider = input("slider");
    slider.max = String(last);
    slider.value = String(state.position);
    put(slider, "aria-valuetext", part("heading").textContent ?? "");
    for (const id of ["first", "back"]) button(id).disabled = state.position === 0;
    for (const id of ["next", "last"]) button(id).disabled = state.position === last;
    say(part("play"), state.playing ? "❚❚ Pause" : "▶ Play");
    put(part("guess"), "aria-pressed", String(state.guessing));
    put(part("shown"), "aria-pressed", String(state.shown === "grad"));
  }

  // Touching

  /** @param {number} leaf @param {number} data */
  function set(leaf, data, goesOn = false) {
    states.setLeaf(graph, state, leaf, data, goesOn);
    renamed(leaf);
    changed();
  }

  /** Leaves without a label are called by their numbers. @param {number} leaf */
  function renamed(leaf) {
    if (graph.label(leaf)) return;
    names = namesOf(graph, state.numbers.data);
    for (const each of scene.parts) {
      const text = document.querySelector(`#${each.id} .name`);
      if (text && each.node >= 0) say(text, shortName(graph, names, each.node));
    }
  }

  /** @param {string} id */
  function select(id) {
    state.selected = id;
    lit = new Set();
    if (id.startsWith("n")) {
      const edges = Array.from(document.querySelectorAll("#about [data-edges]"), (row) =>
        row.getAttribute("data-edges"),
      );
      lit = along(edges.join(" "), scene, look());
    }
    changed();
  }

  /** @param {string} id */
  function choose(id) {
    state.selected = id;
    showSelected(look());
    select(id);
  }

  /** @param {string} id */
  function use(id) {
    const found = scene.byId.get(id);
    if (!found) return;
    if (found.box >= 0) enter(found.box, !found.open);
    else {
      choose(id);
      if (isLeaf(graph, found.node)) input("leaf-data").focus();
    }
  }

  function listenToPicture() {
    /** @type {Map<number, PointerEvent>} */
    const pointers = new Map();
    /** @type {{id: string, leaf: number, from: number, x: number, y: number, moved: boolean} | null} */
    let grip = null;
    picture.addEventListener("pointerdown", (event) => {
      const id = idAt(event.target);
      pointers.set(event.pointerId, event);
      const node = id.startsWith("n") ? Number(id.slice(1)) : -1;
      const leaf = node >= 0 && isLeaf(graph, node) ? node : -1;
      grip = {
        id,
        leaf,
        from: leaf >= 0 ? state.numbers.data[leaf] : 0,
        x: event.clientX,
        y: event.clientY,
        moved: false,
      };
    });
    picture.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before || !grip) return;
      const dx = event.clientX - before.clientX;
      const dy = event.clientY - before.clientY;
      if (!grip.moved && Math.hypot(event.clientX - grip.x, event.clientY - grip.y) < 4) return;
      if (!grip.moved) picture.setPointerCapture(event.pointerId);
      if (pointers.size === 2) {
        const other = Array.from(pointers.values()).find((each) => each.pointerId !== event.pointerId);
        if (other) pinch(other, before, event);
      } else if (grip.leaf >= 0) {
        const by = ((event.clientX - grip.x) * Math.max(Math.abs(grip.from), 1)) / REACH;
        if (!grip.moved) choose(grip.id);
        set(grip.leaf, rounded(grip.from + by), grip.moved);
      } else {
        camera = cameras.panned(camera, dx, dy);
        aim();
      }
      grip.moved = true;
      pointers.set(event.pointerId, event);
    });
    /** @param {PointerEvent} event */
    const release = (event) => {
      pointers.delete(event.pointerId);
      if (grip && !grip.moved && event.type === "pointerup") click(grip.id);
      if (!pointers.size) grip = null;
    };
    picture.addEventListener("pointerup", release);
    picture.addEventListener("pointercancel", release);
    picture.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const area = picture.getBoundingClientRect();
        const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
        camera = cameras.zoomed(camera, factor, event.clientX - area.left, event.clientY - area.top);
        aim();
      },
      { passive: false },
    );
    picture.addEventListener("pointerover", (event) => hover(idAt(event.target)));
    picture.addEventListener("pointerleave", () => hover(""));
    picture.addEventListener("focusin", (event) => hover(idAt(event.target)));
  }

  /** @param {PointerEvent} fixed @param {PointerEvent} before @param {PointerEvent} after */
  function pinch(fixed, before, after) {
    const area = picture.getBoundingClientRect();
    const apart = (/** @type {PointerEvent} */ event) =>
      Math.hypot(event.clientX - fixed.clientX, event.clientY - fixed.clientY);
    const x = (fixed.clientX + after.clientX) / 2 - area.left;
    const y = (fixed.clientY + after.clientY) / 2 - area.top;
    camera = cameras.zoomed(camera, apart(after) / Math.max(apart(before), 1), x, y);
    aim();
  }

  /** @param {string} id */
  function click(id) {
    const found = scene.byId.get(id);
    if (found && found.box >= 0) enter(found.box, !found.open);
    else choose(found ? id : "");
    if (found) focusPart(id);
  }

  /** @param {string} id */
  function hover(id) {
    if (state.hovered === id) return;
    state.hovered = id;
    for (const row of document.querySelectorAll("#changes [data-node]")) {
      row.classList.toggle("hovered", row.getAttribute("data-node") === id);
    }
    if (!pending) paint(scene, look());
  }

  // The keyboard: one part of the picture is in the order of Tab, arrows go from part to part.

  /** @param {string} id */
  function focusPart(id) {
    for (const each of document.querySelectorAll('#world [tabindex="0"]')) each.setAttribute("tabindex", "-1");
    const group = document.getElementById(id);
    if (!group) return;
    group.setAttribute("tabindex", "0");
    /** @type {HTMLElement} */ (/** @type {unknown} */ (group)).focus({ preventScroll: true });
    lookAt(id);
    aim();
  }

  /** @param {KeyboardEvent} event */
  function keyInPicture(event) {
    const id = idAt(event.target);
    const found = scene.byId.get(id);
    const pan = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [60, 0],
      ArrowRight: [-60, 0],
      ArrowUp: [0, 60],
      ArrowDown: [0, -60],
    })[event.key];
    if (pan && (event.shiftKey || !found)) {
      camera = cameras.panned(camera, pan[0], pan[1]);
      aim();
      return true;
    }
    const leaf = found && found.node >= 0 && isLeaf(graph, found.node) ? found.node : -1;
    if (leaf >= 0 && /^(ArrowUp|ArrowDown|PageUp|PageDown)$/.test(event.key)) {
      const data = state.numbers.data[leaf];
      const step =
        (event.key.startsWith("Page") ? 10 : 1) * 10 ** Math.floor(Math.log10(Math.max(Math.abs(data), 0.1)) - 1);
      choose(id);
      set(leaf, rounded(data + (event.key.endsWith("Up") ? step : -step)), state.nudge?.leaf === leaf);
      return true;
    }
    if (leaf >= 0 && /^[-.\d]$/.test(event.key)) {
      choose(id);
      const field = input("leaf-data");
      field.focus();
      field.value = event.key;
      field.dispatchEvent(new Event("input"));
      return true;
    }
    if (pan) {
      const shown = scene.parts.filter((each) => !each.open || each.box >= 0);
      const at = shown.findIndex((each) => each.id === id);
      const next = shown[at + (event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1)];
      if (next) {
        focusPart(next.id);
        if (!next.open) choose(next.id);
      }
      return true;
    }
    if (event.key === "Enter" && found) {
      use(id);
      return true;
    }
    return false;
  }

  /** @type {Record<string, () => void>} */
  const anywhere = {
    ArrowRight: () => jump(state.position + 1),
    ArrowLeft: () => jump(state.position - 1),
    ".": () => jump(state.position + 1),
    ",": () => jump(state.position - 1),
    Home: () => jump(0),
    End: () => jump(lastPosition(graph)),
    " ": play,
    "+": () => zoom(1.25),
    "-": () => zoom(0.8),
    0: fit,
    "/": () => input("find").focus(),
    Escape: () => choose(""),
  };

  function listenToKeys() {
    document.addEventListener("keydown", (event) => {
      const target = /** @type {Element} */ (event.target);
      const inPicture = picture.contains(target);
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && target.tagName !== "INPUT") {
        event.preventDefault();
        takeBack();
        return;
      }
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (inPicture && keyInPicture(event)) {
        event.preventDefault();
        return;
      }
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && target.id !== "slider";
      const pressing = /^(BUTTON|SUMMARY)$/.test(target.tagName) && event.key === " ";
      if (typing || pressing || !(event.key in anywhere)) return;
      event.preventDefault();
      anywhere[event.key]();
    });
  }

  // Everything else

  function takeBack() {
    states.undo(graph, state);
    names = namesOf(graph, state.numbers.data);
    changed();
  }

  /** @param {string} id */
  const button = (id) => /** @type {HTMLButtonElement} */ (part(id));

  function listenToControls() {
    button("first").onclick = anywhere.Home;
    button("back").onclick = anywhere.ArrowLeft;
    button("play").onclick = play;
    button("next").onclick = anywhere.ArrowRight;
    button("last").onclick = anywhere.End;
    input("slider").oninput = () => jump(Number(input("slider").value));
    input("speed").onchange = () => {
      state.speed = Number(input("speed").value);
    };
    button("fit").onclick = fit;
    button("nearer").onclick = () => zoom(1.25);
    button("farther").onclick = () => zoom(0.8);
    button("undo").onclick = takeBack;
    button("reset").onclick = () => {
      states.asItWas(graph, state);
      names = namesOf(graph, state.numbers.data);
      changed();
    };
    button("guess").onclick = () => {
      state.guessing = !state.guessing;
      if (state.guessing && state.position <= graph.order.length) jump(graph.order.length + 2);
      changed();
    };
    button("shown").onclick = () => {
      state.shown = state.shown === "grad" ? "data" : "grad";
      changed();
    };
    input("leaf-data").oninput = () => {
      const data = typed(input("leaf-data").value);
      put(input("leaf-data"), "aria-invalid", String(data === null));
      if (data !== null) set(Number(input("leaf-data").dataset.leaf), data, true);
    };
    input("leaf-slider").oninput = () => {
      const slider = input("leaf-slider");
      set(Number(slider.dataset.leaf), Number(slider.value), true);
    };
    input("find").oninput = showFound;
    input("find").onkeydown = (event) => {
      if (event.key === "Enter") document.querySelector("#found button")?.dispatchEvent(new Event("click"));
    };
    const changes = part("changes");
    changes.addEventListener("change", (event) => guess(/** @type {HTMLInputElement} */ (event.target)));
    for (const type of ["pointerover", "focusin"]) changes.addEventListener(type, (event) => pointAt(event.target));
    const about = part("about");
    for (const type of ["pointerover", "focusin"]) about.addEventListener(type, (event) => pointAt(event.target));
    about.addEventListener("pointerleave", () => select(state.selected));
    window.addEventListener("resize", changed);
    window.addEventListener("hashchange", arrive);
  }

  /** Marks what a line of the words speaks of. @param {EventTarget | null} target */
  function pointAt(target) {
    const row = target instanceof Element ? target.closest("li") : null;
    const node = row?.getAttribute("data-node");
    const edges = row?.getAttribute("data-edges");
    if (node) hover(scene.partOf(Number(node.slice(1))).id);
    if (edges) {
      lit = along(edges, scene, look());
      paint(scene, look());
    }
  }

  /** @param {HTMLInputElement} field */
  function guess(field) {
    const data = typed(field.value);
    const item = field.closest("li");
    const operand = Number(item?.getAttribute("data-operand"));
    const made = contribution(look(), operand);
    if (!made) return;
    const verdict = data === null ? { right: false, words: "Type a number, such as -1.5." } : judged(data, made);
    state.guesses.set(operand, verdict);
    show();
    const next = /** @type {HTMLElement | null} */ (document.querySelector("#changes input"));
    (next ?? part("next")).focus();
  }

  function showFound() {
    const hits = address.matching(input("find").value, graph, names);
    part("found").replaceChildren(
      ...hits.map((node) => {
        const item = html("button", { type: "button" }, names.name(node));
        item.onclick = () => {
          reveal(node);
          choose(`n${node}`);
          focusPart(`n${node}`);
          part("found").replaceChildren();
        };
        return item;
      }),
    );
  }

  // Downhill

  function listenToDescent() {
    button("downhill-step").onclick = () => downhill(1);
    button("downhill-run").onclick = () => downhill(50);
    input("rate").oninput = () => {
      const rate = typed(input("rate").value);
      if (rate !== null) state.rate = rate;
    };
    part("parameters").addEventListener("change", (event) => {
      const box = /** @type {HTMLInputElement} */ (event.target);
      if (box.checked) state.parameters.add(Number(box.value));
      else state.parameters.delete(Number(box.value));
    });
    const leaves = Array.from({ length: graph.count }, (_, node) => node).filter((node) => isLeaf(graph, node));
    const offered = leaves.filter((leaf) => graph.label(leaf)).slice(0, 40);
    part("parameters").replaceChildren(
      ...offered.map((leaf) => {
        const box = html("input", { type: "checkbox", value: String(leaf) });
        /** @type {HTMLInputElement} */ (box).checked = state.parameters.has(leaf);
        return html("label", {}, box, ` ${names.name(leaf)}`);
      }),
    );
    const more = state.parameters.size - offered.filter((leaf) => state.parameters.has(leaf)).length;
    if (more > 0) part("parameters").append(html("span", {}, `and ${more.toLocaleString("en")} more parameters`));
  }

  /** @param {number} steps */
  function downhill(steps) {
    const parameters = [...state.parameters].sort((a, b) => a - b);
    const before = parameters.map((leaf) => state.numbers.data[leaf]);
    const losses = descend(graph, state.numbers, parameters, state.rate, steps);
    states.remember(state, parameters, before);
    state.losses.push(...(state.losses.length ? losses.slice(1) : losses));
    names = namesOf(graph, state.numbers.data);
    changed();
  }

  function showDescent() {
    const { losses } = state;
    part("chart").toggleAttribute("hidden", losses.length < 2);
    if (losses.length < 2) return say(part("descent"), "");
    const drawn = chart(losses, 300, 90);
    part("chart").replaceChildren(svg("polyline", { points: drawn.points, class: "curve" }));
    const last = losses[losses.length - 1];
    const scale = drawn.logarithmic ? ", on a logarithmic scale" : "";
    const end = Number.isFinite(last)
      ? `The loss after ${losses.length - 1} steps: ${number(last)}, from ${number(losses[0])}${scale}.`
      : `It exploded at step ${losses.length - 1}: the learning rate is too large.`;
    const grew = Number.isFinite(last) && last > losses[0] ? " It grew: the learning rate is too large." : "";
    return say(part("descent"), end + grew);
  }

  // Beginning

  function arrive() {
    address.restore(location.hash, graph, state, names);
    names = namesOf(graph, state.numbers.data);
    rebuild();
    fit();
    if (state.selected) {
      choose(state.selected);
      lookAt(state.selected);
    }
    follow();
    changed();
  }

  listenToPicture();
  listenToKeys();
  listenToControls();
  listenToDescent();
  say(part("about-size"), `${graph.count.toLocaleString("en")} values`);
  part("shown").hidden = small;
  input("rate").value = String(state.rate);
  rebuild();
  fit();
  arrive();
  show();
  document.querySelector("#world [tabindex]")?.setAttribute("tabindex", "0");
  document.body.dataset.ready = "true";
  return {
    graph,
    state,
    set,
    go: jump,
    backwardPosition: (/** @type {number} */ node) => backwardPosition(graph, node),
  };
}

/** Four digits are enough for what is set by hand. @param {number} x */
function rounded(x) {
  return Number(x.toPrecision(4));
}

/** @param {EventTarget | null} target the id of the part there, or empty */
function idAt(target) {
  return target instanceof Element ? (target.closest("#world [tabindex]")?.id ?? "") : "";
}

/** How wide a text is in the picture. */
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
