/** The stage: panels on one plane, and everything that answers in the hand. */

import { givenAnswers } from "./answers.js";
import { Camera } from "./camera.js";
import { clientOf } from "./client.js";
import { make } from "./dom.js";
import { StageActions } from "./actions.js";
import { HeldPoints } from "./hand.js";
import { pressKey } from "./keys.js";
import { layOut } from "./layout.js";
import { PanelView } from "./panel.js";
import { buildParts, showMessage, updateControls, updateLegend, updateSentences, worldInTime } from "./parts.js";
import { inkOf } from "./pens.js";
import { slotsOf, StageState, worldKey } from "./state.js";
import { listenToPointers, placeHandle } from "./touch.js";
import { Trainings } from "./trainings.js";
import { Clock } from "./transport.js";
import { loadThere } from "./weights.js";
import { conceptNames } from "./world.js";

const LOOKS = { maps: "maps", panel: "lone", words: "words" }; // where the stage is a part of a page

/** One mounted stage; `mount` (mount.js) makes it. */
export class Stage extends StageActions {
  constructor(element, payload, onEvent) {
    super();
    [this.host, this.payload, this.onEvent, this.gone] = [element, payload, onEvent, false];
    this.state = new StageState(payload.controls, payload.query ?? {}, payload.roles);
    this.sent = JSON.stringify(this.state.query());
    [this.camera, this.clock, this.hand] = [new Camera(), new Clock(), new HeldPoints()];
    [this.panels, this.world, this.hover, this.dragging] = [[], null, -1, null];
    [this.opening, this.painted] = [this.isPart() ? null : payload.opening, false]; // a state, and what it is answered
    this.trainings = new Trainings(payload.training, (key, fresh) => this.learned(key, fresh));
    this.client = payload.client ?? clientOf(payload, (key) => loadThere(this, key));
    if (!givenAnswers(this.opening, this.state)) this.client.begin?.();
    this.load = (key) => (this.client.packFor ? this.client.packFor(key) : this.payload.load(key)); // shared with the workers
    [this.motion, this.night] = ["reduced-motion: reduce", "color-scheme: dark"].map((how) => matchMedia(`(prefers-${how})`));
    [this.worlds, this.frame] = [new Map(), this.frame.bind(this)];
    [this.element, this.sheet] = [make("div", { class: `stage ${LOOKS[payload.chrome] ?? ""}` }), make("style")];
    element.replaceChildren(this.sheet, this.element);
    this.parts = this.build();
    this.scale = this.parts.scale;
    this.listen();
    this.refresh();
  }

  /** The elements around the panels. */
  build() {
    return buildParts(this);
  }

  listen() {
    this.sizes = new ResizeObserver(() => this.redraw(true, true));
    for (const one of [this.host, this.parts.panels]) this.sizes.observe(one);
    this.onKey = (event) => {
      const target = event.composedPath()[0];
      if (!event.composedPath().includes(this.element) && target !== document.body) return;
      if (pressKey(this, event)) event.preventDefault();
    };
    this.onWindow = () => this.redraw(true, true);
    document.addEventListener("keydown", this.onKey);
    window.addEventListener("resize", this.onWindow);
    this.night.addEventListener("change", this.onWindow);
  }

  /** Take a new payload: another state, or packs that have changed (`forget`: their keys), which are asked for anew. */
  update(payload) {
    const known = this.payload;
    this.payload = { ...known, ...payload };
    if (payload.client && payload.client !== known.client) this.client = payload.client;
    for (const key of payload.forget ?? []) this.client.forget?.(key);
    this.state.controls = this.payload.controls;
    if (payload.query && JSON.stringify(payload.query) !== this.sent) {
      this.state.replace(payload.query);
      this.sent = JSON.stringify(this.state.query());
    }
    this.worlds.forEach((world, key) => world.error && this.worlds.delete(key));
    for (const panel of this.panels) panel.answers.again(Boolean(payload.forget?.length));
    this.refresh();
  }

  /** There is news of a training. @param {boolean} fresh whether weights have changed */
  learned(key, fresh) {
    if (fresh) this.client.forget?.(key);
    for (const panel of this.panels) if (fresh && panel.key() === key) panel.answers.again(true);
    this.asking = true;
    this.redraw(true);
  }

  destroy() {
    this.gone = true;
    this.trainings.close();
    clearTimeout(this.settling);
    cancelAnimationFrame(this.coming);
    this.sizes.disconnect();
    document.removeEventListener("keydown", this.onKey);
    window.removeEventListener("resize", this.onWindow);
    this.night.removeEventListener("change", this.onWindow);
    this.client.close?.();
    if (this.element.parentNode === this.host) this.host.replaceChildren();
  }

