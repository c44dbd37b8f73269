"""Contracts that every method keeps in every space, and the exact references of each method."""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp
from torch import Generator

from sandbox.engine import schedule
from sandbox.engine.sampling import Sampler
from sandbox.engine.schedule import COSINE
from sandbox.methods import (
    DIRECTION_LOSSES,
    METHODS,
    Coalescer,
    Diffusion,
    Exact,
    IdealDenoiser,
    NearestPair,
    Trained,
    build,
    method_named,
)
from sandbox.methods.coalescer import CoalescerDenoiser, random_descriptions, random_points
from sandbox.methods.diffusion import DiffusionDenoiser
from sandbox.methods.ideal_denoiser import IdealDenoiserDenoiser
from sandbox.pairs import World, make_pairs
from sandbox.spaces import SPACES, space_named
from sandbox.weights.training import train

ROWS = 150  # of a question: more than any method answers in one part
TRAINED = [method for method in METHODS if issubclass(method, Trained)]
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
every_trained = pytest.mark.parametrize("method", TRAINED, ids=lambda method: method.name)
every_space = pytest.mark.parametrize("space", [space.name for space in SPACES])


def small(method, space="crescent-and-islands"):
    """A recipe that is ready at once."""
    recipe = method(world=World(space=space, pairs=200))
    return replace(recipe, training_steps=20, batch=32, width=16, depth=2) if issubclass(method, Trained) else recipe


def built(recipe):
    """The denoiser of a recipe, made without any cache."""
    if isinstance(recipe, Exact):
        return recipe.denoiser()
    (*_, last) = train(recipe, teacher=taught(recipe))
    return recipe.denoiser(last.network.eval())


def taught(recipe):
    """A teacher's network, untrained, for a recipe that needs one."""
    before = recipe.teacher()
    return before.network(Generator().manual_seed(1)).eval().requires_grad_(False) if before else None


ready = lru_cache(built)


