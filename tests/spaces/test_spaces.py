"""Regions against ray casting and point-segment distances in numpy, and against closed forms."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from sandbox.spaces import SPACES, space_named
from sandbox.spaces.attributes import height
from sandbox.spaces.shapes import arc, disc, ellipse, mirrored, ring

REGIONS = [
    pytest.param(space, region, id=f"{space.name}-{region.name}") for space in SPACES for region in space.regions
]
CONCEPTS = [pytest.param(space, name, id=f"{space.name}-{name}") for space in SPACES for name in space.concept_names()]
every_space = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
ANIMALS = [space for space in SPACES if space.name != "eight-gaussians-to-moons"]
every_animal_space = pytest.mark.parametrize("space", ANIMALS, ids=lambda space: space.name)
UNIFORM = [case for case in REGIONS if case.values[1].law is None]


def segments(region):
    """Both ends of every straight piece of the outline: (m, 2) and (m, 2)."""
    rings = region.outline()
    return np.concatenate([line[:-1] for line in rings]), np.concatenate([line[1:] for line in rings])


def brute_signed_distance(region, points):
    """Distance to the nearest piece of the outline, with the sign of the even-odd rule."""
    a, b = segments(region)
    way, p = b - a, points[:, None]
    along = np.clip(((p - a) * way).sum(-1) / (way * way).sum(-1), 0.0, 1.0)  # (n, m)
    distance = np.linalg.norm(p - (a + along[..., None] * way), axis=-1).min(axis=1)
    x, y = p[..., 0], p[..., 1]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(way[:, 1] == 0, 1.0, way[:, 1])
    crossings = (spans & (x < a[:, 0] + (y - a[:, 1]) * way[:, 0] / rise)).sum(axis=1)
    return np.where(crossings % 2 == 1, -distance, distance)


def circle_distance(points, x, y, radius):
    return np.hypot(points[:, 0] - x, points[:, 1] - y) - radius


def arc_distance(points, x, y, radius, half_width, start, stop):
    """Signed distance to a thick arc with round ends, in closed form."""
    offset = points - (x, y)
    angle = np.rad2deg(np.arctan2(offset[:, 1], offset[:, 0]))
    beside = (angle - start) % 360 <= stop - start
    to_circle = np.abs(np.hypot(*offset.T) - radius)
    ends = [radius * np.array([math.cos(math.radians(a)), math.sin(math.radians(a))]) for a in (start, stop)]
    to_end = np.min([np.linalg.norm(offset - end, axis=1) for end in ends], axis=0)
    return np.where(beside, to_circle, to_end) - half_width


@pytest.mark.parametrize(("space", "region"), REGIONS)
def test_signed_distance_is_that_of_the_outline(space, region, rng):
    points = rng.uniform(*space.bounds, (400, 2))
    np.testing.assert_allclose(region.signed_distance(points), brute_signed_distance(region, points), atol=1e-12)


@pytest.mark.parametrize(("space", "region"), REGIONS)
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


@pytest.mark.parametrize(("space", "region"), REGIONS)
def test_sampling_nothing_gives_nothing(space, region, rng):
    assert region.sample(0, rng).shape == (0, 2)


@pytest.mark.parametrize(("space", "region"), REGIONS)
def test_outlines_are_closed_and_within_the_bounds(space, region):
    for line in region.outline():
        np.testing.assert_array_equal(line[0], line[-1])
        assert (line > space.bounds[0]).all()
        assert (line < space.bounds[1]).all()


@every_space
def test_regions_do_not_overlap(space):
    first, second = (region.shape for region in space.regions)
    assert shapely.area(shapely.intersection(first, second)) == 0


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
def test_distance_is_to_the_nearest_region_meant(space, concept, rng):
    meant = {"cat": ["CAT"], "dog": ["DOG"], "animal": ["CAT", "DOG"], "upper": ["upper"], "lower": ["lower"]}
    points = rng.uniform(*space.bounds, (200, 2))
    expected = np.min(
        [brute_signed_distance(r, points) for r in space.regions if r.name in meant.get(concept, r.name)], axis=0
    )
    np.testing.assert_allclose(space.distance(points, concept), expected, atol=1e-12)


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
def test_samples_of_a_concept_lie_in_what_it_means(space, concept, rng):
    assert (space.distance(space.sample(300, rng, concept), concept) <= 0).all()


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
def test_every_region_meant_is_equally_likely(space, concept, rng):
    n, meant = 4000, space.meant_by(concept)
    points = space.sample(n, rng, concept)
    for region in meant:
        share = 1 / len(meant)
        found = (region.signed_distance(points) <= 0).mean()
        assert abs(found - share) <= 4.5 * math.sqrt(share * (1 - share) / n) + 1e-9


@pytest.mark.parametrize(("space", "concept"), CONCEPTS)
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


@every_space
def test_concepts_name_regions_that_exist(space):
    names = {region.name for region in space.regions}
    assert all(concept.regions and set(concept.regions) <= names for concept in space.concepts)


@every_animal_space
def test_starts_are_gaussian(space, rng):
    n, start = 20_000, space.start(20_000, rng)
    assert start.shape == (n, 2)
    assert np.abs(start.mean(axis=0)).max() < 4.5 * space.start_scale / math.sqrt(n)
    assert np.abs(start.std(axis=0) / space.start_scale - 1).max() < 4.5 / math.sqrt(2 * n)


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


@every_space
def test_every_space_is_found_by_its_name(space):
    assert space_named(space.name) is space


def test_an_unknown_space_is_named_in_a_plain_sentence():
    with pytest.raises(ValueError, match=r"^[A-Z].*'atlantis'.*cats-and-dogs.*\.$"):
        space_named("atlantis")


@every_space
@pytest.mark.parametrize(
    "use",
    [lambda s: s.meant_by("zebra"), lambda s: s.distance(np.zeros((1, 2)), "zebra")],
    ids=["meant_by", "distance"],
)
def test_an_unknown_concept_is_named_in_a_plain_sentence(space, use):
    with pytest.raises(ValueError, match=rf"'zebra'.*{', '.join(space.concept_names())}\.$"):
        use(space)


@given(st.lists(st.floats(-4, 4), min_size=4, max_size=4))
def test_distance_changes_no_faster_than_the_point_moves(numbers):
    points = np.array(numbers).reshape(2, 2)
    for space in SPACES:
        near, far = space.distance(points)
        assert abs(near - far) <= np.linalg.norm(points[0] - points[1]) + 1e-12


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


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        (disc(1, 2, 0.5), math.pi * 0.25),
        (ellipse(0, 1, 2.0, 0.5, tilt=30), math.pi),
        (ring(0, 0, 1, 2), math.pi * 3),
        (arc(0, 0, 2, 0.1, 0, 90), 0.2 * math.pi + math.pi * 0.01),
    ],
    ids=["disc", "ellipse", "ring", "arc"],
)
def test_areas(shape, area):
    assert shapely.area(shape) == pytest.approx(area, rel=1e-3)


def test_an_ellipse_is_tilted_counter_clockwise():
    long = np.array([math.cos(math.radians(30)), math.sin(math.radians(30))])
    short = np.array([-long[1], long[0]])
    ends = shapely.points([1 + 2 * long, 1 - 2 * long, 1 + 0.5 * short, 1 - 0.5 * short])
    assert shapely.distance(shapely.boundary(ellipse(1, 1, 2.0, 0.5, tilt=30)), ends).max() < 1e-9


def test_mirrored_shapes_are_symmetric(rng):
    shape = mirrored(ellipse(1.5, 0.2, 0.7, 0.3, tilt=20), 1.0)
    points = rng.uniform(-2, 3, (500, 2))
    reflected = points * (-1, 1) + (2, 0)
    np.testing.assert_array_equal(shapely.contains_xy(shape, points), shapely.contains_xy(shape, reflected))


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
