// Evaluates a traced denoiser (sandbox/stage/graph.py): any method, known or not, as long as its operations are.

import { NUMBERWISE } from "./elementwise.js";
import { layer, linear } from "./kernel.js";
import { REDUCTIONS } from "./reductions.js";
import { STRUCTURAL } from "./structural.js";
import { blank, kindOf, release } from "./tensor.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

const OPERATIONS = { ...NUMBERWISE, ...STRUCTURAL, ...REDUCTIONS };
const AT_ONCE = 1 << 16; // numbers of an intermediate result: more would not fit into the processor's cache
const ROWS = [16, 512]; // at once, at the least and at the most
const BEYOND_JSON = { inf: Infinity, "-inf": -Infinity, nan: NaN };

/**
 * Make a graph ready to be evaluated, row by row independent.
 * @param {{inputs: string[], constants: {dtype: string}[], nodes: any[][], outputs: any[]}} graph
 * @param {Tensor[]} constants as many as the graph's
 * @param {string[]} [options] names of keywords whose value may be given anew at each evaluation
 * @returns {(inputs: Record<string, Tensor>, live?: Record<string, number>) => Tensor[]} inputs by name, each with n rows;
 *   the outputs, each with n rows
 * @throws {Error} a sentence, where an operation is not known
 */
export function compile(graph, constants) {
  const plan = planned(graph, constants);
  const widest = Math.max(1, ...constants.flatMap(({ shape }) => shape));
  const most = Math.min(Math.max(Math.floor(AT_ONCE / widest), ROWS[0]), ROWS[1]);
  return (inputs, live = {}) => {
    const given = graph.inputs.map((name) => inputs[name]);
    const n = given[0].shape[0];
    if (n <= most) return evaluated(plan, given, live);
    const outputs = [];
    for (let row = 0; row < n; row += most) {
      const rows = Math.min(most, n - row);
      const part = evaluated(plan, given.map((each) => someRows(each, row, rows)), live);
      part.forEach((result, i) => {
        outputs[i] ??= blank(kindOf(result), [n, ...result.shape.slice(1)]);
        outputs[i].data.set(result.data, (row * outputs[i].data.length) / n);
        if (plan.owned[i]) release(result);
      });
    }
    return outputs;
  };
}

function someRows({ data, shape }, row, rows) {
  const side = data.length / shape[0];
  return { data: data.subarray(row * side, (row + rows) * side), shape: [rows, ...shape.slice(1)] };
}

const isReference = (argument) => Array.isArray(argument) && argument[0] === "$";

/** All references in an argument. */
function references(argument) {
  if (isReference(argument)) return [argument[1]];
  return Array.isArray(argument) ? argument.flatMap(references) : [];
}

/** What is done in which order, and after which step each value is no longer needed. */
function planned(graph, constants) {
  const first = graph.inputs.length + constants.length;
  const values = [...graph.inputs.map(() => undefined), ...constants];
  const outputs = graph.outputs.map(([, i]) => i);
  const uses = new Map();
  graph.nodes.forEach(([, args]) => references(args).forEach((i) => uses.set(i, (uses.get(i) ?? 0) + 1)));
  outputs.forEach((i) => uses.set(i, (uses.get(i) ?? 0) + 1));
  let steps = graph.nodes.map(([name, args, keywords = {}], i) => {
    if (!Object.hasOwn(OPERATIONS, name)) throw new Error(`The browser does not know the operation “${name}”.`);
    return { name, run: OPERATIONS[name], args, keywords, out: first + i };
  });
  steps = steps.filter((step) => !folded(step, values, graph.inputs.length, outputs));
  steps = layers(steps, values, uses);
  const last = new Map();
  steps.forEach((step, k) => references(step.args).forEach((i) => last.set(i, k)));
  steps.forEach((step, k) => {
    step.free = references(step.args).filter((i) => last.get(i) === k && values[i] === undefined && i >= first);
    step.free = [...new Set(step.free)].filter((i) => !outputs.includes(i));
  });
  const made = new Set(steps.map((step) => step.out));
  return { steps, values, outputs, owned: outputs.map((out, i) => made.has(out) && outputs.indexOf(out) === i) };
}

/** Compute now what depends on nothing but constants. */
function folded(step, values, inputs, outputs) {
  const used = references(step.args);
  if (outputs.includes(step.out) || used.some((i) => i < inputs || values[i] === undefined)) return false;
  values[step.out] = step.run(filledIn(step.args, values), step.keywords);
  return true;
}

/** Products with constant weights become the kernel's, together with a SiLU that follows. */
function layers(steps, values, uses) {
  const byOut = new Map(steps.map((step) => [step.out, step]));
  const gone = new Set();
  for (const step of steps) {
    if (step.name !== "mm" && step.name !== "addmm") continue;
    const [bias, x, weight] = step.name === "mm" ? [null, ...step.args] : step.args;
    const [w, b] = [values[weight[1]], bias && values[bias[1]]];
    if (!w || kindOf(w) !== "f4" || b === undefined) continue;
    const packed = layer(w.data, w.shape[0], w.shape[1], b && b.data);
    const silu = uses.get(step.out) === 2 ? activation(steps, step.out, uses) : null;
    if (silu) {
      gone.add(byOut.get(silu.sigmoid));
      gone.add(step);
    }
    const target = silu ? byOut.get(silu.product) : step;
    Object.assign(target, { name: "linear", args: [x], keywords: {}, run: ([rows]) => layered(rows, packed, !!silu) });
  }
  return steps.filter((step) => !gone.has(step));
}

/** Whether a value's two uses are SiLU's: its sigmoid, and the product with that. */
function activation(steps, out, uses) {
  const sigmoid = steps.find((step) => step.name === "sigmoid" && step.args[0][1] === out)?.out;
  if (sigmoid === undefined || uses.get(sigmoid) !== 1) return null;
  const isProduct = ({ name, args }) => name === "mul.Tensor" && args.every(isReference) &&
    args.some(([, i]) => i === out) && args.some(([, i]) => i === sigmoid);
  const product = steps.find(isProduct)?.out;
  return product === undefined ? null : { sigmoid, product };
}

function layered(x, packed, silu) {
  const out = blank("f4", [x.shape[0], packed.m]);
  linear(x.data, x.shape[0], packed, silu, out.data);
  return out;
}

/** An argument with its references filled in. */
function filledIn(argument, values) {
  if (!Array.isArray(argument)) return argument;
  if (argument[0] === "$") return values[argument[1]];
  if (argument[0] === "#") return BEYOND_JSON[argument[1]];
  return argument.map((each) => filledIn(each, values));
}

function evaluated({ steps, values, outputs }, inputs, live) {
  const now = values.slice();
  inputs.forEach((input, i) => (now[i] = input));
  for (const { run, args, keywords, out, free } of steps) {
    let said = keywords;
    for (const name in keywords) if (name in live) said = { ...said, [name]: live[name] };
    now[out] = run(filledIn(args, now), said);
    for (const i of free) {
      if (now[i]?.data) release(now[i]);
      now[i] = undefined;
    }
  }
  return outputs.map((i) => now[i]);
}
