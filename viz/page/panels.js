// Renders the words beside the picture from the state.

import { button, fill, html, input, part, put, say } from "./dom.js";
import { gradients, isLost, OUTSIDE, STALE, UNKNOWN } from "./evaluation.js";
import { isLeaf, operandsOf, ruleOf } from "./graph.js";
import { range } from "./heat.js";
import { backwardLesson, forwardLesson } from "./lessons.js";
import { opened } from "./nary.js";
import { factor, number, repr } from "./numbers.js";
import { explained } from "./paths.js";
import { linkId } from "./picture.js";
import { nudgeWords, whyZero } from "./questions.js";
import { derivative, equation } from "./rules.js";
import { lastPosition, placeAt } from "./stepping.js";

/** @typedef {import("./picture.js").Look} Look */
/** @typedef {import("./lessons.js").Lesson} Lesson */
/** @typedef {import("./lessons.js").Change} Change */
/** @typedef {import("./scene.js").Scene} Scene */

/** The maximum number of summands shown at once. */
const FEW_SUMMANDS = 8;

/**
 * The words of a step: its heading, a title, sentences, and its change of each gradient.
 * @typedef {object} Told
 * @property {string} heading
 * @property {string} title
 * @property {string[]} sentences
 * @property {Lesson | null} lesson
 */

/**
 * @param {Look} look
 * @returns {Told}
 */
export function told(look) {
  const { graph, state, names } = look;
  const place = placeAt(graph, state.position);
  const steps = graph.order.length;
  const loss = names.name(graph.root);
  if (place.phase === "start") {
    const title = `How ${loss} is computed, and how gradients flow back`;
    return {
      heading: "Start",
      title,
      sentences: ["The leaves are given; nothing else is computed yet."],
      lesson: null,
    };
  }
  if (place.phase !== "forward" && isLost(state.numbers, graph.root)) {
    const sentences = [`${loss} is unknown, so it has no gradients.`];
    return { heading: "The backward pass", title: "Cannot be computed", sentences, lesson: null };
  }
  if (place.phase === "turn") {
    const first =
      loss.length < 20 ? `∂${loss}/∂${loss} = 1: the backward pass starts here.` : "The backward pass starts here.";
    const sentences = [first, "All other gradients start at 0, and each step adds to them."];
    return { heading: "The backward pass", title: `${names.atom(graph.root)}.grad = 1.0`, sentences, lesson: null };
  }
  if (place.phase === "end") {
    const sentence = `Each gradient says how fast ${loss} changes with that value, and equals that of ${names.atom(graph.root)}.backward().`;
    return { heading: "The end", title: "All gradients are complete", sentences: [sentence], lesson: null };
  }
  const way = place.phase === "forward" ? "Forward" : "Backward";
  const heading = `${way}, step ${place.step} of ${steps}`;
  if (isLost(state.numbers, place.node)) {
    const title = equation(graph, state.numbers, names, place.node);
    return { heading, title, sentences: condition(place.node, look), lesson: null };
  }
  const lesson =
    place.phase === "forward"
      ? forwardLesson(graph, state.numbers, names, place.node)
      : backwardLesson(graph, state.numbers, names, place.node, gradients(graph, state.numbers, place.step - 1));
  const sentences = [lesson.reason, lesson.words].filter(Boolean);
  return { heading, title: lesson.title, sentences, lesson };
}

/**
 * Shows the words of the current step; pointing at them marks the parts that they mention.
 * @param {Look} look
 */
export function showLesson(look) {
  const { state } = look;
  const now = told(look);
  say(part("heading"), now.heading);
  say(part("title"), now.title);
  fill(part("sentences"), ...now.sentences.map((text) => html("p", {}, text)));
  const hidden = state.guessing && now.heading.startsWith("Backward");
  const changes = (now.lesson?.changes ?? []).filter((change) => !change.constant);
  fill(part("changes"), ...changes.map((change) => changeItem(change, hidden, look)));
  put(document.body, "data-step", String(state.position));
}

/**
 * @param {Change} change
 * @param {boolean} hidden whether the reader must guess it
 * @param {Look} look
 */
function changeItem(change, hidden, { names, state }) {
  const node = `n${change.node}`;
  const item = html("li", {
    "data-about": `${state.position} ${change.operand}`,
    "data-node": node,
    tabindex: "0",
  });
  item.classList.toggle("hovered", state.hovered === node);
  const guess = state.guesses.get(change.operand);
  if (hidden && !guess?.right) {
    const name = `${names.atom(change.node)}.grad`;
    const start = change.before === 0 ? "0" : number(change.before);
    const field = html("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": `Guess the new ${name}`,
    });
    item.append(html("code", {}, `${name}: ${start} → `), field);
    if (guess) item.append(html("small", { class: "wrong", role: "status" }, guess.words));
    return item;
  }
  for (const text of [change.rule, change.sum]) if (text) item.append(html("code", {}, text));
  if (guess) item.append(html("small", { class: "right", role: "status" }, guess.words));
  if (change.note) item.append(html("small", {}, change.note));
  return item;
}

