"""One experiment: the seed decides all of it, and streams of their own keep its parts apart."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from sandbox.engine.samplers import Ddim, Sampler
from sandbox.measure.experiment import LOT, Question, answer, descriptions, noise, starting_points
from sandbox.measure.likeness import reference
from sandbox.measure.memorisation import memorisation
from sandbox.measure.quality import quality
from sandbox.methods import BalancedCoalescer, Coalescer, IdealDenoiser, Jump, NearestPair, samplers
from sandbox.pairs import World, descriptions_of, make_pairs
from sandbox.spaces import NONE, SPACES
from sandbox.weights import store
from sandbox.weights.files import WeightsError
from tests.ball_space import BALLS
from tests.engine.stubs import Stub

every_space = pytest.mark.parametrize("space", [*SPACES, BALLS], ids=lambda space: space.name)
every_sampler = pytest.mark.parametrize("sampler", samplers().values(), ids=lambda sampler: sampler.name)


def asked(world, concept="cat", steps=3, **changes):
    return Question(NearestPair(world=world), concept, steps, **{"count": 20, **changes})


def guidable():
    """Answers (1, 1) without a description and the description with one."""
    return Stub(lambda x, t, d: torch.where(d.isnan(), 1.0, d))


# The question


def test_a_question_knows_its_world_and_takes_the_method_s_own_sampler():
    question = Question(BalancedCoalescer(), "cat", 2)
    assert question.sampler is BalancedCoalescer.samplers[0]
    assert question.world == World()
    assert (question.seed, question.count, question.guidance) == (0, 2000, 1.0)
    assert Question(BalancedCoalescer(), "cat", 2, sampler=Ddim()).sampler == Ddim()


def test_without_a_description_there_is_nothing_to_guide_by():
    assert Question(NearestPair(), NONE, 2, guidance=3.0) == Question(NearestPair(), NONE, 2)
    assert Question(NearestPair(), "cat", 2, guidance=3.0).guidance == 3.0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"concept": "zebra"}, r"has no concept 'zebra'; it has cat, dog, animal, none\.$"),
        ({"steps": 0}, r"^Sampling needs at least one step and one sample\.$"),
        ({"steps": -3}, r"^Sampling needs at least one step and one sample\.$"),
        ({"count": 0}, r"^Sampling needs at least one step and one sample\.$"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(world, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(asked(world), **change)


def test_questions_are_equal_when_all_of_them_is():
    assert len({Question(NearestPair(), "cat", 2), Question(NearestPair(), "cat", 2, sampler=Jump())}) == 1
    changes = [{"concept": "dog"}, {"steps": 3}, {"seed": 1}, {"count": 3}, {"sampler": Ddim()}, {"guidance": 2.0}]
    changes += [{"method": NearestPair(desc_scale=2.0)}]
    assert len({replace(Question(NearestPair(), "cat", 2), **change) for change in [{}, *changes]}) == 1 + len(changes)


# The answer


@every_sampler
def test_a_seed_decides_everything(sampler, world):
    first, again, other = (answer(asked(world, seed=seed, sampler=sampler)).trajectory.states for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.isin(first[0], other[0]).any()


@dataclass(frozen=True)
class Lost(Sampler):
    """Goes to the noise that it is offered."""

    name = "lost"

    def step(self, run, x, t, s):
        return run.draw(len(x))


def test_the_noise_that_samplers_draw_is_the_seed_s_own_and_comes_once(world):
    first, again, other = (answer(asked(world, seed=seed, sampler=Lost())).trajectory.states for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert len(torch.cat([first, other]).unique()) == 2 * first.numel()
    draw = noise(world, 0)
    assert torch.equal(first[1:], torch.stack([draw(20) for _ in range(3)]))


def test_streams_are_those_that_tables_were_made_with(world):
    np.testing.assert_array_equal(
        starting_points(world, 7, 3), world.space.start(LOT, np.random.default_rng([3, 1]))[:7].astype(np.float32)
    )
    np.testing.assert_array_equal(
        descriptions(world, "dog", 7, 3),
        descriptions_of(world, "dog", 7, np.random.default_rng([3, 2])).astype(np.float32),
    )
    np.testing.assert_array_equal(
        noise(world, 3)(7), world.space.start(7, np.random.default_rng([3, 3])).astype(np.float32)
    )


@every_space
def test_every_method_and_concept_sets_out_from_the_same_points(space):
    world = World(space=space, pairs=100)
    starts = [
        answer(Question(method(world=world), concept, 2, 7, 10, Ddim())).trajectory.states[0]
        for method in (NearestPair, IdealDenoiser)
        for concept in space.concept_names()
    ]
    assert all(torch.equal(start, starting_points(world, 10, 7)) for start in starts)


@every_space
def test_more_points_keep_those_that_were_there(space):
    world = World(space=space, pairs=100)
    assert torch.equal(starting_points(world, 10, 5), starting_points(world, 700, 5)[:10])
    assert starting_points(world, LOT + 1, 5).shape == (LOT + 1, space.dimensions)
    for concept in space.concept_names():
        few, many = descriptions(world, concept, 10, 5), descriptions(world, concept, 700, 5)
        assert few.shape == (10, space.description_dimensions)
        torch.testing.assert_close(few, many[:10], rtol=0, atol=0, equal_nan=True)


def test_starts_and_descriptions_are_independent(world):
    described = descriptions(world, "cat", 2000, 3)
    start = starting_points(world, 2000, 3)
    correlation = torch.corrcoef(torch.cat([described, start], dim=1).T)[:2, 2:]
    assert correlation.abs().max() < 4.5 / np.sqrt(2000)


def test_without_a_description_samples_are_the_images_nearest_to_their_starts(world):
    samples = answer(asked(world, NONE, 1, count=50)).trajectory.samples
    start = starting_points(world, 50, 0)
    image = torch.tensor(store.denoiser(NearestPair(world=world)).index.pairs.image, dtype=torch.float32)
    nearest = (start[:, None] - image).norm(dim=2).amin(dim=1)
    torch.testing.assert_close((samples - start).norm(dim=1), nearest, rtol=0, atol=1e-5)


def test_sampling_is_guided_when_asked(world):
    plain, guided = (
        answer(asked(world, steps=2, sampler=Ddim(), guidance=weight), guidable()).trajectory for weight in (1.0, 3.0)
    )
    torch.testing.assert_close(guided.samples, 1 + 3 * (plain.samples - 1))
    assert (plain.nfe, guided.nfe) == (2, 4)


def test_a_concept_that_describes_no_pair_is_a_sentence():
    with pytest.raises(ValueError, match=r"^None of the 1 pairs is described as "):
        [answer(asked(World(pairs=1), concept)) for concept in ("cat", "dog", "animal")]


def test_a_method_without_weights_says_so(world):
    with pytest.raises(WeightsError, match="no trained weights"):
        answer(Question(Coalescer(world=world), "cat", 1))


@pytest.mark.parametrize("space", [World().space, BALLS], ids=lambda space: space.name)
def test_an_answer_is_judged_by_its_question_s_space_concept_count_and_seed(space):
    concept, world = space.concepts[-1].name, World(space, pairs=100)
    found = answer(asked(world, concept, 1, seed=3, count=40))
    assert found.samples.shape == (40, space.dimensions)
    assert found.samples.dtype == np.float64
    assert found.quality == quality(found.samples, space, concept)
    assert found.likeness == reference(space, concept, 40, 3).likeness(found.samples)
    trained, others = make_pairs(world).image, space.sample(100, np.random.default_rng([3, 6]))
    assert found.memorisation == memorisation(found.samples, trained, others)
    assert found.seconds > 0
