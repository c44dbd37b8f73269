// The learned decoder of a space: the pictures that its points stand for (sandbox/learned/ends.py).

import { compile } from "./graph.js";

const GREY = 0.5; // of a point that is no place
const decoders = new WeakMap(); // header of a world pack -> its decoder, made ready

/**
 * Decode points, and scale the pictures smoothly to a size.
 * @param {{header: any, arrays: Record<string, import("./packs.js").Tensor>}} world of a learned space
 * @param {ArrayLike<number>} points n * d, space units
 * @param {number} size of a picture, pixels
 * @returns {Uint8ClampedArray} n * size * size * 4, in rows from the top
 */
export function decodeLearned({ header, arrays }, points, size) {
  const { space, decoder } = header;
  const { size: own, channels } = space.learned;
  if (!decoders.has(header)) decoders.set(header, compile(decoder, decoder.constants.map(({ array }) => arrays[array])));
  const d = space.dimensions;
  const n = points.length / d;
  const finite = Array.from({ length: n }, (_, i) => points.slice(d * i, d * i + d).every(Number.isFinite));
  const x = Float32Array.from(points, (place, i) => (finite[Math.floor(i / d)] ? place : 0));
  const [{ data }] = decoders.get(header)({ x: { data: x, shape: [n, d] } });
  const pixels = new Uint8ClampedArray(n * size * size * 4).fill(255);
  const places = Array.from({ length: size }, (_, i) => between(i, size, own));
  for (let i = 0, to = 0; i < n; i++) {
    const at = (row, column, channel) => data[((i * own + row) * own + column) * channels + channel];
    for (const [top, bottom, down] of places) {
      for (const [left, right, across] of places) {
        for (let k = 0; k < 3; k++) {
          const channel = k % channels;
          const above = mix(at(top, left, channel), at(top, right, channel), across);
          const below = mix(at(bottom, left, channel), at(bottom, right, channel), across);
          pixels[to + k] = 255 * (finite[i] ? mix(above, below, down) : GREY);
        }
        to += 4;
      }
    }
  }
  return pixels;
}

function mix(one, other, share) {
  return one + share * (other - one);
}

/** The two pixels of `own` between which the middle of one of `size` lies, and how far it is from the first. */
function between(i, size, own) {
  const place = Math.min(Math.max(((i + 0.5) * own) / size - 0.5, 0), own - 1);
  const first = Math.min(Math.floor(place), Math.max(own - 2, 0));
  return [first, Math.min(first + 1, own - 1), place - first];
}
