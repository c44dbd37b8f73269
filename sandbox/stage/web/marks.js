/** The layer of a panel that moves: the points with their paths, the point in the hand, the phases of a jump. */

import { fadedInk, regionInk, regionShape, strokeIn, traceCross, traceShape } from "./pens.js";
import { regionAt } from "./world.js";

const EACH = 5; // states: up to here every step is drawn by itself, the first one thin
const FAINT = 0.12; // of what is not pointed at
const finiteKnown = new WeakMap();

/**
 * The radius of a mark, pixels: smaller the more there are.
 * @param {number} unit pixels of a letter
 * @param {number} n
 */
export function markRadius(unit, n) {
  return unit * Math.min(Math.max(0.37 * (40 / Math.max(n, 1)) ** 0.4, 0.15), 0.5);
}

/**
 * Where a point is at a position: between which states, and the share of the way.
 * @param {{states: Float32Array, count: number, steps: number}} paths @param {number} i @param {number} at from 0 to
 * steps
 */
export function placeAt(paths, i, at) {
  const k = Math.min(Math.floor(at), paths.steps - 1);
  const [from, to] = [2 * (k * paths.count + i), 2 * ((k + 1) * paths.count + i)];
  const share = at - k;
  const { states } = paths;
  return [
    states[from] + (states[to] - states[from]) * share,
    states[from + 1] + (states[to + 1] - states[from + 1]) * share,
  ];
}

/**
 * Draw the points at a position of their paths.
 * @param {CanvasRenderingContext2D} pen
 * @param {Object} on a camera on this canvas
 * @param {{states: Float32Array, count: number, steps: number}} paths
 * @param {{world: Object, ink: Object, meant: boolean[], unit: number, at: number, hover: number, trails: boolean,
 * shown: number}} look
 */
export function drawPoints(pen, on, paths, look) {
  const finite = finitePoints(paths).filter((i) => i < look.shown);
  const pointed = finite.includes(look.hover);
  const rest = pointed ? finite.filter((i) => i !== look.hover) : finite;
  drawGroup(pen, on, paths, rest, look, pointed ? FAINT : look.strength ?? 1);
  if (pointed) drawGroup(pen, on, paths, [look.hover], look, 1, 1.6);
}

/** The points whose paths are numbers all the way, found once for each answer. */
function finitePoints(paths) {
  if (!finiteKnown.has(paths.states)) {
    const lost = new Set();
    paths.states.forEach((part, at) => Number.isFinite(part) || lost.add(Math.floor(at / 2) % paths.count));
    finiteKnown.set(paths.states, [...Array(paths.count).keys()].filter((i) => !lost.has(i)));
  }
  return finiteKnown.get(paths.states);
}

function drawGroup(pen, on, paths, points, look, strength, grown = 1) {
  const { ink, unit, at } = look;
  const radius = markRadius(unit, look.shown) * grown;
  const thin = Math.min(1, (40 / Math.max(look.shown, 1)) ** 0.5);
  pen.globalAlpha = strength;
  if (look.trails || grown > 1) drawTrails(pen, on, paths, points, look, thin, grown);
  pen.beginPath();
  for (const i of look.starts === false && grown === 1 ? [] : points) {
    traceShape(pen, "circle", on.px(paths.states[2 * i]), on.py(paths.states[2 * i + 1]), 0.75 * radius);
  }
  pen.strokeStyle = ink.faint;
  pen.lineWidth = Math.max(0.3 * radius, 0.8);
  pen.stroke();
  if (at > 0) drawEnds(pen, on, paths, points, look, radius);
  pen.globalAlpha = 1;
}

function drawTrails(pen, on, paths, points, look, thin, grown) {
  const { ink, unit, at } = look;
  const few = paths.steps < EACH;
  const legs = few ? [...Array(Math.ceil(at)).keys()].map((k) => [k, Math.min(k + 1, at)]) : [[0, at]];
  legs.forEach(([from, to], k) => {
    pen.beginPath();
    for (const i of points) {
      const [x, y] = placeAt(paths, i, from);
      pen.moveTo(on.px(x), on.py(y));
      for (let step = Math.floor(from) + 1; step < to; step += 1) {
        const [sx, sy] = placeAt(paths, i, step);
        pen.lineTo(on.px(sx), on.py(sy));
      }
      const [ex, ey] = placeAt(paths, i, to);
      pen.lineTo(on.px(ex), on.py(ey));
    }
    pen.strokeStyle = fadedInk(ink.text, (few && k > 0 ? 0.95 : 0.62) * (0.15 + 0.85 * thin));
    pen.lineWidth = unit * (few && k > 0 ? 0.12 : 0.07) * (0.5 + 0.5 * thin) * grown;
    pen.stroke();
  });
}

