// The page's side of the model: asks workers where they can be made, else the model itself, and lets the latest win.

import { Model } from "./model.js";

// What follows the hand has a worker of its own.
const QUICK = new Set(["field", "trust", "paths", "point", "targets", "nearest", "encode"]);
const HERE = 18; // milliseconds of a frame for what the page answers itself, so that it is drawn in the frame of the movement

/**
 * Asks a model. On each channel one question is under way; of those that come meanwhile the latest waits, and the others give
 * null.
 */
export class Client {
  /**
   * @param {any} payload
   * @param {(key: string) => Promise<ArrayBuffer>} load a pack by its key; rejects with a sentence
   * @param {string} [source] all modules in one text, with `serveModel` at its top level; without it there are no workers
   */
  constructor(payload, load, source = "") {
    this.load = load;
    [this.prepared, this.closed] = [new Set(), false];
    this.channels = new Map();
    this.model = null;
    this.start = () => (this.model ??= new Model(payload, (key) => this.packFor(key)));
    this.packs = new Map();
    [this.took, this.turn, this.left] = [new Map(), 0, 0];
    this.hire = () => (source ? this.hired(payload, source) : null);
    this.workers = [undefined, undefined]; // each once it has something to do
    [this.following, this.waiting] = [0, []];
  }

  /** Start what follows the hand, which is asked soon. */
  begin() {
    this.workers[0] ??= this.hire();
  }

  /**
   * Ask on a channel.
   * @param {string} channel
   * @param {string} kind
   * @param {any} question
   * @param {boolean} [soon] in the page itself, where that is known to be quick
   * @returns {Promise<any>} the answer, {error: sentence}, or null where a later question of the channel overtook this one
   */
  ask(channel, kind, question, soon = false) {
    const line = this.channels.get(channel) ?? { busy: false, next: null, turn: 0, here: 0 };
    this.channels.set(channel, line);
    line.turn += 1;
    line.next?.resolve(null);
    line.next = null;
    if (soon && this.isLight(kind, question)) return this.askHere(line, kind, question);
    return new Promise((resolve) => {
      line.next = { kind, question, resolve };
      if (!line.busy) this.advance(line);
    });
  }

  /** Whether the page can answer within what is left of a frame, without loading anything. */
  isLight(kind, { shared, panel }) {
    if (this.closed || !QUICK.has(kind) || !this.prepared.has(this.start().methodKey(shared, panel))) return false;
    const now = performance.now();
    if (now - this.turn > HERE) [this.turn, this.left] = [now, HERE];
    const took = this.took.get(`${kind} ${panel.method}`) ?? Infinity;
    if (took > this.left) return false;
    this.left -= took;
    return true;
  }

  async askHere(line, kind, question) {
    const { turn } = line;
    line.here = turn;
    const began = performance.now();
    const answer = await this.start().answer(kind, question);
    this.took.set(`${kind} ${question.panel.method}`, performance.now() - began);
    return turn < line.here ? null : answer;
  }

  /** Have what a panel's questions need there before they are asked, for the page too. */
  async prepare(shared, panel) {
    const key = this.start().methodKey(shared, panel);
    if (this.prepared.has(key)) return;
    const question = { shared, panel, side: 1 };
    await (this.calm ??= idle());
    const answer = await this.ask(`ready:${key}`, "field", question);
    await this.rest();
    if (!answer || answer.error || this.closed) return;
    await this.start().answer("field", question);
    this.prepared.add(key);
  }

  /**
   * Forget a pack, which has changed: the next question loads it anew.
   * @param {string} key
   */
  forget(key) {
    this.packs.delete(key);
    this.prepared.delete(key);
    this.model?.forget(key);
    for (const worker of this.workers) worker?.post({ forget: key });
  }

  /** Stop the workers; what is asked from now on, or is under way, gives null. */
  close() {
    this.closed = true;
    for (const worker of this.workers) worker?.end();
    this.workers = [null, null];
  }

