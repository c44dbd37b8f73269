/** What the cards say of the pairs that the index finds. */

import { quoted } from "./cards.js";

const MANY = 0.15; // of all that fits: where so much lies nearer, the place does not count alone
const ALONE = 10; // times the squared part of the place: beside such a description the place is nothing

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
 * @param {{pairs: {fits: boolean, described: number, placed: number, captions: string[]}[], pictures: number, nearer: number}}
 *   found
 * @param {{description: ?number[], meant: string}} asked
 */
export function foundWords({ pairs, pictures, nearer }, { description, meant }) {
  const n = pairs.length;
  if (!description) {
    return `Nothing is asked, so the place alone decides: the ${n} nearest pictures, each with all its captions.`;
  }
  const fitting = pairs.filter(({ fits }) => fits).length;
  const others = pairs.filter(({ captions }) => captions[0] !== meant).length;
  const same = pictures === n ? "" : pictures > 1 ? ` They are ${pictures} different pictures.` : " All are one picture.";
  if (fitting < n) {
    const some = fitting ? `Only ${fitting} of ${n} fit` : `None of the ${n} fits`;
    return `${some} ${quoted(meant)}: the place outweighs the description, and others that lie nearer come first.${same}`;
  }
  const all = `All ${n} fit ${quoted(meant)}`;
  if (others > n / 2) {
    const some = others === n ? "all" : others;
    return `${all}, but ${some} stand under other captions: the place outweighs the description.${same}`;
  }
  const share = nearer < 0.01 ? "hardly any" : `${Math.round(100 * nearer)} %`;
  if (nearer > MANY) {
    const [described, placed] = ["described", "placed"].map((part) => pairs.reduce((sum, pair) => sum + pair[part], 0));
    const how = described > ALONE * placed ? "alone chooses" : "chooses as well as the place";
    return `${all}, but ${share} of what fits lies nearer to R: the noise of the descriptions ${how}.${same}`;
  }
  return `${all}, and ${share} of what fits lies nearer to R: description and place both count.${same}`;
}
