/** Short lessons for newcomers, each a sentence and the state that it is about. */

import { button, make, remember, recalled, say } from "./dom.js";
import { StageState } from "./state.js";

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
    stage.follow(lessons()[at].query ?? {});
    return update();
  };
  const finish = () => {
    at = -1;
    remember(MEMORY, "seen");
    update();
  };
  /** Whether the state is the one that a lesson is about. */
  const isShown = ({ query }) => {
    const own = new StageState(stage.state.controls, query ?? {}, stage.state.roles).query();
    return JSON.stringify(own) === JSON.stringify(stage.state.query());
  };
  const update = () => {
    const here = at < 0 ? -1 : lessons().findIndex(isShown);
    if (here >= 0) at = here;
    element.hidden = at < 0 || !lessons()[at];
    if (element.hidden) return;
    const place = `${at + 1} of ${lessons().length}`;
    say(count, here < 0 ? `Lesson ${place}:` : place);
    say(words, String(lessons()[at].sentence));
    before.disabled = at === 0;
    say(next, at === lessons().length - 1 ? "Done" : "Next");
    show.hidden = here >= 0;
  };
  if (lessons().length && !recalled(MEMORY)) at = 0;
  return { element, update, open: () => go(0) };
}
