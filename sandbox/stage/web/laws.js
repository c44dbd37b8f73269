/**
 * What a seed draws, by Python's laws and from the same streams: starts, descriptions, noise, real samples.
 *
 * A `space` is the one of a world pack's header; a `world` is the unpacked pack, {header, arrays}. Starts and
 * descriptions are copies of what is remembered; a real sample is not, and may not be written to or transferred.
 */

import {meantRegions} from "./measure.js";
import {remembered} from "./memory.js";
import {borderOf, isInside} from "./polygons.js";
import {defaultRng} from "./random.js";

const START_LOT = 10000; // starting points that are drawn together: fewer are the first of them (measure/experiment.py)
const REMEMBERED_DRAWS = 16; // draws of each space or world
const drawnBySeed = new WeakMap(); // space or world -> Map of what its seeds drew

/**
 * The random points R of a seed.
 * @param {object} space
 * @param {number} n
 * @param {number} seed
 * @returns {Float32Array} (n, 2), row by row, space units
 */
export function startingPoints(space, n, seed) {
  const lot = space.means.length === 1 ? n : Math.max(n, START_LOT); // which mean is drawn after the whole lot
  const starts = rememberedDraw(space, `start ${seed} ${lot}`, () =>
    Float32Array.from(startsOf(space, lot, defaultRng([seed, 1]))));
  return starts.slice(0, n * space.dimensions);
}

/**
 * The descriptions DE of a seed: those of the concept's pairs without their noise, and new noise.
 * @param {object} world
 * @param {string} concept - Error for an unknown one, or one that no pair is described with
 * @param {number} n
 * @param {number} seed
 * @returns {Float32Array} (n, e), row by row, description units; NaN for "none"
 */
export function descriptionsOf(world, concept, n, seed) {
  const key = `description ${concept} ${seed} ${n}`;
  return rememberedDraw(world, key, () => drawnDescriptions(world, concept, n, seed)).slice();
}

function drawnDescriptions(world, concept, n, seed) {
  const {space, description_noise: scale} = world.header;
  sharesOf(space, concept); // there is such a concept
  const {data: clean, shape: [pairs, e]} = world.arrays.clean;
  if (concept === "none") return new Float32Array(n * e).fill(NaN);
  const index = space.concepts.findIndex(known => known.name === concept);
  const rows = Array.from({length: pairs}, (_, i) => i).filter(i => world.arrays.concept.data[i] === index);
  if (rows.length === 0) throw new Error(`None of the ${pairs} pairs is described as '${concept}': take more pairs.`);
  const [which, noise] = defaultRng([seed, 2]).spawn(2); // so that asking for more keeps the first ones
  const chosen = which.integers(rows.length, n), numbers = noise.standardNormal(n * e);
  return Float32Array.from(numbers, (number, i) => {
    const row = rows[chosen[Math.floor(i / e)]];
    return clean[row * e + (i % e)] + scale * number;
  });
}

/**
 * The noise that a seed's samplers draw.
 * @param {object} space
 * @param {number} seed
 * @returns {(n: number) => Float32Array} (n, 2), each time others, space units
 */
export function noiseOf(space, seed) {
  const rng = defaultRng([seed, 3]);
  return n => Float32Array.from(startsOf(space, n, rng));
}

/**
 * Points of the concept's regions by the law of its pairs; in a learned space some of those that are known.
 * @param {object} world
 * @param {string} concept - Error for an unknown one
 * @param {number} n
 * @param {number} seed
 * @param {number} stream - 4 is what samples are compared with, 5 what is compared with that
 * @returns {Float64Array|null} (n, 2), space units; null where a region has a law of its own, which only Python knows
 */
export function realSample({header: {space}, arrays}, concept, n, seed, stream = 4) {
  const key = `real ${concept} ${seed} ${stream} ${n}`;
  const drawn = space.learned ? () => knownSample(space, arrays, concept, n, seed) : () => drawnSample(space, concept, n, seed, stream);
  return rememberedDraw(space, key, drawn);
}

/** n of the latents of the concept's pictures, none twice before all were drawn (sandbox/spaces/learned.py). */
function knownSample(space, {real, real_region: region}, concept, n, seed) {
  const rng = defaultRng([seed, 4]), meant = meantRegions(space, concept).map(one => space.regions.indexOf(one));
  const here = Array.from({length: region.data.length}, (_, i) => i).filter(i => meant.includes(region.data[i]));
  const drawn = [];
  while (drawn.length < n) drawn.push(...rng.permutation(here.length));
  return Float64Array.from({length: 2 * n}, (_, i) => real.data[2 * here[drawn[i >> 1]] + (i % 2)]);
}

function drawnSample(space, concept, n, seed, stream) {
  const rng = defaultRng([seed, stream]), shares = sharesOf(space, concept), meant = meantRegions(space, concept);
  if (!meant.every(region => region.uniform)) return null;
  const which = chosenOf(shares, n, rng), points = new Float64Array(n * 2);
  meant.forEach((region, i) => {
    const here = [];
    for (let row = 0; row < n; row++) if (which[row] === i) here.push(row);
    const sample = regionSample(region, here.length, rng);
    here.forEach((row, k) => points.set(sample.subarray(2 * k, 2 * k + 2), 2 * row));
  });
  return points;
}

/** Uniform in a region, by rejection from its bounding box, twice as many at a time as are needed: (n, 2). */
function regionSample(region, n, rng) {
  const [x0, y0, x1, y1] = region.bounds, border = borderOf(region), points = new Float64Array(2 * n);
  for (let found = 0; found < n; ) {
    const tries = rng.uniform([x0, y0], [x1, y1], 2 * n);
    for (let i = 0; i < tries.length && found < n; i += 2) {
      if (isInside(border, tries[i], tries[i + 1])) points.set(tries.subarray(i, i + 2), 2 * found++);
    }
  }
  return points;
}

/** Random points R: (n, d), normal around one of the space's means. */
function startsOf(space, n, rng) {
  const {means, start_scale: scale, dimensions: d} = space;
  const points = rng.standardNormal(n * d).map(number => scale * number);
  const around = rng.integers(means.length, n);
  return points.map((noise, i) => noise + means[around[Math.floor(i / d)]][i % d]);
}

/** n indices by these probabilities; equal ones by a plain draw, as in Python: (n,). */
function chosenOf(shares, n, rng) {
  const equal = shares.every(share => Math.abs(share - shares[0]) <= 1e-8 + 1e-5 * Math.abs(shares[0]));
  return equal ? rng.integers(shares.length, n) : rng.choice(shares.length, n, shares);
}

/** P(region | concept) for the regions that it may mean; Error for an unknown concept. */
function sharesOf(space, concept) {
  meantRegions(space, concept);
  return space.shares[concept];
}

/** What was made for a key of a space or a world, or is made now. */
function rememberedDraw(owner, key, make) {
  if (!drawnBySeed.has(owner)) drawnBySeed.set(owner, new Map());
  return remembered(drawnBySeed.get(owner), key, REMEMBERED_DRAWS, make);
}
