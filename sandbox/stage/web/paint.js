/**
 * The canvases of a panel: the ground that stays while the hand moves, what stands still and what moves; and the same drawing
 * for any other pen.
 */

import { make } from "./dom.js";
import { cellMap, densityMap, differenceMap, drawBar, drawMap, heatMap } from "./maps.js";
import { drawPin, drawPoints } from "./marks.js";
import { drawArrows, drawNames, drawPairs, drawRegions } from "./plane.js";
import { SvgPen } from "./record.js";
import { inSlowMotion, phaseAt, positionOf } from "./transport.js";

const PLAIN_AGAIN = 150; // milliseconds between two drawings without a canvas
const WIDEST = 0.25; // of the bounds: the distance that the difference's brightest colour stands for

/** Draws one panel. */
export class PanelPaint {
  /** @param {Object} panel */
  constructor(panel) {
    this.panel = panel;
    this.maps = new Map();
  }

  /** Give the canvases the size of their plane, in the screen's own pixels; whether it changed. */
  fit() {
    const { plane, ground, still, moving } = this.panel;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const [width, height] = [plane.clientWidth, plane.clientHeight];
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    [this.width, this.height, this.ratio, this.grounded] = [width, height, ratio, null];
    for (const canvas of [ground, still, moving]) {
      if (!canvas) continue;
      [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    }
    return true;
  }

  /** The camera on this canvas. */
  on() {
    return this.panel.stage.camera.on(this.width, this.height);
  }

  /** Draw the layers anew. @param {boolean} all or only the one that moves @param {boolean} [moves] whether that one too */
  draw(all, now, moves = true) {
    const { stage, ground, still, moving } = this.panel;
    if (!this.width || !this.height || !stage.world) return;
    const layers = moves ? [[moving, "drawMoving"]] : [];
    if (all) layers.push([still, "drawStill"]);
    if (all && ground && this.groundChanged()) layers.push([ground, "drawGround"]);
    for (const [canvas, layer] of layers) {
      const pen = canvas.getContext?.("2d");
      if (!pen) return this.drawPlain(now);
      pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      pen.clearRect(0, 0, this.width, this.height);
      this[layer](pen, this.on(), now);
    }
  }

  /** Without a canvas: the same as an SVG, made anew a few times a second. */
  drawPlain(now) {
    const { stage, plane } = this.panel;
    if (now - this.drawn < PLAIN_AGAIN) return stage.redraw(false);
    this.drawn = now;
    const pen = new SvgPen(this.width, this.height);
    for (const layer of ["drawGround", "drawStill", "drawMoving"]) this[layer](pen, this.on(), now);
    this.plain ??= plane.insertBefore(make("img", { alt: "", class: "plain" }), plane.firstChild);
    this.plain.src = `data:image/svg+xml,${encodeURIComponent(pen.text())}`;
    return undefined;
  }

  /** How everything is drawn now. */
  look() {
    const { stage } = this.panel;
    return {
      world: stage.world, ink: stage.ink(), meant: stage.meant(), unit: stage.unit(), bounds: stage.world.bounds,
    };
  }

  /** Whether anything on the ground is another than when it was asked last. */
  groundChanged() {
    const { stage } = this.panel;
    const [on, look, layers] = [this.on(), this.look(), this.layers()];
    const seen = [on.scale, on.px(0), on.py(0), look.world, look.unit, look.ink.dark, this.map(layers, look)];
    const now = [...seen, String(look.meant), layers.has("regions"), layers.has("pairs"), stage.ink().ground];
    const changed = !this.grounded || now.some((one, i) => one !== this.grounded[i]);
    this.grounded = now;
    return changed;
  }

  layers() {
    return new Set(this.panel.stage.state.get("layers") ?? []);
  }

  /** Maps, regions and pairs. */
  drawGround(pen, on) {
    const [layers, look] = [this.layers(), this.look()];
    const map = this.map(layers, look);
    if (map) drawMap(pen, on, map, look.bounds);
    if (layers.has("regions")) drawRegions(pen, on, look);
    if (layers.has("pairs")) drawPairs(pen, on, look);
  }

  /** Fields, and the words on the plane. */
  drawStill(pen, on, now) {
    const { answers } = this.panel;
    const [layers, look] = [this.layers(), this.look()];
    const { bounds, ink, unit } = look;
    const map = this.map(layers, look);
    const field = answers.shown("field", now);
    this.trust = field?.trust ?? answers.latest("trust")?.trust ?? this.trust; // the hand does not wait for what takes longer
    if (layers.has("field") && field && this.trust) {
      drawArrows(pen, on, { ...field, trust: this.trust }, { unit, colour: ink.arrow, bounds });
    }
    const exact = answers.shown("exact", now);
    if (layers.has("exact") && exact && this.panel.exactly()) {
      drawArrows(pen, on, exact, { unit, colour: ink.exact, dashed: true, bounds });
    }
    if (layers.has("regions")) drawNames(pen, on, look);
    if (map?.bar) drawBar(pen, on, map.bar, look);
  }

  /** Points, paths, and what is in the hand. */
  drawMoving(pen, on, now) {
    const { stage, answers } = this.panel;
    const paths = this.panel.paths(now);
    if (!paths) return;
    const layers = this.layers();
    const slow = inSlowMotion(stage);
    const look = { ...this.look(), hover: stage.hover, trails: layers.has("trails"), starts: !stage.isPart() };
    look.shown = stage.state.get("points");
    pen.globalAlpha = 1;
    const faint = slow || stage.pins.length > 0;
    if (!slow) drawPoints(pen, on, paths, { ...look, at: positionOf(stage, paths), strength: faint ? 0.35 : 1 });
    for (const pin of stage.pins) {
      const answer = answers.shown(`point${pin.id}`, now);
      const active = pin === stage.activePin();
      if (slow && !active) continue;
      const steps = answer ? answer.states.length / 2 - 1 : 1;
      const phase = slow ? phaseAt(stage, steps) : null;
      const at = answer ? positionOf(stage, { ...answer, steps }) : 0;
      drawPin(
        pen, on, { start: pin.start, answer, active, phase: phase?.name ?? null, at: phase?.at }, { ...look, at },
      );
    }
  }

  /** The map of the topmost layer that is one; null where there is none. */
  map(layers, look) {
    const { answers } = this.panel;
    if (this.plain) return null;
    const [fine, exact, cells, cloud] = ["fine", "fineExact", "cells", "cloud"].map((name) => answers.latest(name));
    const wide = WIDEST * (look.bounds[1] - look.bounds[0]);
    if (layers.has("difference") && fine && exact && this.panel.exactly()) {
      return this.once("difference", [fine, exact], () => differenceMap(fine, exact, wide));
    }
    if (layers.has("trust") && fine) {
      return this.once("trust", [fine], () => heatMap(fine.trust, 1, "trust in the direction, from 0 to 1"));
    }
    const agreement = answers.latest("agreement");
    if (layers.has("agreement") && agreement && this.panel.aims()) {
      return this.once("agreement", [agreement], () =>
        heatMap(agreement.agreement, 1, "agreement of the targets, from 0 to 1"));
    }
    if (layers.has("cells") && cells) return this.once("cells", [cells], () => cellMap(cells, look.world));
    if (layers.has("density") && cloud) {
      const points = cloud.states.slice(-2 * Math.round(cloud.states.length / 2 / cloud.times.length));
      return this.once("density", [cloud], () => densityMap(points, look.bounds));
    }
    return null;
  }

  /** A map made once from the same answers. */
  once(name, from, build) {
    const known = this.maps.get(name);
    if (known && known.from.every((one, i) => one === from[i])) return known.map;
    const map = build();
    this.maps.set(name, { from, map });
    return map;
  }
}
