/** A panel that is a map: what it asks, how it is drawn, and the likeliest targets of a place beside it. */

import { make, say } from "./dom.js";
import { cellMap, drawMap, heatMap } from "./maps.js";
import { showMissing } from "./missing.js";
import { PanelPaint } from "./paint.js";
import { PanelView } from "./panel.js";
import { regionInk, strokeIn, traceCross } from "./pens.js";
import { drawNames, drawOutlines } from "./plane.js";
import { overlaid, panelQuestion, sharedQuestion } from "./state.js";

const LISTED = 5; // targets of a place
const APART = 0.25; // of the bounds: the distance that the brightest colour stands for
const TITLES = { agreement: "share of one direction", apart: "distance between the two, space units" };

/** What the bars of a map are read by: its title and what the brightest colour stands for. */
export function barOf(of, bounds) {
  return { title: TITLES[of], high: of === "agreement" ? 1 : APART * (bounds[1] - bounds[0]) };
}

/** How far apart the samples of two maps of cells are, space units: (n,). */
export function apartOf(one, other) {
  return Float32Array.from({ length: one.length / 2 }, (_, i) =>
    Math.hypot(one[2 * i] - other[2 * i], one[2 * i + 1] - other[2 * i + 1]));
}

/** A panel of a page of maps; its slot says of what: {method, of: "agreement"|"cells"|"apart", exact: boolean}. */
export class MapPanel extends PanelView {
  build() {
    this.still = make("canvas", { "aria-hidden": "true" });
    this.moving = make("canvas", { role: "img", class: "touch" });
    this.hands = make("div", { class: "hands" });
    this.failure = make("div", { class: "failure", role: "status", hidden: true });
    this.plane = make("div", { class: "plane" }, this.still, this.moving, this.hands, this.failure);
    this.title = make("h2", {});
    this.list = make("ol", { class: "targets" });
    this.caption = make("div", { class: "caption" }, this.title, this.list);
    this.element = make("section", { class: "panel" }, this.plane, this.caption);
  }

  painter() {
    return new MapPaint(this);
  }

  showPictures() {}

  paths() {
    return null;
  }

  question(exactly = Boolean(this.slot.exact)) {
    const { state, payload } = this.stage;
    return panelQuestion(payload, overlaid(state, { steps: 1, field: "learned" }), { ...this.slot, steps: "steps" }, exactly);
  }

  asked() {
    return this.question();
  }

  /** What is asked of the store of maps: one map, or two that are compared. */
  wants() {
    const { of } = this.slot;
    const shared = sharedQuestion(this.stage.state);
    const asked = (exactly) => {
      const { method, options, t } = this.question(exactly);
      if (of === "agreement") return { shared: { ...shared, seed: 0 }, panel: { method, options, t }, of };
      return { shared, panel: { method, options, t: 1 }, of: "cells" };
    };
    return of === "apart" ? [asked(true), asked(false)] : [asked(Boolean(this.slot.exact))];
  }

  ask() {
    const { stage } = this;
    if (!stage.payload.place) return;
    const pin = stage.activePin();
    const { shared, panel } = this.wants()[0];
    if (pin) this.answers.want("targets", "targets", { shared, panel, place: [...pin.start] });
  }

  /** The parts of this map that are known; null before all are. */
  found() {
    const parts = this.wants().map((question) => this.stage.maps.get(question));
    return parts.every((part) => part?.values) ? parts : null;
  }

  error() {
    return this.wants().map((question) => this.stage.maps.get(question)?.error).find(Boolean) ?? null;
  }

  told() {
    const [method, question] = [this.method(), this.question()];
    return {
      label: method.label, trained: Boolean(method.trained), merits: null, error: this.error(),
      usesScale: "desc_scale" in question.options,
    };
  }

  /** What the panel is of, in words. */
  heading() {
    const { of } = this.slot;
    if (of === "apart") return "Distance between the two";
    const { label, by_level: byLevel } = this.method();
    if (of === "agreement") return `${label}, ${byLevel ? `noise level t = ${this.stage.state.get("t")}` : "one jump"}`;
    return `${label}, one jump`;
  }

