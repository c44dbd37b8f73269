"""The engine in the browser against Python's: every method, sampler and space, with and without the WASM kernel."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.samplers import Sampler
from sandbox.engine.schedule import COSINE, LINEAR
from sandbox.measure.maps import grid
from sandbox.methods import METHODS, Jump, build, sampler_of, samplers
from sandbox.pairs import World
from sandbox.spaces import NONE, SPACES
from sandbox.stage.graph import export, export_schedule
from sandbox.stage.packs import key_of, method_pack, pack, world_pack
from sandbox.weights import store
from tests.stage.web import web_page

pytestmark = pytest.mark.browser

POINTS = 40
CLOSE = 1e-4  # space units
STEPS = (1, 2, 5, 8)
SCHEDULES = {each.name: export_schedule(each).described(()) for each in (COSINE, LINEAR)}

# Everything that a comparison needs, in the page.
DRIVER = """
import { unpack } from "./packs.js";
import { PackedDenoiser, scheduleOf } from "./denoiser.js";
import { sample } from "./samplers.js";
import { useKernel } from "./kernel.js";
export { useKernel };
const get = async (key) => {
  const answer = await fetch(`pack/${encodeURIComponent(key)}`);
  return unpack(await answer.arrayBuffer());
};
const floats = (list, sides) => {
  const data = Float32Array.from(list, (value) => (value === null ? NaN : value));
  return { data, shape: [data.length / sides, sides] };
};
export async function run({ world, method, cases, schedules }) {
  const denoiser = new PackedDenoiser(await get(method), await get(world));
  return cases.map(({ sampler, start, description, steps, draws, guidance }) => {
    let k = 0;
    const asked = floats(description, 2);
    const { states, times, evaluations } = sample({
      ask: (x, t, s, rows) => denoiser.ask(x, t, s, rows),
      schedule: scheduleOf(schedules[denoiser.schedule]),
      sampler, start: floats(start, 2).data, description: asked, steps, guidance,
      draw: () => floats(draws[k++], 2).data,
    });
    return { states: [...states], times: [...times], evaluations: [...evaluations] };
  });
}
export async function evaluate({ world, method, x, t, description, s }) {
  const denoiser = new PackedDenoiser(await get(method), await get(world));
  const out = denoiser.answering({ x: floats(x, 2), t: floats(t, 1), description: floats(description, 2), s: floats(s, 1) });
  const trust = denoiser.trusting?.({ x: floats(x, 2), t: floats(t, 1), description: floats(description, 2) });
  return { x0_hat: [...out[0].data], trust: trust ? [...trust[0].data] : out[1] ? [...out[1].data] : null };
}
"""


@dataclass(frozen=True)
class Recorded(Sampler):
    """A sampler that remembers the evaluations so far after every step."""

    inner: Sampler
    rows: list

    def step(self, run, x, t, s):
        x = self.inner.step(run, x, t, s)
        self.rows.append(run.denoiser.inner.rows)
        return x


def flat(tensor):
    return [None if value != value else value for value in torch.as_tensor(tensor).flatten().tolist()]


def encoded(key):
    return f"pack/{key.replace('/', '%2F').replace('?', '%3F').replace('=', '%3D').replace('&', '%26')}"


def settings(sampler):
    return {"name": sampler.name, **{name: getattr(sampler, name) for name in sampler.__dataclass_fields__}}


def cases_of(method, concept, rng):
    """Every sampler: what the browser is asked, and what Python answers (states, times, evaluations so far)."""
    space, denoiser = method.world.space, store.denoiser(method)
    for i, name in enumerate(samplers()):
        sampler = sampler_of(method, name)
        if isinstance(sampler, Jump):  # as often redrawn, and stopped early, as the trust allows
            sampler = replace(sampler, threshold=0.85, enough=0.99 if i % 2 else None)
        steps = STEPS[rng.integers(len(STEPS))]
        start = torch.tensor(space.start(POINTS, rng), dtype=torch.float32)
        place = space.embedding(concept) + 0.05 * rng.standard_normal((POINTS, 2))
        place[::7] = np.nan  # some rows are always without a description
        description = torch.tensor(place, dtype=torch.float32)
        draws = [torch.tensor(space.start(POINTS, rng), dtype=torch.float32) for _ in range(10)]
        rows, left, guidance = [], iter(draws), 2.0 if method.guided else 1.0
        recorded = Recorded(sampler, rows)
        path = recorded.sample(denoiser, start, description, steps, lambda n, left=left: next(left), guidance)
        asked = {
            "sampler": settings(sampler),
            "start": flat(start),
            "description": flat(description),
            "steps": steps,
            "draws": [flat(draw) for draw in draws],
            "guidance": guidance,
        }
        yield asked, (path.states.flatten().numpy(), path.times.numpy(), np.array([0, *rows]) / POINTS)


@pytest.fixture(scope="module")
def files():
    return {"driver.js": DRIVER}


@pytest.fixture(scope="module")
def tab(files):
    with web_page(files) as opened:
        yield opened


def call(tab, function, asked):
    return tab.evaluate(
        "async ([name, asked]) => { const driver = await import('/driver.js'); return driver[name](asked); }",
        [function, asked],
    )


@pytest.fixture(params=[True, False], ids=["wasm", "plain"])
def kernel(tab, request):
    assert call(tab, "useKernel", request.param) is request.param
    yield request.param
    call(tab, "useKernel", True)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_every_method_and_sampler_goes_the_same_way_as_in_python(tab, files, space):
    world = World(space)
    files[encoded(key_of(world))] = world_pack(world)
    for method in (kind(world=world) for kind in METHODS):
        files[encoded(key_of(method))] = method_pack(method)
        concept = [*space.concept_names()][len(method.name) % len(space.concept_names())]
        asked, expected = zip(*cases_of(method, concept, np.random.default_rng(len(method.name))), strict=True)
        question = {"world": key_of(world), "method": key_of(method), "cases": asked, "schedules": SCHEDULES}
        for wasm in (True, False) if space is SPACES[0] else (True,):
            call(tab, "useKernel", wasm)
            for one, (states, times, evaluations), told in zip(asked, expected, call(tab, "run", question), strict=True):
                where = f"{method.name}, {one['sampler']['name']}, {one['steps']} steps, {concept}"
                assert np.abs(np.array(told["states"]) - states).max() < CLOSE, where
                assert np.array_equal(np.float32(told["times"]), times), where
                assert np.allclose(told["evaluations"], evaluations, atol=1e-6), where
