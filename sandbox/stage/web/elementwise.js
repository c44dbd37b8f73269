// Operations that treat each number by itself, by ATen's names.

import { sigmoid, sine } from "./kernel.js";
import { blank, kindOf, promoted, runs, together } from "./tensor.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

const ONE = { f4: Float32Array, f8: Float64Array, i8: Float64Array, b1: Float64Array };
const numbers = (operand, kind) => (typeof operand === "object" ? operand.data : ONE[kind].of(Number(operand)));
const SHAPE = (operand) => (typeof operand === "object" ? operand.shape : []);
const FRACTIONS = (kind) => (kind === "f8" ? "f8" : "f4");

const ARITHMETIC = { "add.Tensor": 0, "sub.Tensor": 1, "mul.Tensor": 2, "div.Tensor": 3 };

/** The four that networks are made of, each with its own loop: a shared one with a function inside is ten times slower. */
function arithmetic(operation) {
  return ([a, b], { alpha = 1 }) => {
    if (alpha !== 1) b = typeof b === "object" ? MORE["mul.Tensor"]([b, alpha], {}) : b * alpha;
    let kind = promoted([a, b]);
    if (operation === 3) kind = FRACTIONS(kind);
    const out = blank(kind, together([a, b]));
    const [x, y, z] = [numbers(a, kind), numbers(b, kind), out.data];
    if (kind === "f4" && x instanceof Float32Array && y instanceof Float32Array && x.length === z.length) {
      if (y.length === x.length || y.length === 1) {
        alike(operation, x, y, z, y.length === 1 ? 0 : 1);
        return out;
      }
    }
    const { steps, count, each } = runs(out.shape, [SHAPE(a), SHAPE(b)]);
    const [dx, dy] = steps;
    each((o, [i, j]) => {
      const end = o + count;
      if (operation === 0) for (; o < end; o++, i += dx, j += dy) z[o] = x[i] + y[j];
      else if (operation === 1) for (; o < end; o++, i += dx, j += dy) z[o] = x[i] - y[j];
      else if (operation === 2) for (; o < end; o++, i += dx, j += dy) z[o] = x[i] * y[j];
      else for (; o < end; o++, i += dx, j += dy) z[o] = x[i] / y[j];
    });
    return out;
  };
}

/**
 * The same for single precision without broadcasting: loops that only ever see one kind of array are four times as fast, and
 * twice that where they are unrolled.
 */
function alike(operation, x, y, z, step) {
  const n = z.length;
  const whole = step ? n - (n % 4) : 0;
  if (operation === 0) {
    for (let i = 0; i < whole; i += 4) {
      z[i] = x[i] + y[i];
      z[i + 1] = x[i + 1] + y[i + 1];
      z[i + 2] = x[i + 2] + y[i + 2];
      z[i + 3] = x[i + 3] + y[i + 3];
    }
    for (let i = whole; i < n; i++) z[i] = x[i] + y[i * step];
  } else if (operation === 1) {
    for (let i = 0; i < whole; i += 4) {
      z[i] = x[i] - y[i];
      z[i + 1] = x[i + 1] - y[i + 1];
      z[i + 2] = x[i + 2] - y[i + 2];
      z[i + 3] = x[i + 3] - y[i + 3];
    }
    for (let i = whole; i < n; i++) z[i] = x[i] - y[i * step];
  } else if (operation === 2) {
    for (let i = 0; i < whole; i += 4) {
      z[i] = x[i] * y[i];
      z[i + 1] = x[i + 1] * y[i + 1];
      z[i + 2] = x[i + 2] * y[i + 2];
      z[i + 3] = x[i + 3] * y[i + 3];
    }
    for (let i = whole; i < n; i++) z[i] = x[i] * y[i * step];
  } else for (let i = 0; i < n; i++) z[i] = x[i] / y[i * step];
}

/** An operation of several numbers, of which each may be a tensor. */
function pointwise(f, kindFor = promoted) {
  return (operands) => {
    const out = blank(kindFor(operands), together(operands));
    const common = promoted(operands);
    const [x, y, z] = operands.map((operand) => numbers(operand, common));
    const { steps, count, each } = runs(out.shape, operands.map(SHAPE));
    const [dx, dy, dz] = steps;
    each((o, [i, j, k]) => {
      const end = o + count;
      if (operands.length === 1) for (; o < end; o++, i += dx) out.data[o] = f(x[i]);
      else if (operands.length === 2) for (; o < end; o++, i += dx, j += dy) out.data[o] = f(x[i], y[j]);
      else for (; o < end; o++, i += dx, j += dy, k += dz) out.data[o] = f(x[i], y[j], z[k]);
    });
    return out;
  };
}

const TRUTH = () => "b1";
const test = (f) => pointwise(f, TRUTH);
const fraction = (f) => pointwise(f, (operands) => FRACTIONS(promoted(operands)));
const both = (name, operation) => ({ [`${name}.Tensor`]: operation, [`${name}.Scalar`]: operation });

/** Of single precision by the kernel, else by JavaScript's own. */
function quick(act, f) {
  const slow = fraction(f);
  return ([x]) => {
    if (kindOf(x) !== "f4") return slow([x]);
    const out = blank("f4", x.shape);
    act(x.data, out.data);
    return out;
  };
}

function power([x, exponent]) {
  if (exponent === 2) return pointwise((a) => a * a)([x]);
  return pointwise((a, b) => a ** b)([x, exponent]);
}