  /** Ask for what the state shows and is not known yet, and draw. */
  async refresh() {
    const key = worldKey(this.state);
    let opens = false;
    if (this.shownWorld !== key) {
      if (!this.worlds.has(key)) this.worlds.set(key, await worldInTime(this, key));
      if (this.gone || key !== worldKey(this.state)) return;
      const world = this.worlds.get(key);
      showMessage(this, world.error ?? "");
      if (world.error) return;
      [this.world, this.shownWorld, opens] = [world, key, !this.world];
      this.camera.show(world.bounds);
    }
    const names = conceptNames(this.world, this.payload.spaces?.[this.state.get("space")]?.concepts);
    const standIn = () => this.standIn?.(names) ?? (this.payload.roles ? names.at(-1) : names[0]);
    if (!names.includes(this.state.get("concept"))) this.state.set("concept", standIn());
    this.arrange();
    this.updateControls();
    this.inquire(true, !this.dragging);
    if (opens) this.ask(); // the first frame may be long in coming
  }

  /** Ask, and draw; what follows the hand is asked at once, and drawn when it is answered. */
  inquire(all, laying = false) {
    this.asking = true;
    if (this.dragging && this.ask()) this.awaitFrame();
    else this.redraw(all, laying);
  }

  /** As many panels as the state asks for; those that stay keep what they know. */
  arrange() {
    const slots = this.slots().filter((slot) => Object.hasOwn(this.payload.methods, this.state.get(slot.method)));
    while (this.panels.length > slots.length) this.panels.pop().element.remove();
    slots.forEach((slot, i) => {
      if (this.panels[i]) return void (this.panels[i].slot = slot);
      const panel = this.panel(i, slot);
      this.panels.push(panel);
      this.parts.panels.append(panel.element);
      this.sizes.observe(panel.plane);
      listenToPointers(this, panel);
    });
  }

  /** What stands in the panels. */
  slots() {
    return slotsOf(this.state);
  }

  panel(i, slot) {
    return new PanelView(this, i, slot);
  }

  updateControls() {
    updateControls(this);
  }

  /**
   * Draw at the next frame.
   * @param {boolean} all or only what moves
   * @param {boolean} [laying] whether sizes may have changed
   */
  redraw(all, laying = false) {
    [this.dirty, this.touched, this.laying] = [this.dirty || all, true, this.laying || laying];
    this.awaitFrame();
  }

  awaitFrame() {
    if (!this.coming && !this.gone) this.coming = requestAnimationFrame(this.frame);
  }

  frame(now) {
    this.coming = 0;
    if (!this.world) return this.lay();
    if (this.asking) this.ask();
    const [all, touched] = [this.dirty, this.touched];
    [this.dirty, this.touched] = [false, false];
    if (this.laying) this.lay();
    this.element.classList.toggle("zoomed", this.camera.zoom > 1);
    const running = this.clock.tick(now, this.runLength());
    let easing = false;
    for (const panel of this.panels) {
      const [fresh, moving] = [panel.paint.fit(), panel.answers.moving()];
      const whole = all || fresh || moving;
      const moves = whole || touched || running || panel.answered.has("paths");
      const stands = whole || [...panel.answered].some((name) => name !== "paths");
      if (moves || stands) panel.paint.draw(stands, now, moves);
      panel.answered.clear();
      easing ||= moving;
      placeHandle(this, panel);
      panel.updateWords();
    }
    this.tell(all);
    if (running || easing) this.redraw(false);
    return undefined;
  }

  /** Bring the words around the panels up to date. @param {boolean} all */
  tell(all) {
    this.parts.transport.update();
    updateSentences(this);
    if (all) updateLegend(this);
    if (this.panels.every((panel) => panel.paths())) this.tellDrawn();
  }

  /** Tell once that there is a picture. */
  tellDrawn() {
    if (!this.painted) this.onEvent({ type: "drawn" });
    this.painted = true;
  }

  /** Ask the model; while the hand moves, only for what follows it. Whether anything is asked that was not before. */
  ask() {
    this.asking = false;
    const live = Boolean(this.dragging);
    const given = givenAnswers(this.opening, this.state);
    const asked = this.panels.map((panel, i) => panel.ask(live, given?.[i]));
    this.panels.forEach((panel) => panel.askPictures());
    if (!live && !this.isPart()) this.scale.ask();
    return asked.includes(true);
  }

  /** An answer came. @param {Object} answers of one panel @param {string} name */
  answered(answers, name) {
    const panel = this.panels[answers.index];
    if (panel?.answers !== answers) return;
    if (name === "pictures") panel.showPictures();
    if (name === "paths") panel.askPictures();
    if (name === "merits") this.scale.draw();
    if (name.startsWith("point")) return void this.redraw(false);
    if (!["merits", "pictures"].includes(name)) panel.answered.add(name); // the other panels are as they were
    this.awaitFrame();
  }

  /** Whether it stands among other things on a page, as high as it needs to be. */
  isPart() {
    return Object.hasOwn(LOOKS, this.payload.chrome ?? "");
  }

  lay() {
    this.laying = false;
    layOut(this);
  }

  /** The colours of now. */
  ink() {
    return inkOf(this.payload, this.payload.dark ?? this.night.matches);
  }
}
