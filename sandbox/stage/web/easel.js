/** The square that is drawn on: strokes of a pointer, cells of the keyboard, or a picture that is shown there. */

import { paintPicture, pixelsOfGrey } from "./cards.js";
import { make } from "./dom.js";

const PIXELS = 320; // of the canvas' side
const STROKE = 0.1; // of the side, as it is drawn: a picture of the data is made with a width of its own
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const [PAPER, INK, LINES, CURSOR] = ["#000000", "#ffffff", "#4d4d4d", "#ffb000"]; // as the data have it, light on dark

/**
 * @param {Object} page
 * @param {() => void} changed
 */
export function makeEasel(page, changed) {
  const canvas = make("canvas", { role: "application", tabindex: 0, class: "pad", width: PIXELS, height: PIXELS });
  const small = make("canvas", {});
  const drawing = { strokes: [], cells: [] };
  let [size, cursor, held, picture, frame] = [8, null, null, null, 0];

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (part) => Math.min(Math.max(part, 0), 1);
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  };
  /** At most once in a frame: a pointer may move more often. */
  const soon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint();
      changed();
    });
  };
  const begin = () => {
    if (picture) clear();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || held !== null) return;
    canvas.setPointerCapture(event.pointerId);
    begin();
    held = event.pointerId;
    drawing.strokes.push([place(event)]);
    soon();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    drawing.strokes.at(-1)?.push(...(moves.length ? moves : [event]).map(place));
    soon();
  });
  for (const lift of ["pointerup", "pointercancel"]) canvas.addEventListener(lift, () => (held = null));
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = KEYS[event.key];
    if (way) {
      const [column, row] = cursor ?? [size >> 1, size >> 1];
      cursor = [column + way[0], row + way[1]].map((at) => Math.min(Math.max(at, 0), size - 1));
    } else if (event.key === " ") {
      begin();
      cursor ??= [size >> 1, size >> 1];
      const cell = cursor[1] * size + cursor[0];
      const at = drawing.cells.indexOf(cell);
      if (at < 0) drawing.cells.push(cell);
      else drawing.cells.splice(at, 1);
      soon();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the page has such keys, too
    paint();
  });
  canvas.addEventListener("focus", () => {
    cursor = canvas.matches(":focus-visible") ? cursor ?? [size >> 1, size >> 1] : cursor;
    paint();
  });
  canvas.addEventListener("blur", () => {
    cursor = null;
    paint();
  });

  function clear() {
    [picture, held] = [null, null];
    drawing.strokes.length = drawing.cells.length = 0;
    paint();
  }

  function paint() {
    const inked = drawing.cells.length;
    const at = cursor ? `, at row ${cursor[1] + 1}, column ${cursor[0] + 1}` : "";
    const there = picture ? "a picture of the data" : `${drawing.strokes.length} strokes, ${inked} cells inked`;
    canvas.setAttribute("aria-label", `Square to draw in: ${there}${at}. Arrow keys move, the space bar inks.`);
    const pen = canvas.getContext?.("2d");
    if (!pen) return;
    const cell = PIXELS / size;
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, PIXELS, PIXELS);
    if (picture) {
      paintPicture(small, pixelsOfGrey(picture), size);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(small, 0, 0, PIXELS, PIXELS);
    }
    pen.fillStyle = INK;
    for (const one of drawing.cells) pen.fillRect((one % size) * cell, Math.floor(one / size) * cell, cell, cell);
    [pen.strokeStyle, pen.lineWidth, pen.lineCap, pen.lineJoin] = [INK, STROKE * PIXELS, "round", "round"];
    for (const stroke of drawing.strokes) {
      pen.beginPath();
      for (const [x, y] of [stroke[0], ...stroke]) pen.lineTo(x * PIXELS, y * PIXELS);
      pen.stroke();
    }
    pen.beginPath();
    for (let i = 1; i < size; i += 1) {
      pen.rect(i * cell, 0, 0, PIXELS);
      pen.rect(0, i * cell, PIXELS, 0);
    }
    [pen.strokeStyle, pen.lineWidth] = [LINES, 1];
    pen.stroke();
    if (!cursor) return;
    [pen.strokeStyle, pen.lineWidth] = [CURSOR, 4];
    pen.strokeRect(cursor[0] * cell + 2, cursor[1] * cell + 2, cell - 4, cell - 4);
  }

  return {
    canvas, drawing, clear, paint,
    /** A picture that stands there in place of a drawing; null while there is none. */
    grey: () => picture,
    show(grey) {
      clear();
      picture = grey;
      paint();
    },
    fit(cells) {
      size = cells;
      cursor = null;
      clear();
    },
  };
}
