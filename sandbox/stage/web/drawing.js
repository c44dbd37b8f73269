// Works off a program of pictures (see `sandbox/pictures/program.py`): what to compute and what to paint, as data.

import { ELEMENTWISE, operateOnRow } from "./operations.js";

// How a value varies over a picture: it is the same everywhere, or varies along x, along y, or along both.
const SAME = 0;
const ALONG_X = 1;
const ALONG_Y = 2;
const EVERYWHERE = 3;

/**
 * Draws one picture after another by the same program, at the same size.
 *
 * What is the same all over a picture is computed once for it. What varies is computed only in the window where it is
 * painted, and not at all if nothing comes of it: a part that is infinitely far away, or has no share in a mean.
 */
export class Drawing {
  /**
   * @param {object} program as `sandbox.pictures.program.program` returns it
   * @param {number} size of a picture, pixels
   */
  constructor(program, size) {
    const constants = program.constants.map(Number);
    this.size = size;
    this.first = constants.length; // number of the first node; the constants have those below
    this.nodes = program.nodes;
    this.paper = program.paper;
    this.windows = program.windows.map((window) => pixelsOf(window, size));
    const count = constants.length + this.nodes.length;
    this.values = new Float64Array(count); // of what is the same everywhere
    this.values.set(constants);
    this.single = new Float32Array(count); // the same, for the operations on pixels
    this.variation = new Uint8Array(count);
    this.place = new Int32Array(count); // rank of the window where a value varies
    this.nodes.forEach((node, rank) => this.describe(this.first + rank, node));
    this.numbers = this.nodes.map((_, rank) => this.first + rank);
    this.scalars = this.numbers.filter((number) => this.variation[number] === SAME);
    this.events = this.inOrder(program.steps);
    this.flat = new Uint8Array(count); // whether a value is the same everywhere in this picture
    this.source = new Int32Array(count); // the value that another one equals in this picture
    this.needed = new Uint8Array(count);
    this.last = new Int32Array(count); // the last event that needs a value
    this.fields = new Array(count).fill(null); // what varies: {data, at}
    this.spare = []; // arrays for what varies everywhere
    this.colours = new Float32Array(3 * size * size); // red, green, blue of each pixel, from 0 to 1
    this.arguments = [0, 1, 2].map(() => ({ data: this.single, at: 0, step: 0 }));
  }

  /** Say how and where a node varies, from what it is made of, and make room for what varies along one axis. */
  describe(number, [name, ...args]) {
    if (name === "x" || name === "y") {
      this.variation[number] = name === "x" ? ALONG_X : ALONG_Y;
      this.place[number] = args[0];
    } else if (name in ELEMENTWISE) {
      for (const arg of args) {
        this.variation[number] |= this.variation[arg];
        if (this.variation[arg]) this.place[number] = this.place[arg];
      }
    }
  }

  /** The nodes that vary and the steps, each after what it needs: [{number}] and [{step}]. */
  inOrder(steps) {
    const events = [];
    let next = this.first;
    for (const step of steps) {
      for (; next <= step[1]; next++) if (this.variation[next] !== SAME) events.push({ number: next, step: null });
      if (step.slice(2).some((colour) => this.variation[colour] !== SAME)) {
        throw new Error("A colour that differs from pixel to pixel cannot be painted.");
      }
      events.push({ number: step[1], step });
    }
    return events;
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
    const [red, green, blue] = this.paper.map((number) => this.values[number]);
    for (let at = 0; at < this.colours.length; at += 3) {
      this.colours[at] = red;
      this.colours[at + 1] = green;
      this.colours[at + 2] = blue;
    }
    this.events.forEach(({ number, step }, when) => {
      if (step !== null) this.paint(step);
      else if (this.needed[number]) this.compute(number, when);
      this.release(step === null ? this.argumentsOf(number) : [number], when);
    });
    return this.colours;
  }

  /** A value that was computed for this picture. */
  value(number) {
    return this.values[number];
  }

  argumentsOf(number) {
    const node = this.nodes[number - this.first];
    return node[0] in ELEMENTWISE ? node.slice(1) : [];
  }

  computeScalars(input) {
    const { values, nodes, first } = this;
    for (const number of this.scalars) {
      const [name, a, b, c] = nodes[number - first];
      const operation = ELEMENTWISE[name];
      values[number] = operation === undefined ? input(name, a) : operation(values[a], values[b], values[c]);
    }
  }

  /** Find out which values are the same everywhere in this picture after all, and which are equal to one another. */
  simplify() {
    for (let number = 0; number < this.flat.length; number++) {
      this.source[number] = number;
      this.flat[number] = Number(this.variation[number] === SAME);
      if (!this.flat[number]) this.simplifyOne(number);
    }
    this.single.set(this.values);
  }

