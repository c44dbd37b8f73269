"""Weights that make questions find every pair equally often: closed forms, brute force, another library's transport."""

import numpy as np
import ot
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.engine.network import Network
from sandbox.methods.balanced_coalescer import BalancedDenoiser
from sandbox.pairs import World
from sandbox.pairs.balance import balance, evenness, find, lifted
from sandbox.pairs.balanced_index import balanced_index, random_descriptions
from sandbox.spaces import space_named

WORLD = World("crescent-and-islands", pairs=400)


def test_two_keys_share_a_normal_law_at_its_median():
    # (q + 1)^2 - w_0 = (q - 1)^2 - w_1 at q = (w_0 - w_1) / 4, which has to be the mean .3 of the questions.
    rng = np.random.default_rng(0)
    weights = balance(np.array([[-1.0], [1.0]]), lambda n: 0.3 + rng.standard_normal((n * 500, 1)))
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
    weights = balance(keys, lambda n: sample[rng.integers(len(sample), size=n * 5)])
    dual = (cdist(sample, keys, "sqeuclidean") - weights).min(axis=1).mean() + weights.mean()
    plain = cdist(sample, keys, "sqeuclidean").min(axis=1).mean()
    assert plain < dual <= exact + 1e-9
    assert dual == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize("space", ["crescent-and-islands", "cats-and-dogs", "eight-gaussians-to-moons"])
@pytest.mark.parametrize("described", [True, False])
def test_every_pair_is_found_equally_often(space, described):
    world = World(space, pairs=400)
    index, rng = balanced_index(world, 8.0), np.random.default_rng(3)
    start = space_named(space).start(80_000, rng)
    if described:
        keys, questions = (
            index.keys(index.pairs.description, index.pairs.image),
            index.keys(random_descriptions(world, len(start), rng), start),
        )
    else:
        keys, questions = index.pairs.image, start
    balanced = evenness(keys, index.weights if described else index.none_weights, questions)
    plain = evenness(keys, np.zeros(len(keys)), questions)
    assert balanced.floor == pytest.approx(0.5 * np.sqrt(2 / np.pi * 400 / 80_000), rel=0.15)  # Poisson's, by counting
    assert balanced.total_variation < 0.13
    assert balanced.never == 0.0
    assert plain.total_variation > 0.4


def test_the_index_answers_with_and_without_descriptions():
    index, rng = balanced_index(WORLD, 8.0), np.random.default_rng(4)
    asked, points = random_descriptions(WORLD, 50, rng), rng.normal(size=(50, 2))
    asked[::2] = np.nan
    expected = find(index.pairs.image, index.none_weights, points[::2])[1]
    np.testing.assert_array_equal(index.query(asked, points)[::2], expected)
    keys = index.keys(index.pairs.description, index.pairs.image)
    expected = find(keys, index.weights, index.keys(asked[1::2], points[1::2]))[1]
    np.testing.assert_array_equal(index.query(asked, points)[1::2], expected)


def test_the_network_is_asked_for_the_first_jump_at_t_1_and_for_a_later_one_at_any_other():
    network = Network(3, 8, 1, torch.Generator().manual_seed(1)).requires_grad_(False)
    x, description = torch.zeros(1, 2), torch.ones(1, 2)
    first, half, last = (
        BalancedDenoiser(network)(x, torch.full((1, 1), t), description).x0_hat for t in (1.0, 0.5, 0.1)
    )
    assert torch.equal(half, last)
    assert not torch.allclose(first, half, atol=1e-3)
