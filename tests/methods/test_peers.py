"""Each peer of the coalescer is right: closed forms and other libraries, which a wrong sign or schedule does not pass."""

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import ot
import pytest
import torch
from scipy.spatial.distance import cdist
from torch import nn
from torchcfm.conditional_flow_matching import ConditionalFlowMatcher, OTPlanSampler

from sandbox.engine import schedule
from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import Network
from sandbox.engine.sampling import Ddim, sample
from sandbox.methods import (
    AskedCoalescer,
    Coalescer,
    Consistency,
    DistilledDiffusion,
    Drifting,
    FlowMatching,
    MeanFlow,
    OtFlowMatching,
)
from sandbox.methods.diffusion import DiffusionDenoiser
from sandbox.methods.distilled_diffusion import StudentDenoiser, two_steps
from sandbox.methods.drifting import drift
from sandbox.methods.flow_matching import FlowDenoiser
from sandbox.methods.meanflow import INSTANT, MeanFlowDenoiser, average_velocity
from sandbox.pairs import World, make_pairs, pair_index
from sandbox.spaces import space_named
from sandbox.weights.training import train

WORLD = World("moons", pairs=300)
PLACE = torch.tensor([0.7, -0.4])  # the only image of a world with one


class Formula(nn.Module):
    """A network that is a formula of x, t and the description."""

    def __init__(self, formula):
        super().__init__()
        self.formula = formula

    def forward(self, x, t, description):
        return self.formula(x, t, description)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def none(n):
    return torch.full((n, 2), torch.nan)


# Flow matching


def test_flow_matching_learns_what_torchcfm_does(rng):
    # Theirs runs from noise at 0 to data at 1: our t is 1 - theirs and our velocity has the other sign.
    x, t, _, velocity = next(FlowMatching(world=WORLD, batch=64).batches(rng))
    image, start = x - t * velocity, x + (1 - t) * velocity
    _, theirs, flow = ConditionalFlowMatcher(sigma=0.0).sample_location_and_conditional_flow(start, image, 1 - t[:, 0])
    torch.testing.assert_close(theirs, x, rtol=0, atol=1e-5)
    torch.testing.assert_close(flow, -velocity, rtol=0, atol=1e-5)
    assert cdist(image, make_pairs(WORLD).image).min(axis=1).max() < 1e-5
    assert start.std() == pytest.approx(space_named("moons").start_scale, rel=0.15)


def test_the_coupling_costs_what_torchcfm_s_and_pot_s_do(rng):
    start, image = rng.normal(size=(40, 2)), rng.normal(size=(40, 2)) + 2
    order = OtFlowMatching(world=WORLD).coupling(start, image)
    assert sorted(order) == list(range(40))
    cost = np.square(start[order] - image).sum(axis=1).mean()
    assert cost == pytest.approx(ot.emd2([], [], cdist(image, start, "sqeuclidean")), rel=1e-9)
    plan = OTPlanSampler(method="exact").get_map(torch.tensor(image), torch.tensor(start))
    np.testing.assert_array_equal(plan.argmax(axis=1), order)


def test_no_other_coupling_is_shorter(rng):
    start, image = rng.normal(size=(6, 2)), rng.normal(size=(6, 2))
    lengths = [np.square(start[list(order)] - image).sum() for order in permutations(range(6))]
    order = OtFlowMatching(world=WORLD).coupling(start, image)
    assert np.square(start[order] - image).sum() == pytest.approx(min(lengths))


def test_a_step_on_the_velocity_of_one_place_lands_there():
    denoiser = FlowDenoiser(Formula(lambda x, t, d: (x - PLACE) / t))
    landing = sample(Ddim(), denoiser, torch.randn(20, 2), none(20), 3, torch.randn).landing
    torch.testing.assert_close(landing, PLACE.expand(20, 2), rtol=0, atol=1e-5)


# MeanFlow


def test_the_average_velocity_of_gaussian_data_obeys_the_identity():
    # Straight lines between N(0, 1) and N(0, s^2): the flow scales x by r(t) = sqrt((1-t)^2 s^2 + t^2), so that
    # u = x (1 - r(s)/r(t)) / (t - s) and v = x r'(t)/r(t); whatever noise v carries has mean 0.
    deviation = 0.5

    def spread(t):
        return ((1 - t).square() * deviation**2 + t.square()).sqrt()

    def average(x, levels, description):
        t, length = levels[:, :1], levels[:, 1:]
        return x * (1 - spread(t - length) / spread(t)) / length

    t = torch.linspace(0.2, 0.95, 30, dtype=torch.float64)[:, None]
    x = torch.randn(30, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(6))
    velocity = x * (t - (1 - t) * deviation**2) / spread(t).square()
    u, target = average_velocity(Formula(average), x, t, t * 0.4, none(30), velocity)
    torch.testing.assert_close(target, u, rtol=1e-8, atol=1e-10)
    assert (u - velocity).abs().max() > 0.1  # an average is not the velocity itself


