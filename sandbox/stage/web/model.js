// The model behind the stage: answers questions about methods from packs, without a page and without a server.

import { unpackWorld } from "./columns.js";
import { decodeLearned } from "./decoder.js";
import { PackedDenoiser, closePair, scheduleOf } from "./denoiser.js";
import { descriptionsOf, noiseOf, realSample, startingPoints } from "./laws.js";
import { NO_LIKENESS, likeness, meantRegions, quality, signedDistance } from "./measure.js";
import { remembered } from "./memory.js";
import { encode, nearest } from "./nearby.js";
import { sentenceOf, unpack } from "./packs.js";
import { decodePictures } from "./pictures.js";
import { agreementMap, cellMapOf, degreesBetween, gridOf, likeliestTargets, pairAt, placeOf, repeated } from "./places.js";
import { guided, sample } from "./samplers.js";
import { packKey } from "./state.js";

const SAMPLES = { trained: 2000, exact: 500 }; // of a question; what is drawn are the first of them
const KEPT = { worlds: 6, denoisers: 48, noises: 6 };
const DESC_SCALE = 8; // of the index that a point's pair is looked up in, where the method has none

/**
 * @typedef {{space: string, description_noise: number, concept: string, seed: number}} Shared
 * @typedef {{method: string, options: Record<string, any>, sampler: string, settings: Record<string, number|null>,
 *   guidance: number, steps: number, t: number}} PanelQuestion
 */

/** Answers questions; what has come once is kept. */
export class Model {
  /**
   * @param {any} payload
   * @param {(key: string) => Promise<ArrayBuffer>} load a pack by its key; rejects with a sentence
   */
  constructor(payload, load) {
    this.payload = payload;
    this.load = load;
    this.kept = { worlds: new Map(), denoisers: new Map(), noises: new Map(), schedules: new Map() };
  }

  /**
   * The answer to a question of one of the kinds below.
   * @param {"field"|"trust"|"paths"|"point"|"merits"|"map"|"targets"|"pictures"|"nearest"|"encode"} kind
   * @param {any} question
   * @returns {Promise<any>} plain values and typed arrays of its own; {error: sentence} where there is no answer
   */
  async answer(kind, question) {
    try {
      if (!Object.hasOwn(ANSWERS, kind)) throw new Error(`There is no question of the kind “${kind}”.`);
      return await ANSWERS[kind](this, question);
    } catch (error) {
      return { error: sentenceOf(error) };
    }
  }

  /**
   * Forget a pack, so that the next question loads it anew.
   * @param {string} key
   */
  forget(key) {
    this.kept.worlds.delete(key);
    this.kept.denoisers.delete(key);
  }

  /** The unpacked world. */
  world({ space, description_noise }) {
    const key = packKey(this.payload.controls, `world/${space}`, {}, description_noise);
    return remembered(this.kept.worlds, key, KEPT.worlds, async () => unpackWorld(await this.load(key)));
  }

  /** The denoiser of a panel. */
  async denoiser(shared, panel) {
    const key = this.methodKey(shared, panel);
    return remembered(this.kept.denoisers, key, KEPT.denoisers, async () => {
      const [world, pack] = await Promise.all([this.world(shared), this.load(key)]);
      return new PackedDenoiser(unpack(pack), world);
    });
  }

  /** The world and the denoiser of a panel, loaded at once. */
  both(shared, panel) {
    return Promise.all([this.world(shared), this.denoiser(shared, panel)]);
  }

  /** The key of the pack that a panel's questions need. */
  methodKey({ space, description_noise }, { method, options }) {
    const { live = [] } = this.payload.methods[method];
    const fixed = Object.fromEntries(Object.entries(options).filter(([name]) => !live.includes(name)));
    return packKey(this.payload.controls, `method/${space}/${method}`, fixed, description_noise);
  }

  schedule(name) {
    const { schedules } = this.kept;
    if (!schedules.has(name)) schedules.set(name, scheduleOf(this.payload.schedules[name]));
    return schedules.get(name);
  }

