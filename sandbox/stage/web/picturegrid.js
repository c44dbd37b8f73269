/** A grid of pictures: under each whether the judge recognises what was asked, by a shape that is not only a colour. */

import { drawsCanvas, make, makeSvg, say } from "./dom.js";

const [RIGHT, WRONG] = ["M1,6 L4.5,9.5 L11,2", "M2,2 L10,10 M10,2 L2,10"]; // in a box of 12
const WORDS = { true: "recognised", false: "not recognised" };
const COLUMNS = 2; // of rows, where there is room

/** Rows of pictures: real ones first. */
export class PictureGrid {
  constructor() {
    this.element = make("div", { class: "pictures-of" });
  }

  /** @param {Object} grid as the pack's header tells it @param {{data: Uint8Array, shape: number[]}} pictures */
  show({ captions, rows }, { data, shape: [, columns, size, , channels] }) {
    const asked = captions.flatMap(([text, some]) => Array(some).fill(text));
    const bytes = size * size * channels;
    const items = rows.map(({ label, recognised }, row) => {
      const pictures = recognised.map((seen, column) => {
        const from = (row * columns + column) * bytes;
        const words = `${asked[column]}, ${label}: ${WORDS[seen]}`;
        return pictureOf(data.subarray(from, from + bytes), size, channels, words, seen);
      });
      const count = make("span", { text: `${recognised.filter(Boolean).length} of ${columns} recognised` });
      return make("li", {}, make("h3", {}, label, count), make("div", { class: "cells" }, ...pictures));
    });
    const heads = () => captions.map(([text, some]) => make("span", { text, style: `grid-column: span ${some}` }));
    const each = Math.ceil(items.length / COLUMNS);
    const parts = Array.from({ length: COLUMNS }, (_, k) => make("div", {},
      make("p", { class: "cells captions", "aria-hidden": "true" }, ...heads()),
      make("ol", {}, ...items.slice(k * each, (k + 1) * each))));
    this.element.style.setProperty("--columns", columns);
    this.element.replaceChildren(...parts);
  }
}

/** Whether the judge sees what was asked. @param {boolean} seen */
export function markOf(seen) {
  const look = { viewBox: "0 0 12 12", class: seen ? "right" : "wrong", "aria-hidden": "true" };
  return makeSvg("svg", look, makeSvg("path", { d: seen ? RIGHT : WRONG }));
}

function pictureOf(data, size, channels, words, seen) {
  const canvas = make("canvas", { width: size, height: size });
  const picture = make("div", { class: "picture", role: "img", "aria-label": words }, canvas, markOf(seen));
  if (!drawsCanvas()) {
    say(picture, words);
    return picture;
  }
  const pixels = new ImageData(size, size);
  for (let i = 0; i < size * size; i += 1) {
    for (let k = 0; k < 3; k += 1) pixels.data[4 * i + k] = data[i * channels + (k % channels)];
    pixels.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  return picture;
}