function roundHalfToEven(a) {
  const rounded = Math.round(a);
  return rounded - a === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function clamp([x, low = null, high = null]) {
  const some = [low, high].map((bound) => bound !== null);
  if (some[0] && some[1]) return pointwise((a, l, h) => Math.min(Math.max(a, l), h))([x, low, high]);
  return some[0] ? pointwise((a, l) => Math.max(a, l))([x, low]) : pointwise((a, h) => Math.min(a, h))([x, high]);
}

function where([condition, a, b]) {
  return pointwise((c, x, y) => (c ? x : y), ([, ...values]) => promoted(values))([condition, a, b]);
}

/** The error function, within 2e-7 (Abramowitz & Stegun 1964, 7.1.26). */
function erf(a) {
  const t = 1 / (1 + 0.3275911 * Math.abs(a));
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(a) * (1 - tail * Math.exp(-a * a));
}

function gelu([x], { approximate = "none" }) {
  if (approximate === "none") return fraction((a) => (a / 2) * (1 + erf(a / Math.SQRT2)))([x]);
  return fraction((a) => (a / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3))))([x]);
}

function elu([x, alpha = 1, scale = 1, inner = 1]) {
  return fraction((a) => scale * (a > 0 ? a : alpha * Math.expm1(inner * a)))([x]);
}

function divided([a, b], { rounding_mode: mode = null }) {
  const round = { floor: Math.floor, trunc: Math.trunc }[mode];
  return round ? pointwise((x, y) => round(x / y))([a, b]) : MORE["div.Tensor"]([a, b], {});
}

const floorMod = (a, b) => a - Math.floor(a / b) * b;

/** @type {Record<string, (args: any[], keywords: Record<string, any>) => Tensor>} */
const MORE = {
  ...Object.fromEntries(Object.entries(ARITHMETIC).map(([name, operation]) => [name, arithmetic(operation)])),
  abs: pointwise(Math.abs),
  neg: pointwise((a) => -a),
  sign: pointwise((a) => Math.sign(a)),
  floor: pointwise(Math.floor),
  ceil: pointwise(Math.ceil),
  round: pointwise(roundHalfToEven),
  trunc: pointwise(Math.trunc),
  relu: pointwise((a) => Math.max(a, 0)),
  exp: fraction(Math.exp),
  expm1: fraction(Math.expm1),
  log: fraction(Math.log),
  log1p: fraction(Math.log1p),
  log2: fraction(Math.log2),
  log10: fraction(Math.log10),
  sqrt: fraction(Math.sqrt),
  rsqrt: fraction((a) => 1 / Math.sqrt(a)),
  reciprocal: fraction((a) => 1 / a),
  sin: quick((x, out) => sine(x, out, false), Math.sin),
  cos: quick((x, out) => sine(x, out, true), Math.cos),
  tan: fraction(Math.tan),
  tanh: fraction(Math.tanh),
  sinh: fraction(Math.sinh),
  cosh: fraction(Math.cosh),
  asin: fraction(Math.asin),
  acos: fraction(Math.acos),
  atan: fraction(Math.atan),
  asinh: fraction(Math.asinh),
  acosh: fraction(Math.acosh),
  atanh: fraction(Math.atanh),
  atan2: fraction(Math.atan2),
  erf: fraction(erf),
  gelu,
  elu,
  leaky_relu: ([x, slope = 0.01]) => pointwise((a) => (a > 0 ? a : slope * a))([x]),
  hardtanh: ([x, low = -1, high = 1]) => clamp([x, low, high]),
  sigmoid: quick(sigmoid, (a) => 1 / (1 + Math.exp(-a))),
  isnan: test(Number.isNaN),
  isinf: test((a) => Math.abs(a) === Infinity),
  logical_not: test((a) => !a),
  bitwise_not: ([x]) => (kindOf(x) === "b1" ? test((a) => !a)([x]) : pointwise((a) => ~a)([x])),
  logical_and: test((a, b) => a && b),
  logical_or: test((a, b) => a || b),
  "bitwise_and.Tensor": pointwise((a, b) => a & b),
  "bitwise_or.Tensor": pointwise((a, b) => a | b),
  "bitwise_xor.Tensor": pointwise((a, b) => a ^ b),
  ...both("eq", test((a, b) => a === b)),
  ...both("ne", test((a, b) => a !== b)),
  ...both("lt", test((a, b) => a < b)),
  ...both("le", test((a, b) => a <= b)),
  ...both("gt", test((a, b) => a > b)),
  ...both("ge", test((a, b) => a >= b)),
  "pow.Tensor_Scalar": power,
  "pow.Tensor_Tensor": power,
  "pow.Scalar": power,
  ...both("remainder", pointwise(floorMod)),
  ...both("fmod", pointwise((a, b) => a % b)),
  "div.Tensor_mode": divided,
  "div.Scalar_mode": divided,
  minimum: pointwise(Math.min),
  maximum: pointwise(Math.max),
  clamp,
  "clamp.Tensor": clamp,
  clamp_min: ([x, low]) => clamp([x, low]),
  clamp_max: ([x, high]) => clamp([x, null, high]),
  "where.self": where,
  "where.ScalarOther": where,
  "where.ScalarSelf": where,
  "where.Scalar": where,
};

/** Elementwise operations: from arguments and keywords to a tensor. */
export const NUMBERWISE = { ...MORE, ...scalarForms() };

/** add.Scalar and the like are add.Tensor with a plain number. */
function scalarForms() {
  return Object.fromEntries(Object.keys(ARITHMETIC).map((name) => [name.replace("Tensor", "Scalar"), MORE[name]]));
}