  updateWords() {
    say(this.title, this.heading());
    const told = this.told();
    this.element.classList.toggle("stale", Boolean(told.error));
    this.moving.setAttribute("aria-label", `${this.heading()}: ${this.words()}`);
    showMissing(this, told, this.question());
    this.updateList();
  }

  /** The map's figure, in words. */
  words() {
    return this.stage.figureOf(this)?.words ?? "on its way";
  }

  /** The likeliest targets of the place, beside the map. */
  updateList() {
    const [answer, pin] = [this.answers.latest("targets"), this.stage.activePin()];
    this.list.hidden = !answer || !pin || !this.stage.payload.place;
    if (this.list.hidden) return;
    const { regions } = this.stage.world;
    const rows = [...answer.probability].slice(0, LISTED).map((probability, i) => {
      const at = [answer.images[2 * i], answer.images[2 * i + 1]].map((part) => part.toFixed(2)).join(", ");
      return `${probability < 0.1 ? (100 * probability).toPrecision(2) : Math.round(100 * probability)} % ${regions[answer.regions[i]]?.name} (${at})`;
    });
    const from = `From (${pin.start.map((part) => part.toFixed(2)).join(", ")}) most likely to`;
    const key = JSON.stringify([from, rows]);
    if (this.list.dataset.key === key) return;
    this.list.dataset.key = key;
    this.list.replaceChildren(make("li", { class: "from", text: from }), ...rows.map((text) => make("li", { text })));
  }
}

/** Draws a map. */
class MapPaint extends PanelPaint {
  drawGround() {} // a map is all of it

  drawStill(pen, on) {
    const look = this.look();
    const map = this.picture(look);
    if (map) drawMap(pen, on, map, look.bounds);
    drawOutlines(pen, on, look);
    drawNames(pen, on, look);
  }

  /** The picture of the parts that came; the last one until there are any. */
  picture(look) {
    const { slot } = this.panel;
    const parts = this.panel.found();
    if (!parts) return this.panel.error() ? null : this.shown;
    const from = [look.world, look.ink.dark, ...parts.flatMap((part) => [part, part.version])];
    if (this.shown && this.from?.every((one, i) => one === from[i])) return this.shown;
    this.from = from;
    this.shown = this.painted(slot.of, parts.map((part) => part.values), look);
    return this.shown;
  }

  painted(of, [values, other], look) {
    if (of === "cells") return cellMap(values, look.world, 1);
    const { high, title } = barOf(of, look.bounds);
    return heatMap(of === "apart" ? apartOf(values.samples, other.samples) : values.agreement, high, title, 1);
  }

  drawMoving(pen, on) {
    const { stage, answers } = this.panel;
    const pin = stage.activePin();
    if (!pin || !stage.payload.place) return;
    const { unit, world } = this.look();
    const [x, y] = [on.px(pin.start[0]), on.py(pin.start[1])];
    const answer = answers.latest("targets");
    const strongest = answer?.probability[0] ?? 1;
    [...(answer?.probability ?? [])].forEach((probability, i) => {
      const to = [on.px(answer.images[2 * i]), on.py(answer.images[2 * i + 1])];
      pen.globalAlpha = 0.35 + 0.65 * (probability / strongest);
      pen.beginPath();
      pen.moveTo(x, y);
      pen.lineTo(...to);
      strokeIn(pen, ["#000000", 0.28 * unit], ["#ffffff", 0.14 * unit]);
      pen.beginPath();
      pen.arc(...to, 0.32 * unit, 0, 2 * Math.PI);
      pen.fillStyle = regionInk(world, answer.regions[i]);
      pen.fill();
      pen.strokeStyle = "#ffffff";
      pen.stroke();
    });
    pen.globalAlpha = 1;
    pen.beginPath();
    traceCross(pen, x, y, 0.45 * unit);
    strokeIn(pen, ["#000000", 0.42 * unit], ["#ffffff", 0.2 * unit]);
  }
}
