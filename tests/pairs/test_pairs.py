"""The index against brute force, on distances; the law of the pairs and of the descriptions asked for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from sandbox.pairs import PairIndex, Pairs, World, ask, make_pairs, pair_index
from sandbox.spaces import NONE, SPACES, space_named

SCALES = [0.25, 0.5, 1, 2, 4, 8, 32, 128, 1024]
CONCEPTS = [pytest.param(s.name, c.name, id=f"{s.name}-{c.name}") for s in SPACES for c in s.concepts]
every_space = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
ANIMALS = [space for space in SPACES if "animal" in space.concept_names()]
every_animal_space = pytest.mark.parametrize("space", ANIMALS, ids=lambda space: space.name)


def squared_key_distances(pairs, desc_scale, description, image):
    """`|desc_scale (DE - description)|^2 + |R - image|^2` of every query and pair, from the images alone for none."""
    called = ((description[:, None] - pairs.description) ** 2).sum(-1)
    near = ((image[:, None] - pairs.image) ** 2).sum(-1)
    return near + np.where(np.isnan(called), 0.0, desc_scale**2 * called)


def queries(world, rows, n, rng):
    """Descriptions, all, none or a half of them given, and points."""
    description = ask(world, space_named(world.space).concepts[-1].name, n, rng) + rng.uniform(-1, 1, (n, 1))
    description[{"described": [], "none": slice(None), "mixed": slice(None, None, 2)}[rows]] = np.nan
    return description, rng.uniform(-3, 3, (n, 2))


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
    world = World(space=space.name, pairs=200)
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


def test_keys_are_the_scaled_description_and_the_image(world):
    keys = PairIndex(make_pairs(world), 8).keys(np.array([[1.0, -2.0]]), np.array([[0.5, 3.0]]))
    np.testing.assert_array_equal(keys, [[8.0, -16.0, 0.5, 3.0]])


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
    index = pair_index(world, 8.0).query(ask(world, "cat", 200, rng), rng.uniform(-3, 3, (200, 2)))[1][:, 0]
    assert (pairs.region[index] == 0).mean() > 0.98


@pytest.mark.parametrize("desc_scale", [0, -1, math.nan, math.inf])
def test_desc_scale_must_be_above_zero(world, desc_scale):
    with pytest.raises(ValueError, match=r"^desc_scale .*above 0\.$"):
        PairIndex(make_pairs(world), desc_scale)


def test_an_index_of_nothing_is_refused():
    points, whole = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    with pytest.raises(ValueError, match=r"^The index needs at least one pair\.$"):
        PairIndex(Pairs(points, points, points, whole, whole), 8.0)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"space": "atlantis"}, r"^No space is called 'atlantis'.*\.$"),
        ({"pairs": 0}, r"^A world needs at least one pair\.$"),
        ({"description_noise": -0.1}, r"^The description noise .*\.$"),
        ({"description_noise": math.nan}, r"^The description noise .*\.$"),
        ({"description_noise": math.inf}, r"^The description noise .*\.$"),
    ],
)
def test_a_world_that_cannot_be_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        World(**wrong)


@every_space
def test_pairs_lie_in_the_regions_they_name(space):
    pairs = make_pairs(World(space=space.name, pairs=500))
    for i, region in enumerate(space.regions):
        assert (region.signed_distance(pairs.image[pairs.region == i]) <= 0).all()


@every_space
def test_a_concept_is_one_that_names_the_region(space):
    pairs = make_pairs(World(space=space.name, pairs=500))
    for region, concept in zip(pairs.region, pairs.concept, strict=True):
        assert space.regions[region].name in space.concepts[concept].regions


@every_animal_space
def test_regions_are_equally_likely_and_a_third_is_called_animal(space):
    n = 20_000
    pairs = make_pairs.__wrapped__(World(space=space.name, pairs=n))
    animal = [concept.name for concept in space.concepts].index("animal")
    assert abs((pairs.region == 0).mean() - 1 / 2) < 4.5 * math.sqrt(1 / 4 / n)
    for region in (0, 1):
        called = pairs.concept[pairs.region == region]
        assert abs((called == animal).mean() - 1 / 3) < 4.5 * math.sqrt(2 / 9 / len(called))


@every_space
@pytest.mark.parametrize("noise", [0.05, 0.15])
def test_description_noise_is_gaussian_with_the_world_s_deviation(space, noise):
    pairs = make_pairs(World(space=space.name, pairs=4000, description_noise=noise))
    error = (pairs.description - pairs.clean) / noise
    assert np.abs(error.mean(axis=0)).max() < 4.5 / math.sqrt(4000)
    assert np.abs(error.std(axis=0) - 1).max() < 4.5 / math.sqrt(8000)
    assert np.mean(np.abs(error) < 1) == pytest.approx(0.6827, abs=0.025)


@every_space
def test_a_clean_description_is_the_concept_s_place_plus_the_attribute(space):
    pairs = make_pairs(World(space=space.name, pairs=500))
    place = np.array([concept.embedding for concept in space.concepts])[pairs.concept]
    rise = 0.5 * pairs.image[:, 1] if space.name == "attributes" else 0.0
    np.testing.assert_allclose(pairs.clean[:, 0], place[:, 0], atol=1e-12)
    np.testing.assert_allclose(pairs.clean[:, 1], place[:, 1] + rise, atol=1e-12)


@every_space
def test_a_world_decides_its_pairs(space):
    world = World(space=space.name, pairs=50)
    first, again = make_pairs.__wrapped__(world), make_pairs.__wrapped__(world)
    other = make_pairs.__wrapped__(World(space=space.name, pairs=50, seed=1))
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.description, again.description)
    assert not np.isin(first.image, other.image).any()


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
def test_fresh_descriptions_follow_the_law_of_the_pairs(space, concept, rng):
    world = World(space=space, pairs=6000)
    pairs = make_pairs(world)
    known = [c.name for c in space_named(space).concepts].index(concept)
    trained, asked = pairs.description[pairs.concept == known], ask(world, concept, 2000, rng)
    assert asked.shape == (2000, 2)
    for axis in (0, 1):
        assert ks_2samp(trained[:, axis], asked[:, axis]).pvalue > 1e-3


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
def test_fresh_descriptions_are_never_the_trained_ones(space, concept):
    world = World(space=space, pairs=1000)
    asked = ask(world, concept, 1000, np.random.default_rng(world.seed))  # even with the world's own seed
    assert not np.isin(asked, make_pairs(world).description).any()


def test_none_has_no_description(world, rng):
    asked = ask(world, NONE, 7, rng)
    assert asked.shape == (7, 2)
    assert np.isnan(asked).all()


def test_an_unknown_concept_is_refused(world, rng):
    with pytest.raises(ValueError, match=r"has no concept 'zebra'.*\.$"):
        ask(world, "zebra", 5, rng)


def test_a_concept_that_describes_no_pair_is_refused(rng):
    world = World(pairs=1)
    names = [concept.name for concept in space_named(world.space).concepts]
    known = names.pop(make_pairs(world).concept[0])
    assert ask(world, known, 5, rng).shape == (5, 2)
    for name in names:
        with pytest.raises(ValueError, match=rf"^None of the 1 pairs is described as '{name}': .*\.$"):
            ask(world, name, 5, rng)


def test_without_noise_a_description_is_the_concept_s_place(rng):
    asked = ask(World(space="moons", description_noise=0.0), "dog", 4, rng)
    np.testing.assert_array_equal(asked, np.tile([1.0, 0.0], (4, 1)))
