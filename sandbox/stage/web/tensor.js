// Arrays with shapes: kinds of numbers, broadcasting, and a store of arrays to be used again.

/** @typedef {import("./packs.js").Tensor} Tensor */

const ARRAYS = { f4: Float32Array, f8: Float64Array, i8: Int32Array, b1: Uint8Array };
const RANKS = ["b1", "i8", "f4", "f8"]; // what gives way to what
const SPARE = 24; // arrays of one kind and size that wait to be used again

/** @type {Map<string, any[]>} */
const waiting = new Map();

/**
 * The kind of a tensor's numbers: "f4", "f8", "i8" (whole numbers) or "b1" (0 or 1).
 * @param {Tensor} tensor
 * @returns {string}
 */
export function kindOf({ data }) {
  if (data instanceof Float32Array) return "f4";
  if (data instanceof Float64Array) return "f8";
  return data instanceof Uint8Array ? "b1" : "i8";
}

/**
 * How many numbers a shape holds.
 * @param {number[]} shape
 * @returns {number}
 */
export function sizeOf(shape) {
  let size = 1;
  for (const side of shape) size *= side;
  return size;
}

/**
 * A tensor to be filled: what it holds is left over from earlier ones.
 * @param {string} kind
 * @param {number[]} shape
 * @returns {Tensor}
 */
export function blank(kind, shape) {
  const size = sizeOf(shape);
  const known = waiting.get(kind + size);
  return { data: known && known.length ? known.pop() : new ARRAYS[kind](size), shape };
}

/**
 * Hand back a tensor that nobody reads any more.
 * @param {Tensor} tensor
 */
export function release(tensor) {
  const key = kindOf(tensor) + tensor.data.length;
  const known = waiting.get(key);
  if (!known) waiting.set(key, [tensor.data]);
  else if (known.length < SPARE) known.push(tensor.data);
}

/**
 * A tensor of equal numbers.
 * @param {string} kind
 * @param {number[]} shape
 * @param {number} value
 * @returns {Tensor}
 */
export function filled(kind, shape, value) {
  const out = blank(kind, shape);
  out.data.fill(value);
  return out;
}

/**
 * A tensor of another kind, or the same one.
 * @param {Tensor} tensor
 * @param {string} kind
 * @returns {Tensor}
 */
export function converted(tensor, kind) {
  const out = blank(kind, tensor.shape);
  if (kind === "b1") for (let i = 0; i < out.data.length; i++) out.data[i] = tensor.data[i] ? 1 : 0;
  else out.data.set(tensor.data);
  return out;
}

/**
 * The kind of a result of tensors and plain numbers, as torch promotes them: a number, or a tensor without dimensions, only
 * decides where it is of a higher category (a fraction among whole numbers).
 * @param {(Tensor|number|boolean)[]} operands
 * @returns {string}
 */
export function promoted(operands) {
  let kind = "b1";
  let weak = "b1";
  for (const operand of operands) {
    if (typeof operand === "object" && operand.shape.length) kind = higher(kind, kindOf(operand));
    else if (typeof operand === "object") weak = higher(weak, kindOf(operand));
    else if (typeof operand === "number") weak = higher(weak, Number.isInteger(operand) ? "i8" : "f4");
  }
  const dimensioned = operands.some((operand) => typeof operand === "object" && operand.shape.length);
  if (!dimensioned) {
    const tensors = operands.filter((operand) => typeof operand === "object").map(kindOf);
    const own = tensors.reduce(higher, "b1");
    return category(own) >= category(weak) ? own : weak;
  }
  return category(kind) >= category(weak) ? kind : weak;
}

function higher(a, b) {
  return RANKS.indexOf(a) > RANKS.indexOf(b) ? a : b;
}

function category(kind) {
  return Math.min(RANKS.indexOf(kind), 2);
}

/**
 * The shape of tensors and plain numbers together.
 * @param {(Tensor|number|boolean)[]} operands
 * @returns {number[]}
 */
export function together(operands) {
  let shape = [];
  for (const operand of operands) {
    if (typeof operand !== "object") continue;
    const [long, short] = operand.shape.length > shape.length ? [operand.shape, shape] : [shape, operand.shape];
    const shift = long.length - short.length;
    shape = long.map((side, i) => (i < shift || short[i - shift] === 1 ? side : short[i - shift]));
  }
  return shape;
}

/**
 * Walk over the last dimension of a broadcast shape: `visit(out, count, starts)` for each run of `count` numbers, with where
 * each operand's run begins; its step is 0 or 1 (`steps`).
 * @param {number[]} shape
 * @param {number[][]} shapes of the operands
 * @returns {{steps: number[], count: number, each: (visit: (out: number, starts: number[]) => void) => void}}
 */
export function runs(shape, shapes) {
  const size = sizeOf(shape);
  if (shapes.every((own) => sizeOf(own) === size || sizeOf(own) === 1)) {
    const starts = shapes.map(() => 0);
    return { steps: shapes.map((own) => (sizeOf(own) === 1 ? 0 : 1)), count: size, each: (visit) => visit(0, starts) };
  }
  const rank = shape.length;
  const strides = shapes.map((own) => {
    const found = new Array(rank).fill(0);
    let stride = 1;
    for (let i = own.length - 1; i >= 0; i--) {
      if (own[i] !== 1) found[rank - own.length + i] = stride;
      stride *= own[i];
    }
    return found;
  });
  const count = shape[rank - 1];
  const each = (visit) => {
    const place = new Array(rank - 1).fill(0);
    const starts = shapes.map(() => 0);
    for (let out = 0; out < size; out += count) {
      visit(out, starts);
      for (let i = rank - 2; i >= 0; i--) {
        const back = ++place[i] === shape[i];
        for (let k = 0; k < starts.length; k++) starts[k] += back ? strides[k][i] * (1 - shape[i]) : strides[k][i];
        if (!back) break;
        place[i] = 0;
      }
    }
  };
  return { steps: strides.map((own) => own[rank - 1]), count, each };
}
