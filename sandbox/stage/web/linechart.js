/** A chart of lines with names at their ends: hovered or walked through by keys it tells its figures; it is a table, too. */

import { drawAxes, drawCliffs, drawFloors, drawLine, drawNames, nameBoxes, namedIn, signOf } from "./chartdraw.js";
import { across, pointWords, upward, valueWords } from "./chartscale.js";
import { make, makeSvg, say } from "./dom.js";

const HIGH = 22; // letters from top to bottom
const NAMES = 13.5; // letters beside the plot
const ROOMY = 34; // letters: narrower charts have their names below
const [LEFT, TOP, BELOW] = [3.6, 2.4, 3]; // letters around the plot
const REACH = 3; // letters from a mark at which it is meant
const AWAY = 1.2; // letters from a mark to what is told of it
const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * What a chart shows; a value is a mean and half its interval, which may be null.
 * @typedef {Object} ChartData
 * @property {string} title
 * @property {string} up what is from bottom to top @property {boolean} distance or a share
 * @property {string} along what is from left to right @property {(x: number) => string} words of a place there
 * @property {{label: string, colour: ?string, symbol: string, dash: number, points: {x: number, value: number[]}[]}[]} lines
 * @property {{label: string, value: number[]}[]} [floors] yardsticks, which have no place from left to right
 * @property {{x: number, words: string, left: boolean}[]} [cliffs]
 */

/** One chart. */
export class LineChart {
  /** @param {{ink: () => Object, letter: number}} page */
  constructor(page) {
    [this.page, this.data, this.at] = [page, null, null];
    this.heading = make("h2");
    this.svg = makeSvg("svg", { "aria-hidden": "true" });
    this.reading = make("p", { class: "reading", hidden: true });
    this.spoken = make("p", { class: "spoken", "aria-live": "polite" });
    const meant = (event) => this.point(this.nearest(event));
    const none = () => this.point(null);
    this.plot = make("div", {
      class: "plot", tabindex: 0, role: "group", onpointermove: meant, onpointerdown: meant, onpointerleave: none, onblur: none,
      onkeydown: (event) => this.key(event),
    }, this.svg, this.reading);
    this.names = make("ul", { class: "names", hidden: true });
    this.rows = make("div", { class: "rows", tabindex: 0, role: "group" });
    this.table = make("details", {}, make("summary", { text: "As a table" }), this.rows);
    this.element = make("section", { class: "chart" }, this.heading, this.plot, this.names, this.table, this.spoken);
  }

  /** @param {ChartData} data */
  show(data) {
    [this.data, this.at] = [data, null];
    say(this.heading, data.title);
    this.plot.setAttribute("aria-label", `${data.title}. Arrow keys go through the figures.`);
    this.rows.setAttribute("aria-label", `${data.title}, as a table`);
    this.rows.replaceChildren(tableOf(data));
    this.draw();
  }

  /** Draw it as large as there is room. */
  draw() {
    const { data, page: { letter } } = this;
    const width = this.plot.clientWidth;
    if (!data || !width) return;
    this.ink = this.page.ink();
    const roomy = width > ROOMY * letter;
    const names = roomy ? nameBoxes(data, NAMES * letter, letter) : [];
    const high = Math.max(HIGH * letter, names.reduce((sum, { size }) => sum + size, 0));
    const beside = (LEFT + (roomy ? NAMES : 1)) * letter;
    const [left, top, wide, tall] = [LEFT * letter, TOP * letter, width - beside, high - (TOP + BELOW) * letter];
    this.frame = { left, top, width: wide, height: tall, right: left + wide, bottom: top + tall, letter };
    const lines = data.lines.filter(({ points }) => points.length);
    const points = lines.flatMap((line) => line.points);
    const reached = points.flatMap(({ value: [mean, half] }) => [mean - half, mean + half]);
    const x = across(points.map((point) => point.x));
    const y = upward([...reached, ...(data.floors ?? []).map(({ value }) => value[0])], data.distance);
    this.places = { x: (value) => left + wide * x.place(value), y: (value) => top + tall * (1 - y.place(value)) };
    const size = { width, height: high, viewBox: `0 0 ${width} ${high}` };
    for (const [name, value] of Object.entries(size)) this.svg.setAttribute(name, value);
    const open = { fill: "none", stroke: this.ink.text, "stroke-width": 2 };
    this.ring = makeSvg("circle", { r: 0.8 * letter, ...open, visibility: "hidden" });
    const drawn = [...drawFloors(this), ...lines.flatMap((line) => drawLine(this, line))];
    const around = [...drawAxes(this, x.ticks, y.ticks), ...drawCliffs(this)];
    this.svg.replaceChildren(...around, ...drawn, ...drawNames(this, names, high), this.ring);
    this.names.hidden = roomy;
    this.names.replaceChildren(...(roomy ? [] : namedIn(data).map((each) => this.listed(each))));
    this.point(this.at);
  }

