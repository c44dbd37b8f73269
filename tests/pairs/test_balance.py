"""Weights that make questions find every pair equally often: closed forms, brute force, another library's transport."""

from functools import lru_cache

import numpy as np
import ot
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.methods import BalancedCoalescer, BalancedLookup
from sandbox.pairs import Balance, PairIndex, World, make_pairs, random_descriptions
from sandbox.pairs import balance as recipe
from sandbox.pairs import levels as by_level
from sandbox.pairs.balance import balance, keys, rounds
from sandbox.pairs.dense import NEWTON
from sandbox.pairs.levels import LISTED, LOWER, RAISE, Levels, extended, moved
from sandbox.pairs.transport import evenness, find, lifted, temperature_of
from tests.ball_space import BALLS

WORLD = World("crescent-and-islands", pairs=400)


def last(ascent):
    """The weights in the end."""
    (*_, weights) = ascent
    return weights


@lru_cache
def balanced(world):
    """A world's balance weights, computed."""
    return last(Balance(world).train()).network


def test_two_keys_share_a_normal_law_at_its_median():
    # (q + 1)^2 - w_0 = (q - 1)^2 - w_1 at q = (w_0 - w_1) / 4, which has to be the mean .3 of the questions.
    rng = np.random.default_rng(0)
    weights = last(balance(np.array([[-1.0], [1.0]]), lambda n: 0.3 + rng.standard_normal((n * 500, 1))))
    assert (weights[0] - weights[1]) / 4 == pytest.approx(0.3, abs=0.05)


def test_the_balanced_pair_is_that_of_brute_force():
    rng = np.random.default_rng(1)
    keys, weights, questions = rng.normal(size=(50, 3)), rng.normal(size=50), rng.normal(size=(200, 3))
    cost = cdist(questions, keys, "sqeuclidean") - weights
    found, index = find(keys, weights, questions, 3)
    np.testing.assert_array_equal(index, np.argsort(cost, axis=1)[:, :3])
    np.testing.assert_allclose(found, np.sort(cost, axis=1)[:, :3] + weights.max())


def test_the_last_coordinate_makes_up_for_the_weight():
    keys, weights = np.zeros((2, 1)), np.array([1.0, 5.0])
    np.testing.assert_allclose(lifted(keys, weights), [[0.0, 2.0], [0.0, 0.0]])


def test_the_dual_reaches_the_cost_of_exact_transport():
    # Weak duality: on one sample no weights give more than the transport's cost, and the right ones give nearly that.
    rng = np.random.default_rng(2)
    keys, sample = rng.uniform(-1, 1, (60, 2)), 2 * rng.standard_normal((3000, 2))
    exact = ot.emd2([], [], cdist(sample, keys, "sqeuclidean"), numItermax=1_000_000)
    ascent = list(balance(keys, lambda n: sample[rng.integers(len(sample), size=n * 5)]))
    duals = [(cdist(sample, keys, "sqeuclidean") - each).min(axis=1).mean() + each.mean() for each in ascent]
    plain = cdist(sample, keys, "sqeuclidean").min(axis=1).mean()
    assert plain < duals[0]
    assert max(duals) <= exact + 1e-9
    assert duals[-1] == pytest.approx(exact, rel=0.01)
    assert [abs(each.mean()) for each in ascent] == pytest.approx([0.0] * (1 + len(NEWTON)), abs=1e-12)


@pytest.mark.parametrize(
    "world",
    [
        *[World(space, pairs=400) for space in ("crescent-and-islands", "cats-and-dogs", "eight-gaussians-to-moons")],
        World(BALLS, pairs=200),
    ],
    ids=lambda world: world.space.name,
)
@pytest.mark.parametrize("described", [True, False])
def test_every_pair_is_found_equally_often(world, described):
    weights, pairs, rng = balanced(world), make_pairs(world), np.random.default_rng(3)
    start = world.space.start(80_000, rng)
    if described:
        key, questions = (
            keys(8.0, pairs.description, pairs.image),
            keys(8.0, random_descriptions(world, len(start), rng), start),
        )
    else:
        key, questions = pairs.image, start
    found = evenness(key, weights.described if described else weights.undescribed, questions)
    plain = evenness(key, np.zeros(len(key)), questions)
    by_counting = 0.5 * np.sqrt(2 / np.pi * world.pairs / 80_000)  # Poisson's
    assert found.floor == pytest.approx(by_counting, rel=0.15)
    assert found.total_variation < 0.13
    assert found.never == 0.0
    assert plain.total_variation > 0.35


@pytest.fixture
def levels(monkeypatch):
    """Few pairs are many."""
    monkeypatch.setattr(recipe, "DENSE", 300)
    monkeypatch.setattr(by_level, "COARSE", 200)
    monkeypatch.setattr(by_level, "GROWTH", 3.0)


@pytest.mark.parametrize("described", [True, False])
def test_many_pairs_are_balanced_from_level_to_level_as_evenly(levels, described):
    world, rng = World("crescent-and-islands", pairs=1500), np.random.default_rng(5)
    pairs = make_pairs(world)
    key = keys(8.0, pairs.description, pairs.image) if described else pairs.image

    def questions(n):
        start = world.space.start(n, rng)
        return keys(8.0, random_descriptions(world, n, rng), start) if described else start

    ascent = list(balance(key, questions))
    assert len(ascent) == rounds(len(key))
    found = [evenness(key, weights, questions(100 * len(key))) for weights in ascent]
    assert found[-1].total_variation < 0.13
    assert found[-1].total_variation < found[0].total_variation
    assert found[-1].never <= 1 / 1500  # a single pair
    assert abs(ascent[-1].mean()) < 1e-9


