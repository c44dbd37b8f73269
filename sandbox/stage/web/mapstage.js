/** A page of maps: panels that are maps, one scale for all of them, and the few controls that concern them. */

import { button, make, say } from "./dom.js";
import { apartOf, barOf, MapPanel } from "./mappanel.js";
import { MapStore } from "./mapstore.js";
import { mapLegend } from "./maplegend.js";
import { apartSentence, agreementSentence } from "./maplesson.js";
import { MISSED_BY } from "./maps.js";
import { updatePills } from "./parts.js";
import { ScaleSlider } from "./scale.js";
import { Stage } from "./stage.js";
import { slotWidgets } from "./mapwidgets.js";

const SPOKEN_AFTER = 800; // milliseconds without a change, after which the figures are said

/** A mounted page of maps. */
export class MapStage extends Stage {
  build() {
    this.maps = new MapStore(this);
    this.element.classList.toggle("aims", Boolean(this.payload.place));
    const lesson = make("p", { class: "lesson" });
    const message = make("p", { class: "message", role: "status", hidden: true });
    const pills = make("div", { class: "pills", role: "group", "aria-label": "Concept: what is asked for" });
    const panels = make("div", { class: "panels" });
    const legend = make("div", { class: "legend" });
    const spoken = make("p", { class: "spoken", "aria-live": "polite" });
    const scale = new ScaleSlider(this);
    const widgets = slotWidgets(this, this.payload.widgets ?? []);
    const row = make("div", { class: "ask-row" }, pills, ...widgets.map(({ element }) => element));
    this.element.append(message, lesson, row, panels, legend, this.payload.scale ? scale.element : "", spoken);
    const nothing = { element: make("div", { hidden: true }), update() {} };
    const boxes = { lesson, message, pills, panels, legend, spoken, scale, widgets };
    const settings = button("", () => {}, { hidden: "" });
    return { ...boxes, tour: nothing, drawer: nothing, take: nothing, transport: nothing, settings, keyList: nothing.element };
  }

  slots() {
    return this.payload.slots;
  }

  panel(i, slot) {
    return new MapPanel(this, i, slot);
  }

  async refresh() {
    await super.refresh();
    this.followPlace();
  }

  updateControls() {
    updatePills(this);
    this.parts.scale.update();
    this.parts.widgets.forEach((widget) => widget.update());
  }

  ask() {
    this.asking = false;
    for (const panel of this.panels) panel.ask();
    this.maps.want(this.panels.flatMap((panel) => panel.wants()));
  }

  answered() {
    this.redraw(false);
  }

  learned(key, fresh) {
    if (fresh) this.maps.again(true);
    super.learned(key, fresh);
  }

  update(payload) {
    this.maps.again(Boolean(payload.forget?.length));
    super.update(payload);
  }

  /** Have the place that the state names in the hand. */
  followPlace() {
    if (!this.payload.place || !this.world || this.dragging) return;
    const start = ["place_x", "place_y"].map((name) => this.state.get(name));
    const now = this.activePin()?.start;
    if (now && start.every((part, i) => Math.abs(part - now[i]) < 5e-4)) return;
    const [low, high] = this.world.bounds;
    this.hand.set(start.map((part) => Math.min(Math.max(part, low), high)), false);
    this.asking = true;
    this.redraw(false);
  }

  /** A place was chosen or moved. */
  held(another) {
    if (!this.payload.place) return;
    const [low, high] = this.world.bounds;
    const { start } = this.activePin();
    start.forEach((part, i) => {
      start[i] = Number(Math.min(Math.max(part, low), high).toFixed(3));
      this.state.set(i ? "place_y" : "place_x", start[i]);
    });
    this.asking = true;
    this.redraw(another);
    this.settle();
  }

  setR(place) {
    if (this.payload.place) super.setR(place, false);
  }

  moveR(place) {
    if (this.payload.place) super.moveR(place);
  }

  nudge(way, fine) {
    if (this.payload.place) super.nudge(way, fine);
  }

  escape() {
    return false;
  }

  play() {}

  toggleKeys() {}

  /** The figure of a panel's map, made once from each state of it: {value, words}; null before there is one. */
  figureOf(panel) {
    const parts = panel.found();
    if (!parts) return null;
    const from = [panel.slot.of, ...parts.flatMap((part) => [part, part.version])];
    const known = panel.figure;
    if (known?.from.every((one, i) => one === from[i])) return known;
    const [values, other] = parts.map((part) => part.values);
    if (panel.slot.of === "agreement") {
      const outside = values.agreement.filter((_, i) => !values.within[i]);
      const value = meanOf(outside);
      panel.figure = { from, value, words: `mean agreement outside the regions: ${value.toFixed(2)}` };
    } else if (panel.slot.of === "apart") {
      const value = meanOf(apartOf(values.samples, other.samples));
      const inside = (parts, i) => parts.outside[i] <= MISSED_BY;
      const same = meanOf(Float32Array.from(values.region, (region, i) =>
        Number(region === other.region[i] && inside(values, i) && inside(other, i))));
      panel.figure = { from, value, same, words: `${value.toFixed(2)} space units apart on average` };
    } else {
      const value = meanOf(Float32Array.from(values.outside, (away) => Number(away > MISSED_BY)));
      panel.figure = { from, value, words: `${Math.round(100 * value)} % of the places are sent outside every region` };
    }
    return panel.figure;
  }

  tell(all) {
    const told = this.panels.map((panel) => ({ panel, figure: this.figureOf(panel), ...panel.told() }));
    const sentence = told[0]?.panel.slot.of === "agreement" ? agreementSentence(told) : apartSentence(told, this.state);
    this.element.classList.toggle("busy", !sentence || !this.maps.settled());
    if (sentence) say(this.parts.lesson, sentence);
    if (all && this.world) {
      const of = this.panels.map((panel) => panel.slot.of).find((one) => one !== "cells");
      const legend = mapLegend(this, barOf(of, this.world.bounds));
      if (this.parts.legend.dataset.key !== legend.key) {
        this.parts.legend.dataset.key = legend.key;
        this.parts.legend.replaceChildren(...legend.elements);
      }
    }
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => !this.gone && say(this.parts.spoken, sentence), SPOKEN_AFTER);
  }
}

function meanOf(values) {
  return values.length ? Array.prototype.reduce.call(values, (sum, value) => sum + value, 0) / values.length : NaN;
}
