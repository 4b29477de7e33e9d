// The visible parts: scalars and closed boxes, within open boxes, and the links between them.

import { isLeaf, operandsOf, ruleOf, usersOf } from "./graph.js";
import { ACROSS, laidOut } from "./layout.js";
import { opened } from "./nary.js";

/** @typedef {import("./graph.js").Graph} Graph */

/**
 * A scalar, a closed box, or an open box with its contents.
 * @typedef {object} Part
 * @property {string} id n12 for a node, b3 for a box
 * @property {number} node -1 for a box
 * @property {number} box -1 for a node
 * @property {boolean} open
 * @property {Part[]} inner
 * @property {number} x its left side in the whole picture
 * @property {number} y its top
 * @property {number} width
 * @property {number} height
 * @property {number} pill the width of the part that names the operation
 * @property {number[][]} rows the operands of each visible summand of a sum
 * @property {boolean} stacked whether the name has a separate line above both numbers
 */

/**
 * @typedef {object} Link
 * @property {Part} from
 * @property {Part} to
 * @property {number} operand the operand's index, or -1 for a bundle
 * @property {number} port its position on the left side, from 0 at the top to 1; or on the upper side, from the left
 * @property {number} count the number of scalars that it carries
 * @property {[number, number][]} bends
 */

/**
 * @typedef {object} Scene
 * @property {Part[]} parts all parts, outer ones first
 * @property {Link[]} links
 * @property {Map<string, Part>} byId
 * @property {(node: number) => Part} partOf the scalar's own part, or the closed box around it
 * @property {number} width
 * @property {number} height
 * @property {boolean} down whether it goes downwards rather than from left to right
 */

/**
 * The sizes of texts, in the font of the page.
 * @typedef {object} Measure
 * @property {(text: string) => number} text
 * @property {(node: number) => string} name
 * @property {(box: number) => {width: number, height: number}} box a closed box
 */

export const ROW = 40;
/** The height of a summand's line. */
export const SUMMAND = 17;
const CONSTANT = 24;
const PADDING = 14;
const HEADER = 24;
/** Widths are multiples of this, so that similar boxes have equal parts. */
const GRAIN = 8;
/** The largest width of a name that shares a line. */
const LONG = 56;

/**
 * @param {Graph} graph
 * @param {Set<number>} open the open boxes
 * @param {Measure} measure
 * @param {Set<number>} spelled the sums whose summands are shown
 * @param {import("./layout.js").Way} way
 * @returns {Scene}
 */
export function sceneOf(graph, open, measure, spelled = new Set(), way = ACROSS) {
  const shown = closedBoxes(graph, open);
  const parts = partsOf(graph, open, shown, measure, spelled, way.down);
  const all = flattened(parts.top);
  const links = linksBetween(graph, parts.ofNode, way.down);
  const size = arrange(parts.top, links, parts.parent, way);
  return {
    parts: all,
    links,
    byId: new Map(all.map((part) => [part.id, part])),
    partOf: parts.ofNode,
    width: size.width,
    height: size.height,
    down: way.down,
  };
}

/**
 * For each box the outermost closed box around it, or itself; -1 if all of these are open.
 * @param {Graph} graph
 * @param {Set<number>} open
 */
function closedBoxes(graph, open) {
  /** @type {number[]} */
  const shown = [];
  graph.boxes.forEach((box, i) => {
    const around = box.parent < 0 ? -1 : shown[box.parent];
    shown.push(around >= 0 ? around : open.has(i) ? -1 : i);
  });
  return shown;
}

/**
 * @param {Graph} graph
 * @param {Set<number>} open
 * @param {number[]} shown
 * @param {Measure} measure
 * @param {Set<number>} spelled
 * @param {boolean} down
 */
