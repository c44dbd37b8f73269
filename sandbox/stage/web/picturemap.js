/** The learned plane as a map of decoded pictures, with the paths of all methods over it and a place in the hand. */

import { make, say } from "./dom.js";
import { placeAt } from "./marks.js";
import { regionInk, strokeIn, traceShape, TYPEFACE } from "./pens.js";
import { positionOf } from "./transport.js";
import { regionAt } from "./world.js";

const TILES = 20; // on a side
const TILE_PIXELS = 32;
const KNOWN = 12; // pairs of a tile that make it whole
const LEAST = 0.28; // opacity of a tile without a pair
const LENS_PIXELS = 96;
const LOOKS = [
  { dash: [], shape: "circle" }, { dash: [0.7, 0.4], shape: "square" }, { dash: [0.2, 0.35], shape: "triangle-up" },
];

/** The map. */
export class PictureMap {
  /** @param {Object} page */
  constructor(page) {
    this.page = page;
    this.ground = make("canvas", { "aria-hidden": "true" });
    this.moving = make("canvas", { role: "img", class: "touch" });
    this.lensCanvas = make("canvas", { width: LENS_PIXELS, height: LENS_PIXELS, "aria-hidden": "true" });
    this.lensWords = make("p");
    this.lens = make("figure", { class: "lens", hidden: true }, this.lensCanvas, this.lensWords);
    this.handle = make("button", { type: "button", class: "handle", hidden: true });
    this.element = make("div", { class: "plane map" }, this.ground, this.moving, this.handle, this.lens);
    this.listen();
  }

  listen() {
    const { page, moving, handle } = this;
    const move = (event) => {
      const box = moving.getBoundingClientRect();
      const on = this.on();
      page.setPlace([on.x(event.clientX - box.left), on.y(event.clientY - box.top)]);
    };
    for (const one of [moving, handle]) {
      one.addEventListener("pointerdown", (event) => {
        if (event.button > 0 || !page.world) return;
        one.setPointerCapture(event.pointerId);
        page.take("place");
        move(event);
      });
      one.addEventListener("pointermove", (event) => one.hasPointerCapture(event.pointerId) && move(event));
      for (const lift of ["pointerup", "pointercancel"]) one.addEventListener(lift, () => page.release());
    }
  }

  /** The way between the plane and the pixels of the map. */
  on() {
    return this.page.camera.on(this.element.clientWidth, this.element.clientHeight);
  }

  /** Draw what moves, or all. @param {boolean} all */
  draw(all) {
    const { page } = this;
    if (!page.world || !this.element.clientWidth) return;
    const fresh = this.fit();
    if (this.tiled !== page.world) this.tile(page.world);
    if (all || fresh) this.drawGround();
    this.drawMoving();
    this.drawLens();
  }

