/** The scale of the description as a slider, with the curve of what it does drawn over its track. */

import { countedBefore } from "./counted.js";
import { make, makeSvg, say } from "./dom.js";
import { percent, plateau } from "./lesson.js";
import { placeOnTrack, TRACK, valueOnTrack } from "./logtrack.js";
import { nearestStop, withOption } from "./state.js";
import { isThere, nearestThere, shippedStops } from "./weights.js";

const SCALE = "desc_scale";
const [TOP, BOTTOM] = [6, 94]; // of the curve's curveHeight of 100
const COUNTS = [500, 2000]; // samples that a point of the curve is made from, at first and at last
const CLOSE = 60; // of the track: stops that are nearer than this are not both named
const LETTER = 0.62; // of a letter's height: its width
const FALLBACK = [0.01, 10000]; // where no stop is known

/** The slider and what it knows. */
export class ScaleSlider {
  /** @param {Object} stage */
  constructor(stage) {
    [this.stage, this.points, this.known] = [stage, [], new Map()];
    this.title = make(
      "span", {}, "desc_scale", make("span", { class: "long", text: ", the weight of the description" }),
    );
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
    this.here = makeSvg("line", { y1: 0, y2: 100, class: "here" });
    this.marks = make("div", { class: "stops", "aria-hidden": "true" });
    this.measure = make("span", { class: "solid" });
    this.reads = make(
      "span", { class: "key" }, this.measure,
      make("span", { class: "dashed", text: "recall" }),
      make("span", { class: "long", text: "from 0 to 100 %" }),
    );
    const head = make("div", { class: "head" }, this.title, this.now, this.reads);
    this.element = make(
      "div", { class: "scale" }, head, make("div", { class: "track" }, this.curve, this.marks, this.input),
    );
  }

  /** The panels that answer to it. */
  users() {
    return this.stage.panels.filter((panel) => SCALE in panel.question().options);
  }

