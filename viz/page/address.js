// The state in the address: #step=4&node=a&set=a:2.5

import { around, changed, goTo, setLeaf } from "./state.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("./names.js").Names} Names */
/** @typedef {import("./state.js").State} State */

/** The maximum number of changed leaves in an address. */
const MOST = 40;

/**
 * @param {Graph} graph
 * @param {State} state
 * @param {Names} names
 */
export function written(graph, state, names) {
  const parts = [`step=${state.position}`];
  if (state.selected.startsWith("n"))
    parts.push(`node=${encodeURIComponent(names.name(Number(state.selected.slice(1))))}`);
  const leaves = changed(graph, state);
  if (leaves.length && leaves.length <= MOST) {
    parts.push(`set=${leaves.map(([leaf, data]) => `v${leaf}:${data}`).join(",")}`);
  }
  return `#${parts.join("&")}`;
}

/**
 * Restores the state in an address; parts that it lacks stay unchanged, and unknown parts are ignored.
 * @param {string} hash
 * @param {Graph} graph
 * @param {State} state
 * @param {Names} names
 */
export function restore(hash, graph, state, names) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  for (const each of (parts.get("set") ?? "").split(",")) {
    const [name, data] = each.split(":");
    const leaf = nodeCalled(name ?? "", graph, names);
    if (leaf !== null && data && Number.isFinite(Number(data))) setLeaf(graph, state, leaf, Number(data));
  }
  const step = parts.get("step");
  if (step !== null && /^\d+$/.test(step)) goTo(graph, state, Number(step));
  const node = nodeCalled(parts.get("node") ?? "", graph, names);
  if (node !== null) {
    for (const box of around(graph, node)) state.open.add(box);
    state.selected = `n${node}`;
  }
}

/**
 * A node by its name, or by its number, as v12.
 * @param {string} name
 * @param {Graph} graph
 * @param {Names} names
 * @returns {number | null}
 */
export function nodeCalled(name, graph, names) {
  if (!name) return null;
  for (let node = 0; node < graph.count; node++) if (names.name(node) === name) return node;
  const numbered = /^v(\d+)$/.exec(name);
  return numbered && Number(numbered[1]) < graph.count ? Number(numbered[1]) : null;
}

/**
 * The nodes whose name or label contains a text.
 * @param {string} text
 * @param {Graph} graph
 * @param {Names} names
 * @param {number} most
 * @returns {number[]}
 */
export function matching(text, graph, names, most = 12) {
  const wanted = text.trim().toLowerCase();
  const hits = [];
  if (!wanted) return [];
  for (let node = graph.count - 1; node >= 0 && hits.length < 500; node--) {
    const name = names.name(node).toLowerCase();
    const label = graph.label(node).toLowerCase();
    if (name === wanted || label === wanted) hits.unshift(node);
    else if (name.includes(wanted) || label.includes(wanted)) hits.push(node);
  }
  return hits.slice(0, most);
}
