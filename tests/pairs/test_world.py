"""The law of the pairs, and of the descriptions that are asked for."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ks_2samp

from sandbox.pairs import World, descriptions_of, make_pairs, random_descriptions
from sandbox.spaces import NONE, SPACES, space_named
from tests.ball_space import BALLS
from tests.laws import follow
from tests.plane_spaces import LONELY, THREE

ALL = [*SPACES, LONELY, THREE, BALLS]
CONCEPTS = [pytest.param(s, c.name, id=f"{s.name}-{c.name}") for s in ALL for c in s.concepts]
every_space = pytest.mark.parametrize("space", ALL, ids=lambda space: space.name)


def test_a_world_takes_a_space_or_the_name_of_a_shipped_one():
    assert World(space="moons").space is space_named("moons")
    assert World(space="moons") == World(space=space_named("moons"))
    assert World(space=BALLS).space is BALLS


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"space": "atlantis"}, r"^No space is called 'atlantis'.*\.$"),
        ({"pairs": 0}, r"^pairs is a whole number from 1 to 1,000,000, not 0\.$"),
        ({"pairs": 10**7}, r"^pairs is a whole number from 1 to 1,000,000, not 10000000\.$"),
        ({"pairs": 2.5}, r"^pairs is a whole number .*, not 2\.5\.$"),
        ({"description_noise": -0.1}, r"^description_noise is a number from 0 to 0\.5, not -0\.1\.$"),
        ({"description_noise": math.nan}, r"^description_noise .*, not nan\.$"),
        ({"description_noise": math.inf}, r"^description_noise .*, not inf\.$"),
    ],
)
def test_a_world_that_cannot_be_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        World(**wrong)


@every_space
def test_pairs_lie_in_the_regions_they_name(space):
    pairs = make_pairs(World(space=space, pairs=500))
    for i, region in enumerate(space.regions):
        assert (region.signed_distance(pairs.image[pairs.region == i]) <= 0).all()


@every_space
def test_a_concept_is_one_that_names_the_region(space):
    pairs = make_pairs(World(space=space, pairs=500))
    for region, concept in zip(pairs.region, pairs.concept, strict=True):
        assert space.regions[region].name in space.concepts[concept].regions


@every_space
def test_regions_and_concepts_of_pairs_are_shared_out_as_the_space_says(space):
    # The same law that reference samples are drawn by: P(region), P(concept | region) and P(region | concept).
    pairs = make_pairs.__wrapped__(World(space=space, pairs=20_000))
    regions, concepts = len(space.regions), len(space.concepts)
    counts = np.bincount(pairs.region * concepts + pairs.concept, minlength=regions * concepts).reshape(regions, -1)
    assert follow(counts.sum(axis=1), space.shares(NONE))
    for row, region in zip(counts, space.regions, strict=True):
        assert follow(row, space.naming(region))
    for column, concept in zip(counts.T, space.concepts, strict=True):
        meant = [region.name in concept.regions for region in space.regions]
        assert follow(column[meant], space.shares(concept.name))
        assert column.sum() == column[meant].sum()


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_regions_of_equal_weight_are_drawn_as_shipped_weights_were_made_with(space):
    world = World(space=space, pairs=200)
    np.testing.assert_array_equal(make_pairs(world).region, np.random.default_rng(0).integers(2, size=200))


def test_a_heavier_region_holds_more_pairs():
    red, green, blue = BALLS.regions
    pairs = make_pairs(World(space=replace(BALLS, regions=(replace(red, weight=50.0), green, blue)), pairs=5000))
    assert follow(np.bincount(pairs.region, minlength=3), [50 / 55, 2 / 55, 3 / 55])


@every_space
@pytest.mark.parametrize("noise", [0.05, 0.15])
def test_description_noise_is_gaussian_with_the_world_s_deviation(space, noise):
    pairs = make_pairs(World(space=space, pairs=4000, description_noise=noise))
    error = (pairs.description - pairs.clean) / noise
    assert np.abs(error.mean(axis=0)).max() < 4.5 / math.sqrt(4000)
    assert np.abs(error.std(axis=0) - 1).max() < 4.5 / math.sqrt(8000)
    assert np.mean(np.abs(error) < 1) == pytest.approx(0.6827, abs=0.025)


@every_space
def test_a_clean_description_is_the_concept_s_place_plus_the_attribute(space):
    pairs = make_pairs(World(space=space, pairs=500))
    place = np.array([concept.embedding for concept in space.concepts])[pairs.concept]
    if space.name == "attributes":
        place[:, 1] += 0.5 * pairs.image[:, 1]
    np.testing.assert_allclose(pairs.clean, place, atol=1e-12)


@every_space
def test_a_world_decides_its_pairs(space):
    world = World(space=space, pairs=50)
    first, again = make_pairs.__wrapped__(world), make_pairs.__wrapped__(world)
    other = make_pairs.__wrapped__(World(space=space, pairs=50, seed=1))
    np.testing.assert_array_equal(first.image, again.image)
    np.testing.assert_array_equal(first.description, again.description)
    assert not np.isin(first.image, other.image).any()


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
def test_fresh_descriptions_follow_the_law_of_the_pairs(space, concept, rng):
    world = World(space=space, pairs=6000)
    pairs = make_pairs(world)
    known = [c.name for c in space.concepts].index(concept)
    trained, asked = pairs.description[pairs.concept == known], descriptions_of(world, concept, 2000, rng)
    assert asked.shape == (2000, space.description_dimensions)
    for axis in range(asked.shape[1]):
        assert ks_2samp(trained[:, axis], asked[:, axis]).pvalue > 1e-3


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
def test_fresh_descriptions_are_never_the_trained_ones(space, concept):
    world = World(space=space, pairs=1000)
    asked = descriptions_of(world, concept, 1000, np.random.default_rng(world.seed))  # even with the world's own seed
    assert not np.isin(asked, make_pairs(world).description).any()


def test_none_has_no_description(world, rng):
    asked = descriptions_of(world, NONE, 7, rng)
    assert asked.shape == (7, 2)
    assert np.isnan(asked).all()


def test_random_descriptions_are_fresh_draws_by_the_law_of_the_pairs(rng):
    world = World(space=BALLS, pairs=500)
    pairs, drawn = make_pairs(world), random_descriptions(world, 5000, rng)
    places = np.array([concept.embedding for concept in BALLS.concepts])
    assert not np.isin(drawn, pairs.description).any()
    near = np.linalg.norm(drawn[:, None] - places, axis=2).argmin(axis=1)
    assert follow(np.bincount(near), np.bincount(pairs.concept) / 500)
    error = drawn - places[near]
    assert np.abs(error.std(axis=0) / 0.05 - 1).max() < 4.5 / math.sqrt(2 * len(error))


def test_an_unknown_concept_is_refused(world, rng):
    with pytest.raises(ValueError, match=r"has no concept 'zebra'.*\.$"):
        descriptions_of(world, "zebra", 5, rng)


def test_a_concept_that_describes_no_pair_is_refused(rng):
    world = World(pairs=1)
    names = [concept.name for concept in world.space.concepts]
    known = names.pop(make_pairs(world).concept[0])
    assert descriptions_of(world, known, 5, rng).shape == (5, 2)
    for name in names:
        with pytest.raises(ValueError, match=rf"^None of the 1 pairs is described as '{name}': .*\.$"):
            descriptions_of(world, name, 5, rng)


def test_without_noise_a_description_is_the_concept_s_place(rng):
    asked = descriptions_of(World(space="moons", description_noise=0.0), "dog", 4, rng)
    np.testing.assert_array_equal(asked, np.tile([1.0, 0.0], (4, 1)))
