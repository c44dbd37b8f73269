// Packs: a JSON header and arrays in one buffer, as sandbox/stage/packs.py writes them.

/**
 * An array with its shape, row by row.
 * @typedef {{data: Float32Array|Float64Array|Int32Array|Uint8Array, shape: number[]}} Tensor
 */

/**
 * Take a pack apart; half precision becomes single.
 * @param {ArrayBuffer} buffer
 * @returns {{header: any, arrays: Record<string, Tensor>}}
 * @throws {Error} a sentence, where the buffer is no whole pack
 */
export function unpack(buffer) {
  try {
    const length = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(buffer, 4, length)));
    const start = Math.ceil((4 + length) / 8) * 8;
    const arrays = {};
    for (const [name, [dtype, shape, offset]] of Object.entries(header.arrays ?? {})) {
      if (![offset, ...shape].every((whole) => Number.isInteger(whole) && whole >= 0)) throw new Error(DAMAGED);
      arrays[name] = { data: READERS[dtype](buffer, start + offset, shape.reduce((product, side) => product * side, 1)), shape };
    }
    return { header, arrays };
  } catch {
    throw new Error(DAMAGED);
  }
}

export const DAMAGED = "The data that came is damaged.";

/**
 * What there is to say of an error to whoever looks at the page: its sentence, or that data are damaged, as nothing else makes
 * the engine's own code fail.
 * @param {unknown} error
 * @returns {string}
 */
export function sentenceOf(error) {
  return error instanceof Error && error.constructor === Error && error.message ? error.message : DAMAGED;
}

const READERS = {
  __proto__: null,
  f2: (buffer, offset, size) => Float32Array.from(new Uint16Array(buffer, offset, size), half),
  f4: (buffer, offset, size) => new Float32Array(buffer, offset, size),
  f8: (buffer, offset, size) => new Float64Array(buffer, offset, size),
  i4: (buffer, offset, size) => new Int32Array(buffer, offset, size),
  u1: (buffer, offset, size) => new Uint8Array(buffer, offset, size),
};

/**
 * The number that 16 bits of half precision (IEEE 754 binary16) mean.
 * @param {number} bits
 * @returns {number}
 */
export function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}
