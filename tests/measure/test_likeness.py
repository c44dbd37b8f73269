"""Metrics that see collapse, against other libraries, closed forms and brute force."""

import numpy as np
import ot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prdc import compute_prdc
from scipy.spatial.distance import pdist

from sandbox.measure.likeness import PROJECTIONS, Reference, directions, reference, seeds_interval, squared_w2
from sandbox.measure.yardsticks import yardstick
from sandbox.pairs import World, make_pairs
from sandbox.spaces import SPACES
from sandbox.spaces.eight_gaussians_to_moons import SPACE as TOY
from tests.ball_space import BALLS


def floor(space, n, seed, concept="none"):
    """What a second real sample scores."""
    return yardstick("real", World(space), concept, n, seed).likeness


@pytest.fixture
def sets():
    rng = np.random.default_rng(0)
    return rng.normal(size=(300, 2)), rng.normal(size=(300, 2)) * (1.0, 0.3) + (0.8, 0.0)


def test_precision_recall_and_coverage_are_those_of_prdc(sets, capsys):
    real, generated = sets
    theirs, ours = compute_prdc(real, generated, nearest_k=5), Reference(real).likeness(generated)
    assert ours.precision == pytest.approx(theirs["precision"], abs=1e-12)
    assert ours.recall == pytest.approx(theirs["recall"], abs=1e-12)
    assert ours.coverage == pytest.approx(theirs["coverage"], abs=1e-12)
    assert ours.precision != ours.recall != ours.coverage


def test_the_sliced_distance_is_that_of_pot(sets):
    real, generated = sets
    angle = np.pi * np.arange(PROJECTIONS) / PROJECTIONS
    projections = np.stack([np.cos(angle), np.sin(angle)])
    theirs = ot.sliced_wasserstein_distance(generated, real, projections=projections)
    assert Reference(real).likeness(generated).sliced_wasserstein == pytest.approx(theirs, rel=1e-9)


def test_the_energy_distance_is_that_of_brute_force(sets):
    real, generated = (points[:40] for points in sets)

    def mean(a, b):
        return np.mean([[np.hypot(*(p - q)) for p in a] for q in b])

    others = 40 / 39  # of a point and itself nobody speaks
    expected = 2 * mean(real, generated) - others * (mean(real, real) + mean(generated, generated))
    assert Reference(real).likeness(generated).energy_distance == pytest.approx(expected, rel=1e-9)


def test_a_shift_has_closed_forms():
    real = np.random.default_rng(1).normal(size=(200, 2))
    moved = real + np.array([0.3, 0.4])
    assert Reference(real).likeness(moved).sliced_wasserstein == pytest.approx(0.5 / np.sqrt(2), rel=1e-6)
    assert squared_w2(moved, real) == pytest.approx(0.25, rel=1e-6)
    spots = np.zeros((20, 2))
    assert Reference(spots).likeness(spots + np.array([3.0, 4.0])).energy_distance == pytest.approx(10.0)


@pytest.mark.parametrize("dimensions", [1, 3, 5])
def test_all_figures_in_other_dimensions_are_those_of_brute_force(dimensions):
    rng, k = np.random.default_rng(dimensions), 5
    real, generated = rng.normal(size=(60, dimensions)), 0.7 * rng.normal(size=(60, dimensions)) + 0.3
    judged = Reference(real).likeness(generated)

    def radius(points):
        return np.array([np.sort(np.linalg.norm(points - point, axis=1))[k] for point in points])

    across = np.array([[np.linalg.norm(a - b) for b in real] for a in generated])
    assert judged.precision == np.mean((across <= radius(real)).any(axis=1))
    assert judged.recall == np.mean((across <= radius(generated)[:, None]).any(axis=0))
    assert judged.coverage == np.mean(across.min(axis=0) <= radius(real))
    own, other = (60 / 59 * np.mean([[np.linalg.norm(a - b) for b in s] for a in s]) for s in (generated, real))
    assert judged.energy_distance == pytest.approx(2 * across.mean() - own - other, rel=1e-9)
    theirs = ot.sliced_wasserstein_distance(generated, real, projections=directions(dimensions))
    assert judged.sliced_wasserstein == pytest.approx(theirs, rel=1e-9)


def test_directions_are_unit_vectors_all_around_and_the_same_each_time():
    for dimensions in (1, 2, 3, 5):
        unit = directions(dimensions)
        assert unit.shape == (dimensions, PROJECTIONS)
        np.testing.assert_allclose(np.linalg.norm(unit, axis=0), 1.0)
        np.testing.assert_array_equal(unit, directions.__wrapped__(dimensions))
        spread = unit @ unit.T / PROJECTIONS  # the identity over d where they are spread evenly
        np.testing.assert_allclose(spread, np.eye(dimensions) / dimensions, atol=0.12)


def test_a_shift_in_three_dimensions_has_closed_forms():
    real, shift = np.random.default_rng(1).normal(size=(200, 3)), np.array([0.3, 0.4, 1.2])
    sliced = Reference(real).likeness(real + shift).sliced_wasserstein
    assert sliced == pytest.approx(np.sqrt(np.square(shift @ directions(3)).mean()), rel=1e-9)
    assert sliced == pytest.approx(1.3 / np.sqrt(3), rel=0.15)  # over all directions
    spots = np.zeros((20, 3))
    assert Reference(spots).likeness(spots + shift).energy_distance == pytest.approx(2.6)
    assert squared_w2(real + shift, real) == pytest.approx(1.69, rel=1e-6)


