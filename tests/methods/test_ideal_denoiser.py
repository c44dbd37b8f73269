"""The ideal denoiser against Bayes' rule by brute force, and the bridge from it to the nearest pair."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import logsumexp, softmax

from sandbox.engine.schedule import COSINE
from sandbox.methods import IdealDenoiser, IdealFlow, NearestPair
from sandbox.methods.ideal_denoiser import PosteriorMean
from sandbox.pairs import World, make_pairs
from sandbox.spaces import SPACES, space_named
from tests.ball_space import BALLS
from tests.methods.small import ROWS, queries, ready, small


def brute_probabilities(pairs, scale, bandwidth, x, t, description):
    """Every pair's probability, in double precision: (n, pairs)."""
    x, t, description = (a.double().numpy() for a in (x, t, description))
    alpha, noise = np.cos(np.pi / 2 * t), scale * np.sin(np.pi / 2 * t)
    energy = ((x[:, None] - alpha[..., None] * pairs.image) ** 2).sum(-1) / (2 * noise**2)
    called = ((description[:, None] - pairs.description) ** 2).sum(-1) / (2 * bandwidth**2)
    energy = energy + np.where(np.isnan(called), 0.0, called)
    probability = np.exp(energy.min(axis=1, keepdims=True) - energy)
    return probability / probability.sum(axis=1, keepdims=True)


def levels(t):
    x, _, description = queries(seed=2)
    keep = torch.arange(ROWS) != 1  # not the point that is 100 aapart
    return x[keep], torch.full((ROWS - 1, 1), t), description[keep]


@pytest.mark.parametrize("t", [0.05, 0.1, 0.3, 0.5, 0.8, 0.95, 1.0])
def test_the_ideal_denoiser_is_the_posterior_mean_of_brute_force(t):
    pairs = make_pairs(World(pairs=200))
    question = levels(t)
    expected = brute_probabilities(pairs, 1.25, 0.07, *question) @ pairs.image
    answer = PosteriorMean(pairs, SPACES[0], 0.07, COSINE)(*question).x0_hat.numpy()
    np.testing.assert_allclose(answer, expected, atol=1e-4)


@pytest.mark.parametrize("t", [0.05, 0.3, 0.8, 1.0])
def test_the_ideal_denoiser_s_trust_is_that_of_brute_force(t):
    pairs = make_pairs(World(pairs=200))
    question = levels(t)
    x = question[0].double().numpy()
    probability, apart = brute_probabilities(pairs, 1.25, 0.07, *question), pairs.image - x[:, None]
    mean, size = (probability[..., None] * apart).sum(axis=1), (probability * (apart**2).sum(-1)).sum(axis=1)
    trust = PosteriorMean(pairs, SPACES[0], 0.07, COSINE).trust(*question).numpy()
    np.testing.assert_allclose(trust, np.linalg.norm(mean, axis=1) / np.sqrt(size), atol=1e-4)


def test_the_recipe_s_bandwidth_is_that_of_two_noisy_descriptions():
    recipe = IdealDenoiser(world=World(pairs=200, description_noise=0.15))
    denoiser = recipe.denoiser()
    assert denoiser.bandwidth == pytest.approx(0.15 * math.sqrt(2))
    assert denoiser.scale == 1.25


@pytest.mark.parametrize("desc_scale", [1.0, 8.0, 100.0])
def test_the_bridge_the_ideal_denoiser_at_temperature_zero_is_the_nearest_pair(desc_scale):
    world, t = World(pairs=200), 2e-4
    pairs, (x, level, description) = make_pairs(world), levels(t)
    sigma = float(COSINE.sigma(torch.tensor(t)))
    ideal = PosteriorMean(pairs, replace(SPACES[0], start_scale=1.0), sigma / desc_scale, COSINE)
    cold = ideal(x, level, description).x0_hat
    nearest_pair = NearestPair(world=world, desc_scale=desc_scale).denoiser()(x, level, description).x0_hat
    torch.testing.assert_close(cold, nearest_pair, rtol=0, atol=1e-4)


def test_at_t_1_only_the_description_weighs():
    pairs, (x, t, description) = make_pairs(World(pairs=200)), levels(1.0)
    called = ((description[:, None].double().numpy() - pairs.description) ** 2).sum(-1)
    probability = np.exp(-np.nan_to_num(called) / (2 * 0.07**2))
    mean = probability @ pairs.image / probability.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(PosteriorMean(pairs, SPACES[0], 0.07, COSINE)(x, t, description).x0_hat, mean, atol=1e-4)


def test_probabilities_are_not_negative_and_sum_to_1():
    probability = ready(small(IdealDenoiser)).probabilities(*queries())
    np.testing.assert_allclose(probability.sum(dim=1), 1.0, atol=1e-5)
    assert (probability >= 0).all()


@pytest.mark.parametrize("method", [IdealDenoiser, IdealFlow], ids=lambda method: method.name)
@pytest.mark.parametrize("space", [BALLS, space_named("eight-gaussians-to-moons")], ids=lambda space: space.name)
@pytest.mark.parametrize("t", [0.1, 0.6, 1.0])
def test_in_any_dimensions_and_from_several_centres_the_posterior_is_bayes_rule(method, space, t):
    recipe = small(method, space)
    pairs, noise = make_pairs(recipe.world), space.start_scale
    x, _, description = queries(40, seed=3, space=space)
    x[1] = 0.5
    alpha, sigma = (math.cos(math.pi / 2 * t), math.sin(math.pi / 2 * t)) if method is IdealDenoiser else (1 - t, t)
    points, condition = x.double().numpy(), description.double().numpy()
    called = np.square(condition[:, None] - pairs.description).sum(-1) / (4 * 0.05**2)
    from_each = [points[:, None] - alpha * pairs.image - sigma * mean for mean in space.means]  # (n, pairs, d)
    exponents = [-np.square(each).sum(-1) / (2 * (noise * sigma) ** 2) - np.nan_to_num(called) for each in from_each]
    expected = softmax(logsumexp(exponents, axis=0), axis=1)
    found = recipe.denoiser().probabilities(x, torch.full((40, 1), t), description)
    np.testing.assert_allclose(found, expected, atol=1e-5)  # the levels are in single precision
    np.testing.assert_allclose(
        recipe.denoiser()(x, torch.full((40, 1), t), description).x0_hat, expected @ pairs.image, atol=1e-4
    )
