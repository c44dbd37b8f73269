// The learned encoder of a space: where its pictures stand in the plane (sandbox/learned/ends.py).

import { compile } from "./graph.js";

const encoders = new WeakMap(); // header of a world pack -> its encoder, made ready

/**
 * Encode pictures.
 * @param {{header: any, arrays: Record<string, import("./packs.js").Tensor>}} world of a learned space
 * @param {ArrayLike<number>} pixels n * size * size * channels, from 0 to 1, in rows from the top
 * @returns {Float32Array} n * d, space units
 * @throws {Error} a sentence, where the space comes without an encoder
 */
export function encodeLearned({ header, arrays }, pixels) {
  const { space, encoder } = header;
  if (!encoder) throw new Error(`${space.title} comes without an encoder: its pictures cannot be drawn by hand.`);
  if (!encoders.has(header)) encoders.set(header, compile(encoder, encoder.constants.map(({ array }) => arrays[array])));
  const side = space.learned.channels * space.learned.size ** 2;
  const given = { data: Float32Array.from(pixels), shape: [pixels.length / side, side] };
  const [{ data }] = encoders.get(header)({ pixels: given });
  return Float32Array.from(data);
}
