"""Flow matching with either coupling, against torchcfm and POT."""

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
from sandbox.pairs import World, make_pairs
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
    _, t, description, _ = next(small(method, batch=800).batches(rng))
    np.testing.assert_array_equal(np.floor(800 * t[:, 0].double().numpy()), np.arange(800))
    assert description.isnan().any(dim=1).float().mean() == pytest.approx(1 / 8, abs=4.5 * np.sqrt(7 / 64 / 800))


def test_independent_coupling_takes_starts_as_they_come(rng):
    np.testing.assert_array_equal(FlowMatching(world=WORLD).coupling(rng.random((5, 2)), rng.random((5, 2))), range(5))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_coupling_costs_what_torchcfm_s_and_pot_s_do(rng, dimensions):
    start, image = rng.normal(size=(40, dimensions)), rng.normal(size=(40, dimensions)) + 2
    order = OtFlowMatching(world=WORLD).coupling(start, image)
    assert sorted(order) == list(range(40))
    cost = np.square(start[order] - image).sum(axis=1).mean()
    assert cost == pytest.approx(ot.emd2([], [], cdist(image, start, "sqeuclidean")), rel=1e-9)
    plan = OTPlanSampler(method="exact").get_map(torch.tensor(image), torch.tensor(start))
    np.testing.assert_array_equal(plan.argmax(axis=1), order)


def test_no_other_coupling_is_shorter(rng):
    start, image = rng.normal(size=(6, 2)), rng.normal(size=(6, 2))
    lengths = [np.square(start[list(order)] - image).sum() for order in permutations(range(6))]
    order = OtFlowMatching(world=WORLD).coupling(start, image)
    assert np.square(start[order] - image).sum() == pytest.approx(min(lengths))


def test_coupled_starts_are_joined_with_their_images(rng):
    x, t, _, velocity = next(small(OtFlowMatching, batch=40).batches(rng))
    image, start = (x - t * velocity).double().numpy(), (x + (1 - t) * velocity).double().numpy()
    cost = np.square(start - image).sum(axis=1).mean()
    assert cost == pytest.approx(ot.emd2([], [], cdist(image, start, "sqeuclidean")), rel=1e-4)


def test_steps_on_the_velocity_of_one_place_land_there():
    denoiser = Learned(lambda x, t, d: (x - PLACE) / t, FlowMatching.head)
    samples = Ddim().sample(denoiser, torch.randn(20, 2), none(20), 3, torch.randn).samples
    torch.testing.assert_close(samples, PLACE.expand(20, 2), rtol=0, atol=1e-5)


def test_the_loss_is_the_mean_squared_error_of_the_velocity():
    velocity = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    loss = FlowMatching().loss(lambda x, t, d: torch.zeros(2, 2), velocity, torch.ones(2, 1), velocity, velocity)
    assert loss.item() == 15.0
