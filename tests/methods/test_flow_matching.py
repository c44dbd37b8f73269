"""Flow matching with either coupling, against torchcfm and POT."""

from copy import deepcopy
from dataclasses import replace
from itertools import permutations
from unittest.mock import patch

import numpy as np
import ot
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from torchcfm.conditional_flow_matching import ConditionalFlowMatcher, OTPlanSampler

from sandbox.engine.heads import Learned
from sandbox.engine.samplers import Ddim
from sandbox.methods import FlowMatching, OtFlowMatching
from sandbox.pairs import World, make_pairs, random_descriptions
from sandbox.pairs.balance import keys
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
    coupling = FlowMatching(world=WORLD).coupling(rng)
    np.testing.assert_array_equal(coupling(np.arange(5), rng.random((5, 2))), range(5))


def dealt(recipe, which, start, earlier=0):
    """A batch's assignment after some other batches, the keys of its starts in that order, and those of its pairs."""
    rng = np.random.default_rng(3)
    coupling, pairs = recipe.coupling(rng), make_pairs(recipe.world)
    for _ in range(earlier):
        coupling(rng.integers(len(pairs.image), size=len(which)), rng.permutation(start))
    asked = random_descriptions(recipe.world, len(start), deepcopy(rng))  # as the coupling will draw them
    order = coupling(which, start)
    here, there = keys(recipe.desc_scale, asked, start), keys(recipe.desc_scale, pairs.description, pairs.image)[which]
    return order, here, there


@pytest.mark.parametrize("earlier", [0, 30])
@pytest.mark.parametrize("desc_scale", [1e-3, 8.0])
def test_the_coupling_is_torchcfm_s_and_pot_s_whatever_came_before(rng, desc_scale, earlier):
    recipe = OtFlowMatching(world=WORLD, desc_scale=desc_scale)
    which, start = rng.permutation(WORLD.pairs)[:40], rng.normal(size=(40, 2))
    order, here, there = dealt(recipe, which, start, earlier)
    assert sorted(order) == list(range(40))
    cost = np.square(here[order] - there).sum(axis=1).mean()
    assert cost == pytest.approx(ot.emd2([], [], cdist(there, here, "sqeuclidean")), rel=1e-9)
    plan = OTPlanSampler(method="exact").get_map(torch.tensor(there), torch.tensor(here))
    np.testing.assert_array_equal(plan.argmax(axis=1), order)


def test_no_other_coupling_is_shorter(rng):
    recipe = OtFlowMatching(world=WORLD, desc_scale=2.0)
    order, here, there = dealt(recipe, rng.integers(WORLD.pairs, size=6), rng.normal(size=(6, 2)))
    lengths = [np.square(here[list(other)] - there).sum() for other in permutations(range(6))]
    assert np.square(here[order] - there).sum() == pytest.approx(min(lengths))


def test_earlier_batches_leave_less_to_search(rng):
    """The weights grow towards those under which each pair is the nearest one equally often."""
    recipe, n = OtFlowMatching(world=WORLD), 100
    which, start = rng.permutation(WORLD.pairs)[:n], 3 + rng.normal(size=(n, 2))  # all from one side
    _, here, there = dealt(recipe, which, start)
    plain = cdist(here, there, "sqeuclidean").argmin(axis=1)
    with patch("sandbox.methods.ot_flow_matching.linear_sum_assignment", side_effect=linear_sum_assignment) as solver:
        dealt(recipe, which, start, earlier=300)
    weighted = solver.call_args.args[0].argmin(axis=1)
    assert len(set(weighted)) > 1.5 * len(set(plain))


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