def test_a_meanflow_step_goes_t_minus_s_times_the_average_velocity():
    average = torch.tensor([0.3, -0.2])
    denoiser = MeanFlowDenoiser(Formula(lambda x, t, d: average.expand(len(x), 2)))
    start = torch.randn(5, 2)
    states = sample(Ddim(), denoiser, start, none(5), 4, torch.randn).states
    for k in range(5):
        torch.testing.assert_close(states[k], start - k / 4 * average, rtol=0, atol=1e-5)


def test_meanflow_is_told_the_step_s_length():
    seen = []

    def remember(x, levels, description):
        seen.append(levels[0].tolist())
        return torch.zeros(len(x), 2)

    sample(Ddim(), MeanFlowDenoiser(Formula(remember)), torch.randn(2, 2), none(2), 2, torch.randn)
    assert seen == [[1.0, 0.5], [0.5, 0.5]]


# Consistency


def test_a_consistent_answer_costs_nothing_and_another_does():
    def exact(x, t, description):
        return (schedule.alpha(t) * x - PLACE) / schedule.sigma(t).clamp(min=1e-6)

    method = Consistency(world=WORLD, batch=50)
    image, start = PLACE.expand(50, 2), torch.randn(50, 2, generator=torch.Generator().manual_seed(7))
    t, s = torch.linspace(0.3, 1.0, 50)[:, None], torch.linspace(0.2, 0.9, 50)[:, None]
    assert method.loss(Formula(exact), image, start, t, s, none(50)) == pytest.approx(0.0, abs=1e-4)
    assert method.loss(Formula(lambda x, t, d: -exact(x, t, d)), image, start, t, s, none(50)) > 1


def test_a_consistency_model_leaves_data_where_they_are(rng):
    method = Consistency(world=WORLD, width=16, depth=1)
    denoiser = method.denoiser(method.network(torch.Generator().manual_seed(0)))
    x = torch.randn(10, 2)
    torch.testing.assert_close(denoiser(x, torch.zeros(10, 1), none(10)).x0_hat, x)


def test_the_levels_are_neighbours_and_come_closer():
    batches = Consistency(world=WORLD, training_steps=40, batch=32).batches(np.random.default_rng(0))
    gaps = [(batch[2] - batch[3]).mean().item() for batch, _ in zip(batches, range(40), strict=False)]
    assert gaps[0] == pytest.approx(1 / 10)
    assert gaps[-1] == pytest.approx(1 / 640, rel=1e-4)
    assert all(later <= earlier * (1 + 1e-5) for earlier, later in pairwise(gaps))


# Distillation


def no_noise(n):
    return torch.zeros(n, 2)


@pytest.mark.parametrize("weight", [1.0, 2.0])
def test_a_student_s_target_makes_one_step_land_where_two_of_the_teacher_do(weight):
    teacher = DiffusionDenoiser(Network(2, 32, 2, torch.Generator().manual_seed(8)).requires_grad_(False), 1.0)
    x = torch.randn(30, 2, generator=torch.Generator().manual_seed(9))
    description = torch.randn(30, 2, generator=torch.Generator().manual_seed(10))
    for steps in (1, 2, 4, 8):
        t, length = torch.ones(30, 1), torch.full((30, 1), 1 / steps)
        target = two_steps(teacher, x, t, length, description, torch.full((30, 1), weight))

        class Student(Denoiser):
            def __call__(self, x, t, description, s=None, target=target):
                return Prediction(target)

        one = sample(Ddim(), Student(), x, description, steps, no_noise).states[1]
        two = sample(Ddim(), teacher, x, description, 2 * steps, no_noise, guidance=weight).states[2]
        torch.testing.assert_close(one, two, rtol=0, atol=2e-5)


def test_a_student_begins_as_its_teacher():
    recipe = DistilledDiffusion(world=WORLD, width=16, depth=2)
    teacher = recipe.teacher().network(torch.Generator().manual_seed(1))
    student = recipe.network(torch.Generator().manual_seed(2))
    recipe.follow(student, teacher)
    x, t, description = torch.randn(20, 2), torch.rand(20, 1), torch.randn(20, 2)
    expected = DiffusionDenoiser(teacher, 1.0)(x, t, description).x0_hat
    for length in (0.0, 0.5):
        answer = StudentDenoiser(student)(x, t, description, t - length).x0_hat
        torch.testing.assert_close(answer, expected, rtol=0, atol=1e-5)


def test_a_student_without_a_teacher_is_refused():
    with pytest.raises(ValueError, match=r"distilled-diffusion is trained from its teacher's network"):
        next(train(DistilledDiffusion(world=WORLD)))


def test_the_stages_follow_one_another_and_each_keeps_the_earlier_ones():
    recipe = DistilledDiffusion(world=WORLD, training_steps=8, batch=400, width=8, depth=1)
    stages = list(zip(recipe.batches(np.random.default_rng(0)), range(8), strict=False))
    assert [int(batch[0][0]) for batch, _ in stages] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert set((1 / stages[0][0][3]).round().flatten().tolist()) == {8.0}
    assert set((1 / stages[7][0][3]).round().flatten().tolist()) == {8.0, 4.0, 2.0, 1.0}


