"""Learned spaces: what is made when, of which pictures, and what stays true of every space."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from sandbox.contract import check_space
from sandbox.learned.ends import Ends
from sandbox.measure.experiment import Question
from sandbox.measure.quality import quality
from sandbox.measure.yardsticks import yardstick
from sandbox.methods import NearestPair
from sandbox.pairs import Balance, World, make_pairs
from sandbox.spaces import LEARNED_SPACES, NONE, SPACES, space_named
from sandbox.weights.files import WeightsError

every_space = pytest.mark.parametrize("space", LEARNED_SPACES, ids=lambda space: space.name)


@every_space
def test_every_learned_space_keeps_the_contract(space):
    check_space(space)


def test_nothing_is_read_before_somebody_looks():
    """Ends that nobody has trained: what does not depend on them is there."""
    known = space_named("pets-8d")
    space = replace(known, ends=Ends(*(replace(recipe, seed=9) for recipe in known.ends.recipes)))
    assert (space.dimensions, space.description_dimensions, len(space.concept_names())) == (8, 8, 181)
    assert Balance(World(space, pairs=6250)).world.space.names_of_an_image == 16
    for look in (lambda: space.regions, lambda: space.concepts, lambda: make_pairs(World(space))):
        with pytest.raises(WeightsError, match="no trained weights yet"):
            look()
    with pytest.raises(AttributeError, match="colour"):
        _ = space.colour


def test_balancing_counts_an_image_once_for_each_of_its_captions():
    with pytest.raises(ValueError, match=r"^Balancing takes at most 100,000 pairs\.$"):
        Balance(World("pets-8d", pairs=6251))


def test_pairs_are_of_trained_pictures_each_under_all_its_captions():
    world = World("pets", pairs=200)
    pairs, (known, _) = make_pairs(world), world.space.ends.latents("train")
    assert len(pairs.image) == 200 * 8
    assert cdist(pairs.image, known).min(axis=1).max() == 0
    assert len(np.unique(pairs.image, axis=0)) == 200


def test_there_are_no_more_pairs_than_pictures():
    assert len(np.unique(make_pairs(World("digits", pairs=3000)).image, axis=0)) == len(
        space_named("digits").ends.latents("train")[0]
    )


def test_a_sample_is_not_larger_than_what_there_is_to_compare_it_with():
    method = NearestPair(world=World("digits"))
    asked = {name: Question(method, name, 1).count for name in ("a three", "an even digit", "a digit", NONE)}
    assert asked["a three"] < asked["an even digit"] < asked["a digit"] == asked[NONE] < 2000
    assert Question(NearestPair(), "cat", 1, count=10_000).count == 10_000


def test_real_pictures_are_recognised_and_like_others():
    judged = yardstick("real", World("pets"), "a dark cat", 500, 0)
    assert judged.quality.in_region > 0.98
    assert min(judged.likeness.precision, judged.likeness.recall) > 0.9
    assert judged.memorisation.novelty == pytest.approx(1, abs=0.2)


def test_beyond_the_plane_a_point_is_inside_where_the_judge_sees_the_kind():
    space = space_named("digits-8d")
    points = np.concatenate([space.sample(200, np.random.default_rng(0)), 3 * np.ones((1, 8)), np.full((1, 8), np.nan)])
    kind, away = space.ends.kind(points), space.distances(points[:-1])
    np.testing.assert_array_equal(np.where((away < 0).any(axis=0), away.argmin(axis=0), 10), kind[:-1])
    np.testing.assert_array_equal(away[3], space.regions[3].signed_distance(points[:-1]))
    known, named = space.ends.latents("judge")
    outside = away[3] > 0
    nearest = cdist(points[:-1], known[named == 3]).min(axis=1)
    np.testing.assert_allclose(away[3][outside], np.maximum(nearest, 1e-9)[outside])
    assert quality(points, space, "a three").in_region == pytest.approx((kind == 3).mean())


def test_names_of_spaces_are_unique_and_known():
    names = [space.name for space in (*SPACES, *LEARNED_SPACES)]
    assert len(set(names)) == len(names)
    with pytest.raises(ValueError, match=r"there are cats-and-dogs, .*, digits-16d"):
        space_named("horses")