  /** The noise that a seed's samplers draw for the first `count` of n points: the same at every run. */
  draws(space, seed, n, count) {
    const lots = remembered(this.kept.noises, `${space.name} ${seed} ${n}`, KEPT.noises, () => {
      return { draw: noiseOf(space, seed), drawn: [] };
    });
    let k = 0;
    return () => {
      if (k === lots.drawn.length) lots.drawn.push(Float32Array.from(lots.draw(n)));
      return lots.drawn[k++].subarray(0, count * space.dimensions);
    };
  }

  /** What a panel's sampler makes of starts (count, d). */
  async run(shared, panel, start, description, draw) {
    const denoiser = await this.denoiser(shared, panel);
    const own = this.payload.methods[panel.method].samplers;
    const sampler = { ...own.find(({ name }) => name === panel.sampler), name: panel.sampler, ...panel.settings };
    return sample({
      ask: (x, t, s, asked) => denoiser.ask(x, t, s, asked, panel.options),
      schedule: this.schedule(denoiser.schedule),
      sampler,
      start,
      description,
      steps: panel.steps,
      draw,
      guidance: panel.guidance ?? 1,
    });
  }

  /** The paths of the first `count` points of a question of `n`, all of them with one description where one is given. */
  async trajectory(shared, panel, n, count, given = null) {
    const [world] = await this.both(shared, panel);
    const { space } = world.header;
    const start = Float32Array.from(startingPoints(space, n, shared.seed)).subarray(0, count * space.dimensions);
    const asked = given ? repeated(given, n).data : Float32Array.from(descriptionsOf(world, shared.concept, n, shared.seed));
    const description = { data: asked.subarray(0, (count * asked.length) / n), shape: [count, asked.length / n] };
    return this.run(shared, panel, start, description, this.draws(space, shared.seed, n, count));
  }

  /** How many samples a question is answered with: as many as there are real ones to compare them with, at the most. */
  samplesOf(panel, space, concept) {
    const wanted = this.payload.methods[panel.method].trained ? SAMPLES.trained : SAMPLES.exact;
    return Math.min(wanted, space.learned?.known[concept] ?? Infinity);
  }
}

const ANSWERS = { field, trust, paths, point, merits, map, targets, pictures, nearest, encode };

/** The field of arrows: places (side^2, 2), displacement x0_hat - x, trust; unless `sure` null where that is said apart. */
async function field(model, { shared, panel, side, sure = true }) {
  const [world, denoiser] = await model.both(shared, panel);
  const x = gridOf(world.header.space, side);
  const description = placeOf(world.header.space, shared.concept, side * side);
  const { x0_hat, trust } = predicted(denoiser, panel, x, panel.t, description, sure);
  return { places: x.data, displacement: x0_hat.map((value, i) => value - x.data[i]), trust };
}

/** How far the arrows of a field can be trusted, of a denoiser that says so apart from them. */
async function trust(model, { shared, panel, side }) {
  const [world, denoiser] = await model.both(shared, panel);
  const [x, description] = [gridOf(world.header.space, side), placeOf(world.header.space, shared.concept, side * side)];
  return { trust: denoiser.trust(x, panel.t, description) };
}

/** A guided evaluation at level t with a trust, its own or, to be `sure`, what the denoiser says apart from it. */
function predicted(denoiser, panel, x, t, description, sure = true) {
  const ask = (...asked) => denoiser.ask(...asked, panel.options);
  const { x0_hat, trust } = guided(ask, x, t, 0, description, panel.guidance ?? 1);
  if (trust && !denoiser.trusting) return { x0_hat, trust };
  return { x0_hat, trust: sure ? denoiser.trust(x, t, description) : null };
}

/**
 * The first `count` paths of a question: states (S + 1, count, 2), times and mean evaluations so far (S + 1,), nfe. With a
 * `description` (e,) of its own in place of the concept's, that is asked with as it is, without the world's noise.
 */
