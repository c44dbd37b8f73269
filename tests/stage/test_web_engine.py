"""The engine in the browser against Python's: every method, sampler and space, with and without the WASM kernel."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from playwright.sync_api import Error
from torch.nn import functional

from sandbox.engine.denoiser import Prediction
from sandbox.engine.heads import Head, Learned
from sandbox.engine.network import Network
from sandbox.engine.samplers import Sampler
from sandbox.engine.schedule import COSINE, LINEAR
from sandbox.methods import METHODS, Jump, build, sampler_of, samplers
from sandbox.pairs import World
from sandbox.spaces import SPACES
from sandbox.stage.graph import export, export_schedule
from sandbox.stage.packs import described, key_of, method_pack, pack, world_pack
from sandbox.weights import store
from tests.stage.web import encoded, web_page

pytestmark = pytest.mark.browser

POINTS = 14
CLOSE = 1e-4  # space units
MOST = 8  # steps of a comparison
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
  if (!answer.ok) throw new Error(`no pack ${key}`);
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


def settings(sampler):
    return {"name": sampler.name, **{name: getattr(sampler, name) for name in sampler.__dataclass_fields__}}


def cases_of(method, concept, rng):
    """Every sampler: what the browser is asked, and what Python answers (states, times, evaluations so far)."""
    space, denoiser = method.world.space, store.denoiser(method)
    for i, name in enumerate(samplers()):
        sampler = sampler_of(method, name)
        if isinstance(sampler, Jump):  # as often redrawn, and stopped early, as the trust allows
            sampler = replace(sampler, threshold=0.85, enough=0.99 if i % 2 else None)
        steps = rng.choice([n for n in method.steps if n <= MOST])
        start = torch.tensor(space.start(POINTS, rng), dtype=torch.float32)
        place = space.embedding(concept) + 0.05 * rng.standard_normal((POINTS, 2))
        place[::7] = np.nan  # some rows are always without a description
        description = torch.tensor(place, dtype=torch.float32)
        draws = [torch.tensor(space.start(POINTS, rng), dtype=torch.float32) for _ in range(10)]
        guidance = 2.0 if method.guided else 1.0

        def answer(start, sampler=sampler, description=description, steps=steps, draws=draws, guidance=guidance):
            left, rows = iter(draws), []
            path = Recorded(sampler, rows).sample(
                denoiser, start, description, int(steps), lambda n: next(left), guidance
            )
            return path.states.flatten().numpy(), path.times.numpy(), np.array([0, *rows]) / POINTS

        asked = {
            "sampler": settings(sampler),
            "start": flat(start),
            "description": flat(description),
            "steps": int(steps),
            "draws": [flat(draw) for draw in draws],
            "guidance": guidance,
        }
        yield asked, answer


@pytest.fixture(scope="module")
def files():
    return {"driver.js": DRIVER}


@pytest.fixture(scope="module")
def tab(chromium, files):
    with web_page(chromium, files) as opened:
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


def farthest(apart):
    """How far each point's states are apart at the most, of flat states: (points,)."""
    return np.abs(apart).reshape(-1, POINTS, 2).max(axis=(0, 2))


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_every_method_and_sampler_goes_the_same_way_as_in_python(tab, files, space):
    world = World(space)
    files[encoded(key_of(world))] = world_pack(world)
    for method in (kind(world=world) for kind in METHODS):
        files[encoded(key_of(method))] = method_pack(method)
        concept = [*space.concept_names()][len(method.name) % len(space.concept_names())]
        asked, answers = zip(*cases_of(method, concept, np.random.default_rng(len(method.name))), strict=True)
        question = {"world": key_of(world), "method": key_of(method), "cases": asked, "schedules": SCHEDULES}
        for wasm in (True, False) if space is SPACES[0] else (True,):
            call(tab, "useKernel", wasm)
            for one, answer, told in zip(asked, answers, call(tab, "run", question), strict=True):
                start = torch.tensor(one["start"]).reshape(POINTS, 2)
                states, times, evaluations = answer(start)
                where = f"{method.name}, {one['sampler']['name']}, {one['steps']} steps, {concept}"
                apart = farthest(np.array(told["states"]) - states)
                if (apart >= CLOSE).any():
                    digits = (answer(start * (1 + digit))[0] - states for digit in (2**-22, -(2**-22)))
                    moved = np.maximum(*map(farthest, digits))
                    if one["sampler"]["name"] not in {own.name for own in method.samplers}:
                        moved = moved.max()  # a method jumps about under a sampler that is none of its own
                    assert (apart < np.maximum(CLOSE, 10 * moved)).all(), (
                        f"{where}: {apart} although a last digit moves the points by {moved} only"
                    )
                assert np.array_equal(np.float32(told["times"]), times), where
                assert np.allclose(told["evaluations"], evaluations, atol=1e-6), where
    call(tab, "useKernel", True)


