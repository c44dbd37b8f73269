"""Samplers against another library's schedulers, closed forms on Gaussian data, and counted evaluations."""

import math

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine import schedule
from sandbox.engine.denoiser import Counted, Denoiser, Guided, Prediction
from sandbox.engine.network import Network
from sandbox.engine.sampling import SAMPLERS, Ancestral, Ddim, Heun, Jump, sample
from sandbox.measure.generation import descriptions, generate, starting_points
from sandbox.methods import IdealDenoiser, NearestPair
from sandbox.methods.diffusion import DiffusionDenoiser
from sandbox.pairs import World
from sandbox.spaces import NONE, SPACES

SCALE = 1.25  # of the random points R
every_sampler = pytest.mark.parametrize("sampler", [kind() for kind in SAMPLERS.values()], ids=list(SAMPLERS))
every_space = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)


class Stub(Denoiser):
    """A denoiser made of two formulas; it remembers what it was asked."""

    def __init__(self, x0_hat, trust=None):
        self.x0_hat, self._trust, self.calls = x0_hat, trust, []

    def __call__(self, x, t, description, s=None):
        self.calls.append((x, t, description))
        return Prediction(self.x0_hat(x, t, description), None if self._trust is None else self._trust(x))


def gaussian(mean, deviation):
    """The exact denoiser of data N(mean, deviation^2) under noise of scale SCALE."""

    def x0_hat(x, t, description):
        a, noise = schedule.alpha(t), (SCALE * schedule.sigma(t)).square()
        return mean + deviation**2 * a / (a.square() * deviation**2 + noise) * (x - a * mean)

    return Stub(x0_hat)


def noise(seed):
    generator = torch.Generator().manual_seed(seed)
    return lambda n: SCALE * torch.randn(n, 2, generator=generator)


def none(n):
    return torch.full((n, 2), torch.nan)


def no_draw(n):
    return torch.full((n, 2), 1e6)  # whoever uses it ends up far off


# The schedule


@given(st.floats(0, 1))
def test_alpha_and_sigma_lie_on_the_unit_circle(t):
    t = torch.tensor(t, dtype=torch.float64)
    assert schedule.alpha(t).square() + schedule.sigma(t).square() == pytest.approx(1.0, abs=1e-12)


def test_the_ends_of_the_schedule_are_exact():
    ends = torch.tensor([0.0, 1.0])
    assert schedule.alpha(ends).tolist() == [1.0, 0.0]
    assert schedule.sigma(ends).tolist() == [0.0, 1.0]


def test_data_fades_and_noise_grows():
    t = torch.linspace(0, 1, 101)
    assert (schedule.alpha(t).diff() < 0).all()
    assert (schedule.sigma(t).diff() > 0).all()


def test_the_schedule_is_the_cosine_one():
    t = np.linspace(0, 1, 11)
    np.testing.assert_allclose(schedule.alpha(torch.tensor(t)).numpy(), np.cos(np.pi * t / 2), atol=1e-12)


# Against diffusers, on the same network and the same noise levels


