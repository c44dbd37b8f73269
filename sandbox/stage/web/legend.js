/** The legend in one line: every kind of mark that is on the panels, with the colours and shapes that it has there. */

import { make, makeSvg } from "./dom.js";
import { regionInk, regionShape } from "./pens.js";

const OUTLINES = {
  circle: "M16 9A7 7 0 1 0 2 9A7 7 0 1 0 16 9Z",
  "triangle-up": "M9 2 17 16 1 16Z",
  square: "M2 2H16V16H2Z",
  diamond: "M9 1 17 9 9 17 1 9Z",
};
const BOX = { width: 20, height: 18, viewBox: "0 0 20 18", "aria-hidden": "true" };

/** The entries for what is drawn now. @param {Object} stage @returns {HTMLElement[]} */
export function legendEntries(stage) {
  const [ink, world, meant] = [stage.ink(), stage.world, stage.meant()];
  const layers = new Set(stage.state.get("layers") ?? []);
  const stroked = (colour, width, more = {}) => ({ fill: "none", stroke: colour, "stroke-width": width, ...more });
  const line = (d, ...look) => makeSvg("path", { d, ...stroked(...look) });
  const region = (i, more = {}) =>
    makeSvg("path", { d: OUTLINES[regionShape(world, i)], fill: regionInk(world, i, ink.dark), ...more });
  const small = (i) => region(i, { opacity: 0.5, transform: `translate(${4 + 8 * i} 6) scale(.4)` });
  const exact = layers.has("exact") && stage.panels.some((panel) => panel.exactly());
  const start = [[makeSvg("circle", { cx: 9, cy: 9, r: 5, ...stroked(ink.faint, 2) })], "start R"];
  const entries = stage.isPart() ? [] : [start];
  if (layers.has("trails")) entries.push([[line("M1 9H17", ink.text, 1.5)], "path"]);
  world.regions.forEach(({ name }, i) => meant[i] && entries.push([[region(i)], `landed in ${name}`]));
  entries.push([[line("M3 3 15 15M15 3 3 15", ink.outside, 4)], "landed outside"]);
  if (layers.has("field")) {
    entries.push(
      [[line("M1 9H17M11 5 17 9 11 13", ink.arrow, 1.6)], "arrow: where it sends a place; long and strong = sure"],
    );
  }
  if (exact) entries.push(
    [[line("M1 9H17M11 5 17 9 11 13", ink.exact, 1.6, { "stroke-dasharray": "2 2" })], "exact answer"],
  );
  if (layers.has("pairs")) entries.push([world.regions.slice(0, 2).map((_, i) => small(i)), "training pairs"]);
  if (stage.pins.length) entries.push(
    [[line("M2 9H16", ink.exact, 2, { "stroke-dasharray": "3 3" })], "to the nearest pair"],
  );
  return entries.map(([shapes, words]) => make("span", {}, makeSvg("svg", BOX, ...shapes), words));
}
