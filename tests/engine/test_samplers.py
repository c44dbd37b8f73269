"""Samplers against another library's schedulers, closed forms on Gaussian data, and the loop they share."""

import math

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler

from sandbox.engine.heads import Learned, Velocity
from sandbox.engine.network import Network
from sandbox.engine.samplers import Ancestral, Ddim, DpmSolver2M, Heun, Renoise
from sandbox.engine.schedule import COSINE
from sandbox.methods import Jump
from tests.engine.stubs import SAMPLERS, SCALE, Stub, gaussian, no_draw, noise, none

every_sampler = pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.name)


# Against diffusers, on the same network and the same noise levels


def reference(kind, steps):
    """A scheduler of diffusers with one training level for each of our steps."""
    levels = torch.arange(1, steps + 1, dtype=torch.float64) / steps
    kept = COSINE.alpha(levels).square()  # alpha-bar
    betas = 1 - kept / torch.cat([torch.ones(1), kept[:-1]])
    options = {"set_alpha_to_one": True} if kind is DDIMScheduler else {}
    scheduler = kind(
        num_train_timesteps=steps,
        trained_betas=betas.tolist(),
        prediction_type="v_prediction",
        clip_sample=False,
        timestep_spacing="trailing",
        **options,
    )
    scheduler.set_timesteps(steps)
    return scheduler


def reference_states(scheduler, network, x, description, step, begin=0):
    states = [x]
    for timestep in scheduler.timesteps[begin:]:
        t = torch.full((len(x), 1), (int(timestep) + 1) / len(scheduler.timesteps))
        x = step(network(x, t, description), timestep, x)
        states.append(x)
    return torch.stack(states)


@pytest.fixture
def problem():
    """A random velocity network, points, and descriptions of which some are none."""
    network = Network(2, 2, 2, 32, 2, torch.Generator().manual_seed(3)).requires_grad_(False)
    description = torch.randn(50, 2, generator=torch.Generator().manual_seed(5))
    description[::3] = torch.nan
    return network, noise(4)(50), description


