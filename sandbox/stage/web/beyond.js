/** The page beyond the plane: charts over dimensions, evaluations and desc_scale, grids of pictures, and why coverage falls. */

import { beyondStyle } from "./beyondstyle.js";
import { button, make, say } from "./dom.js";
import { layoutOf } from "./layout.js";
import { LineChart } from "./linechart.js";
import { sentenceOf, unpack } from "./packs.js";
import { inkOf } from "./pens.js";
import { markOf, PictureGrid } from "./picturegrid.js";
import { StageState } from "./state.js";
import { stageStyle } from "./style.js";

const KEY = "beyond"; // of the pack that has everything
const SETTLED = 200; // milliseconds without a change, after which the host hears of it
const [FIGURE, STEPS, SPACE, GRID] = ["beyond_figure", "beyond_steps", "beyond_space", "beyond_grid"];
const SHOWN = "Real, returned and generated";
const WHY = "Why coverage falls, and what mends it";
const SHARES = "Share"; // what is from bottom to top over desc_scale

/** A mounted page. */
export class BeyondPage {
  constructor(element, payload, onEvent) {
    [this.host, this.payload, this.onEvent, this.gone] = [element, payload, onEvent, false];
    this.state = new StageState(payload.controls, payload.query ?? {});
    this.sent = JSON.stringify(this.state.query());
    this.night = matchMedia("(prefers-color-scheme: dark)");
    this.element = make("div", { class: "stage beyond" });
    this.sheet = make("style");
    element.replaceChildren(this.sheet, this.element);
    this.message = make("p", { class: "message", role: "status", text: "The figures are on their way." });
    this.element.append(this.message);
    this.lay();
    this.onSize = () => this.lay();
    this.sizes = new ResizeObserver(this.onSize);
    this.sizes.observe(element);
    window.addEventListener("resize", this.onSize);
    this.night.addEventListener("change", this.onSize);
    this.load();
  }

  async load() {
    try {
      const { header, arrays } = unpack(await this.payload.load(KEY));
      if (this.gone) return;
      [this.told, this.arrays] = [header, arrays];
      this.build();
      this.show();
      this.onEvent({ type: "drawn" });
    } catch (error) {
      if (!this.gone) say(this.message, sentenceOf(error));
    }
  }

  build() {
    const { told } = this;
    const lacking = (name) => (told.missing[name] ? [make("p", { class: "message", text: told.missing[name] })] : []);
    [this.overDimensions, this.overEvaluations, this.overScale] = [0, 1, 2].map(() => new LineChart(this));
    this.pictures = new PictureGrid();
    this.figures = this.pills(FIGURE, told.figures.map(({ name, label }) => [name, label]));
    this.steps = this.pills(STEPS, Object.keys(told.dimensions).map((steps) => [Number(steps), steps]));
    this.spaces = this.list(SPACE, told.evaluations);
    this.grids = this.list(GRID, told.grids);
    this.explain = make("p", { class: "explain" });
    const asked = [this.figures, this.steps, this.spaces].map(({ element }) => element);
    const row = make("div", { class: "ask-row" }, ...asked, this.explain);
    const charts = make("div", { class: "charts" }, this.overDimensions.element, this.overEvaluations.element);
    const over = make("div", { class: "over" }, make("h2", { text: SHOWN }), this.grids.element, keyOf());
    const grid = make("section", {}, over, this.pictures.element);
    const said = (sentences) => sentences.map((text) => make("p", { text }));
    const why = make("section", { class: "why" }, make("h2", { text: WHY }), ...said(told.paragraphs));
    const beside = make("div", { class: "said" }, ...said(told.scale?.sentences ?? []));
    const scaled = make("div", { class: "scaled" }, this.overScale.element, beside);
    this.element.replaceChildren(
      make("p", { class: "lesson", text: told.heading }),
      ...lacking("beyond"), ...(told.evaluations.length ? [row, charts] : []),
      ...lacking("beyond_scale"), ...(told.scale ? [scaled] : []),
      ...lacking("grids"), ...(told.grids.length ? [grid] : []),
      ...lacking("borders"), ...(told.paragraphs.length ? [why] : []),
    );
  }

  /** Buttons of which one is pressed. */
  pills(name, choices) {
    const { label, help } = this.state.controls[name];
    const buttons = choices.map(([value, words]) => [value, button(words, () => this.set(name, value))]);
    const element = make("div", { class: "pills", role: "group", "aria-label": label, title: help },
      make("span", { text: label }), ...buttons.map(([, pill]) => pill));
    const update = () => buttons.forEach(([value, pill]) =>
      pill.setAttribute("aria-pressed", String(value === this.state.get(name))));
    return { element, update };
  }

