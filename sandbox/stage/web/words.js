/** Pictures and words: a map of decoded pictures, what a caption asks, and every point's picture at every step. */

import { decodeLearned } from "./decoder.js";
import { FilmView } from "./films.js";
import { layOutWords } from "./wordlayout.js";
import { buildWords } from "./wordparts.js";
import { filmSentence, fateOf, secondWords } from "./wordlesson.js";
import { placeOf } from "./places.js";
import { say } from "./dom.js";
import { Stage } from "./stage.js";
import { sharedQuestion } from "./state.js";
import { inSlowMotion, phaseAt } from "./transport.js";

const MOST = 3; // methods
const DIGITS = 3; // of a place in a link
const SPOKEN_AFTER = 1200; // milliseconds without a change, after which the sentence is said

/**
 * A mounted page of pictures and words. Its cards (wordplane.js, neighbours.js, drawpad.js) are made with the page, which
 * gives them `state`, `world`, `shared()`, `client.answer(kind, question)`, `set(name, value)`, `description`,
 * `setDescription(de)`, `place`, `setPlace(place)`, `decode(points, size)`, `captions`, `ink()`, `methods()`, `drawn`.
 */
export class WordsPage extends Stage {
  build() {
    return buildWords(this);
  }

  // What the cards are given

  /** The description that is asked with: the caption's own place, or what is in the hand; NaN where nothing is asked. */
  get description() {
    if (this.isDescribed()) return Float32Array.from(["description_x", "description_y"], (name) => this.state.get(name));
    return this.world ? placeOf(this.world, this.state.get("concept"), 1).data : new Float32Array(2).fill(NaN);
  }

  /** Whether a description is in the hand; a plane of descriptions is needed for that. */
  isDescribed() {
    return Boolean(this.state.get("described")) && this.captions[0]?.embedding.length === 2;
  }

  /** Ask with a description, or with null by the caption's own place again. @param {?ArrayLike<number>} de */
  setDescription(de) {
    this.state.set("described", Boolean(de));
    for (const [i, name] of de ? ["description_x", "description_y"].entries() : []) {
      this.state.set(name, Number(de[i].toFixed(DIGITS)));
    }
    this.news = true;
    this.inquire(true);
    this.settle();
  }

  /** The place in the hand on the map. @returns {[number, number]} */
  get place() {
    return [this.state.get("picture_x"), this.state.get("picture_y")];
  }

  setPlace(place) {
    const [low, high] = this.world?.bounds ?? [-Infinity, Infinity];
    ["picture_x", "picture_y"].forEach((name, i) => {
      this.state.set(name, Number(Math.min(Math.max(place[i], low), high).toFixed(DIGITS)));
    });
    this.news = true;
    this.redraw(false);
    this.settle();
  }

  /** The captions, and what each of them is true of. @returns {{name: string, embedding: number[], regions: string[]}[]} */
  get captions() {
    return this.world?.concepts ?? [];
  }

  /** The methods that are shown. @returns {{name: string, label: string, colour: string}[]} */
  methods() {
    return this.shown().map((name) => ({ name, ...this.payload.methods[name] }));
  }

  /** What the shown methods draw now, [{label, colour, pixels, size, count}]; null while any of it is on its way. */
  get drawn() {
    const films = this.panels.filter((panel) => !panel.told().error).map((panel) => panel.finals());
    return films.length && films.every(Boolean) ? films : null;
  }

  /** Pictures of some points. @param {Float32Array} points (n, 2) @returns {Promise<Uint8ClampedArray>} n * size * size * 4 */
  async decode(points, size) {
    const told = await this.client.answer("pictures", { shared: this.shared(), points, size }, true);
    if (told?.pixels) return told.pixels;
    throw new Error(told?.error ?? "The page was closed.");
  }

  /** The same at once, for a few points. */
  decodeHere(points, size) {
    return decodeLearned(this.world.pack, points, size);
  }

  shared() {
    return sharedQuestion(this.state);
  }

  // The stage

  /** The names of the methods that are shown: the first three that were chosen, those of few steps first. */
  shown() {
    const { methods } = this.payload;
    const chosen = this.state.get("drawn_by").filter((name) => Object.hasOwn(methods, name)).slice(0, MOST);
    const most = (name) => Math.max(...methods[name].steps);
    return chosen.length ? chosen.sort((one, other) => most(one) - most(other)) : Object.keys(methods).slice(0, 1);
  }

  /** Have other methods shown. @param {string[]} names */
  setShown(names) {
    this.set("drawn_by", names);
  }

  arrange() {
    const names = this.shown();
    while (this.panels.length > names.length) this.panels.pop().element.remove();
    names.forEach((method, i) => {
      if (this.panels[i]) return void (this.panels[i].slot = { method });
      const panel = new FilmView(this, i, { method });
      this.panels.push(panel);
      this.parts.panels.insertBefore(panel.element, this.parts.another);
    });
  }

  /** The caption that stands in for one that these pictures do not know; it is said which. */
  standIn(names) {
    const lost = this.state.get("concept");
    this.parts.caption.note(`${this.world.title}: no caption says “${lost}”; “${names[0]}” is asked for instead.`);
    return names[0];
  }

  updateControls() {
    this.parts.caption.update();
    this.parts.widgets.forEach((widget) => widget.update());
    this.parts.updateAnother();
    this.news = true;
  }

  ask() {
    this.asking = false;
    return this.panels.map((panel) => panel.ask(Boolean(this.dragging))).includes(true);
  }

  answered(answers, name) {
    const panel = this.panels[answers.index];
    if (panel?.answers !== answers || name !== "paths") return;
    panel.filming();
    this.redraw(false);
  }

  /** A film is there. */
  filmed() {
    this.news = true;
    this.redraw(false);
  }

  tell(all) {
    const { map, cards, lesson, second, transport, spoken } = this.parts;
    map.draw(all);
    transport.update();
    const fates = this.panels.map((panel) => fateOf(this, panel));
    const sentence = filmSentence(this, fates);
    this.element.classList.toggle("busy", !sentence);
    if (sentence) say(lesson, sentence);
    const slow = inSlowMotion(this);
    second.classList.toggle("phase", slow);
    say(second, slow ? phaseAt(this, Infinity).words : secondWords(this));
    if (all || this.news) cards.forEach((card) => card.update());
    this.news = false;
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => !this.gone && say(spoken, sentence), SPOKEN_AFTER);
    if (sentence) this.tellDrawn();
  }

  /** Nothing eases from old to new: a picture between two others would be none that was decoded. */
  still() {
    return true;
  }

  play() {
    this.clock.toggle();
    this.redraw(false);
  }

  /** Go to a step of a film. */
  seekStep(panel, k) {
    const paths = panel.paths();
    if (!paths) return;
    const byCalls = this.state.get("clock") !== "progress";
    this.seek(byCalls ? paths.evaluations[k] / this.mostEvaluations() : k / paths.steps);
  }

  nudge(way, fine) {
    if (!this.world) return;
    const [low, high] = this.world.bounds;
    const step = (high - low) / (fine ? 200 : 40);
    this.setPlace(this.place.map((part, i) => part + step * way[i]));
  }

  setR() {}

  toggleKeys() {}

  lay() {
    this.laying = false;
    layOutWords(this);
    this.parts.map.draw(true);
  }
}
