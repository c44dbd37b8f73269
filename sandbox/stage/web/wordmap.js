/** The plane of descriptions as it is drawn: captions as marks with names where there is room, and where DE is among them. */

import { captionsNear, quoted } from "./cards.js";
import { fadedInk, regionInk, regionShape, strokeIn, traceShape, TYPEFACE } from "./pens.js";
import { plainNumber } from "./nearbywords.js";

const MARGIN = [46, 26]; // pixels beside and above the outermost captions
const HERE = 0.02; // of the plane's side: a description that is no further from a caption is at it
const ALONG = [0.03, 0.97]; // of the way from one caption to another
const BESIDE = 0.15; // of that way: what is further from it does not lie between them
const MARK = 4.5; // pixels
const CROSS = 8; // pixels further from a mark that DE is on
const NAMED = 3; // captions nearest to DE whose names come first

/** What the captions span: the middle and the half side of a square around them. @param {{embedding: number[]}[]} captions */
export function spanOfCaptions(captions) {
  const ends = [0, 1].map((axis) => {
    const values = captions.map(({ embedding }) => embedding[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const widest = Math.max(...ends.map(([low, high]) => high - low), 1e-3);
  return { middle: ends.map(([low, high]) => (low + high) / 2), half: widest / 2 };
}

/** Where descriptions are on a canvas, and back. */
export function wordCamera({ middle, half }, width, height) {
  const scale = Math.min(width / 2 - MARGIN[0], height / 2 - MARGIN[1]) / half;
  return {
    scale,
    px: (x) => width / 2 + (x - middle[0]) * scale,
    py: (y) => height / 2 - (y - middle[1]) * scale,
    x: (px) => middle[0] + (px - width / 2) / scale,
    y: (py) => middle[1] - (py - height / 2) / scale,
  };
}

/** Where DE is among the captions, in words. */
export function whereWords(captions, description, half) {
  const [first] = captionsNear(captions, description);
  if (first.away <= HERE * half) return `DE is at ${quoted(first.caption.name)}.`;
  const way = betweenOf(captions, first.caption, description);
  const far = `${plainNumber(first.away)} description units away`;
  if (!way) return `DE is nearest to ${quoted(first.caption.name)}, ${far}.`;
  const names = `${quoted(first.caption.name)} and ${quoted(way.name)}`;
  return `DE lies between ${names}, nearest to ${quoted(first.caption.name)}, ${far}.`;
}

/** The caption on whose way from the first a description lies; null where it is on none. */
function betweenOf(captions, { embedding: from }, description) {
  let best = null;
  for (const { name, embedding } of captions) {
    const way = embedding.map((part, k) => part - from[k]);
    const length = Math.hypot(...way);
    if (!length) continue;
    const share = way.reduce((sum, part, k) => sum + part * (description[k] - from[k]), 0) / length ** 2;
    const off = Math.hypot(...way.map((part, k) => description[k] - from[k] - share * part));
    const cost = off + 0.1 * length; // of two ways that it lies on the shorter one
    const within = share > ALONG[0] && share < ALONG[1] && off < BESIDE * length;
    if (within && (!best || cost < best.cost)) best = { name, cost };
  }
  return best;
}

/**
 * Draw captions, names where there is room for them, and DE.
 * @param {CanvasRenderingContext2D} pen
 * @param {Object} on a camera
 * @param {{captions: Object[], world: Object, ink: Object, asked: string, pointed: ?string, description: ?number[],
 *   width: number, height: number, letters: number}} look
 */
export function drawWords(pen, on, look) {
  const { captions, world, ink, asked, description } = look;
  for (const caption of captions) {
    const [x, y] = caption.embedding;
    const only = caption.regions.length === 1 ? world.regions.findIndex(({ name }) => name === caption.regions[0]) : -1;
    pen.beginPath();
    if (only < 0) traceShape(pen, "circle", on.px(x), on.py(y), MARK - 0.5);
    else traceShape(pen, regionShape(world, only), on.px(x), on.py(y), MARK);
    pen.fillStyle = only < 0 ? ink.ground : regionInk(world, only, ink.dark);
    pen.fill();
    strokeIn(pen, [ink.text, only < 0 ? 1.5 : 0.8]);
    if (caption.name !== asked) continue;
    pen.beginPath();
    traceShape(pen, "circle", on.px(x), on.py(y), 2.2 * MARK);
    strokeIn(pen, [ink.ground, 4], [ink.text, 2]);
  }
  drawCaptionNames(pen, on, look);
  if (description) drawDescription(pen, on, look);
}

function drawDescription(pen, on, { ink, description, width, height }) {
  const px = Math.min(Math.max(on.px(description[0]), 0), width);
  const py = Math.min(Math.max(on.py(description[1]), 0), height);
  pen.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    pen.moveTo(px + 5 * dx, py + 5 * dy);
    pen.lineTo(px + 15 * dx, py + 15 * dy);
  }
  strokeIn(pen, [ink.ground, 6], [ink.outside, 3]);
}

/** Names beside their marks: what is pointed at and asked first, then what DE is nearest to, then whatever finds room. */
function drawCaptionNames(pen, on, look) {
  const { captions, ink, asked, pointed, description, width, height, letters } = look;
  const near = description ? captionsNear(captions, description).slice(0, NAMED).map(({ caption }) => caption.name) : [];
  const rank = ({ name }) => [name === pointed, name === asked, near.includes(name)].map((one) => (one ? 0 : 1)).join("");
  const atMark = ({ name }) => description && name === near[0] && captionsNear(captions, description)[0].away * on.scale < 10;
  const order = [...captions].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  const marks = captions.map(({ embedding: [x, y] }) => boxAround(on.px(x), on.py(y), 2 * MARK, 2 * MARK));
  const taken = [];
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.lineJoin = "round";
  for (const caption of order) {
    const strong = caption.name === pointed || caption.name === asked;
    pen.font = `${strong ? 700 : 400} ${letters}px ${TYPEFACE}`;
    const wide = pen.measureText(caption.name).width;
    const [px, py] = [on.px(caption.embedding[0]), on.py(caption.embedding[1])];
    const places = placesAround(px, py, wide, letters, atMark(caption) ? CROSS : 0).filter(([x, y]) =>
      x > 2 && x + wide < width - 2 && y > letters / 2 && y < height - letters / 2);
    const clash = (box) => [...taken, ...marks].filter((other) => overlap(box, other)).length;
    const boxes = places.map(([x, y]) => ({ x, y, box: [x - 2, y - letters / 2, x + wide + 2, y + letters / 2] }));
    const free = boxes.find(({ box }) => clash(box) === 0);
    const place = free ?? (strong ? boxes.sort((a, b) => clash(a.box) - clash(b.box))[0] : null);
    if (!place) continue;
    taken.push(place.box);
    pen.strokeStyle = fadedInk(ink.ground, strong ? 1 : 0.85);
    pen.lineWidth = strong ? 5 : 3;
    pen.strokeText(caption.name, place.x, place.y);
    pen.fillStyle = ink.text;
    pen.fillText(caption.name, place.x, place.y);
  }
}

/** Where a name may begin: right, left, above and below its mark. */
function placesAround(px, py, wide, letters, further) {
  const [beside, above] = [2.6 * MARK + further, 0.8 * letters + MARK + further];
  return [
    [px + beside, py], [px - beside - wide, py], [px - wide / 2, py - above], [px - wide / 2, py + above],
    [px, py - above], [px, py + above], [px - wide, py - above], [px - wide, py + above],
  ];
}

function boxAround(x, y, wide, high) {
  return [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2];
}

function overlap([a, b, c, d], [e, f, g, h]) {
  return a < g && e < c && b < h && f < d;
}
