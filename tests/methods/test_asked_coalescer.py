"""The coalescer that is told what was asked: its targets by brute force, its charge in closed form."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.methods import AskedCoalescer, Coalescer
from sandbox.methods.coalescer import missed
from sandbox.pairs import World, pair_index
from sandbox.spaces import space_named
from tests.ball_space import BALLS

WORLD = World("moons", pairs=300)


@pytest.mark.parametrize("space", [space_named("moons"), BALLS], ids=lambda space: space.name)
@pytest.mark.parametrize("neighbours", [1, 3])
def test_it_is_given_what_was_asked_and_the_mean_of_the_nearest_pairs(space, neighbours, rng):
    method = AskedCoalescer(world=World(space, pairs=300), neighbours=neighbours)
    index = pair_index(method.world, 8.0)
    condition = rng.normal(size=(20, space.description_dimensions))
    points = rng.normal(size=(20, space.dimensions))
    target, description = method.target(index, condition, points)
    np.testing.assert_array_equal(description, condition)
    keys = np.hstack([8.0 * index.pairs.description, index.pairs.image])
    nearest = np.argsort(cdist(np.hstack([8.0 * condition, points]), keys), axis=1)[:, :neighbours]
    np.testing.assert_allclose(target, index.pairs.image[nearest].mean(axis=1))


def test_there_are_no_more_neighbours_than_pairs():
    few = World("moons", pairs=30)
    assert AskedCoalescer(world=few, neighbours=30).neighbours == 30
    with pytest.raises(ValueError, match=r"^neighbours is a whole number from 1 to 30, the number of pairs\.$"):
        AskedCoalescer(world=few, neighbours=31)
    with pytest.raises(ValueError, match=r"^neighbours is a whole number from 1 to 64, not 65\.$"):
        AskedCoalescer(world=WORLD, neighbours=65)


@pytest.mark.parametrize(
    ("distance", "direction", "miss"),
    [
        (2.0, (0.0, 0.5), 2.5),  # to (0, 2) in place of (1.5, 0): the direction's length plays no part
        (1.5, (1.0, 0.0), 1e-4),  # the very place; the root has a little inside
        (1.0, (3.0, 0.0), 0.5),  # too short
        (2.5, (1.0, 0.0), 1.0),  # too long
        (1.5, (-1.0, 0.0), 3.0),  # the other way
        (0.0, (0.6, 0.8), 1.5),  # not at all
    ],
)
def test_a_charge_for_the_landing_is_the_distance_between_where_a_jump_ends_and_where_it_should(
    distance, direction, miss
):
    outputs = torch.tensor([[distance]]), torch.tensor([direction])
    truth = torch.tensor([[1.5]]), torch.tensor([[1.0, 0.0]])
    assert missed(*outputs, *truth).item() == pytest.approx(miss, rel=1e-5)
    plain, landed = (AskedCoalescer(world=WORLD, landing=weight).charge(*outputs, *truth) for weight in (0, 10))
    assert (landed - plain).item() == pytest.approx(10 * miss, rel=1e-3)
    assert plain.item() == Coalescer(world=WORLD).charge(*outputs, *truth).item()


def test_learning_the_landing_lands_nearer():
    # Against targets that differ, the gradient of the charge leads to between them, not away.
    distance = torch.tensor([[1.0]], requires_grad=True)
    truth = torch.tensor([[2.0]]), torch.tensor([[0.6, 0.8]])
    missed(distance, truth[1], *truth).sum().backward()
    assert distance.grad.item() == pytest.approx(-1.0, rel=1e-4)


@pytest.mark.parametrize("wrong", [-1.0, 101.0, np.nan, np.inf])
def test_a_charge_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"^landing is a number from 0 to 100, not .*\.$"):
        replace(AskedCoalescer(world=WORLD), landing=wrong)
