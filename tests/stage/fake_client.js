/** A client and a loader that answer like the model, with made-up regions and methods: to try the view without the model. */

const SIZE = 600;

function ring(x, y, r, n = 40, squeeze = 1) {
  return Array.from({ length: n + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / n;
    return [x + r * Math.cos(angle), y + r * squeeze * Math.sin(angle)];
  });
}

const CAT = [[[-2.3, 0.2], [-2.35, 1.5], [-1.8, 1.0], [-1.1, 1.0], [-0.55, 1.5], [-0.6, 0.2], [-1.0, -0.5], [-1.9, -0.5], [-2.3, 0.2]], ring(-1.45, 0.15, 0.3)];
const DOG = [[[0.5, 0.6], [0.8, 1.1], [2.0, 1.1], [2.5, 0.6], [2.6, -0.5], [2.2, -0.6], [2.0, 0.0], [1.8, -0.7], [1.2, -0.7], [1.0, 0.0], [0.8, -0.6], [0.4, -0.5], [0.5, 0.6]], ring(1.5, 0.0, 0.25)];
const CENTRES = { cat: [-1, 0], dog: [1, 0], animal: [0, 0.4], none: null };

function seeded(seed) {
  let state = seed * 7919 + 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
}

function inside(rings, x, y) {
  let found = false;
  for (const corners of rings) {
    for (let i = 0, j = corners.length - 1; i < corners.length; j = i, i += 1) {
      const [[ax, ay], [bx, by]] = [corners[i], corners[j]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) found = !found;
    }
  }
  return found;
}

const PAIRS = (() => {
  const random = seeded(1);
  const pairs = [];
  while (pairs.length < SIZE) {
    const [x, y] = [6 * random() - 3, 6 * random() - 3];
    const region = [CAT, DOG].findIndex((rings) => inside(rings, x, y));
    if (region < 0) continue;
    const concept = random() < 0.3 ? "animal" : ["cat", "dog"][region];
    pairs.push({ x, y, region, concept, d: CENTRES[concept].map((part) => part + 0.05 * normal(random)) });
  }
  return pairs;
})();

export const SHIPPED = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];