def test_collapse_is_seen_where_precision_is_blind():
    real = np.random.default_rng(2).uniform(-1, 1, (500, 2))
    judged = Reference(real).likeness(np.full((500, 2), 0.1) + 1e-3 * np.random.default_rng(3).normal(size=(500, 2)))
    assert judged.precision == 1.0
    assert max(judged.recall, judged.coverage) < 0.05
    assert judged.energy_distance > 0.2


def test_the_same_points_are_alike_in_every_way(sets):
    judged = Reference(sets[0]).likeness(sets[0])
    assert (judged.precision, judged.recall, judged.coverage) == (1.0, 1.0, 1.0)
    assert judged.energy_distance == pytest.approx(-2 * pdist(sets[0]).mean() / 300, rel=1e-9)  # nearer than by chance
    assert judged.sliced_wasserstein == 0.0


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(0.1, 10), quarter=st.integers(0, 3))
def test_turning_the_plane_changes_nothing_and_scaling_scales_distances(scale, quarter):
    rng = np.random.default_rng(4)
    real, generated = rng.normal(size=(60, 2)), rng.normal(size=(60, 2)) + 0.5
    turn = scale * np.array([[[1, 0], [0, 1]], [[0, 1], [-1, 0]], [[-1, 0], [0, -1]], [[0, -1], [1, 0]]][quarter])
    before, after = Reference(real).likeness(generated), Reference(real @ turn).likeness(generated @ turn)
    assert after.precision == pytest.approx(before.precision, abs=0.02)  # a tie may fall either way
    assert after.energy_distance == pytest.approx(scale * before.energy_distance, rel=1e-6, abs=1e-9)
    assert after.sliced_wasserstein == pytest.approx(scale * before.sliced_wasserstein, rel=1e-6)


def test_points_that_are_not_numbers_are_like_nothing(sets):
    real, generated = sets
    broken = generated.copy()
    broken[:30] = np.nan
    judged, before = Reference(real).likeness(broken), Reference(real).likeness(generated)
    assert judged.precision <= before.precision
    assert judged.energy_distance == judged.sliced_wasserstein == np.inf
    assert Reference(real).likeness(np.full_like(real, np.nan)).recall == 0.0


def test_another_number_of_points_is_refused(sets):
    with pytest.raises(ValueError, match="300 real samples are compared with as many"):
        Reference(sets[0]).likeness(sets[1][:200])
    with pytest.raises(ValueError, match="more than 5 samples"):
        Reference(sets[0][:5])


@pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)
def test_the_floor_is_small_and_falls_with_more_samples(space):
    few, many = ([floor(space, n, seed) for seed in range(8)] for n in (50, 800))
    fewer, more = (np.mean([one.sliced_wasserstein for one in each]) for each in (few, many))
    assert 0 < more < fewer / 2
    assert min(one.precision for one in many) > 0.95
    assert min(one.recall for one in many) > 0.95
    assert reference(space, "none", 50, 0) is reference(space, "none", 50, 0)


@pytest.mark.parametrize(
    "space", [space for space in (*SPACES, BALLS) if space is not TOY], ids=lambda space: space.name
)
def test_the_energy_distance_of_the_same_law_is_nothing_on_average(space):
    # The published toy's moons are spaced evenly along their arcs, so that two of its samples are more alike than by chance.
    few, many = (np.array([floor(space, n, seed).energy_distance for seed in range(40)]) for n in (20, 200))
    for each in (few, many):
        assert abs(each.mean()) < 3.5 * each.std(ddof=1) / np.sqrt(40)
    assert many.std() < few.std() / 3
    assert few.min() < 0 < few.max()


def test_reference_samples_are_by_the_law_of_the_pairs():
    # Balls are of unequal weight, and "ball" names them unequally often: drawn alike they would be unlike the pairs.
    pairs = make_pairs(World(BALLS, pairs=6000))
    called = pairs.image[pairs.concept == 2][:700]
    alike = reference(BALLS, "ball", 700, 0).likeness(called)
    real = floor(BALLS, 700, 0, "ball")
    assert alike.energy_distance < real.energy_distance + 0.01
    rng = np.random.default_rng(0)
    equal = np.concatenate([ball.sample(700 // 3 + 1, rng) for ball in BALLS.regions])[:700]
    assert reference(BALLS, "ball", 700, 0).likeness(equal).energy_distance > 3 * alike.energy_distance


def test_the_interval_over_seeds_is_student_s():
    # For 1, 2, 3, 4, 5: s = 1.5811, t(.975, 4) = 2.7764, half = t s / sqrt(5).
    assert seeds_interval(np.arange(1.0, 6.0)) == pytest.approx(2.7764 * 1.5811 / np.sqrt(5), rel=1e-4)
    assert np.isnan(seeds_interval(np.array([1.0])))


def test_a_neighbour_as_far_as_the_last_one_is_in_the_neighbourhood():
    # A lattice's corners have neighbourhoods of two columns, all others of a diagonal. Two columns on, three of its columns lie
    # on others, the fourth is near enough, and of the last one only the corners are, as far away as the corners' own last.
    lattice = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), axis=-1).reshape(-1, 2) / 3
    assert Reference(lattice).likeness(lattice + np.array([2 / 3, 0.0])).precision == 22 / 25
