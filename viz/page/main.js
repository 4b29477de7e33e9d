// The page's entry point.

import { App } from "./app.js";
import { listenToControls } from "./controls.js";
import { part, say } from "./dom.js";
import { listenToDescent } from "./downhill.js";
import { follow } from "./following.js";
import { listenToKeys } from "./keyboard.js";
import { listenToPointers } from "./pointer.js";
import { listenToSearch } from "./search.js";
import { backwardPosition } from "./stepping.js";

/**
 * @param {import("./app.js").Source} source
 * @param {ConstructorParameters<typeof App>[1]} program generated from the operations' declarations
 */
export function start(source, program) {
  const app = new App(source, program);
  listenToPointers(app);
  listenToKeys(app);
  listenToControls(app);
  listenToSearch(app);
  listenToDescent(app);
  say(part("about-size"), `${app.graph.count.toLocaleString("en")} values`);
  app.arrive();
  if (source.selected !== undefined && source.selected >= 0 && !location.hash) {
    app.go(backwardPosition(app.graph, source.selected));
    app.choose(`n${source.selected}`);
  }
  if (source.live) follow(app);
  document.body.dataset.ready = "true";
  return app;
}
