/** Which weights there are: shipped ones, and those of trainings; and what is drawn in place of those that are not there. */

import { nearestStop, trainingKey, withOption } from "./state.js";

const SCALE = "desc_scale"; // the option whose nearest value stands in
const ABSENT = "These settings have no trained weights yet.";

/** The values of a numeric option that a panel's method is shipped with in this space, rising. @param {Object} world */
export function shippedStops(world, question, name) {
  const found = new Set();
  for (const asked of world?.shipped?.[question.method] ?? []) {
    const others = Object.keys(asked).filter((other) => other !== name);
    if (typeof asked[name] === "number" && others.every((other) => asked[other] === question.options[other])) {
      found.add(asked[name]);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Whether a method can answer at once: nothing is made for it, or it is shipped, or was trained. @param {Object} stage */
export function isThere(stage, question) {
  const { payload, world, state } = stage;
  const shipped = (asked) => Object.keys(asked).every((name) => asked[name] === question.options[name]);
  return !payload.methods[question.method].made || (world?.shipped?.[question.method] ?? []).some(shipped)
    || stage.trainings.has(trainingKey(state, question), payload.methods[question.method].label);
}

/** What is asked, at the nearest desc_scale that the method can answer at. @param {Object} stage */
export function nearestThere(stage, question) {
  if (!(SCALE in question.options) || isThere(stage, question)) return question;
  const stop = nearestStop(shippedStops(stage.world, question, SCALE), question.options[SCALE]);
  return withOption(question, SCALE, stop);
}

/** That a panel is drawn at another desc_scale than is asked; empty where it is not. @param {Object} stage */
export function standInWords(stage, drawn, asked) {
  const value = drawn.options[SCALE];
  if (value === asked.options[SCALE]) return "";
  const made = stage.payload.methods[drawn.method].trained ? "trained" : "made";
  const only = shippedStops(stage.world, drawn, SCALE).length === 1;
  return only ? `${made} at ${SCALE} ${value} only` : `drawn at ${SCALE} ${value}, the nearest that is ${made}`;
}

/** A method's pack, which a server is asked for only where there is one: else the browser would take that for a fault. */
export async function loadThere(stage, key) {
  const { trainings, payload, worlds } = stage;
  const [path] = key.split("?");
  const [kind, , name] = path.split("/");
  if (kind === "method" && trainings.server && payload.methods[name]?.made) {
    const known = () => trainings.has(key, payload.methods[name].label)
      || [...worlds.values()].some((world) => shippedKeys(stage, world).has(key));
    if (!known()) await trainings.seek(key);
    if (!known()) throw new Error(ABSENT);
  }
  return trainings.load(key, payload.load);
}

/** The keys of all that is shipped in a world. */
function shippedKeys({ state }, world) {
  const get = (name) => ({ space: world.name, description_noise: world.description_noise })[name];
  world.keys ??= new Set(Object.entries(world.shipped ?? {}).flatMap(([method, asked]) =>
    asked.map((options) => trainingKey({ get, controls: state.controls }, { method, options }))));
  return world.keys;
}
