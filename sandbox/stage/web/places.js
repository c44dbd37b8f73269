// Maps over the plane: a grid of places, the cells that one jump divides it into, how far the targets of a place agree.

import { meantRegions, signedDistance } from "./measure.js";
import { borderOf, isInside } from "./polygons.js";
import { defaultRng } from "./random.js";

/** @typedef {import("./packs.js").Tensor} Tensor */

const DRAWS = 16; // times that a description is asked, each with its noise, of a method that answers each sharply
const LIKELIEST = 10; // targets of a place
const LEAST_LIKELY = 1e-6; // probability

/**
 * The middles of equal cells, row by row from the lowest y: (rows side, 2).
 * @param {{bounds: number[]}} space
 * @param {number} side
 * @param {[number, number]} [rows] the first one and the one after the last; all of them where none are named
 * @returns {Tensor}
 */
export function gridOf({ bounds: [low, high] }, side, [first, end] = [0, side]) {
  const middle = (i) => low + ((high - low) * (i + 0.5)) / side;
  const n = side * (end - first);
  const data = Float32Array.from({ length: 2 * n }, (_, i) =>
    middle(i % 2 ? first + Math.floor(i / 2 / side) : (i >> 1) % side),
  );
  return { data, shape: [n, 2] };
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
 * @param {Tensor} x the places, (n, 2)
 * @param {Record<string, number>} live
 * @returns {{samples: Float32Array, region: Int32Array, outside: Float32Array}} (n, 2), and (n,) the region and the distance
 *   outside it, 0 inside
 */
export function cellMapOf(denoiser, space, description, x, live) {
  const n = x.shape[0];
  const samples = denoiser.ask(x, 1, 0, repeated(description, n), live).x0_hat;
  const apart = space.regions.map((region) => signedDistance(region, samples));
  const region = Int32Array.from({ length: n }, (_, i) =>
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
 * @param {Tensor} x the places, (n, 2)
 * @param {Record<string, number>} live
 * @returns {{agreement: Float32Array, within: Uint8Array}} (n,), from 0 to 1, and whether a place is in a region that is meant
 */
export function agreementMap(denoiser, world, concept, t, x, live) {
  const { space } = world.header;
  const n = x.shape[0];
  const total = new Float64Array(2 * n);
  if (denoiser.sharp) {
    for (const asked of drawnDescriptions(world, concept)) {
      addSharp(total, x, denoiser.ask(x, t, 0, repeated(asked, n), live).x0_hat);
    }
  } else addWeighed(total, x, denoiser, placeOf(space, concept, n), t, world.arrays.image.data);
  const borders = meantRegions(space, concept).map(borderOf);
  const isMeant = (_, i) => Number(borders.some((border) => isInside(border, x.data[2 * i], x.data[2 * i + 1])));
  return {
    agreement: Float32Array.from({ length: n }, (_, i) => Math.min(Math.hypot(total[2 * i], total[2 * i + 1]), 1)),
    within: Uint8Array.from({ length: n }, isMeant),
  };
}

/** What a method that answers each description sharply is asked: a concept's own place with noise, each (e,). */
function drawnDescriptions(world, concept) {
  const place = Array.from(placeOf(world.header.space, concept, 1).data);
  const noise = defaultRng([world.header.seed ?? 0, 7]).standardNormal(DRAWS * place.length);
  return Array.from({ length: DRAWS }, (_, draw) =>
    place.map((value, k) => value + world.header.description_noise * noise[draw * place.length + k]));
}

/**
 * The images that a place is most likely sent to, likeliest first, whatever caption they are found by; those of no
 * probability are left out.
 * @param {import("./denoiser.js").PackedDenoiser} denoiser
 * @param {any} world
 * @param {string} concept
 * @param {number} t
 * @param {number[]} place
 * @param {Record<string, number>} live
 * @returns {{probability: Float32Array, images: Float32Array, regions: Int32Array}} (n,), (n, 2), (n,)
 */
export function likeliestTargets(denoiser, world, concept, t, place, live) {
  const { image, region, first } = world.arrays;
  const x = { data: Float32Array.from(place), shape: [1, 2] };
  const probability = new Float64Array(image.shape[0]);
  if (denoiser.sharp) {
    for (const asked of drawnDescriptions(world, concept)) {
      const [u, v] = denoiser.ask(x, t, 0, repeated(asked, 1), live).x0_hat;
      const at = ([a, b], i) => Math.fround(image.data[2 * i]) === a && Math.fround(image.data[2 * i + 1]) === b;
      const found = probability.findIndex((_, i) => at([u, v], i));
      if (found >= 0) probability[found] += 1 / DRAWS;
    }
  } else probability.set(denoiser.probabilities(x, t, placeOf(world.header.space, concept, 1)).data);
  first?.data.forEach((one, i) => {
    if (one === i) return;
    probability[one] += probability[i];
    probability[i] = 0;
  });
  const best = [...probability.keys()].filter((i) => probability[i] > LEAST_LIKELY);
  best.sort((a, b) => probability[b] - probability[a] || a - b).splice(LIKELIEST);
  return {
    probability: Float32Array.from(best, (i) => probability[i]),
    images: Float32Array.from(best.flatMap((i) => [image.data[2 * i], image.data[2 * i + 1]])),
    regions: Int32Array.from(best, (i) => region.data[i]),
  };
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

/** What a world has under the number of a pair. */
export function pairAt({ header, arrays }, index) {
  const row = ({ data, shape }) => Array.from(data.subarray(index * shape[1], (index + 1) * shape[1]));
  const { space } = header;
  const concept = space.concepts[arrays.concept.data[index]].name;
  const region = space.regions[arrays.region.data[index]].name;
  return { index, image: row(arrays.image), description: row(arrays.description), concept, region };
}

/** The angle between two vectors. */
export function degreesBetween(a, b) {
  const dot = a.reduce((sum, value, k) => sum + value * b[k], 0);
  const cosine = dot / (Math.hypot(...a) * Math.hypot(...b));
  return (Math.acos(Math.min(Math.max(cosine, -1), 1)) * 180) / Math.PI;
}

/** n rows of the same. @returns {Tensor} */
export function repeated(place, n) {
  return { data: Float32Array.from({ length: n * place.length }, (_, i) => place[i % place.length]), shape: [n, place.length] };
}
