// From random points R to images: the samplers of sandbox/engine/samplers.py and sandbox/methods/jump.py, by their names.

/** @typedef {import("./packs.js").Tensor} Tensor */

/**
 * @typedef {{x0_hat: Float32Array, trust: Float32Array|null}} Prediction (n, d) and (n,)
 * @typedef {(x: Tensor, t: number, s: number, description: Tensor) => Prediction} Ask
 * @typedef {{name: string, threshold?: number, redraws?: number, enough?: number|null}} Sampler
 */

const DATA = 0; // the noise level of the data
const JUMP = { threshold: 0.1, redraws: 8, enough: null };

/**
 * Take `steps` steps through equally spaced noise levels.
 * @param {{ask: Ask, schedule: (levels: Float32Array) => {alpha: Float32Array, sigma: Float32Array}, sampler: Sampler,
 *   start: Float32Array, description: Tensor, steps: number, draw: (n: number) => Float32Array, guidance?: number}} question
 *   start (n, d), description (n, e) with NaN rows for none; draw gives fresh noise (n, d) by the law of the starts
 * @returns {{states: Float32Array, times: Float32Array, evaluations: Float32Array, nfe: number}} states (steps + 1, n, d)
 *   from R to the samples, times from 1 to 0, evaluations of the denoiser so far, mean per point
 * @throws {Error} a sentence, for an unknown sampler or no step
 */
export function sample({ ask, schedule, sampler, start, description, steps, draw, guidance = 1 }) {
  if (!Object.hasOwn(STEPS, sampler.name)) throw new Error(`The browser knows no sampler “${sampler.name}”.`);
  if (!(steps >= 1) || !start.length) throw new Error("Sampling needs at least one step and one point.");
  const n = description.shape[0];
  const times = levels(steps);
  const run = { ...schedule(times), times, n, d: start.length / n, draw, memory: null, rows: 0 };
  run.ask = (x, t, s, rows = null) => {
    const asked = rows ? taken(description, rows) : description;
    return guided(counting(ask, run), { data: x, shape: [x.length / run.d, run.d] }, t, s, asked, guidance);
  };
  const states = new Float32Array((steps + 1) * start.length);
  const evaluations = new Float32Array(steps + 1);
  const state = (i) => states.subarray(i * start.length, (i + 1) * start.length);
  state(0).set(start);
  for (let i = 0; i < steps; i++) {
    state(i + 1).set(STEPS[sampler.name](run, state(i), i, { ...JUMP, ...sampler }));
    evaluations[i + 1] = run.rows / n;
  }
  return { states, times, evaluations, nfe: run.rows / n };
}

/**
 * Classifier-free guidance, `none + weight (described - none)`: rows without a description have nothing to be guided by, and
 * weight 1 costs nothing (sandbox/engine/denoiser.py).
 * @param {Ask} ask
 * @param {Tensor} x
 * @param {number} t
 * @param {number} s
 * @param {Tensor} description
 * @param {number} weight
 * @returns {Prediction}
 */
export function guided(ask, x, t, s, description, weight) {
  const described = ask(x, t, s, description);
  const [n, e] = description.shape;
  const given = [];
  for (let row = 0; row < n && weight !== 1; row++) {
    if (!description.data.subarray(row * e, (row + 1) * e).some(Number.isNaN)) given.push(row);
  }
  if (!given.length) return described;
  const nothing = { data: new Float32Array(given.length * e).fill(NaN), shape: [given.length, e] };
  const none = ask(taken(x, given), t, s, nothing).x0_hat;
  const d = x.shape[1];
  const x0_hat = described.x0_hat.slice();
  given.forEach((row, i) => {
    for (let k = 0; k < d; k++) {
      const without = none[i * d + k];
      x0_hat[row * d + k] = without + weight * (x0_hat[row * d + k] - without);
    }
  });
  return { x0_hat, trust: described.trust };
}

function counting(ask, run) {
  return (x, t, s, description) => {
    run.rows += x.shape[0];
    return ask(x, t, s, description);
  };
}

/** The noise levels from 1 to 0, in single precision as torch.linspace has them: (steps + 1,). */
function levels(steps) {
  const step = Math.fround(-1 / steps);
  const half = Math.floor((steps + 1) / 2);
  return Float32Array.from({ length: steps + 1 }, (_, i) =>
    i < half ? Math.fround(1 + Math.fround(step * i)) : Math.fround(-step * (steps - i)),
  );
}

/** Some rows of a tensor. */
function taken({ data, shape }, rows) {
  const side = data.length / shape[0];
  const found = new Float32Array(rows.length * side);
  rows.forEach((row, i) => found.set(data.subarray(row * side, (row + 1) * side), i * side));
  return { data: found, shape: [rows.length, ...shape.slice(1)] };
}

