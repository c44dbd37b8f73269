// Works off a program of pictures (see `sandbox/pictures/program.py`): what to compute and what to paint, as data.

import { VARIATION, analysed, isElementwise, pixelsOf } from "./analysis.js";
import { ELEMENTWISE, operateOnRow } from "./operations.js";

/**
 * Draws one picture after another by the same program, at the same size.
 *
 * What is the same all over a picture is computed once for it. What varies is computed only in the window where it is
 * painted; once for all pictures, if no picture changes it; and not at all if nothing comes of it, because a part is
 * infinitely far away or has no share in a mean.
 */
export class Drawing {
  /**
   * @param {object} program as `sandbox.pictures.program.program` returns it
   * @param {number} size of a picture, pixels
   */
  constructor(program, size) {
    const constants = program.constants.map(Number);
    const count = constants.length + program.nodes.length;
    Object.assign(this, analysed(program)); // args, variation, place, kept, scalars, events
    this.size = size;
    this.first = constants.length;
    this.nodes = program.nodes;
    this.paper = program.paper;
    this.windows = program.windows.map((window) => pixelsOf(window, size));
    this.values = new Float64Array(count); // of what is the same everywhere
    this.values.set(constants);
    this.single = new Float32Array(count); // the same, for the operations on pixels
    this.flat = new Uint8Array(count); // whether a value is the same everywhere in this picture
    this.source = new Int32Array(count); // the value that another one equals in this picture
    this.needed = new Uint8Array(count);
    this.last = new Int32Array(count); // the last event that needs a value
    this.fields = new Array(count).fill(null); // what varies, in rows from the top of its window
    this.spare = []; // arrays for what varies everywhere
    this.lines = Array.from(this.variation, (varies) =>
      varies === VARIATION.ALONG_X || varies === VARIATION.ALONG_Y ? new Float32Array(size) : null,
    );
    this.colours = new Float32Array(3 * size * size);
    this.pointers = [0, 1, 2].map(() => ({ data: this.single, start: 0, at: 0, step: 0, stride: 0 }));
  }

  /**
   * Draw a picture.
   * @param {(name: string, which: number) => number} input the value of a node that is no operation
   * @returns {Float32Array} size * size * 3, in rows from the top: red, green and blue from 0 to 1, until the next call
   */
  draw(input) {
    this.computeScalars(input);
    this.simplify();
    this.findNeeded();
    const { colours, events } = this;
    const [red, green, blue] = this.paper.map((number) => this.values[number]);
    for (let at = 0; at < colours.length; at += 3) {
      colours[at] = red;
      colours[at + 1] = green;
      colours[at + 2] = blue;
    }
    for (let when = 0; when < events.length; when++) {
      const { number, step } = events[when];
      if (step !== null) {
        this.paint(step);
        this.release(number, when);
      } else if (this.needed[number] && this.fields[number] === null) {
        this.compute(number, when);
      }
    }
    return colours;
  }

  /** A value that is the same everywhere, as it was in the last picture. */
  value(number) {
    return this.values[number];
  }

  computeScalars(input) {
    const { values, nodes, first } = this;
    for (const number of this.scalars) {
      const [name, a, b, c] = nodes[number - first];
      values[number] = isElementwise(name) ? ELEMENTWISE[name](values[a], values[b], values[c]) : input(name, a);
    }
  }

  /** Find out which values are the same everywhere in this picture after all, and which are equal to one another. */
  simplify() {
    for (let number = 0; number < this.flat.length; number++) {
      this.source[number] = number;
      this.flat[number] = Number(this.variation[number] === VARIATION.SAME);
      if (!this.flat[number]) this.simplifyOne(number);
    }
    this.single.set(this.values);
  }

  simplifyOne(number) {
    const { values, flat, source } = this;
    const args = this.args[number];
    const known = args.find((arg) => flat[arg]);
    if (known === undefined) return;
    const settle = (value) => {
      values[number] = value;
      flat[number] = 1;
    };
    const [name] = this.nodes[number - this.first];
    const [a, b, c] = args;
    if (args.every((arg) => flat[arg])) {
      settle(ELEMENTWISE[name](values[a], values[b], values[c]));
      return;
    }
    const value = values[known];
    const other = source[known === a ? b : a];
    if (name === "multiply" && value === 0) settle(0);
    else if (name === "add" && value === Infinity) settle(Infinity);
    else if (name === "add" && value === 0) source[number] = other;
    else if (name === "multiply" && value === 1) source[number] = other;
    else if (name === "minimum" && value === Infinity) source[number] = other;
  }

