/** One panel: its canvases, its title, figures and pictures, and what it asks the model. */

import { PanelAnswers } from "./answers.js";
import { make, say } from "./dom.js";
import { counted, percent } from "./lesson.js";
import { showMissing, showStandIn } from "./missing.js";
import { PanelPaint } from "./paint.js";
import { overlaid, panelQuestion, sharedQuestion, trainingKey } from "./state.js";
import { spentAt, positionOf } from "./transport.js";
import { isThere, nearestThere } from "./weights.js";

const ARROWS_ON_A_SIDE = 24;
const FINE_SIDE = 64; // places on a side of a map
const CELL_SIDE = 120;
const JUDGED_SAMPLES = 2000;
const CLOUD = 500; // samples that a density is made from
const PICTURES = 8;
const SHORT_WORDS = "inside DOGS".length; // letters that fit beside a figure
const PICTURE_PIXELS = 64;
const DECODED = 120; // milliseconds between pictures while the hand moves

/** A panel of the stage. */
export class PanelView {
  /** @param {Object} stage @param {number} index @param {{method: string, steps: string}} slot */
  constructor(stage, index, slot) {
    [this.stage, this.index, this.slot] = [stage, index, slot];
    this.answers = new PanelAnswers(stage, index);
    this.answered = new Set(); // what was answered since it was drawn
    this.paint = this.painter();
    this.build();
  }

  painter() {
    return new PanelPaint(this);
  }

  build() {
    const { stage, index } = this;
    [this.ground, this.still] = [make("canvas", { "aria-hidden": "true" }), make("canvas", { "aria-hidden": "true" })];
    this.moving = make("canvas", { role: "img", class: "touch" });
    this.hands = make("div", { class: "hands" });
    this.reading = make("p", { class: "reading", hidden: true });
    this.failure = make("div", { class: "failure", role: "status", hidden: true });
    this.plane = make("div", { class: "plane" }, this.ground, this.still, this.moving, this.hands, this.reading, this.failure);
    [this.name, this.count] = [make("span"), make("span", { class: "count" })];
    this.title = make("h2", {}, this.name, make("span", { class: "dot", text: " · " }), this.count);
    this.figures = ["network calls", "inside", "recall"].map((name) => {
      const value = make("dd", { text: "–" });
      const label = make("dt", { text: name });
      return { label, value, element: make("div", {}, value, label) };
    });
    this.thumbs = Array.from({ length: PICTURES }, (_, i) => {
      const canvas = make("canvas", { width: PICTURE_PIXELS, height: PICTURE_PIXELS, "aria-hidden": "true" });
      const thumb = make("button", { type: "button", class: "thumb" }, canvas);
      for (const [event, point] of [["pointerenter", i], ["focus", i], ["pointerleave", -1], ["blur", -1]]) {
        thumb.addEventListener(event, () => stage.point(point));
      }
      thumb.addEventListener("click", () => stage.pickUp(index, i));
      return { thumb, canvas };
    });
    const pictures = make("div", { class: "pictures", role: "group" }, ...this.thumbs.map(({ thumb }) => thumb));
    this.pictures = pictures;
    const figures = make("dl", { class: "figures" }, ...this.figures.map(({ element }) => element));
    this.standIn = make("p", { class: "stand-in", hidden: true, "data-kind": "" }, make("span", {}));
    this.caption = make("div", { class: "caption" }, this.title, figures, this.standIn);
    this.element = make("section", { class: "panel" }, this.plane, this.caption, pictures);
  }

  /** How large the pictures can be, in pixels: beside the plane in two columns, below it in a row. */
  pictureSize() {
    const { element, caption, stage } = this;
    const gap = 0.25 * stage.unit();
    const rest = element.clientHeight - caption.offsetHeight - gap;
    const size = stage.element.classList.contains("beside")
      ? Math.min((caption.clientWidth - gap) / 2, (rest - 4 * gap) / 4)
      : Math.min((element.clientWidth - 7 * gap) / 8, 4 * stage.unit());
    return Math.max(Math.floor(size), 16);
  }