/** A pack of the plan's format. */
function packed(header, arrays) {
  let offset = 0;
  const parts = [];
  header.arrays = {};
  for (const [name, [dtype, shape, data]] of Object.entries(arrays)) {
    header.arrays[name] = [dtype, shape, offset];
    parts.push([offset, data]);
    offset += Math.ceil(data.byteLength / 8) * 8;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((4 + text.length) / 8) * 8;
  const bytes = new Uint8Array(start + offset);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  for (const [at, data] of parts) bytes.set(new Uint8Array(data.buffer), start + at);
  return bytes.buffer;
}

export async function fakeLoad(key) {
  if (!key.startsWith("world/")) throw new Error(`There is nothing under ${key}.`);
  const space = {
    name: key.slice(6).split("?")[0],
    title: "Cats and dogs",
    summary: "Two heads.",
    bounds: [-3, 3],
    start_scale: 1.25,
    regions: [
      { name: "CAT", weight: 1, colour: "#0072B2", symbol: "circle", uniform: true, rings: CAT },
      { name: "DOG", weight: 1, colour: "#D55E00", symbol: "triangle-up", uniform: true, rings: DOG },
    ],
    concepts: [
      { name: "cat", embedding: CENTRES.cat, regions: ["CAT"] },
      { name: "dog", embedding: CENTRES.dog, regions: ["DOG"] },
      { name: "animal", embedding: CENTRES.animal, regions: ["CAT", "DOG"] },
    ],
    ...(globalThis.hostileSpace ?? {}),
  };
  const description_noise = Number(new URLSearchParams(key.split("?")[1]).get("description_noise") ?? 0.05);
  const shipped = description_noise !== 0.05 ? {} : { jumper: SHIPPED.map((scale) => ({ desc_scale: scale })), slow: [{}], settled: [{ desc_scale: 8 }] };
  return packed({ space, shipped, description_noise }, {
    image: ["f8", [SIZE, 2], Float64Array.from(PAIRS.flatMap(({ x, y }) => [x, y]))],
    region: ["i4", [SIZE], Int32Array.from(PAIRS.map(({ region }) => region))],
  });
}

function close(x, y, concept, scale, noise = [0, 0]) {
  const centre = CENTRES[concept];
  let [best, away] = [0, Infinity];
  PAIRS.forEach((pair, i) => {
    const apart = centre ? scale * scale * ((pair.d[0] - centre[0] - noise[0]) ** 2 + (pair.d[1] - centre[1] - noise[1]) ** 2) : 0;
    const distance = apart + (pair.x - x) ** 2 + (pair.y - y) ** 2;
    if (distance < away) [best, away] = [i, distance];
  });
  return best;
}

/** Where a method sends a place: {x, y, trust}. */
function target(x, y, { shared, panel }, t = panel.t, noise = [0, 0]) {
  const fits = PAIRS.filter((pair) => shared.concept === "none" || pair.concept === shared.concept || shared.concept === "animal");
  if (panel.method === "jumper" || panel.method === "lookup") {
    const pair = PAIRS[close(x, y, shared.concept, panel.options.desc_scale, noise)];
    const wobble = panel.method === "jumper" ? 0.04 * Math.sin(9 * x + 7 * y) : 0;
    return { x: pair.x + wobble, y: pair.y + wobble, trust: Math.min(1, 0.35 + Math.hypot(pair.x - x, pair.y - y) / 2) };
  }
  let [sum, mx, my] = [0, 0, 0];
  const spread = 0.15 + 2.5 * t;
  for (const pair of fits.slice(0, 120)) {
    const weight = Math.exp(-((pair.x - x) ** 2 + (pair.y - y) ** 2) / (2 * spread * spread));
    [sum, mx, my] = [sum + weight, mx + weight * pair.x, my + weight * pair.y];
  }
  return { x: mx / (sum + 1e-9), y: my / (sum + 1e-9), trust: Math.max(0.1, 1 - t) };
}

function run(start, question, noise) {
  const { steps } = question.panel;
  const jumps = question.panel.method !== "slow";
  const states = [[...start]];
  for (let k = 0; k < steps; k += 1) {
    const [x, y] = states[k];
    const t = 1 - k / steps;
    const to = target(x, y, question, jumps ? 1 : t, noise);
    const share = jumps ? 1 : 1 / (steps - k);
    states.push([x + (to.x - x) * share, y + (to.y - y) * share]);
  }
  return states;
}

function starts(seed, count) {
  const random = seeded(seed + 1);
  return Array.from({ length: count }, () => [[1.25 * normal(random), 1.25 * normal(random)], [0.05 * normal(random), 0.05 * normal(random)]]);
}

function paths(question, count = question.count) {
  const { steps } = question.panel;
  const states = new Float32Array((steps + 1) * count * 2);
  starts(question.shared.seed, count).forEach(([start, noise], i) => {
    run(start, question, noise).forEach(([x, y], k) => states.set([x, y], 2 * (k * count + i)));
  });
  const evaluations = Float32Array.from({ length: steps + 1 }, (_, k) => k * (question.panel.guidance === 1 ? 1 : 2));
  return { states, times: Float32Array.from(evaluations, (k) => 1 - k / steps), evaluations, nfe: evaluations[steps] };
}

function meant(concept) {
  return concept === "cat" ? [CAT] : concept === "dog" ? [DOG] : [CAT, DOG];
}

const ANSWERS = {
  field: (question) => {
    const { side } = question;
    const [places, displacement, trust] = [new Float32Array(2 * side * side), new Float32Array(2 * side * side), new Float32Array(side * side)];
    for (let i = 0; i < side * side; i += 1) {
      const [x, y] = [-3 + (6 * ((i % side) + 0.5)) / side, -3 + (6 * (Math.floor(i / side) + 0.5)) / side];
      const to = target(x, y, question);
      places.set([x, y], 2 * i);
      displacement.set([to.x - x, to.y - y], 2 * i);
      trust[i] = to.trust;
    }
    return { places, displacement, trust };
  },
  paths,
  point: (question) => {
    const { start, shared, panel } = question;
    const states = Float32Array.from(run(start, question, [0, 0]).flat());
    const [last, to] = [states.slice(-2), target(...start, question)];
    const index = close(...start, shared.concept, panel.options.desc_scale ?? 8);
    const pair = PAIRS[index];
    const turn = Math.atan2(to.y - start[1], to.x - start[0]) - Math.atan2(pair.y - start[1], pair.x - start[0]);
    const lands = meant(shared.concept).some((rings) => inside(rings, ...last));
    return {
      states, times: paths({ ...question, count: 1 }).times, evaluations: Float32Array.from({ length: panel.steps + 1 }, (_, k) => k),
      x0_hat: [to.x, to.y], trust: to.trust, miss: lands ? 0 : 0.21, angle: Math.abs((((turn * 180) / Math.PI + 540) % 360) - 180),
      pair: { index, image: [pair.x, pair.y], description: pair.d, concept: pair.concept, region: pair.region },
    };
  },
  merits: (question) => {
    const count = 200;
    const { states, nfe } = paths(question, count);
    const last = states.slice(-2 * count);
    let [hits, reached] = [0, 0];
    for (let i = 0; i < count; i += 1) hits += meant(question.shared.concept).some((rings) => inside(rings, last[2 * i], last[2 * i + 1]));
    const real = PAIRS.filter((pair) => meant(question.shared.concept).some((rings) => inside(rings, pair.x, pair.y)));
    for (const pair of real) reached += last.some((x, i) => i % 2 === 0 && Math.hypot(x - pair.x, last[i + 1] - pair.y) < 0.12);
    return { in_region: hits / count, condition_agreement: 1, miss: 0.1, precision: 0.9, recall: reached / real.length, coverage: 0.6, energy_distance: 0.1, nfe };
  },
  pictures: ({ points, size }) => {
    const n = points.length / 2;
    const pixels = new Uint8ClampedArray(n * size * size * 4);
    const random = seeded(3);
    for (let i = 0; i < n; i += 1) {
      const region = [CAT, DOG].findIndex((rings) => inside(rings, points[2 * i], points[2 * i + 1]));
      for (let k = 0; k < size * size; k += 1) {
        const [x, y] = [(k % size) / size - 0.5, Math.floor(k / size) / size - 0.5];
        const noise = 255 * random();
        const face = Math.hypot(x, y) < 0.36 || (region === 0 && y < -0.1 && Math.abs(Math.abs(x) - 0.25) < 0.12 && y > -0.45);
        const colour = region < 0 ? [noise, noise, noise] : face ? [[90, 120, 160], [200, 130, 60]][region] : [240, 236, 225];
        pixels.set([...colour, 255], 4 * (i * size * size + k));
      }
    }
    return pixels;
  },
  map: (question) => {
    const { side } = question;
    const [samples, region, outside] = [new Float32Array(2 * side * side), new Int32Array(side * side), new Float32Array(side * side)];
    for (let i = 0; i < side * side; i += 1) {
      const to = target(-3 + (6 * (i % side)) / side, -3 + (6 * Math.floor(i / side)) / side, question);
      samples.set([to.x, to.y], 2 * i);
      region[i] = to.x < 0 ? 0 : 1;
      outside[i] = inside([CAT, DOG][region[i]], to.x, to.y) ? 0 : 0.1;
    }
    return { samples, region, outside };
  },
};

/** Answers at once, or not at all where a test says so; keeps what it was asked. */
export class FakeClient {
  constructor() {
    this.asked = [];
    this.refusal = () => null;
  }

  async ask(channel, kind, question) {
    this.asked.push({ channel, kind, question });
    const refused = this.refusal(channel, kind, question);
    if (refused) return { error: refused };
    await new Promise((resolve) => setTimeout(resolve, 1));
    return ANSWERS[kind](question);
  }
}

const number = (value, low, high, label, kind = "float", help = "") => ({ kind, default: value, low, high, choices: null, label, help });
const METHOD_NAMES = ["jumper", "slow", "lookup", "settled"];
const LAYERS = ["pairs", "regions", "field", "exact", "difference", "trust", "cells", "trails", "density"];
const text = (value, choices, label, help = "") => ({ kind: "str", default: value, low: null, high: null, choices, label, help });

/** A payload like the package's, with four methods; of the last there are weights at one desc_scale only. */
export function fakePayload(query = {}, more = {}) {
  const methods = {
    jumper: { label: "Jumper", colour: "#0072B2", symbol: "circle", summary: "Jumps.", steps: [1, 2, 4], samplers: [{ name: "jump", threshold: 0.1, enough: null }],
      guided: false, by_level: false, exact: "lookup", trained: true, made: true, options: ["desc_scale"] },
    slow: { label: "Slow diffuser", colour: "#D55E00", symbol: "square", summary: "Steps.", steps: [4, 8, 16, 32], samplers: [{ name: "ddim" }, { name: "heun" }],
      guided: true, by_level: true, exact: null, trained: true, made: true, options: [] },
    lookup: { label: "Lookup (exact)", colour: "#009E73", symbol: "diamond", summary: "Looks up.", steps: [1, 2], samplers: [{ name: "jump", threshold: 0.1, enough: null }],
      guided: false, by_level: false, exact: null, trained: false, options: ["desc_scale"] },
  };
  methods.settled = { ...methods.jumper, label: "Settled jumper" };
  const controls = {
    space: text("cats-and-dogs", ["cats-and-dogs", "elsewhere"], "Space", "Where images live."),
    concept: text("cat", [], "Concept"), seed: number(0, 0, 2 ** 31 - 1, "Seed", "int", "Decides the starting points."),
    left: text("jumper", METHOD_NAMES, "Left panel"), steps: number(2, 1, 64, "Steps", "int", "How many steps it takes."),
    right: text("slow", METHOD_NAMES, "Right panel"), right_steps: number(16, 1, 64, "Steps", "int"),
    third: text("", ["", ...METHOD_NAMES], "Third panel"), third_steps: number(2, 1, 64, "Steps", "int"),
    fourth: text("", ["", ...METHOD_NAMES], "Fourth panel"), fourth_steps: number(2, 1, 64, "Steps", "int"),
    field: text("learned", ["learned", "exact"], "Field"), points: number(40, 1, 500, "Points drawn", "int"),
    t: number(0.7, 0.05, 0.95, "Arrows at noise level t"), sampler: text("ddim", ["jump", "ddim", "heun"], "Sampler"),
    guidance: number(1, 0, 5, "Guidance"), adaptive: { kind: "bool", default: false, label: "Adaptive jumps", help: "" },
    threshold: number(0.1, 0, 0.9, "Redraw the start if trust is below"), description_noise: number(0.05, 0, 0.5, "Description noise"),
    layers: { kind: "tuple", default: ["pairs", "regions", "field", "trails"], choices: LAYERS, label: "Layers", help: "" },
    presenting: { kind: "bool", default: false, label: "Presenting", help: "" }, controls: { kind: "bool", default: true, label: "Controls", help: "" },
    desc_scale: number(8, 0.001, 1e6, "desc_scale", "float", "Weight of the description."),
  };
  const tour = [
    { sentence: "Press play: the same random points go their way in both panels.", query: {} },
    { sentence: "Ask for “animal”, which may mean a cat or a dog.", query: { concept: "animal" } },
    { sentence: "Drag desc_scale to 1024: the description's noise picks the pair.", query: { desc_scale: "1024" } },
    { sentence: "Now compare recall: who comes near all real samples?", query: { points: "300" } },
  ];
  for (const [group, names] of Object.entries({
    Show: ["points", "field", "t", "layers"], Advanced: ["sampler", "guidance", "adaptive", "threshold", "description_noise"],
  })) for (const name of names) if (controls[name]) controls[name].group = group;
  return { version: 1, controls, query, methods, schedules: {}, spaces: { "cats-and-dogs": { title: "Cats and dogs", summary: "" }, elsewhere: { title: "Elsewhere", summary: "" } },
    space: "cats-and-dogs", ink: {}, load: fakeLoad, source: "", tour, client: new FakeClient(), ...more };
}
