"""The model behind the stage and its workers, in Chromium: what it answers is what Python shows."""

import json

import numpy as np
import pytest
import torch

from sandbox.engine.denoiser import Guided
from sandbox.engine.recipe import options
from sandbox.engine.schedule import COSINE, LINEAR
from sandbox.measure.ambiguity import DRAWS
from sandbox.measure.experiment import Question, answer, descriptions, noise, starting_points
from sandbox.measure.maps import AGREEMENT, CELLS, agreement, cells, grid
from sandbox.methods import METHODS, Jump, Trained, build, sampler_of
from sandbox.pairs import World, make_pairs, pair_index
from sandbox.spaces import NONE
from sandbox.stage.graph import export_schedule
from sandbox.stage.module import script
from sandbox.stage.packs import key_of, live_options, method_pack, world_pack
from sandbox.weights import store
from tests.stage.web import encoded, web_page

pytestmark = pytest.mark.browser

SEED, COUNT, SIDE = 3, 12, 9
WORLD = World()
NAMES = ("coalescer", "diffusion", "nearest-pair", "ideal-denoiser", "balanced-coalescer")
PAYLOAD = {
    "controls": {
        "desc_scale": {"default": 8.0, "kind": "float"},
        "description_noise": {"default": 0.05, "kind": "float"},
        "direction_loss": {"default": "sqrt", "kind": "str"},
    },
    "methods": {
        kind.name: {
            "label": kind.label,
            "trained": issubclass(kind, Trained),
            "live": live_options(kind),
            "samplers": [
                {"name": own.name, **{name: getattr(own, name) for name in own.__dataclass_fields__}}
                for own in kind.samplers
            ],
        }
        for kind in METHODS
    },
    "schedules": {each.name: export_schedule(each).described(()) for each in (COSINE, LINEAR)},
}

# What other modules draw and measure, so that a fault of theirs is not found here.
LAWS = """
const DRAWN = %s;
const firstDrawn = (list, n) => Float32Array.from(list.slice(0, 2 * n), (value) => (value === null ? NaN : value));
export function startingPoints(space, n) { return firstDrawn(DRAWN.start, n); }
export function descriptionsOf(world, concept, n) { return firstDrawn(DRAWN.descriptions[concept], n); }
export function noiseOf() { let k = 0; return (n) => firstDrawn(DRAWN.noise[k++ %% DRAWN.noise.length], n); }
export function realSample() { return null; }
"""
RANDOM = """
const STREAM = %s;
export function defaultRng() { return { standardNormal: (n) => STREAM.slice(0, n) }; }
"""
MEASURE = """
export function meantRegions(space, concept) {
  const known = space.concepts.find(({ name }) => name === concept);
  return space.regions.filter(({ name }) => !known || known.regions.includes(name));
}
export function signedDistance({ rings }, points) {
  return Float64Array.from({ length: points.length / 2 }, (_, i) => {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    let [least, inside] = [Infinity, false];
    for (const ring of rings) for (let k = 1; k < ring.length; k++) {
      const [[ax, ay], [bx, by]] = [ring[k - 1], ring[k]];
      const length = (bx - ax) ** 2 + (by - ay) ** 2;
      const along = Math.min(Math.max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0), 1);
      least = Math.min(least, Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)));
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
    return inside ? -least : least;
  });
}
export function quality(points) { return { in_region: points.length, first: points[0] }; }
export function likeness() { return {}; }
export const NO_LIKENESS = {};
"""
DRIVER = """
import { Model } from "./model.js";
import { Client } from "./client.js";
const load = async (key) => {
  globalThis.loaded = [...(globalThis.loaded ?? []), key];
  const answer = await fetch(`pack/${encodeURIComponent(key)}`);
  if (!answer.ok) throw new Error("These settings have no trained weights yet.");
  return answer.arrayBuffer();
};
const plain = (answer) => answer && Object.fromEntries(Object.entries(answer).map(([name, value]) =>
  [name, ArrayBuffer.isView(value) ? [...value] : value]));
export async function ask([payload, kind, question]) {
  globalThis.model ??= new Model(payload, load);
  return plain(await globalThis.model.answer(kind, question));
}
export async function client([payload, source, asks]) {
  const client = new Client(payload, load, source);
  const answers = await Promise.all(asks.map((ask) => client.ask(...ask)));
  const inWorkers = client.model === null;
  client.close();
  return { answers: answers.map(plain), inWorkers };
}
export async function soon([payload, source, question, took, prepared]) {
  const client = new Client(payload, load, source);
  const name = `paths ${question.panel.method}`;
  if (prepared) await client.prepare(question.shared, question.panel);
  const before = client.ask("a", "paths", question);
  client.took.set(name, took);
  const now = client.ask("a", "paths", question, true);
  const answers = [await before, await now].map(plain);
  client.close();
  return { answers, measured: client.took.get(name) };
}
"""


def listed(tensor):
    return [None if value != value else value for value in torch.as_tensor(tensor).flatten().tolist()]


