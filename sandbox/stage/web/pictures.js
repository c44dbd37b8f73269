// The toy decoder: the pictures that points of the latent plane stand for, as `sandbox/pictures/decoder.py` draws them.

import { Drawing } from "./drawing.js";
import { signedDistance } from "./measure.js";

const RED_GREEN_BLUE = [0, 1, 2];
const drawings = new WeakMap(); // program -> size -> {drawing, grain}: what takes time to prepare

/**
 * Draw the picture that each point stands for.
 * @param {object} program as `sandbox.pictures.program.program` returns it for as many animals as there are regions
 * @param {{bounds: number[], regions: {name: string, rings: number[][][]}[]}} space
 * @param {Float32Array | Float64Array} points n * 2, space units
 * @param {number} size of a picture, pixels
 * @returns {Uint8ClampedArray} n * size * size * 4, in rows from the top: red, green, blue and opacity from 0 to 255.
 *   A point that is not finite has a plain grey picture. An Error if the program is for another number of regions.
 */
export function decodePictures(program, space, points, size) {
  const { drawing, grain } = preparedDrawing(program, size);
  const [low, high] = space.bounds;
  const n = points.length / 2;
  const finite = Array.from({ length: n }, (_, i) => points.subarray(2 * i, 2 * i + 2).every(Number.isFinite));
  // Beyond three times the width of the plot there is but noise: clipped there, no number overflows.
  const places = Float64Array.from(points, (place, i) =>
    finite[i >> 1] ? Math.min(Math.max(place, 2 * low - high), 2 * high - low) : 0,
  );
  const distances = inOrderOfAnimals(program, space.regions).map((region) => signedDistance(region, places));
  const pictures = new Uint8ClampedArray(n * size * size * 4).fill(255);
  for (let i = 0; i < n; i++) {
    const picture = pictures.subarray(i * size * size * 4, (i + 1) * size * size * 4);
    if (!finite[i]) {
      picture.forEach((_, at) => at % 4 === 3 || (picture[at] = program.grey));
      continue;
    }
    const [place, distance] = [places.subarray(2 * i, 2 * i + 2), distances.map((each) => each[i])];
    const inputs = { place, distance, low: [low], high: [high] };
    const face = drawing.draw((name, which = 0) => inputs[name][which]);
    dissolve(face, grain, drawing.value(program.noise), picture);
  }
  return pictures;
}

/** The regions in the order of the animals; an Error if the program is for another number of them. */
function inOrderOfAnimals(program, regions) {
  if (regions.length !== program.animals) {
    throw new Error(`The pictures are of ${program.animals} animals, but there are ${regions.length} regions.`);
  }
  const isFirst = (region) => region.name === program.first;
  return [...regions.filter(isFirst), ...regions.filter((region) => !isFirst(region))];
}

/** Mix a face with as much noise as said, into the levels of a picture. */
function dissolve(face, grain, noise, picture) {
  for (let from = 0, to = 0; from < face.length; from += 3, to += 4) {
    for (const channel of RED_GREEN_BLUE) {
      picture[to + channel] = 255 * (1 - noise) * face[from + channel] + noise * grain[from + channel];
    }
  }
}

/** The drawing of a program at a size, and the noise: size * size * 3 levels from 0 to 255. */
function preparedDrawing(program, size) {
  if (!drawings.has(program)) drawings.set(program, new Map());
  const sizes = drawings.get(program);
  if (!sizes.has(size)) sizes.set(size, { drawing: new Drawing(program, size), grain: grainOf(program.grain, size) });
  return sizes.get(size);
}

/** The noise's grains at the pixels of a picture: as coarse in a large one as in a small one. */
function grainOf({ side, levels }, size) {
  const bytes = atob(levels);
  const at = (pixel) => Math.floor((pixel * side) / size);
  return Uint8Array.from({ length: 3 * size * size }, (_, i) => {
    const [channel, column, row] = [i % 3, Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
    return bytes.charCodeAt((channel * side + at(row)) * side + at(column));
  });
}
