// Operations that move numbers about, add them up along a dimension, or make them, by ATen's names.

import { blank, converted, filled, kindOf, sizeOf } from "./tensor.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

/** A tensor as (outer, side, inner) around one dimension. */
function around({ shape }, dim) {
  const at = dim < 0 ? dim + shape.length : dim;
  return { at, outer: sizeOf(shape.slice(0, at)), side: shape[at], inner: sizeOf(shape.slice(at + 1)) };
}

/** The same numbers in another shape. */
function reshaped(x, shape) {
  const known = shape.reduce((product, side) => (side === -1 ? product : product * side), 1);
  const out = blank(kindOf(x), shape.map((side) => (side === -1 ? x.data.length / known : side)));
  out.data.set(x.data);
  return out;
}

function permute([x, order]) {
  const strides = x.shape.map((_, i) => sizeOf(x.shape.slice(i + 1)));
  const dims = order.map((dim) => (dim < 0 ? dim + order.length : dim));
  return strided(x, dims.map((dim) => x.shape[dim]), dims.map((dim) => strides[dim]), 0);
}

function transpose([x, a, b]) {
  const order = x.shape.map((_, i) => i);
  const [i, j] = [a, b].map((dim) => (dim < 0 ? dim + order.length : dim));
  [order[i], order[j]] = [j, i];
  return permute([x, order]);
}

function expand([x, sizes]) {
  const lead = sizes.length - x.shape.length;
  const shape = sizes.map((side, i) => (side === -1 ? x.shape[i - lead] : side));
  const own = x.shape.map((side, i) => (side === 1 ? 0 : sizeOf(x.shape.slice(i + 1))));
  return strided(x, shape, [...new Array(lead).fill(0), ...own], 0);
}

/** Numbers taken with these steps along each dimension of the result. */
function strided(x, shape, steps, start) {
  const out = blank(kindOf(x), shape);
  const last = shape.length - 1;
  if (last < 0) {
    out.data[0] = x.data[start];
    return out;
  }
  let o = 0;
  const walk = (dim, from) => {
    const [side, step] = [shape[dim], steps[dim]];
    if (dim < last) for (let i = 0; i < side; i++) walk(dim + 1, from + i * step);
    else for (let i = 0; i < side; i++) out.data[o++] = x.data[from + i * step];
  };
  walk(0, start);
  return out;
}

function slice([x, dim = 0, start = 0, end = Infinity, step = 1]) {
  const { at, outer, side, inner } = around(x, dim);
  const [from, to] = bounds(start ?? 0, end ?? Infinity, side);
  const count = Math.max(Math.ceil((to - from) / step), 0);
  const out = blank(kindOf(x), x.shape.map((own, i) => (i === at ? count : own)));
  if (step === 1 && at < x.shape.length - 1) {
    for (let o = 0; o < outer; o++) {
      const begin = (o * side + from) * inner;
      out.data.set(x.data.subarray(begin, begin + count * inner), o * count * inner);
    }
    return out;
  }
  let k = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++) out.data[k++] = x.data[(o * side + from + i * step) * inner + j];
    }
  }
  return out;
}

function bounds(start, end, side) {
  const inside = (place) => Math.min(Math.max(place < 0 ? place + side : place, 0), side);
  return [inside(start), Math.max(inside(end), inside(start))];
}

function sliceScatter([x, source, dim = 0, start = 0, end = Infinity, step = 1]) {
  const out = reshaped(x, x.shape);
  const { outer, side, inner } = around(x, dim);
  const [from] = bounds(start ?? 0, end ?? Infinity, side);
  const count = source.data.length / outer / inner;
  let k = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++) out.data[(o * side + from + i * step) * inner + j] = source.data[k++];
    }
  }
  return out;
}

function select([x, dim, index]) {
  const { at, side } = around(x, dim);
  const from = index < 0 ? index + side : index;
  const part = slice([x, at, from, from + 1]);
  return { data: part.data, shape: x.shape.filter((_, i) => i !== at) };
}

function squeeze([x, dims]) {
  const chosen = [dims ?? x.shape.map((_, i) => i)].flat().map((dim) => (dim < 0 ? dim + x.shape.length : dim));
  return reshaped(x, x.shape.filter((side, i) => side !== 1 || !chosen.includes(i)));
}

