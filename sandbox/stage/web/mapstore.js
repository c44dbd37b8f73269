/**
 * Maps over the plane as they come: coarse at once, then fine, some rows at a time, so that a newer question overtakes them.
 */

const COARSE = 50; // places on a side
const FINE = 200;
const ROWS = 10; // of the fine map in one question
const KEPT = 16; // maps

/**
 * @typedef {{of: string, side: number, values: Object<string, Float32Array>, done: number, version: number, error: ?string}} Entry
 */

/** The maps that some panels show; panels that show the same share it. */
export class MapStore {
  /** @param {Object} stage */
  constructor(stage) {
    [this.stage, this.entries, this.wanted, this.working] = [stage, new Map(), [], false];
  }

  /** What is wanted from now on. @param {Object[]} questions {shared, panel, of} */
  want(questions) {
    this.wanted = [...new Set(questions.map(mapKey))];
    questions.forEach((question) => {
      const key = mapKey(question);
      const known = this.entries.get(key);
      this.entries.delete(key);
      this.entries.set(key, known ?? { question, values: null, side: 0, done: 0, version: 0, error: null });
    });
    const spare = [...this.entries.keys()].filter((key) => !this.wanted.includes(key));
    spare.slice(0, Math.max(this.entries.size - KEPT, 0)).forEach((key) => this.entries.delete(key));
    this.work();
  }

  /** What is known of a map; null before there is anything. @returns {?Entry} */
  get(question) {
    const entry = question && this.entries.get(mapKey(question));
    return entry && (entry.values || entry.error) ? entry : null;
  }

  /** Have everything asked anew, or what failed. @param {boolean} all */
  again(all) {
    this.entries.forEach((entry, key) => (all || entry.error) && this.entries.delete(key));
  }

  /** Whether all that is wanted is as fine as it gets. */
  settled() {
    return this.wanted.length > 0 && this.wanted.every((key) => finished(this.entries.get(key)));
  }

  /** The map whose turn it is: the coarse ones first, then what has least; while the hand moves nothing fine. */
  next() {
    const open = this.wanted.map((key) => this.entries.get(key)).filter((entry) => entry && !finished(entry));
    const coarse = open.find((entry) => !entry.values);
    if (coarse || this.stage.dragging) return coarse;
    return open.sort((a, b) => a.done - b.done)[0];
  }

  async work() {
    if (this.working) return;
    this.working = true;
    for (let entry = this.next(); entry && !this.stage.gone; entry = this.next()) {
      const { question, values, done } = entry;
      const end = Math.min(done + ROWS, FINE);
      const part = values ? { side: FINE, rows: [done, end] } : { side: COARSE };
      const answer = await this.stage.client.ask("maps", "map", { ...question, ...part })
        .catch((error) => ({ error: error?.message || "No answer came." }));
      if (!answer || answer.error) entry.error = String(answer?.error ?? "No answer came.");
      else if (values) takeRows(entry, answer, done, end);
      else Object.assign(entry, { values: enlarged(answer), side: FINE });
      entry.version += 1;
      this.stage.redraw(true);
    }
    this.working = false;
  }
}

/** What tells one map from another. */
function mapKey(question) {
  return JSON.stringify(question);
}

function finished(entry) {
  return Boolean(entry?.error) || entry?.done === FINE;
}

/** A coarse answer with as many places as a fine one. */
function enlarged(answer) {
  const fold = FINE / COARSE;
  const enlarge = (array) => {
    const parts = array.length / COARSE ** 2;
    return new array.constructor(FINE * FINE * parts).map((_, i) => {
      const [place, part] = [Math.floor(i / parts), i % parts];
      const [row, column] = [Math.floor(place / FINE / fold), Math.floor((place % FINE) / fold)];
      return array[(row * COARSE + column) * parts + part];
    });
  };
  return Object.fromEntries(Object.entries(answer).map(([name, array]) => [name, enlarge(array)]));
}

function takeRows(entry, answer, first, end) {
  for (const [name, array] of Object.entries(answer)) {
    entry.values[name].set(array, (array.length / (end - first)) * first);
  }
  entry.done = end;
}
