"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const story = JSON.parse(part("story").textContent);
  const last = story.length - 1;
  const pause = 1600; // milliseconds between steps at speed 1
  let at = -1;
  let timer = null;

  function apply(frame) {
    for (const [id, state] of Object.entries(frame.states)) part(id).dataset.state = state;
    for (const [id, text] of Object.entries(frame.texts)) if (part(id)) part(id).textContent = text;
  }

  function element(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  function change([rule, sum, note]) {
    const item = document.createElement("li");
    for (const text of [rule, sum]) if (text) item.append(element("code", text));
    if (note) item.append(element("small", note));
    return item;
  }

  function tell(frame) {
    part("heading").textContent = frame.heading;
    part("title").textContent = frame.title;
    part("sentences").replaceChildren(...frame.sentences.map((text) => element("p", text)));
    part("changes").replaceChildren(...frame.changes.map(change));
  }

  function busy(frame) {
    return Object.keys(frame.states).find((name) => frame.states[name].startsWith("now"));
  }

  // Scrolls the picture alone, so that the page stays where its reader is.
  function follow() {
    const id = busy(story[at]) || busy(story[Math.min(at + 1, last)]) || busy(story[Math.max(at - 1, 0)]);
    if (!id) return;
    const box = part("picture").getBoundingClientRect();
    const node = part(id).getBoundingClientRect();
    part("picture").scrollBy({
      left: node.left + node.width / 2 - box.left - box.width / 2,
      top: node.top + node.height / 2 - box.top - box.height / 2,
    });
  }

  function show(step) {
    const target = Math.min(Math.max(step, 0), last);
    // The first frame mentions every part: from there, any state can be reached.
    for (let i = target < at ? 0 : at + 1; i <= target; i++) apply(story[i]);
    at = target;
    const frame = story[at];
    tell(frame);
    document.body.dataset.step = at;
    document.body.dataset.way = frame.heading.startsWith("Backward") ? "back" : "forth";
    part("slider").value = at;
    part("slider").setAttribute("aria-valuetext", frame.heading);
    for (const id of ["first", "back"]) part(id).disabled = at === 0;
    for (const id of ["next", "last"]) part(id).disabled = at === last;
    follow();
    if (at === last) stop();
  }

  function stop() {
    clearTimeout(timer);
    timer = null;
    part("play").textContent = "▶ Play";
  }

  function tick() {
    timer = setTimeout(() => {
      show(at + 1);
      if (timer !== null) tick();
    }, pause / Number(part("speed").value));
  }

  function toggle() {
    if (timer !== null) return stop();
    if (at === last) show(0);
    part("play").textContent = "❚❚ Pause";
    tick();
  }

  function go(step) {
    stop();
    show(step);
  }

  const keys = {
    ArrowRight: () => go(at + 1),
    ArrowLeft: () => go(at - 1),
    Home: () => go(0),
    End: () => go(last),
    " ": toggle,
  };
  document.addEventListener("keydown", (event) => {
    const tag = event.target.tagName;
    const native = tag === "SELECT" || (tag === "BUTTON" && event.key === " ");
    if (native || event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  part("first").onclick = keys.Home;
  part("back").onclick = keys.ArrowLeft;
  part("play").onclick = toggle;
  part("next").onclick = keys.ArrowRight;
  part("last").onclick = keys.End;
  part("whole").onclick = () => {
    const whole = part("picture").classList.toggle("whole");
    part("whole").setAttribute("aria-pressed", whole);
    follow();
  };
  part("slider").oninput = () => go(Number(part("slider").value));
  show(0);
})();
