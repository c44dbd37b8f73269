"""The balanced coalescer and its lookup: which index is asked at which jump, and what a jump is charged for."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.engine.heads import Learned
from sandbox.methods import BalancedCoalescer, BalancedLookup
from sandbox.methods.balanced_coalescer import LATER, NEAR, UNDESCRIBED
from sandbox.pairs import Balance, PairIndex, make_pairs, pair_index
from sandbox.spaces import space_named
from tests.ball_space import BALLS
from tests.methods.small import queries, small, uneven

both_spaces = pytest.mark.parametrize("space", [space_named("moons"), BALLS], ids=lambda space: space.name)


@both_spaces
def test_the_lookup_asks_the_balanced_index_at_t_1_and_the_plain_one_later(space):
    recipe = small(BalancedLookup, space)
    weights, pairs = uneven(200), make_pairs(recipe.world)
    denoiser = recipe.denoiser(weights)
    x, t, description = queries(space=space)
    condition, points = description.double().numpy(), x.double().numpy()
    plain, balanced = (
        pairs.image[index.close_pair(condition, points)]
        for index in (pair_index(recipe.world, 8.0), PairIndex(pairs, 8.0, weights))
    )
    expected = np.where(t.numpy() >= 1, balanced, plain)
    np.testing.assert_allclose(denoiser(x, t, description).x0_hat, expected, atol=1e-6)
    assert (plain != balanced).any(axis=1).mean() > 0.3
    probability = denoiser.probabilities(x, t, description)
    np.testing.assert_allclose(probability.numpy() @ pairs.image, expected)


@pytest.mark.parametrize("method", [BalancedLookup, BalancedCoalescer], ids=lambda method: method.name)
def test_it_needs_the_balance_of_its_world_and_desc_scale(method):
    recipe = small(method, desc_scale=2.0)
    assert recipe.needs() == (Balance(recipe.world, 2.0),)


@both_spaces
def test_first_jumps_are_taught_the_balanced_pair_and_later_ones_the_nearest(space):
    recipe, weights = small(BalancedCoalescer, space, batch=500), uneven(200)
    pairs = make_pairs(recipe.world)
    batch = next(recipe.batches(np.random.default_rng(1), weights))
    points, first, condition, distance, direction = (column.double().numpy() for column in batch)
    target = points + distance * direction
    plain, balanced = (
        pairs.image[index.close_pair(condition, points)]
        for index in (pair_index(recipe.world, 8.0), PairIndex(pairs, 8.0, weights))
    )
    # Rounded to single precision, a question between two pairs may fall to the other one.
    assert (np.abs(target - np.where(first == 1, balanced, plain)).max(axis=1) < 1e-4).mean() > 0.99
    assert first.mean() == pytest.approx(1 - LATER, abs=4.5 * math.sqrt(LATER * (1 - LATER) / 500))
    none = np.isnan(condition).any(axis=1).mean()
    assert none == pytest.approx(UNDESCRIBED, abs=4.5 * math.sqrt(UNDESCRIBED * (1 - UNDESCRIBED) / 500))


def test_later_jumps_set_out_near_the_data_and_first_ones_from_random_points():
    recipe = small(BalancedCoalescer, batch=4000)
    points, first, *_ = next(recipe.batches(np.random.default_rng(1), uneven(200)))
    first = first[:, 0] == 1
    near = cdist(points[~first], make_pairs(recipe.world).image).min(axis=1)
    assert np.median(near) < np.sqrt(NEAR[0] * NEAR[1]) * 1.2  # the median of the noise's size, or a nearer pair
    assert near.max() > 0.4
    assert (points[first].std(dim=0) / recipe.world.space.start_scale - 1).abs().max() < 0.1


def test_the_network_is_asked_for_the_first_jump_at_t_1_and_for_a_later_one_at_any_other():
    recipe = small(BalancedCoalescer)
    denoiser = recipe.denoiser(recipe.network(torch.Generator().manual_seed(1)).requires_grad_(False))
    x, description = torch.zeros(1, 2), torch.ones(1, 2)
    first, half, last = (denoiser(x, torch.full((1, 1), t), description).x0_hat for t in (1.0, 0.5, 0.1))
    assert torch.equal(half, last)
    assert not torch.allclose(first, half, atol=1e-3)
    assert denoiser(x, torch.ones(1, 1), description).trust is None


@pytest.mark.parametrize("first", [0.0, 1.0])
def test_a_jump_is_charged_30_times_its_miss_and_a_later_one_three_times_the_published_losses(first):
    # From 0 the network goes to (1, 0) with a direction of length .5; the target is (2, 0).
    outputs = torch.tensor([[math.log(math.expm1(1.0)), 0.5, 0.0]])
    batch = (
        torch.zeros(1, 2),
        torch.full((1, 1), first),
        torch.zeros(1, 2),
        torch.tensor([[2.0]]),
        torch.tensor([[1.0, 0]]),
    )
    loss = BalancedCoalescer().loss(lambda x, t, d: outputs, *batch)
    published = 30 * (1.0 - 2.0) ** 2 + 0.5
    assert loss.item() == pytest.approx(30 * 1.0 + (1 - first) * 3 * published, rel=1e-4)


def test_the_network_is_told_which_jump_while_it_is_trained():
    seen = []

    def network(x, level, description):
        seen.append(level)
        return torch.ones(len(x), 3)

    recipe = small(BalancedCoalescer)
    batch = next(recipe.batches(np.random.default_rng(0), uneven(200)))
    recipe.loss(network, *batch)
    assert torch.equal(seen[0], batch[1])
    Learned(network, recipe.head)(torch.zeros(2, 2), torch.tensor([[1.0], [0.3]]), torch.zeros(2, 2))
    assert seen[1].tolist() == [[1.0], [0.0]]