def queries(n=ROWS, seed=0):
    """Points near and far, noise levels from 0 to 1 with both ends, descriptions of which a third are none."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, (n, 2))
    x[:4] = [[0, 0], [100, -100], [-1.1, 0.4], [3, 3]]
    t = rng.uniform(0, 1, (n, 1))
    t[::5], t[1::5] = 0.0, 1.0
    description = rng.choice([-1.0, 0.0, 1.0], (n, 1)) * (1, 0) + 0.05 * rng.standard_normal((n, 2))
    description[::3] = np.nan
    return tuple(torch.tensor(a, dtype=torch.float32) for a in (x, t, description))


# The contract


@every_space
@every_method
def test_answers_have_the_shape_of_the_questions_and_are_finite(method, space):
    x, t, description = queries()
    prediction = ready(small(method, space))(x, t, description)
    assert prediction.x0_hat.shape == (ROWS, 2)
    assert prediction.x0_hat.dtype == torch.float32
    assert prediction.x0_hat.isfinite().all()


@every_space
@every_method
def test_trust_is_between_0_and_1(method, space):
    x, t, description = queries()
    denoiser = ready(small(method, space))
    said = denoiser(x, t, description).trust
    for trust in [denoiser.trust(x, t, description)] + ([] if said is None else [said]):
        assert trust.shape == (ROWS,)
        assert ((trust >= 0) & (trust <= 1)).all()


@every_space
@every_method
def test_a_recipe_decides_its_answers(method, space):
    x, t, description = queries()
    recipe = small(method, space)
    first, again = built(recipe), built(replace(recipe))
    assert torch.equal(first(x, t, description).x0_hat, again(x, t, description).x0_hat)
    assert torch.equal(first.trust(x, t, description), again.trust(x, t, description))


@every_space
@every_method
def test_a_denoiser_has_no_state_and_answers_row_by_row(method, space):
    x, t, description = queries()
    denoiser = ready(small(method, space))
    whole, half = denoiser(x, t, description).x0_hat, denoiser(x[::2], t[::2], description[::2]).x0_hat
    torch.testing.assert_close(whole[::2], half, rtol=1e-4, atol=1e-4)
    assert torch.equal(denoiser(x, t, description).x0_hat, whole)


@every_space
@every_method
def test_an_answer_carries_no_gradient(method, space):
    x, t, description = queries()
    denoiser = ready(small(method, space))
    assert not denoiser(x, t, description).x0_hat.requires_grad
    assert not denoiser.trust(x, t, description).requires_grad


@every_space
@every_trained
def test_gradients_of_the_loss_are_finite_and_reach_every_parameter(method, space):
    recipe = small(method, space)
    network = recipe.network(Generator().manual_seed(0))
    if recipe.teacher():
        recipe.follow(network, taught(recipe))
    batch = next(recipe.batches(np.random.default_rng(0)))
    loss = recipe.loss(network, *batch)
    assert loss.shape == ()
    loss.backward()
    for parameter in network.parameters():
        assert parameter.grad.isfinite().all()
        assert (parameter.grad != 0).any()


@every_space
@every_trained
def test_batches_have_the_size_asked_for_and_are_decided_by_the_generator(method, space):
    recipe = small(method, space)
    first, again = (recipe.batches(np.random.default_rng(3)) for _ in range(2))
    for _ in range(3):
        for a, b in zip(next(first), next(again), strict=True):
            assert len(a) == recipe.batch
            assert a.dtype == torch.float32
            torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True)


@every_trained
def test_no_batch_comes_twice(method):
    batches = small(method).batches(np.random.default_rng(3))
    # More than are looked up at once; a column that repeats itself, such as a stage, does no harm beside the others.
    rows = torch.cat([torch.cat(next(batches), dim=1).nan_to_num() for _ in range(70)])
    assert len(rows.unique(dim=0)) > 0.99 * len(rows)


@every_space
@every_method
def test_a_recipe_is_what_its_repr_says(method, space):
    recipe = small(method, space)
    assert eval(repr(recipe), {kind.__name__: kind for kind in (*METHODS, World)}) == recipe


def test_different_recipes_have_different_reprs():
    recipes = [method(world=World(space=space.name)) for method in METHODS for space in SPACES]
    recipes += [Coalescer(desc_scale=2.0), Coalescer(direction_loss="norm"), NearestPair(desc_scale=2.0)]
    recipes += [replace(method(), seed=1) for method in TRAINED]
    assert len({repr(recipe) for recipe in recipes}) == len(recipes)


@every_method
def test_a_method_names_its_sampler(method):
    assert isinstance(method().sampler(), Sampler)


def test_names_labels_and_colours_are_unique():
    for text in ("name", "label", "colour"):
        assert len({getattr(method, text) for method in METHODS}) == len(METHODS)


@every_method
def test_every_method_is_found_by_its_name(method):
    assert method_named(method.name) is method


def test_an_unknown_method_is_named_in_a_plain_sentence():
    with pytest.raises(ValueError, match=r"^No method is called 'gan'; there are coalescer, .*\.$"):
        method_named("gan")


def test_build_takes_the_options_that_a_method_has():
    world = World(pairs=10)
    assert build("coalescer", world, desc_scale=2.0, nonsense=1) == Coalescer(world=world, desc_scale=2.0)
    assert build("diffusion", world, desc_scale=2.0, seed=3) == Diffusion(world=world, seed=3)


# The coalescer


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
        raw = torch.tensor([[math.log(math.expm1(said_distance)), *said_direction]])  # softplus undone
        return float(recipe.loss(lambda x, t, d: raw, torch.zeros(1, 2), torch.zeros(1, 2), distance, direction))

    assert value(2.0, (0.6, 0.8)) < 0.04
    assert value(2.1, (0.6, 0.8)) - value(2.0, (0.6, 0.8)) == pytest.approx(30 * 0.01, abs=1e-3)
    assert value(2.0, (0.6, 0.7)) > value(2.0, (0.6, 0.8))


def batch_of(recipe, batches=8):
    """`(R, description, R + distance * direction)` of the first batches in double precision."""
    stream = recipe.batches(np.random.default_rng(1))
    columns = zip(*(next(stream) for _ in range(batches)), strict=True)
    points, description, distance, direction = (torch.cat(column).double().numpy() for column in columns)
    np.testing.assert_allclose(np.linalg.norm(direction, axis=1), 1.0, atol=1e-5)
    return points, description, points + distance * direction, distance[:, 0]


def nearest(points, image):
    """Distances to the nearest of the images."""
    return np.linalg.norm(points[:, None] - image, axis=-1).min(axis=1)


@every_space
def test_a_coalescer_s_target_is_the_image_of_the_pair_whose_description_is_given(space):
    recipe = replace(small(Coalescer, space), batch=64)
    pairs = make_pairs(recipe.world)
    _, description, target, _ = batch_of(recipe)
    given = ~np.isnan(description[:, 0])
    gap = np.linalg.norm(description[given][:, None] - pairs.description, axis=-1)
    assert gap.min(axis=1).max() < 1e-6
    np.testing.assert_allclose(target[given], pairs.image[gap.argmin(axis=1)], atol=1e-5)


@every_space
def test_a_coalescer_s_target_without_a_description_is_the_nearest_image(space):
    recipe = replace(small(Coalescer, space), batch=64)
    image = make_pairs(recipe.world).image
    points, description, target, distance = batch_of(recipe)
    none = np.isnan(description[:, 0])
    np.testing.assert_allclose(distance[none], nearest(points[none], image), atol=1e-5)
    np.testing.assert_allclose(nearest(target[none], image), 0.0, atol=1e-5)


def test_a_coalescer_s_target_is_the_nearest_of_the_pairs_that_are_called_the_same():
    # Without noise the description asked for is the concept's place, so the nearest pair is of that very concept.
    recipe = Coalescer(world=World(space="crescent-and-islands", pairs=200, description_noise=0.0), desc_scale=100.0)
    pairs = make_pairs(recipe.world)
    points, description, _, distance = batch_of(recipe, 2)
    for place in ([-1, 0], [1, 0], [0, 0]):
        rows = (description == place).all(axis=1)
        same = pairs.image[(pairs.description == place).all(axis=1)]
        assert rows.sum() > 30
        np.testing.assert_allclose(distance[rows], nearest(points[rows], same), atol=1e-5)


def test_with_a_vanishing_desc_scale_a_coalescer_s_target_is_the_nearest_image_of_all():
    recipe = replace(small(Coalescer), desc_scale=1e-6)
    points, _, _, distance = batch_of(recipe)
    np.testing.assert_allclose(distance, nearest(points, make_pairs(recipe.world).image), atol=1e-5)


def test_a_third_of_a_coalescer_s_examples_have_no_description():
    none = np.isnan(batch_of(Coalescer(world=World(pairs=50)), 32)[1])
    assert (none[:, 0] == none[:, 1]).all()
    assert abs(none[:, 0].mean() - 1 / 3) < 4.5 * math.sqrt(2 / 9 / len(none))


def test_descriptions_for_training_are_fresh_draws(rng):
    pairs = make_pairs(World(pairs=500))
    asked = random_descriptions(pairs, 0.05, 5000, rng)
    asked = asked[~np.isnan(asked[:, 0])]
    assert not np.isin(asked, pairs.description).any()
    error = asked - np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])[np.rint(asked[:, 0]).astype(int) + 1]
    assert np.abs(error.std(axis=0) / 0.05 - 1).max() < 4.5 / math.sqrt(2 * len(error))


def test_a_third_of_the_training_points_lie_near_the_data(rng):
    # Their noise has a deviation s from .01 to 1 on a logarithmic scale, so P(|noise| < r) = mean of 1 - exp(-r^2 / 2 s^2).
    pairs, space = make_pairs(World(pairs=20)), space_named("cats-and-dogs")
    points, deviation = random_points(pairs, space, 6000, rng), np.geomspace(0.01, 1.0, 1001)
    near = np.mean(1 - np.exp(-(0.02**2) / (2 * deviation**2)))  # 0.14; the other two thirds: 0.001
    assert (nearest(points, pairs.image) < 0.02).mean() == pytest.approx(near / 3, abs=0.012)


def test_training_points_cover_the_plot(rng):
    space = space_named("rings")
    points = random_points(make_pairs(World(space="rings", pairs=20)), space, 6000, rng)
    corner = (points > 2.0).all(axis=1) & (points < 3.0).all(axis=1)
    # a third uniform: 1/36; a third normal: P(2 < x < 3)^2 = .0022; the pairs of this space are further away
    assert corner.mean() == pytest.approx(1 / 3 / 36 + 0.0022 / 3, abs=0.006)


@pytest.mark.parametrize(
    ("outputs", "way", "trust"),
    [
        ((2.0, 3.0, 4.0), (0.6, 0.8), 1.0),
        ((2.0, 0.3, 0.4), (0.6, 0.8), 0.5),
        ((-3.0, -0.06, 0.08), (-0.6, 0.8), 0.1),
        ((-200.0, 1.0, 0.0), (1.0, 0.0), 1.0),
    ],
)
def test_a_coalescer_goes_the_distance_in_the_direction_and_trusts_its_length(outputs, way, trust):
    x = torch.tensor([[1.0, -2.0]])
    prediction = CoalescerDenoiser(lambda x, t, d: torch.tensor([outputs]))(x, torch.ones(1, 1), torch.zeros(1, 2))
    distance = math.log1p(math.exp(outputs[0]))  # softplus: never backwards
    torch.testing.assert_close(prediction.x0_hat, x + distance * torch.tensor([way]), rtol=1e-5, atol=1e-6)
    assert prediction.trust.item() == pytest.approx(trust)


def test_a_coalescer_with_no_direction_stays_and_is_not_trusted():
    x = torch.tensor([[1.0, -2.0]])
    prediction = CoalescerDenoiser(lambda x, t, d: torch.tensor([[2.0, 0.0, 0.0]]))(x, torch.ones(1, 1), x)
    assert torch.equal(prediction.x0_hat, x)
    assert prediction.trust.item() == 0


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
    for progress in train(recipe, every=150):
        answer = recipe.denoiser(progress.network)(x[4:], t[4:], description[4:]).x0_hat
        misses.append((answer - exact).norm(dim=1).median())
    assert misses[-1] < 0.25


# Nearest pair


@pytest.mark.parametrize("desc_scale", [0.25, 8.0, 1024.0])
def test_nearest_pair_goes_to_the_nearest_key(desc_scale):
    x, t, description = queries()
    recipe = replace(small(NearestPair), desc_scale=desc_scale)
    pairs = make_pairs(recipe.world)
    keys = ((x[:, None].double().numpy() - pairs.image) ** 2).sum(-1)
    called = ((description[:, None].double().numpy() - pairs.description) ** 2).sum(-1)
    expected = pairs.image[(keys + desc_scale**2 * np.nan_to_num(called)).argmin(axis=1)]
    np.testing.assert_allclose(recipe.denoiser()(x, t, description).x0_hat.numpy(), expected, atol=1e-6)


def test_the_nearest_pair_of_a_pair_is_itself():
    recipe = small(NearestPair)
    pairs = make_pairs(recipe.world)
    x, description = (torch.tensor(a, dtype=torch.float32) for a in (pairs.image, pairs.description))
    assert torch.equal(recipe.denoiser()(x, torch.zeros(200, 1), description).x0_hat, x)


@pytest.mark.parametrize("desc_scale", [0.0, -1.0, math.nan, math.inf])
def test_nearest_pair_refuses_a_desc_scale_that_is_not_above_zero(desc_scale):
    with pytest.raises(ValueError, match=r"^desc_scale .*above 0\.$"):
        NearestPair(desc_scale=desc_scale).denoiser()


# The ideal denoiser


def brute_weights(pairs, scale, bandwidth, x, t, description):
    """Every pair's probability, in double precision: (n, pairs)."""
    x, t, description = (a.double().numpy() for a in (x, t, description))
    alpha, noise = np.cos(np.pi / 2 * t), scale * np.sin(np.pi / 2 * t)
    energy = ((x[:, None] - alpha[..., None] * pairs.image) ** 2).sum(-1) / (2 * noise**2)
    called = ((description[:, None] - pairs.description) ** 2).sum(-1) / (2 * bandwidth**2)
    energy = energy + np.where(np.isnan(called), 0.0, called)
    weights = np.exp(energy.min(axis=1, keepdims=True) - energy)
    return weights / weights.sum(axis=1, keepdims=True)