  /** A name below the plot, with the last value of what it names. */
  listed(each) {
    const side = 1.3 * this.frame.letter;
    const signs = signOf(this, each, side / 2, side / 2);
    const sign = makeSvg("svg", { width: side, height: side, "aria-hidden": "true" }, ...signs);
    const where = each.x === null ? "" : ` (${this.data.words(each.x)})`;
    const text = `${each.label}: ${valueWords(each.value[0], this.data.distance)}${where}`;
    return make("li", {}, sign, make("span", { text }));
  }

  /** The mark that a pointer means, [line, point], or null. */
  nearest(event) {
    if (!this.places) return null;
    const box = this.svg.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    let [best, away] = [null, REACH * this.frame.letter];
    this.data.lines.forEach(({ points }, i) => points.forEach(({ x, value }, k) => {
      const far = Math.hypot(this.places.x(x) - left, this.places.y(value[0]) - top);
      if (far < away) [best, away] = [[i, k], far];
    }));
    return best;
  }

  key(event) {
    const way = WAYS[event.key];
    const lines = this.data?.lines ?? [];
    if (!way || !lines.length || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const [i, k] = this.at ?? [0, way[1] < 0 ? lines[0].points.length : -1];
    const line = (i + way[0] + lines.length) % lines.length;
    const most = lines[line].points.length - 1;
    this.point([line, Math.min(Math.max(k + way[1], 0), most)]);
    say(this.spoken, this.reading.textContent);
  }

  /** Tell of a mark, or of none. @param {?number[]} at */
  point(at) {
    this.at = at;
    this.reading.hidden = !at;
    this.ring?.setAttribute("visibility", at ? "visible" : "hidden");
    if (!at || !this.places) return;
    const { label, points } = this.data.lines[at[0]];
    const { x, value } = points[at[1]];
    say(this.reading, `${label}, ${this.data.words(x)}: ${pointWords(value, this.data.distance)}`);
    const [left, top] = [this.places.x(x), this.places.y(value[0])];
    this.ring.setAttribute("cx", left);
    this.ring.setAttribute("cy", top);
    const { offsetWidth, offsetHeight } = this.reading;
    const beside = Math.max(Math.min(left - offsetWidth / 2, this.plot.clientWidth - offsetWidth), 0);
    const room = AWAY * this.frame.letter;
    const over = top < this.frame.height / 2 ? top + room : top - offsetHeight - room;
    Object.assign(this.reading.style, { left: `${beside}px`, top: `${over}px` });
  }
}

/** @param {ChartData} data @returns {HTMLTableElement} */
function tableOf({ lines, floors = [], along, words, distance }) {
  const places = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const columns = places.map((x) => make("th", { scope: "col", text: words(x) }));
  const name = (label) => make("th", { scope: "row", text: label });
  const rows = lines.map(({ label, points }) => make("tr", {}, name(label), ...places.map((place) => {
    const found = points.find(({ x }) => x === place);
    return make("td", { text: found ? pointWords(found.value, distance) : "" });
  })));
  const beside = floors.map(({ label, value }) =>
    make("tr", {}, name(label), make("td", { colspan: places.length, text: pointWords(value, distance) })));
  const head = make("thead", {}, make("tr", {}, make("th", { scope: "col", text: along }), ...columns));
  return make("table", {}, head, make("tbody", {}, ...rows, ...beside));
}