  /** What the state asks of this panel's method, whether there are weights for it or not. */
  asked() {
    return panelQuestion(this.stage.payload, this.stage.state, this.slot);
  }

  /** What is drawn: the same as near as there are weights. */
  question() {
    return nearestThere(this.stage, this.asked());
  }

  /** The same of whole paths, for which the level that arrows are asked at is nothing. */
  journey() {
    return { ...this.question(), t: 1 };
  }

  /** What the payload says of this panel's method. */
  method() {
    return this.stage.payload.methods[this.question().method];
  }

  /** Steps that are drawn. */
  steps() {
    return this.paths()?.steps ?? 1;
  }

  /** The drawn paths with their numbers of points and steps; null before there are any. */
  paths(now) {
    const answer = this.answers.shown("paths", now);
    if (!answer) return null;
    const steps = answer.times.length - 1;
    return { ...answer, steps, count: answer.states.length / 2 / (steps + 1) };
  }

  /**
   * Ask for all that this panel shows; whether anything of it that follows the hand was not asked before.
   * @param {boolean} live while the hand moves: only what follows it
   * @param {Object} [given] what is answered already, by name
   */
  ask(live, given = null) {
    const { stage, answers } = this;
    answers.given = given;
    const { state } = stage;
    const [shared, panel, journey, exact] = [sharedQuestion(state), this.question(), this.journey(), this.exactly()];
    const layers = new Set(state.get("layers") ?? []);
    const apart = exact && layers.has("difference");
    const asked = [
      answers.wantField({ shared, panel, side: ARROWS_ON_A_SIDE }, live),
      answers.want("paths", "paths", { shared, panel: journey, count: Math.max(state.get("points"), PICTURES) }),
      ...stage.pins.map((pin) => answers.want(`point${pin.id}`, "point", { shared, panel: journey, start: [...pin.start] })),
      exact && layers.has("exact") && answers.want("exact", "field", { shared, panel: exact, side: ARROWS_ON_A_SIDE }),
      (layers.has("trust") || apart) && answers.want("fine", "field", { shared, panel, side: FINE_SIDE }),
      apart && answers.want("fineExact", "field", { shared, panel: exact, side: FINE_SIDE }),
    ];
    const judge = { shared, panel: journey, count: JUDGED_SAMPLES };
    if (live) answers.doubt("merits", "merits", judge);
    else {
      if (!isThere(stage, this.asked())) stage.trainings.seek(this.key()); // perhaps somebody has trained it
      if (layers.has("density")) answers.want("cloud", "paths", { shared, panel: journey, count: CLOUD });
      const aims = this.aims();
      if (aims && layers.has("agreement")) {
        answers.want("agreement", "map", { shared, panel: aims, side: FINE_SIDE, of: "agreement" });
      }
      if (layers.has("cells")) answers.want("cells", "map", { shared, panel: journey, side: CELL_SIDE, of: "cells" });
      answers.want("merits", "merits", judge, { strict: true });
      stage.client.prepare?.(shared, journey);
    }
    return asked.includes(true);
  }

  /** The same question of what the method is trained to say; null where nothing is, or where it is asked already. */
  exactly() {
    const [{ payload, state }, now] = [this.stage, this.question()];
    const exact = panelQuestion(payload, overlaid(state, now.options), this.slot, true);
    return exact.method === now.method ? null : nearestThere(this.stage, exact);
  }

  /** Whose targets may agree: this method's, or those of what it is trained to say; null where neither has any. */
  aims() {
    const { methods } = this.stage.payload;
    return [this.question(), this.exactly()].find((asked) => asked && methods[asked.method].targets) ?? null;
  }

  /** Ask what the first samples decode to; while the hand moves a few times a second, as it takes longer than a frame. */
  askPictures() {
    const answer = this.answers.latest("paths");
    const now = performance.now();
    if (!answer || (this.stage.dragging && now - this.decoded < DECODED)) return;
    this.decoded = now;
    const count = answer.states.length / 2 / answer.times.length;
    const points = answer.states.slice(-2 * count).slice(0, 2 * PICTURES);
    const question = { shared: sharedQuestion(this.stage.state), points, size: PICTURE_PIXELS };
    this.answers.want("pictures", "pictures", question);
  }

