"""The coalescer: its losses by their minima, its targets by brute force, the points it is trained at."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import digamma, polygamma

from sandbox.methods import DIRECTION_LOSSES, Coalescer, NearestPair
from sandbox.methods.coalescer import distance_and_direction, log_noise, random_points
from sandbox.pairs import World, make_pairs
from sandbox.spaces import SPACES
from tests.ball_space import BALLS
from tests.methods.small import queries, ready, small

every_space = pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"desc_scale": 0.0}, r"^desc_scale .*\.$"),
        ({"desc_scale": -8.0}, r"^desc_scale .*\.$"),
        ({"desc_scale": math.nan}, r"^desc_scale .*\.$"),
        ({"desc_scale": math.inf}, r"^desc_scale .*\.$"),
        ({"direction_loss": "cubic"}, r"sqrt, norm, squared, not 'cubic'\.$"),
    ],
)
def test_a_coalescer_that_cannot_be_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        Coalescer(**wrong)


# The losses


def best_answer(loss, directions):
    """The point of a fine grid over the unit disc with the least mean loss, and that loss."""
    side = torch.linspace(-1, 1, 201)
    grid = torch.cartesian_prod(side, side)
    grid = grid[grid.norm(dim=1) <= 1]
    mean = torch.stack([DIRECTION_LOSSES[loss](grid - direction) for direction in directions]).mean(dim=0)
    return grid[mean.argmin()].tolist(), float(mean.min())


def test_the_squared_loss_answers_opposite_directions_with_nothing():
    answer, value = best_answer("squared", torch.tensor([[0.6, 0.8], [-0.6, -0.8]]))
    assert answer == pytest.approx([0.0, 0.0], abs=1e-6)
    assert value == pytest.approx(1.0)


def test_the_sqrt_loss_answers_opposite_directions_with_one_of_them():
    answer, value = best_answer("sqrt", torch.tensor([[0.6, 0.8], [-0.6, -0.8]]))
    assert abs(np.dot(answer, [0.6, 0.8])) == pytest.approx(1.0, abs=1e-6)
    assert value == pytest.approx(math.sqrt(2) / 2, abs=0.02)  # the loss's epsilon adds .016
    at_zero = DIRECTION_LOSSES["sqrt"](torch.tensor([[0.6, 0.8], [-0.6, -0.8]])).mean()
    assert at_zero == pytest.approx(1.0, abs=1e-5)


def test_the_norm_loss_is_indifferent_between_opposite_directions():
    directions = torch.tensor([[0.6, 0.8], [-0.6, -0.8]])
    between = torch.linspace(-1, 1, 11)[:, None] * directions[0]
    values = torch.stack([DIRECTION_LOSSES["norm"](between - direction) for direction in directions]).mean(dim=0)
    torch.testing.assert_close(values, torch.ones(11), rtol=0, atol=1e-5)


def test_the_norm_loss_answers_with_the_geometric_median_and_the_squared_loss_with_the_mean():
    directions = torch.tensor([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assert best_answer("norm", directions)[0] == pytest.approx([1.0, 0.0], abs=1e-6)
    assert best_answer("squared", directions)[0] == pytest.approx([0.4, 0.2], abs=0.006)


@pytest.mark.parametrize(("loss", "power"), [("sqrt", 0.5), ("norm", 1.0), ("squared", 2.0)])
def test_a_direction_loss_is_a_power_of_the_error(loss, power):
    error = torch.tensor([[3.0, 4.0], [0.06, 0.08], [0.0, -1.0]])
    expected = torch.tensor([5.0, 0.1, 1.0]) ** power
    torch.testing.assert_close(DIRECTION_LOSSES[loss](error), expected, rtol=1e-4, atol=0)


@pytest.mark.parametrize("loss", DIRECTION_LOSSES)
def test_a_direction_loss_has_a_finite_gradient_at_zero(loss):
    error = torch.zeros(1, 2, requires_grad=True)
    DIRECTION_LOSSES[loss](error).sum().backward()
    assert error.grad.isfinite().all()


@pytest.mark.parametrize("loss", DIRECTION_LOSSES)
def test_the_loss_is_zero_only_for_the_targets(loss):
    recipe = Coalescer(direction_loss=loss)
    distance, direction = torch.tensor([[2.0]]), torch.tensor([[0.6, 0.8]])

    def value(said_distance, said_direction):
        outputs = torch.tensor([[math.log(math.expm1(said_distance)), *said_direction]])  # softplus undone
        return float(recipe.loss(lambda x, t, d: outputs, torch.zeros(1, 2), torch.zeros(1, 2), distance, direction))

    assert value(2.0, (0.6, 0.8)) < 0.04
    assert value(2.1, (0.6, 0.8)) - value(2.0, (0.6, 0.8)) == pytest.approx(30 * 0.01, abs=1e-3)
    assert value(2.0, (0.6, 0.7)) > value(2.0, (0.6, 0.8))


# The examples


def examples(recipe, batches=8):
    """Points, descriptions, targets and distances of the first examples in double precision."""
    _, stream = replace(recipe, seed=1).begin()
    columns = zip(*(next(stream) for _ in range(batches)), strict=True)
    points, description, distance, direction = (torch.cat(column).double().numpy() for column in columns)
    np.testing.assert_allclose(np.linalg.norm(direction, axis=1), 1.0, atol=1e-5)
    return points, description, points + distance * direction, distance[:, 0]


def nearest(points, image):
    """Distances to the nearest of the images."""
    return np.linalg.norm(points[:, None] - image, axis=-1).min(axis=1)


@every_space
def test_a_coalescer_s_target_is_the_image_of_the_pair_whose_description_is_given(space):
    recipe = small(Coalescer, space, batch=64)
    pairs = make_pairs(recipe.world)
    _, description, target, _ = examples(recipe)
    given = ~np.isnan(description[:, 0])
    gap = np.linalg.norm(description[given][:, None] - pairs.description, axis=-1)
    assert gap.min(axis=1).max() < 1e-6
    np.testing.assert_allclose(target[given], pairs.image[gap.argmin(axis=1)], atol=1e-5)


@every_space
def test_a_coalescer_s_target_without_a_description_is_the_nearest_image(space):
    recipe = small(Coalescer, space, batch=64)
    image = make_pairs(recipe.world).image
    points, description, target, distance = examples(recipe)
    none = np.isnan(description[:, 0])
    np.testing.assert_allclose(distance[none], nearest(points[none], image), atol=1e-5)
    np.testing.assert_allclose(nearest(target[none], image), 0.0, atol=1e-5)


def test_a_coalescer_s_target_is_the_nearest_of_the_pairs_that_are_called_the_same():
    # Without noise the description asked for is the concept's place, so the nearest pair is of that very concept.
    recipe = Coalescer(world=World(space="crescent-and-islands", pairs=200, description_noise=0.0), desc_scale=100.0)
    pairs = make_pairs(recipe.world)
    points, description, _, distance = examples(recipe, 2)
    for place in ([-1, 0], [1, 0], [0, 0]):
        rows = (description == place).all(axis=1)
        same = pairs.image[(pairs.description == place).all(axis=1)]
        assert rows.sum() > 30
        np.testing.assert_allclose(distance[rows], nearest(points[rows], same), atol=1e-5)


def test_with_a_tiny_desc_scale_a_coalescer_s_target_is_the_nearest_image_of_all():
    recipe = small(Coalescer, desc_scale=1e-3)
    points, _, _, distance = examples(recipe)
    np.testing.assert_allclose(distance, nearest(points, make_pairs(recipe.world).image), atol=1e-5)


def test_a_third_of_a_coalescer_s_examples_have_no_description():
    none = np.isnan(examples(Coalescer(world=World(pairs=50)), 32)[1])
    assert (none[:, 0] == none[:, 1]).all()
    assert abs(none[:, 0].mean() - 1 / 3) < 4.5 * math.sqrt(2 / 9 / len(none))


def test_a_third_of_the_training_points_lie_near_the_data(rng):
    # Their noise has a deviation s from .01 to 1 on a logarithmic scale, so P(|noise| < r) = mean of 1 - exp(-r^2 / 2 s^2).
    world = World(pairs=20)
    points, deviation = random_points(world, 6000, rng), np.geomspace(0.01, 1.0, 1001)
    near = np.mean(1 - np.exp(-(0.02**2) / (2 * deviation**2)))  # 0.14; the other two thirds: 0.001
    assert (nearest(points, make_pairs(world).image) < 0.02).mean() == pytest.approx(near / 3, abs=0.012)


def test_training_points_cover_what_is_shown(rng):
    points = random_points(World(space="rings", pairs=20), 6000, rng)
    corner = (points > 2.0).all(axis=1) & (points < 3.0).all(axis=1)
    # a third uniform: 1/36; a third normal: P(2 < x < 3)^2 = .0022; the pairs of this space are further away
    assert corner.mean() == pytest.approx(1 / 3 / 36 + 0.0022 / 3, abs=0.006)


# What it answers


def test_a_coalescer_does_not_look_at_the_noise_level():
    x, t, description = queries()
    denoiser = ready(small(Coalescer))
    assert torch.equal(denoiser(x, t, description).x0_hat, denoiser(x, 1 - t, description).x0_hat)


def test_a_coalescer_that_learns_lands_nearer_to_its_target():
    world = World(space="blobs", pairs=200)
    x, t, description = queries(500)
    exact = NearestPair(world=world).denoiser()(x[4:], t[4:], description[4:]).x0_hat
    recipe = Coalescer(world=world, training_steps=300, batch=128, width=32, depth=2)
    misses = []
    for progress in recipe.train(every=150):
        answer = recipe.denoiser(progress.network)(x[4:], t[4:], description[4:]).x0_hat
        misses.append((answer - exact).norm(dim=1).median())
    assert misses[-1] < 0.25


def test_noise_near_the_data_is_even_on_a_logarithmic_scale_and_the_same_on_every_axis(rng):
    noise = log_noise((20_000, 3), rng, 0.01, 1.0)
    size = np.log(np.linalg.norm(noise, axis=1))
    chi = (digamma(3 / 2) + np.log(2)) / 2, polygamma(1, 3 / 2) / 4  # mean and variance of a chi's logarithm
    spread = np.log(0.01) ** 2 / 12 + chi[1]
    assert size.mean() == pytest.approx(np.log(0.1) + chi[0], abs=4.5 * math.sqrt(spread / 20_000))
    assert size.var() == pytest.approx(spread, rel=0.05)
    share = np.square(noise) / np.square(noise).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(share.mean(axis=0), 1 / 3, atol=0.01)


def test_the_way_to_a_target_is_a_distance_and_a_direction():
    points = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    distance, direction = distance_and_direction(points, np.array([[0.0, 3.0, 4.0], [1.0, 1.0, 1.0]]))
    np.testing.assert_allclose(distance, [[5.0], [0.0]])
    np.testing.assert_allclose(direction, [[0.0, 0.6, 0.8], [0.0, 0.0, 0.0]])  # nowhere to go is no direction
