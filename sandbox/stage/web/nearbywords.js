/** What the cards say of the pairs that the index finds. */

import { quoted } from "./cards.js";

const FAR = [2, 0.3]; // times as far, and space units further, than the nearest picture that fits: no longer near

/** A small number in a sentence. */
export function plainNumber(value) {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** The two squared parts of a distance. */
export function squaredWords(described, placed) {
  return `${plainNumber(described)} + ${plainNumber(placed)}`;
}

/**
 * What was found: how much of it fits, and what decided.
 * @param {{pairs: {fits: boolean, placed: number, captions: string[]}[], pictures: number, closest: ?number}} found
 * @param {{description: ?number[], meant: string}} asked
 */
export function foundWords({ pairs, pictures, closest }, { description, meant }) {
  const n = pairs.length;
  const away = pairs.reduce((sum, { placed }) => sum + Math.sqrt(placed), 0) / n;
  const near = `on average ${plainNumber(away)} from R`;
  if (!description) {
    return `Nothing is asked, so the place alone decides: the ${n} nearest pictures, ${near}, each under all its captions.`;
  }
  const fitting = pairs.filter(({ fits }) => fits).length;
  const same = pictures < n ? ` They are ${pictures} different picture${pictures === 1 ? "" : "s"}.` : "";
  if (fitting < n) {
    const some = fitting ? `Only ${fitting} of ${n} fit` : `None of the ${n} fits`;
    return `${some} ${quoted(meant)}: the place outweighs the description, and others that lie nearer come first.${same}`;
  }
  const all = `All ${n} fit ${quoted(meant)}`;
  if (closest !== null && away > FAR[0] * closest && away > closest + FAR[1]) {
    return `${all}, but they lie ${near}, where one that fits is only ${plainNumber(closest)} away: the noise of their `
      + `descriptions decides, not the place.${same}`;
  }
  return `${all} and lie near, ${near}: description and place both count.${same}`;
}
