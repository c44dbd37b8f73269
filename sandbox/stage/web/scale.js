/** The scale of the description as a slider, with the curve of what it does drawn over its track. */

import { make, makeSvg, say } from "./dom.js";
import { percent, plateau } from "./lesson.js";
import { shippedStops } from "./state.js";

const NAME = "desc_scale";
const TRACK = 1000; // of the slider, and of the curve's width
const [TOP, BOTTOM] = [6, 94]; // of the curve's height of 100
const FALLBACK = [0.01, 10000]; // where no stop is known

/** The slider and what it knows. */
export class ScaleSlider {
  /** @param {Object} stage */
  constructor(stage) {
    [this.stage, this.points, this.known] = [stage, [], new Map()];
    this.title = make("span", { text: "Weight of the description (desc_scale)" });
    this.now = make("output", { class: "now" });
    this.input = make("input", {
      type: "range", min: 0, max: TRACK, step: "any", "aria-label": "Weight of the description, desc_scale",
      oninput: () => this.slide(Number(this.input.value)),
      onchange: () => stage.settle(),
      onpointerdown: () => stage.take("scale"),
      onpointerup: () => stage.release(),
      onpointercancel: () => stage.release(),
      onkeydown: (event) => this.key(event),
    });
    this.curve = makeSvg("svg", { viewBox: `0 0 ${TRACK} 100`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.marks = make("div", { class: "stops", "aria-hidden": "true" });
    this.key_ = make("span", { class: "key" }, make("span", { class: "solid", text: "inside" }), make("span", { class: "dashed", text: "recall" }));
    const head = make("div", { class: "head" }, this.title, this.now, this.key_);
    this.element = make("div", { class: "scale" }, head, make("div", { class: "track" }, this.curve, this.marks, this.input));
  }

  /** The panels that answer to it. */
  users() {
    return this.stage.panels.filter((panel) => NAME in panel.question().options);
  }

  /** The stops that the first of them is shipped with; those of any method where it needs none. */
  stops() {
    const { world } = this.stage;
    const found = new Set(this.users().flatMap((panel) => shippedStops(world, panel.question(), NAME)));
    if (!found.size) Object.values(world?.shipped ?? {}).flat().forEach((asked) => NAME in asked && found.add(asked[NAME]));
    return [...found].sort((a, b) => a - b);
  }

  /** Whether every panel can answer at any value. */
  free() {
    return !this.users().some((panel) => panel.method().trained);
  }

  range() {
    const stops = this.stops();
    const [low, high] = stops.length > 1 ? [stops[0], stops.at(-1)] : FALLBACK;
    return [Math.log(low), Math.log(high)];
  }

  /** Where a value stands on the track, from 0 to 1000. */
  place(value) {
    const [low, high] = this.range();
    return Math.min(Math.max(((Math.log(value) - low) / (high - low)) * TRACK, 0), TRACK);
  }

  slide(place) {
    const [low, high] = this.range();
    const value = Math.exp(low + (place / TRACK) * (high - low));
    this.stage.set(NAME, this.free() ? Number(value.toPrecision(3)) : nearest(this.stops(), value));
  }

  /** Go to the next stop, or the one before. @param {number} way 1 or -1 */
  move(way) {
    const [stops, now] = [this.stops(), this.stage.state.get(NAME)];
    if (!this.users().length || !stops.length) return;
    const next = way > 0 ? stops.find((stop) => stop > now * 1.0001) : stops.findLast((stop) => stop < now / 1.0001);
    if (next !== undefined) this.stage.set(NAME, next);
    this.stage.settle();
  }

  key(event) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const end = { Home: 0, End: -1 }[event.key];
    if (way === undefined && end === undefined) return;
    event.preventDefault();
    if (way !== undefined) this.move(way);
    else if (this.stops().length) this.stage.set(NAME, this.stops().at(end));
  }

  /** Ask for the points of the curve, one after the other, the nearest first. Asked again, it begins anew. */
  ask() {
    const [panel] = this.users();
    if (!panel || this.stage.dragging) return;
    const base = panel.question();
    const shared = this.stage.shared();
    const questions = this.stops().map((scale) => ({ shared, panel: { ...base, options: { ...base.options, [NAME]: scale } }, count: 2000 }));
    this.run = (this.run ?? 0) + 1;
    const now = Math.log(this.stage.state.get(NAME));
    const away = (question) => Math.abs(Math.log(question.panel.options[NAME]) - now);
    this.fill([...questions].sort((a, b) => away(a) - away(b)), this.run);
    this.points = questions.map((question) => this.known.get(JSON.stringify(question))).filter(Boolean);
  }

  async fill(questions, run) {
    for (const question of questions) {
      const key = JSON.stringify(question);
      if (this.known.has(key)) continue;
      const answer = await this.stage.client.ask("curve", "merits", question).catch((error) => ({ error }));
      if (run !== this.run || this.stage.gone) return;
      if (!answer || answer.error) continue;
      const { in_region, recall } = answer;
      this.known.set(key, { scale: question.panel.options[NAME], in_region, recall });
      this.points = [...this.points.filter((point) => point.scale !== question.panel.options[NAME]), this.known.get(key)];
      this.points.sort((a, b) => a.scale - b.scale);
      this.draw();
      this.stage.updateLesson();
    }
  }

  /** Bring the slider and its curve up to date. */
  update() {
    const value = this.stage.state.get(NAME);
    this.element.hidden = value === undefined || !this.users().length;
    if (this.element.hidden) return;
    this.input.value = String(this.place(value));
    this.input.setAttribute("aria-valuetext", String(value));
    this.draw();
  }

  draw() {
    const value = this.stage.state.get(NAME);
    const point = this.points.find((one) => one.scale === value);
    say(this.now, point ? `${value}: ${percent(point.in_region)} inside, recall ${percent(point.recall)}` : String(value));
    const level = this.points.length > 2 ? plateau(this.points) : null;
    const band = level && [this.place(level.from), this.place(level.to)];
    const line = (name, dash) => makeSvg("polyline", {
      points: this.points.filter((one) => Number.isFinite(one[name]))
        .map((one) => `${this.place(one.scale).toFixed(1)},${height(one[name]).toFixed(1)}`).join(" "),
      class: dash ? "dashed" : "solid",
    });
    const now = this.place(value).toFixed(1);
    this.curve.replaceChildren(
      ...(band ? [makeSvg("rect", { x: band[0], y: 0, width: Math.max(band[1] - band[0], 4), height: 100, class: "plateau" })] : []),
      line("recall", true), line("in_region", false), makeSvg("line", { x1: now, x2: now, y1: 0, y2: 100, class: "here" }),
    );
    const stops = this.stops();
    const named = stops.filter((stop) => [stops[0], stops.at(-1), level?.from, level?.to].includes(stop));
    this.marks.replaceChildren(...stops.map((stop) => make("span", { style: `left:${this.place(stop) / 10}%`, class: "tick" })),
      ...named.filter((stop, i) => !i || this.place(stop) - this.place(named[i - 1]) > 60).map((stop) =>
        make("span", { class: "value", text: String(stop), style: `left:${Math.min(Math.max(this.place(stop) / 10, 1), 98)}%` })));
  }
}

function height(share) {
  return BOTTOM - (BOTTOM - TOP) * share;
}

/** The stop that is nearest to a value, in proportion. */
function nearest(stops, value) {
  if (!stops.length) return value;
  const away = (stop) => Math.abs(Math.log(stop / value));
  return stops.reduce((best, stop) => (away(stop) < away(best) ? stop : best));
}