# Drifting


def test_the_drift_is_that_of_brute_force():
    generator = torch.Generator().manual_seed(11)
    x, image = (torch.randn(8, 2, generator=generator) for _ in range(2))
    asked, shown = (0.1 * torch.randn(8, 2, generator=generator) for _ in range(2))
    everything, temperature = torch.cat([image, x]), 0.3
    named = torch.cat([shown, asked])
    kernel = np.zeros((8, 16))
    for i in range(8):
        for j in range(16):
            if j - 8 != i:
                near = (x[i] - everything[j]).norm() / temperature + (asked[i] - named[j]).square().sum() / 0.02
                kernel[i, j] = np.exp(-float(near))
    kernel = np.sqrt(kernel / kernel.sum(1, keepdims=True) * kernel / kernel.sum(0, keepdims=True))
    expected = np.zeros((8, 2))
    for i in range(8):
        for j in range(8):
            for k in range(8):
                expected[i] += kernel[i, j] * kernel[i, 8 + k] * (image[j] - x[k]).numpy()
    np.testing.assert_allclose(drift(x, asked, image, shown, temperature), expected, atol=1e-5)


def test_samples_drift_towards_the_data_and_not_at_all_where_they_are_alike():
    generator = torch.Generator().manual_seed(12)
    data, same = (torch.randn(2000, 2, generator=generator) for _ in range(2))
    named = torch.zeros(2000, 2)
    apart = drift(same + 1.0, named, data, named, 0.5)
    alike = drift(same, named, data, named, 0.5)
    assert (apart.mean(dim=0) < -0.1).all()
    assert alike.mean(dim=0).abs().max() < 0.02


def test_samples_only_drift_towards_pairs_that_are_called_the_same():
    x, asked = torch.zeros(2, 2), torch.tensor([[-1.0, 0.0], [1.0, 0.0]])
    image, shown = torch.tensor([[-0.5, 0.0], [0.5, 0.0]]), asked
    moved = drift(x + torch.tensor([[0.0, 0.01], [0.0, -0.01]]), asked, image, shown, 0.5)
    assert moved[0, 0] <= 0 <= moved[1, 0]
    nobody = torch.full((2, 2), torch.nan)
    assert drift(x, nobody, image, shown, 0.5).isfinite().all()


def test_drifting_s_examples_are_pairs_with_their_own_descriptions(rng):
    start, description, image, shown = next(Drifting(world=WORLD, batch=64).batches(rng))
    pairs = make_pairs(WORLD)
    nearest = cdist(image, pairs.image).argmin(axis=1)
    np.testing.assert_allclose(shown, pairs.description[nearest], atol=1e-6)
    assert description.isnan().any(dim=1).float().mean() == 0.25
    assert len(start) == 64


# The named departure of the coalescer


def test_the_asked_coalescer_is_given_what_was_asked_and_the_mean_of_its_pairs(rng):
    method = AskedCoalescer(world=WORLD, neighbours=3)
    index = pair_index(WORLD, 8.0)
    asked, points = rng.normal(size=(20, 2)), rng.normal(size=(20, 2))
    target, description = method.target(index, asked, points)
    np.testing.assert_array_equal(description, asked)
    keys = np.hstack([8.0 * index.pairs.description, index.pairs.image])
    nearest = np.argsort(cdist(np.hstack([8.0 * asked, points]), keys), axis=1)[:, :3]
    np.testing.assert_allclose(target, index.pairs.image[nearest].mean(axis=1))
    with pytest.raises(ValueError, match="from 1 to 300"):
        replace(method, neighbours=301)


def test_landing_charges_for_the_distance_between_where_a_jump_ends_and_where_it_should():
    # From 0, to (0, 2) in place of (1.5, 0): the direction's length plays no part in where it ends.
    outputs = torch.tensor([[2.0]]), torch.tensor([[0.0, 0.5]])
    truth = torch.tensor([[1.5]]), torch.tensor([[1.0, 0.0]])
    plain, landed = (AskedCoalescer(world=WORLD, landing=weight).charge(*outputs, *truth) for weight in (0, 10))
    assert (landed - plain).item() == pytest.approx(10 * 2.5, rel=1e-5)
    assert plain.item() == Coalescer(world=WORLD).charge(*outputs, *truth).item()
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="landing must be a number that is not below 0"):
            AskedCoalescer(world=WORLD, landing=wrong)


def test_meanflow_s_examples_go_down_from_t_to_s(rng):
    x, t, s, _, velocity = next(MeanFlow(world=WORLD, batch=400).batches(rng))
    assert (s <= t).all()
    assert (s == t).float().mean() == pytest.approx(INSTANT, abs=0.1)
    assert cdist(x - t * velocity, make_pairs(WORLD).image).min(axis=1).max() < 1e-5
