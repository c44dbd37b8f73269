"""Heun's method, DPM-Solver++ and flow matching's Euler against another library's schedulers, and by their order."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.schedulers.scheduling_heun_discrete import HeunDiscreteScheduler

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.heads import Learned, Velocity
from sandbox.engine.network import Network
from sandbox.engine.samplers import Ddim, DpmSolver2M, Heun, Renoise, Run
from sandbox.engine.schedule import COSINE, LINEAR

theirs_alone = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
NONE = torch.full((64, 2), torch.nan)


class Gaussian(Denoiser):
    """The exact denoiser of data N(mean, deviation^2) from R ~ N(0, 1), in the precision that it is asked in."""

    def __init__(self, schedule, mean=0.7, deviation=0.5):
        self.schedule, self.mean, self.deviation = schedule, mean, deviation

    def __call__(self, x, t, description, s=None):
        alpha, sigma = self.schedule.alpha(t), self.schedule.sigma(t)
        gain = alpha * self.deviation**2 / ((alpha * self.deviation).square() + sigma.square())
        return Prediction(self.mean + gain * (x - alpha * self.mean))

    def spread(self, t):
        return ((self.schedule.alpha(t) * self.deviation).square() + self.schedule.sigma(t).square()).sqrt()

    def error(self, sampler, start, times):
        """The largest distance from the probability flow's own solution, a straight scaling about the mean."""
        first, last = times[0], times[-1]
        apart = start - self.schedule.alpha(first) * self.mean
        exact = self.schedule.alpha(last) * self.mean + apart * self.spread(last) / self.spread(first)
        return (run(sampler, self, start, times)[-1] - exact).abs().max().item()


@pytest.fixture
def start():
    return torch.randn(64, 2, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def network():
    return Network(2, 2, 2, 32, 2, torch.Generator().manual_seed(2)).requires_grad_(False)


def no_draw(n):
    return torch.zeros(n, 2)


def run(sampler, denoiser, start, times):
    """The states at noise levels that need not begin at 1, and in any precision."""
    way, states = Run(denoiser, NONE[: len(start)].to(start.dtype), no_draw), [start]
    for t, s in pairwise(times):
        states.append(sampler.step(way, states[-1], t, s))
    return states


@theirs_alone
@pytest.mark.parametrize("steps", [2, 3, 8, 20])
def test_dpm_solver_is_that_of_diffusers(network, start, steps):
    # Theirs begins just under t = 1, because their noise-to-data ratio must be finite; so does ours, for this test.
    times = torch.linspace(0.98, 0.0, steps + 1)
    theirs = DPMSolverMultistepScheduler(
        num_train_timesteps=1000,
        algorithm_type="dpmsolver++",
        solver_order=2,
        solver_type="midpoint",
        lower_order_final=False,
        final_sigmas_type="zero",
        prediction_type="sample",
    )
    theirs.set_timesteps(steps)
    ratio = (COSINE.sigma(times) / COSINE.alpha(times)).numpy()
    theirs.sigmas = torch.tensor(ratio, dtype=torch.float32)
    theirs.timesteps = torch.arange(steps)
    theirs.num_inference_steps = steps
    denoiser, x = Learned(network, Velocity(COSINE)), start
    for k in range(steps):
        level = times[k].expand(len(x), 1)
        x0_hat = denoiser(x, level, NONE).x0_hat
        x = theirs.step(x0_hat, theirs.timesteps[k], x).prev_sample
    torch.testing.assert_close(run(DpmSolver2M(), denoiser, start, times)[-1], x, rtol=0, atol=2e-5)


@theirs_alone
@pytest.mark.parametrize("steps", [2, 5, 16])
def test_heun_is_that_of_diffusers(network, start, steps):
    # Theirs moves y = x / alpha along lambda = sigma / alpha, from a finite lambda.
    times = torch.linspace(0.9, 0.0, steps + 1)
    ratio = COSINE.sigma(times) / COSINE.alpha(times)
    theirs = HeunDiscreteScheduler(num_train_timesteps=1000, prediction_type="sample")
    theirs.set_timesteps(steps)
    theirs.sigmas = torch.cat([ratio[:1], ratio[1:-1].repeat_interleave(2), ratio[-1:]])
    theirs.timesteps = torch.arange(len(theirs.sigmas) - 1, dtype=torch.float32)
    denoiser = Learned(network, Velocity(COSINE))
    levels = torch.cat([times[:1], times[1:-1].repeat_interleave(2)])
    y = start / COSINE.alpha(times[0])
    for k, level in enumerate(levels):
        x0_hat = denoiser(y * COSINE.alpha(level), level.expand(len(y), 1), NONE).x0_hat
        y = theirs.step(x0_hat, theirs.timesteps[k], y).prev_sample
    torch.testing.assert_close(run(Heun(), denoiser, start, times)[-1], y, rtol=0, atol=5e-5)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_ddim_on_straight_lines_is_flow_matchings_euler(network, start, steps):
    theirs = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=1.0)
    times = torch.linspace(1.0, 0.0, steps + 1)
    theirs.set_timesteps(sigmas=times[:-1].tolist())
    x = start
    for t, level in zip(theirs.timesteps, times, strict=False):
        x = theirs.step(network(x, level.expand(len(x), 1), NONE), t, x).prev_sample
    samples = Ddim().sample(Learned(network, Velocity(LINEAR)), start, NONE, steps, no_draw).samples
    torch.testing.assert_close(samples, x, rtol=0, atol=2e-5)


