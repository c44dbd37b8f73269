// What a learned plane is asked beside its methods: which pairs are nearest, and where a picture stands.

import { encodeLearned } from "./encoder.js";
import { meantRegions } from "./measure.js";

/**
 * The k pairs of least |desc_scale (description - theirs)|^2 + |place - image|^2, nearest first, of equals the first; without
 * a description by their images alone (sandbox/pairs/index.py).
 *
 * `apart` takes of the pairs of one image only the first. `described` and `placed` are the two squared parts of a distance.
 * `nearer` is how many of the pairs whose images the concept `meant` may mean lie nearer to the place than one that was found,
 * as a share from 0 to 1.
 * @param {import("./model.js").Model} model
 * @param {{shared: any, place: number[], description: ?ArrayLike<number>, desc_scale: number, k: number, apart?: boolean,
 *   meant?: string}} question
 */
export async function nearest(model, { shared, place, description, desc_scale: scale, k, apart = false, meant = "none" }) {
  const { header, arrays } = await model.world(shared);
  const { image, region, concept, first } = arrays;
  const [n, d] = image.shape;
  const asked = description && Array.prototype.every.call(description, Number.isFinite) ? description : null;
  const best = [];
  let worst = Infinity;
  for (let pair = 0; pair < n; pair++) {
    if (apart && first && first.data[pair] !== pair) continue;
    let placed = 0;
    for (let axis = 0, at = pair * d; axis < d; axis++, at++) placed += (place[axis] - image.data[at]) ** 2;
    if (placed >= worst) continue; // whatever the description adds
    const described = asked ? squaredApart(asked, arrays.description, pair, scale) : 0;
    if (placed + described >= worst) continue;
    const cost = placed + described;
    best.splice(best.findLastIndex((one) => one.cost <= cost) + 1, 0, { pair, cost, described, placed });
    if (best.length > k) best.pop();
    if (best.length === k) worst = best.at(-1).cost;
  }
  return {
    index: Int32Array.from(best, ({ pair }) => pair),
    image: Float32Array.from(best.flatMap(({ pair }) => [...image.data.subarray(pair * d, (pair + 1) * d)])),
    region: Int32Array.from(best, ({ pair }) => region.data[pair]),
    caption: Int32Array.from(best, ({ pair }) => concept.data[pair]),
    same: Int32Array.from(best, ({ pair }) => first?.data[pair] ?? pair),
    described: Float64Array.from(best, ({ described }) => described),
    placed: Float64Array.from(best, ({ placed }) => placed),
    nearer: nearerThan(best, place, arrays, flagsOf(header.space, meant)),
  };
}

/** Where pictures stand in the plane: n pictures, pixel by pixel from 0 to 1 -> (n, d). */
export async function encode(model, { shared, pixels }) {
  return { places: encodeLearned(await model.world(shared), pixels) };
}

/** How many of the pairs of flagged regions lie nearer to a place than those that were found, on average: a share. */
function nearerThan(best, place, { image, region }, flags) {
  const d = place.length;
  let [flagged, nearer] = [0, 0];
  region.data.forEach((kind, pair) => {
    if (!flags[kind]) return;
    flagged += 1;
    let placed = 0;
    for (let axis = 0, at = pair * d; axis < d; axis++, at++) placed += (place[axis] - image.data[at]) ** 2;
    for (const found of best) if (placed < found.placed) nearer += 1;
  });
  return flagged ? nearer / best.length / flagged : 0;
}

function squaredApart(asked, { data }, pair, scale) {
  const e = asked.length;
  let sum = 0;
  for (let axis = 0, at = pair * e; axis < e; axis++, at++) sum += (scale * (asked[axis] - data[at])) ** 2;
  return sum;
}

function flagsOf(space, concept) {
  const meant = meantRegions(space, concept);
  return space.regions.map((region) => meant.includes(region));
}