def levels(t):
    x, _, description = queries(seed=2)
    keep = torch.arange(ROWS) != 1  # not the point that is 100 away
    return x[keep], torch.full((ROWS - 1, 1), t), description[keep]


@pytest.mark.parametrize("t", [0.05, 0.1, 0.3, 0.5, 0.8, 0.95, 1.0])
def test_the_ideal_denoiser_is_the_posterior_mean_of_brute_force(t):
    pairs = make_pairs(World(pairs=200))
    question = levels(t)
    expected = brute_weights(pairs, 1.25, 0.07, *question) @ pairs.image
    answer = IdealDenoiserDenoiser(pairs, SPACES[0], 0.07, COSINE)(*question).x0_hat.numpy()
    np.testing.assert_allclose(answer, expected, atol=1e-4)


@pytest.mark.parametrize("t", [0.05, 0.3, 0.8, 1.0])
def test_the_ideal_denoiser_s_trust_is_that_of_brute_force(t):
    pairs = make_pairs(World(pairs=200))
    question = levels(t)
    x = question[0].double().numpy()
    weights, way = brute_weights(pairs, 1.25, 0.07, *question), pairs.image - x[:, None]
    mean, size = (weights[..., None] * way).sum(axis=1), (weights * (way**2).sum(-1)).sum(axis=1)
    trust = IdealDenoiserDenoiser(pairs, SPACES[0], 0.07, COSINE).trust(*question).numpy()
    np.testing.assert_allclose(trust, np.linalg.norm(mean, axis=1) / np.sqrt(size), atol=1e-4)