@dataclass(frozen=True)
class Spiral(Head):
    """A head that no module of the browser has heard of."""

    def outputs(self, dimensions):
        return 2

    def read(self, network, x, t, description, s=None):
        turn, length = network(x, t, description).split(1, dim=1)
        around = torch.cat([torch.cos(3 * turn), torch.tanh(torch.sin(3 * turn))], dim=1)
        mean = torch.stack([x, around], dim=0).mean(dim=0)
        far = functional.gelu(length.abs(), approximate="tanh") + torch.minimum(length, t) ** 3
        return Prediction(mean + around * far, torch.sigmoid(length)[:, 0] if self.schedule is LINEAR else None)


@pytest.mark.parametrize("schedule", [COSINE, LINEAR], ids=str)
def test_a_new_method_needs_no_javascript(tab, files, kernel, schedule):
    head = Spiral(schedule)
    network = Network(2, 2, 2, 24, 3, torch.Generator().manual_seed(1)).requires_grad_(False)
    denoiser, arrays = Learned(network, head), {}
    world = World(SPACES[0])
    files[encoded(key_of(world))] = world_pack(world)
    header = {"schedule": schedule.name, "sharp": False, "graph": described(export(denoiser, 2, 2), world, arrays)}
    files["pack/spiral"] = pack(header, arrays)
    rng = torch.Generator().manual_seed(2)
    x, t, s = torch.randn(700, 2, generator=rng), torch.rand(700, 1, generator=rng), torch.zeros(700, 1)
    description = torch.randn(700, 2, generator=rng)
    description[::5] = torch.nan
    asked = {"x": flat(x), "t": flat(t), "description": flat(description), "s": flat(s)}
    told = call(tab, "evaluate", {"world": key_of(world), "method": "spiral", **asked})
    prediction = denoiser(x, t, description, s)
    assert np.abs(np.array(told["x0_hat"]) - prediction.x0_hat.flatten().numpy()).max() < CLOSE
    if prediction.trust is None:
        assert told["trust"] is None
    else:
        assert np.abs(np.array(told["trust"]) - prediction.trust.numpy()).max() < CLOSE


def test_trust_that_is_computed_apart_agrees(tab, files, kernel):
    world = World(SPACES[0])
    files[encoded(key_of(world))] = world_pack(world)
    for name in ("diffusion", "ideal-denoiser", "ideal-flow"):
        method = build(name, world)
        files[encoded(key_of(method))] = method_pack(method)
        rng = torch.Generator().manual_seed(3)
        x, t = 2 * torch.randn(300, 2, generator=rng), torch.rand(300, 1, generator=rng)
        description = torch.randn(300, 2, generator=rng)
        description[::5] = torch.nan
        asked = {"x": flat(x), "t": flat(t), "description": flat(description), "s": flat(t)}
        told = call(tab, "evaluate", {"world": key_of(world), "method": key_of(method), **asked})
        trust = store.denoiser(method).trust(x, t, description).numpy()
        assert np.abs(np.array(told["trust"]) - trust).max() < 1e-3, name


def test_an_unknown_operation_is_named_in_a_sentence(tab, files):
    graph = {"inputs": ["x"], "constants": [], "nodes": [["fft_fft", [["$", 0]]]], "outputs": [["$", 1]]}
    files["pack/odd"] = pack({"schedule": "cosine", "sharp": False, "graph": graph}, {})
    files["pack/none"] = pack({}, {})
    asked = {"world": "none", "method": "odd", "x": [0, 0], "t": [1], "description": [0, 0], "s": [0]}
    with pytest.raises(Error, match="The browser does not know the operation “fft_fft”"):
        call(tab, "evaluate", asked)


def test_the_kernel_keeps_to_javascript_s_own_functions_where_numbers_are_large_or_none(tab):
    script = """async () => {
      const { sine, sigmoid, useKernel } = await import("/kernel.js");
      const x = Float32Array.of(0, -0.5, 1.57, 3.2, -7, 100, 8000, -88, 89, 300, -300, NaN);
      const large = Float32Array.of(1e6, -3e7, 2);
      const all = () => [[x, false], [x, true], [large, false], [large, true]].map(([from, cosine]) => {
        const out = new Float32Array(from.length);
        sine(from, out, cosine);
        return [...out];
      });
      const logistic = () => { const out = new Float32Array(x.length); sigmoid(x, out); return [...out]; };
      const found = [];
      for (const wanted of [true, false]) { useKernel(wanted); found.push([...all().flat(), ...logistic()]); }
      useKernel(true);
      return found;
    }"""
    fast, plain = map(np.array, tab.evaluate(script))
    assert np.allclose(fast, plain, atol=3e-7, equal_nan=True)
    assert np.isnan(fast).sum() == 3
