"""Drifting: the drift by brute force, where it points, and where it vanishes."""

import numpy as np
import ot
import pytest
import torch
from scipy.spatial.distance import cdist

from sandbox.methods import Drifting
from sandbox.methods.drifting import DRIFTS, TEMPERATURES, sinkhorn, sinkhorn_drift, softmax_drift
from sandbox.pairs import make_pairs
from sandbox.spaces import SPACES
from tests.ball_space import BALLS
from tests.methods.small import small


@pytest.mark.parametrize(("d", "e"), [(2, 2), (3, 5)])
def test_the_drift_is_that_of_brute_force(d, e):
    generator = torch.Generator().manual_seed(11)
    x, image = (torch.randn(8, d, generator=generator) for _ in range(2))
    condition, shown = (0.1 * torch.randn(8, e, generator=generator) for _ in range(2))
    everything, temperature = torch.cat([image, x]), 0.3
    described = torch.cat([shown, condition])
    kernel = np.zeros((8, 16))
    for i in range(8):
        for j in range(16):
            if j - 8 != i:
                near = (x[i] - everything[j]).norm() / temperature + (condition[i] - described[j]).square().sum() / 0.02
                kernel[i, j] = np.exp(-float(near))
    kernel = np.sqrt(kernel / kernel.sum(1, keepdims=True) * kernel / kernel.sum(0, keepdims=True))
    expected = np.zeros((8, d))
    for i in range(8):
        for j in range(8):
            for k in range(8):
                expected[i] += kernel[i, j] * kernel[i, 8 + k] * (image[j] - x[k]).numpy()
    np.testing.assert_allclose(softmax_drift(x, condition, image, shown, temperature), expected, atol=1e-5)


def test_samples_drift_towards_the_data_and_not_at_all_where_they_are_alike():
    generator = torch.Generator().manual_seed(12)
    data, same = (torch.randn(2000, 2, generator=generator) for _ in range(2))
    called = torch.zeros(2000, 2)
    apart = softmax_drift(same + 1.0, called, data, called, 0.5)
    alike = softmax_drift(same, called, data, called, 0.5)
    assert (apart.mean(dim=0) < -0.1).all()
    assert alike.mean(dim=0).abs().max() < 0.02


def test_samples_only_drift_towards_pairs_that_are_called_the_same():
    x, condition = torch.zeros(2, 2), torch.tensor([[-1.0, 0.0], [1.0, 0.0]])
    image, shown = torch.tensor([[-0.5, 0.0], [0.5, 0.0]]), condition
    moved = softmax_drift(x + torch.tensor([[0.0, 0.01], [0.0, -0.01]]), condition, image, shown, 0.5)
    assert moved[0, 0] <= 0 <= moved[1, 0]


def test_without_a_description_all_pairs_count_whatever_they_are_called():
    generator = torch.Generator().manual_seed(13)
    x, image, shown = (torch.randn(6, 2, generator=generator) for _ in range(3))
    nobody = torch.full((6, 2), torch.nan)
    assert softmax_drift(x, nobody, image, shown, 0.5).isfinite().all()
    torch.testing.assert_close(
        softmax_drift(x, nobody, image, shown, 0.5), softmax_drift(x, nobody, image, 5 * shown, 0.5)
    )


def test_the_loss_is_the_squared_drift_and_only_the_sample_learns():
    start, description = torch.randn(8, 2, generator=torch.Generator().manual_seed(14)), torch.zeros(8, 2)
    image, shift = start + 0.3, torch.zeros(2, requires_grad=True)
    loss = Drifting().loss(lambda x, t, d: shift.expand(len(x), 2), start, description, image, description)
    moved = sum(softmax_drift(start, description, image, description, temperature) for temperature in TEMPERATURES)
    assert loss.item() == pytest.approx(moved.square().sum(dim=1).mean().item(), rel=1e-5)
    (slope,) = torch.autograd.grad(loss, shift)  # of |x - goal|^2 with the goal held fixed
    torch.testing.assert_close(slope, -2 * moved.mean(dim=0), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)
def test_examples_are_pairs_with_their_own_descriptions(space, rng):
    recipe = small(Drifting, space, batch=64)
    start, description, image, shown = next(recipe.batches(rng))
    pairs = make_pairs(recipe.world)
    nearest = cdist(image, pairs.image).argmin(axis=1)
    np.testing.assert_allclose(shown, pairs.description[nearest], atol=1e-6)
    assert description.isnan().any(dim=1).float().mean() == 0.25
    assert len(start) == 64


@pytest.mark.parametrize(("rows", "columns"), [(20, 20), (20, 35)])
def test_the_two_sided_plan_is_pot_s(rows, columns):
    generator = torch.Generator().manual_seed(13)
    cost = torch.cdist(torch.randn(rows, 2, generator=generator), torch.randn(columns, 2, generator=generator))
    theirs = ot.sinkhorn(np.full(rows, 1 / rows), np.full(columns, 1 / columns), cost.double().numpy(), 0.5)
    np.testing.assert_allclose(sinkhorn(-cost / 0.5).numpy(), rows * theirs, atol=1e-4)


@pytest.mark.parametrize("plan", DRIFTS)
def test_where_samples_are_the_data_nothing_drifts(plan):
    generator = torch.Generator().manual_seed(14)
    data, called = torch.randn(600, 2, generator=generator), torch.zeros(600, 2)
    assert DRIFTS[plan](data, called, data, called, 0.2).norm(dim=1).mean() < 0.08


def test_with_two_sided_plans_a_pair_that_no_sample_is_near_attracts_too():
    generator = torch.Generator().manual_seed(15)
    near = torch.randn(95, 2, generator=generator) * 0.1
    data, called = torch.cat([near, torch.full((5, 2), 4.0)]), torch.zeros(100, 2)
    samples = torch.randn(100, 2, generator=generator) * 0.1
    drawn = {plan: DRIFTS[plan](samples, called, data, called, 0.2).mean(dim=0) for plan in DRIFTS}
    mean_apart = (data.mean(dim=0) - samples.mean(dim=0)).norm()
    assert drawn["sinkhorn"].norm() == pytest.approx(
        mean_apart.item(), rel=0.05
    )  # as a whole they go to the data's mean
    assert drawn["softmax"].norm() < 0.5 * mean_apart


def test_two_sided_plans_keep_to_what_is_called_alike():
    generator = torch.Generator().manual_seed(16)
    cats, dogs = torch.randn(2, 50, 2, generator=generator)
    images, called = torch.cat([cats, dogs + 5]), torch.cat([torch.zeros(50, 2), torch.ones(50, 2)])
    samples = torch.randn(100, 2, generator=generator)
    ahead = samples + sinkhorn_drift(samples, called, images, called, 0.2)
    assert (ahead[:50].mean(dim=0) - cats.mean(dim=0)).norm() < 0.3
    assert (ahead[50:].mean(dim=0) - dogs.mean(dim=0) - 5).norm() < 0.3
