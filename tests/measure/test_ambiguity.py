"""How far targets agree: closed forms and brute force, in the plane and in three dimensions."""

import numpy as np
import pytest
import torch

from sandbox.engine.denoiser import Prediction, Targets
from sandbox.measure import ambiguity
from sandbox.measure.ambiguity import DRAWS, LIKELIEST, likeliest, probabilities, resultant
from sandbox.methods import IdealDenoiser, NearestPair
from sandbox.pairs import Pairs, World, make_pairs, pair_index
from sandbox.spaces import NONE
from tests.ball_space import BALLS

WORLD = World("crescent-and-islands", pairs=300)
BALL_WORLD = World(BALLS, pairs=200, seed=4)
both_worlds = pytest.mark.parametrize("world", [WORLD, BALL_WORLD], ids=lambda world: world.space.name)


class Fixed(Targets):
    """The same probabilities everywhere."""

    def __init__(self, probability):
        self.given = torch.tensor(probability)

    def probabilities(self, x, t, description):
        return self.given.expand(len(x), -1)

    def __call__(self, x, t, description, s=None):
        return Prediction(x)


@pytest.fixture
def four_pairs(monkeypatch):
    """Pairs to the right, above, to the left and below of the origin."""
    image = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [0.0, -4.0]])
    index = np.arange(4) % 2
    monkeypatch.setattr(ambiguity, "make_pairs", lambda world: Pairs(image, image, image, index, index))


@pytest.mark.parametrize(
    ("probability", "length"),
    [
        ([1, 0, 0, 0], 1.0),
        ([0.5, 0, 0.5, 0], 0.0),  # opposite directions cancel, however far each goes
        ([0.25, 0.25, 0.25, 0.25], 0.0),
        ([0.5, 0.5, 0, 0], np.sqrt(0.5)),  # a right angle
        ([0.75, 0, 0.25, 0], 0.5),
    ],
)
def test_the_resultant_length_has_its_closed_form(four_pairs, probability, length):
    found = resultant(Fixed(probability), WORLD, "cat", 0.5, np.zeros((3, 2)))
    np.testing.assert_allclose(found, length, atol=1e-6)


def test_on_a_target_itself_there_is_no_direction(four_pairs):
    assert resultant(Fixed([1, 0, 0, 0]), WORLD, "cat", 0.5, np.array([[1.0, 0.0]]))[0] == 0.0


@both_worlds
@pytest.mark.parametrize("t", [0.2, 0.7, 0.95])
def test_the_ideal_denoisers_spread_is_that_of_bayes_rule(world, t):
    # Two noisy descriptions of one concept differ by sqrt(2) times their noise.
    pairs, space = make_pairs(world), world.space
    places = np.random.default_rng(0).uniform(-2, 2, (20, space.dimensions))
    alpha, noise = np.cos(np.pi / 2 * t), space.start_scale * np.sin(np.pi / 2 * t)
    concept = space.concepts[-1]
    exponent = -np.square(places[:, None] - alpha * pairs.image).sum(-1) / (2 * noise**2)
    exponent -= np.square(np.array(concept.embedding) - pairs.description).sum(-1) / (4 * world.description_noise**2)
    probability = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    unit = pairs.image - places[:, None]
    unit /= np.linalg.norm(unit, axis=2, keepdims=True)
    expected = np.linalg.norm((probability[:, :, None] * unit).sum(axis=1), axis=1)
    found = resultant(IdealDenoiser(world=world).denoiser(), world, concept.name, t, places)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(
    "world",
    [WORLD, World("crescent-and-islands", pairs=300, seed=3), BALL_WORLD],
    ids=lambda w: f"{w.space.name}-{w.seed}",
)
def test_a_lookup_s_targets_are_those_of_fresh_descriptions_by_the_world_s_own_seed(world):
    concept = world.space.concepts[-1]
    places = np.random.default_rng(1).uniform(-2, 2, (3, world.space.dimensions)).astype(np.float32)
    found = probabilities(NearestPair(world=world).denoiser(), world, concept.name, 1.0, torch.tensor(places)).numpy()
    noise = np.random.default_rng([world.seed, 7]).standard_normal((DRAWS, len(concept.embedding)))
    # In single precision, as the network would be asked.
    condition = (np.array(concept.embedding) + world.description_noise * noise).astype(np.float32).astype(np.float64)
    expected = np.zeros_like(found)
    for row, place in enumerate(places.astype(np.float64)):
        near = pair_index(world, 8.0).query(condition, np.tile(place, (len(condition), 1)))[1][:, 0]
        np.add.at(expected[row], near, 1 / len(condition))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert (expected > 0).sum() > len(places)  # they are not one target each


def test_noise_is_drawn_by_the_world_s_seed():
    # With noise of the seed 0 everywhere, worlds that differ in nothing else would be asked the same.
    asked = []

    class Remembering(Fixed):
        sharp = True

        def probabilities(self, x, t, description):
            asked.append(description[0].tolist())
            return super().probabilities(x, t, description)

    for seed in (0, 1):
        world = World("moons", pairs=4, seed=seed)
        probabilities(Remembering([0.25] * 4), world, "cat", 1.0, torch.zeros(1, 2))
    assert len(asked) == 2 * DRAWS
    assert len({tuple(description) for description in asked}) == 2 * DRAWS
    assert np.std(np.array(asked) - (-1.0, 0.0)) == pytest.approx(0.05, rel=0.3)


@both_worlds
def test_without_a_description_the_lookup_has_one_target(world):
    places = torch.randn(20, world.space.dimensions, generator=torch.Generator().manual_seed(2))
    found = probabilities(NearestPair(world=world).denoiser(), world, NONE, 1.0, places)
    image = torch.tensor(make_pairs(world).image, dtype=torch.float32)
    torch.testing.assert_close(found.max(dim=1).values, torch.ones(20))
    assert torch.equal(found.argmax(dim=1), torch.cdist(places, image).argmin(dim=1))


@both_worlds
def test_the_likeliest_targets_are_in_order_and_named(world):
    pairs, regions, concept = make_pairs(world), world.space.regions, world.space.concepts[-1].name
    denoiser, place = IdealDenoiser(world=world).denoiser(), (0.0,) * world.space.dimensions
    targets = likeliest(denoiser, world, concept, 0.9, place)
    probability = probabilities(denoiser, world, concept, 0.9, torch.tensor([place]))[0].numpy()
    expected = np.sort(probability)[::-1][:LIKELIEST]
    np.testing.assert_allclose([target.probability for target in targets], expected, rtol=1e-6)
    for target in targets:
        (i,) = np.flatnonzero((pairs.image == target.image).all(axis=1))
        assert regions[pairs.region[i]].name == target.region


def test_targets_of_no_probability_are_left_out(four_pairs):
    (target,) = likeliest(Fixed([0, 1, 0, 0]), WORLD, "cat", 0.5, (0.0, 0.0))
    assert (target.probability, target.image) == (1.0, (0.0, 2.0))