  simplifyOne(number) {
    const { values, flat, source } = this;
    const [name, a, b, c] = this.nodes[number - this.first];
    if (!(name in ELEMENTWISE)) return;
    const known = flat[a] ? a : b !== undefined && flat[b] ? b : null; // if only one of two is
    if (known === null) return;
    const settle = (value) => {
      values[number] = value;
      flat[number] = 1;
    };
    if ([a, b, c].every((arg) => arg === undefined || flat[arg])) {
      settle(ELEMENTWISE[name](values[a], values[b], values[c]));
      return;
    }
    const value = values[known];
    const other = source[known === a ? b : a];
    const whole = name === "add" || (name === "subtract" && known === b);
    if (name === "multiply" && value === 0) settle(0);
    else if (whole && !Number.isFinite(value)) settle(name === "add" ? value : -value);
    else if (whole && value === 0) source[number] = other;
    else if ((name === "multiply" || (name === "divide" && known === b)) && value === 1) source[number] = other;
    else if (name === "minimum" && value === Infinity) source[number] = other;
    else if (name === "maximum" && value === -Infinity) source[number] = other;
  }

  /** Find out what the steps need, and for how long. */
  findNeeded() {
    this.needed.fill(0);
    const need = (arg, when) => {
      const number = this.source[arg];
      if (this.flat[number] || this.needed[number]) return;
      this.needed[number] = 1;
      this.last[number] = when;
    };
    for (let when = this.events.length - 1; when >= 0; when--) {
      const { number, step } = this.events[when];
      if (step !== null) need(number, when);
      else if (this.needed[number]) for (const arg of this.argumentsOf(number)) need(arg, when);
    }
  }

  /** Give back the arrays of those values that nothing after this event needs. */
  release(args, when) {
    for (const arg of args) {
      const number = this.source[arg];
      if (this.needed[number] && this.last[number] === when && this.fields[number] !== null) {
        if (this.variation[number] === EVERYWHERE) this.spare.push(this.fields[number]);
        this.fields[number] = null;
      }
    }
  }

  /** Point at an argument, from a row of the window on. */
  pointAt(slot, arg, row, width, along) {
    const number = this.source[arg];
    const into = this.arguments[slot];
    const variation = this.flat[number] ? SAME : this.variation[number];
    into.data = variation === SAME ? this.single : this.fields[number];
    into.at = variation === SAME ? number : variation === EVERYWHERE ? row * width : variation === ALONG_Y ? row : 0;
    into.step = variation === SAME || (variation === ALONG_Y && along !== ALONG_Y) ? 0 : 1;
    return variation;
  }

  /** Compute a node in its window. */
  compute(number) {
    const [name, ...args] = this.nodes[number - this.first];
    const along = this.variation[number];
    const { xs, ys } = this.windows[this.place[number]];
    if (!(name in ELEMENTWISE)) {
      this.fields[number] = name === "x" ? xs : ys;
      return;
    }
    const [width, height] = [xs.length, ys.length];
    const out = along === EVERYWHERE ? this.spare.pop() ?? new Float32Array(this.size ** 2) : new Float32Array(this.size);
    const slots = this.arguments.slice(0, args.length);
    let mixed = false; // whether an argument varies along one axis only, so that the rows differ in where it begins
    args.forEach((arg, slot) => {
      const variation = this.pointAt(slot, arg, 0, width, along);
      mixed ||= variation !== SAME && variation !== along;
    });
    if (!mixed) {
      const length = along === ALONG_X ? width : along === ALONG_Y ? height : width * height;
      operateOnRow(name, out, 0, length, slots);
    } else {
      for (let row = 0; row < height; row++) {
        args.forEach((arg, slot) => this.pointAt(slot, arg, row, width, along));
        operateOnRow(name, out, row * width, width, slots);
      }
    }
    this.fields[number] = out;
  }

  /** Cover the pixels inside a distance with a colour, and in part those that its border crosses. */
  paint([window, distance, ...colour]) {
    const { xs, ys, left, top } = this.windows[window];
    const [red, green, blue] = colour.map((number) => this.values[number]);
    const { colours, size } = this;
    for (let row = 0; row < ys.length; row++) {
      if (this.pointAt(0, distance, row, xs.length, EVERYWHERE) === SAME && this.single[this.source[distance]] > 1) return;
      const { data, at, step } = this.arguments[0];
      let pixel = 3 * ((top + row) * size + left);
      for (let k = 0, i = at; k < xs.length; k++, i += step, pixel += 3) {
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

/**
 * The pixels of a window whose middle lies in it: left and top, the first of them, and their places xs and ys.
 * @param {number[]} window left, right, bottom, top, from -1 to 1 with y upwards
 */
function pixelsOf([left, right, bottom, top], size) {
  const middles = Float32Array.from({ length: size }, (_, i) => ((i + 0.5) * 2) / size - 1);
  const before = (edge) => middles.findIndex((x) => x >= edge);
  const [from, to] = [left, right].map((edge) => (before(edge) < 0 ? size : before(edge)));
  const [first, last] = [-top, -bottom].map((edge) => (before(edge) < 0 ? size : before(edge)));
  return { left: from, top: first, xs: middles.slice(from, to), ys: middles.slice(first, last).map((y) => -y) };
}
