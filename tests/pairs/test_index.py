"""The index against brute force, on distances, with and without balance weights."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sandbox.pairs import BalanceWeights, PairIndex, Pairs, World, descriptions_of, make_pairs, pair_index, spacing
from sandbox.pairs.balance import keys
from sandbox.spaces import SPACES
from tests.ball_space import BALLS

SCALES = [0.25, 0.5, 1, 2, 4, 8, 32, 128, 1024]
every_space = pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)


def squared_key_distances(pairs, desc_scale, description, image):
    """`|desc_scale (DE - description)|^2 + |R - image|^2` of every query and pair, from the images alone for none."""
    called = ((description[:, None] - pairs.description) ** 2).sum(-1)
    near = ((image[:, None] - pairs.image) ** 2).sum(-1)
    return near + np.where(np.isnan(called), 0.0, desc_scale**2 * called)


def queries(world, rows, n, rng):
    """Descriptions, all, none or a half of them given, and points."""
    description = descriptions_of(world, world.space.concepts[-1].name, n, rng) + rng.uniform(-1, 1, (n, 1))
    description[{"described": [], "none": slice(None), "mixed": slice(None, None, 2)}[rows]] = np.nan
    return description, rng.uniform(-3, 3, (n, world.space.dimensions))


@pytest.mark.parametrize("rows", ["described", "none", "mixed"])
@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("desc_scale", SCALES)
def test_the_nearest_pairs_are_those_of_brute_force(world, desc_scale, k, rows, rng):
    pairs = make_pairs(world)
    description, image = queries(world, rows, 100, rng)
    distance, index = PairIndex(pairs, desc_scale).query(description, image, k)
    squared = squared_key_distances(pairs, desc_scale, description, image)
    np.testing.assert_allclose(distance, np.sqrt(np.sort(squared, axis=1)[:, :k]), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(distance, np.sqrt(np.take_along_axis(squared, index, axis=1)), rtol=1e-9, atol=1e-9)


@every_space
def test_the_nearest_pair_in_every_space(space, rng):
    world = World(space=space, pairs=200)
    pairs = make_pairs(world)
    description, image = queries(world, "mixed", 50, rng)
    distance, _ = PairIndex(pairs, 8).query(description, image)
    squared = squared_key_distances(pairs, 8, description, image)
    np.testing.assert_allclose(distance[:, 0], np.sqrt(squared.min(axis=1)), rtol=1e-9)


@given(desc_scale=st.floats(1e-3, 1e4), numbers=st.lists(st.floats(-50, 50), min_size=4, max_size=4))
def test_no_pair_is_nearer_than_the_one_found(desc_scale, numbers):
    pairs = make_pairs(World(space="moons", pairs=100))
    description, image = np.array([numbers[:2]]), np.array([numbers[2:]])
    distance, index = PairIndex(pairs, desc_scale).query(description, image)
    squared = squared_key_distances(pairs, desc_scale, description, image)[0]
    assert distance[0, 0] == pytest.approx(math.sqrt(squared.min()), rel=1e-9, abs=1e-9)
    assert math.sqrt(squared[index[0, 0]]) == pytest.approx(math.sqrt(squared.min()), rel=1e-9, abs=1e-9)


def test_a_query_does_not_change_its_arguments(world, rng):
    description, image = queries(world, "mixed", 10, rng)
    before = description.copy(), image.copy()
    pair_index(world, 8.0).query(description, image)
    np.testing.assert_array_equal(description, before[0])
    np.testing.assert_array_equal(image, before[1])


def test_keys_are_the_scaled_description_and_the_image():
    np.testing.assert_array_equal(keys(8, np.array([[1.0, -2.0]]), np.array([[0.5, 3.0]])), [[8.0, -16.0, 0.5, 3.0]])


def test_the_distance_of_a_pair_to_its_own_key_is_zero(world):
    pairs = make_pairs(world)
    distance, index = PairIndex(pairs, 8).query(pairs.description, pairs.image)
    assert distance.max() == 0
    np.testing.assert_array_equal(index[:, 0], np.arange(len(pairs.image)))


def test_a_vanishing_desc_scale_gives_the_nearest_image_whatever_it_is_called(world, rng):
    pairs = make_pairs(world)
    description, image = queries(world, "described", 200, rng)
    found = pairs.image[PairIndex(pairs, 1e-6).query(description, image)[1][:, 0]]
    nearest = np.sqrt(((image[:, None] - pairs.image) ** 2).sum(-1)).min(axis=1)
    np.testing.assert_allclose(np.linalg.norm(found - image, axis=1), nearest, atol=1e-9)


def test_a_huge_desc_scale_lets_the_description_alone_choose(world, rng):
    pairs = make_pairs(world)
    description, image = queries(world, "described", 200, rng)
    found = pairs.description[PairIndex(pairs, 1e6).query(description, image)[1][:, 0]]
    nearest = np.sqrt(((description[:, None] - pairs.description) ** 2).sum(-1)).min(axis=1)
    np.testing.assert_allclose(np.linalg.norm(found - description, axis=1), nearest, atol=1e-9)


def test_at_desc_scale_8_a_cat_is_found_for_a_cat(world, rng):
    pairs = make_pairs(world)
    index = pair_index(world, 8.0).query(descriptions_of(world, "cat", 200, rng), rng.uniform(-3, 3, (200, 2)))[1][:, 0]
    assert (pairs.region[index] == 0).mean() > 0.98


@pytest.mark.parametrize("rows", ["described", "none", "mixed"])
@every_space
def test_with_balance_weights_the_pairs_are_those_of_brute_force(space, rows, rng):
    world = World(space=space, pairs=100)
    pairs, weights = make_pairs(world), BalanceWeights(100)
    weights.weights.copy_(torch.tensor(40 * rng.standard_normal(100)))
    weights.none_weights.copy_(torch.tensor(rng.standard_normal(100)))
    description, image = queries(world, rows, 60, rng)
    distance, index = PairIndex(pairs, 8, weights).query(description, image, 3)
    none = np.isnan(description[:, :1])
    cost = squared_key_distances(pairs, 8, description, image)
    cost += np.where(none, weights.undescribed.max() - weights.undescribed, weights.described.max() - weights.described)
    np.testing.assert_array_equal(index, np.argsort(cost, axis=1)[:, :3])
    np.testing.assert_allclose(distance, np.sqrt(np.sort(cost, axis=1)[:, :3]))


def test_balance_weights_of_zero_change_nothing(world, rng):
    description, image = queries(world, "mixed", 50, rng)
    plain, balanced = (PairIndex(make_pairs(world), 8.0, weights) for weights in (None, BalanceWeights(300)))
    np.testing.assert_array_equal(balanced.close_pair(description, image), plain.close_pair(description, image))


def test_the_close_pair_is_the_first_of_the_nearest(world, rng):
    description, image = queries(world, "mixed", 50, rng)
    index = pair_index(world, 8.0)
    np.testing.assert_array_equal(index.close_pair(description, image), index.query(description, image, 4)[1][:, 0])


def test_a_description_with_a_number_missing_is_none(world, rng):
    description, image = queries(world, "described", 20, rng)
    description[::2, 1] = np.nan
    none = np.where(np.isnan(description).any(axis=1)[:, None], np.nan, description)
    index = pair_index(world, 8.0)
    np.testing.assert_array_equal(index.close_pair(description, image), index.close_pair(none, image))


def test_the_index_of_a_world_is_made_once(world):
    assert pair_index(world, 8.0) is pair_index(World(space=world.space, pairs=300), 8)
    assert pair_index(world, 8.0) is not pair_index(world, 4.0)


def test_an_index_of_nothing_is_refused():
    points, whole = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    with pytest.raises(ValueError, match=r"^The index needs at least one pair\.$"):
        PairIndex(Pairs(points, points, points, whole, whole), 8.0)


def test_the_spacing_is_the_mean_distance_to_the_nearest_other_image(world):
    image = make_pairs(world).image
    apart = np.linalg.norm(image[:, None] - image, axis=2)
    np.fill_diagonal(apart, np.inf)
    assert spacing(world) == pytest.approx(apart.min(axis=1).mean())
