/** Maps over the plane as pictures of one pixel a place, with the scale that they are read by. */

import { cividis, partsOf, regionInk, TYPEFACE } from "./pens.js";

const CELL_OPACITY = 0.78;
const STRIPES = [[225, 225, 225], [40, 40, 40]]; // outside every region
const MAP_OPACITY = 0.5; // marks stay readable on it
export const MISSED_BY = 0.02; // space units outside a region that count as having missed it
const GOLDEN_RATIO = 0.618034; // multiples of it, less their whole part, are far from their neighbours
const BLUR = [0.06, 0.24, 0.4, 0.24, 0.06];

/**
 * A map in one fixed scale.
 * @param {ArrayLike<number>} values (side^2,), row by row from the lowest y
 * @param {number} high what the brightest colour stands for
 * @returns {{side: number, pixels: Uint8ClampedArray, bar: {high: number, title: string}}}
 */
export function heatMap(values, high, title, opacity = MAP_OPACITY) {
  const side = Math.round(Math.sqrt(values.length));
  const pixels = paintPixels(
    side, (i) => [...cividis(values[i] / high), Number.isFinite(values[i]) ? 255 * opacity : 0],
  );
  return { side, pixels, bar: { high, title, opacity } };
}

/** How far two fields point to different places, space units. */
export function differenceMap(field, other, high) {
  const apart = new Float32Array(field.trust.length);
  for (let i = 0; i < apart.length; i += 1) {
    const dx = field.displacement[2 * i] - other.displacement[2 * i];
    apart[i] = Math.hypot(dx, field.displacement[2 * i + 1] - other.displacement[2 * i + 1]);
  }
  return heatMap(apart, high, "distance between learned and exact, space units");
}

/**
 * Places in the colour of the region that one jump reaches, each pair's cell in a shade of its own; striped where none is.
 * Every other region is so much lighter that grey tells them apart.
 */
export function cellMap(cells, world, opacity = CELL_OPACITY) {
  const { region, outside, samples } = cells;
  const side = Math.round(Math.sqrt(region.length));
  const shades = samples ? shadesOf(samples) : null;
  const inks = world.regions.map((_, i) => partsOf(regionInk(world, i)));
  const pixels = paintPixels(side, (i) => {
    if (outside[i] > MISSED_BY) return [...STRIPES[Number(stripeAt(i, side))], 255 * opacity];
    const light = lightOf(region[i]) + 0.22 * (shades ? shades[i] : 0.5);
    return [...inks[region[i]].map((part) => part * (1 - light) + 255 * light), 255 * opacity];
  });
  return { side, pixels, bar: null };
}

/** A cell's look in a legend, as a CSS background; -1 is outside every region. */
export function cellLook(world, i) {
  const [dark, bright] = STRIPES.map((parts) => `rgb(${parts.join(",")})`);
  if (i < 0) return `repeating-linear-gradient(45deg, ${dark} 0 3px, ${bright} 3px 6px)`;
  const light = lightOf(i) + 0.11;
  return `rgb(${partsOf(regionInk(world, i)).map((part) => Math.round(part * (1 - light) + 255 * light)).join(",")})`;
}

/** How far a region's colour goes towards white at least. */
function lightOf(i) {
  return i % 2 ? 0.52 : 0;
}

function stripeAt(i, side) {
  return ((i % side) + Math.floor(i / side)) % 6 < 3;
}

/**
 * How densely points lie, relative to the densest place.
 * @param {Float32Array} points (n, 2)
 * @param {number[]} bounds
 */
export function densityMap(points, bounds, side = 72) {
  let counts = new Float32Array(side * side);
  const cell = (bounds[1] - bounds[0]) / side;
  for (let i = 0; i < points.length; i += 2) {
    const [column, row] = [(points[i] - bounds[0]) / cell, (points[i + 1] - bounds[0]) / cell].map(Math.floor);
    if (column >= 0 && column < side && row >= 0 && row < side) counts[row * side + column] += 1;
  }
  counts = blurred(blurred(counts, side, 1), side, side);
  const high = counts.reduce((most, one) => Math.max(most, one), 1e-9);
  const pixels = paintPixels(
    side, (i) => [...cividis(0.15 + 0.85 * counts[i] / high), 230 * Math.min(1, (4 * counts[i]) / high)],
  );
  return { side, pixels, bar: { high: 1, title: "density of the samples, of the densest place" } };
}

/** Draw a map over the bounds. @param {CanvasRenderingContext2D} pen */
export function drawMap(pen, on, map, bounds) {
  if (!map.picture) {
    map.picture = document.createElement("canvas");
    map.picture.width = map.picture.height = map.side;
    map.picture.getContext("2d").putImageData(new ImageData(map.pixels, map.side, map.side), 0, 0);
  }
  const size = (bounds[1] - bounds[0]) * on.scale;
  pen.imageSmoothingEnabled = map.bar !== null;
  pen.drawImage(map.picture, on.px(bounds[0]), on.py(bounds[1]), size, size);
}

/** Draw the scale of a map at the lower edge. */
export function drawBar(pen, on, { high, title, opacity = 1 }, { ink, unit }) {
  const [width, height] = [Math.min(9 * unit, 0.4 * on.width), 0.6 * unit];
  const [left, top] = [0.6 * unit, on.height - 1.1 * unit];
  pen.fillStyle = ink.ground;
  pen.globalAlpha = 0.88;
  pen.fillRect(0, top - 2.6 * unit, Math.min(on.width, Math.max(0.5 * unit * title.length, width + unit)), 3.8 * unit);
  pen.globalAlpha = opacity;
  for (let k = 0; k < 24; k += 1) {
    pen.fillStyle = `rgb(${cividis(k / 23).join(",")})`;
    const from = Math.round(left + (width * k) / 24);
    pen.fillRect(from, top, Math.round(left + (width * (k + 1)) / 24) - from, height);
  }
  pen.globalAlpha = 1;
  pen.fillStyle = ink.text;
  pen.font = `${Math.max(12, 0.8 * unit)}px ${TYPEFACE}`;
  pen.textBaseline = "bottom";
  pen.textAlign = "left";
  pen.fillText(title, left, top - 1.1 * unit);
  pen.fillText("0", left, top - 0.1 * unit);
  pen.textAlign = "right";
  pen.fillText(String(Number(high.toPrecision(2))), left + width, top - 0.1 * unit);
}

/** Pixels row by row from the top, of places row by row from the bottom. */
function paintPixels(side, colour) {
  const pixels = new Uint8ClampedArray(4 * side * side);
  for (let i = 0; i < side * side; i += 1) {
    const [row, column] = [Math.floor(i / side), i % side];
    pixels.set(colour(i), 4 * ((side - 1 - row) * side + column));
  }
  return pixels;
}

/**
 * A shade from 0 to 1 for each sample, alike where the same place is reached; null for a method that lands everywhere.
 */
function shadesOf(samples) {
  const known = new Map();
  const shades = new Float32Array(samples.length / 2);
  for (let i = 0; i < shades.length; i += 1) {
    const place = `${samples[2 * i].toFixed(3)},${samples[2 * i + 1].toFixed(3)}`;
    if (!known.has(place)) known.set(place, known.size);
    shades[i] = (known.get(place) * GOLDEN_RATIO) % 1;
  }
  return known.size < shades.length / 2 ? shades : null;
}

function blurred(values, side, stride) {
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const at = stride === 1 ? i % side : Math.floor(i / side);
    BLUR.forEach((weight, k) => {
      const other = at + k - 2;
      if (other >= 0 && other < side) result[i] += weight * values[i + (k - 2) * stride];
    });
  }
  return result;
}