/** alpha_s x0_hat + sigma_s (sqrt(1 - tau) e + sqrt(tau) z), where e is the noise that x carries beside x0_hat. */
function renoised({ alpha, sigma }, x, x0_hat, i, tau = 0, z = null) {
  const [keep, add] = [Math.sqrt(1 - tau), Math.sqrt(tau)];
  return x.map((value, k) => {
    let e = (value - alpha[i] * x0_hat[k]) / sigma[i];
    if (z) e = keep * e + add * z[k];
    return alpha[i + 1] * x0_hat[k] + sigma[i + 1] * e;
  });
}

function ddim(run, x, i) {
  return renoised(run, x, run.ask(x, run.times[i], run.times[i + 1]).x0_hat, i);
}

/** tau is the noise that s has in common with t, as a share. */
function ancestral(run, x, i) {
  const { alpha, sigma } = run;
  const kept = (alpha[i] * sigma[i + 1]) / (alpha[i + 1] * sigma[i]);
  const tau = Math.min(Math.max(1 - kept * kept, 0), 1);
  const { x0_hat } = run.ask(x, run.times[i], run.times[i + 1]);
  return renoised(run, x, x0_hat, i, tau, run.draw(run.n));
}

function renoise(run, x, i) {
  return renoised(run, x, run.ask(x, run.times[i], DATA).x0_hat, i, 1, run.draw(run.n));
}

/** In the variables y = x / alpha, lambda = sigma / alpha; near t = 1, where alpha is 0, in their reciprocals. */
function heun(run, x, i) {
  const [t, s] = [run.times[i], run.times[i + 1]];
  const here = run.ask(x, t, s).x0_hat;
  const euler = renoised(run, x, here, i);
  if (s === DATA) return euler;
  const there = run.ask(euler, s, s).x0_hat;
  const [alphaT, alphaS, sigmaT, sigmaS] = [run.alpha[i], run.alpha[i + 1], run.sigma[i], run.sigma[i + 1]];
  if (alphaT < 1e-6) {
    const ahead = (alphaS / sigmaS - alphaT / sigmaT) / 2;
    return x.map((value, k) => sigmaS * (value / sigmaT + ahead * (here[k] + there[k])));
  }
  const ahead = (sigmaS / alphaS - sigmaT / alphaT) / 2;
  return x.map((value, k) => {
    const slopes = (value - alphaT * here[k]) / sigmaT + (euler[k] - alphaS * there[k]) / sigmaS;
    return alphaS * (value / alphaT + ahead * slopes);
  });
}

/** The first and the last step are of first order: neither has a finite log-SNR at both ends. */
function dpmSolver2m(run, x, i) {
  const { alpha, sigma } = run;
  const { x0_hat } = run.ask(x, run.times[i], run.times[i + 1]);
  const [snrT, snrS] = [Math.log(alpha[i] / sigma[i]), Math.log(alpha[i + 1] / sigma[i + 1])];
  let ahead = x0_hat;
  if (run.memory && Number.isFinite(run.memory.snr) && Number.isFinite(snrS)) {
    const { last, snr } = run.memory;
    const share = (snrS - snrT) / (snrT - snr) / 2;
    ahead = x0_hat.map((value, k) => value + (value - last[k]) * share);
  }
  run.memory = { last: x0_hat, snr: snrT };
  const kept = sigma[i + 1] / sigma[i];
  return x.map((value, k) => kept * value + (alpha[i + 1] - alpha[i] * kept) * ahead[k]);
}

/** Go to x0_hat, those that have not stopped; the first time R is drawn anew where it is trusted too little. */
function jump(run, x, i, { threshold, redraws, enough }) {
  const { d } = run;
  const going = run.memory ?? Array.from({ length: run.n }, (_, row) => row);
  if (!going.length) return x;
  let prediction;
  if (run.memory) prediction = run.ask(taken({ data: x, shape: [run.n, d] }, going).data, run.times[i], DATA, going);
  else prediction = firstJump(run, x, threshold, redraws);
  const { x0_hat, trust } = prediction;
  const next = x.slice();
  going.forEach((row, k) => next.set(x0_hat.subarray(k * d, (k + 1) * d), row * d));
  run.memory = going.filter((_, k) => enough === null || !trust || trust[k] < Math.fround(enough));
  return next;
}

function firstJump(run, x, threshold, redraws) {
  const { n, d } = run;
  const { x0_hat, trust } = run.ask(x, 1, DATA);
  if (!trust) return { x0_hat, trust };
  for (let tries = 0; tries < redraws; tries++) {
    const weak = Array.from({ length: n }, (_, row) => row).filter((row) => trust[row] < Math.fround(threshold));
    if (!weak.length) break;
    const fresh = taken({ data: run.draw(n), shape: [n, d] }, weak);
    weak.forEach((row, k) => x.set(fresh.data.subarray(k * d, (k + 1) * d), row * d));
    const again = run.ask(fresh.data, 1, DATA, weak);
    weak.forEach((row, k) => {
      x0_hat.set(again.x0_hat.subarray(k * d, (k + 1) * d), row * d);
      trust[row] = again.trust[k];
    });
  }
  return { x0_hat, trust };
}

const STEPS = { ddim, ancestral, renoise, heun, "dpm-solver-2m": dpmSolver2m, jump };
