/** What a panel says of weights that are not there: over its picture, or below it where another value is drawn instead. */

import { button, make, say } from "./dom.js";
import { drawLosses, trainingWords } from "./trainings.js";
import { standInWords } from "./weights.js";

/** Say over a panel what is missing or being trained, and what can be done about it. @param {Object} panel */
export function showMissing(panel, told, question) {
  const { stage, failure } = panel;
  const [key, { trainings }] = [panel.key(), stage];
  if (told.error && told.trained) trainings.seek(key);
  const run = trainings.of(key);
  const words = run ? trainingWords(run) : told.error ?? "";
  failure.hidden = !words;
  const open = trainings.open(key);
  const able = words && canTrain(stage, told);
  const kind = `${key} ${open} ${Boolean(able)}`;
  if (failure.dataset.kind !== kind) {
    failure.dataset.kind = kind;
    panel.failing = make("p", {});
    panel.curve = make("canvas", { width: 240, height: 40, "aria-hidden": "true" });
    const train = button("Train it now", () => stage.train(question), { class: "main" });
    const end = open ? [panel.curve, button("Cancel", () => trainings.cancel(key))] : able ? [train] : [];
    failure.replaceChildren(panel.failing, ...end);
  }
  say(panel.failing, words);
  if (open) drawLosses(panel.curve, run.losses, stage.ink().text);
}

/** Say below a panel that it is drawn at another value than is asked, and offer to train that. @param {Object} panel */
export function showStandIn(panel, told) {
  const { stage, standIn } = panel;
  const asked = panel.asked();
  const other = standInWords(stage, panel.question(), asked);
  const words = [other, learnedWords(panel)].filter(Boolean).join("; ");
  standIn.hidden = !words;
  const able = other && canTrain(stage, told) && !stage.trainings.of(panel.key());
  const kind = able ? panel.key() : "";
  if (standIn.dataset.kind !== kind) {
    standIn.dataset.kind = kind;
    const train = button(`Train it at ${asked.options.desc_scale}`, () => stage.train(panel.asked()));
    standIn.replaceChildren(make("span", {}), ...(able ? [train] : []));
  }
  if (words) say(standIn.firstChild, words);
}

/** That there is nothing exact to draw where the exact field is asked for. */
function learnedWords({ stage: { state, payload }, slot }) {
  const method = payload.methods[state.get(slot.method)];
  return state.get("field") === "exact" && method.trained && !method.exact ? "drawn as learned: nothing exact is known" : "";
}

function canTrain({ payload }, told) {
  return told.trained && payload.trains !== false;
}
