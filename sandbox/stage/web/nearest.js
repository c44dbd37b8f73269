// The nearest pair: the operation of exact lookups (sandbox/methods/nearest_pair.py), by a tree over the pairs' images.

import { blank } from "./tensor.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

const LEAF = 8; // pairs that are looked at one by one, at most
const FEW = 8; // rows of one description for which the tree is not worth its preparation
const SLACK = 1e-9; // of a bound: rounding never cuts off the nearest pair

/**
 * The pair of least |desc_scale (asked - description)|^2 + |x - image|^2 - w for each row; of equals the first. Rows that lack
 * a description are compared by their images, with weights of their own; w is 0 where `first` is 0 or there are no weights.
 *
 * Rows in a row mostly share their description, as those of a map do; then all but |x - image|^2 is known of each pair before.
 * @param {Tensor[]} args asked (n, e), x (n, d), first (n,), description (pairs, e), image (pairs, d), and perhaps two weights
 *   (pairs,)
 * @param {{desc_scale: number}} keywords
 * @returns {Tensor} (n,) whole numbers
 */
export function nearestPairs([asked, x, first, description, image, weights, noneWeights], { desc_scale: scale }) {
  const n = x.shape[0];
  const out = blank("i8", [n]);
  const tree = treeOf(image);
  for (let row = 0, end = 0; row < n; row = end) {
    while (end < n && alike(asked, first.data, row, end)) end++;
    const question = rowOf(asked, row);
    const given = !question.some(Number.isNaN);
    tree.add(given ? { question, description, scale } : null, first.data[row] ? (given ? weights : noneWeights) : null);
    for (let i = row; i < end; i++) out.data[i] = tree.nearest(rowOf(x, i), end - row < FEW);
  }
  return out;
}

function rowOf({ data, shape }, row) {
  return data.subarray(row * shape[1], (row + 1) * shape[1]);
}

/** Whether two rows ask with the same description and weights. */
function alike(asked, first, one, other) {
  const [a, b] = [rowOf(asked, one), rowOf(asked, other)];
  return first[one] === first[other] && a.every((value, k) => Object.is(value, b[k]));
}

/** The tree of some images; the last one made is kept, as questions of one world come together. */
function treeOf(image) {
  if (kept.image !== image) kept = { image, tree: new ImageTree(image) };
  return kept.tree;
}

let kept = {};

/** Images halved again and again along their widest side. Node i has the children 2i + 1 and 2i + 2. */
class ImageTree {
  constructor({ data, shape: [pairs, d] }) {
    const levels = Math.max(Math.ceil(Math.log2(pairs / LEAF)), 0);
    const inner = 2 ** levels - 1; // nodes above the leaves
    const nodes = 2 * inner + 1;
    Object.assign(this, { pairs, d, inner, nodes, found: 0 });
    this.order = Int32Array.from({ length: pairs }, (_, i) => i);
    this.starts = Int32Array.from({ length: nodes }, (_, node) => this.startOf(node));
    this.ends = Int32Array.from({ length: nodes }, (_, node) => this.startOf(node, 1));
    this.boxes = new Float64Array(nodes * 2 * d);
    for (let node = 0; node < nodes; node++) this.divide(node, data);
    this.keys = new Float64Array(pairs * d);
    this.order.forEach((pair, place) => this.keys.set(data.subarray(pair * d, (pair + 1) * d), place * d));
    this.added = new Float64Array(pairs); // to the square of the distance to each image, by the tree's order
    this.least = new Float64Array(nodes); // of what is added
    this.stack = new Int32Array(levels + 2);
    this.bounds = new Float64Array(levels + 2);
  }

  /** The first of a node's pairs in `order`, or of the node after it. */
  startOf(node, after = 0) {
    const peers = 2 ** (31 - Math.clz32(node + 1));
    return Math.floor(((node + 1 - peers + after) * this.pairs) / peers);
  }

  /** Measure a node's box and, above the leaves, have its pairs in the order of their widest side. */
  divide(node, data) {
    const members = this.order.subarray(this.starts[node], this.ends[node]);
    let [widest, width] = [0, -1];
    for (let k = 0; k < this.d; k++) {
      let [low, high] = [Infinity, -Infinity];
      for (const i of members) {
        low = Math.min(low, data[i * this.d + k]);
        high = Math.max(high, data[i * this.d + k]);
      }
      this.boxes.set([low, high], (node * this.d + k) * 2);
      if (high - low > width) [widest, width] = [k, high - low];
    }
    if (node < this.inner) members.sort((a, b) => data[a * this.d + widest] - data[b * this.d + widest]);
  }

  /** What the next questions add to the square of the distance to each image, from a description and weights. */
  add(asked, weights) {
    const { added, order, least, inner } = this;
    for (let place = 0; place < this.pairs; place++) {
      const pair = order[place];
      let sum = weights ? -weights.data[pair] : 0;
      if (asked) {
        const { question, scale, description } = asked;
        for (let k = 0, e = question.length; k < e; k++) {
          const apart = scale * (question[k] - description.data[pair * e + k]);
          sum += apart * apart;
        }
      }
      added[place] = sum;
    }
    for (let node = this.nodes - 1; node >= 0; node--) {
      let lowest = node < inner ? Math.min(least[2 * node + 1], least[2 * node + 2]) : Infinity;
      for (let place = this.starts[node]; node >= inner && place < this.ends[node]; place++) {
        lowest = Math.min(lowest, added[place]);
      }
      least[node] = lowest;
    }
  }

  /**
   * The number of the pair that a question costs least.
   * @param {ArrayLike<number>} question (d,)
   * @param {boolean} plainly without the tree
   */
  nearest(question, plainly) {
    const { stack, bounds, inner, starts, ends } = this;
    this.cost = this.costOf(question, this.found); // the last answer: a good guess where questions are neighbours
    if (plainly) {
      this.look(question, 0, this.pairs);
      return this.order[this.found];
    }
    let left = 1;
    stack[0] = 0;
    bounds[0] = -Infinity;
    while (left) {
      const node = stack[--left];
      if (bounds[left] > this.cost) continue;
      if (node >= inner) {
        this.look(question, starts[node], ends[node]);
        continue;
      }
      const [low, high] = [this.bound(question, 2 * node + 1), this.bound(question, 2 * node + 2)];
      const turned = high < low ? 1 : 0;
      stack[left] = 2 * node + 2 - turned;
      bounds[left++] = turned ? low : high;
      stack[left] = 2 * node + 1 + turned;
      bounds[left++] = turned ? high : low;
    }
    return this.order[this.found];
  }

  look(question, start, end) {
    for (let place = start; place < end; place++) {
      const cost = this.costOf(question, place);
      if (cost > this.cost || (cost === this.cost && this.order[place] > this.order[this.found])) continue;
      this.cost = cost;
      this.found = place;
    }
  }

  costOf(question, place) {
    let sum = this.added[place];
    for (let k = 0, at = place * this.d; k < this.d; k++, at++) sum += (question[k] - this.keys[at]) ** 2;
    return sum;
  }

  /** What no pair of a node costs less than. */
  bound(question, node) {
    let sum = this.least[node];
    for (let k = 0, at = node * this.d * 2; k < this.d; k++, at += 2) {
      const [low, high] = [this.boxes[at] - question[k], question[k] - this.boxes[at + 1]];
      const gap = low > 0 ? low : high > 0 ? high : 0;
      sum += gap * gap;
    }
    return sum - SLACK * (1 + Math.abs(sum));
  }
}