/**
 * Describes the selected part.
 * @param {Look} look
 */
export function showSelected(look) {
  const { graph, state, names, all } = look;
  const id = state.selected;
  part("selected").hidden = !id;
  part("leaf").hidden = true;
  if (!id) return;
  const index = Number(id.slice(1));
  if (id.startsWith("b")) {
    showBox(index, look);
    return;
  }
  say(part("selected-name"), names.name(index));
  const rows = [html("p", {}, html("code", {}, equation(graph, state.numbers, names, index)))];
  rows.push(...condition(index, look).map((words) => html("p", { class: "why" }, words)));
  const line = graph.lines[index];
  if (line) rows.push(html("p", { class: "line" }, html("code", {}, line)));
  if (isLeaf(graph, index)) showLeaf(index, look);
  rows.push(...sums(index, look));
  operandsOf(graph, index).forEach((_, k) => {
    if (k < 12 && ruleOf(graph, index)?.hand !== "unknown" && !isLost(state.numbers, index)) {
      rows.push(html("p", {}, html("code", {}, derivative(graph, state.numbers, names, index, k))));
    }
  });
  if (!(state.guessing && placeAt(graph, state.position).phase === "backward")) rows.push(...why(index, all, look));
  fill(part("about"), ...rows);
}

/**
 * An n-ary sum, expanded into its products and partial sums.
 * @param {number} node
 * @param {Look} look
 */
function sums(node, { graph, state, names }) {
  const nary = ruleOf(graph, node)?.nary;
  if (!nary) return [];
  const operands = operandsOf(graph, node);
  const data = Array.from(operands, (operand) => state.numbers.data[operand]);
  const rows = opened(nary, data).map(({ operands: places, product, sum }) => {
    const name = places.map((k) => names.atom(operands[k])).join(" * ");
    const figures = places.length > 1 ? ` = ${places.map((k) => factor(data[k])).join(" · ")}` : "";
    return html(
      "tr",
      {},
      html("td", {}, html("code", {}, `${name}${figures}`)),
      html("td", {}, number(product)),
      html("td", {}, number(sum)),
    );
  });
  const head = html("tr", {}, ...["summand", "adds", "sum so far"].map((text) => html("th", { scope: "col" }, text)));
  const seen = state.spelled.has(node);
  return [
    html(
      "button",
      { type: "button", "data-sum": String(node), "aria-pressed": String(seen) },
      "Summands in the picture",
    ),
    html(
      "details",
      { "data-about": String(node), ...(rows.length <= FEW_SUMMANDS ? { open: "" } : {}) },
      html("summary", {}, `${rows.length} summands`),
      html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows)),
    ),
  ];
}

/**
 * Explains a node's gradient: all its paths, or where they are cut.
 * @param {number} node
 * @param {Float64Array} all the gradients of the whole pass
 * @param {Look} look
 */
function why(node, all, { graph, state, names }) {
  const heading = html("h3", {}, "Its gradient");
  if (isLost(state.numbers, graph.root)) {
    return [heading, html("p", { class: "why" }, `Unknown, since ${names.name(graph.root)} is.`)];
  }
  const explanation = explained(graph, state.numbers, names, node, all);
  const rows = explanation.rows.map((row) =>
    html(
      "li",
      { tabindex: "0", "data-edges": row.edges.map((edge) => `e${edge.node}-${edge.operand}`).join(" ") },
      html("span", {}, row.way),
      html("code", {}, row.factors ? `${row.factors} = ${row.product}` : row.product),
    ),
  );
  if (explanation.sum)
    rows.push(html("li", { class: "sum" }, html("span", {}, "their sum"), html("code", {}, explanation.sum)));
  const zero = whyZero(graph, state.numbers, names, node, all);
  return [
    heading,
    html("p", {}, html("code", {}, explanation.title)),
    html("ul", { class: "paths" }, ...rows),
    ...zero.map((text) => html("p", { class: "why" }, text)),
  ];
}

/**
 * The sentence about a number that is stale or cannot be computed, if it is one.
 * @param {number} node
 * @param {Look} look
 * @returns {string[]}
 */
function condition(node, { graph, state }) {
  const rule = ruleOf(graph, node);
  const words = {
    [STALE]: "Stale: one of its operands was changed since. Any change here recomputes everything.",
    [OUTSIDE]: `Python raises an error here: ${rule?.domain ?? ""}.`,
    [UNKNOWN]: rule?.hand ? "Made by hand: only Python can recompute it." : "Unknown, since an operand is.",
  }[state.numbers.state[node]];
  return words ? [words] : [];
}

/**
 * @param {number} leaf
 * @param {Look} look
 */
