"""What a space says of its regions and concepts, in the plane and in three dimensions."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely

from sandbox.spaces import NONE, SPACES, PolygonRegion, choose, space_named
from sandbox.spaces.shapes import disc
from tests.ball_space import BALLS
from tests.laws import follow
from tests.plane_spaces import LONELY, THREE
from tests.spaces.outlines import every_space


@pytest.mark.parametrize(
    ("space", "concept", "shares"),
    [
        (LONELY, "cat", [1.0]),
        (LONELY, NONE, [1.0]),
        # A cat is called cat, pet, animal by 2 : 1 : 1, a dog canine, pet, animal alike, a fox canine, animal by 2 : 1.
        (THREE, "cat", [1.0]),
        (THREE, "pet", [1 / 2, 1 / 2]),
        (THREE, "canine", [1 / 2 / (1 / 2 + 2 / 3), 2 / 3 / (1 / 2 + 2 / 3)]),
        (THREE, "animal", [1 / 4 / (5 / 6), 1 / 4 / (5 / 6), 1 / 3 / (5 / 6)]),  # .3, .3 and .4
        (THREE, NONE, [1 / 3, 1 / 3, 1 / 3]),
        # Balls of weight 1, 2, 3; red: red 2 : ball 1; green and blue: cold 3 : ball 1.
        (BALLS, "red", [1.0]),
        (BALLS, "cold", [2 / 5, 3 / 5]),
        (BALLS, "ball", [1 / 3 / (1 / 3 + 5 / 4), 2 / 4 / (1 / 3 + 5 / 4), 3 / 4 / (1 / 3 + 5 / 4)]),
        (BALLS, NONE, [1 / 6, 2 / 6, 3 / 6]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_regions_share_a_concept_by_bayes_rule(space, concept, shares, rng):
    # P(region | concept) is proportional to the region's weight times P(concept | region).
    np.testing.assert_allclose(space.shares(concept), shares)
    points = space.sample(6000, rng, concept)
    found = [(region.signed_distance(points) < 0).sum() for region in space.meant_by(concept)]
    assert sum(found) == 6000
    assert follow(found, shares)


@pytest.mark.parametrize("space", [*SPACES, LONELY, THREE, BALLS], ids=lambda space: space.name)
def test_concepts_and_regions_have_one_joint_law(space):
    # sum over regions of P(region) P(concept | region) = P(concept), and P(region | concept) P(concept) gives it back.
    weights = np.array([region.weight for region in space.regions])
    joint = weights[:, None] / weights.sum() * [space.naming(region) for region in space.regions]  # (regions, concepts)
    assert joint.sum() == pytest.approx(1.0)
    for i, concept in enumerate(space.concepts):
        meant = [region.name in concept.regions for region in space.regions]
        np.testing.assert_allclose(joint[meant, i], space.shares(concept.name) * joint[:, i].sum())
        np.testing.assert_array_equal(joint[np.invert(meant), i], 0.0)


def test_regions_twice_as_heavy_are_drawn_twice_as_often(rng):
    cat, dog, fox = THREE.regions
    heavier = replace(THREE, regions=(cat, replace(dog, weight=2.0), fox))
    np.testing.assert_allclose(heavier.shares(NONE), [1 / 4, 1 / 2, 1 / 4])
    np.testing.assert_allclose(heavier.shares("pet"), [1 / 3, 2 / 3])


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.5], [0.2, 0.3, 0.5], [0.0, 1.0]])
def test_indices_are_chosen_by_their_shares(shares, rng):
    found = np.bincount(choose(np.array(shares), 5000, rng), minlength=len(shares))
    assert found.sum() == 5000
    assert follow(found, shares)


@every_space
def test_a_concept_has_its_place_and_none_has_not(space):
    for concept in space.concepts:
        assert tuple(space.embedding(concept.name)) == concept.embedding
    assert np.isnan(space.embedding(NONE)).tolist() == [True] * space.description_dimensions


def test_dimensions_are_the_regions_and_the_concepts():
    assert (BALLS.dimensions, BALLS.description_dimensions) == (3, 5)
    assert all((space.dimensions, space.description_dimensions) == (2, 2) for space in SPACES)
    assert BALLS.means.shape == (1, 3)
    assert BALLS.embedding(NONE).shape == (5,)


def test_a_space_of_three_dimensions_is_measured_and_sampled(rng):
    points = np.array([[-1.4, 0.2, 0.0], [-1.4, 0.2, 1.0], [1.2, 0.6, -0.3]])
    np.testing.assert_allclose(BALLS.distance(points, "red"), [-0.5, 0.5, math.hypot(2.6, 0.4, 0.3) - 0.5])
    np.testing.assert_allclose(BALLS.distance(points)[[0, 2]], [-0.5, 0.1])
    assert BALLS.start(7, rng).shape == BALLS.sample(7, rng).shape == (7, 3)
    inside = BALLS.regions[2].sample(4000, rng) - BALLS.regions[2].centre
    assert (np.linalg.norm(inside, axis=1) < 0.3).mean() == pytest.approx(1 / 8, abs=0.025)  # half the radius


def test_spaces_of_one_name_hash_alike_and_are_equal_only_with_everything():
    other = replace(THREE, start_scale=2.0)
    assert hash(other) == hash(THREE)
    assert other != THREE
    assert replace(THREE) == THREE


def test_a_region_with_two_parts_and_a_hole_is_one_region():
    shape = shapely.union(disc(0, 0, 2).difference(disc(0, 0, 1)), disc(5, 0, 1))
    region = PolygonRegion("PARTS", shape)
    found = region.signed_distance(np.array([[0.0, 0.0], [1.5, 0.0], [5.0, 0.0], [3.0, 0.0]]))
    np.testing.assert_allclose(found, [1.0, -0.5, -1.0, 1.0], atol=2e-3)  # the circles are polygons
    assert len(region.outline()) == 3


def test_an_unknown_space_is_named_in_a_plain_sentence():
    with pytest.raises(ValueError, match=r"^[A-Z].*'atlantis'.*cats-and-dogs.*\.$"):
        space_named("atlantis")


@every_space
@pytest.mark.parametrize(
    "use",
    [
        lambda space: space.meant_by("zebra"),
        lambda space: space.distance(np.zeros((1, 2)), "zebra"),
        lambda space: space.embedding("zebra"),
        lambda space: space.shares("zebra"),
        lambda space: space.sample(3, np.random.default_rng(0), "zebra"),
    ],
    ids=["meant_by", "distance", "embedding", "shares", "sample"],
)
def test_an_unknown_concept_is_named_in_a_plain_sentence(space, use):
    with pytest.raises(ValueError, match=rf"'zebra'.*{', '.join(space.concept_names())}\.$"):
        use(space)
