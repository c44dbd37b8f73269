/** One clock for all panels, and the line of buttons that drives it. */

import { button, make, say } from "./dom.js";
import { counted } from "./lesson.js";

const A_RUN = 4000; // milliseconds from R to the samples at speed 1
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const PHASES = [
  ["draw", 1300, "1 · Draw R, a random starting point."],
  [
    "look", 1700,
    "2 · Look up the pair that is nearest to R and to the description: what a coalescer is trained to answer.",
  ],
  ["predict", 1700, "3 · Predict: the network says how far and in which direction."],
  ["go", 1700, "4 · Go there."],
];
const AGAIN = 1100; // milliseconds of each later step
const PAID = 1e-6; // of a step: the call is made, the point has not gone yet
const LATER = 8; // steps that are played one by one; the rest go as fast as these together

/**
 * Where a panel's points are.
 * @param {{evaluations: ArrayLike<number>, steps: number}} paths
 * @param {number} spent evaluations
 */
export function positionAt(paths, spent) {
  const { evaluations, steps } = paths;
  let k = 0;
  while (k < steps && evaluations[k + 1] <= spent) k += 1;
  if (k >= steps) return steps;
  const length = evaluations[k + 1] - evaluations[k];
  return length > 0 ? k + (spent - evaluations[k]) / length : k;
}

/** Evaluations that were needed to be on the way there: a step is paid for before it is gone. */
export function spentAt(paths, at) {
  return paths.evaluations[Math.min(Math.ceil(at), paths.steps)];
}

/** The clock: `at` goes from 0 (all at R) to 1 (all at their samples). */
export class Clock {
  constructor() {
    [this.at, this.playing, this.last] = [1, false, 0];
  }

  /** Let time pass; whether something moved. @param {number} now milliseconds @param {number} length of a run */
  tick(now, length) {
    if (!this.playing) return false;
    const passed = this.last ? Math.min(now - this.last, 100) : 0;
    this.last = now;
    this.at = Math.min(1, this.at + passed / length);
    if (this.at >= 1) this.playing = false;
    return true;
  }

  /** Start from the beginning if at the end, or pause. */
  toggle() {
    this.playing = !this.playing;
    this.last = 0;
    if (this.playing && this.at >= 1) this.at = 0;
  }
}

/** Milliseconds of a whole run. @param {Object} stage */
export function runLength(stage) {
  const speed = stage.state.get("speed");
  if (!stage.state.get("slow")) return A_RUN / speed;
  const steps = Math.max(1, ...stage.panels.map((panel) => panel.steps()));
  return (PHASES.reduce((sum, [, length]) => sum + length, 0) + AGAIN * Math.min(steps - 1, LATER)) / speed;
}

/** Whether one point is being followed through the phases of a jump. */
export function inSlowMotion(stage) {
  return Boolean(stage.state.get("slow")) && stage.clock.at < 1;
}

/**
 * Which phase of a jump slow motion is in: its name, its sentence, and how far the point has gone in a panel of so many
 * steps.
 */
export function phaseAt(stage, steps) {
  let left = stage.clock.at * runLength(stage) * stage.state.get("speed");
  for (const [name, length, words] of PHASES) {
    if (left < length) return { name, words, at: { predict: PAID, go: left / length }[name] ?? 0 };
    left -= length;
  }
  const most = Math.max(1, ...stage.panels.map((panel) => panel.steps()));
  const rate = most - 1 > LATER ? (most - 1) / LATER : 1;
  const at = Math.min(steps, 1 + (left / AGAIN) * rate);
  return {
    name: "go", words: most > 1 ? "5 · Perhaps again: a method of more steps asks anew from where it is." : "", at,
  };
}

/** The position of a panel's points now. */
export function positionOf(stage, paths) {
  if (stage.clock.at >= 1) return paths.steps;
  if (inSlowMotion(stage)) return phaseAt(stage, paths.steps).at;
  if (stage.state.get("clock") === "progress") return stage.clock.at * paths.steps;
  return positionAt(paths, stage.clock.at * stage.mostEvaluations());
}

/** The line of transport. @param {Object} stage @returns {{element: HTMLElement, update: () => void}} */
export function makeTransport(stage) {
  const play = button("▶ Play", () => stage.play(), { class: "main", title: "Space" });
  const back = button("‹", () => stage.step(-1), { title: ", (comma)", "aria-label": "One step back" });
  const next = button("›", () => stage.step(1), { title: ". (full stop)", "aria-label": "One step on" });
  const scrub = make("input", {
    type: "range", min: 0, max: 1000, step: 1, class: "scrub", "aria-label": "How far the points have gone",
    oninput: () => stage.seek(Number(scrub.value) / 1000),
  });
  const time = make("output", { class: "time" });
  const clock = choice("Clock", [["evaluation", "by network call"], ["progress", "by progress"]], "clock", stage);
  const speed = choice("Speed", SPEEDS.map((value) => [value, `${value} ×`]), "speed", stage, Number);
  const slow = button("Slow motion", () => stage.set("slow", !stage.state.get("slow")), {
    title: "One point through the phases of a jump",
  });
  const leave = button("End presentation", () => stage.set("presenting", false), { class: "leave" });
  const element = make("div", { class: "transport", role: "group", "aria-label": "Transport" },
    back, play, next, scrub, time, clock, speed, slow, leave);
  const update = () => {
    const { at, playing } = stage.clock;
    say(play, playing ? "❚❚ Pause" : "▶ Play");
    scrub.value = String(Math.round(1000 * at));
    const most = stage.mostEvaluations();
    const byCalls = stage.state.get("clock") !== "progress" && !inSlowMotion(stage);
    const gone = byCalls
      ? `${counted(Math.floor(at * most + 1e-9))} of ${counted(most)} calls` : `${Math.round(100 * at)} % of the way`;
    const words = stage.panels.some((panel) => panel.paths()) ? gone : "no paths yet";
    say(time, words);
    scrub.setAttribute("aria-valuetext", words);
    slow.setAttribute("aria-pressed", String(Boolean(stage.state.get("slow"))));
    for (const list of [clock, speed]) list.refresh();
  };
  return { element, update };
}

/** A short list of choices for a value. */
function choice(label, choices, name, stage, read = String) {
  const list = make("select", { "aria-label": label, onchange: () => stage.set(name, read(list.value)) },
    ...choices.map(([value, words]) => make("option", { value: String(value), text: words })));
  list.refresh = () => {
    list.value = String(stage.state.get(name));
  };
  return list;
}