  async advance(line) {
    line.busy = true;
    while (line.next) {
      const { kind, question, resolve } = line.next;
      const { turn } = line;
      line.next = null;
      const answer = await this.answer(kind, question);
      resolve(turn < line.here ? null : answer); // null where the page has answered a later one
    }
    line.busy = false;
  }

  /**
   * An answer, on no channel; what does not follow the hand waits for what does, as there may be no more than two processors,
   * unless it is wanted at `once`.
   */
  async answer(kind, question, once = false) {
    if (!QUICK.has(kind)) {
      if (!once) await this.rest();
      return this.workedOut(kind, question, 1);
    }
    this.following += 1;
    try {
      return await this.workedOut(kind, question, 0);
    } finally {
      this.following -= 1;
      if (!this.following) this.waiting.splice(0).forEach((go) => go());
    }
  }

  /** When nothing that follows the hand is under way. */
  async rest() {
    while (this.following) await new Promise((resolve) => this.waiting.push(resolve));
  }

  async workedOut(kind, question, place) {
    if (this.workers[place] === undefined) this.workers[place] = this.hire();
    const worker = this.workers[place];
    if (worker) {
      const told = await worker.ask(kind, question);
      if (told) {
        this.took.set(`${kind} ${question.panel?.method}`, told.took);
        return told.answer;
      }
      this.workers = this.workers.map((each) => (each === worker ? null : each)); // it cannot run: the page answers itself
    }
    return this.closed ? null : this.start().answer(kind, question);
  }

  /** A pack for a worker: loaded once for both of them, copied to each. */
  async packFor(key) {
    if (!this.packs.has(key)) {
      const coming = this.load(key);
      this.packs.set(key, coming);
      const drop = () => this.packs.get(key) === coming && this.packs.delete(key);
      coming.then(() => setTimeout(drop, SHARED), drop);
    }
    return this.packs.get(key);
  }

  /** A worker, or null where none can be made. */
  hired(payload, source) {
    try {
      const text = new Blob([source, "\nserveModel(self);\n"], { type: "text/javascript" });
      const address = URL.createObjectURL(text);
      const worker = new Worker(address);
      return new Hand(worker, payload, (key) => this.packFor(key), () => URL.revokeObjectURL(address));
    } catch {
      return null;
    }
  }
}

/** When the page first has nothing better to do, or soon: what is made ready is not to be in the way of what opens. */
function idle() {
  const wait = globalThis.requestIdleCallback ?? ((go) => setTimeout(go, SOON));
  return new Promise((go) => wait(() => go(), { timeout: SOON }));
}

const SOON = 500; // milliseconds
const SHARED = 10000; // milliseconds that a pack waits for the other worker

/** One worker, with what it was asked. */
class Hand {
  constructor(worker, payload, load, started) {
    this.worker = worker;
    this.asked = new Map();
    this.asks = 0;
    worker.onmessage = ({ data }) => {
      started();
      if ("load" in data) this.bring(data, load);
      else {
        this.asked.get(data.ask)?.(data);
        this.asked.delete(data.ask);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.end();
    };
    this.post({ payload });
  }

  post(message, buffers = []) {
    this.worker.postMessage(message, buffers);
  }

  /** The answer with the milliseconds it took, {answer, took}, or null where the worker cannot run. */
  ask(kind, question) {
    return new Promise((resolve) => {
      if (!this.asked) return resolve(null);
      this.asked.set(this.asks, resolve);
      return this.post({ ask: this.asks++, kind, question });
    });
  }

  async bring({ load: loaded, key }, load) {
    try {
      this.post({ loaded, buffer: await load(key) });
    } catch (error) {
      this.post({ loaded, error: error?.message || "The data did not come." });
    }
  }

  end() {
    this.worker.terminate();
    const waiting = this.asked ? [...this.asked.values()] : [];
    this.asked = null;
    waiting.forEach((resolve) => resolve(null));
  }
}

/** The client of a payload; what cannot be sent to a worker, or is nothing to it, stays behind. */
export function clientOf({ load: _, source, training, files, opening, ...plain }, load) {
  return new Client(plain, load, source);
}