function unsqueeze([x, dim]) {
  const at = dim < 0 ? dim + x.shape.length + 1 : dim;
  return reshaped(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

function cat([parts, dim = 0]) {
  const whole = parts.filter((part) => part.shape.length !== 1 || part.shape[0] !== 0);
  const { at, outer } = around(whole[0], dim);
  const sides = whole.map((part) => part.data.length / outer);
  const total = sides.reduce((sum, side) => sum + side, 0);
  const kind = whole.map(kindOf).sort((a, b) => "b1i8f4f8".indexOf(b) - "b1i8f4f8".indexOf(a))[0];
  const long = whole.reduce((sum, part) => sum + part.shape[at], 0);
  const out = blank(kind, whole[0].shape.map((side, i) => (i === at ? long : side)));
  let column = 0;
  whole.forEach(({ data }, p) => {
    const side = sides[p];
    for (let o = 0, from = 0, to = column; o < outer; o++, to += total - side) {
      for (let i = 0; i < side; i++) out.data[to++] = data[from++];
    }
    column += side;
  });
  return out;
}

function split([x, sizes, dim = 0]) {
  const { side } = around(x, dim);
  const each = Array.isArray(sizes) ? sizes : new Array(Math.ceil(side / sizes)).fill(sizes);
  let from = 0;
  return each.map((size) => slice([x, dim, from, (from += size)]));
}

/** x[i, j, ...] by index tensors for the leading dimensions. */
function index([x, indices]) {
  if (indices.some((each) => each === null || kindOf(each) !== "i8")) {
    throw new Error("The browser takes rows by their numbers only.");
  }
  const inner = sizeOf(x.shape.slice(indices.length));
  const out = blank(kindOf(x), [...indices[0].shape, ...x.shape.slice(indices.length)]);
  for (let o = 0; o < indices[0].data.length; o++) {
    let from = 0;
    indices.forEach(({ data }, dim) => {
      const place = data[data.length === 1 ? 0 : o];
      from = from * x.shape[dim] + (place < 0 ? place + x.shape[dim] : place);
    });
    for (let j = 0; j < inner; j++) out.data[o * inner + j] = x.data[from * inner + j];
  }
  return out;
}

function gather([x, dim, places]) {
  const { side, inner } = around(x, dim);
  const { side: count, outer } = around(places, dim);
  const out = blank(kindOf(x), places.shape);
  for (let o = 0, k = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, k++) out.data[k] = x.data[(o * side + places.data[k]) * inner + j];
    }
  }
  return out;
}

/** `full` and its like; torch's default kind is single precision. */
function full([shape, value], { dtype }) {
  return filled(dtype ?? (typeof value === "boolean" ? "b1" : "f4"), shape, Number(value));
}

function like(value) {
  return ([x, given], { dtype }) => filled(dtype ?? kindOf(x), x.shape, Number(value ?? given));
}

function range([start, end, step = 1], { dtype = "i8" }) {
  const out = blank(dtype, [Math.max(Math.ceil((end - start) / step), 0)]);
  for (let i = 0; i < out.data.length; i++) out.data[i] = start + i * step;
  return out;
}

const fresh = (value) => ([x, shape], { dtype }) => filled(dtype ?? kindOf(x), shape, value);

/** Operations on whole tensors: from arguments and keywords to a tensor, a number or a list of tensors. */
export const STRUCTURAL = {
  view: ([x, shape]) => reshaped(x, shape),
  reshape: ([x, shape]) => reshaped(x, shape),
  _unsafe_view: ([x, shape]) => reshaped(x, shape),
  permute,
  t: ([x]) => permute([x, x.shape.map((_, i) => x.shape.length - 1 - i)]),
  "transpose.int": transpose,
  expand,
  "slice.Tensor": slice,
  slice_scatter: sliceScatter,
  "select.int": select,
  "squeeze": squeeze,
  "squeeze.dim": squeeze,
  "squeeze.dims": squeeze,
  unsqueeze,
  cat,
  stack: ([parts, dim = 0]) => cat([parts.map((part) => unsqueeze([part, dim])), dim]),
  "split.Tensor": split,
  split_with_sizes: split,
  "index.Tensor": index,
  index_select: ([x, dim, places]) => permuteIndex(x, dim, places),
  gather,
  _to_copy: ([x], { dtype }) => converted(x, dtype ?? kindOf(x)),
  clone: ([x]) => reshaped(x, x.shape),
  full,
  full_like: like(null),
  zeros: ([shape], keywords) => full([shape, 0], keywords),
  ones: ([shape], keywords) => full([shape, 1], keywords),
  zeros_like: like(0),
  ones_like: like(1),
  new_zeros: fresh(0),
  new_ones: fresh(1),
  new_full: ([x, shape, value], { dtype }) => filled(dtype ?? kindOf(x), shape, Number(value)),
  scalar_tensor: ([value], keywords) => full([[], value], keywords),
  "arange": ([end], keywords) => range([0, end], keywords),
  "arange.start": range,
  "arange.start_step": range,
  "sym_size.int": ([x, dim]) => x.shape[dim < 0 ? dim + x.shape.length : dim],
  "operator.getitem": ([list, i]) => list[i],
  "operator.add": ([a, b]) => a + b,
  "operator.sub": ([a, b]) => a - b,
  "operator.mul": ([a, b]) => a * b,
  "operator.floordiv": ([a, b]) => Math.floor(a / b),
};

function permuteIndex(x, dim, places) {
  const { at, outer, side, inner } = around(x, dim);
  const count = places.data.length;
  const out = blank(kindOf(x), x.shape.map((own, i) => (i === at ? count : own)));
  for (let o = 0, k = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, k++) out.data[k] = x.data[(o * side + places.data[i]) * inner + j];
    }
  }
  return out;
}
