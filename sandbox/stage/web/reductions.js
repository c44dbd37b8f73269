// Operations that weigh many numbers against each other: sums, norms, softmax and products.

import { quickProduct, quickSoftmax } from "./kernel.js";
import { nearestPairs } from "./nearest.js";
import { blank, kindOf, sizeOf } from "./tensor.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

/** A reduction over some dimensions, all where none are named; `make` ends in a number for each place. */
function reduced(step, first, last, kindFor = kindOf) {
  return (x, dims, keep, power) => {
    const rank = x.shape.length;
    const named = [dims ?? []].flat().map((dim) => (dim < 0 ? dim + rank : dim));
    const gone = x.shape.map((_, i) => named.length === 0 || named.includes(i));
    const shape = keep ? x.shape.map((side, i) => (gone[i] ? 1 : side)) : x.shape.filter((_, i) => !gone[i]);
    const out = blank(kindFor(x), shape);
    const total = new Float64Array(out.data.length).fill(first);
    const first_gone = gone.indexOf(true);
    const adjacent = gone.lastIndexOf(true) - first_gone + 1 === gone.filter(Boolean).length || rank === 0;
    if (!adjacent) throw new Error("The browser adds up neighbouring dimensions only.");
    const start = Math.max(first_gone, 0);
    const inner = sizeOf(x.shape.slice(gone.lastIndexOf(true) + 1));
    const outer = rank ? sizeOf(x.shape.slice(0, start)) : 1;
    const count = x.data.length / Math.max(outer * inner, 1);
    for (let o = 0, k = 0; o < outer; o++) {
      for (let c = 0; c < count; c++) {
        for (let i = 0; i < inner; i++) total[o * inner + i] = step(total[o * inner + i], x.data[k++], power);
      }
    }
    for (let i = 0; i < total.length; i++) out.data[i] = last(total[i], count, power);
    return out;
  };
}

const same = (total) => total;
const truth = () => "b1";
const whole = (x) => (kindOf(x) === "b1" ? "i8" : kindOf(x));
const sum = reduced((a, b) => a + b, 0, same, whole);
const mean = reduced((a, b) => a + b, 0, (total, count) => total / count);
const most = reduced(Math.max, -Infinity, same);
const least = reduced(Math.min, Infinity, same);
const some = reduced((a, b) => (b ? 1 : a), 0, same, truth);
const every = reduced((a, b) => (b ? a : 0), 1, same, truth);
const prod = reduced((a, b) => a * b, 1, same, whole);
const norms = {
  1: reduced((a, b) => a + Math.abs(b), 0, same),
  2: reduced((a, b) => a + b * b, 0, Math.sqrt),
  Infinity: reduced((a, b) => Math.max(a, Math.abs(b)), 0, same),
  other: reduced((a, b, p) => a + Math.abs(b) ** p, 0, (total, _, p) => total ** (1 / p)),
};

function norm([x, power = 2, dims = null, keep = false]) {
  return (norms[power] ?? norms.other)(x, dims, keep, power);
}

/** Softmax, or its logarithm, along the last dimension. */
function softmax([x, dim], logarithm) {
  const side = x.shape[x.shape.length - 1];
  if (dim !== -1 && dim !== x.shape.length - 1) throw new Error("The browser's softmax is along the last dimension only.");
  const out = blank(kindOf(x), x.shape);
  const [from, to] = [x.data, out.data];
  if (!logarithm && kindOf(x) === "f8" && quickSoftmax(from, side, to)) return out;
  for (let row = 0; row < from.length; row += side) {
    let top = -Infinity;
    for (let i = row; i < row + side; i++) if (!(from[i] <= top)) top = from[i];
    let total = 0;
    for (let i = row; i < row + side; i++) {
      const each = Math.exp(from[i] - top);
      to[i] = each;
      total += each;
    }
    if (logarithm) for (let i = row; i < row + side; i++) to[i] = from[i] - top - Math.log(total);
    else for (let i = row; i < row + side; i++) to[i] /= total;
  }
  return out;
}