/** The points themselves: in a region that is meant by its colour and shape, on the way grey, at the end a cross. */
function drawEnds(pen, on, paths, points, look, radius) {
  const { world, ink, meant, at } = look;
  const groups = new Map();
  for (const i of points) {
    const [x, y] = placeAt(paths, i, at);
    const region = regionAt(world, x, y);
    const kind = region >= 0 && meant[region] ? region : at >= paths.steps ? "outside" : "way";
    if (!groups.has(kind)) groups.set(kind, []);
    groups.get(kind).push([on.px(x), on.py(y)]);
  }
  for (const [kind, places] of groups) {
    pen.beginPath();
    if (kind === "outside") {
      for (const [x, y] of places) traceCross(pen, x, y, 0.8 * radius);
      strokeHaloed(pen, ink.ground, ink.outside, Math.max(0.5 * radius, 1.2));
      continue;
    }
    const shape = kind === "way" ? "circle" : regionShape(world, kind);
    for (const [x, y] of places) traceShape(pen, shape, x, y, kind === "way" ? 0.75 * radius : radius);
    pen.fillStyle = kind === "way" ? ink.faint : regionInk(world, kind, ink.dark);
    pen.strokeStyle = ink.ground;
    pen.lineWidth = Math.max(0.28 * radius, 0.6);
    pen.stroke();
    pen.fill();
  }
}

function strokeHaloed(pen, ground, colour, width) {
  strokeIn(pen, [ground, 1.8 * width], [colour, width]);
}

/**
 * Draw what is known of one R that was set: its cross, path, predicted jump and the pair.
 * @param {{start: number[], answer: ?Object, active: boolean, phase: ?string}} pin phase: "draw", "look", "predict",
 * "go" or null for all
 */
export function drawPin(pen, on, pin, look) {
  const { ink, unit } = look;
  const [x, y] = [on.px(pin.start[0]), on.py(pin.start[1])];
  const reached = ["draw", "look", "predict", "go"].indexOf(pin.phase ?? "go");
  pen.globalAlpha = pin.active ? 1 : 0.55;
  const { answer } = pin;
  if (answer && reached >= 1 && answer.pair) {
    const [px, py] = [on.px(answer.pair.image[0]), on.py(answer.pair.image[1])];
    pen.setLineDash([0.3 * unit, 0.3 * unit]);
    traceLine(pen, [[x, y], [px, py]]);
    strokeHaloed(pen, fadedInk(ink.ground, 0.7), ink.exact, 0.11 * unit);
    pen.setLineDash([]);
    pen.beginPath();
    traceShape(pen, "square", px, py, 0.5 * unit);
    strokeHaloed(pen, ink.ground, ink.exact, 0.16 * unit);
  }
  if (answer && reached >= 2) drawPredicted(pen, on, [x, y], answer, look);
  if (answer && reached >= 3) {
    const steps = answer.states.length / 2 - 1;
    const one = { states: answer.states, count: 1, steps };
    const at = pin.phase ? Math.min(pin.at ?? steps, steps) : Math.min(look.at, steps);
    drawGroup(pen, on, one, [0], { ...look, at, trails: true, shown: 1 }, pin.active ? 1 : 0.55, 1.3);
  }
  pen.globalAlpha = pin.active ? 1 : 0.55;
  pen.beginPath();
  traceCross(pen, x, y, 0.55 * unit);
  strokeHaloed(pen, ink.ground, ink.text, 0.16 * unit);
  pen.globalAlpha = 1;
}

/** The jump that the method predicts from R: an arrow all the way. */
function drawPredicted(pen, on, [x, y], answer, { ink, unit }) {
  const [tx, ty] = [on.px(answer.x0_hat[0]), on.py(answer.x0_hat[1])];
  const length = Math.hypot(tx - x, ty - y);
  if (!Number.isFinite(length) || length < 1) return;
  const [ux, uy] = [(tx - x) / length, (ty - y) / length];
  const barb = Math.min(0.7 * unit, 0.5 * length);
  traceLine(pen, [[x, y], [tx, ty]]);
  pen.moveTo(tx - barb * (ux - 0.5 * uy), ty - barb * (uy + 0.5 * ux));
  pen.lineTo(tx, ty);
  pen.lineTo(tx - barb * (ux + 0.5 * uy), ty - barb * (uy - 0.5 * ux));
  strokeHaloed(pen, ink.ground, ink.text, 0.18 * unit);
}

function traceLine(pen, places) {
  pen.beginPath();
  places.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
}
