/** What can be done to a stage: by buttons, keys and pointers alike. */

import { meantWords } from "./lesson.js";
import { placeAt } from "./marks.js";
import { sharedQuestion, trainingKey } from "./state.js";
import { runLength } from "./transport.js";
import { meantFlags } from "./world.js";

const SETTLED = 200; // milliseconds without a change

/** The actions; the stage has what they act on. */
export class StageActions {
  /** Set a control's value. */
  set(name, value) {
    if (!this.state.set(name, value)) return;
    this.refresh();
    this.settle();
  }

  /** Take the values of a link in place of all there are. @param {Object<string, string>} query */
  follow(query) {
    this.state.replace(query);
    this.clock.at = 1;
    this.refresh();
    this.settle();
  }

  /** All at its default but the seed. */
  reset() {
    const seed = this.state.get("seed");
    this.hand.pins = [];
    this.hand.active = null;
    this.camera.reset();
    this.state.replace({});
    this.state.set("seed", seed);
    this.refresh();
    this.settle();
  }

  /** Tell the host of the state once nothing changes any more. */
  settle() {
    clearTimeout(this.settling);
    if (this.dragging) return;
    this.settling = setTimeout(() => {
      const query = this.state.query();
      if (JSON.stringify(query) === this.sent) return;
      this.sent = JSON.stringify(query);
      this.emit({ type: "state", query });
    }, SETTLED);
  }

  emit(event) {
    if (!this.gone) this.onEvent(event);
  }

  /** Something is taken in the hand: until it is let go only what follows it is asked. */
  take(what) {
    this.dragging = what;
  }

  release() {
    if (!this.dragging) return;
    this.dragging = null;
    this.refresh();
    this.settle();
  }

  /** Whether nothing eases from old to new now. */
  still() {
    return Boolean(this.dragging) || this.motion.matches;
  }

  /** Ask for weights that are not there. */
  train(question) {
    const key = trainingKey(this.state, question);
    if (this.payload.training) this.trainings.ask(key);
    else this.emit({ type: "train", key });
  }

  // The clock

  play() {
    if (this.state.get("slow") && !this.hand.active) this.holdFirst();
    this.clock.toggle();
    this.redraw(false);
  }

  /** Take the start that goes furthest in the hand, so that there is a point to follow. */
  holdFirst() {
    const paths = this.panels[0]?.paths();
    if (!paths) return;
    const start = (i) => [paths.states[2 * i], paths.states[2 * i + 1]];
    const gone = (i) => Math.hypot(...placeAt(paths, i, paths.steps).map((part, axis) => part - start(i)[axis])) || 0;
    const points = [...Array(Math.min(paths.count, this.state.get("points"))).keys()];
    this.setR(start(points.reduce((far, i) => (gone(i) > gone(far) ? i : far))), false);
  }

  seek(at) {
    this.clock.playing = false;
    this.clock.at = Math.min(Math.max(at, 0), 1);
    this.redraw(false);
  }

  /** One evaluation on or back, or one step of the longest path. */
  step(way) {
    const byCalls = this.state.get("clock") !== "progress";
    const most = byCalls ? this.mostEvaluations() : Math.max(1, ...this.panels.map((panel) => panel.steps()));
    const now = this.clock.at * most;
    const next = way > 0 ? Math.floor(now + 1e-6) + 1 : Math.ceil(now - 1e-6) - 1;
    this.seek(next / most);
  }

  /** Evaluations of the panel that needs most. */
  mostEvaluations() {
    return Math.max(1, ...this.panels.map((panel) => panel.paths()?.evaluations.at(-1) ?? 1));
  }

  runLength() {
    return runLength(this);
  }

  // The hand

  get pins() {
    return this.hand.pins;
  }

  activePin() {
    return this.hand.active;
  }

  activate(pin) {
    this.hand.active = pin;
    this.redraw(false);
  }

  /** Set R. @param {?number[]} place the middle if it is null @param {boolean} beside those there are */
  setR(place, beside) {
    const { bounds } = this.world;
    const middle = (bounds[0] + bounds[1]) / 2 + (bounds[1] - bounds[0]) / 12;
    this.hand.set(place ?? [middle, middle], beside);
    this.held(true);
  }

  moveR(place) {
    const { active } = this.hand;
    this.hand.move(place);
    this.held(active !== this.hand.active);
  }

  nudge(way, fine) {
    if (!this.world) return;
    const { active } = this.hand;
    this.hand.nudge(way, this.world.bounds, fine);
    this.held(active !== this.hand.active);
  }

  /** What is in the hand moved, or is another. */
  held(another) {
    this.inquire(another);
  }

  /** Take the start of a panel's i-th point in the hand. */
  pickUp(index, i) {
    const paths = this.panels[index]?.paths();
    if (paths) this.setR([paths.states[2 * i], paths.states[2 * i + 1]], false);
  }

  /** Point at a drawn point by its number, -1 for none. */
  point(i) {
    if (i === this.hover) return;
    this.hover = i;
    this.redraw(false);
  }

  /** Close what is open, else take R away, else end the presentation; whether there was anything. */
  escape() {
    const { drawer, keyList, take } = this.parts;
    if (!keyList.hidden) this.toggleKeys(false);
    else if (take.element.open) take.element.open = false;
    else if (!drawer.element.hidden) this.toggleDrawer(false);
    else if (this.hand.drop()) this.redraw(true);
    else if (this.state.get("presenting")) this.set("presenting", false);
    else return false;
    return true;
  }

  // The view

  zoom(factor, at = [this.camera.x, this.camera.y]) {
    this.camera.zoomBy(factor, at);
    this.redraw(true);
  }

  pan(dx, dy) {
    this.camera.pan(dx, dy);
    this.redraw(true);
  }

  showAll() {
    this.camera.reset();
    this.redraw(true);
  }

  async fullScreen() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await this.element.requestFullscreen();
    } catch {
      // a frame may forbid it; the stage stays as it is
    }
  }

  toggleDrawer(open = this.parts.drawer.element.hidden) {
    const { drawer, settings } = this.parts;
    drawer.element.hidden = !open;
    settings.setAttribute("aria-expanded", String(open));
    this.redraw(true, true);
    if (open) drawer.update();
    (open ? drawer.element.querySelector("button") : settings).focus();
  }

  toggleKeys(open = this.parts.keyList.hidden) {
    this.parts.keyList.hidden = !open;
    if (open) this.parts.keyList.querySelector("button").focus();
  }

  /** Pixels of a letter. */
  unit() {
    return this.letter ?? 16;
  }

  shared() {
    return sharedQuestion(this.state);
  }

  /** For each region whether the concept may mean it. */
  meant() {
    return meantFlags(this.world, this.state.get("concept"));
  }

  /** Where a sample is what was asked for, in words; and in one word. */
  where() {
    return this.world ? meantWords(this.world, this.state.get("concept")) : "";
  }

  measure() {
    return this.world?.learned ? this.world.measure : "inside";
  }
}