  /** The stops that any of them is shipped with; where those are no choice, any method's, if they can be had. */
  stops() {
    const { world, payload } = this.stage;
    const found = new Set(this.users().flatMap((panel) => shippedStops(world, panel.question(), SCALE)));
    if (found.size < 2 && (payload.trains !== false || this.free())) {
      for (const asked of Object.values(world?.shipped ?? {}).flat()) if (SCALE in asked) found.add(asked[SCALE]);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** Whether every panel can answer at any value. */
  free() {
    return !this.users().some((panel) => !(panel.method().live?.includes(SCALE) ?? !panel.method().trained));
  }

  /** The panel that the curve is of: the first of those that answer at most of the stops. */
  leader() {
    const known = (panel) => this.curveStops(panel).length;
    return this.users().reduce((best, panel) => (best && known(best) >= known(panel) ? best : panel), null);
  }

  /** The stops that a panel has an answer at. */
  curveStops(panel) {
    const question = panel?.question();
    return panel ? this.stops().filter((stop) => isThere(this.stage, withOption(question, SCALE, stop))) : [];
  }

  range() {
    const stops = this.stops();
    return stops.length > 1 ? [stops[0], stops.at(-1)] : FALLBACK;
  }

  /** Where a value stands on the track, from 0 to 1000. */
  place(value) {
    return placeOnTrack(this.range(), value);
  }

  slide(place) {
    const value = valueOnTrack(this.range(), place);
    this.stage.set(SCALE, this.free() ? Number(value.toPrecision(3)) : nearestStop(this.stops(), value));
  }

  /** Go to the next stop, or the one before. @param {number} way 1 or -1 */
  move(way) {
    const [stops, now] = [this.stops(), this.stage.state.get(SCALE)];
    if (!this.users().length || !stops.length) return;
    const next = way > 0 ? stops.find((stop) => stop > now * 1.0001) : stops.findLast((stop) => stop < now / 1.0001);
    if (next !== undefined) this.stage.set(SCALE, next);
    this.stage.settle();
  }

  key(event) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const end = { Home: 0, End: -1 }[event.key];
    if (way === undefined && end === undefined) return;
    event.preventDefault();
    if (way !== undefined) this.move(way);
    else if (this.stops().length) this.stage.set(SCALE, this.stops().at(end));
  }

  /** What is asked for the point of the curve at a stop. */
  pointQuestion(stop, count, leader = this.leader()) {
    return { shared: this.stage.shared(), panel: withOption(leader.journey(), SCALE, stop), count };
  }

  /** Ask for the points of the curve one by one, the nearest first: roughly, then as well as the figures are known. */
  ask() {
    if (!this.users().length || this.stage.dragging) return;
    const now = Math.log(this.stage.state.get(SCALE));
    const away = (stop) => Math.abs(Math.log(stop) - now);
    const stops = this.curveStops(this.leader()).sort((a, b) => away(a) - away(b));
    this.run = (this.run ?? 0) + 1;
    this.collect();
    this.draw();
    this.fill(COUNTS.flatMap((count) => stops.map((stop) => this.pointQuestion(stop, count))), this.run);
  }

  async fill(questions, run) {
    for (const question of questions) {
      const key = JSON.stringify(question);
      if (this.known.has(key)) continue;
      if (this.stage.dragging || run !== this.run || this.stage.gone) return; // it is asked anew once the hand lets go
      const before = countedBefore(this.stage.payload, question);
      if (before) {
        this.known.set(key, before);
        await this.ready(question);
        continue;
      }
      const answer = await this.stage.client.ask("curve", "merits", question).catch((error) => ({ error }));
      if (answer && !answer.error) {
        this.known.set(key, { scale: question.panel.options[SCALE], ...answer });
      }
      if (run !== this.run || this.stage.gone) return;
      if (answer && !answer.error) this.ready(question);
      this.collect();
      this.draw();
      this.stage.redraw(false);
    }
  }

  /** The points that are known of this state's curve, the best known of each stop. */
  collect() {
    const find = (question) => this.known.get(JSON.stringify(question)) ?? countedBefore(this.stage.payload, question);
    const leader = this.leader();
    const best = (stop) => COUNTS.toReversed().map((count) => find(this.pointQuestion(stop, count, leader))).find(Boolean);
    const stops = this.curveStops(leader);
    this.points = stops.map(best).filter(Boolean);
    this.whole = this.points.length > 2 && this.points.length === stops.length;
  }

  /** What the curve knows of a panel's question, from as many samples as the figures; null where it knows nothing. */
  judged(panel) {
    const question = { shared: this.stage.shared(), panel, count: COUNTS.at(-1) };
    return this.known.get(JSON.stringify(question)) ?? countedBefore(this.stage.payload, question);
  }

  /** Let what follows the hand load a stop's packs too, for all panels, so that no drag has to wait for the server. */
  ready({ shared, panel: { options } }) {
    return Promise.all(this.users().map((panel) => {
      const there = nearestThere(this.stage, withOption(panel.journey(), SCALE, options[SCALE]));
      return this.stage.client.prepare?.(shared, there);
    }));
  }

  /** Bring the slider and its curve up to date. */
  update() {
    const value = this.stage.state.get(SCALE);
    const stuck = this.stops().length < 2 && !this.free();
    this.element.hidden = value === undefined || !this.users().length || stuck;
    if (this.element.hidden) return;
    this.input.value = String(this.place(value));
    this.input.setAttribute("aria-valuetext", String(value));
    this.draw();
  }

  /** Draw the curve, and the stops under it. */
  draw() {
    const value = this.stage.state.get(SCALE);
    const told = this.leader()?.told();
    const point = (told?.usesScale && told.merits) || this.points.find((one) => one.scale === value);
    const recall = Number.isFinite(point?.recall) ? `, recall ${percent(point.recall)}` : "";
    const shares = point && `${percent(point.in_region)} ${this.stage.measure()}${recall}`;
    say(this.now, point ? `${value}: ${shares}` : String(value));
    say(this.measure, this.stage.measure());
    const now = this.place(value).toFixed(1);
    for (const end of ["x1", "x2"]) this.here.setAttribute(end, now);
    this.drawCurve();
  }

  /** Draw the curve and its stops, where they are others than before. */
  drawCurve() {
    const stops = this.stops();
    const drawn = JSON.stringify([this.points, stops, this.whole, this.element.clientWidth, this.stage.unit()]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.reads.hidden = !this.points.length;
    const level = this.whole ? plateau(this.points) : null;
    const [left, right] = level ? [this.place(level.from), this.place(level.to)] : [0, TRACK];
    const band = makeSvg("rect", { x: left, y: 0, width: Math.max(right - left, 4), height: 100, class: "plateau" });
    this.curve.replaceChildren(
      ...(level ? [band] : []), this.line("recall", "dashed"), this.line("in_region", "solid"), this.here,
    );
    const named = stops.filter((stop) => [stops[0], stops.at(-1), level?.from, level?.to].includes(stop));
    const apart = named.filter((stop, i) => !i || this.place(stop) - this.place(named[i - 1]) > CLOSE);
    this.marks.replaceChildren(
      ...this.cliffs(left, right),
      ...stops.map((stop) => make("span", { style: `left:${this.place(stop) / 10}%`, class: "tick" })),
      ...apart.map((stop) => this.note("value", String(stop), Math.min(Math.max(this.place(stop), 10), TRACK - 20))),
    );
  }

  /** Words about the cliffs beside the plateau, where there is room. */
  cliffs(left, right) {
    const letters = this.element.clientWidth / (LETTER * this.stage.unit());
    const sides = [[0, left, "description hardly counts"], [right, TRACK, "its noise picks the pair"]];
    return sides.filter(([from, to, words]) => ((to - from) / TRACK) * letters > words.length + 8)
      .map(([from, to, words]) => this.note("cliff", words, (from + to) / 2));
  }

  note(kind, words, place) {
    return make("span", { class: kind, text: words, style: `left:${place / 10}%` });
  }

  line(name, look) {
    const known = this.points.filter((one) => Number.isFinite(one[name]));
    const corners = known.map((one) => `${this.place(one.scale).toFixed(1)},${curveHeight(one[name]).toFixed(1)}`);
    return makeSvg("polyline", { points: corners.join(" "), class: look });
  }
}

function curveHeight(share) {
  return BOTTOM - (BOTTOM - TOP) * share;
}
