/** Sentences about a state, made from its figures alone: true for every state, the unflattering ones too. */

import { meantFlags } from "./world.js";

const ALIKE = 0.01; // shares that are nearer than this are called the same
const MARKED = 0.15; // a difference in recall that is worth a sentence
const HALF = 0.5;
const LEVEL = 0.05; // below the highest share of the curve that still counts as its plateau

/** @typedef {{label: string, trained: boolean, merits: ?Object, error: ?string, usesScale: boolean,
 *   other: boolean}} Told one panel; usesScale: it is drawn at the state's desc_scale, other: at another, as its label says */

/** A share in whole per cent, never rounded up to all or down to none. */
export function percent(share) {
  if (!Number.isFinite(share)) return "–";
  if (share >= 0.995 && share < 1) return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
  if (share > 0 && share < 0.005) return "under 1 %";
  return `${Math.round(100 * share)} %`;
}

/** A mean count: whole where it is. */
export function counted(number) {
  return Number.isFinite(number) ? String(Number(number.toFixed(1))) : "–";
}

/** So many calls, in words. @param {Told} told */
export function calls(told) {
  const { nfe } = told.merits;
  const what = told.trained ? "network call" : "exact answer";
  return `${counted(nfe)} ${what}${counted(nfe) === "1" ? "" : "s"}`;
}

/** Where a sample is what was asked for, in words: "inside CAT or DOG"; where a judge says so by the caption itself. */
export function meantWords(world, concept) {
  if (world.learned) return `where ${concept === "none" ? "anything" : `“${concept}”`} is ${world.measure}`;
  const meant = meantFlags(world, concept);
  return `inside ${world.regions.filter((_, i) => meant[i]).map((region) => region.name).join(" or ")}`;
}

/**
 * The lesson of a state in one sentence.
 * @param {Told[]} panels @param {string} where a sample is right: "inside CAT"
 */
export function lessonSentence(panels, where) {
  const failed = panels.find((told) => told.error);
  const others = panels.filter((told) => !told.error && Number.isFinite(told.merits?.in_region));
  if (failed && others.length) {
    const words = others.map(
      (told) => `${told.label} puts ${percent(told.merits.in_region)} ${where} with ${counted(told.merits.nfe)}`,
    );
    return `${failed.label} has no answer here; ${words.join(", ")}.`;
  }
  if (failed) return `${failed.label} has no answer here.`;
  const unknown = panels.find((told) => told.merits && !Number.isFinite(told.merits.in_region));
  if (unknown) return `${unknown.label} left the numbers: its samples are nowhere.`;
  if (panels.some((told) => !told.merits)) return "";
  if (panels.length === 1) return alone(panels[0], where);
  return panels.length === 2 ? ofTwo(...panels, where) : ofMany(panels, where);
}

function callsPut(told) {
  return `${calls(told)} of ${told.label} ${counted(told.merits.nfe) === "1" ? "puts" : "put"}`;
}

function alone(told, where) {
  const share = told.merits.in_region;
  const words = `${callsPut(told)} ${percent(share)} ${where}`;
  return share < HALF ? `${words}: most miss.` : `${words}.`;
}

function ofTwo(left, right, where) {
  const [few, many] = left.merits.nfe <= right.merits.nfe ? [left, right] : [right, left];
  const [a, b] = [few.merits.in_region, many.merits.in_region];
  const bad = Math.max(a, b) < HALF ? " Most miss in both." : "";
  const same = few.label === many.label;
  const put = counted(few.merits.nfe) === "1" ? "puts" : "put";
  if (counted(few.merits.nfe) === counted(many.merits.nfe)) {
    const [first, second] = left.merits.in_region >= right.merits.in_region ? [left, right] : [right, left];
    const both = `With ${calls(left)} each, `;
    if (same) return `${both}${left.label} puts ${percent(a)} and ${percent(b)} ${where}.${bad}`;
    const [most, least] = [first.merits.in_region, second.merits.in_region];
    if (percent(most) === percent(least)) {
      return `${both}${left.label} and ${right.label} both put ${percent(most)} ${where}.${bad}`;
    }
    return `${both}${first.label} puts ${percent(most)} ${where}, ${second.label} ${percent(least)}.${bad}`;
  }
  const needs = `${same ? "" : `${many.label} `}`;
  const start = `${calls(few)}${few === left && !same && !few.other ? "" : ` of ${few.label}`} ${put} ${percent(a)} ${where}`;
  if (a >= b - ALIKE) {
    return `${start}; ${needs || "the other panel "}needs ${counted(many.merits.nfe)} for ${percent(b)}.${bad}`;
  }
  return `${start}; with ${counted(many.merits.nfe)}, ${needs || "it "}puts ${percent(b)} there.${bad}`;
}