  /** Paint the pictures that came. */
  showPictures() {
    const answer = this.answers.latest("pictures");
    const pixels = answer?.pixels ?? answer?.pictures ?? answer;
    if (!ArrayBuffer.isView(pixels)) return;
    const each = 4 * PICTURE_PIXELS * PICTURE_PIXELS;
    this.thumbs.forEach(({ thumb, canvas }, i) => {
      const here = pixels.slice(i * each, (i + 1) * each);
      const pen = canvas.getContext?.("2d");
      thumb.hidden = here.length < each || !pen;
      if (thumb.hidden) return;
      pen.putImageData(new ImageData(new Uint8ClampedArray(here), PICTURE_PIXELS), 0, 0);
    });
  }

  /** What the lesson is told of this panel. @returns {import("./lesson.js").Told} */
  told() {
    const [question, method, scale] = [this.question(), this.method(), this.asked().options.desc_scale];
    const drawn = question.options.desc_scale;
    const error = this.answers.error("merits") ?? this.answers.error("paths") ?? this.answers.error("field");
    return {
      label: drawn === scale ? method.label : `${method.label} (desc_scale\u00a0${drawn})`,
      other: drawn !== scale,
      trained: Boolean(method.trained),
      merits: error ? null : this.answers.current("merits") ?? this.stage.scale.judged(this.journey()),
      error,
      usesScale: scale !== undefined && drawn === scale,
    };
  }

  /** Bring the words up to date. */
  updateWords() {
    const { stage } = this;
    const [question, told, paths] = [this.question(), this.told(), this.paths()];
    const { merits } = told;
    say(this.name, this.method().label);
    say(this.count, `${question.steps} step${question.steps === 1 ? "" : "s"}`);
    const spent = paths ? spentAt(paths, positionOf(stage, paths)) : NaN;
    const values = [counted(told.error ? NaN : spent), percent(merits?.in_region), percent(merits?.recall)];
    const narrow = stage.panels.length > 2 || stage.where().length > SHORT_WORDS;
    this.figures.forEach(({ value }, i) => say(value, narrow ? values[i].replace("under ", "<") : values[i]));
    const kind = narrow ? "" : told.trained ? "network " : "exact ";
    say(this.figures[0].label, `${kind}call${values[0] === "1" ? "" : "s"}`);
    say(this.figures[1].label, narrow ? stage.measure() : stage.where());
    this.element.classList.toggle("stale", Boolean(told.error));
    this.element.classList.toggle("waiting", !merits && !told.error);
    const label = `${told.label}: ${merits ? `${values[1]} ${stage.where()}` : "points on their way"}`;
    this.moving.setAttribute("aria-label", label);
    this.pictures.setAttribute("aria-label", `${told.label}: what its first samples decode to`);
    this.thumbs.forEach(({ thumb }, i) => {
      thumb.setAttribute("aria-label", `Sample ${i + 1}: show its point`);
      thumb.classList.toggle("pointed", stage.hover === i);
    });
    showMissing(this, told, this.asked());
    showStandIn(this, told);
    this.updateReading();
  }

  /** The key of what is asked of this panel's method. */
  key() {
    return trainingKey(this.stage.state, this.asked());
  }

  /** Miss and angle of the point in the hand. */
  updateReading() {
    const pin = this.stage.activePin();
    const answer = pin && this.answers.latest(`point${pin.id}`);
    this.reading.hidden = !answer;
    if (!answer) return;
    const landed = answer.miss > 0 ? `lands ${answer.miss.toFixed(2)} outside` : "lands inside";
    const parts = [landed];
    if (Number.isFinite(answer.angle)) parts.push(`${Math.round(answer.angle)}° off the pair`);
    if (Number.isFinite(answer.trust)) parts.push(`trust ${Math.min(answer.trust, 1).toFixed(2)}`);
    say(this.reading, parts.join(" · "));
  }
}
