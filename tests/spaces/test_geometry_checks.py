"""Geometry checks of every shipped space: regions against distances to their outlines, concepts against their regions."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from sandbox.spaces import SPACES, space_named
from tests.laws import follow
from tests.spaces.outlines import REGIONS, brute_signed_distance, every_concept, every_region, every_space

# The published moons have a law of their own.
UNIFORM = [case for case in REGIONS if case.values[0].name != "eight-gaussians-to-moons"]


@every_region
def test_signed_distance_is_that_of_the_outline(space, region, rng):
    points = rng.uniform(*space.bounds, (400, 2))
    np.testing.assert_allclose(region.signed_distance(points), brute_signed_distance(region, points), atol=1e-12)


@every_region
def test_sampled_points_lie_inside(space, region, rng):
    points = region.sample(500, rng)
    assert points.shape == (500, 2)
    assert (brute_signed_distance(region, points) <= 0).all()


@pytest.mark.parametrize(("space", "region"), UNIFORM)
def test_sampling_is_uniform(space, region, rng):
    n = 4000
    points = region.sample(n, rng)
    x0, y0, x1, y1 = region.shape.bounds
    for box in np.array([[i, j, i + 1, j + 1] for i in range(3) for j in range(3)]) / 3:
        corners = np.tile([x0, y0], 2) + box * np.tile([x1 - x0, y1 - y0], 2)
        share = shapely.area(shapely.intersection(region.shape, shapely.box(*corners))) / shapely.area(region.shape)
        found = ((points > corners[:2]) & (points <= corners[2:])).all(axis=1).mean()
        assert abs(found - share) <= 4.5 * math.sqrt(share * (1 - share) / n) + 1e-9


@every_region
def test_sampling_nothing_gives_nothing(space, region, rng):
    assert region.sample(0, rng).shape == (0, 2)


@every_region
def test_outlines_are_closed_and_within_the_bounds(space, region):
    for line in region.outline():
        np.testing.assert_array_equal(line[0], line[-1])
        assert (line > space.bounds[0]).all()
        assert (line < space.bounds[1]).all()


@every_space
def test_regions_do_not_overlap(space):
    for i, first in enumerate(space.regions):
        for second in space.regions[:i]:
            assert shapely.area(shapely.intersection(first.shape, second.shape)) == 0


@every_concept
def test_distance_is_to_the_nearest_region_meant(space, concept, rng):
    every = {region.name for region in space.regions}
    meant = {known.name: set(known.regions) for known in space.concepts}.get(concept, every)
    points = rng.uniform(*space.bounds, (200, 2))
    expected = np.min([brute_signed_distance(r, points) for r in space.regions if r.name in meant], axis=0)
    np.testing.assert_allclose(space.distance(points, concept), expected, atol=1e-12)


@every_concept
def test_samples_of_a_concept_lie_in_what_it_means(space, concept, rng):
    assert (space.distance(space.sample(300, rng, concept), concept) <= 0).all()


@every_concept
def test_samples_of_a_concept_are_shared_out_as_it_says(space, concept, rng):
    n, meant = 4000, space.meant_by(concept)
    points = space.sample(n, rng, concept)
    found = [(region.signed_distance(points) <= 0).sum() for region in meant]
    assert follow(found, space.shares(concept))


@every_space
def test_concepts_name_regions_that_exist(space):
    names = {region.name for region in space.regions}
    assert all(concept.regions and set(concept.regions) <= names for concept in space.concepts)


@every_space
def test_starts_are_gaussian_around_their_means(space, rng):
    n, start = 40_000, space.start(40_000, rng)
    assert start.shape == (n, space.dimensions)
    near = np.linalg.norm(start[:, None] - space.means, axis=2).argmin(axis=1)
    assert follow(np.bincount(near, minlength=len(space.means)), np.full(len(space.means), 1 / len(space.means)))
    error = (start - space.means[near]) / space.start_scale
    assert np.abs(error.mean(axis=0)).max() < 4.5 / math.sqrt(n)
    assert np.abs(error.std(axis=0) - 1).max() < 4.5 / math.sqrt(2 * n)


@every_space
def test_every_space_is_found_by_its_name(space):
    assert space_named(space.name) is space


@given(st.lists(st.floats(-4, 4), min_size=4, max_size=4))
def test_distance_changes_no_faster_than_the_point_moves(numbers):
    points = np.array(numbers).reshape(2, 2)
    for space in SPACES:
        near, far = space.distance(points)
        assert abs(near - far) <= np.linalg.norm(points[0] - points[1]) + 1e-12