/** a (n, k) @ b (k, m) + bias: four columns at a time, then those that are left. */
function product(a, b, bias) {
  const [n, k] = a.shape;
  const m = b.shape[1];
  const out = blank(kindOf(a), [n, m]);
  const [x, y, z] = [a.data, b.data, out.data];
  if (!bias && kindOf(a) === "f8" && kindOf(b) === "f8" && quickProduct(x, n, k, y, m, z)) return out;
  const fours = m - (m % 4);
  for (let i = 0; i < n; i++) {
    const row = i * k;
    for (let j = 0; j < fours; j += 4) {
      let s = 0, t = 0, u = 0, v = 0;
      for (let c = 0, w = j; c < k; c++, w += m) {
        const left = x[row + c];
        s += left * y[w];
        t += left * y[w + 1];
        u += left * y[w + 2];
        v += left * y[w + 3];
      }
      const at = i * m + j;
      z[at] = s;
      z[at + 1] = t;
      z[at + 2] = u;
      z[at + 3] = v;
    }
    for (let j = fours; j < m; j++) {
      let s = 0;
      for (let c = 0, w = j; c < k; c++, w += m) s += x[row + c] * y[w];
      z[i * m + j] = s;
    }
  }
  if (bias) for (let i = 0; i < z.length; i++) z[i] += bias.data[bias.data.length === m ? i % m : i];
  return out;
}

/** A product for each of the leading dimension. */
function products(a, b) {
  const [count, n, k] = a.shape;
  const m = b.shape[2];
  const out = blank(kindOf(a), [count, n, m]);
  for (let i = 0; i < count; i++) {
    const left = { data: a.data.subarray(i * n * k, (i + 1) * n * k), shape: [n, k] };
    const right = { data: b.data.subarray(i * k * m, (i + 1) * k * m), shape: [k, m] };
    out.data.set(product(left, right, null).data, i * n * m);
  }
  return out;
}

function best([x, dim = null, keep = false], better) {
  if (dim !== null && dim !== -1 && dim !== x.shape.length - 1) {
    throw new Error("The browser looks for the best along the last dimension only.");
  }
  const side = dim === null ? x.data.length : x.shape[x.shape.length - 1];
  const lead = dim === null ? [] : x.shape.slice(0, -1);
  const out = blank("i8", keep ? [...lead, 1] : lead);
  for (let row = 0; row < out.data.length; row++) {
    let found = 0;
    for (let i = 1; i < side; i++) if (better(x.data[row * side + i], x.data[row * side + found])) found = i;
    out.data[row] = found;
  }
  return out;
}

/** Operations that weigh numbers: from arguments and keywords to a tensor. */
export const REDUCTIONS = {
  sum: ([x]) => sum(x, null, false),
  "sum.dim_IntList": ([x, dims, keep = false]) => sum(x, dims, keep),
  prod: ([x]) => prod(x, null, false),
  "prod.dim_int": ([x, dim, keep = false]) => prod(x, dim, keep),
  mean: ([x]) => mean(x, null, false),
  "mean.dim": ([x, dims, keep = false]) => mean(x, dims, keep),
  amax: ([x, dims, keep = false]) => most(x, dims, keep),
  amin: ([x, dims, keep = false]) => least(x, dims, keep),
  any: ([x]) => some(x, null, false),
  "any.dim": ([x, dim, keep = false]) => some(x, dim, keep),
  "any.dims": ([x, dims, keep = false]) => some(x, dims, keep),
  all: ([x]) => every(x, null, false),
  "all.dim": ([x, dim, keep = false]) => every(x, dim, keep),
  linalg_vector_norm: norm,
  argmax: (args) => best(args, (a, b) => a > b),
  argmin: (args) => best(args, (a, b) => a < b),
  _softmax: (args) => softmax(args, false),
  _log_softmax: (args) => softmax(args, true),
  bmm: ([a, b]) => products(a, b),
  mm: ([a, b]) => product(a, b, null),
  addmm: ([bias, a, b]) => product(a, b, bias),
  "sandbox.nearest": nearestPairs,
};
