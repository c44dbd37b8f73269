// A world pack taken apart: where every image has every caption, its pairs are put together again (sandbox/stage/columns.py).

import { unpack } from "./packs.js";

/**
 * The header and arrays of a world, with a row of each array for every pair; `first` is the first pair that has its image.
 * @param {ArrayBuffer} buffer
 * @returns {{header: any, arrays: Record<string, import("./packs.js").Tensor>}}
 * @throws {Error} a sentence, where the buffer is no whole pack
 */
export function unpackWorld(buffer) {
  const { header, arrays } = unpack(buffer);
  if (!header.space.every_caption) return { header, arrays };
  const { concepts, regions } = header.space;
  const naming = regions.map(({ name }) => concepts.map((_, k) => k).filter((k) => concepts[k].regions.includes(name)));
  const { image, region, description } = arrays;
  const [of, concept, first] = [[], [], []];
  region.data.forEach((kind, i) => {
    const start = of.length;
    for (const k of naming[kind]) {
      of.push(i);
      concept.push(k);
      first.push(start);
    }
  });
  const n = of.length;
  const rows = (array, width, at) => Float64Array.from({ length: n * width }, (_, i) => array(at[Math.floor(i / width)], i % width));
  const [d, e] = [image.shape[1], description.shape[1]];
  const whole = {
    image: { data: rows((i, axis) => image.data[i * d + axis], d, of), shape: [n, d] },
    clean: { data: rows((k, axis) => concepts[k].embedding[axis], e, concept), shape: [n, e] },
    region: { data: Int32Array.from(of, (i) => region.data[i]), shape: [n] },
    concept: { data: Int32Array.from(concept), shape: [n] },
    first: { data: Int32Array.from(first), shape: [n] },
  };
  return { header, arrays: { ...arrays, ...whole } };
}
