/** Trainings on a server: asked for, followed and cancelled by a method's key. Without a server there are none. */

const OFTEN = 400; // milliseconds between two looks at a training

/**
 * @typedef {{state: string, place: number, making: string, step: number, steps: number, since: number,
 *   losses: [number, number][], reports: number, sentence: string}} Told how far a training is
 * @typedef {{ask: (key: string) => Promise<Told>, cancel: (key: string) => Promise<Told>,
 *   follow: (key: string, since: number, making: string) => Promise<Told>,
 *   snapshot: (key: string) => Promise<ArrayBuffer>}} Trainer
 */

/** What is being trained for this page, by keys. */
export class Trainings {
  /**
   * @param {?Trainer} server rejects with a sentence where it cannot do what it is asked
   * @param {(key: string, fresh: boolean) => void} changed called at every news; fresh: the weights are others now
   */
  constructor(server, changed) {
    [this.server, this.changed] = [server, changed];
    this.runs = new Map();
    this.sought = new Map();
    this.done = new Set();
    this.gone = false;
  }

  /** How far a training is, with its whole curve; null where there is none. @returns {?Told} */
  of(key) {
    return this.runs.get(key) ?? null;
  }

  /** Whether it is waited for. */
  open(key) {
    return ["waiting", "running"].includes(this.of(key)?.state);
  }

  /** Whether its weights are there: whole, or as they are now while it learns, which is when what is made has this name. */
  has(key, name) {
    const { making, step } = this.of(key) ?? NOTHING_TOLD;
    return this.done.has(key) || (this.open(key) && making === name && step > 0);
  }

  async ask(key) {
    this.sought.set(key, Promise.resolve());
    await this.tell(key, () => this.server.ask(key));
    this.follow(key);
  }

  async cancel(key) {
    await this.tell(key, () => this.server.cancel(key));
    this.runs.delete(key);
    this.changed(key, true);
  }

  /** Find a training again that was begun before, as after a reload; once for each key. */
  seek(key) {
    if (this.server && !this.sought.has(key)) this.sought.set(key, this.find(key));
    return this.sought.get(key);
  }

  async find(key) {
    await this.tell(key, () => this.server.follow(key, 0, ""));
    if (this.open(key)) this.follow(key);
    else if (this.of(key)?.state !== "failed") this.runs.delete(key);
  }

  async follow(key) {
    while (this.open(key) && !this.gone) {
      await new Promise((resolve) => setTimeout(resolve, OFTEN));
      const { losses, making } = this.of(key) ?? { losses: [], making: "" };
      if (this.open(key)) await this.tell(key, () => this.server.follow(key, losses.length, making));
    }
    if (this.of(key)?.state !== "failed") this.runs.delete(key);
  }

  /** Take in what the server tells. */
  async tell(key, asking) {
    const before = this.of(key);
    let told;
    try {
      told = await asking();
    } catch (error) {
      told = { ...NOTHING_TOLD, state: "failed", sentence: error?.message || "The server did not answer: try again." };
    }
    if (this.gone) return;
    const losses = [...(before?.losses ?? []).slice(0, told.since), ...told.losses];
    this.runs.set(key, { ...told, losses });
    if (told.state === "done") this.done.add(key);
    this.changed(key, told.state === "done" || told.reports > (before?.reports ?? 0));
  }

  /** A pack: of a training that is under way, the latest weights. @param {(key: string) => Promise<ArrayBuffer>} load */
  async load(key, load) {
    if (this.open(key)) {
      try {
        return await this.server.snapshot(key);
      } catch {
        // There is none yet: what is kept answers, or says why it cannot.
      }
    }
    return load(key);
  }

  close() {
    this.gone = true;
  }
}

const NOTHING_TOLD = { state: "none", place: 0, making: "", step: 0, steps: 0, since: 0, losses: [], reports: 0, sentence: "" };

/** A training in words. @param {Told} told */
export function trainingWords({ state, place, making, step, steps, losses, sentence }) {
  if (state === "failed") return sentence;
  if (state === "waiting") return `Waiting for a free place to train: number ${place} in the queue.`;
  const loss = losses.at(-1)?.[1];
  const curve = Number.isFinite(loss) ? `, loss ${loss.toPrecision(3)}` : "";
  return step > 0 ? `Training ${making}: step ${step} of ${steps}${curve}.` : `Training ${making} begins.`;
}

/** Draw a curve of losses, on a logarithmic scale. @param {HTMLCanvasElement} canvas @param {[number, number][]} losses */
export function drawLosses(canvas, losses, colour) {
  const known = losses.filter(([, loss]) => loss > 0);
  const context = canvas.getContext?.("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (known.length < 2) return;
  const logs = known.map(([, loss]) => Math.log(loss));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const last = known.at(-1)[0];
  context.beginPath();
  known.forEach(([step], i) => {
    const share = high > low ? (logs[i] - low) / (high - low) : 0.5;
    context.lineTo((step / last) * canvas.width, canvas.height - 2 - share * (canvas.height - 4));
  });
  [context.strokeStyle, context.lineWidth] = [colour, 2];
  context.stroke();
}
