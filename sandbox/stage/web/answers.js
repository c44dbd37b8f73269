/** What one panel has been answered: the latest of each kind, kept while the next is under way, and eased into it. */

const TWEEN = 250; // milliseconds

/** Answers by name. */
export class PanelAnswers {
  /** @param {Object} stage @param {number} index of the panel */
  constructor(stage, index) {
    [this.stage, this.index, this.given] = [stage, index, null];
    this.kept = new Map();
  }

  /**
   * Ask unless the same was asked last; whether it was another. The latest question wins; what comes in between is shown while
   * the hand moves.
   * @param {string} name what it is kept under
   * @param {string} kind what the model is asked
   * @param {Object} question
   * @param {{strict?: boolean}} [how] strict: an answer to an earlier question is thrown away
   */
  want(name, kind, question, { strict = false } = {}) {
    const key = keyOf(kind, question);
    const kept = this.kept.get(name) ?? { answer: null, from: null, since: 0, error: null };
    this.kept.set(name, kept);
    if (kept.wanted === key) return false;
    kept.wanted = key;
    const { client } = this.stage;
    const settle = (answer) => {
      if (answer === null || answer === undefined || this.stage.gone || client !== this.stage.client) return;
      if (this.kept.get(name) !== kept || (strict && kept.wanted !== key)) return;
      if (answer.error) kept.error = kept.wanted === key ? String(answer.error) : kept.error;
      else this.keep(kept, answer, name, key);
      this.stage.answered(this, name);
    };
    if (this.given?.[name]) settle(typed(this.given[name]));
    else {
      client.ask(`${this.index}:${name}`, kind, question, Boolean(this.stage.dragging)).then(
        settle, (error) => settle({ error: error?.message || "No answer came." }),
      );
    }
    return true;
  }

  /** Ask for arrows; while the hand moves, for how far they can be trusted apart from them where that takes longer. */
  wantField(question, live) {
    const known = this.kept.get("field")?.wanted === keyOf("field", question);
    const asked = this.want("field", "field", live && !known ? { ...question, sure: false } : question);
    if (!live) this.kept.delete("trust"); // the field says it again
    else if (this.latest("field")?.trust === null) this.want("trust", "trust", question);
    return asked;
  }

  /** What was answered is no longer the answer unless it is to this question, which is asked later. */
  doubt(name, kind, question) {
    const kept = this.kept.get(name);
    if (kept && kept.wanted !== keyOf(kind, question)) kept.wanted = null;
  }

  /** Keep an answer, and begin to ease into it where nothing but values changed. */
  keep(kept, answer, name, key) {
    const here = kept.answer && kept.world === this.stage.world;
    const tween = here && !this.stage.still() && sameShape(kept.answer, answer);
    kept.from = tween && name !== "merits" ? this.shown(name) : null;
    kept.since = performance.now();
    [kept.answer, kept.answered, kept.error, kept.world] = [answer, key, null, this.stage.world];
  }

  /** The latest answer, as it was given; null before there is one. */
  latest(name) {
    return this.kept.get(name)?.answer ?? null;
  }

  /** The latest answer if it is to the latest question, else null. */
  current(name) {
    const kept = this.kept.get(name);
    return kept?.answer && kept.wanted === kept.answered ? kept.answer : null;
  }

  /** Why the latest question got no answer, or null. */
  error(name) {
    return this.kept.get(name)?.error ?? null;
  }

  /** The answer on its way from the one before. */
  shown(name, now = performance.now()) {
    const kept = this.kept.get(name);
    if (!kept?.answer) return null;
    const share = (now - kept.since) / TWEEN;
    if (!kept.from || share >= 1) {
      kept.from = null;
      return kept.answer;
    }
    return eased(kept.from, kept.answer, 1 - (1 - Math.max(share, 0)) ** 3);
  }

  /** Whether something is still on its way. */
  moving() {
    return [...this.kept.values()].some((kept) => kept.from);
  }

  /** Have it asked anew: what failed, or everything. @param {boolean} all */
  again(all) {
    if (all) this.stage.opening = null; // it is of weights that have changed
    this.kept.forEach((kept) => (all || kept.error) && Object.assign(kept, { wanted: null, error: null }));
  }
}

/** What panels are answered already in a state, one by one, by a payload's `opening`; null where that is of another state. */
export function givenAnswers(opening, state) {
  return opening && JSON.stringify(opening.query) === JSON.stringify(state.query()) ? opening.panels : null;
}

/** What tells one question from another. */
function keyOf(kind, question) {
  return `${kind}${JSON.stringify(question, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value))}`;
}

/** An answer that came with the payload, as the model gives it. */
function typed(given) {
  const arrays = Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? Float32Array.from(value) : value]);
  return Object.fromEntries(arrays);
}

function sameShape(one, other) {
  return Object.keys(other).every(
    (name) => !ArrayBuffer.isView(other[name]) || one[name]?.length === other[name].length,
  );
}

function eased(from, to, share) {
  const between = { ...to };
  for (const name of ["states", "displacement", "trust"]) {
    if (!(to[name] instanceof Float32Array) || to[name].length !== from[name]?.length) continue;
    between[name] = to[name].map((value, i) => from[name][i] + (value - from[name][i]) * share);
  }
  return between;
}