  /** A list of spaces. */
  list(name, spaces) {
    const select = make("select", { onchange: () => this.set(name, select.value) },
      ...spaces.map(({ space, title }) => make("option", { value: space, text: title })));
    const { label, help } = this.state.controls[name];
    const update = () => (select.value = this.chosen(name, spaces)?.space ?? "");
    return { element: make("label", { title: help }, label, select), update };
  }

  chosen(name, spaces) {
    return spaces.find(({ space }) => space === this.state.get(name)) ?? spaces[0];
  }

  set(name, value) {
    if (!this.state.set(name, value)) return;
    this.show();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const query = this.state.query();
      if (JSON.stringify(query) === this.sent) return;
      this.sent = JSON.stringify(query);
      if (!this.gone) this.onEvent({ type: "state", query });
    }, SETTLED);
  }

  /** Show what the state says. */
  show() {
    const { told } = this;
    if (!told) return;
    for (const control of [this.figures, this.steps, this.spaces, this.grids]) control.update();
    const which = Math.max(told.figures.findIndex(({ name }) => name === this.state.get(FIGURE)), 0);
    const figure = told.figures[which];
    const steps = this.state.get(STEPS);
    say(this.explain, `${figure.label}: ${figure.help}; ${figure.better}.`);
    const up = { up: `${figure.label}, ${figure.better}`, distance: figure.distance };
    const evaluations = this.chosen(SPACE, told.evaluations);
    if (evaluations) {
      this.overDimensions.show({
        title: `${figure.label} over dimensions (after a name: network calls)`,
        ...up, along: "dimensions of the latent space", words: (x) => `d = ${x}`,
        lines: pickedFrom(told.dimensions[steps] ?? [], which),
      });
      this.overEvaluations.show({
        title: `${figure.label} over network calls: ${evaluations.title}`, ...up, along: "network calls for a picture",
        words: (x) => `${Number(x.toPrecision(3))} call${x === 1 ? "" : "s"}`, lines: pickedFrom(evaluations.lines, which),
        floors: evaluations.floors.map(({ label, values }) => ({ label, value: values[which] })),
      });
    }
    this.showScale();
    const grid = this.chosen(GRID, told.grids);
    if (grid && grid !== this.shown) this.pictures.show(grid, this.arrays[`pictures/${grid.space}`]);
    this.shown = grid;
  }

  showScale() {
    const { scale } = this.told;
    if (!scale || this.overScale.data) return;
    const cliffs = [
      { x: scale.low, words: `recognised from ${scale.low}`, left: true },
      { x: scale.high, words: `recall to ${scale.high}`, left: false },
    ];
    this.overScale.show({
      title: `desc_scale, the weight of the description: ${scale.title}`, up: SHARES, distance: false, along: "desc_scale",
      words: (x) => `desc_scale ${x}`, lines: pickedFrom(scale.lines, 0), cliffs: cliffs.filter(({ x }) => Number.isFinite(x)),
    });
  }

  /** Fit everything to the size that there is. */
  lay() {
    const ink = this.ink();
    const large = Boolean(this.state.get("presenting"));
    const { unit, stacked } = layoutOf(this.host.clientWidth, window.innerHeight, large);
    const style = stageStyle(ink) + beyondStyle(ink);
    if (this.sheet.textContent !== style) this.sheet.textContent = style;
    this.letter = unit;
    this.element.style.fontSize = `${unit}px`;
    this.element.classList.toggle("stacked", stacked);
    for (const chart of [this.overDimensions, this.overEvaluations, this.overScale]) chart?.draw();
  }

  /** Take a new payload: another state. */
  update(payload) {
    this.payload = { ...this.payload, ...payload };
    this.state.controls = this.payload.controls;
    if (payload.query && JSON.stringify(payload.query) !== this.sent) {
      this.state.replace(payload.query);
      this.sent = JSON.stringify(this.state.query());
    }
    this.lay();
    this.show();
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.settling);
    this.sizes.disconnect();
    window.removeEventListener("resize", this.onSize);
    this.night.removeEventListener("change", this.onSize);
    if (this.element.parentNode === this.host) this.host.replaceChildren();
  }

  /** The colours of now. */
  ink() {
    return inkOf(this.payload, this.payload.dark ?? this.night.matches);
  }
}

/** Lines with one of the figures of each point. */
function pickedFrom(lines, which) {
  const picked = ({ x, values }) => ({ x, value: values[which] });
  return lines.map((line) => ({ ...line, points: line.points.map(picked) }));
}

/** What the marks under pictures mean. */
function keyOf() {
  const sign = (seen, words) => make("span", {}, markOf(seen), words);
  return make("span", { class: "key" }, sign(true, "the judge sees what was asked"), sign(false, "it sees something else"));
}