@pytest.mark.parametrize("steps", [1, 2, 5, 32, 100])
def test_ddim_is_that_of_diffusers(problem, steps):
    network, x, description = problem
    scheduler = reference(DDIMScheduler, steps)
    expected = reference_states(
        scheduler, network, x, description, lambda v, t, x: scheduler.step(v, t, x, eta=0.0).prev_sample
    )
    states = Ddim().sample(Learned(network, Velocity(COSINE)), x, description, steps, no_draw).states
    torch.testing.assert_close(states, expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("steps", [2, 5, 32, 100])
def test_ancestral_is_ddim_with_eta_1_of_diffusers(problem, steps):
    # From the second step on: at t = 1 theirs takes the root of a difference that is zero but for rounding.
    network, x, description = problem
    states = Ancestral().sample(Learned(network, Velocity(COSINE)), x, description, steps, noise(6)).states
    scheduler, draw = reference(DDIMScheduler, steps), noise(6)
    draw(len(x))

    def step(v, t, x):
        return scheduler.step(v, t, x, eta=1.0, variance_noise=draw(len(x))).prev_sample

    expected = reference_states(scheduler, network, states[1], description, step, begin=1)
    torch.testing.assert_close(states[1:], expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("steps", [1, 2, 5, 32])
def test_ancestral_is_ddpm_of_diffusers(problem, steps):
    network, x, description = problem
    scheduler = reference(DDPMScheduler, steps)
    ours, theirs = torch.Generator().manual_seed(7), torch.Generator().manual_seed(7)
    expected = reference_states(
        scheduler, network, x, description, lambda v, t, x: scheduler.step(v, t, x, generator=theirs).prev_sample
    )
    trajectory = Ancestral().sample(
        Learned(network, Velocity(COSINE)),
        x,
        description,
        steps,
        lambda n: torch.randn(n, 2, generator=ours),
    )
    torch.testing.assert_close(trajectory.states, expected, rtol=0, atol=5e-5)


# Closed forms


def test_ddim_converges_with_order_1_to_the_exact_flow():
    mean, deviation, start = torch.tensor([0.7, -0.4]), 0.5, noise(8)(500)
    exact = mean + deviation * start / SCALE
    counts = [16, 32, 64, 128, 256]
    errors = [
        (Ddim().sample(gaussian(mean, deviation), start, none(500), n, no_draw).samples - exact).square().mean().sqrt()
        for n in counts
    ]
    order = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert order == pytest.approx(1.0, abs=0.1)
    assert errors[-1] < 0.01


@pytest.mark.parametrize("sampler", [Ddim(), Ancestral()], ids=["ddim", "ancestral"])
def test_gaussian_data_are_sampled_with_their_mean_and_deviation(sampler):
    n, mean, deviation = 20_000, torch.tensor([0.7, -0.4]), 0.5
    samples = sampler.sample(gaussian(mean, deviation), noise(9)(n), none(n), 200, noise(10)).samples
    torch.testing.assert_close(samples.mean(dim=0), mean, rtol=0, atol=4.5 * deviation / math.sqrt(n))
    torch.testing.assert_close(samples.std(dim=0), torch.full((2,), deviation), rtol=0.03, atol=0)


def test_ancestral_keeps_every_marginal_on_the_way():
    n, mean, deviation, steps = 20_000, torch.tensor([0.7, -0.4]), 0.5, 200
    trajectory = Ancestral().sample(gaussian(mean, deviation), noise(9)(n), none(n), steps, noise(10))
    for k in range(0, steps, 25):
        a, s = COSINE.alpha(trajectory.times[k]), COSINE.sigma(trajectory.times[k])
        spread = ((a * deviation).square() + (s * SCALE).square()).sqrt()
        torch.testing.assert_close(trajectory.states[k].mean(dim=0), a * mean, rtol=0, atol=4.5 * SCALE / math.sqrt(n))
        torch.testing.assert_close(trajectory.states[k].std(dim=0), spread.expand(2), rtol=0.03, atol=0)


def test_ancestral_forgets_its_start_and_ddim_does_not():
    start, mean = noise(11)(5000), torch.zeros(2)
    kept, fresh = (
        sampler.sample(gaussian(mean, 0.5), start, none(5000), 100, noise(12)).samples[:, 0]
        for sampler in (Ddim(), Ancestral())
    )
    assert torch.corrcoef(torch.stack([start[:, 0], kept]))[0, 1] > 0.999
    assert abs(torch.corrcoef(torch.stack([start[:, 0], fresh]))[0, 1]) < 4.5 / math.sqrt(5000)


@every_sampler
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_data_in_one_point_are_reached_in_any_number_of_steps(sampler, steps):
    point = torch.tensor([0.7, -0.4])
    samples = sampler.sample(gaussian(point, 0.0), noise(13)(20), none(20), steps, noise(14)).samples
    torch.testing.assert_close(samples, point.expand(20, 2), rtol=0, atol=1e-6)


@every_sampler
def test_one_step_lands_on_the_answer_at_t_1(sampler):
    start = noise(15)(30)
    denoiser = Stub(lambda x, t, description: torch.sin(3 * x) + t)
    samples = sampler.sample(denoiser, start, none(30), 1, noise(16)).samples
    torch.testing.assert_close(samples, torch.sin(3 * start) + 1, rtol=0, atol=1e-6)


# The loop


@every_sampler
def test_steps_are_equally_spaced_and_recorded(sampler):
    start, denoiser = noise(17)(6), gaussian(torch.zeros(2), 0.5)
    trajectory = sampler.sample(denoiser, start, none(6), 4, noise(18))
    assert trajectory.times.tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]
    second = isinstance(sampler, Heun)  # asks again where the first slope leads, but for the last step
    levels = [1.0, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25] if second else [1.0, 0.75, 0.5, 0.25]
    assert [t.unique().tolist() for _, t, _, _ in denoiser.calls] == [[level] for level in levels]
    assert trajectory.states.shape == (5, 6, 2)
    assert torch.equal(trajectory.states[0], start)
    assert torch.equal(trajectory.states[-1], trajectory.samples)
    for state, (x, *_) in zip(trajectory.states[:-1], denoiser.calls[:: 1 + second], strict=True):
        assert torch.equal(x, state)


@every_sampler
@pytest.mark.parametrize("steps", [1, 2, 3, 8])
def test_a_step_is_one_evaluation_and_for_heun_two_but_for_the_last(sampler, steps):
    trajectory = sampler.sample(gaussian(torch.zeros(2), 0.5), noise(19)(10), none(10), steps, noise(20))
    assert trajectory.nfe == (2 * steps - 1 if isinstance(sampler, Heun) else steps)


@every_sampler
@pytest.mark.parametrize("steps", [0, -3])
def test_sampling_without_a_step_is_refused(sampler, steps):
    with pytest.raises(ValueError, match=r"^Sampling needs at least one step and one point\.$"):
        sampler.sample(gaussian(torch.zeros(2), 0.5), noise(19)(10), none(10), steps, noise(20))


def test_a_sampler_says_whether_it_uses_the_answer_up_to_the_next_level_or_up_to_the_data():
    asked = {}
    for sampler in SAMPLERS:
        denoiser = gaussian(torch.zeros(2), 0.5)
        sampler.sample(denoiser, noise(22)(3), none(3), 2, noise(23))
        asked[type(sampler)] = [(t.unique().item(), s.unique().item()) for _, t, _, s in denoiser.calls]
    assert asked[Ddim] == asked[Ancestral] == asked[DpmSolver2M] == [(1.0, 0.5), (0.5, 0.0)]
    assert asked[Renoise] == asked[Jump] == [(1.0, 0.0), (0.5, 0.0)]
    assert asked[Heun] == [(1.0, 0.5), (0.5, 0.5), (0.5, 0.0)]  # the second slope is that at the level itself


@pytest.mark.parametrize("sampler", [Ddim(), Heun(), DpmSolver2M(), Jump()], ids=lambda sampler: sampler.name)
def test_deterministic_samplers_draw_no_noise(sampler):
    sampler.sample(gaussian(torch.zeros(2), 0.5), noise(24)(3), none(3), 3, lambda n: pytest.fail("it drew noise"))


@every_sampler
def test_sampling_changes_neither_the_starts_nor_the_descriptions(sampler):
    start, description = noise(25)(5), torch.randn(5, 2, generator=torch.Generator().manual_seed(26))
    before = start.clone(), description.clone()
    denoiser = Stub(lambda x, t, d: x / 2, lambda x: torch.zeros(len(x)))  # never trusted: a jump draws anew
    sampler.sample(denoiser, start, description, 3, noise(27))
    assert torch.equal(start, before[0])
    assert torch.equal(description, before[1])
