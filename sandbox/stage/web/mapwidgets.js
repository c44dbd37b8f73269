/** The controls above a page of maps. */

import { makeWidget } from "./widgets.js";

/**
 * The widgets of some controls.
 * @param {Object} stage
 * @param {string[]} names of controls that the payload declares; one that does not concern the state hides itself
 */
export function slotWidgets(stage, names) {
  const { payload, state } = stage;
  const words = (name) => payload.methods[name]?.label ?? payload.spaces[name]?.title ?? name;
  const byLevel = () => stage.panels.some((panel) => panel.method().by_level);
  return names.filter((name) => Object.hasOwn(state.controls, name)).map((name) => {
    const label = name === "t" ? "Noise level t" : undefined;
    const stops = () => payload.stops?.[name] ?? [];
    const { element, update } = makeWidget(stage, name, { words, label, stops });
    const bring = () => {
      element.hidden = name === "t" && !byLevel();
      if (!element.hidden) update();
    };
    return { element, update: bring };
  });
}
