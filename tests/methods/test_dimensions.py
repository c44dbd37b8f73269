"""Every method in a space of three dimensions with descriptions of five: it trains, answers and samples there."""

import numpy as np
import pytest
import torch

from sandbox.measure.experiment import Question, answer
from sandbox.methods import METHODS, samplers
from sandbox.pairs import make_pairs
from tests.ball_space import BALLS
from tests.methods.small import EXACT, TRAINED, needed, queries, ready, small

OWN = [
    pytest.param(method, sampler, id=f"{method.name}-{sampler.name}")
    for method in METHODS
    for sampler in method.samplers
]
every_trained = pytest.mark.parametrize("method", TRAINED, ids=lambda method: method.name)


@every_trained
def test_a_network_takes_the_space_s_dimensions_and_one_step_moves_all_of_it(method):
    recipe = small(method, BALLS, training_steps=1)
    network, batches = recipe.begin(*needed(recipe))
    before = [parameter.clone() for parameter in network.parameters()]
    assert network.inputs[0] == 3 + 64
    assert network.inputs[2] == 5 + 1
    (last,) = recipe.train(*needed(recipe))
    assert all(not torch.equal(old, new) for old, new in zip(before, last.network.parameters(), strict=True))
    shapes = {tuple(column.shape) for column in next(batches)}
    assert {(recipe.batch, 3), (recipe.batch, 5)} <= shapes


@pytest.mark.parametrize(("method", "sampler"), OWN)
def test_every_method_samples_with_each_of_its_samplers(method, sampler):
    question = Question(small(method, BALLS), "cold", 2, count=20, sampler=sampler, guidance=1.5)
    found = answer(question, ready(question.method))
    assert found.trajectory.states.shape == (3, 20, 3)
    assert found.trajectory.states.isfinite().all()
    assert found.quality.miss >= 0
    assert 0 <= found.likeness.recall <= 1
    assert found.likeness.energy_distance < 10


@pytest.mark.parametrize("sampler", samplers().values(), ids=lambda sampler: sampler.name)
def test_any_sampler_goes_with_any_dimensions(sampler):
    found = answer(Question(small(EXACT[0], BALLS), "red", 3, count=20, sampler=sampler), ready(small(EXACT[0], BALLS)))
    assert found.samples.shape == (20, 3)


@pytest.mark.parametrize("method", EXACT, ids=lambda method: method.name)
@pytest.mark.parametrize("concept", BALLS.concept_names())
def test_exact_methods_end_in_the_balls_that_were_asked_for(method, concept):
    question = Question(small(method, BALLS), concept, max(method.steps), count=100)
    found = answer(question, ready(question.method))
    assert found.quality.in_region == 1.0
    assert found.quality.condition_agreement == 1.0
    image = torch.tensor(make_pairs(question.world).image, dtype=torch.float32)
    assert torch.cdist(found.trajectory.samples, image).min(dim=1).values.max() < 0.1


@pytest.mark.parametrize("method", [method for method in EXACT if method.targets], ids=lambda method: method.name)
def test_methods_with_targets_answer_with_their_mean(method):
    recipe = small(method, BALLS)
    x, t, description = queries(space=BALLS)
    denoiser = ready(recipe)
    probability = denoiser.probabilities(x, t, description).double().numpy()
    np.testing.assert_allclose(probability.sum(axis=1), 1.0, atol=1e-6)
    expected = probability @ make_pairs(recipe.world).image
    np.testing.assert_allclose(denoiser(x, t, description).x0_hat, expected, atol=1e-4)
