/** What was counted over desc_scale beforehand, in the state that the page opens with (sandbox/results). */

const SCALE = "desc_scale";

/**
 * The figures of a question of the curve, where they came with the payload.
 * @param {Object} payload
 * @param {{shared: Object, panel: Object}} question
 * @returns {?Object} {scale, nfe, in_region, recall}
 */
export function countedBefore({ curves, controls, methods }, { shared, panel }) {
  const usual = (name) => controls[name]?.default;
  const rows = curves?.spaces[shared.space]?.[panel.method]?.[shared.concept];
  const asked = { ...panel.options, ...panel.settings, description_noise: shared.description_noise };
  const departs = Object.keys(asked).some((name) => name !== SCALE && name !== "enough" && asked[name] !== usual(name));
  const another = panel.steps !== curves?.steps || shared.seed !== curves.seed || panel.guidance !== 1;
  if (!rows || departs || another || panel.settings.enough) return null;
  if (panel.sampler !== methods[panel.method].samplers[0].name) return null;
  const row = rows.find(([scale]) => scale === panel.options[SCALE]);
  return row ? { scale: row[0], ...Object.fromEntries(curves.figures.map((name, i) => [name, row[i]])) } : null;
}
