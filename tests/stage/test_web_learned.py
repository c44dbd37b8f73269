"""Learned planes in the browser: pairs, pictures, real samples and figures are Python's; and what is seen of them."""

from dataclasses import asdict

import numpy as np
import pytest
import torch
from torch.nn import functional

from sandbox.engine import Ddim
from sandbox.measure.experiment import Question, answer, noise, starting_points
from sandbox.methods import IdealDenoiser, NearestPair
from sandbox.pairs import World, make_pairs
from sandbox.spaces import LEARNED_SPACES, NONE
from sandbox.stage.packs import key_of, method_pack, world_pack
from sandbox.stage.payload import payload
from sandbox.weights import store
from tests.stage.web import encoded, web_page

pytestmark = pytest.mark.browser

PLANES = [space for space in LEARNED_SPACES if space.dimensions == 2]
MOST = 1_000_000  # bytes of a world
DRIVER = """
import { unpackWorld } from "./columns.js";
import { Model } from "./model.js";
const load = async (key) => (await fetch(`pack/${encodeURIComponent(key)}`)).arrayBuffer();
const plain = (told) => Object.fromEntries(Object.entries(told).map(([name, value]) =>
  [name, ArrayBuffer.isView(value) ? [...value] : value]));
export async function ask([payload, kind, question]) {
  globalThis.model ??= new Model(payload, load);
  const points = question.points && Float32Array.from(question.points, Number);
  return plain(await globalThis.model.answer(kind, { ...question, points }));
}
export async function arrays(key) {
  return Object.fromEntries(Object.entries(unpackWorld(await load(key)).arrays).map(([name, { data }]) => [name, [...data]]));
}
"""

every_plane = pytest.mark.parametrize("space", PLANES, ids=lambda space: space.name)


@pytest.fixture(scope="module")
def tab(chromium):
    files = {"driver.js": DRIVER}
    for world in map(World, PLANES):
        files[encoded(key_of(world))] = world_pack(world)
        for method in (NearestPair(world=world), IdealDenoiser(world=world)):
            files[encoded(key_of(method))] = method_pack(method)
    with web_page(chromium, files) as opened:
        yield opened


def call(tab, function, asked):
    script = "async ([name, asked]) => { const driver = await import('/driver.js'); return driver[name](asked); }"
    return tab.evaluate(script, [function, asked])


def shared(space, concept):
    return {"space": space.name, "description_noise": 0.05, "concept": concept, "seed": 3}


def pictures(tab, space, points, size):
    """The browser's pictures, (n, size, size, 4)."""
    asked = {
        "shared": shared(space, NONE),
        "points": [str(place) for place in points.astype(np.float32).ravel()],
        "size": size,
    }
    told = call(tab, "ask", [payload(), "pictures", asked])
    return np.array(told["pixels"]).reshape(len(points), size, size, 4)


@every_plane
def test_a_world_is_small_and_its_pairs_are_all_there(tab, space):
    pairs, world = make_pairs(World(space)), World(space)
    assert len(world_pack(world)) < MOST
    told = call(tab, "arrays", key_of(world))
    for name in ("image", "description", "clean", "region", "concept"):
        np.testing.assert_array_equal(told[name], getattr(pairs, name).ravel())


@every_plane
def test_pictures_are_those_of_the_learned_decoder(tab, space, rng):
    points = np.concatenate([space.start(6, rng), space.sample(6, rng), [[np.nan, 0.0], [0.0, 1.0]]]).astype(np.float32)
    points[-1] = 8.0  # far beyond the plot
    own = space.ends.pictures.size
    pixels = torch.tensor(space.decode(points.astype(np.float64))).permute(0, 3, 1, 2)
    for size in (own, 64):
        told = pictures(tab, space, points, size)
        scaled = functional.interpolate(pixels, (size, size), mode="bilinear").permute(0, 2, 3, 1).numpy()
        assert np.abs(told[..., :3] - 255 * scaled).max() <= 2
        assert (told[..., 3] == 255).all()


@every_plane
@pytest.mark.parametrize("which", [0, -2, -1])
def test_figures_are_python_s_of_as_many_samples_as_there_are_real_ones(tab, space, which):
    method, concept = NearestPair(world=World(space)), space.concept_names()[which]
    panel = {"method": method.name, "options": {"desc_scale": method.desc_scale}, "settings": {}, "steps": 1, "t": 1}
    panel |= {"sampler": method.samplers[0].name, "guidance": 1}
    told = call(tab, "ask", [payload(), "merits", {"shared": shared(space, concept), "panel": panel, "count": 2000}])
    question = Question(method, concept, 1, seed=3, count=500)
    found = answer(question)
    expected = asdict(found.quality) | asdict(found.likeness)
    assert told["count"] == question.count <= space.known(concept)
    assert {name: told[name] for name in expected} == pytest.approx(expected, abs=1e-5)


@every_plane
def test_a_description_of_one_s_own_is_asked_with_as_it_is(tab, space):
    world = World(space)
    one, other = (space.concepts[k].embedding for k in (0, -1))
    between = np.float32([(a + b) / 2 for a, b in zip(one, other, strict=True)])
    panel = {"method": IdealDenoiser.name, "options": {}, "settings": {}, "steps": 4, "t": 1, "sampler": "ddim"}
    question = {"shared": shared(space, space.concept_names()[0]), "panel": panel | {"guidance": 1}, "count": 6}
    told = call(tab, "ask", [payload(), "paths", question | {"description": between.tolist()}])
    start, draw = starting_points(world, 500, 3)[:6], noise(world, 3)
    description = torch.tensor(between).expand(6, -1)
    found = Ddim().sample(
        store.denoiser(IdealDenoiser(world=world)), start, description, 4, lambda n: draw(500)[:n], 1.0
    )
    np.testing.assert_allclose(told["states"], np.ravel(found.states), atol=1e-4)
    plain = call(tab, "ask", [payload(), "paths", question])
    assert np.abs(np.array(plain["states"]) - told["states"]).max() > 0.1  # else the description would not count
