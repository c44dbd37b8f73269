/** The legend in one line: every kind of mark that is on the panels, with the colours and shapes that it has there. */

import { make, makeSvg } from "./dom.js";
import { regionInk, regionShape } from "./pens.js";

const SHAPES = {
  circle: "M16 9A7 7 0 1 0 2 9A7 7 0 1 0 16 9Z",
  "triangle-up": "M9 2 17 16 1 16Z",
  square: "M2 2H16V16H2Z",
  diamond: "M9 1 17 9 9 17 1 9Z",
};

/** The entries for what is drawn now. @param {Object} stage @returns {HTMLElement[]} */
export function legendEntries(stage) {
  const [ink, world] = [stage.ink(), stage.world];
  const layers = new Set(stage.state.get("layers") ?? []);
  const meant = stage.meant();
  const line = { fill: "none", stroke: ink.text };
  const entries = [
    [[["circle", { cx: 9, cy: 9, r: 5, fill: "none", stroke: ink.faint, "stroke-width": 2 }]], "random start R"],
    ...(layers.has("trails") ? [[[["path", { d: "M1 9H17", ...line, "stroke-width": 1.5 }]], "path"]] : []),
    ...world.regions.map((region, i) => [[["path", { d: SHAPES[regionShape(world, i)], fill: regionInk(world, i, ink.dark) }]], `landed in ${region.name}`])
      .filter((_, i) => meant[i]),
    [[["path", { d: "M3 3 15 15M15 3 3 15", stroke: ink.outside, "stroke-width": 4 }]], "landed outside"],
    ...(layers.has("field") ? [[arrow(ink.arrow), "arrow: where a place is sent; long and strong = sure"]] : []),
    ...(layers.has("exact") && stage.panels.some((panel) => panel.exactly()) ? [[arrow(ink.exact, "2 2"), "exact answer"]] : []),
    ...(layers.has("pairs") ? [[world.regions.slice(0, 2).map((_, i) =>
      ["path", { d: SHAPES[regionShape(world, i)], fill: regionInk(world, i, ink.dark), opacity: 0.5, transform: `translate(${4 + 8 * i} 6) scale(.4)` }]), "training pairs"]] : []),
    ...(stage.pins.length ? [[[["path", { d: "M2 9H16", ...line, "stroke-width": 2, stroke: ink.exact, "stroke-dasharray": "3 3" }]], "to the pair that the index finds"]] : []),
  ];
  return entries.map(([shapes, words]) => make("span", {},
    makeSvg("svg", { width: 20, height: 18, viewBox: "0 0 20 18", "aria-hidden": "true" }, ...shapes.map(([tag, given]) => makeSvg(tag, given))), words));
}

function arrow(colour, dash = null) {
  return [["path", { d: "M1 9H17M11 5 17 9 11 13", fill: "none", stroke: colour, "stroke-width": 1.6, "stroke-dasharray": dash }]];
}
