"""Consistency training: a consistent function costs nothing, and the levels that are compared."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.engine.schedule import COSINE
from sandbox.methods import Consistency
from sandbox.methods.consistency import HUBER
from sandbox.pairs import make_pairs
from sandbox.spaces import SPACES
from tests.ball_space import BALLS
from tests.engine.stubs import none
from tests.methods.small import small

PLACE = torch.tensor([0.7, -0.4])  # the only image


def test_a_consistent_answer_costs_nothing_and_another_does():
    def exact(x, t, description):
        return (COSINE.alpha(t) * x - PLACE) / COSINE.sigma(t).clamp(min=1e-6)

    image, start = PLACE.expand(50, 2), torch.randn(50, 2, generator=torch.Generator().manual_seed(7))
    t, s = torch.linspace(0.3, 1.0, 50)[:, None], torch.linspace(0.2, 0.9, 50)[:, None]
    assert Consistency().loss(exact, image, start, t, s, none(50)) == pytest.approx(0.0, abs=1e-4)
    assert Consistency().loss(lambda x, t, d: -exact(x, t, d), image, start, t, s, none(50)) > 1


def test_the_loss_is_pseudo_huber_s_over_the_gap_and_only_the_upper_level_learns():
    # f(x, t) = alpha x - sigma F with F = w: at one mixed point f differs by a number that is known.
    image, start, w = torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]), torch.tensor(0.2, requires_grad=True)
    t, s = torch.tensor([[0.6]]), torch.tensor([[0.5]])

    def f(level, w):
        return COSINE.alpha(level) * COSINE.sigma(level) * start - COSINE.sigma(level) * w

    loss = Consistency().loss(lambda x, t, d: w * torch.ones_like(x), image, start, t, s, none(1))
    apart = (f(t, w) - f(s, w).detach()).square().sum()
    expected = ((apart + HUBER**2).sqrt() - HUBER) / 0.1
    assert loss.item() == pytest.approx(expected.item(), rel=1e-4)
    slope, expected_slope = (torch.autograd.grad(value, w)[0] for value in (loss, expected))
    torch.testing.assert_close(slope, expected_slope, rtol=1e-4, atol=0)


def test_a_consistency_model_leaves_data_where_they_are():
    method = small(Consistency)
    denoiser, x = method.denoiser(method.network(torch.Generator().manual_seed(0))), torch.randn(10, 2)
    torch.testing.assert_close(denoiser(x, torch.zeros(10, 1), none(10)).x0_hat, x)
    assert denoiser.trust(x, torch.ones(10, 1), none(10)).tolist() == [1.0] * 10


def test_the_levels_are_neighbours_and_come_closer():
    batches = small(Consistency, training_steps=40).batches(np.random.default_rng(0))
    gaps = [(batch[2] - batch[3]).mean().item() for batch, _ in zip(batches, range(40), strict=False)]
    assert gaps[0] == pytest.approx(1 / 10)
    assert gaps[-1] == pytest.approx(1 / 640, rel=1e-4)
    assert all(later <= earlier * (1 + 1e-5) for earlier, later in pairwise(gaps))


@pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)
def test_examples_are_pairs_with_starts_and_levels_in_range(space, rng):
    recipe = small(Consistency, space, batch=200)
    image, start, t, s, description = next(recipe.batches(rng))
    pairs = make_pairs(recipe.world)
    near = cdist(image, pairs.image)
    assert near.min(axis=1).max() < 1e-5
    given = ~description.isnan().any(dim=1).numpy()
    np.testing.assert_allclose(description[given], pairs.description[near.argmin(axis=1)[given]], atol=1e-6)
    assert given.mean() == pytest.approx(7 / 8, abs=0.12)
    assert start.shape == image.shape
    assert s.min() >= 0
    assert t.max() <= 1
