/** Short lessons for newcomers, each a sentence and the state that it is about. */

import { button, make, remember, recalled, say } from "./dom.js";

const MEMORY = "coalescer-sandbox-tour";

/**
 * The strip of lessons.
 * @param {Object} stage whose payload may have `tour`: [{sentence, query}]
 * @returns {{element: HTMLElement, update: () => void, open: () => void}}
 */
export function makeTour(stage) {
  const lessons = () => (Array.isArray(stage.payload.tour) ? stage.payload.tour : []);
  let at = -1;
  const count = make("strong", {});
  const words = make("p", {});
  const show = button("Show me", () => stage.follow(lessons()[at].query ?? {}), { class: "main" });
  const next = button("Next", () => go(at + 1));
  const before = button("Back", () => go(at - 1));
  const close = button("×", () => finish(), { "aria-label": "Close the lessons" });
  const element = make(
    "div",
    { class: "tour", role: "region", "aria-label": "Short lessons", hidden: true },
    count,
    words,
    show,
    before,
    next,
    close,
  );

  const go = (to) => {
    if (to >= lessons().length) return finish();
    at = to;
    if (at > 0) stage.follow(lessons()[at].query ?? {});
    return update();
  };
  const finish = () => {
    at = -1;
    remember(MEMORY, "seen");
    update();
  };
  const update = () => {
    element.hidden = at < 0 || !lessons()[at];
    if (element.hidden) return;
    say(count, `${at + 1} of ${lessons().length}`);
    say(words, String(lessons()[at].sentence));
    before.disabled = at === 0;
    say(next, at === lessons().length - 1 ? "Done" : "Next");
    show.hidden = Object.keys(lessons()[at].query ?? {}).length === 0 && at === 0;
  };
  if (lessons().length && !recalled(MEMORY)) at = 0;
  return { element, update, open: () => go(0) };
}