def test_a_world_of_many_pairs_decides_its_weights(levels):
    world = World("moons", pairs=400)
    first, again = (list(Balance(world).train()) for _ in range(2))
    assert [report.step for report in first] == list(range(1, 1 + first[0].steps))
    assert torch.equal(first[-1].network.weights, again[-1].network.weights)


def test_with_every_pair_near_the_local_iterations_are_sinkhorn_s():
    rng = np.random.default_rng(6)
    key, questions = rng.uniform(-1, 1, (40, 2)), 2 * rng.standard_normal((400, 2))
    cost = cdist(questions, key, "sqeuclidean")
    index, monotone = np.argsort(cost, axis=1), np.sort(cost, axis=1)
    temperature = temperature_of(monotone)
    weights = moved(np.zeros(40), monotone, index)
    plan = ot.sinkhorn(np.full(400, 1 / 400), np.full(40, 1 / 40), cost, temperature, stopThr=1e-12)
    ours = np.exp((weights - cost) / temperature)
    ours /= ours.sum(axis=1, keepdims=True) * 400
    np.testing.assert_allclose(ours, plan, atol=1e-5)


def test_pairs_that_join_are_weighed_as_those_that_are_there():
    rng = np.random.default_rng(7)
    key = rng.uniform(-1, 1, (300, 2))
    weights = last(balance(key, lambda n: 2 * rng.standard_normal((n, 2))))
    again = extended(Levels(key, weights), key, weights, key, 2 * rng.standard_normal((20_000, 2)))
    assert np.corrcoef(weights, again)[0, 1] > 0.999


def test_a_level_alone_finds_what_the_tree_finds():
    rng = np.random.default_rng(8)
    key, weights, questions = rng.uniform(-1, 1, (50, 3)), rng.normal(size=50), 2 * rng.standard_normal((200, 3))
    cost, index = Levels(key, weights).find(questions, 5)
    theirs, expected = find(key, weights, questions, 5)
    np.testing.assert_array_equal(index, expected)
    np.testing.assert_allclose(cost, theirs - weights.max(), atol=1e-4)


def test_lists_find_nearly_all_that_a_tree_finds(rng):
    world = World("crescent-and-islands", pairs=3000)
    few, every = balanced(World("crescent-and-islands", pairs=500)), balanced(world)
    levels = Levels(make_pairs(World("crescent-and-islands", pairs=500)).image, few.undescribed)
    key, weights, asked = make_pairs(world).image, every.undescribed, world.space.start(6000, rng)
    levels.add(key, weights)
    levels.tell(asked, find(key, weights, asked, 24)[1])
    questions = world.space.start(2000, rng)
    found, expected = (which[:, 0] for _, which in (levels.find(questions, 1), find(key, weights, questions)))
    assert (found == expected).mean() > 0.97
    assert len(key) / 20 > LISTED  # of all pairs, few are looked at
    levels.weigh(np.where(np.arange(len(key)) == found[0], -100.0, weights))
    assert (levels.find(questions, 1)[1] != found[0]).all()


def test_a_pair_near_no_question_keeps_its_weight_and_one_near_few_is_raised_a_little():
    cost = np.tile([0.0, 0.5, 1.0], (30, 1))
    cost[0, 2] = 0.9
    index = np.tile([0, 1, 2], (30, 1))
    index[0, 2] = 3
    before = np.zeros(5)
    after = moved(before, cost, index)
    apart = after - after[4]  # which no question knows
    assert np.abs(apart).max() <= LOWER * temperature_of(cost) + 1e-9
    assert 0 < apart[3] <= RAISE * temperature_of(cost) + 1e-9


def test_the_index_answers_with_and_without_descriptions():
    weights, pairs, rng = balanced(WORLD), make_pairs(WORLD), np.random.default_rng(4)
    index = PairIndex(pairs, 8.0, weights)
    condition, points = random_descriptions(WORLD, 50, rng), rng.normal(size=(50, 2))
    condition[::2] = np.nan
    expected = find(pairs.image, weights.undescribed, points[::2])[1][:, 0]
    np.testing.assert_array_equal(index.close_pair(condition, points)[::2], expected)
    key, questions = keys(8.0, pairs.description, pairs.image), keys(8.0, condition[1::2], points[1::2])
    expected = find(key, weights.described, questions)[1][:, 0]
    np.testing.assert_array_equal(index.close_pair(condition, points)[1::2], expected)


def test_balancing_reports_every_step_and_a_world_decides_it():
    world = World("moons", pairs=40)
    first, again = (list(Balance(world).train()) for _ in range(2))
    assert [report.step for report in first] == list(range(1, 1 + 2 * (1 + len(NEWTON))))
    assert {report.steps for report in first} == {len(first)}
    for a, b in zip(first[-1].network.buffers(), again[-1].network.buffers(), strict=True):
        assert torch.equal(a, b)
        assert len(a) == 40
        assert a.abs().max() > 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"world": World(pairs=100_001)}, r"^Balancing takes at most 100,000 pairs\.$"),
        ({"desc_scale": 0.0}, r"^desc_scale is a number from 0\.001 to 1,000,000, not 0\.0\.$"),
    ],
)
def test_what_cannot_be_balanced_is_refused(change, sentence):
    for kind in (Balance, BalancedCoalescer, BalancedLookup):  # whoever needs it is refused at once
        with pytest.raises(ValueError, match=sentence):
            kind(**change)
