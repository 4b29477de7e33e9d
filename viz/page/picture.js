// The picture: a scene as SVG, and its updates.

import { part as element, put, say, svg } from "./dom.js";
import { isLost, STALE } from "./evaluation.js";
import { operandsOf, ruleOf } from "./graph.js";
import { painted, range, strength } from "./heat.js";
import { formatted } from "./numbers.js";
import { isConstant, ROW, SUMMAND } from "./scene.js";
import { hasGradients, isKnown, placeAt } from "./stepping.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./scene.js").Part} Part */
/** @typedef {import("./scene.js").Link} Link */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./names.js").Names} Names */
/** @typedef {import("./heat.js").Heat} Heat */

/** The most labels below each other, at links that go down from one part; others of its bundles have none. */
const LEVELS = 4;

/**
 * The data of the picture.
 * @typedef {object} Look
 * @property {Graph} graph
 * @property {State} state
 * @property {Names} names
 * @property {Float64Array} grads the gradients at the current position
 * @property {Float64Array} all the gradients of the whole pass
 * @property {string} format the format of numbers
 * @property {number[][]} members the nodes in each box
 * @property {number[][]} outputs the results of each box
 * @property {(box: number) => Heat} heatFor the heat map of a box
 * @property {Set<string>} lit the ids of the parts and links to mark, on the paths shown
 */

/**
 * Draws a scene: everything that does not change until a box is opened or closed.
 * @param {Scene} scene
 * @param {Look} look
 */
export function draw(scene, look) {
  const boxes = scene.parts.filter((part) => part.open).map((part) => frame(part, look.graph));
  /** @type {Map<Part, number>} */
  const sent = new Map();
  const links = scene.links.map((link) => {
    const before = sent.get(link.from) ?? 0;
    sent.set(link.from, before + 1);
    return curve(link, scene.down, before);
  });
  const parts = scene.parts
    .filter((part) => !part.open)
    .map((part) => (part.box >= 0 ? closed(part, look) : scalar(part, look)));
  element("world").replaceChildren(
    ...boxes,
    ...links.map(([line]) => line),
    ...parts,
    ...links.map(([, label]) => label),
  );
}

/** @param {Link} link */
export function linkId(link) {
  return link.operand < 0 ? `l${link.from.id}-${link.to.id}` : `e${link.to.node}-${link.operand}`;
}

/**
 * The frame of an open box, with a button that closes it.
 * @param {Part} part
 * @param {Graph} graph
 */
function frame(part, graph) {
  const title = graph.boxes[part.box].title;
  const text = svg("text", { x: part.x + 12, y: part.y + 17, class: "heading" }, title);
  const close = svg(
    "g",
    { class: "close", id: part.id, tabindex: -1, role: "button", "aria-label": `Leave ${title}` },
    svg("rect", { x: part.x + part.width - 26, y: part.y + 4, width: 20, height: 18, rx: 4 }),
    svg("text", { x: part.x + part.width - 16, y: part.y + 17, "text-anchor": "middle" }, "–"),
  );
  const area = { x: part.x, y: part.y, width: part.width, height: part.height, rx: 10 };
  return svg("g", { class: "frame" }, svg("rect", area), text, close);
}

/**
 * @param {Link} link
 * @param {boolean} down
 * @param {number} before the number of earlier links from the same part
 */
