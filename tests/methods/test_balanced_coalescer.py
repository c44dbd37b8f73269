"""The balanced coalescer and its lookup: which index is asked at which jump, and what a jump is charged for."""

import math

import numpy as np
import pytest
import torch

from sandbox.engine.heads import Learned
from sandbox.methods import BalancedCoalescer, BalancedLookup
from sandbox.methods.balanced_coalescer import UNDESCRIBED
from sandbox.pairs import Balance, PairIndex, make_pairs, pair_index, spacing
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
def test_a_random_point_is_taught_its_balanced_pair(space):
    recipe, weights = small(BalancedCoalescer, space, batch=500), uneven(200)
    pairs = make_pairs(recipe.world)
    points, condition, image = (
        column.double().numpy() for column in next(recipe.batches(np.random.default_rng(1), weights))
    )
    balanced = pairs.image[PairIndex(pairs, 8.0, weights).close_pair(condition, points)]
    # Rounded to single precision, a question between two pairs may fall to the other one.
    assert (np.abs(image - balanced).max(axis=1) < 1e-4).mean() > 0.99
    none = np.isnan(condition).any(axis=1).mean()
    assert none == pytest.approx(UNDESCRIBED, abs=4.5 * math.sqrt(UNDESCRIBED * (1 - UNDESCRIBED) / 500))
    assert np.abs((points - space.means.mean(axis=0)).std(axis=0) / space.start_scale - 1).max() < 0.15


def test_the_network_is_asked_for_the_first_jump_at_t_1_and_for_a_later_one_at_any_other():
    recipe = small(BalancedCoalescer)
    denoiser = recipe.denoiser(recipe.network(torch.Generator().manual_seed(1)).requires_grad_(False))
    x, description = torch.zeros(1, 2), torch.ones(1, 2)
    first, half, last = (denoiser(x, torch.full((1, 1), t), description).x0_hat for t in (1.0, 0.5, 0.1))
    assert torch.equal(half, last)
    assert not torch.allclose(first, half, atol=1e-3)
    assert denoiser(x, torch.ones(1, 1), description).trust is None


def jumping(first, later):
    """A network that goes so far along the first axis, at the first jump and at the second; what it was asked."""
    asked = []

    def network(x, level, description):
        asked.append((x, level))
        far = torch.where(level == 1, first, later)
        return torch.cat([(far.exp() - 1).log(), torch.ones_like(far), torch.zeros_like(far)], dim=1)  # softplus back

    return network, asked


def test_both_jumps_are_charged_30_times_their_miss_of_the_same_pair():
    network, asked = jumping(1.0, 0.25)
    points, description, image = torch.zeros(1, 2), torch.zeros(1, 2), torch.tensor([[2.0, 0.0]])
    loss = BalancedCoalescer().loss(network, points, description, image)
    assert loss.item() == pytest.approx(30 * (1.0 + 0.75), rel=1e-4)  # at 1, then at 1.25
    (start, first), (landed, later) = asked
    assert (first.item(), later.item()) == (1.0, 0.0)
    torch.testing.assert_close(start, points)
    torch.testing.assert_close(landed, torch.tensor([[1.0, 0.0]]))


def test_the_second_jump_does_not_teach_the_first_where_to_land():
    first, later = torch.tensor(1.0, requires_grad=True), torch.tensor(0.25, requires_grad=True)
    network, _ = jumping(first, later)
    loss = BalancedCoalescer().loss(network, torch.zeros(1, 2), torch.zeros(1, 2), torch.tensor([[2.0, 0.0]]))
    slopes = torch.autograd.grad(loss, (first, later))
    # Each is charged for its own miss: 30 a unit, whatever the other does.
    assert [slope.item() for slope in slopes] == pytest.approx([-30.0, -30.0], rel=1e-3)


def test_the_denoiser_asks_as_the_network_was_trained():
    network, asked = jumping(torch.tensor(1.0), torch.tensor(0.25))
    recipe = small(BalancedCoalescer)
    Learned(network, recipe.head)(torch.zeros(2, 2), torch.tensor([[1.0], [0.3]]), torch.zeros(2, 2))
    assert asked[0][1].tolist() == [[1.0], [0.0]]


@pytest.mark.parametrize("times", [0.99, 1.01])
def test_a_later_jump_is_made_where_it_is_as_long_as_the_pairs_spacing(times):
    recipe = small(BalancedCoalescer)
    far = times * spacing(recipe.world)
    network, _ = jumping(torch.tensor(far), torch.tensor(far))
    first, later = recipe.denoiser(network)(torch.zeros(2, 2), torch.tensor([[1.0], [0.0]]), torch.zeros(2, 2)).x0_hat
    assert first.tolist() == pytest.approx([far, 0.0], rel=1e-4)
    assert later.tolist() == pytest.approx([far if times > 1 else 0.0, 0.0], rel=1e-4)