def reference(kind, steps):
    """A scheduler of diffusers with one training level for each of our steps."""
    levels = torch.arange(1, steps + 1, dtype=torch.float64) / steps
    kept = schedule.alpha(levels).square()  # alpha-bar
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
    network = Network(2, 32, 2, torch.Generator().manual_seed(3)).requires_grad_(False)
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
    states = sample(Ddim(), DiffusionDenoiser(network, SCALE), x, description, steps, no_draw).states
    torch.testing.assert_close(states, expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize("steps", [2, 5, 32, 100])
def test_ancestral_is_ddim_with_eta_1_of_diffusers(problem, steps):
    # From the second step on: at t = 1 theirs takes the root of a difference that is zero but for rounding.
    network, x, description = problem
    states = sample(Ancestral(), DiffusionDenoiser(network, SCALE), x, description, steps, noise(6)).states
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
    trajectory = sample(
        Ancestral(),
        DiffusionDenoiser(network, 1.0),
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
        (sample(Ddim(), gaussian(mean, deviation), start, none(500), n, no_draw).landing - exact).square().mean().sqrt()
        for n in counts
    ]
    order = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert order == pytest.approx(1.0, abs=0.1)
    assert errors[-1] < 0.01


@pytest.mark.parametrize("sampler", [Ddim(), Ancestral()], ids=["ddim", "ancestral"])
def test_gaussian_data_are_sampled_with_their_mean_and_deviation(sampler):
    n, mean, deviation = 20_000, torch.tensor([0.7, -0.4]), 0.5
    landing = sample(sampler, gaussian(mean, deviation), noise(9)(n), none(n), 200, noise(10)).landing
    torch.testing.assert_close(landing.mean(dim=0), mean, rtol=0, atol=4.5 * deviation / math.sqrt(n))
    torch.testing.assert_close(landing.std(dim=0), torch.full((2,), deviation), rtol=0.03, atol=0)


def test_ancestral_keeps_every_marginal_on_the_way():
    n, mean, deviation, steps = 20_000, torch.tensor([0.7, -0.4]), 0.5, 200
    trajectory = sample(Ancestral(), gaussian(mean, deviation), noise(9)(n), none(n), steps, noise(10))
    for k in range(0, steps, 25):
        a, s = schedule.alpha(trajectory.times[k]), schedule.sigma(trajectory.times[k])
        spread = ((a * deviation).square() + (s * SCALE).square()).sqrt()
        torch.testing.assert_close(trajectory.states[k].mean(dim=0), a * mean, rtol=0, atol=4.5 * SCALE / math.sqrt(n))
        torch.testing.assert_close(trajectory.states[k].std(dim=0), spread.expand(2), rtol=0.03, atol=0)


def test_ancestral_forgets_its_start_and_ddim_does_not():
    start, mean = noise(11)(5000), torch.zeros(2)
    kept, fresh = (
        sample(sampler, gaussian(mean, 0.5), start, none(5000), 100, noise(12)).landing[:, 0]
        for sampler in (Ddim(), Ancestral())
    )
    assert torch.corrcoef(torch.stack([start[:, 0], kept]))[0, 1] > 0.999
    assert abs(torch.corrcoef(torch.stack([start[:, 0], fresh]))[0, 1]) < 4.5 / math.sqrt(5000)


@every_sampler
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_data_in_one_point_are_reached_in_any_number_of_steps(sampler, steps):
    point = torch.tensor([0.7, -0.4])
    landing = sample(sampler, gaussian(point, 0.0), noise(13)(20), none(20), steps, noise(14)).landing
    torch.testing.assert_close(landing, point.expand(20, 2), rtol=0, atol=1e-6)


@every_sampler
def test_one_step_lands_on_the_answer_at_t_1(sampler):
    start = noise(15)(30)
    denoiser = Stub(lambda x, t, description: torch.sin(3 * x) + t)
    landing = sample(sampler, denoiser, start, none(30), 1, noise(16)).landing
    torch.testing.assert_close(landing, torch.sin(3 * start) + 1, rtol=0, atol=1e-6)


# The loop


@every_sampler
def test_steps_are_equally_spaced_and_recorded(sampler):
    start, denoiser = noise(17)(6), gaussian(torch.zeros(2), 0.5)
    trajectory = sample(sampler, denoiser, start, none(6), 4, noise(18))
    assert trajectory.times.tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]
    second = isinstance(sampler, Heun)  # asks again where the first slope leads, but for the last step
    levels = [1.0, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25] if second else [1.0, 0.75, 0.5, 0.25]
    assert [t.unique().tolist() for _, t, _ in denoiser.calls] == [[level] for level in levels]
    assert trajectory.states.shape == (5, 6, 2)
    assert torch.equal(trajectory.states[0], start)
    assert torch.equal(trajectory.states[-1], trajectory.landing)
    for state, (x, _, _) in zip(trajectory.states[:-1], denoiser.calls[:: 1 + second], strict=True):
        assert torch.equal(x, state)