function curve(link, down, before) {
  const { from, to } = link;
  const start = down
    ? [from.x + from.width / 2, from.y + from.height]
    : [from.x + from.width, from.y + from.height / 2];
  const end = down ? [to.x + to.width * link.port, to.y] : [to.x, to.y + to.height * link.port];
  // Along the direction of the picture, and across it.
  const points = [start, ...link.bends, end].map(([x, y]) => (down ? [y, x] : [x, y]));
  /** @param {number} along @param {number} across */
  const at = (along, across) => (down ? [across, along] : [along, across]).map((each) => each.toFixed(1)).join(" ");
  let path = `M${at(points[0][0], points[0][1])}`;
  for (let i = 1; i < points.length; i++) {
    const [x, y] = points[i - 1];
    const [u, v] = points[i];
    const reach = Math.max(Math.abs(u - x) / 2, u < x ? 60 : 12);
    path += `C${at(x + reach, y)} ${at(u - reach, v)} ${at(u, v)}`;
  }
  // Near its start, before it reaches other boxes; labels of links that go down from one part are below each other.
  const [[x, y], [u, v]] = points;
  const away = down ? 16 + 12 * (before % LEVELS) : 45;
  const share = points.length === 2 ? Math.min(0.5, away / Math.max(u - x, 1)) : 1;
  const near = points.length > 2 ? points[points.length >> 1] : [x + share * (u - x), y + share ** 2 * 2 * (v - y)];
  const middle = down ? [near[1], near[0]] : near;
  const width = link.count > 1 ? Math.min(1 + Math.log10(link.count), 5) : 1;
  const group = svg("g", { class: "link", id: linkId(link) }, svg("path", { d: path, "stroke-width": width }));
  const place = { x: middle[0], y: middle[1] + 4, "text-anchor": "middle" };
  const label = svg("text", { class: "label", id: `${linkId(link)}-label`, ...place });
  // Lines that pass other parts side by side have room for text along them only.
  if (down && link.bends.length) label.setAttribute("transform", `rotate(-90 ${middle[0]} ${middle[1]})`);
  const direct = down && !link.bends.length;
  if (link.count > 1 && !(direct && before >= LEVELS)) {
    label.textContent = `×${link.count.toLocaleString("en")}`;
    label.classList.add("bundle");
  }
  return [group, label];
}

/**
 * @param {Part} part
 * @param {Look} look
 */
function scalar(part, { graph, names }) {
  const group = svg("g", { class: "part", id: part.id, tabindex: -1, role: "button" });
  const middle = part.y + part.height / 2;
  if (isConstant(graph, part.node)) {
    group.classList.add("constant", "leaf");
    group.append(
      svg("rect", { x: part.x, y: part.y, width: part.width, height: part.height, rx: 12, class: "body" }),
      svg("text", { x: part.x + part.width / 2, y: middle + 4, class: "data", "text-anchor": "middle" }),
    );
    return group;
  }
  const rule = ruleOf(graph, part.node);
  const head = part.rows.length ? part.y + ROW / 2 : middle;
  const left = part.x + part.pill + 7;
  const right = part.x + part.width - 7;
  group.classList.add(rule ? "value" : "leaf");
  group.append(svg("rect", { x: part.x, y: part.y, width: part.width, height: part.height, rx: 7, class: "body" }));
  if (rule) {
    group.append(
      svg("path", { d: pillPath(part), class: "pill" }),
      svg("text", { x: part.x + part.pill / 2, y: middle + 4, "text-anchor": "middle", class: "symbol" }, rule.symbol),
    );
  }
  group.append(
    " ",
    svg("text", { x: left, y: head - 4, class: "name" }, shortName(graph, names, part.node)),
    " ",
    part.stacked
      ? svg("text", { x: left, y: head + 13, class: "data" })
      : svg("text", { x: right, y: head - 4, class: "data", "text-anchor": "end" }),
    " ",
    svg("text", { x: right, y: head + 13, class: "grad", "text-anchor": "end" }),
    ...part.rows.map((_, row) => svg("text", { x: left, y: part.y + ROW + SUMMAND * row + 13, class: "summand" })),
  );
  if (rule?.nary) group.setAttribute("aria-expanded", String(part.rows.length > 0));
  return group;
}

/**
 * A value's name in its box, without the parts that the frames around it show.
 * @param {Graph} graph
 * @param {Names} names
 * @param {number} node
 */
export function shortName(graph, names, node) {
  const label = graph.label(node);
  const path = [];
  for (let box = graph.box[node]; box >= 0; box = graph.boxes[box].parent) {
    if (/^(layer|neuron)$/.test(graph.boxes[box].kind)) path.unshift(graph.boxes[box].title);
  }
  const place = `${path.join(".")}.`;
  return path.length && label.startsWith(place) ? label.slice(place.length) : names.name(node);
}

/** @param {Part} part */
function pillPath({ x, y, pill, height }) {
  const r = 7;
  return `M${x + pill} ${y}h${r - pill}q${-r} 0 ${-r} ${r}v${height - 2 * r}q0 ${r} ${r} ${r}h${pill - r}z`;
}

/**
 * A closed box: its title, the number of its scalars, its numbers as a heat map, their range.
 * @param {Part} part
 * @param {Look} look
 */
