/** The settings: everything that the state can say and the first screen does not show, made from the declarations. */

import { button, make } from "./dom.js";
import { possibleSlots } from "./state.js";
import { shippedStops } from "./weights.js";
import { makeWidget } from "./widgets.js";

const SEEDS = 10000;
const NAMES = { left: "First panel", right: "Second panel", third: "Third panel", fourth: "Fourth panel" };
const LAYER_WORDS = {
  pairs: "training pairs", regions: "regions", field: "arrows of the method", exact: "arrows of the exact answer",
  difference: "learned against exact", trust: "trust", agreement: "agreement of the targets",
  cells: "cells of one jump", trails: "paths",
  density: "density of samples",
};

/** The drawer. @param {Object} stage @returns {{element: HTMLElement, update: () => void}} */
export function makeDrawer(stage) {
  const { state, payload } = stage;
  const widgets = [];
  const add = (name, look = {}, concerns = () => true) => {
    if (!state.declares(name)) return null;
    const made = makeWidget(stage, name, look);
    widgets.push({ ...made, concerns });
    return made.element;
  };
  const group = (title, elements, open) => make(
    "details", open ? { open: "" } : {}, make("summary", { text: title }), ...elements.filter(Boolean),
  );
  const seeds = make("div", { class: "row" },
    button("New seed", () => stage.set("seed", 1 + Math.floor(Math.random() * (SEEDS - 1)))),
    button("Reset, same seed", () => stage.reset()));
  const close = button("Close", () => stage.toggleDrawer(false), { "aria-label": "Close the settings" });
  const ask = [
    ...possibleSlots(state).flatMap((slot, i) => panelWidgets(stage, add, slot, i)),
    add("space", { words: (name) => payload.spaces[name]?.title ?? name }),
    add("seed"),
    seeds,
  ];
  const grouped = (title) => Object.keys(payload.controls).filter((name) => payload.controls[name].group === title);
  const show = grouped("Show").map((name) => add(name, showLook(stage, name), concerned(stage, name)));
  const advanced = [...grouped("Advanced"), ...optionNames(payload)].map((name) =>
    add(name, { ...advancedLook(stage, name), stops: () => stopsOf(stage, name) }, concerned(stage, name)));
  const element = make("aside", { class: "drawer", "aria-label": "Settings", hidden: true },
    make("div", { class: "row head" }, make("h2", { text: "Settings" }), close),
    group("Ask", ask, true), group("Show", show, true), group("Advanced", advanced, false));
  const update = () => widgets.forEach(({ element: one, update: bring, concerns }) => {
    one.hidden = !concerns();
    if (!one.hidden) bring();
  });
  return { element, update };
}

function panelWidgets(stage, add, slot, i) {
  const { payload, state } = stage;
  const words = (name) => payload.methods[name]?.label ?? (name ? name : "no panel");
  const offer = () => [
    ...(state.controls[slot.method].default === "" || i > 1 ? [""] : []), ...Object.keys(payload.methods),
  ];
  const stops = () => [...(payload.methods[state.get(slot.method)]?.steps ?? [])];
  const before = i ? possibleSlots(state)[i - 1] : null;
  return [
    add(slot.method, { words, offer, label: NAMES[slot.method] }, () => !before || Boolean(state.get(before.method))),
    add(
      slot.steps,
      { stops, label: "Steps" },
      () => Boolean(state.get(slot.method)) && (!before || Boolean(state.get(before.method))),
    ),
  ];
}

/** Whether a control changes anything in this state. */
function concerned(stage, name) {
  const { payload } = stage;
  const asked = () => stage.panels.map((panel) => panel.question());
  const methods = () => asked().map((question) => payload.methods[question.method]);
  const jumps = () => asked().some((question) => "threshold" in question.settings);
  const named = () => stage.panels.map((panel) => payload.methods[stage.state.get(panel.slot.method)]);
  const own = {
    t: () => methods().some((method) => method.by_level),
    sampler: () => methods().some((method) => method.samplers.length > 1),
    guidance: () => stage.state.get("concept") !== "none" && methods().some((method) => method.guided),
    adaptive: jumps,
    threshold: jumps,
    field: () => named().some((method) => method.exact),
  };
  if (own[name]) return own[name];
  return optionNames(payload).includes(name) ? () => asked().some((question) => name in question.options) : () => true;
}

function showLook(stage, name) {
  if (name === "field") return { words: (choice) => choice[0].toUpperCase() + choice.slice(1) };
  if (name !== "layers") return {};
  const exact = () => stage.panels.some((panel) => panel.exactly());
  const aims = () => stage.panels.some((panel) => panel.aims());
  return {
    label: "Layers",
    words: (layer) => LAYER_WORDS[layer] ?? layer,
    offered: (layer) => (layer === "agreement" ? aims() : !["exact", "difference"].includes(layer) || exact()),
  };
}

function advancedLook(stage, name) {
  if (name !== "sampler") return {};
  return {
    offer: () => stage.panels.flatMap(
      (panel) => panel.method().samplers.length > 1 ? panel.method().samplers.map((own) => own.name) : [],
    ),
  };
}

/** The options of all methods, each once. */
function optionNames(payload) {
  return [...new Set(Object.values(payload.methods).flatMap((method) => method.options))];
}

function stopsOf(stage, name) {
  const control = stage.state.controls[name];
  if (control.kind !== "int" && control.kind !== "float") return [];
  return [...new Set(stage.panels.flatMap((panel) => shippedStops(stage.world, panel.question(), name)))];
}
