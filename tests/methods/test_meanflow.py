"""MeanFlow: the identity that the average velocity obeys, in closed form on Gaussian data."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.engine.heads import Learned
from sandbox.engine.samplers import Ddim
from sandbox.methods import MeanFlow
from sandbox.methods.meanflow import average_velocity
from sandbox.pairs import make_pairs
from sandbox.spaces import SPACES
from tests.ball_space import BALLS
from tests.engine.stubs import none
from tests.methods.small import small


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
    u, target = average_velocity(average, x, t, t * 0.4, none(30), velocity)
    torch.testing.assert_close(target, u, rtol=1e-8, atol=1e-10)
    assert (u - velocity).abs().max() > 0.1  # an average is not the velocity itself


def test_where_a_step_has_no_length_the_target_is_the_velocity_itself(rng):
    x, t, _, description, velocity = next(small(MeanFlow).batches(rng))
    recipe = small(MeanFlow)
    _, target = average_velocity(recipe.blank(), x, t, t, description, velocity)
    torch.testing.assert_close(target, velocity, rtol=0, atol=0)
    assert not target.requires_grad


def test_the_loss_is_the_mean_squared_error_of_the_identity():
    # u = c x along lines of velocity v: the target is v - (t - s) (c v), held fixed.
    x, velocity = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, -1.0]])
    t, s = torch.tensor([[0.75]]), torch.tensor([[0.25]])
    loss = MeanFlow().loss(lambda x, levels, d: 2.0 * x, x, t, s, none(1), velocity)
    expected = (2 * x - (velocity - 0.5 * 2 * velocity)).square().sum()
    assert loss.item() == pytest.approx(expected.item())


def test_a_step_goes_t_minus_s_times_the_average_velocity():
    average = torch.tensor([0.3, -0.2])
    denoiser, start = Learned(lambda x, t, d: average.expand(len(x), 2), MeanFlow.head), torch.randn(5, 2)
    states = Ddim().sample(denoiser, start, none(5), 4, torch.randn).states
    for k in range(5):
        torch.testing.assert_close(states[k], start - k / 4 * average, rtol=0, atol=1e-5)


def test_the_network_is_told_the_step_s_length():
    seen = []

    def remember(x, levels, description):
        seen.append(levels[0].tolist())
        return torch.zeros(len(x), 2)

    Ddim().sample(Learned(remember, MeanFlow.head), torch.randn(2, 2), none(2), 2, torch.randn)
    assert seen == [[1.0, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)
def test_examples_go_down_from_t_to_s(space, rng):
    recipe = small(MeanFlow, space, batch=400)
    x, t, s, description, velocity = next(recipe.batches(rng))
    assert (s <= t).all()
    assert (s == t).float().mean() == pytest.approx(recipe.instant, abs=0.1)
    pairs = make_pairs(recipe.world)
    near = cdist(x - t * velocity, pairs.image)
    assert near.min(axis=1).max() < 1e-5
    given = ~description.isnan().any(dim=1).numpy()
    np.testing.assert_allclose(description[given], pairs.description[near.argmin(axis=1)[given]], atol=1e-6)
    assert given.mean() == pytest.approx(7 / 8, abs=4.5 * np.sqrt(7 / 64 / 400))