function closed(part, { graph, members }) {
  const { title } = graph.boxes[part.box];
  const count = members[part.box].length;
  const inner = graph.boxes.filter((box) => box.parent === part.box && box.kind === "neuron").length;
  const how = inner ? `${inner} × neuron` : `×${count.toLocaleString("en")}`;
  return svg(
    "g",
    { class: "part box", id: part.id, tabindex: -1, role: "button", "aria-expanded": "false" },
    svg("rect", { x: part.x + 4, y: part.y + 4, width: part.width, height: part.height, rx: 8, class: "stack" }),
    svg("rect", { x: part.x, y: part.y, width: part.width, height: part.height, rx: 8, class: "body" }),
    svg("text", { x: part.x + 10, y: part.y + 18, class: "name" }, title),
    " ",
    svg("text", { x: part.x + part.width - 10, y: part.y + 18, class: "count", "text-anchor": "end" }, how),
    " ",
    svg("image", {
      x: part.x + 10,
      y: part.y + 26,
      width: part.width - 20,
      height: part.height - 68,
      preserveAspectRatio: "none",
      class: "heat",
    }),
    svg("text", { x: part.x + 10, y: part.y + part.height - 26, class: "data" }),
    " ",
    svg("text", { x: part.x + 10, y: part.y + part.height - 9, class: "grad" }),
  );
}

/**
 * Updates the numbers and states in the picture.
 * @param {Scene} scene
 * @param {Look} look
 */
export function paint(scene, look) {
  const place = placeAt(look.graph, look.state.position);
  const now = place.node < 0 ? null : scene.partOf(place.node);
  const largest = largestOf(look);
  for (const part of scene.parts) {
    const group = document.getElementById(part.id);
    if (!group || part.open) continue;
    const classes = part.box >= 0 ? paintBox(group, part, look) : paintScalar(group, part, look, largest);
    if (part === now) classes.push("now");
    if (part.id === look.state.selected) classes.push("selected");
    if (part.id === look.state.hovered) classes.push("hovered");
    if (look.lit.has(part.id)) classes.push("lit");
    put(group, "data-state", classes.join(" "));
  }
  for (const link of scene.links) paintLink(link, look, now);
}

/** @param {Look} look */
function largestOf({ graph, grads, state }) {
  if (!showsGradients(graph, state)) return 0;
  let largest = 0;
  for (const grad of grads) if (Number.isFinite(grad)) largest = Math.max(largest, Math.abs(grad));
  return largest;
}

/**
 * Whether there are gradients to show: the backward pass has begun, and the loss is known.
 * @param {Graph} graph
 * @param {State} state
 */
function showsGradients(graph, state) {
  return hasGradients(graph, state.position) && !isLost(state.numbers, graph.root);
}

/**
 * @param {Element} group
 * @param {string} name
 */
function text(group, name) {
  return /** @type {Element} */ (group.querySelector(`.${name}`));
}

/**
 * @param {Element} group
 * @param {Part} part
 * @param {Look} look
 * @param {number} largest
 * @returns {string[]}
 */
function paintScalar(group, { node, rows }, { graph, state, grads, format }, largest) {
  const known = isKnown(graph, state.position, node);
  const lost = isLost(state.numbers, node);
  const data = !known || lost ? "?" : formatted(state.numbers.data[node], format);
  const there = showsGradients(graph, state);
  const grad = there ? formatted(grads[node], format) : "–";
  say(text(group, "data"), data);
  group.querySelectorAll(".summand").forEach((text, row) => {
    say(text, known ? summandOf(node, rows[row], graph, state, format) : "?");
  });
  const line = group.querySelector(".grad");
  if (line) say(line, `∂ ${grad}`);
  const classes = [];
  if (!known) classes.push("later");
  if (state.numbers.state[node] === STALE) classes.push("stale");
  if (lost) classes.push("lost");
  if (known && !Number.isFinite(state.numbers.data[node])) classes.push("strange");
  if (!line) return classes;
  if (there && !Number.isFinite(grads[node])) classes.push("strange");
  if (there && grads[node])
    classes.push(grads[node] > 0 ? "positive" : "negative", `size${Math.ceil(3 * strength(grads[node], largest))}`);
  return classes;
}

/**
 * A summand with its numbers: `0.5 · -2 = -1`, or only the number.
 * @param {number} node
 * @param {number[]} operands the indices of its operands
 * @param {Graph} graph
 * @param {State} state
 * @param {string} format
 */
function summandOf(node, operands, graph, state, format) {
  const data = operands.map((k) => state.numbers.data[operandsOf(graph, node)[k]]);
  const factors = data.map((x) => formatted(x, format)).join(" · ");
  return data.length > 1 ? `${factors} = ${formatted(data[0] * data[1], format)}` : factors;
}