@every_sampler
@pytest.mark.parametrize("steps", [1, 2, 3, 8])
def test_a_step_is_one_evaluation_and_for_heun_two_but_for_the_last(sampler, steps):
    trajectory = sample(sampler, gaussian(torch.zeros(2), 0.5), noise(19)(10), none(10), steps, noise(20))
    assert trajectory.nfe == (2 * steps - 1 if isinstance(sampler, Heun) else steps)


@every_sampler
@pytest.mark.parametrize("steps", [0, -3])
def test_sampling_without_a_step_is_refused(sampler, steps):
    with pytest.raises(ValueError, match=r"^Sampling needs at least one step and one point\.$"):
        sample(sampler, gaussian(torch.zeros(2), 0.5), noise(19)(10), none(10), steps, noise(20))


# Jump


def test_a_jump_sets_out_from_where_the_last_one_landed():
    states = sample(Jump(), Stub(lambda x, t, d: x / 2), torch.full((3, 2), 8.0), none(3), 3, no_draw).states
    assert states[:, 0, 0].tolist() == [8.0, 4.0, 2.0, 1.0]


def trusts_the_right_half(x):
    return (x[:, 0] > 0).float()


def drawing(*draws):
    """Random points that were decided beforehand; the ones after them are not to be used."""
    values = iter(draws)
    return lambda n: torch.tensor(next(values, [math.nan] * n))[:, None].expand(n, 2)


@pytest.mark.parametrize(
    ("redraws", "start", "evaluations"),
    [(8, [1, 2, 8, 7], 7), (2, [1, 2, 8, 7], 7), (1, [1, 2, -3, 7], 6), (0, [1, 2, -1, -2], 4)],
)
@pytest.mark.parametrize("steps", [1, 3])
def test_distrusted_starts_are_drawn_anew_and_every_try_is_counted(redraws, start, evaluations, steps):
    draw = drawing([5.0, 5.0, -3.0, 7.0], [6.0, 6.0, 8.0, 6.0])
    denoiser = Stub(lambda x, t, d: x + 100, trusts_the_right_half)
    first = torch.tensor([1.0, 2.0, -1.0, -2.0])[:, None].expand(4, 2)
    trajectory = sample(Jump(threshold=0.5, redraws=redraws), denoiser, first, none(4), steps, draw)
    assert trajectory.states[0, :, 0].tolist() == start
    assert trajectory.landing[:, 0].tolist() == [x + 100 * steps for x in start]
    assert trajectory.nfe == (evaluations + 4 * (steps - 1)) / 4


def test_a_start_drawn_anew_keeps_its_description():
    description = torch.arange(8.0).reshape(4, 2)
    denoiser = Stub(lambda x, t, d: d, trusts_the_right_half)
    first = torch.tensor([1.0, -1.0, 1.0, -1.0])[:, None].expand(4, 2)
    landing = sample(Jump(threshold=0.5), denoiser, first, description, 1, drawing([5.0] * 4)).landing
    assert torch.equal(landing, description)


def test_trust_at_the_threshold_is_enough_to_set_out():
    denoiser = Stub(lambda x, t, d: x, lambda x: torch.full((len(x),), 0.5))
    assert sample(Jump(threshold=0.5), denoiser, torch.zeros(3, 2), none(3), 1, noise(1)).nfe == 1


def test_a_method_without_trust_is_not_drawn_anew():
    trajectory = sample(
        Jump(threshold=1.0, enough=0.0), Stub(lambda x, t, d: x), torch.zeros(3, 2), none(3), 4, noise(1)
    )
    assert trajectory.nfe == 4
    assert torch.equal(trajectory.states[0], torch.zeros(3, 2))