def test_the_recipe_s_bandwidth_is_that_of_two_noisy_descriptions():
    recipe = replace(small(IdealDenoiser), world=World(pairs=200, description_noise=0.15))
    denoiser = recipe.denoiser()
    assert denoiser.bandwidth == pytest.approx(0.15 * math.sqrt(2))
    assert denoiser.scale == 1.25


@pytest.mark.parametrize("desc_scale", [1.0, 8.0, 100.0])
def test_the_bridge_the_ideal_denoiser_at_temperature_zero_is_the_nearest_pair(desc_scale):
    world, t = World(pairs=200), 2e-4
    pairs, (x, level, description) = make_pairs(world), levels(t)
    sigma = float(schedule.sigma(torch.tensor(t)))
    ideal = IdealDenoiserDenoiser(pairs, replace(SPACES[0], start_scale=1.0), sigma / desc_scale, COSINE)
    cold = ideal(x, level, description).x0_hat
    nearest_pair = NearestPair(world=world, desc_scale=desc_scale).denoiser()(x, level, description).x0_hat
    torch.testing.assert_close(cold, nearest_pair, rtol=0, atol=1e-4)


def test_at_t_1_only_the_description_weighs():
    pairs, (x, t, description) = make_pairs(World(pairs=200)), levels(1.0)
    called = ((description[:, None].double().numpy() - pairs.description) ** 2).sum(-1)
    weights = np.exp(-np.nan_to_num(called) / (2 * 0.07**2))
    mean = weights @ pairs.image / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        IdealDenoiserDenoiser(pairs, SPACES[0], 0.07, COSINE)(x, t, description).x0_hat, mean, atol=1e-4
    )