function showLeaf(leaf, { graph, state }) {
  part("leaf").hidden = false;
  const data = state.numbers.data[leaf];
  const field = input("leaf-data");
  if (document.activeElement !== field || field.dataset.leaf !== String(leaf)) field.value = repr(data);
  field.dataset.leaf = String(leaf);
  const slider = input("leaf-slider");
  if (slider.dataset.leaf !== String(leaf)) {
    const reach = Math.max(2 * Math.abs(graph.data[leaf]), 2);
    slider.min = String(-reach);
    slider.max = String(reach);
    slider.step = String(reach / 400);
  }
  slider.dataset.leaf = String(leaf);
  if (document.activeElement !== slider) slider.value = String(data);
}

/**
 * @param {number} box
 * @param {Look} look
 */
function showBox(box, { graph, state, members, outputs, all: grads }) {
  say(part("selected-name"), graph.boxes[box].title);
  const all = members[box];
  const out = outputs[box];
  /** @param {number} count */
  const grouped = (count) => count.toLocaleString("en");
  const leaves = all.filter((node) => isLeaf(graph, node)).length;
  /** @param {string} what @param {number[]} nodes */
  const rows = (what, nodes) => {
    const lost = nodes.some((node) => isLost(state.numbers, node));
    const data = lost ? "unknown" : range(nodes, state.numbers.data, number);
    const grad = isLost(state.numbers, graph.root) ? "unknown" : range(nodes, grads, number);
    return [
      html("p", {}, `values ${what}`, html("code", {}, data)),
      html("p", {}, `gradients ${what}`, html("code", {}, grad)),
    ];
  };
  fill(
    part("about"),
    html("p", {}, `${grouped(all.length)} scalars, ${grouped(leaves)} of them leaves, ${grouped(out.length)} out.`),
    ...(out.length < all.length ? rows("out ", out) : []),
    ...rows("", all),
  );
}

/**
 * Shows the loss, the effect of the last change, and whether there is one to undo.
 * @param {Look} look
 */
export function showChanges({ graph, state, names }) {
  const root = state.numbers.state[graph.root];
  const data = isLost(state.numbers, graph.root) ? "unknown" : number(state.numbers.data[graph.root]);
  say(part("loss"), `${names.name(graph.root)} = ${data}${root === STALE ? " (stale: a leaf was changed since)" : ""}`);
  part("nudge").hidden = !state.nudge;
  for (const id of ["undo", "reset"]) allow(id, state.edits.length > 0);
  if (!state.nudge) return;
  const words = nudgeWords(state.nudge, names, graph.root);
  say(part("nudge-title"), words.title);
  fill(
    part("nudge-rows"),
    ...words.rows.flatMap(([name, how]) => [html("dt", {}, name), html("dd", {}, html("code", {}, how))]),
  );
}

/**
 * Shows the position in the pass, and which buttons have an effect there.
 * @param {Look} look
 */
export function showControls({ graph, state }) {
  const last = lastPosition(graph);
  const slider = input("slider");
  slider.max = String(last);
  slider.value = String(state.position);
  put(slider, "aria-valuetext", part("heading").textContent ?? "");
  for (const id of ["first", "back"]) allow(id, state.position > 0);
  for (const id of ["next", "last"]) allow(id, state.position < last);
  say(button("play"), state.playing ? "❚❚ Pause" : "▶ Play");
  put(button("guess"), "aria-pressed", String(state.guessing));
  put(button("shown"), "aria-pressed", String(state.shown === "grad"));
}

/**
 * Shows whether a button has an effect now. A button without one keeps the focus, which a disabled one would lose.
 * @param {string} id
 * @param {boolean} active
 */
function allow(id, active) {
  put(button(id), "aria-disabled", String(!active));
}

/**
 * The ids of the parts and links along some edges, `e12-0 e14-1`.
 * @param {string} edges
 * @param {Scene} scene
 * @param {Look} look
 * @returns {Set<string>}
 */
export function along(edges, scene, { graph }) {
  const lit = new Set();
  for (const each of edges.split(" ").filter(Boolean)) {
    const [node, operand] = each.slice(1).split("-").map(Number);
    const from = scene.partOf(operandsOf(graph, node)[operand]);
    const to = scene.partOf(node);
    lit.add(from.id).add(to.id);
    lit.add(each).add(linkId({ from, to, operand: -1, port: 0, count: 0, bends: [] }));
  }
  return lit;
}

/**
 * The parts of a contribution, for a guess.
 * @param {Look} look
 * @param {number} operand
 */
export function contribution(look, operand) {
  const change = told(look).lesson?.changes.find((each) => each.operand === operand);
  const { graph, state, grads } = look;
  const { node } = placeAt(graph, state.position);
  if (!change) return null;
  return { before: change.before, slope: state.numbers.slopes[graph.starts[node] + operand], gradient: grads[node] };
}