  /** Give the canvases the size of their element, in the screen's own pixels; whether it changed. */
  fit() {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    [this.width, this.height, this.ratio] = [width, height, ratio];
    for (const canvas of [this.ground, this.moving]) {
      [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    }
    return true;
  }

  pen(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    return pen;
  }

  /** Decode a picture for every tile of a world, once. */
  async tile(world) {
    this.tiled = world;
    this.mosaic = null;
    const [low, high] = world.bounds;
    const places = Array.from({ length: TILES }, (_, i) => low + ((i + 0.5) * (high - low)) / TILES);
    const points = Float32Array.from(places.toReversed().flatMap((y) => places.flatMap((x) => [x, y]))); // from the top
    const pixels = await this.page.decode(points, TILE_PIXELS).catch(() => null);
    if (!pixels) return;
    if (this.tiled !== world) return;
    this.mosaic = mosaicOf(pixels, densityOf(world));
    this.page.redraw(true);
  }

  drawGround() {
    const { page, mosaic } = this;
    const [pen, on, unit] = [this.pen(this.ground), this.on(), page.unit()];
    const [low, high] = page.world.bounds;
    const ink = page.ink();
    pen.imageSmoothingQuality = "high";
    if (mosaic) pen.drawImage(mosaic, on.px(low), on.py(high), (high - low) * on.scale, (high - low) * on.scale);
    const meant = page.meant();
    page.world.regions.forEach((region, i) => {
      pen.beginPath();
      for (const ring of region.rings) {
        ring.forEach(([x, y], k) => (k ? pen.lineTo(on.px(x), on.py(y)) : pen.moveTo(on.px(x), on.py(y))));
        pen.closePath();
      }
      pen.setLineDash(meant[i] ? [] : [0.3 * unit, 0.3 * unit]);
      const [halo, line] = meant[i] ? [0.34 * unit, 0.2 * unit] : [0.2 * unit, 0.09 * unit];
      strokeIn(pen, [ink.ground, halo], [regionInk(page.world, i, ink.dark), line]);
    });
    pen.setLineDash([]);
  }

  drawMoving() {
    const { page } = this;
    const [pen, on] = [this.pen(this.moving), this.on()];
    page.panels.forEach((panel, i) => {
      const paths = panel.paths();
      if (paths && !panel.told().error) this.drawPaths(pen, on, paths, panel.method().colour, LOOKS[i]);
    });
  }

  /** The ways that the points have come, and where they are. */
  drawPaths(pen, on, paths, colour, { dash, shape }) {
    const { page } = this;
    const [unit, ink, at] = [page.unit(), page.ink(), positionOf(page, paths)];
    const radius = 0.36 * unit;
    for (let i = 0; i < paths.count; i += 1) {
      pen.globalAlpha = page.hover < 0 || page.hover === i ? 1 : 0.25;
      const ends = [...Array(Math.ceil(at)).keys()].map((k) => placeAt(paths, i, k));
      ends.push(placeAt(paths, i, at));
      pen.beginPath();
      ends.forEach(([x, y], k) => (k ? pen.lineTo(on.px(x), on.py(y)) : pen.moveTo(on.px(x), on.py(y))));
      strokeIn(pen, [ink.ground, 0.34 * unit]);
      pen.setLineDash(dash.map((part) => part * unit));
      strokeIn(pen, [colour, 0.17 * unit]);
      pen.setLineDash([]);
      pen.beginPath();
      for (const [x, y] of ends.slice(0, -1)) traceShape(pen, shape, on.px(x), on.py(y), 0.4 * radius);
      pen.fillStyle = colour;
      pen.fill();
      const [x, y] = ends.at(-1);
      pen.beginPath();
      traceShape(pen, shape, on.px(x), on.py(y), radius);
      strokeIn(pen, [ink.ground, 0.3 * unit]);
      pen.fill();
      this.numberAt(pen, on, ends[0], i + 1, ink);
    }
    pen.globalAlpha = 1;
  }

  numberAt(pen, on, [x, y], number, ink) {
    const unit = this.page.unit();
    pen.font = `700 ${Math.max(0.85 * unit, 12)}px ${TYPEFACE}`;
    [pen.textAlign, pen.textBaseline] = ["center", "middle"];
    pen.beginPath();
    pen.arc(on.px(x), on.py(y), 0.62 * unit, 0, 2 * Math.PI);
    pen.fillStyle = ink.ground;
    pen.fill();
    strokeIn(pen, [ink.text, 0.08 * unit]);
    pen.fillStyle = ink.text;
    pen.fillText(String(number), on.px(x), on.py(y) + 0.05 * unit);
  }

  /** The place in the hand: what it decodes to, large beside it, and what the judge sees there. */
  drawLens() {
    const { page, lens, handle } = this;
    const { place } = page;
    const on = this.on();
    const [x, y] = [on.px(place[0]), on.py(place[1])];
    const inside = x >= 0 && y >= 0 && x <= this.width && y <= this.height;
    lens.hidden = handle.hidden = !inside;
    if (!inside) return;
    const pixels = page.decodeHere(Float32Array.from(place), LENS_PIXELS);
    this.lensCanvas.getContext("2d").putImageData(new ImageData(pixels, LENS_PIXELS), 0, 0);
    const words = lensWords(page.world, place);
    say(this.lensWords, words);
    handle.style.transform = `translate(${x}px, ${y}px)`;
    const label = `The place at ${place.map((part) => part.toFixed(2)).join(", ")}: ${words}; arrow keys move it`;
    if (handle.getAttribute("aria-label") !== label) handle.setAttribute("aria-label", label);
    const [wide, tall, gap] = [lens.offsetWidth, lens.offsetHeight, 1.2 * page.unit()];
    const left = x + gap + wide > this.width ? x - gap - wide : x + gap;
    const top = Math.min(Math.max(y - gap - tall, 2), this.height - tall - 2);
    lens.style.transform = `translate(${Math.max(left, 2)}px, ${top}px)`;
    this.moving.setAttribute("aria-label", `Map of what the plane's points decode to. ${label}`);
  }
}

/** What the judge sees at a place, in words. */
function lensWords(world, [x, y]) {
  const region = world.regions[regionAt(world, x, y)];
  return region ? region.name : "nothing the judge knows";
}

/** How well every tile is known, 0 to 1, from the top: by its pairs' images. */
function densityOf(world) {
  const counts = new Float32Array(TILES * TILES);
  const [low, high] = world.bounds;
  const { image } = world.pairs;
  for (let i = 0; i < image.length; i += 2) {
    const column = Math.floor(((image[i] - low) / (high - low)) * TILES);
    const row = TILES - 1 - Math.floor(((image[i + 1] - low) / (high - low)) * TILES);
    if (column >= 0 && column < TILES && row >= 0 && row < TILES) counts[row * TILES + column] += 1;
  }
  return counts.map((count) => Math.min(count / KNOWN, 1));
}

/** The tiles as one canvas; those without pairs let the ground through. */
function mosaicOf(pixels, density) {
  const side = TILES * TILE_PIXELS;
  const canvas = make("canvas", { width: side, height: side });
  const pen = canvas.getContext("2d");
  const each = 4 * TILE_PIXELS ** 2;
  density.forEach((share, i) => {
    const tile = new Uint8ClampedArray(pixels.subarray(i * each, (i + 1) * each));
    for (let k = 3; k < each; k += 4) tile[k] = 255 * (LEAST + (1 - LEAST) * share);
    pen.putImageData(new ImageData(tile, TILE_PIXELS), (i % TILES) * TILE_PIXELS, Math.floor(i / TILES) * TILE_PIXELS);
  });
  return canvas;
}