@pytest.mark.parametrize(
    ("steps", "landing", "evaluations"),
    [(1, [0.5, 1, 2, 4], 4), (2, [0.5, 0.5, 1, 2], 7), (3, [0.5, 0.5, 0.5, 1], 9), (10, [0.5, 0.5, 0.5, 0.5], 10)],
)
def test_a_jump_trusted_enough_is_a_point_s_last(steps, landing, evaluations):
    # Halves the point and is sure once within 1: a start at 2^k needs k + 1 jumps.
    denoiser = Stub(lambda x, t, d: x / 2, lambda x: torch.where(x[:, 0] <= 1, 1.0, 0.2))
    start = torch.tensor([1.0, 2.0, 4.0, 8.0])[:, None].expand(4, 2)
    trajectory = sample(Jump(threshold=0.0, enough=0.5), denoiser, start, none(4), steps, no_draw)
    assert trajectory.landing[:, 0].tolist() == landing
    assert trajectory.nfe == evaluations / 4
    assert trajectory.states.shape == (steps + 1, 4, 2)


def test_points_that_go_on_keep_their_descriptions():
    denoiser = Stub(lambda x, t, d: d, lambda x: torch.where(x[:, 0] <= 1, 1.0, 0.2))
    start, description = torch.tensor([[0.0, 0], [9, 9], [0, 0], [9, 9]]), torch.arange(8.0).reshape(4, 2)
    trajectory = sample(Jump(threshold=0.0, enough=0.5), denoiser, start, description, 2, no_draw)
    assert torch.equal(trajectory.landing, description)


# Guidance and counting


def guidable():
    """Answers (1, 1) without a description and the description with one."""
    return Stub(lambda x, t, d: torch.where(d.isnan(), 1.0, d), lambda x: torch.full((len(x),), 0.25))


def some_described():
    return torch.tensor([[3.0, 5.0], [torch.nan, torch.nan], [0.0, 2.0]])


def test_guidance_goes_past_the_described_answer():
    x0_hat = Guided(guidable(), 2.5)(torch.zeros(3, 2), torch.ones(3, 1), some_described()).x0_hat
    assert x0_hat.tolist() == [[1 + 2.5 * 2, 1 + 2.5 * 4], [1.0, 1.0], [1 - 2.5, 1 + 2.5]]


def test_guidance_of_weight_0_is_the_answer_without_a_description():
    x0_hat = Guided(guidable(), 0.0)(torch.zeros(3, 2), torch.ones(3, 1), some_described()).x0_hat
    assert x0_hat.tolist() == [[1.0, 1.0]] * 3


def test_guidance_asks_again_at_the_same_place_for_the_described_rows_only():
    inner, x, t = guidable(), torch.arange(6.0).reshape(3, 2), torch.tensor([[0.1], [0.2], [0.3]])
    Guided(inner, 2.0)(x, t, some_described())
    (_, again) = inner.calls
    assert torch.equal(again[0], x[[0, 2]])
    assert torch.equal(again[1], t[[0, 2]])
    assert again[2].isnan().all()


def test_guidance_leaves_the_trust_of_the_described_answer():
    guided = Guided(guidable(), 2.0)(torch.zeros(3, 2), torch.ones(3, 1), some_described())
    assert guided.trust.tolist() == [0.25] * 3


@pytest.mark.parametrize(("weight", "rows"), [(1.0, 3), (2.0, 5), (0.0, 5)])
def test_the_second_evaluation_of_guidance_is_counted(weight, rows):
    counted = Counted(guidable())
    Guided(counted, weight)(torch.zeros(3, 2), torch.ones(3, 1), some_described())
    assert counted.rows == rows


@every_sampler
@pytest.mark.parametrize(("weight", "rows"), [(1.0, 3), (2.0, 5)])
def test_guidance_is_counted_while_sampling(sampler, weight, rows):
    start = torch.zeros(3, 2)
    trajectory = sample(sampler, guidable(), start, some_described(), 4, noise(21), guidance=weight)
    evaluations = 7 if isinstance(sampler, Heun) else 4
    assert trajectory.nfe == pytest.approx(evaluations * rows / 3)


def test_guidance_of_weight_1_and_of_nothing_costs_nothing():
    for weight, description in ((1.0, some_described()), (3.0, none(3))):
        inner = guidable()
        Guided(inner, weight)(torch.zeros(3, 2), torch.ones(3, 1), description)
        assert len(inner.calls) == 1


