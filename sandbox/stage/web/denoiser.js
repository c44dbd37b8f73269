// A method's denoiser as its pack brings it: what it answers, how far it can be trusted, which pairs it has in mind.

import { compile } from "./graph.js";
import { nearestPairs } from "./nearest.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

/** A denoiser, from an unpacked method pack and the unpacked pack of its world. */
export class PackedDenoiser {
  /**
   * @param {{header: any, arrays: Record<string, Tensor>}} pack
   * @param {{header: any, arrays: Record<string, Tensor>}} world
   * @throws {Error} a sentence, where a graph has an operation that is not known
   */
  constructor({ header, arrays }, world) {
    const made = (graph) => {
      if (!graph) return null;
      return compile(graph, graph.constants.map((known) => (known.world ? world.arrays[known.world] : arrays[known.array])));
    };
    this.schedule = header.schedule;
    this.sharp = header.sharp;
    this.answering = made(header.graph);
    this.trusting = made(header.trust);
    this.weighing = made(header.probabilities);
  }

  /** Whether it can say which pairs a place is sent to. */
  get knowsTargets() {
    return this.sharp || this.weighing !== null;
  }

  /**
   * One evaluation on the way from level t to s.
   * @param {Tensor} x (n, d)
   * @param {number} t
   * @param {number} s
   * @param {Tensor} description (n, e), NaN rows for none
   * @param {Record<string, number>} [live] values of options that the graph is told
   * @returns {import("./samplers.js").Prediction}
   */
  ask(x, t, s, description, live) {
    const [answer, trust] = this.answering(inputsOf(x, t, description, s), live);
    return { x0_hat: answer.data, trust: trust ? trust.data : null };
  }

  /**
   * How far the direction can be trusted, where a prediction does not say: (n,).
   * @param {Tensor} x
   * @param {number} t
   * @param {Tensor} description
   * @returns {Float32Array}
   */
  trust(x, t, description) {
    if (!this.trusting) return new Float32Array(x.shape[0]).fill(1);
    return this.trusting(inputsOf(x, t, description, 0))[0].data;
  }

  /**
   * The probability of every pair as the target: (n, pairs).
   * @param {Tensor} x
   * @param {number} t
   * @param {Tensor} description
   * @returns {Tensor}
   */
  probabilities(x, t, description) {
    return this.weighing(inputsOf(x, t, description, 0))[0];
  }
}

function inputsOf(x, t, description, s) {
  const n = x.shape[0];
  const level = (value) => ({ data: new Float32Array(n).fill(value), shape: [n, 1] });
  return { x, t: level(t), description, s: level(s) };
}

/**
 * A schedule as the payload brings it.
 * @param {any} graph with the input t and the outputs alpha and sigma
 * @returns {(levels: Float32Array) => {alpha: Float32Array, sigma: Float32Array}}
 */
export function scheduleOf(graph) {
  const evaluate = compile(graph, []);
  return (levels) => {
    const [alpha, sigma] = evaluate({ t: { data: levels, shape: [levels.length, 1] } });
    return { alpha: alpha.data, sigma: sigma.data };
  };
}

/**
 * The pair that the plain index finds for a description and a place.
 * @param {{arrays: Record<string, Tensor>}} world
 * @param {Tensor} description (1, e)
 * @param {Tensor} x (1, d)
 * @param {number} scale desc_scale
 * @returns {number}
 */
export function closePair({ arrays }, description, x, scale) {
  const plain = { data: Uint8Array.of(0), shape: [1] };
  return nearestPairs([description, x, plain, arrays.description, arrays.image], { desc_scale: scale }).data[0];
}