def drawn():
    draw = noise(WORLD, SEED)
    return {
        "start": listed(starting_points(WORLD, 2000, SEED)),
        "descriptions": {name: listed(descriptions(WORLD, name, 2000, SEED)) for name in WORLD.space.concept_names()},
        "noise": [listed(draw(2000)) for _ in range(8)],
    }


NUMBERS = np.random.default_rng([WORLD.seed, 7]).standard_normal((DRAWS, 2))
FILES = {
    "laws.js": LAWS % json.dumps(drawn()),
    "random.js": RANDOM % json.dumps(NUMBERS.flatten().tolist()),
    "measure.js": MEASURE,
    "pictures.js": "export function decodePictures() { return new Uint8ClampedArray(4); }",
    "driver.js": DRIVER,
    encoded(key_of(WORLD)): world_pack(WORLD),
    **{encoded(key_of(build(name, WORLD))): method_pack(build(name, WORLD)) for name in NAMES},
}


@pytest.fixture(scope="module")
def tab(chromium):
    with web_page(chromium, FILES) as opened:
        yield opened


def call(tab, function, *asked):
    script = "async ([name, asked]) => { const driver = await import('/driver.js'); return driver[name](asked); }"
    return tab.evaluate(script, [function, [PAYLOAD, *asked]])


def shared(concept="cat"):
    return {"space": WORLD.space.name, "description_noise": 0.05, "concept": concept, "seed": SEED}


def panel(name, steps=2, sampler=None, guidance=1.0, t=1.0, **settings):
    method = build(name, WORLD)
    return {
        "method": name,
        "options": {option: getattr(method, option) for option in options(method)},
        "sampler": sampler or method.samplers[0].name,
        "settings": settings,
        "guidance": guidance,
        "steps": steps,
        "t": t,
    }


@pytest.mark.parametrize(
    ("name", "guidance", "t"), [("coalescer", 1.0, 1.0), ("diffusion", 2.0, 0.7), ("ideal-denoiser", 1.0, 0.4)]
)
@pytest.mark.parametrize("concept", ["cat", "animal", NONE])
def test_field(tab, name, guidance, t, concept):
    told = call(
        tab, "ask", "field", {"shared": shared(concept), "panel": panel(name, guidance=guidance, t=t), "side": SIDE}
    )
    x = torch.tensor(grid(WORLD.space, SIDE)[1], dtype=torch.float32)
    description = torch.tensor(WORLD.space.embedding(concept), dtype=torch.float32).expand(len(x), -1)
    guided = Guided(store.denoiser(build(name, WORLD)), guidance)
    level = torch.full((len(x), 1), t)
    assert np.allclose(told["places"], x.flatten(), atol=1e-6)
    assert np.allclose(told["displacement"], (guided(x, level, description).x0_hat - x).flatten(), atol=1e-4)
    assert np.allclose(told["trust"], guided.trust(x, level, description), atol=1e-3)


@pytest.mark.parametrize(("name", "apart"), [("coalescer", False), ("diffusion", True)])
def test_a_trust_that_is_asked_for_apart_need_not_be_waited_for(tab, name, apart):
    question = {"shared": shared(), "panel": panel(name, t=0.7), "side": SIDE}
    field = call(tab, "ask", "field", question)
    quick = call(tab, "ask", "field", question | {"sure": False})
    assert quick["displacement"] == field["displacement"]
    assert quick["trust"] == (None if apart else field["trust"])
    assert not apart or call(tab, "ask", "trust", question)["trust"] == pytest.approx(field["trust"])


@pytest.mark.parametrize(
    ("name", "sampler", "steps", "guidance", "threshold"),
    [
        ("coalescer", "jump", 2, 1.0, 0.8),
        ("diffusion", "ancestral", 4, 2.0, None),
        ("nearest-pair", "jump", 2, 1.0, None),
    ],
)
def test_paths_are_the_first_of_python_s(tab, name, sampler, steps, guidance, threshold):
    settings = {} if threshold is None else {"threshold": threshold}
    asked = {"shared": shared(), "panel": panel(name, steps, sampler, guidance, **settings), "count": COUNT}
    told = call(tab, "ask", "paths", asked)
    method = build(name, WORLD)
    own = Jump(**settings) if settings else sampler_of(method, sampler)
    count = 2000 if isinstance(method, Trained) else 500
    path = answer(Question(method, "cat", steps, SEED, count, own, guidance)).trajectory
    assert np.allclose(told["states"], path.states[:, :COUNT].flatten(), atol=1e-4)
    assert told["evaluations"][-1] == pytest.approx(told["nfe"])
    assert told["nfe"] > steps if threshold or guidance > 1 else told["nfe"] == steps


def test_an_exact_lookup_answers_at_any_desc_scale_from_one_pack(tab):
    for scale in (0.7, 3.3, 200.0):
        asked = panel("nearest-pair", 1)
        asked["options"]["desc_scale"] = scale
        told = call(tab, "ask", "paths", {"shared": shared("animal"), "panel": asked, "count": 100})
        question = Question(build("nearest-pair", WORLD, desc_scale=scale), "animal", 1, SEED, 500)
        assert np.allclose(told["states"], answer(question).trajectory.states[:, :100].flatten(), atol=1e-6)
    assert not [key for key in tab.evaluate("globalThis.loaded") if "desc_scale" in key]


