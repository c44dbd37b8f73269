/** A film: a method's points in rows, and in columns what they decode to at every step from R to the sample. */

import { button, make, say } from "./dom.js";
import { showMissing, showStandIn } from "./missing.js";
import { PanelView } from "./panel.js";
import { fadedInk, TYPEFACE } from "./pens.js";
import { overlaid, panelQuestion, sharedQuestion } from "./state.js";
import { positionOf } from "./transport.js";
import { fateOf } from "./wordlesson.js";

const PICTURE_PIXELS = 64; // that a picture is decoded to
export const NUMBERED = 1.1; // letters of the numbers beside the rows
const HEADED = 1.5; // letters of the numbers above the columns
const LEAST = 2.2; // letters: a picture, before rows are left out
const LATER = 0.16; // opacity of what has not been reached
const EACH = 4 * PICTURE_PIXELS ** 2;
export const POINTS = 6;

/** The steps that are shown in so many columns: the first, the last, and evenly between them. */
export function pickedSteps(steps, columns) {
  const count = Math.min(columns, steps + 1);
  return Array.from({ length: count }, (_, i) => Math.round((i * steps) / Math.max(count - 1, 1)));
}

/** The film of one method. */
export class FilmView extends PanelView {
  build() {
    this.moving = make("canvas", { role: "img", class: "film" });
    this.hands = make("div", { class: "hands" });
    this.failure = make("div", { class: "failure", role: "status", hidden: true });
    this.plane = make("div", { class: "frames" }, this.moving, this.failure);
    this.choice = make("select", { onchange: () => this.choose(this.choice.value) });
    this.away = button("✕", () => this.choose(""), { class: "away" });
    this.title = make("h2", {}, this.choice, this.away);
    this.fate = make("p", { class: "fate" });
    this.standIn = make("p", { class: "stand-in", hidden: true, "data-kind": "" }, make("span", {}));
    this.element = make("section", { class: "panel waiting" }, this.title, this.fate, this.plane, this.standIn);
    [this.film, this.columns, this.picture, this.rows] = [null, 3, 32, POINTS];
    this.listen();
  }

  painter() {
    return { fit: () => false, draw: () => this.draw() };
  }

  /** Point at a row; go to the step of a picture. */
  listen() {
    const at = (event) => {
      const { unit, picked } = this.grid();
      const column = Math.floor((event.offsetX - NUMBERED * unit) / this.picture);
      const row = Math.floor((event.offsetY - HEADED * unit) / this.picture);
      return { row: row >= 0 && row < this.rows ? row : -1, step: picked[column] };
    };
    this.moving.addEventListener("pointermove", (event) => this.stage.point(at(event).row));
    this.moving.addEventListener("pointerleave", () => this.stage.point(-1));
    this.moving.addEventListener("click", (event) => {
      const { step } = at(event);
      if (step !== undefined) this.stage.seekStep(this, step);
    });
  }

  /** Have another method in this place, or none. */
  choose(name) {
    const others = this.stage.shown().filter((one, i) => i !== this.index && one !== name);
    this.stage.setShown(name ? [...others, name] : others);
  }

  /** What is asked: as many steps as are wanted, or as the method takes at the most. */
  asked() {
    const { payload, state } = this.stage;
    const steps = Math.min(state.get("film_steps"), Math.max(...payload.methods[this.slot.method].steps));
    const given = { film_method: this.slot.method, film_steps: steps, field: "learned" };
    return panelQuestion(payload, overlaid(state, given), { method: "film_method", steps: "film_steps" });
  }

  exactly() {
    return null;
  }

  ask() {
    const { stage, answers } = this;
    const [shared, panel] = [sharedQuestion(stage.state), this.journey()];
    const description = stage.isDescribed() ? { description: [...stage.description] } : {};
    if (!stage.dragging) stage.trainings.seek(this.key());
    stage.client.prepare?.(shared, panel);
    return answers.want("paths", "paths", { shared, panel, count: POINTS, ...description });
  }

  askPictures() {}

  showPictures() {}

  /** Decode all states of the paths that came, once; what came meanwhile is decoded next. */
  async filming() {
    const paths = this.paths();
    if (this.busy || !paths || this.film?.paths.states === paths.states) return;
    this.busy = true;
    const pixels = await this.stage.decode(paths.states, PICTURE_PIXELS).catch(() => null);
    this.busy = false;
    if (!pixels || this.stage.gone) return;
    this.film = { paths, pixels, shots: shotsOf(pixels) };
    this.stage.filmed();
    this.filming();
  }

  /** Whether the film is that of the paths of now. */
  current() {
    return this.film && this.answers.current("paths")?.states === this.film.paths.states;
  }

  /** The last pictures, for whoever shows what is drawn; null while they are on their way. */
  finals() {
    if (!this.current()) return null;
    const { paths: { count }, pixels } = this.film;
    const { label, colour } = this.method();
    return { label, colour, pixels: pixels.subarray(-count * EACH), size: PICTURE_PIXELS, count };
  }

  /** How many states there are to show. */
  states() {
    return this.asked().steps + 1;
  }