@pytest.mark.parametrize("schedule", [COSINE, LINEAR], ids=["cosine", "linear"])
@pytest.mark.parametrize(("sampler", "order"), [(Ddim(), 1), (Heun(), 2), (DpmSolver2M(), 2)])
def test_the_order_on_gaussian_data(sampler, order, schedule, start):
    # From .95 to .05 and in double precision: at the ends the first and the last step are of first order by design.
    counts = (16, 32, 64, 128)
    errors = [
        Gaussian(schedule).error(sampler, start.double(), torch.linspace(0.95, 0.05, steps + 1, dtype=torch.float64))
        for steps in counts
    ]
    assert -np.polyfit(np.log(counts), np.log(errors), 1)[0] == pytest.approx(order, abs=0.25)


@pytest.mark.parametrize("schedule", [COSINE, LINEAR], ids=["cosine", "linear"])
@pytest.mark.parametrize(("sampler", "order"), [(Ddim(), 2), (Heun(), 4)])
def test_the_local_order_of_the_first_step_where_alpha_is_nothing(sampler, order, schedule, start):
    # Heun's slope has no finite lambda at t = 1. In the form it has there, w against mu, the exact way on Gaussian data is
    # mean mu + z sqrt(1 + deviation^2 mu^2): no term of third order, so that its error is of fourth rather than third.
    lengths = (0.08, 0.04, 0.02, 0.01)
    errors = [
        Gaussian(schedule).error(sampler, start.double(), torch.tensor([1.0, 1.0 - length], dtype=torch.float64))
        for length in lengths
    ]
    assert np.polyfit(np.log(lengths), np.log(errors), 1)[0] == pytest.approx(order, abs=0.25)


@pytest.mark.parametrize("schedule", [COSINE, LINEAR], ids=["cosine", "linear"])
def test_second_order_beats_first_from_noise_to_data(schedule, start):
    denoiser, begin = Gaussian(schedule), start
    exact = denoiser.mean + denoiser.deviation * start
    errors = [
        (sampler.sample(denoiser, begin, NONE, 32, no_draw).samples - exact).abs().max().item()
        for sampler in (Ddim(), Heun(), DpmSolver2M())
    ]
    assert max(errors[1:]) < errors[0] / 3


@pytest.mark.parametrize(("sampler", "cost"), [(Ddim(), 5), (Heun(), 9), (DpmSolver2M(), 5), (Renoise(), 5)])
def test_every_second_evaluation_is_counted(sampler, cost, start):
    assert sampler.sample(Gaussian(COSINE), start, NONE, 5, no_draw).nfe == cost


def test_renoising_keeps_the_law_of_gaussian_data():
    # With an exact consistency function every state has the law of its level, however few the steps.
    n, generator = 40_000, torch.Generator().manual_seed(3)

    class Consistent(Denoiser):
        def __call__(self, x, t, description, s=None):
            spread = ((COSINE.alpha(t) * 0.5).square() + COSINE.sigma(t).square()).sqrt()
            return Prediction(0.7 + 0.5 * (x - COSINE.alpha(t) * 0.7) / spread)

    def draw(m):
        return torch.randn(m, 2, generator=generator)

    samples = Renoise().sample(Consistent(), draw(n), torch.full((n, 2), torch.nan), 3, draw).samples
    torch.testing.assert_close(samples.mean(0), torch.full((2,), 0.7), rtol=0, atol=4.5 * 0.5 / math.sqrt(n))
    torch.testing.assert_close(samples.std(0), torch.full((2,), 0.5), rtol=0.02, atol=0)
