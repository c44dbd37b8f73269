"""The nearest pair, looked up."""

import math

import numpy as np
import pytest
import torch

from sandbox.methods import NearestPair
from sandbox.pairs import make_pairs
from tests.methods.small import queries, small


@pytest.mark.parametrize("desc_scale", [0.25, 8.0, 1024.0])
def test_nearest_pair_goes_to_the_nearest_key(desc_scale):
    x, t, description = queries()
    recipe = small(NearestPair, desc_scale=desc_scale)
    pairs = make_pairs(recipe.world)
    keys = ((x[:, None].double().numpy() - pairs.image) ** 2).sum(-1)
    called = ((description[:, None].double().numpy() - pairs.description) ** 2).sum(-1)
    expected = pairs.image[(keys + desc_scale**2 * np.nan_to_num(called)).argmin(axis=1)]
    np.testing.assert_allclose(recipe.denoiser()(x, t, description).x0_hat.numpy(), expected, atol=1e-6)


def test_the_nearest_pair_of_a_pair_is_itself():
    recipe = small(NearestPair)
    pairs = make_pairs(recipe.world)
    x, description = (torch.tensor(a, dtype=torch.float32) for a in (pairs.image, pairs.description))
    assert torch.equal(recipe.denoiser()(x, torch.zeros(200, 1), description).x0_hat, x)


@pytest.mark.parametrize("desc_scale", [0.0, -1.0, math.nan, math.inf])
def test_nearest_pair_refuses_a_desc_scale_that_is_not_above_zero(desc_scale):
    with pytest.raises(ValueError, match=r"^desc_scale is a number from 0\.001 to 1,000,000, not .*\.$"):
        NearestPair(desc_scale=desc_scale)


def test_a_lookup_says_which_pair_with_certainty_and_is_fully_trusted():
    recipe = small(NearestPair)
    place = queries()
    denoiser = recipe.denoiser()
    probability = denoiser.probabilities(*place)
    assert probability.shape == (len(place[0]), 200)
    assert (probability.sum(dim=1) == 1).all()
    image = make_pairs(recipe.world).image[probability.argmax(dim=1)]
    np.testing.assert_allclose(denoiser(*place).x0_hat.numpy(), image, atol=1e-6)
    assert (denoiser.trust(*place) == 1).all()
    assert denoiser.sharp
