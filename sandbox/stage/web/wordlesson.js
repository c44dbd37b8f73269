/** What is said above the films. */

import { counted } from "./lesson.js";
import { regionAt } from "./world.js";

const TO_DO = "Play, or drag the slider below: each row is one random point, and what it decodes to at every step. "
  + "Drag on the map to see what any place decodes to.";
const HELD = "Every point is asked with just the description in the hand; "
  + "a caption is asked for with the noise that descriptions have.";
const TOO_MANY = "Three methods are drawn at the most; the others that were chosen are left out.";
const NUMBERS = ["no", "one", "two", "three", "four", "five", "six"];

/** What became of a film's points: {label, error, calls, trained, count, recognised}; null while they are on their way. */
export function fateOf(page, panel) {
  const { label, trained, error } = panel.told();
  if (error) return { label, error };
  const paths = panel.paths();
  if (!paths || !panel.film) return null;
  const meant = page.isDescribed() ? page.world.regions.map(() => true) : page.meant();
  const last = paths.states.subarray(-2 * paths.count);
  const seen = Array.from({ length: paths.count }, (_, i) => regionAt(page.world, last[2 * i], last[2 * i + 1]));
  const recognised = seen.filter((region) => region >= 0 && meant[region]).length;
  return { label, trained, calls: counted(paths.evaluations.at(-1)), count: paths.count, recognised };
}

/** What there is to do, or to know of what is asked. */
export function secondWords(page) {
  if (page.state.get("drawn_by").length > page.panels.length && page.panels.length > 2) return TOO_MANY;
  return page.isDescribed() ? HELD : TO_DO;
}

/** What the films show, in a sentence; "" while one of them is on its way. */
export function filmSentence(page, fates) {
  if (fates.some((fate) => !fate)) return "";
  const there = fates.filter((fate) => !fate.error);
  if (!there.length) return "None of these methods has an answer here: choose another one.";
  const { count } = there[0];
  const asked = page.state.get("concept");
  const what = page.isDescribed() ? "the description in the hand" : asked === "none" ? "nothing at all" : `“${asked}”`;
  const words = there.map(({ label, trained, calls, recognised }) => {
    const call = `${trained ? "network call" : "exact answer"}${calls === "1" ? "" : "s"}`;
    return `${label} has ${recognised} of ${count} recognised after ${calls} ${call}`;
  });
  const start = `${NUMBERS[count] ?? count} random points`;
  return `${start[0].toUpperCase()}${start.slice(1)} become pictures, asked for ${what}: ${words.join(", ")}.`;
}