/**
 * @param {Element} group
 * @param {Part} part
 * @param {Look} look
 * @returns {string[]}
 */
function paintBox(group, { box }, { graph, state, grads, format, members, outputs }) {
  const out = outputs[box];
  const known = isKnown(graph, state.position, out[out.length - 1]);
  const lost = out.some((node) => isLost(state.numbers, node));
  /** @param {number} x */
  const write = (x) => formatted(x, format);
  const data = known && !lost ? range(out, state.numbers.data, write) : "?";
  const grad = showsGradients(graph, state) ? range(out, grads, write) : "–";
  say(text(group, "data"), out.length < members[box].length ? `${out.length.toLocaleString("en")} out: ${data}` : data);
  say(text(group, "grad"), `∂ ${grad}`);
  const classes = known ? [] : ["later"];
  if (lost) classes.push("lost");
  if (out.some((node) => state.numbers.state[node] === STALE)) classes.push("stale");
  return classes;
}

/**
 * Shows the numbers of closed boxes as heat maps. This is the slowest part, and may follow a little later.
 * @param {Scene} scene
 * @param {Look} look
 */
export function paintHeat(scene, { graph, state, grads, heatFor }) {
  const numbers = state.shown === "grad" && showsGradients(graph, state) ? grads : state.numbers.data;
  const colours = themeColours();
  for (const { id, box, open } of scene.parts) {
    if (box < 0 || open) continue;
    const image = document.getElementById(id)?.querySelector(".heat");
    const what = heatFor(box);
    const known = isKnown(graph, state.position, Math.max(...what.nodes));
    if (image) put(image, "href", known ? heat(what, numbers, colours) : "");
  }
}

/**
 * @param {Heat} what
 * @param {Float64Array} numbers
 * @param {ReturnType<typeof themeColours>} colours
 */
function heat(what, numbers, colours) {
  const canvas = document.createElement("canvas");
  canvas.width = what.columns;
  canvas.height = Math.ceil(what.nodes.length / what.columns);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return "";
  const pixels = context.createImageData(canvas.width, canvas.height);
  painted(what, numbers, colours, pixels.data);
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

/** The current colours of the style sheet. */
function themeColours() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name @returns {[number, number, number]} */
  const colour = (name) => {
    const code = style.getPropertyValue(`--${name}`).trim();
    const [red, green, blue] = [1, 3, 5].map((i) => Number.parseInt(code.slice(i, i + 2), 16));
    return [red, green, blue];
  };
  return {
    paper: colour("paper"),
    positive: colour("positive"),
    negative: colour("negative"),
    highlight: colour("highlight"),
  };
}

/**
 * @param {Link} link
 * @param {Look} look
 * @param {Part | null} now
 */
function paintLink(link, look, now) {
  const id = linkId(link);
  const group = document.getElementById(id);
  if (!group) return;
  const { graph, state } = look;
  const place = placeAt(graph, state.position);
  const active = now === link.to && (place.phase === "forward" || place.phase === "backward");
  const classes = [];
  if (active) classes.push("now", place.phase);
  if (look.lit.has(id)) classes.push("lit");
  if (link.from.id === state.hovered || link.to.id === state.hovered) classes.push("hovered");
  if (link.to.node >= 0 && !isKnown(graph, state.position, link.to.node)) classes.push("later");
  put(group, "data-state", classes.join(" "));
  const label = document.getElementById(`${id}-label`);
  if (!label || link.operand < 0) return;
  say(label, active || look.lit.has(id) ? labelOf(link, look, place.phase) : "");
  put(label, "data-state", classes.join(" "));
}

/**
 * The text of a link: the local derivative or, in the backward pass, its contribution, as a product if there is room.
 * @param {Link} link
 * @param {Look} look
 * @param {string} phase
 */
function labelOf(link, { graph, state, grads, format }, phase) {
  if (isLost(state.numbers, link.to.node)) return "?";
  const slope = state.numbers.slopes[graph.starts[link.to.node] + link.operand];
  const local = formatted(slope, format);
  if (phase !== "backward" || state.guessing || isLost(state.numbers, graph.root))
    return link.bends.length ? `∂ = ${local}` : local;
  const grad = grads[link.to.node];
  const product = formatted(0 + slope * grad, format);
  return link.bends.length ? `${local} · ${formatted(grad, format)} = ${product}` : product;
}
