"""Flow matching along the lines of balanced lookups: against a brute-force assignment and the closed form on a segment."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.methods import BalancedCoalescer, SemidiscreteFlowMatching
from sandbox.pairs import Balance, make_pairs
from sandbox.spaces import space_named
from sandbox.weights import store
from tests.ball_space import BALLS
from tests.methods.small import small, uneven

PAIRS = 200  # of a small recipe

both_spaces = pytest.mark.parametrize("space", [space_named("moons"), BALLS], ids=lambda space: space.name)


def ends(recipe, weights, batches=1):
    """Start, image, level and description of the lines that are shown."""
    shown = recipe.batches(np.random.default_rng(1), weights)
    x, t, description, velocity = (
        torch.cat(column).double().numpy() for column in zip(*(next(shown) for _ in range(batches)), strict=True)
    )
    return x + (1 - t) * velocity, x - t * velocity, t, description


def test_it_needs_the_balance_of_its_world_and_desc_scale():
    recipe = small(SemidiscreteFlowMatching, desc_scale=2.0)
    assert recipe.needs() == (Balance(recipe.world, 2.0),)
    assert recipe.needs() == small(BalancedCoalescer, desc_scale=2.0).needs()  # the very same coupling


@both_spaces
def test_every_line_ends_at_the_pair_of_the_least_weighted_distance(space):
    recipe, weights = small(SemidiscreteFlowMatching, space, batch=300), uneven(PAIRS)
    pairs = make_pairs(recipe.world)
    start, image, _, asked = ends(recipe, weights)
    described = ~np.isnan(asked).any(axis=1)
    keys = np.concatenate([recipe.desc_scale * asked, start], axis=1)
    stored = np.concatenate([recipe.desc_scale * pairs.description, pairs.image], axis=1)
    cost = np.where(
        described[:, None],
        cdist(np.nan_to_num(keys), stored, "sqeuclidean") - weights.weights.double().numpy(),
        cdist(start, pairs.image, "sqeuclidean") - weights.none_weights.double().numpy(),
    )
    np.testing.assert_allclose(image, pairs.image[cost.argmin(axis=1)], atol=1e-4)
    assert 0.05 < 1 - described.mean() < 0.25
    nearest = cdist(start, pairs.image).argmin(axis=1)
    assert (cost.argmin(axis=1) != nearest).mean() > 0.3


def test_all_levels_are_in_every_batch():
    _, _, t, _ = ends(small(SemidiscreteFlowMatching, batch=300, level_deviation=0.0), uneven(PAIRS))
    np.testing.assert_array_equal(np.floor(300 * t[:, 0]), np.arange(300))


def test_balanced_lines_end_at_every_pair_as_often():
    """With the shipped weights: what semi-discrete transport means."""
    recipe = SemidiscreteFlowMatching(batch=1000)
    (balance,) = recipe.needs()
    _, image, _, _ = ends(recipe, store.load(balance), batches=64)
    pairs = make_pairs(recipe.world)
    found = np.bincount(cdist(image, pairs.image).argmin(axis=1), minlength=len(pairs.image)) / len(image)
    apart = np.abs(found - 1 / len(found)).sum() / 2
    by_chance = np.random.default_rng(0).multinomial(len(image), np.full(len(found), 1 / len(found))) / len(image)
    floor = np.abs(by_chance - 1 / len(found)).sum() / 2
    assert apart < floor + 0.06


@pytest.mark.parametrize("guidance", [1.0, 1.5, 3.0])
def test_what_is_learned_is_the_guided_velocity(guidance):
    """The loss is least where the answer with a description is the guided one, in closed form from the two means."""

    class Two(torch.nn.Module):
        """An answer with a description and one without."""

        def __init__(self, described, undescribed):
            super().__init__()
            self.answers = torch.nn.Parameter(torch.stack([undescribed, described]))

        def forward(self, x, t, description):
            return self.answers[(~description.isnan().any(dim=1)).long()]

    recipe, generator = small(SemidiscreteFlowMatching, learned_guidance=guidance), torch.Generator().manual_seed(0)
    velocity = torch.randn(80, 2, generator=generator)
    description = torch.randn(80, 2, generator=generator)
    description[:30] = torch.nan
    told, untold = velocity[30:].mean(dim=0), velocity[:30].mean(dim=0)
    network = Two(untold + guidance * (told - untold), untold)
    recipe.loss(network, torch.zeros(80, 2), torch.zeros(80, 1), description, velocity).backward()
    torch.testing.assert_close(network.answers.grad, torch.zeros(2, 2), atol=1e-6, rtol=0)
    plain = Two(told + 0.1, untold)
    recipe.loss(plain, torch.zeros(80, 2), torch.zeros(80, 1), description, velocity).backward()
    assert plain.answers.grad[1].abs().min() > 0.01


def test_a_guidance_below_one_is_refused():
    with pytest.raises(ValueError, match="learned_guidance"):
        SemidiscreteFlowMatching(learned_guidance=0.5)
