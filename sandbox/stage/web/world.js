/** The space of a state, as it is drawn: its regions, concepts and pairs, from a world pack. */

import { sentenceOf, unpack } from "./packs.js";

const UNDESCRIBED = "none";

/**
 * The world pack under a key, unpacked.
 * @returns {Promise<Object>} the header's `space` with `pairs` {image, region} and `shipped`; {error: sentence} where there is
 *   none
 */
export async function loadWorld(load, key) {
  try {
    return worldIn(unpack(await load(key)));
  } catch (error) {
    return { error: sentenceOf(error) };
  }
}

function worldIn({ header, arrays }) {
  const { shipped = {}, description_noise } = header;
  const world = { ...header.space, shipped, description_noise };
  if (world.learned) world.pack = { header, arrays }; // for its decoder
  world.pairs = { image: arrays.image.data, region: arrays.region.data };
  world.regions = world.regions.map((region) => ({ ...region, box: boxOf(region.rings) }));
  return world;
}

/** The names of the concepts, the absence of one last. @returns {string[]} */
export function conceptNames(world, offered = null) {
  const names = world.concepts.map((concept) => concept.name);
  const all = names.includes(UNDESCRIBED) ? names : [...names, UNDESCRIBED];
  const some = all.filter((name) => offered?.includes(name));
  return some.length ? some : all;
}

/** For each region whether a concept may mean it. @returns {boolean[]} */
export function meantFlags(world, concept) {
  const known = world.concepts.find((one) => one.name === concept);
  return world.regions.map((region) => !known || known.regions.includes(region.name));
}

/** The region that a place lies in, or -1. */
export function regionAt(world, x, y) {
  return world.regions.findIndex((region) => inBox(region.box, x, y) && inRings(region.rings, x, y));
}

/** The middle of a region's upper edge, where its name stands. @returns {[number, number]} */
export function namePlace(region) {
  const [left, , right, top] = region.box;
  return [(left + right) / 2, top];
}

function inBox([left, bottom, right, top], x, y) {
  return x >= left && x <= right && y >= bottom && y <= top;
}

function inRings(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [[ax, ay], [bx, by]] = [ring[i], ring[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of rings.flat()) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}
