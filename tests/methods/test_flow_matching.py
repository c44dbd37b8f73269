"""Flow matching with either coupling, against torchcfm and POT."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import ot
import pytest
import torch
from scipy.spatial.distance import cdist
from torchcfm.conditional_flow_matching import ConditionalFlowMatcher, OTPlanSampler

from sandbox.engine.heads import Learned
from sandbox.engine.samplers import Ddim
from sandbox.methods import FlowMatching, OtFlowMatching
from sandbox.pairs import World, make_pairs, random_descriptions
from sandbox.spaces import SPACES
from tests.ball_space import BALLS
from tests.engine.stubs import none
from tests.methods.small import small

WORLD = World("moons", pairs=300)
PLACE = torch.tensor([0.7, -0.4])  # the only image


@pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)
def test_flow_matching_learns_what_torchcfm_does(space, rng):
    # Theirs runs from noise at 0 to data at 1: our t is 1 - theirs and our velocity has the other sign.
    recipe = small(FlowMatching, space, batch=64)
    x, t, description, velocity = next(recipe.batches(rng))
    image, start = x - t * velocity, x + (1 - t) * velocity
    _, theirs, flow = ConditionalFlowMatcher(sigma=0.0).sample_location_and_conditional_flow(start, image, 1 - t[:, 0])
    torch.testing.assert_close(theirs, x, rtol=0, atol=1e-5)
    torch.testing.assert_close(flow, -velocity, rtol=0, atol=1e-5)
    pairs = make_pairs(recipe.world)
    near = cdist(image, pairs.image)
    assert near.min(axis=1).max() < 1e-5
    given = ~description.isnan().any(dim=1).numpy()
    np.testing.assert_allclose(description[given], pairs.description[near.argmin(axis=1)[given]], atol=1e-6)
    from_mean = cdist(start, space.means).min(axis=1)
    assert np.sqrt(np.square(from_mean).mean() / space.dimensions) == pytest.approx(space.start_scale, rel=0.2)


@pytest.mark.parametrize("method", [FlowMatching, OtFlowMatching], ids=lambda method: method.name)
def test_every_noise_level_is_in_every_batch_and_one_description_in_eight_is_left_out(method, rng):
    _, t, description, _ = next(small(method, batch=800, level_deviation=0.0).batches(rng))
    np.testing.assert_array_equal(np.floor(800 * t[:, 0].double().numpy()), np.arange(800))
    assert description.isnan().any(dim=1).float().mean() == pytest.approx(1 / 8, abs=4.5 * np.sqrt(7 / 64 / 800))


def test_independent_coupling_takes_starts_as_they_come(rng):
    start, image, described = rng.random((3, 5, 2))
    np.testing.assert_array_equal(FlowMatching(world=WORLD).coupling(start, image, described, rng), range(5))


def asked(recipe, n, seed=3):
    """The descriptions that the coupling gives to n starts."""
    return random_descriptions(recipe.world, n, np.random.default_rng(seed))


@pytest.mark.parametrize("desc_scale", [1e-3, 8.0])
def test_the_coupling_costs_what_torchcfm_s_and_pot_s_do(rng, desc_scale):
    recipe = OtFlowMatching(world=WORLD, desc_scale=desc_scale)
    start, image, described = rng.normal(size=(3, 40, 2))
    order = recipe.coupling(start, image + 2, described, np.random.default_rng(3))
    assert sorted(order) == list(range(40))
    there = np.concatenate([desc_scale * described, image + 2], axis=1)
    here = np.concatenate([desc_scale * asked(recipe, 40), start], axis=1)
    cost = np.square(here[order] - there).sum(axis=1).mean()
    assert cost == pytest.approx(ot.emd2([], [], cdist(there, here, "sqeuclidean")), rel=1e-9)
    plan = OTPlanSampler(method="exact").get_map(torch.tensor(there), torch.tensor(here))
    np.testing.assert_array_equal(plan.argmax(axis=1), order)


def test_no_other_coupling_is_shorter(rng):
    recipe = OtFlowMatching(world=WORLD, desc_scale=2.0)
    start, image, described = rng.normal(size=(3, 6, 2))
    here = np.concatenate([2 * asked(recipe, 6), start], axis=1)
    there = np.concatenate([2 * described, image], axis=1)
    lengths = [np.square(here[list(order)] - there).sum() for order in permutations(range(6))]
    order = recipe.coupling(start, image, described, np.random.default_rng(3))
    assert np.square(here[order] - there).sum() == pytest.approx(min(lengths))


def test_without_a_weight_descriptions_are_seen_from_the_side_of_their_images_alone(rng):
    """What is wrong with transport that does not look at descriptions, and what the weight mends (C2OT, figure 1)."""
    recipe = small(OtFlowMatching, "cats-and-dogs", batch=400)
    sides = {}
    for desc_scale in (1e-3, 8.0):
        x, t, description, velocity = next(replace(recipe, desc_scale=desc_scale).batches(np.random.default_rng(0)))
        start, cat = (x + (1 - t) * velocity)[:, 0], description[:, 0] < -0.5
        sides[desc_scale] = start[cat].mean().item()
    assert sides[1e-3] < -0.6  # cats are on the left, and so are the starts that they are learned from
    assert abs(sides[8.0]) < 0.4


def test_steps_on_the_velocity_of_one_place_land_there():
    denoiser = Learned(lambda x, t, d: (x - PLACE) / t, FlowMatching.head)
    samples = Ddim().sample(denoiser, torch.randn(20, 2), none(20), 3, torch.randn).samples
    torch.testing.assert_close(samples, PLACE.expand(20, 2), rtol=0, atol=1e-5)


def test_the_loss_is_the_mean_squared_error_of_the_velocity():
    velocity = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    loss = FlowMatching().loss(lambda x, t, d: torch.zeros(2, 2), velocity, torch.ones(2, 1), velocity, velocity)
    assert loss.item() == 15.0
