/** The lesson of a page of maps in one sentence, made from their figures alone. */

import { percent } from "./lesson.js";

const NEAR = 0.02; // mean agreements that are nearer than this are called the same

/** How far targets agree. @param {Object[]} told of each panel: {label, figure, error} */
export function agreementSentence(told) {
  const failed = told.find(({ error }) => error);
  if (failed) return `${failed.label} has no map here.`;
  if (told.some(({ figure }) => !figure)) return "";
  const [most, least] = [...told].sort((a, b) => b.figure.value - a.figure.value);
  const start = "Mean agreement outside the regions:";
  const figure = ({ label, figure: { value } }) => `${value.toFixed(2)} for ${label}`;
  if (most.label === least.label || most.figure.value - least.figure.value < NEAR) {
    return `${start} ${told.map(figure).join(", ")}: the targets agree as well in both.`;
  }
  return `${start} ${told.map(figure).join(", ")}. Where they disagree, one step can only go to the mean of all targets.`;
}

/** How far a network is from what it was to learn. @param {Object[]} told @param {Object} state */
export function apartSentence(told, state) {
  const failed = told.find(({ error }) => error);
  if (failed) return `${failed.label} has no map here: at desc_scale ${state.get("desc_scale")} only the exact cells are known.`;
  const apart = told.find(({ panel }) => panel.slot.of === "apart");
  if (!apart?.figure) return "";
  const { value, same } = apart.figure;
  const kinds = `one jump of ${apart.label} lands ${value.toFixed(2)} space units from where the exact answer sends it`;
  return `At desc_scale ${state.get("desc_scale")}, ${kinds}, and from ${percent(same)} of all places inside the same region.`;
}