def test_the_weights_are_probabilities():
    weights = ready(small(IdealDenoiser)).weights(*queries())
    np.testing.assert_allclose(weights.sum(dim=1), 1.0, atol=1e-5)
    assert (weights >= 0).all()


# Diffusion


@every_space
def test_diffusion_s_examples_hold_a_pair_and_gaussian_noise(space):
    recipe = replace(small(Diffusion, space), batch=1000)
    pairs = make_pairs(recipe.world)
    x, t, description, velocity = next(recipe.batches(np.random.default_rng(2)))
    alpha, sigma = torch.cos(math.pi / 2 * t), torch.sin(math.pi / 2 * t)
    image, noise = (alpha * x - sigma * velocity).numpy(), (sigma * x + alpha * velocity).numpy()
    gap = np.linalg.norm(image[:, None] - pairs.image, axis=-1)
    assert gap.min(axis=1).max() < 1e-5
    given = ~np.isnan(description.numpy()[:, 0])
    np.testing.assert_allclose(description[given], pairs.description[gap.argmin(axis=1)[given]], atol=1e-6)
    fresh = space_named(space).start(1000, np.random.default_rng(3))
    for axis in (0, 1):
        assert ks_2samp(noise[:, axis], fresh[:, axis]).pvalue > 1e-3