@pytest.mark.parametrize("start", [[0.3, 0.2], [-2.5, 2.5]])
def test_a_point_in_the_hand(tab, start):
    told = call(tab, "ask", "point", {"shared": shared(), "panel": panel("coalescer", 2), "start": start})
    x, description = torch.tensor([start]), torch.tensor(WORLD.space.embedding("cat"), dtype=torch.float32)[None]
    prediction = store.denoiser(build("coalescer", WORLD))(x, torch.ones(1, 1), description)
    pairs = make_pairs(WORLD)
    pair = pair_index(WORLD, 8.0).close_pair(description.double().numpy(), x.double().numpy())[0]
    assert told["pair"]["index"] == pair
    assert told["pair"]["region"] == WORLD.space.regions[pairs.region[pair]].name
    assert np.allclose(told["pair"]["image"], pairs.image[pair])
    assert np.allclose(told["x0_hat"], prediction.x0_hat[0], atol=1e-4)
    last = np.array(told["states"])[-2:][None]
    assert told["miss"] == pytest.approx(max(WORLD.space.distance(last, "cat")[0], 0), abs=1e-6)
    ways = [prediction.x0_hat[0].numpy() - start, pairs.image[pair] - start]
    cosine = np.dot(*ways) / np.prod([np.linalg.norm(way) for way in ways])
    assert told["angle"] == pytest.approx(np.degrees(np.arccos(cosine)), abs=0.05)


def test_merits_judge_the_whole_question(tab):
    told = call(tab, "ask", "merits", {"shared": shared(), "panel": panel("coalescer", 2), "count": 2000})
    assert told["in_region"] == 4000
    assert (
        call(tab, "ask", "merits", {"shared": shared(), "panel": panel("nearest-pair", 1), "count": 2000})["count"]
        == 500
    )


@pytest.mark.parametrize("name", ["balanced-coalescer", "nearest-pair"])
def test_map_of_cells(tab, name):
    told = call(tab, "ask", "map", {"shared": shared(), "panel": panel(name), "side": CELLS, "of": "cells"})
    expected = cells(build(name, WORLD), "cat", SEED)
    assert np.allclose(told["samples"], expected.samples.flatten(), atol=1e-4)
    assert np.mean(np.array(told["region"]) == expected.region) > 0.999
    assert np.allclose(told["outside"], expected.outside, atol=1e-3)


@pytest.mark.parametrize(("name", "t"), [("ideal-denoiser", 0.6), ("nearest-pair", 1.0)])
def test_map_of_agreement(tab, name, t):
    told = call(
        tab, "ask", "map", {"shared": shared("animal"), "panel": panel(name, t=t), "side": AGREEMENT, "of": "agreement"}
    )
    assert np.allclose(told["agreement"], agreement(build(name, WORLD), "animal", t)[1], atol=1e-4)


def test_what_cannot_be_answered_is_said_in_a_sentence(tab):
    untrained = panel("coalescer")
    untrained["options"]["desc_scale"] = 5.0
    told = call(tab, "ask", "field", {"shared": shared(), "panel": untrained, "side": SIDE})
    assert told == {"error": "These settings have no trained weights yet."}
    asked = {"shared": shared(), "panel": panel("coalescer"), "side": SIDE, "of": "agreement"}
    assert call(tab, "ask", "map", asked) == {"error": "Coalescer does not say which pairs a place is sent to."}


@pytest.mark.parametrize(("took", "prepared"), [(0.0, True), (1e6, True), (0.0, False)])
def test_what_follows_the_hand_is_answered_in_the_page_where_that_is_quick_and_loads_nothing(tab, took, prepared):
    question = {"shared": shared(), "panel": panel("coalescer", 2), "count": COUNT}
    told = call(tab, "soon", script(), question, took, prepared)
    before, now = told["answers"]
    here = prepared and took == 0.0
    assert (before is None) is here, "an earlier answer would set the picture back"
    assert np.allclose(now["states"], call(tab, "ask", "paths", question)["states"])
    assert told["measured"] != took, "and how quick it is is measured again"


@pytest.mark.parametrize("source", ["whole", "broken", "none"])
def test_on_a_channel_the_latest_wins_with_or_without_workers(tab, source):
    text = {"whole": script(), "broken": "throw new Error('no');", "none": ""}[source]
    asks = [["a", "field", {"shared": shared(), "panel": panel("coalescer"), "side": side}] for side in range(2, 8)]
    asks.append(["b", "merits", {"shared": shared(), "panel": panel("diffusion", 1), "count": 2000}])
    told = call(tab, "client", text, asks)
    assert [len(each["trust"]) if each else None for each in told["answers"][:-1]] == [4, None, None, None, None, 49]
    assert told["answers"][-1]["nfe"] == 1
    assert told["inWorkers"] is (source == "whole")
