/** The keyboard: what each key does, and the list of them. */

import { button, make, takesKey } from "./dom.js";

const WORDS = [
  ["arrows", "move R (with Shift finely)"],
  ["space", "play or pause"],
  [", .", "one step back or on"],
  ["[ ]", "desc_scale: the stop before or after"],
  ["Escape", "take R away; close what is open"],
  ["+ − 0", "zoom in, out, show all"],
  ["N", "another R beside those there are"],
  ["P", "presenter: controls away, everything large"],
  ["F", "full screen"],
  ["?", "this list"],
];
const ARROW_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Do what a key says; whether it said anything. @param {Object} stage @param {KeyboardEvent} event */
export function pressKey(stage, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.composedPath()[0];
  if (event.key === "Escape") return stage.escape();
  if (takesKey(target, event.key)) return false;
  const way = ARROW_KEYS[event.key];
  if (way) {
    stage.nudge(way, event.shiftKey);
    return true;
  }
  if (event.key === " ") {
    stage.play();
    return true;
  }
  const known = {
    ",": () => stage.step(-1),
    ".": () => stage.step(1),
    "[": () => stage.scale.move(-1),
    "]": () => stage.scale.move(1),
    p: () => stage.set("presenting", !stage.state.get("presenting")),
    f: () => stage.fullScreen(),
    n: () => stage.setR(null, true),
    "?": () => stage.toggleKeys(),
    "+": () => stage.zoom(1.25),
    "=": () => stage.zoom(1.25),
    "-": () => stage.zoom(0.8),
    0: () => stage.showAll(),
  }[event.key.toLowerCase()];
  if (!known) return false;
  known();
  return true;
}

/** The list of keys. @returns {HTMLElement} */
export function makeKeyList(stage) {
  const rows = WORDS.flatMap(
    ([key, words]) => [make("dt", {}, make("kbd", { text: key })), make("dd", { text: words })],
  );
  const head = make(
    "div", { class: "row head" }, make("h2", { text: "Keys" }), button("Close", () => stage.toggleKeys(false)),
  );
  return make(
    "div", { class: "keys", role: "dialog", "aria-label": "Keys", hidden: true }, head, make("dl", {}, ...rows),
  );
}
