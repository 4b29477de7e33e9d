// Helpers to create and fill elements.

import { isolated } from "./notation.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element of the page, which must exist.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no element ${id}`);
  return found;
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export function input(id) {
  return /** @type {HTMLInputElement} */ (part(id));
}

/**
 * @param {string} id
 * @returns {HTMLButtonElement}
 */
export function button(id) {
  return /** @type {HTMLButtonElement} */ (part(id));
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children.map(shown));
  return /** @type {SVGElement} */ (made);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function html(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map(shown));
  return made;
}

/**
 * Gives an element other contents, and keeps what stays the same: the focus, a text being typed, an opened list.
 * @param {Element} element
 * @param {...Element} children
 */
export function fill(element, ...children) {
  contain(element, children);
}

/**
 * @param {Element} element
 * @param {ChildNode[]} wanted
 */
function contain(element, wanted) {
  const present = Array.from(element.childNodes);
  wanted.forEach((made, i) => {
    if (i < present.length) become(present[i], made);
    else element.append(made);
  });
  for (const extra of present.slice(wanted.length)) extra.remove();
}

/**
 * Makes a node equal to another, or replaces it if the two are about different things.
 * @param {ChildNode} node
 * @param {ChildNode} made
 */
function become(node, made) {
  if (!(node instanceof HTMLElement && made instanceof HTMLElement)) {
    if (!node.isEqualNode(made)) node.replaceWith(made);
    return;
  }
  if (node.tagName !== made.tagName || node.dataset.about !== made.dataset.about) {
    node.replaceWith(made);
    return;
  }
  for (const { name } of Array.from(node.attributes)) {
    if (name !== "open" && !made.hasAttribute(name)) node.removeAttribute(name);
  }
  for (const { name, value } of Array.from(made.attributes)) if (name !== "open") put(node, name, value);
  contain(node, Array.from(made.childNodes));
}

/** @param {Node | string} child */
function shown(child) {
  return typeof child === "string" ? isolated(child) : child;
}

/**
 * Sets a text, if it differs.
 * @param {Node} element
 * @param {string} text
 */
export function say(element, text) {
  const now = isolated(text);
  if (element.textContent !== now) element.textContent = now;
}

/**
 * Sets an attribute, if it differs.
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export function put(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
