// Maps over the plane: a grid of places, the cells that one jump divides it into, how far the targets of a place agree.

import { signedDistance } from "./measure.js";
import { defaultRng } from "./random.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

const DRAWS = 16; // times that a description is asked, each with its noise, of a method that answers each sharply

/**
 * The middles of equal cells, row by row from the lowest y: (side^2, 2).
 * @param {{bounds: number[]}} space
 * @param {number} side
 * @returns {Tensor}
 */
export function gridOf({ bounds: [low, high] }, side) {
  const middle = (i) => low + ((high - low) * (i + 0.5)) / side;
  const data = Float32Array.from({ length: 2 * side * side }, (_, i) =>
    middle(i % 2 ? Math.floor(i / 2 / side) : (i >> 1) % side),
  );
  return { data, shape: [side * side, 2] };
}

/**
 * A concept's own place in the description space, n times.
 * @param {{concepts: {name: string, embedding: number[]}[]}} space
 * @param {string} concept
 * @param {number} n
 * @returns {Tensor} (n, e), NaN for none
 */
export function placeOf({ concepts }, concept, n) {
  const known = concepts.find(({ name }) => name === concept);
  return repeated(known ? known.embedding : concepts[0].embedding.map(() => NaN), n);
}

/**
 * Where one jump from every place lands, and the region nearest to that.
 * @param {import("./denoiser.js").PackedDenoiser} denoiser
 * @param {any} space
 * @param {Float32Array} description (e,)
 * @param {number} side
 * @param {Record<string, number>} live
 * @returns {{samples: Float32Array, region: Int32Array, outside: Float32Array}} (side^2, 2), and (side^2,) the region and the
 *   distance outside it, 0 inside
 */
export function cellMapOf(denoiser, space, description, side, live) {
  const samples = denoiser.ask(gridOf(space, side), 1, 0, repeated(description, side * side), live).x0_hat;
  const apart = space.regions.map((region) => signedDistance(region, samples));
  const region = Int32Array.from({ length: side * side }, (_, i) =>
    apart.reduce((best, distance, k) => (distance[i] < apart[best][i] ? k : best), 0),
  );
  return { samples, region, outside: Float32Array.from(region, (k, i) => Math.max(apart[k][i], 0)) };
}

/**
 * The resultant length |sum_i p_i u_i| of the unit vectors from every place to its targets (sandbox/measure/ambiguity.py).
 * @param {import("./denoiser.js").PackedDenoiser} denoiser
 * @param {any} world
 * @param {string} concept
 * @param {number} t
 * @param {number} side
 * @param {Record<string, number>} live
 * @returns {{agreement: Float32Array}} (side^2,), from 0 to 1
 */
export function agreementMap(denoiser, world, concept, t, side, live) {
  const { space } = world.header;
  const x = gridOf(space, side);
  const place = Array.from(placeOf(space, concept, 1).data);
  const total = new Float64Array(2 * side * side);
  if (denoiser.sharp) {
    const noise = defaultRng([world.header.seed ?? 0, 7]).standardNormal(DRAWS * place.length);
    for (let draw = 0; draw < DRAWS; draw++) {
      const asked = place.map((value, k) => value + world.header.description_noise * noise[draw * place.length + k]);
      addSharp(total, x, denoiser.ask(x, t, 0, repeated(asked, side * side), live).x0_hat);
    }
  } else addWeighed(total, x, denoiser, placeOf(space, concept, side * side), t, world.arrays.image.data);
  return { agreement: Float32Array.from({ length: side * side }, (_, i) => Math.min(Math.hypot(total[2 * i], total[2 * i + 1]), 1)) };
}

/** The unit vectors to where each place is sent, each a share of the draws. */
function addSharp(total, { data }, targets) {
  for (let i = 0; i < data.length; i += 2) {
    const [dx, dy] = [targets[i] - data[i], targets[i + 1] - data[i + 1]];
    const length = DRAWS * Math.max(Math.hypot(dx, dy), 1e-9);
    total[i] += dx / length;
    total[i + 1] += dy / length;
  }
}

/** The unit vectors to all pairs, by their probabilities; some places at a time, as their probabilities are many. */
function addWeighed(total, { data, shape: [n] }, denoiser, description, t, image) {
  const AT_ONCE = 256;
  const e = description.shape[1];
  for (let row = 0; row < n; row += AT_ONCE) {
    const rows = Math.min(AT_ONCE, n - row);
    const part = { data: data.subarray(2 * row, 2 * (row + rows)), shape: [rows, 2] };
    const asked = { data: description.data.subarray(row * e, (row + rows) * e), shape: [rows, e] };
    const weights = denoiser.probabilities(part, t, asked).data;
    const pairs = weights.length / rows;
    for (let i = 0, k = 0; i < rows; i++) {
      const [x, y] = [part.data[2 * i], part.data[2 * i + 1]];
      let [u, v] = [0, 0];
      for (let pair = 0; pair < pairs; pair++, k++) {
        if (weights[k] < 1e-12) continue;
        const [dx, dy] = [image[2 * pair] - x, image[2 * pair + 1] - y];
        const share = weights[k] / Math.max(Math.sqrt(dx * dx + dy * dy), 1e-9);
        u += share * dx;
        v += share * dy;
      }
      total[2 * (row + i)] = u;
      total[2 * (row + i) + 1] = v;
    }
  }
}

function repeated(place, n) {
  return { data: Float32Array.from({ length: n * place.length }, (_, i) => place[i % place.length]), shape: [n, place.length] };
}
