"""The training loop: decided by its recipe, stoppable, honest when it fails, and nobody else's generator is touched."""

import random
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import Generator

from sandbox.engine.network import Network
from sandbox.engine.sampling import SAMPLERS
from sandbox.measure.generation import generate
from sandbox.methods import METHODS, Coalescer, Diffusion, Trained
from sandbox.pairs import World
from sandbox.weights.training import DivergedError, Progress
from sandbox.weights.training import train as train_from

every_trained = pytest.mark.parametrize(
    "method", [method for method in METHODS if issubclass(method, Trained)], ids=lambda method: method.name
)


def small(method, **changes):
    recipe = method(world=World(space="moons", pairs=200), training_steps=30, batch=32, width=16, depth=2)
    return replace(recipe, **changes)


def train(recipe, **arguments):
    """Train a recipe, from an untrained teacher where it needs one."""
    teacher = recipe.teacher()
    network = teacher and teacher.network(Generator().manual_seed(recipe.seed))
    return train_from(recipe, teacher=network, **arguments)


def weights(recipe, **arguments):
    """All weights after training, in one row."""
    (*_, last) = train(recipe, **arguments)
    return torch.cat([tensor.flatten() for tensor in last.network.state_dict().values()])


def global_generators():
    return torch.get_rng_state().tolist(), repr(np.random.get_state()), random.getstate()  # noqa: NPY002


@every_trained
def test_the_same_recipe_gives_the_same_weights_bit_for_bit(method):
    assert torch.equal(weights(small(method)), weights(small(method)))


@every_trained
def test_the_global_generators_play_no_part(method):
    torch.manual_seed(1)
    first = weights(small(method))
    torch.manual_seed(2)
    assert torch.equal(first, weights(small(method)))


@every_trained
def test_how_often_progress_is_reported_changes_nothing(method):
    assert torch.equal(weights(small(method), every=1), weights(small(method), every=1000))


@every_trained
@pytest.mark.parametrize("change", [{"seed": 1}, {"world": World(space="moons", pairs=200, seed=1)}], ids=str)
def test_another_seed_gives_other_weights(method, change):
    assert not torch.equal(weights(small(method)), weights(small(method, **change)))


@every_trained
def test_the_seed_draws_the_first_weights(method):
    first, again, other = (small(method).network(Generator().manual_seed(seed)) for seed in (0, 0, 1))
    assert torch.equal(first.layers[0].weight, again.layers[0].weight)
    assert torch.equal(first.frequencies, again.frequencies)
    assert not torch.equal(first.layers[0].weight, other.layers[0].weight)


@every_trained
def test_progress_says_how_far_training_has_come(method):
    reports = list(train(small(method), every=8))
    assert [report.step for report in reports] == [8, 16, 24, 30]
    assert all(isinstance(report, Progress) and report.steps == 30 for report in reports)
    assert all(np.isfinite(report.loss) for report in reports)


@every_trained
def test_the_last_step_is_reported_once(method):
    assert [report.step for report in train(small(method), every=15)] == [15, 30]


@every_trained
def test_the_loss_reported_is_the_mean_since_the_last_report(method):
    each = [report.loss for report in train(small(method), every=1)]
    expected = [np.mean(each[:8]), np.mean(each[8:16]), np.mean(each[16:24]), np.mean(each[24:])]
    np.testing.assert_allclose([report.loss for report in train(small(method), every=8)], expected)


@every_trained
@pytest.mark.parametrize("stop", [0, 1, 3])
def test_training_can_be_stopped_at_any_step(method, stop):
    run = train(small(method), every=1)
    steps = [next(run).step for _ in range(stop)]
    run.close()
    assert steps == list(range(1, stop + 1))
    assert next(run, None) is None


@every_trained
def test_a_stopped_run_leaves_the_next_one_alone(method):
    expected = weights(small(method))
    run = train(small(method), every=1)
    next(run)
    assert torch.equal(weights(small(method)), expected)
    run.close()


@pytest.mark.parametrize("steps", range(1, 13))
def test_any_number_of_steps_can_be_trained(steps):
    (*_, last) = train(small(Diffusion, training_steps=steps))
    assert last.step == last.steps == steps


@every_trained
def test_training_moves_every_weight_and_no_frequency(method):
    recipe = small(method)
    (*_, last) = train(recipe)
    before = recipe.network(Generator().manual_seed(recipe.seed))
    for old, new in zip(before.parameters(), last.network.parameters(), strict=True):
        assert not torch.equal(old, new)
    assert torch.equal(before.frequencies, last.network.frequencies)


@pytest.mark.parametrize(
    "method",
    [
        method
        for method in METHODS
        # A student begins at its teacher, without a loss.
        if issubclass(method, Trained) and small(method).teacher() is None
    ],
    ids=lambda method: method.name,
)
def test_the_loss_falls(method):
    reports = list(train(small(method, training_steps=300, width=32), every=30))
    assert reports[-1].loss < 0.9 * reports[0].loss


@every_trained
def test_an_absurd_learning_rate_is_reported_as_divergence(method):
    with pytest.raises(DivergedError, match=r"^Training diverged at step \d+ of 30: .*\.$"):
        list(train(small(method, learning_rate=1e30)))


@dataclass(frozen=True, kw_only=True)
class Infinite(Coalescer):
    """A coalescer whose loss leaves the numbers at once."""

    value: float = float("inf")

    def loss(self, network, *batch):
        return super().loss(network, *batch) * self.value


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_loss_that_is_no_number_stops_training_before_the_step(value):
    run = train(small(Infinite, value=value), every=1)
    with pytest.raises(DivergedError, match=r"^Training diverged at step 1 of 30: .*\.$"):
        next(run)


@every_trained
def test_training_leaves_the_global_generators_alone(method):
    before = global_generators()
    list(train(small(method)))
    assert global_generators() == before


@every_trained
@pytest.mark.parametrize("sampler", [kind() for kind in SAMPLERS.values()], ids=list(SAMPLERS))
def test_generation_leaves_the_global_generators_alone(method, sampler):
    recipe = small(method)
    denoiser = recipe.denoiser(recipe.network(Generator().manual_seed(0)))
    before = global_generators()
    for concept in ("animal", "none"):
        generate(denoiser, sampler, recipe.world, concept, 3, 20, 0)
    assert global_generators() == before


# The network


def test_an_absent_description_is_not_a_description_of_zeros():
    network = Network(2, 16, 2, Generator().manual_seed(0))
    x, t = torch.zeros(1, 2), torch.ones(1, 1)
    absent, zeros = network(x, t, torch.full((1, 2), torch.nan)), network(x, t, torch.zeros(1, 2))
    assert absent.isfinite().all()
    assert not torch.allclose(absent, zeros)


@pytest.mark.parametrize("which", ["x", "t", "description"])
def test_every_input_of_the_network_counts(which):
    network = Network(2, 16, 2, Generator().manual_seed(0))
    inputs = {"x": torch.zeros(1, 2), "t": torch.full((1, 1), 0.3), "description": torch.zeros(1, 2)}
    assert not torch.allclose(network(**inputs), network(**{**inputs, which: inputs[which] + 0.5}))