async function paths(model, { shared, panel, count, description }) {
  const { space } = (await model.world(shared)).header;
  const known = model.samplesOf(panel, space, shared.concept);
  const n = space.learned ? known : Math.max(count, known);
  return model.trajectory(shared, panel, n, Math.min(count, n), description);
}

/** The path from one R with the concept's own place as its description, and what the plain index says there. */
async function point(model, { shared, panel, start }) {
  const [world, denoiser] = await model.both(shared, panel);
  const { space } = world.header;
  const description = placeOf(space, shared.concept, 1);
  const x = { data: Float32Array.from(start), shape: [1, start.length] };
  const { x0_hat, trust } = predicted(denoiser, panel, x, 1, description);
  const run = await model.run(shared, panel, x.data, description, model.draws(space, shared.seed, 1, 1));
  const pair = pairAt(world, closePair(world, description, x, panel.options.desc_scale ?? DESC_SCALE));
  const last = run.states.slice(-start.length);
  const outside = meantRegions(space, shared.concept).map((region) => signedDistance(region, last)[0]);
  const way = (to) => Array.from(to, (value, k) => value - x.data[k]);
  return {
    ...run,
    x0_hat,
    trust: trust[0],
    pair,
    miss: Math.max(Math.min(...outside), 0),
    angle: degreesBetween(way(x0_hat), way(pair.image)),
  };
}

/** How good the samples are, and how like real ones; likeness is null where only Python knows the regions' law. */
async function merits(model, { shared, panel, count = SAMPLES.trained }) {
  const world = await model.world(shared);
  const { space } = world.header;
  const n = Math.min(count, model.samplesOf(panel, space, shared.concept));
  const { states, nfe } = await model.trajectory(shared, panel, n, n);
  const samples = Float64Array.from(states.subarray(-n * space.dimensions));
  const real = realSample(world, shared.concept, n, shared.seed);
  const like = real ? likeness(samples, real) : NO_LIKENESS;
  return { ...quality(samples, space, shared.concept), ...like, nfe, count: n };
}

/** A map over the plane, or some `rows` of it: side^2 places row by row from the lowest y. */
async function map(model, { shared, panel, side, of, rows }) {
  const [world, denoiser] = await model.both(shared, panel);
  if (of === "displacement") {
    const { displacement } = await field(model, { shared, panel, side });
    const length = Float32Array.from({ length: side * side }, (_, i) => Math.hypot(...displacement.subarray(2 * i, 2 * i + 2)));
    return { displacement, length };
  }
  const places = gridOf(world.header.space, side, rows);
  if (of === "cells") {
    const description = Float32Array.from(descriptionsOf(world, shared.concept, 1, shared.seed));
    return cellMapOf(denoiser, world.header.space, description, places, panel.options);
  }
  if (of !== "agreement") throw new Error(`There is no map of “${of}”.`);
  return agreementMap(knowing(model, denoiser, panel), world, shared.concept, panel.t, places, panel.options);
}

/** The pairs that one place is most likely sent to. */
async function targets(model, { shared, panel, place }) {
  const [world, denoiser] = await model.both(shared, panel);
  return likeliestTargets(knowing(model, denoiser, panel), world, shared.concept, panel.t, place, panel.options);
}

/** A denoiser that says which pairs a place is sent to; an Error of the method's where it does not. */
function knowing(model, denoiser, { method }) {
  if (denoiser.knowsTargets) return denoiser;
  throw new Error(`${model.payload.methods[method].label} does not say which pairs a place is sent to.`);
}

/** What points decode to: (n, size, size, 4) levels. */
async function pictures(model, { shared, points, size }) {
  const world = await model.world(shared);
  const { space } = world.header;
  if (space.learned) return { pixels: decodeLearned(world, points, size) };
  const program = model.payload.pictures?.[space.regions.length];
  if (!program) throw new Error("There are no pictures for this space.");
  return { pixels: decodePictures(program, space, points, size) };
}
