/**
 * How good samples are, and how like real ones: the same figures as sandbox/measure/quality.py and likeness.py give.
 *
 * Samples are (n, 2), row by row, in space units; `space` is the one of a world pack's header.
 */

import {borderOf, isInside, squaredToBorder} from "./polygons.js";

const NEIGHBOURS = 5; // k of the neighbourhoods that stand for a law
const ROUNDED = 1 + 1e-12; // times a distance: what is further away by less is as far
const PROJECTIONS = 64; // directions that samples are projected on
const likenessReferences = new WeakMap(); // real sample -> all that depends on it alone

/**
 * The regions that a concept may mean, all of them for "none"; Error for an unknown name.
 * @param {object} space
 * @param {string} concept
 * @returns {object[]}
 */
export function meantRegions(space, concept) {
  if (concept === "none") return space.regions;
  const known = space.concepts.find(one => one.name === concept);
  if (known) return space.regions.filter(region => known.regions.includes(region.name));
  const names = [...space.concepts.map(one => one.name), "none"].join(", ");
  throw new Error(`${space.name} has no concept '${concept}'; it has ${names}.`);
}

/**
 * Distance to the region's border, negative inside.
 * @param {object} region
 * @param {ArrayLike<number>} points - (n, 2), row by row, space units
 * @returns {Float64Array} (n,), space units; 0 on the border, Infinity for a point that is not finite
 */
export function signedDistance(region, points) {
  const border = borderOf(region), n = points.length / 2, distance = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const x = points[2 * i], y = points[2 * i + 1];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      distance[i] = Infinity;
      continue;
    }
    const apart = Math.sqrt(squaredToBorder(border, x, y));
    distance[i] = isInside(border, x, y) ? -apart : apart;
  }
  return distance;
}

/**
 * Whether samples are in the right region; a point that is not finite counts as outside, infinitely far.
 * @param {ArrayLike<number>} points - Error if there are none
 * @param {object} space
 * @param {string} concept - Error for an unknown one
 * @returns {{in_region: number, condition_agreement: number, miss: number}} shares, and a mean distance in space units
 */
export function quality(points, space, concept) {
  const n = points.length / 2, meant = new Set(meantRegions(space, concept));
  if (n === 0) throw new Error("There are no samples to judge.");
  const toMeant = new Float64Array(n).fill(Infinity), toAny = new Float64Array(n).fill(Infinity);
  for (const region of space.regions) {
    const distance = signedDistance(region, points);
    for (let i = 0; i < n; i++) {
      toAny[i] = Math.min(toAny[i], distance[i]);
      if (meant.has(region)) toMeant[i] = Math.min(toMeant[i], distance[i]);
    }
  }
  let within = 0, agreeing = 0, outside = 0;
  for (let i = 0; i < n; i++) {
    if (toMeant[i] < 0) within++;
    if (toMeant[i] <= toAny[i] && toAny[i] < Infinity) agreeing++;
    outside += Math.max(toMeant[i], 0);
  }
  return {in_region: within / n, condition_agreement: agreeing / n, miss: outside / n};
}

/**
 * The 95 % interval of a share seen in n samples (Wilson 1927).
 * @param {number} share
 * @param {number} n
 * @returns {[number, number]}
 */
