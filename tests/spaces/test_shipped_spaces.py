"""The shipped spaces: closed forms of their regions, what makes each of them what it is, and their reference samples."""

import math

import numpy as np
import pytest

from sandbox.spaces import NONE, SPACES, space_named
from sandbox.spaces.attributes import height
from tests.spaces.outlines import arc_distance, circle_distance, every_concept

ANIMALS = [space for space in SPACES if {"cat", "dog", "animal"} <= set(space.concept_names())]
every_animal_space = pytest.mark.parametrize("space", ANIMALS, ids=lambda space: space.name)


@every_concept
def test_only_in_blobs_does_the_mean_of_a_concept_lie_inside_it(space, concept, rng):
    mean = np.mean([region.sample(4000, rng).mean(axis=0) for region in space.meant_by(concept)], axis=0, keepdims=True)
    if space.name == "blobs" and concept in ("cat", "dog"):
        assert space.distance(mean, concept) < -0.5  # the trap that this space shows
    else:
        assert space.distance(mean, concept) > 0.1


@every_animal_space
def test_cat_and_dog_are_two_units_apart_and_animal_half_way(space):
    place = {concept.name: np.array(concept.embedding) for concept in space.concepts}
    assert np.linalg.norm(place["cat"] - place["dog"]) == 2.0
    np.testing.assert_array_equal(place["animal"], (place["cat"] + place["dog"]) / 2)


@every_animal_space
def test_concepts_are_equally_likely_to_mean_each_of_their_regions(space):
    assert space.shares("animal").tolist() == space.shares(NONE).tolist() == [0.5, 0.5]
    assert [space.naming(region).tolist() for region in space.regions] == [
        pytest.approx([2 / 3, 0, 1 / 3]),
        pytest.approx([0, 2 / 3, 1 / 3]),
    ]


@every_concept
def test_reference_samples_are_drawn_as_shipped_tables_have_them(space, concept):
    # Regions of equal weight are drawn by a plain integer, whatever else a space may have.
    meant, rng = space.meant_by(concept), np.random.default_rng(4)
    which, expected = rng.integers(len(meant), size=200), np.empty((200, 2))
    for i, region in enumerate(meant):
        expected[which == i] = region.sample(int((which == i).sum()), rng)
    np.testing.assert_array_equal(space.sample(200, np.random.default_rng(4), concept), expected)


def test_the_published_toy_starts_from_eight_gaussians(rng):
    space = space_named("eight-gaussians-to-moons")
    start = space.start(40_000, rng)
    angle = np.round(np.arctan2(start[:, 1], start[:, 0]) / (math.pi / 4)).astype(int) % 8
    np.testing.assert_allclose(np.bincount(angle) / len(start), 1 / 8, atol=4.5 * math.sqrt(7 / 64 / len(start)))
    middle = 5 * np.stack([np.cos(angle * math.pi / 4), np.sin(angle * math.pi / 4)], axis=1)
    assert np.abs((start - middle).var(axis=0) / math.sqrt(0.1) - 1).max() < 4.5 * math.sqrt(2 / len(start))


@pytest.mark.parametrize(("region", "sign"), [(0, 1), (1, -1)])
def test_the_published_moons_are_evenly_spaced_half_circles_with_one_shift_for_both_axes(region, sign, rng):
    points = space_named("eight-gaussians-to-moons").regions[region].sample(500, rng)
    centre = np.array([-1.0, -1.0]) if sign > 0 else np.array([2.0, 0.5])
    angle = np.linspace(0, math.pi, 500)
    shift = points - (centre + 3 * sign * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    np.testing.assert_allclose(shift[:, 0], shift[:, 1], atol=1e-12)
    assert shift.min() >= 0
    assert shift.max() <= 0.6
    assert abs(shift[:, 0].mean() - 0.3) < 4.5 * 0.6 / math.sqrt(12 * 500)


# Closed forms. A polygon with 32 pieces a quarter lies within radius * (1 - cos(pi / 128)) = 0.0003 radius of its circle.


def test_blobs_are_discs(rng):
    cat, dog = space_named("blobs").regions
    points = rng.uniform(-3, 3, (2000, 2))
    np.testing.assert_allclose(cat.signed_distance(points), circle_distance(points, -1.3, 0.3, 0.7), atol=5e-4)
    np.testing.assert_allclose(dog.signed_distance(points), circle_distance(points, 1.3, -0.3, 0.7), atol=5e-4)


def test_rings_lie_between_two_circles(rng):
    points = rng.uniform(-3, 3, (2000, 2))
    for region, (inner, outer) in zip(space_named("rings").regions, [(0.6, 1.05), (1.75, 2.2)], strict=True):
        distance = np.maximum(-circle_distance(points, 0, 0, inner), circle_distance(points, 0, 0, outer))
        np.testing.assert_allclose(region.signed_distance(points), distance, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "region", "parameters"),
    [
        ("crescent-and-islands", 0, (-1.1, 0.4, 0.8, 0.25, 65, 295)),
        ("attributes", 0, (-1.1, 0.4, 0.8, 0.25, 65, 295)),
        ("moons", 0, (-0.65, -0.3, 1.3, 0.22, 0, 180)),
        ("moons", 1, (0.65, 0.3, 1.3, 0.22, 180, 360)),
    ],
)
def test_crescents_are_thick_arcs_with_round_ends(name, region, parameters, rng):
    points = rng.uniform(-3, 3, (2000, 2))
    distance = space_named(name).regions[region].signed_distance(points)
    np.testing.assert_allclose(distance, arc_distance(points, *parameters), atol=1e-3)


@pytest.mark.parametrize("name", ["crescent-and-islands", "attributes"])
def test_islands_are_two_discs(name, rng):
    points = rng.uniform(-3, 3, (2000, 2))
    discs = [circle_distance(points, 1.3, 0.9, 0.45), circle_distance(points, 1.2, -1.0, 0.45)]
    distance = space_named(name).regions[1].signed_distance(points)
    np.testing.assert_allclose(distance, np.min(discs, axis=0), atol=5e-4)


@pytest.mark.parametrize(("region", "middle"), [(0, -1.5), (1, 1.5)])
def test_heads_are_symmetric(region, middle, rng):
    head = space_named("cats-and-dogs").regions[region]
    points = rng.uniform(-3, 3, (500, 2))
    reflected = points * (-1, 1) + (2 * middle, 0)
    np.testing.assert_allclose(head.signed_distance(points), head.signed_distance(reflected), atol=1e-9)


@pytest.mark.parametrize(
    ("name", "outside", "inside"),
    [
        ("CAT", [(-2.05, 0.3), (-0.95, 0.3), (-1.5, -0.75)], [(-1.5, -0.4), (-2.45, 1.3), (-1.5, 0.6)]),
        ("DOG", [(1.17, 0.75), (1.83, 0.75), (1.5, -0.8)], [(1.5, -0.3), (0.44, 0.1), (2.56, 0.1), (1.5, 1.0)]),
    ],
)
def test_eyes_and_muzzle_are_holes_and_the_nose_is_an_island(name, outside, inside):
    (head,) = [region for region in space_named("cats-and-dogs").regions if region.name == name]
    assert (head.signed_distance(np.array(outside)) > 0).all()
    assert (head.signed_distance(np.array(inside)) < 0).all()


def test_the_attribute_is_half_the_height():
    np.testing.assert_array_equal(height(np.array([[5.0, 1.0], [-5.0, -3.0]])), [0.5, -1.5])
