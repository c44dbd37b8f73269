"""Diffusion: its examples, its loss, and its trust in closed form on Gaussian data."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import ks_2samp, kstest

from sandbox.engine.schedule import COSINE
from sandbox.methods import Diffusion, FlowMatching
from sandbox.methods.diffusion import DiffusionDenoiser
from sandbox.pairs import make_pairs
from sandbox.spaces import SPACES
from tests.ball_space import BALLS
from tests.methods.small import ROWS, queries, ready, small

every_space = pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)


@every_space
def test_diffusion_s_examples_hold_a_pair_and_gaussian_noise(space):
    recipe = small(Diffusion, space, batch=1000)
    pairs = make_pairs(recipe.world)
    x, t, description, velocity = next(recipe.batches(np.random.default_rng(2)))
    alpha, sigma = torch.cos(math.pi / 2 * t), torch.sin(math.pi / 2 * t)
    image, noise = (alpha * x - sigma * velocity).numpy(), (sigma * x + alpha * velocity).numpy()
    gap = np.linalg.norm(image[:, None] - pairs.image, axis=-1)
    assert gap.min(axis=1).max() < 1e-5
    given = ~np.isnan(description.numpy()[:, 0])
    np.testing.assert_allclose(description[given], pairs.description[gap.argmin(axis=1)[given]], atol=1e-6)
    fresh = space.start(1000, np.random.default_rng(3))
    for axis in range(space.dimensions):
        assert ks_2samp(noise[:, axis], fresh[:, axis]).pvalue > 1e-3


def test_diffusion_sees_every_noise_level_in_every_batch():
    _, t, _, _ = next(small(Diffusion, batch=100, level_deviation=0.0).batches(np.random.default_rng(2)))
    np.testing.assert_array_equal(np.floor(100 * t[:, 0].double().numpy()), np.arange(100))


@pytest.mark.parametrize("method", [Diffusion, FlowMatching])
def test_levels_can_be_drawn_by_a_normal_law_of_their_log_noise(method):
    recipe = method(batch=4000, level_mean=-1.0, level_deviation=1.5)
    t = torch.tensor(recipe.levels(np.random.default_rng(0)))
    schedule = recipe.head.schedule
    log_noise = (schedule.sigma(t) / schedule.alpha(t)).log().numpy()
    assert log_noise.mean() == pytest.approx(-1.0, abs=0.01)
    assert log_noise.std() == pytest.approx(1.5, abs=0.02)
    assert kstest((log_noise[:, 0] + 1.0) / 1.5, "norm").pvalue > 0.99  # one in each interval


def test_diffusion_drops_one_description_in_eight():
    _, _, description, _ = next(small(Diffusion, batch=20_000).batches(np.random.default_rng(2)))
    none = description.isnan().numpy()
    assert (none[:, 0] == none[:, 1]).all()
    assert abs(none[:, 0].mean() - 1 / 8) < 4.5 * math.sqrt(7 / 64 / 20_000)


def test_diffusion_answers_with_the_data_when_the_velocity_is_right():
    recipe = small(Diffusion, batch=500)
    x, t, description, velocity = next(recipe.batches(np.random.default_rng(2)))
    answer = DiffusionDenoiser(lambda x, t, d: velocity, Diffusion.head, 1.25)(x, t, description).x0_hat.numpy()
    assert cdist(answer, make_pairs(recipe.world).image).min(axis=1).max() < 1e-5


def test_diffusion_s_loss_is_the_mean_squared_error_of_the_velocity():
    velocity = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    loss = Diffusion().loss(lambda x, t, d: torch.zeros(2, 2), velocity, torch.ones(2, 1), velocity, velocity)
    assert loss.item() == 15.0


def gaussian_velocity(mean, deviation, scale):
    """The exact velocity network of data N(mean, deviation^2)."""

    def network(x, t, description):
        a, s = COSINE.alpha(t), COSINE.sigma(t)
        x0_hat = mean + deviation**2 * a / ((a * deviation).square() + (scale * s).square()) * (x - a * mean)
        return (a * x - x0_hat) / s

    return network


def gaussian_trust(mean, deviation, scale, x, t):
    """`|E[x_0 - x]| / sqrt(E|x_0 - x|^2)` from the posterior's mean and variance."""
    a, noise = COSINE.alpha(t), (scale * COSINE.sigma(t)).square()
    variance = deviation**2 * noise / ((a * deviation).square() + noise)
    x0_hat = mean + variance / noise * a * (x - a * mean)
    squared = (x0_hat - x).square().sum(dim=1)
    return (squared / (squared + x.shape[1] * variance[:, 0])).sqrt()


@pytest.mark.parametrize("dimensions", [1, 2, 3])
@pytest.mark.parametrize("deviation", [0.2, 1.0])
@pytest.mark.parametrize("t", [0.05, 0.3, 0.6, 0.9])
def test_diffusion_s_trust_on_gaussian_data_is_the_closed_form(t, deviation, dimensions):
    mean, x, level = (
        torch.tensor([0.7, -0.4, 0.2])[:dimensions],
        queries(space=BALLS)[0][:, :dimensions],
        torch.full((ROWS, 1), t),
    )
    trust = DiffusionDenoiser(gaussian_velocity(mean, deviation, 1.25), Diffusion.head, 1.25).trust(x, level, x)
    torch.testing.assert_close(trust, gaussian_trust(mean, deviation, 1.25, x, level), rtol=0, atol=2e-3)


def test_diffusion_s_trust_at_t_1_is_taken_just_below():
    mean, x, level = torch.tensor([0.7, -0.4]), queries()[0], torch.ones(ROWS, 1)
    trust = DiffusionDenoiser(gaussian_velocity(mean, 0.5, 1.25), Diffusion.head, 1.25).trust(x, level, x)
    torch.testing.assert_close(trust, gaussian_trust(mean, 0.5, 1.25, x, level), rtol=0, atol=0.05)
    assert trust.isfinite().all()


def test_diffusion_s_trust_leaves_no_gradient_behind():
    denoiser = ready(small(Diffusion))
    x, t, description = queries()
    denoiser.network.zero_grad()
    denoiser.trust(x, t, description)
    assert all(parameter.grad is None for parameter in denoiser.network.parameters())
    assert not x.requires_grad