  /** Find out what the steps need that is not there yet, and for how long. */
  findNeeded() {
    const { events, needed, fields } = this;
    needed.fill(0);
    for (let when = events.length - 1; when >= 0; when--) {
      const { number, step } = events[when];
      if (step !== null) this.need(number, when);
      else if (needed[number] && fields[number] === null) for (const arg of this.args[number]) this.need(arg, when);
    }
  }

  need(value, when) {
    const number = this.source[value];
    if (this.flat[number] || this.needed[number]) return;
    this.needed[number] = 1;
    this.last[number] = when;
  }

  /** Give back the array of a value that nothing after this event needs. */
  release(value, when) {
    const number = this.source[value];
    const field = this.fields[number];
    if (this.flat[number] || this.kept[number] || this.last[number] !== when || field === null) return;
    if (this.variation[number] === VARIATION.EVERYWHERE) this.spare.push(field);
    this.fields[number] = null;
  }

  /** Compute a node in its window. */
  compute(number, when) {
    const [name] = this.nodes[number - this.first];
    const args = this.args[number];
    const along = this.variation[number];
    const { xs, ys } = this.windows[this.place[number]];
    if (!isElementwise(name)) {
      this.fields[number] = along === VARIATION.ALONG_X ? xs : ys;
      return;
    }
    const [width, height] = [xs.length, ys.length];
    const pointers = this.pointers.slice(0, args.length);
    let byRow = false; // whether an argument varies along one axis only, so that each row has another beginning
    args.forEach((arg, slot) => {
      const variation = this.pointAt(slot, arg, width, along);
      byRow ||= variation !== VARIATION.SAME && variation !== along;
    });
    for (const arg of args) this.release(arg, when); // the result may take the place of an argument
    const out = this.lines[number] ?? this.spare.pop() ?? new Float32Array(this.size ** 2);
    if (byRow) {
      for (let row = 0; row < height; row++) {
        for (const pointer of pointers) pointer.at = pointer.start + row * pointer.stride;
        operateOnRow(name, out, row * width, width, pointers);
      }
    } else {
      const length = along === VARIATION.ALONG_X ? width : along === VARIATION.ALONG_Y ? height : width * height;
      operateOnRow(name, out, 0, length, pointers);
    }
    this.fields[number] = out;
  }

  /** Point at an argument of a value that varies along so and so, and return how the argument itself varies. */
  pointAt(slot, value, width, along) {
    const number = this.source[value];
    const pointer = this.pointers[slot];
    const variation = this.flat[number] ? VARIATION.SAME : this.variation[number];
    pointer.data = variation === VARIATION.SAME ? this.single : this.fields[number];
    pointer.start = variation === VARIATION.SAME ? number : 0;
    pointer.at = pointer.start;
    pointer.step = variation === along || (variation & VARIATION.ALONG_X) > 0 ? 1 : 0;
    pointer.stride = variation === VARIATION.EVERYWHERE ? width : variation === VARIATION.ALONG_Y ? 1 : 0; // per row
    return variation;
  }

  /** Cover the pixels inside a distance with a colour, and in part those that its border crosses. */
  paint([window, distance, ...colour]) {
    const { xs, ys, left, top } = this.windows[window];
    const [red, green, blue] = colour.map((number) => this.values[number]);
    const { colours, size } = this;
    const variation = this.pointAt(0, distance, xs.length, VARIATION.EVERYWHERE);
    const { data, start, step, stride } = this.pointers[0];
    if (variation === VARIATION.SAME && data[start] === Infinity) return;
    for (let row = 0; row < ys.length; row++) {
      let pixel = 3 * ((top + row) * size + left);
      for (let k = 0, i = start + row * stride; k < xs.length; k++, i += step, pixel += 3) {
        const inside = 0.5 - (data[i] * size) / 2;
        if (inside > 0) {
          const cover = inside < 1 ? inside : 1;
          colours[pixel] += cover * (red - colours[pixel]);
          colours[pixel + 1] += cover * (green - colours[pixel + 1]);
          colours[pixel + 2] += cover * (blue - colours[pixel + 2]);
        }
      }
    }
  }
}
