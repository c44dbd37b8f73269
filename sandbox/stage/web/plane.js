/** The layer of a panel that stands still: regions, pairs and fields. */

import { fadedInk, regionInk, regionShape, strokeIn, traceShape, TYPEFACE } from "./pens.js";
import { namePlace } from "./world.js";

const PAIRS_DRAWN = 300; // of a region
const CLASSES = [[0, 0.5, 0.25], [0.5, 0.9, 0.42], [0.9, Infinity, 0.68]]; // trust from .. to .. in this opacity
const LEAST = 0.12; // of a cell: what an arrow without trust still has

/**
 * Draw the regions, their names above them.
 * @param {CanvasRenderingContext2D} pen
 * @param {Object} on a camera on this canvas
 * @param {{world: Object, ink: Object, meant: boolean[], unit: number}} look
 */
export function drawRegions(pen, on, { world, ink, meant, unit }) {
  world.regions.forEach((region, i) => {
    traceRings(pen, on, region.rings);
    pen.fillStyle = fadedInk(regionInk(world, i, ink.dark), (ink.dark ? 0.3 : 0.16) * (meant[i] ? 1 : 0.5));
    pen.fill("evenodd");
    pen.strokeStyle = regionInk(world, i, ink.dark);
    pen.lineWidth = (meant[i] ? 0.14 : 0.08) * unit;
    pen.setLineDash(meant[i] ? [] : [0.35 * unit, 0.25 * unit]);
    pen.stroke();
  });
  pen.setLineDash([]);
}

/** Draw the regions' outlines alone, so that they are seen on whatever is below. */
export function drawOutlines(pen, on, { world, unit }) {
  traceRings(pen, on, world.regions.flatMap((region) => region.rings));
  strokeIn(pen, ["#000000", 0.26 * unit], ["#ffffff", 0.12 * unit]);
}

/** Begin a path of closed rings of places. */
function traceRings(pen, on, rings) {
  pen.beginPath();
  for (const ring of rings) {
    ring.forEach(([x, y], k) => (k ? pen.lineTo(on.px(x), on.py(y)) : pen.moveTo(on.px(x), on.py(y))));
    pen.closePath();
  }
}

/** Write the regions' names above them, one below the other where they would touch, and none beyond the canvas. */
export function drawNames(pen, on, { world, ink, unit }) {
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  pen.font = `700 ${Math.max(12, 1.05 * unit)}px ${TYPEFACE}`;
  const written = [];
  const named = world.regions.map((region, i) => ({ region, i, place: namePlace(region) }));
  named.sort((a, b) => b.place[1] - a.place[1]).forEach(({ region, i, place: [x, y] }) => {
    const half = pen.measureText(region.name).width / 2;
    const within = on.px(x) > 0 && on.px(x) < on.width && 2 * half < on.width; // else it goes where the region goes
    const px = within ? Math.min(Math.max(on.px(x), half), on.width - half) : on.px(x);
    let py = Math.max(on.py(y) - 0.15 * unit, 1.2 * unit);
    const touching = ([left, line, wide]) => Math.abs(left - px) < half + wide && Math.abs(line - py) < 1.15 * unit;
    while (written.some(touching)) py += 0.2 * unit;
    written.push([px, py, half]);
    pen.lineWidth = 0.3 * unit;
    pen.lineJoin = "round";
    pen.strokeStyle = fadedInk(ink.ground, 0.85);
    pen.strokeText(region.name, px, py);
    pen.fillStyle = world.learned ? regionInk(world, i, ink.dark) : ink.text; // whose a name is
    pen.fillText(region.name, px, py);
  });
}

/** Draw a part of the pairs, faint, in their region's colour and shape. */
export function drawPairs(pen, on, { world, unit, ink }) {
  const { image, region } = world.pairs;
  const radius = Math.min(Math.max(0.12 * unit, 0.016 * on.scale), 0.3 * unit);
  world.regions.forEach((_, i) => {
    pen.beginPath();
    for (let k = 0, drawn = 0; k < region.length && drawn < PAIRS_DRAWN; k += 1) {
      if (region[k] !== i) continue;
      traceShape(pen, regionShape(world, i), on.px(image[2 * k]), on.py(image[2 * k + 1]), radius);
      drawn += 1;
    }
    pen.fillStyle = fadedInk(regionInk(world, i, ink.dark), ink.dark ? 0.6 : 0.42);
    pen.fill();
  });
}

/**
 * Draw a field: each arrow as long and as strong as its direction can be trusted, never past its target.
 * @param {{places: Float32Array, displacement: Float32Array, trust: Float32Array}} field
 * @param {{unit: number, colour: string, strength?: number, dashed?: boolean}} look
 */
export function drawArrows(pen, on, field, { unit, colour, strength = 1, dashed = false, bounds }) {
  const n = field.trust.length;
  const cell = ((bounds[1] - bounds[0]) / Math.sqrt(n)) * on.scale;
  const groups = CLASSES.map(() => []);
  for (let i = 0; i < n; i += 1) {
    const [dx, dy, trust] = [field.displacement[2 * i], field.displacement[2 * i + 1], field.trust[i]];
    const distance = Math.hypot(dx, dy) * on.scale;
    const length = Math.min(0.9 * cell * Math.min(Math.max(trust, LEAST), 1), distance);
    if (!Number.isFinite(length) || length < 0.5) continue;
    const [ux, uy] = [(dx * on.scale) / distance, (-dy * on.scale) / distance];
    const k = CLASSES.findIndex(([low, high]) => trust >= low && trust < high);
    groups[Math.max(k, 0)].push([on.px(field.places[2 * i]), on.py(field.places[2 * i + 1]), ux, uy, length]);
  }
  pen.setLineDash(dashed ? [2, 2] : []);
  groups.forEach((arrows, k) => {
    pen.beginPath();
    for (const arrow of arrows) traceArrow(pen, ...arrow, 0.32 * cell);
    pen.strokeStyle = fadedInk(colour, CLASSES[k][2] * strength);
    pen.lineWidth = (k === 2 ? 0.07 : 0.06) * unit;
    pen.stroke();
  });
  pen.setLineDash([]);
}

/** Add an arrow centred on a place to the path that is being drawn, pixels. */
function traceArrow(pen, x, y, ux, uy, length, head) {
  const [tx, ty] = [x + (ux * length) / 2, y + (uy * length) / 2];
  const barb = Math.min(head, 0.5 * length);
  pen.moveTo(x - (ux * length) / 2, y - (uy * length) / 2);
  pen.lineTo(tx, ty);
  pen.moveTo(tx - barb * (ux - 0.55 * uy), ty - barb * (uy + 0.55 * ux));
  pen.lineTo(tx, ty);
  pen.lineTo(tx - barb * (ux + 0.55 * uy), ty - barb * (uy - 0.55 * ux));
}
