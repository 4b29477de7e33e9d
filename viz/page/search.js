// Finds a value by its name.

import { matching } from "./address.js";
import { html, input, part } from "./dom.js";

/** @param {import("./app.js").App} app */
export function listenToSearch(app) {
  const field = input("find");
  field.oninput = () => {
    const hits = matching(field.value, app.graph, app.names);
    const none = field.value.trim() && !hits.length ? [html("p", {}, "No value has this name.")] : [];
    part("found").replaceChildren(...hits.map((node) => hit(app, node)), ...none);
  };
  field.onkeydown = (event) => {
    const first = /** @type {HTMLElement | null} */ (document.querySelector("#found button"));
    if (event.key === "Enter") first?.click();
    if (event.key === "ArrowDown") first?.focus();
  };
}

/**
 * @param {import("./app.js").App} app
 * @param {number} node
 */
function hit(app, node) {
  const item = html("button", { type: "button" }, app.graph.label(node) || app.names.name(node));
  item.onclick = () => {
    part("found").replaceChildren();
    app.reveal(node);
  };
  return item;
}
