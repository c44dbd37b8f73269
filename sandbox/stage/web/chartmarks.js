/** The marks of charts: shapes by the methods' symbols, dashes that tell lines of one method apart, and names beside a plot. */

import { fadedInk, isColour, partsOf } from "./pens.js";

const LIGHTER = 0.35; // of the way to white, on a dark ground
const DASHES = [null, [0.55, 0.35], [0.15, 0.3], [0.9, 0.3, 0.15, 0.3]]; // letters
export const WIDE_LETTER = 0.53; // of a letter's height: its mean width
export const LINE = 1.15; // letters from one line of a name to the next

const regular = (n, turn = 0) => Array.from({ length: n }, (_, i) => {
  const angle = (2 * Math.PI * i) / n - Math.PI / 2 + turn;
  return [Math.cos(angle), Math.sin(angle)];
});
const star = (n, depth) => regular(2 * n).map(([x, y], i) => (i % 2 ? [depth * x, depth * y] : [x, y]));
const scaled = (corners, x, y = x) => corners.map(([a, b]) => [x * a, y * b]);
const CORNERS = {
  __proto__: null,
  square: scaled(regular(4, Math.PI / 4), 1.2),
  "square-x": scaled(regular(4, Math.PI / 4), 1.2),
  diamond: scaled(regular(4), 1.25),
  "diamond-wide": scaled(regular(4), 1.5, 0.95),
  "diamond-tall": scaled(regular(4), 0.95, 1.5),
  "triangle-up": scaled(regular(3), 1.25),
  "triangle-down": scaled(regular(3, Math.PI), 1.25),
  pentagon: scaled(regular(5), 1.15),
  hexagon: scaled(regular(6), 1.15),
  hexagram: scaled(star(6, 0.58), 1.35),
  star: scaled(star(5, 0.45), 1.45),
};

/** The path of a symbol around a place, as plotly names symbols; a circle where it is none of ours. @returns {string} */
export function symbolPath(symbol, x, y, r) {
  const corners = CORNERS[symbol.replace(/-open$/, "")];
  if (!corners) return `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0Z`;
  return `M${corners.map(([a, b]) => `${(x + r * a).toFixed(2)},${(y + r * b).toFixed(2)}`).join("L")}Z`;
}

/** How a line and its marks look. @param {Object} line @param {Object} ink @param {number} letter pixels */
export function lookOf({ colour, symbol = "", dash = 0 }, ink, letter) {
  const own = isColour(colour) ? (ink.dark ? lighter(colour) : colour) : ink.outside;
  const dashes = DASHES[dash % DASHES.length];
  const open = symbol.endsWith("-open") || dash % 2 === 1; // beside the dash, which a short line does not show
  return {
    stroke: own,
    fill: open ? ink.ground : own,
    faint: fadedInk(own, 0.6),
    dashes: dashes && dashes.map((part) => (part * letter).toFixed(1)).join(" "),
  };
}

function lighter(colour) {
  const parts = partsOf(colour).map((part) => Math.round(part + (255 - part) * LIGHTER));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** A name in lines of no more than so many pixels. @returns {string[]} */
export function wrapped(words, width, letter) {
  const most = Math.max(Math.floor(width / (WIDE_LETTER * letter)), 4);
  const lines = [];
  for (const word of words.split(" ")) {
    const last = lines.length - 1;
    if (last >= 0 && `${lines[last]} ${word}`.length <= most) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * The middles of boxes that want to stand at some heights, moved apart where they would touch.
 * @param {{at: number, size: number}[]} boxes @param {number} high pixels that there are
 * @returns {number[]}
 */
export function apart(boxes, high) {
  const order = boxes.map((_, i) => i).sort((a, b) => boxes[a].at - boxes[b].at);
  const places = boxes.map(({ at }) => at);
  let free = 0;
  for (const i of order) {
    places[i] = Math.max(places[i], free + boxes[i].size / 2);
    free = places[i] + boxes[i].size / 2;
  }
  let end = high;
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i], end - boxes[i].size / 2);
    end = places[i] - boxes[i].size / 2;
  }
  return places;
}