function partsOf(graph, open, shown, measure, spelled, down) {
  /** @type {Part[]} */
  const top = [];
  /** @type {Map<number, Part>} */
  const boxes = new Map();
  /** @type {Map<number, Part>} */
  const nodes = new Map();
  /** @type {Map<Part, Part | null>} */
  const parent = new Map();
  /** @param {Part} part @param {number} box around it */
  const put = (part, box) => {
    const around = box < 0 ? null : (boxes.get(box) ?? null);
    (around ? around.inner : top).push(part);
    parent.set(part, around);
  };
  graph.boxes.forEach((box, i) => {
    if (shown[i] !== -1 && shown[i] !== i) return;
    const isOpen = open.has(i);
    const part = partOf(`b${i}`, -1, i, isOpen, isOpen ? { width: 0, height: 0 } : measure.box(i), 0);
    boxes.set(i, part);
    put(part, box.parent);
  });
  for (let node = 0; node < graph.count; node++) {
    const box = graph.box[node];
    if (box >= 0 && shown[box] >= 0) continue;
    const part = scalar(graph, node, measure, down);
    if (spelled.has(node)) spell(part, graph, measure);
    nodes.set(node, part);
    put(part, box);
  }
  /** @param {number} node @returns {Part} */
  const ofNode = (node) => {
    const found = nodes.get(node) ?? boxes.get(shown[graph.box[node]]);
    if (!found) throw new Error(`node ${node} is nowhere`);
    return found;
  };
  return { top, ofNode, parent };
}

/**
 * @param {string} id
 * @param {number} node
 * @param {number} box
 * @param {boolean} open
 * @param {{width: number, height: number}} size
 * @param {number} pill
 * @returns {Part}
 */
function partOf(id, node, box, open, size, pill) {
  const { width, height } = size;
  return { id, node, box, open, inner: [], x: 0, y: 0, width, height, pill, rows: [], stacked: false };
}

/**
 * A constant in an expression: a leaf without a name, used once.
 * @param {Graph} graph
 * @param {number} node
 */
export function isConstant(graph, node) {
  return isLeaf(graph, node) && !graph.label(node) && usersOf(graph, node).length === 1;
}

/**
 * @param {Graph} graph
 * @param {number} node
 * @param {Measure} measure
 * @param {boolean} down
 */
function scalar(graph, node, measure, down) {
  if (isConstant(graph, node)) {
    return partOf(`n${node}`, node, -1, false, { width: measure.text("-0.0000") + 12, height: CONSTANT }, 0);
  }
  const rule = ruleOf(graph, node);
  const pill = rule ? Math.max(26, measure.text(rule.symbol) + 14) : 0;
  const name = measure.text(measure.name(node));
  const data = measure.text("-0.00000");
  const grad = measure.text("∂ -0.0000");
  const stacked = name > LONG;
  const text = stacked ? Math.max(name, data + 8 + grad) : Math.max(name + 8 + data, grad);
  const side = Math.min(200, 7 * operandsOf(graph, node).length);
  const height = down ? ROW : Math.max(ROW, side);
  const width = Math.max(Math.ceil((pill + text + 14) / GRAIN) * GRAIN, down ? side : 0);
  const part = partOf(`n${node}`, node, -1, false, { width, height }, pill);
  part.stacked = stacked;
  return part;
}

/**
 * Makes room for the summands of a sum.
 * @param {Part} part
 * @param {Graph} graph
 * @param {Measure} measure
 */
function spell(part, graph, measure) {
  const nary = ruleOf(graph, part.node)?.nary;
  if (!nary) return;
  part.rows = opened(
    nary,
    Array.from(operandsOf(graph, part.node), () => 0),
  ).map(({ operands }) => operands);
  part.height = ROW + SUMMAND * part.rows.length + 6;
  part.width = Math.max(part.width, part.pill + measure.text("-0.00000 · -0.00000 = -0.00000") + 14);
}

/**
 * The port of an operand: at its summand, if that is shown.
 * @param {Part} part
 * @param {number} operand
 * @param {number} count the number of its operands
 * @param {boolean} down
 */
function portOf(part, operand, count, down) {
  if (part.node < 0) return 0.5;
  const row = down ? -1 : part.rows.findIndex((operands) => operands.includes(operand));
  if (row < 0) return 0.12 + (0.76 * (operand + 0.5)) / count;
  const within = (part.rows[row].indexOf(operand) + 0.5) / part.rows[row].length;
  return (ROW + SUMMAND * (row + 0.2 + 0.6 * within)) / part.height;
}

/** @param {Part[]} parts @returns {Part[]} */
function flattened(parts) {
  return parts.flatMap((part) => [part, ...flattened(part.inner)]);
}

/**
 * One link for each operand of a visible scalar; links that begin or end in a closed box are bundled.
 * @param {Graph} graph
 * @param {(node: number) => Part} partOf
 * @param {boolean} down
 */