function ofMany(panels, where) {
  const order = [...panels].sort((a, b) => b.merits.in_region - a.merits.in_region || a.merits.nfe - b.merits.nfe);
  const [best, ...rest] = order;
  const others = rest.map((told) => `${told.label} ${percent(told.merits.in_region)} with ${counted(told.merits.nfe)}`);
  return `${callsPut(best)} ${percent(best.merits.in_region)} ${where}; ${others.join(", ")}.`;
}

/**
 * What the lesson leaves out: how much of the real pictures is reached, or on which side of the plateau the state is.
 */
export function secondSentence(panels, curve, scale) {
  const known = panels.filter((told) => told.merits && !told.error && Number.isFinite(told.merits.recall));
  if (panels.some((told) => told.error)) return "";
  const cliff = cliffSentence(panels, curve, scale);
  if (cliff) return cliff;
  if (known.length === 1) return `Recall: its samples come near ${percent(known[0].merits.recall)} of the real ones.`;
  if (known.length !== panels.length || known.length < 2) return "";
  const order = [...known].sort((a, b) => a.merits.recall - b.merits.recall);
  const [least, most] = [order[0], order.at(-1)];
  const [low, high] = [least.merits.recall, most.merits.recall];
  if (
    high - low < MARKED
  ) return `Recall: ${listed(known.map((told) => percent(told.merits.recall)))} of the real samples are reached.`;
  const start = least.merits.in_region >= most.merits.in_region ? "The price" : "And";
  const words = `${least.label} comes near only ${percent(low)} of the real samples (recall)`;
  return `${start}${start === "And" ? "" : ":"} ${words}, ${most.label} near ${percent(high)}.`;
}

/** Words as a list: "a, b and c". */
function listed(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");
}

/** Where the scale stands beside the plateau, if the curve is known and the state is not on it. */
function cliffSentence(panels, curve, scale) {
  const told = panels.find((one) => one.usesScale && one.merits);
  const level = plateau(curve);
  if (!told || !level || curve.length < 3 || told.merits.in_region >= level.high - 2 * LEVEL) return "";
  const best = `(best: ${percent(level.high)} at ${level.best})`;
  if (scale > level.to) {
    return `desc_scale ${scale} is beyond the plateau: the description's own noise picks the pair ${best}.`;
  }
  return scale < level.from
    ? `desc_scale ${scale} is short of the plateau: the description hardly counts ${best}.` : "";
}

/**
 * The plateau of a curve: the stops around its best whose shares are within LEVEL of it.
 * @param {{scale: number, in_region: number}[]} curve rising
 */
export function plateau(curve) {
  const known = curve.filter((point) => Number.isFinite(point.in_region));
  if (!known.length) return null;
  const best = known.reduce((most, point) => (point.in_region > most.in_region ? point : most));
  const high = best.in_region;
  let [from, to] = [known.indexOf(best), known.indexOf(best)];
  while (from > 0 && known[from - 1].in_region >= high - LEVEL) from -= 1;
  while (to < known.length - 1 && known[to + 1].in_region >= high - LEVEL) to += 1;
  return { from: known[from].scale, to: known[to].scale, best: best.scale, high };
}

/** The picture for those who do not see it. @param {Told[]} panels */
export function inWords(panels, concept, where) {
  const parts = panels.map((told) => {
    if (told.error) return `${told.label}: ${told.error}`;
    if (!told.merits) return `${told.label}: being counted.`;
    const { in_region: share, recall, miss } = told.merits;
    return `${told.label}, ${calls(told)}: ${percent(share)} ${where}, recall ${percent(recall)}, `
      + `mean distance outside ${Number.isFinite(miss) ? miss.toFixed(2) : "unknown"} units.`;
  });
  return `Asked for ${concept}. ${parts.join(" ")}`;
}
