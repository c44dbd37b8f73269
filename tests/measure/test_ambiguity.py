"""How far targets agree: closed forms, brute force, and the claim of the page "Why many steps?"."""

import numpy as np
import pytest
import torch

from sandbox.engine.denoiser import Prediction, Targets
from sandbox.measure import ambiguity
from sandbox.measure.ambiguity import grid, likeliest, probabilities, resultant
from sandbox.measure.cells import cells
from sandbox.measure.heat import agreement
from sandbox.methods import IdealDenoiser, NearestPair, build
from sandbox.pairs import Pairs, World, ask, make_pairs, pair_index
from sandbox.spaces import SPACES, space_named

WORLD = World("crescent-and-islands", pairs=300)


class Fixed(Targets):
    """The same probabilities everywhere."""

    def __init__(self, weights):
        self.given = torch.tensor(weights)

    def weights(self, x, t, description):
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
    ("weights", "length"),
    [
        ([1, 0, 0, 0], 1.0),
        ([0.5, 0, 0.5, 0], 0.0),  # opposite ways cancel, however far each goes
        ([0.25, 0.25, 0.25, 0.25], 0.0),
        ([0.5, 0.5, 0, 0], np.sqrt(0.5)),  # a right angle
        ([0.75, 0, 0.25, 0], 0.5),
    ],
)
def test_the_resultant_length_has_its_closed_form(four_pairs, weights, length):
    found = resultant(Fixed(weights), WORLD, "cat", 0.5, np.zeros((3, 2)))
    np.testing.assert_allclose(found, length, atol=1e-6)


def test_on_a_target_itself_there_is_no_direction(four_pairs):
    assert resultant(Fixed([1, 0, 0, 0]), WORLD, "cat", 0.5, np.array([[1.0, 0.0]]))[0] == 0.0


@pytest.mark.parametrize("t", [0.2, 0.7, 0.95])
def test_the_ideal_denoisers_spread_is_that_of_bayes_rule(t):
    # Two noisy descriptions of one concept differ by sqrt(2) times their noise.
    pairs, space = make_pairs(WORLD), space_named(WORLD.space)
    places = np.random.default_rng(0).uniform(-2, 2, (20, 2))
    alpha, noise = np.cos(np.pi / 2 * t), space.start_scale * np.sin(np.pi / 2 * t)
    asked = next(concept.embedding for concept in space.concepts if concept.name == "animal")
    exponent = -np.square(places[:, None] - alpha * pairs.image).sum(-1) / (2 * noise**2)
    exponent -= np.square(np.array(asked) - pairs.description).sum(-1) / (4 * WORLD.description_noise**2)
    weights = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    unit = pairs.image - places[:, None]
    unit /= np.linalg.norm(unit, axis=2, keepdims=True)
    expected = np.linalg.norm((weights[:, :, None] * unit).sum(axis=1), axis=1)
    found = resultant(IdealDenoiser(world=WORLD).denoiser(), WORLD, "animal", t, places)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_lookup_s_targets_are_those_of_fresh_descriptions():
    places = torch.tensor([[0.0, 0.0], [1.0, -1.0], [-2.0, 0.5]])
    found = probabilities(NearestPair(world=WORLD).denoiser(), WORLD, "animal", 1.0, places).numpy()
    noise = np.random.default_rng([WORLD.seed, 7]).standard_normal((ambiguity.DRAWS, 2))
    asked = (0.0, 0.0) + WORLD.description_noise * noise  # where "animal" is
    expected = np.zeros_like(found)
    for row, place in enumerate(places.double().numpy()):
        near = pair_index(WORLD, 8.0).query(asked, np.tile(place, (len(asked), 1)))[1][:, 0]
        np.add.at(expected[row], near, 1 / len(asked))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_likeliest_targets_are_in_order_and_named():
    pairs, regions = make_pairs(WORLD), space_named(WORLD.space).regions
    denoiser = IdealDenoiser(world=WORLD).denoiser()
    targets = likeliest(denoiser, WORLD, "animal", 0.9, (0.0, 0.0))
    weights = probabilities(denoiser, WORLD, "animal", 0.9, torch.zeros(1, 2))[0].numpy()
    np.testing.assert_allclose([target.probability for target in targets], np.sort(weights)[::-1][:10], rtol=1e-6)
    for target in targets:
        (i,) = np.flatnonzero((pairs.image == target.image).all(axis=1))
        assert regions[pairs.region[i]].name == target.region


def outside(space, lengths):
    """The values at places outside what the ambiguous concept may mean."""
    return lengths[space.distance(grid(space.name)[1], space.concepts[-1].name) > 0.1]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_where_diffusion_has_many_targets_a_lookup_has_nearly_one(space):
    # The claim of the page: far from the data the mean of all targets is none of them, and a lookup's is one.
    concept, world = space.concepts[-1].name, World(space.name)
    averaged = outside(space, agreement(IdealDenoiser(world=world), concept, 0.95)[1])
    coalesced = outside(space, agreement(NearestPair(world=world), concept, 1.0)[1])
    torn = [(lengths < 0.9).mean() for lengths in (averaged, coalesced)]
    if space.attribute:  # a description that nearly picks the pair leaves diffusion little to average
        assert averaged.mean() > coalesced.mean() > 0.9
    else:
        assert coalesced.mean() > averaged.mean() + 0.05
        assert torn[0] > 2 * torn[1]


@pytest.mark.parametrize("space", [space.name for space in SPACES])
def test_without_a_description_a_lookup_has_one_target_everywhere(space):
    assert agreement(NearestPair(world=World(space)), "none", 1.0)[1].min() > 1 - 1e-6


def test_the_grid_goes_row_by_row_and_stays_inside():
    axis, places = grid("moons", 5)
    low, high = space_named("moons").bounds
    assert places.shape == (25, 2)
    np.testing.assert_array_equal(places[:5, 0], axis)
    np.testing.assert_array_equal(places[:5, 1], axis[0])
    np.testing.assert_allclose(np.diff(axis), (high - low) / 5)
    assert axis[0] - low == pytest.approx(high - axis[-1])


@pytest.mark.parametrize("desc_scale", [0.25, 8.0])
def test_the_cells_are_those_of_the_index(desc_scale):
    method, space = build("nearest-pair", WORLD, desc_scale=desc_scale), space_named(WORLD.space)
    found = cells(method, "dog", 3)
    x, y = np.meshgrid(found.axis, found.axis)
    asked = ask(WORLD, "dog", 1, np.random.default_rng([3, 2]))
    index = pair_index(WORLD, desc_scale)
    near = index.query(np.tile(asked, (x.size, 1)), np.stack([x.ravel(), y.ravel()], axis=1))[1][:, 0]
    assert (
        np.linalg.norm(found.landing - index.pairs.image[near], axis=1) < 1e-6
    ).mean() > 0.999  # float32 may tip a tie
    assert (found.region == index.pairs.region[near]).mean() > 0.999
    assert space.regions[1].name == "DOG"
    dogs = (found.region == 1).mean()
    assert dogs == 1.0 if desc_scale == 8.0 else 0.1 < dogs < 0.9  # too small, and the description is ignored
