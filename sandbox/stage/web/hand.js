/** What the hand holds: places R that were set on the plane, one of them active. */

const MOST_PINS = 6;
const NUDGES = [40, 200]; // of the bounds: a step of an arrow key, and a fine one

/** The places R that were set. */
export class HeldPoints {
  constructor() {
    [this.pins, this.active, this.made] = [[], null, 0];
  }

  /**
   * Set R somewhere, in place of the active one or beside those there are.
   * @param {number[]} place
   * @param {boolean} beside
   */
  set(place, beside) {
    if (!beside && this.active) return this.move(place);
    if (this.pins.length >= MOST_PINS) this.pins.shift();
    this.active = { id: (this.made += 1), start: [...place] };
    this.pins.push(this.active);
    return this.active;
  }

  /** Move the active R. */
  move(place) {
    if (!this.active) return this.set(place, true);
    this.active.start = [...place];
    return this.active;
  }

  /** Move it by one step of an arrow key. @param {number[]} way @param {number[]} bounds */
  nudge(way, bounds, fine) {
    const step = (bounds[1] - bounds[0]) / NUDGES[fine ? 1 : 0];
    const middle = (bounds[0] + bounds[1]) / 2;
    const from = this.active?.start ?? [middle, middle];
    return this.move(from.map((part, i) => Math.min(Math.max(part + step * way[i], 2 * bounds[0]), 2 * bounds[1])));
  }

  /** Take the active R away; whether there was one. */
  drop() {
    if (!this.active) return false;
    this.pins = this.pins.filter((pin) => pin !== this.active);
    this.active = this.pins.at(-1) ?? null;
    return true;
  }
}
