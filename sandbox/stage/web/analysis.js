// What can be said of a program of pictures before any picture is drawn: how each value varies, and what comes when.

import { ELEMENTWISE } from "./operations.js";

/** How a value varies over a picture: it is the same everywhere, or varies along x, along y, or along both. */
export const VARIATION = { SAME: 0, ALONG_X: 1, ALONG_Y: 2, EVERYWHERE: 3 };

/** Whether a node is an operation on other values, and not an input. */
export function isElementwise(name) {
  return Object.hasOwn(ELEMENTWISE, name);
}

/**
 * Look through a program.
 * @param {object} program as `sandbox.pictures.program.program` returns it
 * @returns {{args: number[][], variation: Uint8Array, place: Int32Array, kept: Uint8Array, scalars: number[],
 *   events: {number: number, step: number[] | null}[]}} for each value, by its number: what it is made of, how it
 *   varies, rank of the window where it does, and whether it is the same in all pictures and something else needs it;
 *   then the nodes that are the same everywhere; then those that are not and the painting steps, each after what it
 *   needs. An Error if a colour differs from pixel to pixel.
 */
export function analysed(program) {
  const first = program.constants.length; // number of the first node; the constants have those below
  const count = first + program.nodes.length;
  const args = Array.from({ length: count }, () => []);
  const variation = new Uint8Array(count);
  const place = new Int32Array(count);
  const fixed = new Uint8Array(count).fill(1, 0, first);
  program.nodes.forEach(([name, ...rest], rank) => {
    const number = first + rank;
    if (name === "x" || name === "y") {
      variation[number] = name === "x" ? VARIATION.ALONG_X : VARIATION.ALONG_Y;
      [place[number]] = rest;
      fixed[number] = 1;
    } else if (isElementwise(name)) {
      args[number] = rest;
      fixed[number] = Number(rest.every((arg) => fixed[arg]));
      for (const arg of rest) {
        variation[number] |= variation[arg];
        if (variation[arg]) place[number] = place[arg];
      }
    }
  });
  const kept = new Uint8Array(count);
  for (let number = first; number < count; number++) {
    if (!fixed[number]) for (const arg of args[number]) kept[arg] = fixed[arg];
  }
  for (const [, distance] of program.steps) kept[distance] = fixed[distance];
  const scalars = [];
  for (let number = first; number < count; number++) if (variation[number] === VARIATION.SAME) scalars.push(number);
  return { args, variation, place, kept, scalars, events: eventsInOrder(program.steps, first, variation) };
}

function eventsInOrder(steps, first, variation) {
  const events = [];
  let next = first;
  for (const step of steps) {
    const [, distance, ...colour] = step;
    if (colour.some((number) => variation[number] !== VARIATION.SAME)) {
      throw new Error("A colour that differs from pixel to pixel cannot be painted.");
    }
    for (; next <= distance; next++) {
      if (variation[next] !== VARIATION.SAME) events.push({ number: next, step: null });
    }
    events.push({ number: distance, step });
  }
  return events;
}

/**
 * The pixels of a window whose middle lies in it: left and top, the first of them, and their places xs and ys.
 * @param {number[]} window left, right, bottom, top, from -1 to 1 with y upwards
 * @param {number} size of the whole picture, pixels
 */
export function pixelsOf([left, right, bottom, top], size) {
  const middles = Float32Array.from({ length: size }, (_, i) => ((i + 0.5) * 2) / size - 1);
  const before = (edge) => middles.filter((middle) => middle < edge).length;
  const xs = middles.slice(before(left), before(right));
  const ys = middles.slice(before(-top), before(-bottom)).map((y) => -y);
  return { left: before(left), top: before(-top), xs, ys };
}
