"""Training every method: decided by its recipe, stoppable, and nobody else's generator is touched."""

import random

import numpy as np
import pytest
import torch
from torch import Generator

from sandbox.engine.training import DivergedError
from sandbox.measure.experiment import Question, answer
from sandbox.methods import samplers
from sandbox.pairs import World
from tests.methods.small import BEGINNERS, TRAINED, needed
from tests.methods.small import small as small_of

every_trained = pytest.mark.parametrize("method", TRAINED, ids=lambda method: method.name)
every_beginner = pytest.mark.parametrize("method", BEGINNERS, ids=lambda method: method.name)


def small(method, **changes):
    return small_of(method, "moons", **{"training_steps": 30, **changes})


def train(recipe, **arguments):
    """Train a recipe, from what it needs as it is before training."""
    return recipe.train(*needed(recipe), **arguments)


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
@pytest.mark.parametrize("change", [{"seed": 1}, {"world": World("moons", pairs=200, seed=1)}], ids=["seed", "world"])
def test_another_seed_gives_other_weights(method, change):
    assert not torch.equal(weights(small(method)), weights(small(method, **change)))


@every_beginner
def test_the_seed_draws_the_first_weights(method):
    for seed in (0, 1):
        begun = small(method, seed=seed).begin(*needed(small(method)))[0].state_dict()
        drawn = small(method).network(Generator().manual_seed(seed)).state_dict()
        assert all(torch.equal(begun[name], drawn[name]) for name in drawn)


@every_trained
def test_the_seed_draws_the_batches(method):
    # Not the first weights alone: the first column of a batch is what the network is asked about.
    batches = [next(small(method, seed=seed).begin(*needed(small(method)))[1]) for seed in (0, 0, 1)]
    assert torch.equal(batches[0][0], batches[1][0])
    assert not torch.isin(batches[0][0], batches[2][0]).all()


@every_trained
def test_a_report_says_the_recipe_s_steps(method):
    reports = list(train(small(method), every=8))
    assert [(report.step, report.steps) for report in reports] == [(8, 30), (16, 30), (24, 30), (30, 30)]
    assert all(np.isfinite(report.loss) for report in reports)


@every_trained
def test_a_stopped_run_leaves_the_next_one_alone(method):
    expected = weights(small(method))
    run = train(small(method), every=1)
    next(run)
    assert torch.equal(weights(small(method)), expected)
    run.close()


@every_trained
def test_training_moves_every_weight_and_no_frequency(method):
    recipe = small(method)
    before = recipe.begin(*needed(recipe))[0]
    (*_, last) = train(recipe)
    for old, new in zip(before.parameters(), last.network.parameters(), strict=True):
        assert not torch.equal(old, new)
    assert torch.equal(before.frequencies, last.network.frequencies)


@every_trained
def test_what_is_needed_is_left_as_it_is(method):
    recipe = small(method)
    given = needed(recipe)
    list(recipe.train(*given))
    for own, fresh in zip(given, needed(recipe), strict=True):
        for name, value in fresh.state_dict().items():
            assert torch.equal(own.state_dict()[name], value)


@every_beginner
def test_the_loss_falls(method):
    reports = list(train(small(method, training_steps=300, width=32), every=30))
    assert reports[-1].loss < 0.9 * reports[0].loss


@every_trained
def test_an_absurd_learning_rate_is_reported_as_divergence(method):
    with pytest.raises(DivergedError, match=r"^Training diverged at step \d+ of 30: .*\.$"):
        list(train(small(method, learning_rate=1e30)))


@every_trained
def test_training_leaves_the_global_generators_alone(method):
    before = global_generators()
    list(train(small(method)))
    assert global_generators() == before


@every_trained
@pytest.mark.parametrize("sampler", samplers().values(), ids=lambda sampler: sampler.name)
def test_sampling_leaves_the_global_generators_alone(method, sampler):
    recipe = small(method)
    denoiser = recipe.denoiser(recipe.network(Generator().manual_seed(0)))
    before = global_generators()
    for concept in ("animal", "none"):
        answer(Question(recipe, concept, 3, count=20, sampler=sampler), denoiser)
    assert global_generators() == before


@every_trained
def test_training_without_what_is_needed_or_with_too_much_is_refused_in_a_sentence(method):
    recipe = small(method)
    given = needed(recipe)
    first = ", ".join(need.name for need in recipe.needs()) or "nothing"
    for wrong in ((*given, torch.nn.Linear(1, 1)), *([()] if given else [])):
        with pytest.raises(ValueError, match=rf"^{method.name} is trained from {first}, and was given {len(wrong)}\.$"):
            next(recipe.train(*wrong))