def test_diffusion_sees_every_noise_level_in_every_batch():
    _, t, _, _ = next(replace(small(Diffusion), batch=100).batches(np.random.default_rng(2)))
    np.testing.assert_array_equal(np.floor(100 * t[:, 0].double().numpy()), np.arange(100))


def test_diffusion_drops_one_description_in_eight():
    _, _, description, _ = next(replace(small(Diffusion), batch=20_000).batches(np.random.default_rng(2)))
    none = description.isnan().numpy()
    assert (none[:, 0] == none[:, 1]).all()
    assert abs(none[:, 0].mean() - 1 / 8) < 4.5 * math.sqrt(7 / 64 / 20_000)


def test_diffusion_answers_with_the_data_when_the_velocity_is_right():
    recipe = replace(small(Diffusion), batch=500)
    x, t, description, velocity = next(recipe.batches(np.random.default_rng(2)))
    answer = DiffusionDenoiser(lambda x, t, d: velocity, 1.25)(x, t, description).x0_hat.numpy()
    assert nearest(answer, make_pairs(recipe.world).image).max() < 1e-5


def test_diffusion_s_loss_is_the_mean_squared_error_of_the_velocity():
    velocity = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    loss = Diffusion().loss(lambda x, t, d: torch.zeros(2, 2), velocity, torch.ones(2, 1), velocity, velocity)
    assert loss.item() == 15.0


def gaussian_velocity(mean, deviation, scale):
    """The exact velocity network of data N(mean, deviation^2)."""

    def network(x, t, description):
        a, s = schedule.alpha(t), schedule.sigma(t)
        x0_hat = mean + deviation**2 * a / ((a * deviation).square() + (scale * s).square()) * (x - a * mean)
        return (a * x - x0_hat) / s

    return network


def gaussian_trust(mean, deviation, scale, x, t):
    """`|E[x_0 - x]| / sqrt(E|x_0 - x|^2)` from the posterior's mean and variance."""
    a, noise = schedule.alpha(t), (scale * schedule.sigma(t)).square()
    variance = deviation**2 * noise / ((a * deviation).square() + noise)
    x0_hat = mean + variance / noise * a * (x - a * mean)
    squared = (x0_hat - x).square().sum(dim=1)
    return (squared / (squared + 2 * variance[:, 0])).sqrt()


@pytest.mark.parametrize("deviation", [0.2, 1.0])
@pytest.mark.parametrize("t", [0.05, 0.3, 0.6, 0.9])
def test_diffusion_s_trust_on_gaussian_data_is_the_closed_form(t, deviation):
    mean, x, level = torch.tensor([0.7, -0.4]), queries()[0], torch.full((ROWS, 1), t)
    trust = DiffusionDenoiser(gaussian_velocity(mean, deviation, 1.25), 1.25).trust(x, level, x)
    torch.testing.assert_close(trust, gaussian_trust(mean, deviation, 1.25, x, level), rtol=0, atol=2e-3)


def test_diffusion_s_trust_at_t_1_is_taken_just_below():
    mean, x, level = torch.tensor([0.7, -0.4]), queries()[0], torch.ones(ROWS, 1)
    trust = DiffusionDenoiser(gaussian_velocity(mean, 0.5, 1.25), 1.25).trust(x, level, x)
    torch.testing.assert_close(trust, gaussian_trust(mean, 0.5, 1.25, x, level), rtol=0, atol=0.05)
    assert trust.isfinite().all()


def test_diffusion_s_trust_leaves_no_gradient_behind():
    denoiser = ready(small(Diffusion))
    x, t, description = queries()
    denoiser.network.zero_grad()
    denoiser.trust(x, t, description)
    assert all(parameter.grad is None for parameter in denoiser.network.parameters())
    assert not x.requires_grad