export function shareInterval(share, n) {
  const z2 = 1.96 ** 2;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (1.96 * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return [middle - half, middle + half];
}

/** The likeness of samples where the regions' law is not known. */
export const NO_LIKENESS = { precision: null, recall: null, coverage: null, energy_distance: null, sliced_wasserstein: null };

/**
 * Generated against as many real samples (Kynkaanniemi et al. 2019, Naeem et al. 2020, Szekely & Rizzo 2013).
 *
 * What depends on the real ones alone is remembered with their array.
 * @param {ArrayLike<number>} points
 * @param {Float64Array} real - Error unless there are as many, and more than NEIGHBOURS
 * @returns {{precision: number, recall: number, coverage: number, energy_distance: number, sliced_wasserstein: number}}
 *   shares, and distances in space units: Infinity if a point is not finite
 */
export function likeness(points, real) {
  const n = real.length / 2;
  if (n <= NEIGHBOURS) throw new Error(`Precision and recall need more than ${NEIGHBOURS} samples.`);
  if (points.length !== real.length) throw new Error(`${n} real samples are compared with as many generated ones.`);
  if (!likenessReferences.has(real)) likenessReferences.set(real, makeLikenessReference(real));
  const reference = likenessReferences.get(real), generated = finiteColumns(points), far = generated.x.length < n;
  if (generated.x.length <= NEIGHBOURS) {
    return {precision: 0, recall: 0, coverage: 0, energy_distance: Infinity, sliced_wasserstein: Infinity};
  }
  const own = ownDistances(generated), across = distancesAcross(generated, own.limit, reference);
  const energy = 2 * across.mean - own.mean - reference.mean;
  return {
    precision: across.precise / n,
    recall: across.recalled / n,
    coverage: across.covered / n,
    energy_distance: far ? Infinity : energy,
    sliced_wasserstein: far ? Infinity : apartProjected(projections(generated), reference.projected),
  };
}

function makeLikenessReference(real) {
  const places = finiteColumns(real);
  return {...places, ...ownDistances(places), projected: projections(places)};
}

/** The finite points' coordinates, a column each. */
function finiteColumns(points) {
  const x = [], y = [];
  for (let i = 0; i < points.length; i += 2) {
    if (Number.isFinite(points[i]) && Number.isFinite(points[i + 1])) {
      x.push(points[i]);
      y.push(points[i + 1]);
    }
  }
  return {x: Float64Array.from(x), y: Float64Array.from(y)};
}

/** Of a sample within itself: `limit` (n,) of every neighbourhood, squared, and the mean distance. */
function ownDistances({x, y}) {
  const n = x.length, nearest = new Float64Array(n * NEIGHBOURS).fill(Infinity); // squared, ascending in each row
  const worst = new Float64Array(n).fill(Infinity);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const xi = x[i], yi = y[i];
    let ofRow = 0, worstOfRow = worst[i];
    for (let j = i + 1; j < n; j++) {
      const dx = xi - x[j], dy = yi - y[j], squared = dx * dx + dy * dy;
      ofRow += Math.sqrt(squared);
      if (squared < worstOfRow) worstOfRow = keptNearest(nearest, i, squared);
      if (squared < worst[j]) worst[j] = keptNearest(nearest, j, squared);
    }
    worst[i] = worstOfRow;
    sum += ofRow;
  }
  return {limit: worst.map(squared => squared * ROUNDED ** 2), mean: (2 * sum) / (n * (n - 1))};
}

/** Put a squared distance among the nearest of a row -> the largest of these. */
function keptNearest(nearest, row, squared) {
  const first = row * NEIGHBOURS, last = first + NEIGHBOURS - 1;
  let k = last;
  for (; k > first && nearest[k - 1] > squared; k--) nearest[k] = nearest[k - 1];
  nearest[k] = squared;
  return nearest[last];
}

/** Of generated and real samples: how many are in the other's neighbourhoods, and the mean distance. */
function distancesAcross({x, y}, ownLimit, real) {
  const n = x.length, m = real.x.length, covered = new Uint8Array(m), recalled = new Uint8Array(m);
  const realX = real.x, realY = real.y, realLimit = real.limit;
  let sum = 0, precise = 0;
  for (let i = 0; i < n; i++) {
    const xi = x[i], yi = y[i], limit = ownLimit[i];
    let ofRow = 0, found = 0;
    for (let j = 0; j < m; j++) {
      const dx = xi - realX[j], dy = yi - realY[j], squared = dx * dx + dy * dy;
      ofRow += Math.sqrt(squared);
      if (squared <= realLimit[j]) found = covered[j] = 1;
      if (squared <= limit) recalled[j] = 1;
    }
    precise += found;
    sum += ofRow;
  }
  return {precise, covered: flagged(covered), recalled: flagged(recalled), mean: sum / (n * m)};
}

function flagged(flags) {
  return flags.reduce((sum, flag) => sum + flag, 0);
}

/** Projections on equally spaced directions, sorted: PROJECTIONS arrays (n,). */
function projections({x, y}) {
  return Array.from({length: PROJECTIONS}, (_, k) => {
    const cos = Math.cos((Math.PI * k) / PROJECTIONS), sin = Math.sin((Math.PI * k) / PROJECTIONS);
    return x.map((place, i) => place * cos + y[i] * sin).sort();
  });
}

/** 2-Wasserstein along a direction, root mean square over directions. */
function apartProjected(one, other) {
  let sum = 0;
  one.forEach((column, k) => column.forEach((place, i) => (sum += (place - other[k][i]) ** 2)));
  return Math.sqrt(sum / (one.length * one[0].length));
}
