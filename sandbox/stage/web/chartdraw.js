/** What stands in a chart, as SVG elements; `chart` has the data, the frame, the ink and `places`, which know x and y. */

import { apart, LINE, lookOf, symbolPath, WIDE_LETTER, wrapped } from "./chartmarks.js";
import { valueWords } from "./chartscale.js";
import { makeSvg } from "./dom.js";

const SIZE = 0.38; // letters: half of a mark
const THICK = [0.16, 0.11]; // letters: lines, intervals
const APART = 2.6; // letters from one number of an axis to the next
const FLOORS = ["2 4", "9 5"]; // dashes of yardsticks
const [LEAD, SIGN, BETWEEN] = [1.2, 1.3, 0.2]; // letters: to a name, its sign, to the next

/** Pixels of a letter of the words in a chart, as the style has it. */
const smallOf = (letter) => Math.max(0.88 * letter, 12);
const text = ({ ink }, words, x, y, given = {}) => makeSvg("text", { x, y, fill: ink.text, ...given, text: words });
const rule = (x1, y1, x2, y2, look) => makeSvg("line", { x1, y1, x2, y2, ...look });

/** Both axes. @param {Object} chart @param {number[]} ticksX @param {number[]} ticksY */
export function drawAxes(chart, ticksX, ticksY) {
  const { data, ink, places, frame: { left, right, bottom, width, letter } } = chart;
  const faint = { stroke: ink.faint, opacity: 0.35 };
  const rules = ticksY.flatMap((tick) => {
    const y = places.y(tick);
    const words = text(chart, valueWords(tick, data.distance), left - 0.5 * letter, y, { "text-anchor": "end", dy: ".35em" });
    return [rule(left, y, right, y, faint), words];
  });
  const every = Math.ceil((APART * letter * Math.max(ticksX.length, 1)) / width);
  const middle = { "text-anchor": "middle" };
  const marks = ticksX.filter((_, i) => i % every === 0)
    .map((tick) => text(chart, String(tick), places.x(tick), bottom + 1.4 * letter, middle));
  const along = text(chart, data.along, (left + right) / 2, bottom + 2.7 * letter, middle);
  return [...rules, ...marks, along, text(chart, data.up, 0, letter)];
}

/** Where a curve breaks off. */
export function drawCliffs(chart) {
  const { ink, places, frame: { top, bottom, letter } } = chart;
  const look = { stroke: ink.text, "stroke-dasharray": "3 4" };
  return (chart.data.cliffs ?? []).flatMap(({ x, words, left }) => {
    const at = places.x(x);
    const before = left && at - chart.frame.left > WIDE_LETTER * smallOf(letter) * words.length;
    const side = { "text-anchor": before ? "end" : "start" };
    const up = (left && !before ? 1.4 : 0.4) * letter; // over the others where it has to stand on their side
    return [rule(at, top, at, bottom, look), text(chart, words, at + (before ? -0.4 : 0.4) * letter, top - up, side)];
  });
}

/** The yardsticks. */
export function drawFloors({ data, ink, places, frame: { left, right } }) {
  return (data.floors ?? []).map(({ value }, i) => {
    const look = { stroke: ink.outside, "stroke-width": 2, "stroke-dasharray": FLOORS[i % FLOORS.length] };
    return rule(left, places.y(value[0]), right, places.y(value[0]), look);
  });
}

/** A line with its marks and their intervals. */
export function drawLine({ ink, places, frame: { letter } }, line) {
  const look = lookOf(line, ink, letter);
  const marks = line.points.map(({ x, value: [mean, half] }) => {
    const ends = [mean - half, mean + half].map(places.y);
    return { x: places.x(x), y: places.y(mean), ends, sure: !half };
  });
  const stroke = { stroke: look.stroke, fill: "none" };
  const path = makeSvg("polyline", {
    points: marks.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "), ...stroke,
    "stroke-width": THICK[0] * letter, "stroke-dasharray": look.dashes, "stroke-linejoin": "round",
  });
  const bars = marks.filter(({ sure }) => !sure)
    .map(({ x, ends: [low, high] }) => rule(x, low, x, high, { ...stroke, "stroke-width": THICK[1] * letter }));
  const shapes = marks.map(({ x, y }) => shape(line, look, x, y, letter));
  return [path, ...bars, ...(line.symbol ? shapes : [])];
}

/** The names beside the plot as boxes: their lines, and pixels from top to bottom; `wide` is the room for them. */
export function nameBoxes(data, wide, letter) {
  return namedIn(data).map((each) => {
    const lines = wrapped(each.label, wide - (LEAD + SIGN) * letter, smallOf(letter));
    return { ...each, lines, size: lines.length * LINE * smallOf(letter) + BETWEEN * letter };
  });
}

/** Draw them, each as high as the end of what it names, or moved away from the others. */
export function drawNames(chart, boxes, high) {
  const { ink, places, frame: { right, letter } } = chart;
  const [from, size] = [right + LEAD * letter, LINE * smallOf(letter)];
  const middles = apart(boxes.map((box) => ({ at: places.y(box.value[0]), size: box.size })), high);
  return boxes.flatMap(({ lines, x, value, ...each }, i) => {
    const faint = { stroke: lookOf(each, ink, letter).faint, "stroke-width": 1 };
    const lead = rule(x === null ? right : places.x(x), places.y(value[0]), from, middles[i], faint);
    const up = (k) => middles[i] + (k - (lines.length - 1) / 2) * size;
    const words = lines.map((line, k) => text(chart, line, from + SIGN * letter, up(k), { dy: ".35em" }));
    return [lead, ...signOf(chart, each, from + 0.5 * letter, middles[i]), ...words];
  });
}

/** Everything that has a name, and the value that stands beside it: lines with their last, then yardsticks. */
export function namedIn({ lines, floors = [] }) {
  const ended = lines.filter(({ points }) => points.length).map((line) => ({ ...line, ...line.points.at(-1) }));
  const beside = (floor, i) => ({ ...floor, symbol: "", colour: null, x: null, dashes: FLOORS[i % FLOORS.length] });
  return [...ended, ...floors.map(beside)];
}

/** What a line looks like, around a place. */
export function signOf({ ink, frame: { letter } }, each, x, y) {
  const look = lookOf(each, ink, letter);
  const half = 0.55 * letter;
  const dashes = each.dashes ?? look.dashes;
  const line = rule(x - half, y, x + half, y, { stroke: look.stroke, "stroke-width": 2, "stroke-dasharray": dashes });
  return each.symbol ? [line, shape(each, look, x, y, letter)] : [line];
}

function shape({ symbol }, { fill, stroke }, x, y, letter) {
  return makeSvg("path", { d: symbolPath(symbol, x, y, SIZE * letter), fill, stroke, "stroke-width": 2 });
}