@every_sampler
def test_sampling_is_guided(sampler):
    landing = sample(sampler, guidable(), torch.zeros(3, 2), some_described(), 1, noise(21), guidance=2.0).landing
    assert landing.tolist() == [[5.0, 9.0], [1.0, 1.0], [-1.0, 3.0]]


def test_counting_changes_no_answer():
    inner, x, t = guidable(), torch.zeros(3, 2), torch.ones(3, 1)
    answer = Counted(inner)(x, t, some_described())
    assert torch.equal(answer.x0_hat, inner(x, t, some_described()).x0_hat)
    assert answer.trust.tolist() == [0.25] * 3


def test_trust_is_full_where_a_method_says_nothing():
    x, t = torch.zeros(3, 2), torch.ones(3, 1)
    assert Stub(lambda x, t, d: x).trust(x, t, none(3)).tolist() == [1.0] * 3
    assert guidable().trust(x, t, none(3)).tolist() == [0.25] * 3


# generate


@every_sampler
def test_a_seed_decides_everything(sampler, world):
    denoiser = NearestPair(world=world).denoiser()
    first, again, other = (generate(denoiser, sampler, world, "cat", 3, 20, seed).states for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.isin(first[0], other[0]).any()


class Noise(Ddim):
    """Lands on the noise that it is offered."""

    def step(self, x, x0_hat, t, s, z, schedule):
        return z


def test_the_noise_on_the_way_is_the_seed_s_own_and_comes_once(world):
    denoiser = NearestPair(world=world).denoiser()
    first, again, other = (generate(denoiser, Noise(), world, "cat", 3, 20, seed).states for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert len(torch.cat([first, other]).unique()) == 2 * first.numel()


@every_space
def test_every_method_and_concept_sets_out_from_the_same_points(space):
    world = World(space=space.name, pairs=100)
    starts = [
        generate(method(world=world).denoiser(), Ddim(), world, concept, 2, 10, 7).states[0]
        for method in (NearestPair, IdealDenoiser)
        for concept in space.concept_names()
    ]
    assert all(torch.equal(start, starts[0]) for start in starts)


@every_space
def test_more_points_keep_those_that_were_there(space):
    world = World(space=space.name, pairs=100)
    assert torch.equal(starting_points(world, 10, 5), starting_points(world, 700, 5)[:10])
    for concept in space.concept_names():
        few, many = descriptions(world, concept, 10, 5), descriptions(world, concept, 700, 5)
        assert few.shape == (10, 2)
        torch.testing.assert_close(few, many[:10], rtol=0, atol=0, equal_nan=True)


def test_starts_and_descriptions_are_independent(world):
    described = descriptions(world, "cat", 2000, 3)
    start = starting_points(world, 2000, 3)
    correlation = torch.corrcoef(torch.cat([described, start], dim=1).T)[:2, 2:]
    assert correlation.abs().max() < 4.5 / math.sqrt(2000)


def test_generation_without_a_description(world):
    landing = generate(NearestPair(world=world).denoiser(), Jump(), world, NONE, 1, 50, 0).landing
    start = starting_points(world, 50, 0)
    image = torch.tensor(NearestPair(world=world).denoiser().index.pairs.image, dtype=torch.float32)
    nearest = (start[:, None] - image).norm(dim=2).amin(dim=1)
    torch.testing.assert_close((landing - start).norm(dim=1), nearest, rtol=0, atol=1e-5)


def test_generation_is_guided_when_asked(world):
    plain, guided = (generate(guidable(), Ddim(), world, "cat", 2, 20, 0, guidance=weight) for weight in (1.0, 3.0))
    torch.testing.assert_close(guided.landing, 1 + 3 * (plain.landing - 1))
    assert (plain.nfe, guided.nfe) == (2, 4)


@pytest.mark.parametrize(("concept", "steps"), [("zebra", 2), ("cat", 0)])
def test_generation_of_the_impossible_is_refused(world, concept, steps):
    with pytest.raises(ValueError, match=r"^.+ .+\.$"):
        generate(NearestPair(world=world).denoiser(), Ddim(), world, concept, steps, 5, 0)
