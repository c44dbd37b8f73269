"""Maps over the plane: the claim of the page "Why many steps?", and the cells of the index."""

import numpy as np
import pytest

from sandbox.measure.ambiguity import resultant
from sandbox.measure.maps import AGREEMENT, CELLS, agreement, cells, grid
from sandbox.methods import Coalescer, Diffusion, IdealDenoiser, NearestPair, build
from sandbox.pairs import World, descriptions_of, pair_index
from sandbox.spaces import SPACES, space_named
from sandbox.weights import store
from sandbox.weights.files import WeightsError
from tests.ball_space import BALLS

WORLD = World("crescent-and-islands", pairs=300)


def outside(space, lengths):
    """The values at places outside what the ambiguous concept may mean."""
    return lengths[space.distance(grid(space, AGREEMENT)[1], space.concepts[-1].name) > 0.1]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_where_diffusion_has_many_targets_a_lookup_has_nearly_one(space):
    # The claim of the page: far from the data the mean of all targets is none of them, and a lookup's is one.
    concept, world = space.concepts[-1].name, World(space)
    averaged = outside(space, agreement(IdealDenoiser(world=world), concept, 0.95)[1])
    coalesced = outside(space, agreement(NearestPair(world=world), concept, 1.0)[1])
    torn = [(lengths < 0.9).mean() for lengths in (averaged, coalesced)]
    if space.attribute:  # a description that nearly picks the pair leaves diffusion little to average
        assert averaged.mean() > coalesced.mean() > 0.9
    else:
        assert coalesced.mean() > averaged.mean() + 0.05
        assert torn[0] > 2 * torn[1]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_without_a_description_a_lookup_has_one_target_everywhere(space):
    assert agreement(NearestPair(world=World(space)), "none", 1.0)[1].min() > 1 - 1e-6


def test_agreement_is_the_resultant_length_at_every_place_of_the_grid():
    method = IdealDenoiser(world=WORLD)
    axis, lengths = agreement(method, "dog", 0.7)
    expected_axis, places = grid(WORLD.space, AGREEMENT)
    np.testing.assert_array_equal(axis, expected_axis)
    np.testing.assert_array_equal(lengths, resultant(store.denoiser(method), WORLD, "dog", 0.7, places))


def test_a_method_without_targets_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match=r"^Diffusion does not say which pairs a place is sent to\.$"):
        agreement(Diffusion(), "cat", 0.5)


def test_the_grid_goes_row_by_row_and_stays_inside():
    space = space_named("moons")
    axis, places = grid(space, 5)
    low, high = space.bounds
    assert places.shape == (25, 2)
    np.testing.assert_array_equal(places[:5, 0], axis)
    np.testing.assert_array_equal(places[:5, 1], axis[0])
    np.testing.assert_allclose(np.diff(axis), (high - low) / 5)
    assert axis[0] - low == pytest.approx(high - axis[-1])


@pytest.mark.parametrize("desc_scale", [0.25, 8.0])
def test_the_cells_are_those_of_the_index(desc_scale):
    method = build("nearest-pair", WORLD, desc_scale=desc_scale)
    found = cells(method, "dog", 3)
    x, y = np.meshgrid(found.axis, found.axis)
    condition = descriptions_of(WORLD, "dog", 1, np.random.default_rng([3, 2]))
    index = pair_index(WORLD, desc_scale)
    near = index.query(np.tile(condition, (x.size, 1)), np.stack([x.ravel(), y.ravel()], axis=1))[1][:, 0]
    assert len(found.axis) == CELLS
    # Single precision may tip a tie.
    assert (np.linalg.norm(found.samples - index.pairs.image[near], axis=1) < 1e-6).mean() > 0.999
    assert (found.region == index.pairs.region[near]).mean() > 0.999
    assert found.outside.max() < 1e-6
    assert WORLD.space.regions[1].name == "DOG"
    dogs = (found.region == 1).mean()
    assert dogs == 1.0 if desc_scale == 8.0 else 0.1 < dogs < 0.9  # too small, and the description is ignored


def test_cells_of_a_network_say_how_far_outside_a_jump_ends():
    found = cells(Diffusion(), "animal", 0)  # its mean lies between the heads
    distance = World().space.distance(found.samples)
    np.testing.assert_allclose(found.outside, np.maximum(distance, 0))
    assert (found.outside > 0.1).mean() > 0.4


def test_cells_without_weights_say_so():
    with pytest.raises(WeightsError, match="no trained weights"):
        cells(Coalescer(world=WORLD), "dog", 0)


@pytest.mark.parametrize(
    "draw",
    [
        lambda world: grid(world.space, 5),
        lambda world: cells(NearestPair(world=world), "red", 0),
        lambda world: agreement(NearestPair(world=world), "red", 1.0),
    ],
    ids=["grid", "cells", "agreement"],
)
def test_a_map_of_a_space_that_is_no_plane_is_refused_in_a_sentence(draw):
    with pytest.raises(ValueError, match=r"^A map needs a plane; Balls has 3 dimensions\.$"):
        draw(World(BALLS, pairs=20))