  /** Take so much room. @param {{columns: number, picture: number, height: number, width: number}} room in pixels */
  size({ columns, picture, height, width: whole }) {
    this.element.style.width = `${whole}px`;
    const unit = this.stage.unit();
    const above = this.moving.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
    const room = height - above - HEADED * unit;
    const side = Math.floor(Math.min(picture, Math.max(room / POINTS, LEAST * unit)));
    Object.assign(this, { columns, rows: Math.max(Math.min(POINTS, Math.floor(room / side)), 1), picture: side });
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const [width, tall] = [NUMBERED * unit + columns * side, HEADED * unit + this.rows * side].map(Math.ceil);
    Object.assign(this.moving.style, { width: `${width}px`, height: `${tall}px` });
    [this.moving.width, this.moving.height, this.ratio] = [Math.round(width * ratio), Math.round(tall * ratio), ratio];
    this.draw();
  }

  /** What stands where, and how far the points are. */
  grid() {
    const { film, stage } = this;
    const steps = film?.paths.steps ?? this.asked().steps;
    const reached = film ? Math.floor(positionOf(stage, film.paths) + 1e-6) : 0;
    const picked = pickedSteps(steps, this.columns);
    const now = picked.findLastIndex((step) => step <= reached);
    if (now > 0 && now < picked.length - 1) picked[now] = reached; // the column of now shows just where the points are
    return { unit: stage.unit(), picked, reached, now };
  }

  draw() {
    const { moving, stage, film, picture, rows } = this;
    const pen = moving.getContext("2d");
    const { unit, picked, now } = this.grid();
    const ink = stage.ink();
    pen.setTransform(this.ratio ?? 1, 0, 0, this.ratio ?? 1, 0, 0);
    pen.clearRect(0, 0, moving.width, moving.height);
    const [left, top] = [NUMBERED * unit, HEADED * unit];
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    picked.forEach((step, column) => {
      const x = left + (column + 0.5) * picture;
      pen.font = `${column === now ? 700 : 400} ${Math.max(0.95 * unit, 12)}px ${TYPEFACE}`;
      pen.fillStyle = column <= now ? ink.text : ink.faint;
      pen.fillText(step ? String(step) : "R", x, 0.5 * top, picture);
    });
    for (let row = 0; row < rows; row += 1) {
      const pointed = stage.hover === row;
      pen.font = `${pointed ? 700 : 400} ${Math.max(0.95 * unit, 12)}px ${TYPEFACE}`;
      pen.fillStyle = pointed ? ink.text : ink.faint;
      pen.fillText(String(row + 1), 0.45 * left, top + (row + 0.5) * picture);
    }
    if (!film) return;
    const { count } = film.paths;
    const inset = Math.max(1, 0.04 * picture);
    picked.forEach((step, column) => {
      pen.globalAlpha = column <= now ? 1 : LATER;
      for (let row = 0; row < Math.min(rows, count); row += 1) {
        const at = [left + column * picture + inset, top + row * picture + inset];
        pen.drawImage(film.shots[step * count + row], ...at, picture - 2 * inset, picture - 2 * inset);
      }
    });
    pen.globalAlpha = 1;
    pen.strokeStyle = ink.text;
    pen.lineWidth = Math.max(2, 0.14 * unit);
    pen.strokeRect(left + now * picture, top, picture, Math.min(rows, count) * picture);
    if (stage.hover >= 0 && stage.hover < rows) {
      pen.strokeStyle = fadedInk(ink.text, 0.6);
      pen.strokeRect(left, top + stage.hover * picture, picked.length * picture, picture);
    }
  }

  updateWords() {
    const { stage, choice } = this;
    const [told, fate] = [this.told(), fateOf(stage, this)];
    const names = Object.keys(stage.payload.methods);
    if (choice.dataset.names !== String(names)) {
      choice.dataset.names = String(names);
      choice.replaceChildren(...names.map((name) => make("option", { value: name, text: stage.payload.methods[name].label })));
    }
    choice.value = this.slot.method;
    choice.setAttribute("aria-label", `Method ${this.index + 1}`);
    this.away.hidden = stage.panels.length < 2;
    this.away.setAttribute("aria-label", `Take ${told.label} away`);
    const steps = this.asked().steps;
    const recognised = fate && !fate.error ? ` · ${fate.recognised} of ${fate.count} recognised` : "";
    say(this.fate, `${steps} step${steps === 1 ? "" : "s"}${recognised}`);
    this.element.classList.toggle("stale", Boolean(told.error));
    this.element.classList.toggle("waiting", !this.film && !told.error);
    const { picked, reached } = this.grid();
    this.moving.setAttribute("aria-label", `${told.label}: what ${POINTS} points decode to at steps `
      + `${picked.map((step) => step || "R").join(", ")}; now at ${reached ? `step ${reached}` : "R"}${recognised}`);
    showMissing(this, told, this.asked());
    showStandIn(this, told);
  }
}

/** A canvas for each picture, which can be drawn at any size. */
function shotsOf(pixels) {
  return Array.from({ length: pixels.length / EACH }, (_, i) => {
    const canvas = make("canvas", { width: PICTURE_PIXELS, height: PICTURE_PIXELS });
    const picture = new ImageData(new Uint8ClampedArray(pixels.subarray(i * EACH, (i + 1) * EACH)), PICTURE_PIXELS);
    canvas.getContext("2d").putImageData(picture, 0, 0);
    return canvas;
  });
}
