// The nearest pair: the operation of exact lookups (sandbox/methods/nearest_pair.py), by looking at all pairs.

import { blank } from "./tensor.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

/**
 * The pair of least |desc_scale (asked - description)|^2 + |x - image|^2 - w for each row. Rows that lack a description are
 * compared by their images, with weights of their own; w is 0 where `first` is 0 or there are no weights.
 * @param {Tensor[]} args asked (n, e), x (n, d), first (n,), description (pairs, e), image (pairs, d), and perhaps two weights
 *   (pairs,)
 * @param {{desc_scale: number}} keywords
 * @returns {Tensor} (n,) whole numbers
 */
export function nearestPairs([asked, x, first, description, image, weights, noneWeights], { desc_scale: scale }) {
  const [n, d] = x.shape;
  const e = description.shape[1];
  const out = blank("i8", [n]);
  const columns = columnsOf(image, description, scale);
  const question = new Float64Array(d + e);
  for (let row = 0; row < n; row++) {
    let given = true;
    for (let k = 0; k < d; k++) question[k] = x.data[row * d + k];
    for (let k = 0; k < e; k++) {
      question[d + k] = scale * asked.data[row * e + k];
      if (Number.isNaN(question[d + k])) given = false;
    }
    const own = first.data[row] ? (given ? weights : noneWeights) : null;
    out.data[row] = leastCost(question, columns, given ? d + e : d, own ? own.data : null);
  }
  return out;
}

/** The keys by columns, images first; the last ones made are kept, as a hand that drags asks for the same again. */
function columnsOf(image, description, scale) {
  if (kept.image === image && kept.description === description && kept.scale === scale) return kept.columns;
  const [d, e] = [image.shape[1], description.shape[1]];
  const pairs = image.shape[0];
  const columns = Array.from({ length: d + e }, (_, k) => {
    const column = new Float64Array(pairs);
    for (let i = 0; i < pairs; i++) column[i] = k < d ? image.data[i * d + k] : scale * description.data[i * e + k - d];
    return column;
  });
  kept = { image, description, scale, columns };
  return columns;
}

let kept = {};

function leastCost(question, columns, dimensions, weights) {
  const pairs = columns[0].length;
  let found = 0;
  let cost = Infinity;
  if (dimensions === 4) {
    const [A, B, C, D] = columns;
    const [a, b, c, d] = question;
    for (let i = 0; i < pairs; i++) {
      const p = a - A[i], q = b - B[i], r = c - C[i], s = d - D[i];
      const each = p * p + q * q + r * r + s * s - (weights ? weights[i] : 0);
      if (each < cost) {
        cost = each;
        found = i;
      }
    }
    return found;
  }
  for (let i = 0; i < pairs; i++) {
    let each = weights ? -weights[i] : 0;
    for (let k = 0; k < dimensions; k++) {
      const apart = question[k] - columns[k][i];
      each += apart * apart;
    }
    if (each < cost) {
      cost = each;
      found = i;
    }
  }
  return found;
}