function linksBetween(graph, partOf, down) {
  /** @type {Map<string, Link>} */
  const bundles = new Map();
  /** @type {Link[]} */
  const links = [];
  for (const node of graph.order) {
    const operands = operandsOf(graph, node);
    if (!operands.length) continue;
    const to = partOf(node);
    operands.forEach((operand, k) => {
      const from = partOf(operand);
      if (from === to) return;
      const single = from.node >= 0 && to.node >= 0;
      const key = `${from.id} ${to.id}`;
      const known = single ? undefined : bundles.get(key);
      if (known) {
        known.count++;
        return;
      }
      const port = portOf(to, k, operands.length, down);
      const link = {
        from,
        to,
        operand: single ? k : -1,
        port,
        count: 1,
        bends: /** @type {[number, number][]} */ ([]),
      };
      links.push(link);
      if (!single) bundles.set(key, link);
    });
  }
  return links;
}

/**
 * Places the parts of a box, or of the whole picture, after their contents; returns the total size.
 * @param {Part[]} top
 * @param {Link[]} links
 * @param {Map<Part, Part | null>} parent
 * @param {import("./layout.js").Way} way
 */
function arrange(top, links, parent, { down, room }) {
  const levels = byLevel(links, parent);
  /** @type {Map<string, import("./layout.js").Layout>} repeated parts are laid out once */
  const known = new Map();
  /** @type {(parts: Part[], around: Part | null, room: number) => {width: number, height: number}} */
  const place = (parts, around, room) => {
    for (const part of parts) {
      if (!part.open) continue;
      const size = place(part.inner, part, room - 2 * PADDING);
      part.width = Math.max(size.width + 2 * PADDING, 120);
      part.height = size.height + 2 * PADDING + HEADER;
    }
    const index = new Map(parts.map((part, i) => [part, i]));
    const here = levels.get(around) ?? [];
    const items = parts.map(({ width, height }) => ({ width, height }));
    const between = here.map(({ from, to, port }) => ({ from: index.get(from) ?? 0, to: index.get(to) ?? 0, port }));
    const shape = JSON.stringify([items, between, room]);
    const layout = known.get(shape) ?? laidOut(items, between, { down, room });
    known.set(shape, layout);
    parts.forEach((part, i) => {
      part.x = layout.x[i];
      part.y = layout.y[i];
    });
    here.forEach(({ link, direct }, i) => {
      if (direct) link.bends = layout.bends.get(i) ?? [];
    });
    return { width: layout.width, height: layout.height };
  };
  const size = place(top, null, room);
  /** @type {(parts: Part[], x: number, y: number) => void} */
  const shift = (parts, x, y) => {
    for (const part of parts) {
      part.x += x;
      part.y += y;
      shift(part.inner, part.x + PADDING, part.y + PADDING + HEADER);
    }
  };
  shift(top, 0, 0);
  for (const [around, here] of levels) {
    if (!around) continue;
    for (const { link, direct } of here) {
      if (direct) link.bends = link.bends.map(([x, y]) => [x + around.x + PADDING, y + around.y + PADDING + HEADER]);
    }
  }
  return size;
}

/**
 * The links at each level: between sibling parts in the innermost box around both ends.
 * @param {Link[]} links
 * @param {Map<Part, Part | null>} parent
 */
function byLevel(links, parent) {
  /** @type {Map<Part | null, {from: Part, to: Part, port: number, link: Link, direct: boolean}[]>} */
  const levels = new Map();
  const seen = new Set();
  for (const link of links) {
    const above = chain(link.from, parent);
    let to = link.to;
    while (!above.has(parent.get(to) ?? null)) to = /** @type {Part} */ (parent.get(to));
    const around = parent.get(to) ?? null;
    const from = /** @type {Part} */ (above.get(around));
    if (from === to) continue;
    const direct = from === link.from && to === link.to;
    const key = `${from.id} ${to.id} ${direct ? link.operand : ""}`;
    if (!direct && seen.has(key)) continue;
    seen.add(key);
    const port = to === link.to ? link.port : 0.5;
    const here = levels.get(around) ?? [];
    if (!here.length) levels.set(around, here);
    here.push({ from, to, port, link, direct });
  }
  return levels;
}

/**
 * For each box around a part, and for the whole picture, its direct child that contains the part.
 * @param {Part} part
 * @param {Map<Part, Part | null>} parent
 */
function chain(part, parent) {
  /** @type {Map<Part | null, Part>} */
  const found = new Map();
  for (let each = part; ; ) {
    const around = parent.get(each) ?? null;
    found.set(around, each);
    if (!around) return found;
    each = around;
  }
}
