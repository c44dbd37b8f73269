"""One experiment: what is asked of a method, and what came of it.

The seed decides all of it. Starting points and descriptions come from streams of their own, so that every method and every
concept sets out from the same R, and asking for more points keeps those that were there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import Denoiser, Sampler, Trajectory
from sandbox.measure.likeness import Likeness, reference
from sandbox.measure.memorisation import Memorisation, memorisation
from sandbox.measure.quality import Quality, quality
from sandbox.methods import Method
from sandbox.pairs import World, descriptions_of, make_pairs
from sandbox.spaces import NONE, Points
from sandbox.weights import store

LOT = 10_000  # starting points that are drawn together: fewer are the first of them, whatever the law of the starts


@dataclass(frozen=True)
class Question:
    """What is asked of a method: so many samples of a concept, or as many as can be judged, in so many steps.

    The method's own sampler unless another is given; guidance 1 is none. ValueError for an unknown concept, no step or no
    sample.
    """

    method: Method
    concept: str
    steps: int
    seed: int = 0
    count: int = 2000
    sampler: Sampler = None  # type: ignore[assignment]  # the method's own
    guidance: float = 1.0

    def __post_init__(self) -> None:
        self.world.space.meant_by(self.concept)
        if min(self.steps, self.count) < 1:
            raise ValueError("Sampling needs at least one step and one sample.")
        if self.sampler is None:
            object.__setattr__(self, "sampler", self.method.samplers[0])
        if self.count > (most := self.world.space.known(self.concept)):  # real ones to compare with
            object.__setattr__(self, "count", int(most))
        if self.concept == NONE:  # without a description there is nothing to guide by
            object.__setattr__(self, "guidance", 1.0)

    @property
    def world(self) -> World:
        """The world that the method lives in."""
        return self.method.world


@dataclass(frozen=True, eq=False)
class Judged:
    """Samples (n, d) of a concept, and what they are worth in a world; the seed decides what they are compared with."""

    world: World
    concept: str
    seed: int
    samples: Points

    @cached_property
    def quality(self) -> Quality:
        """Whether the samples are in the right region."""
        return quality(self.samples, self.world.space, self.concept)

    @cached_property
    def likeness(self) -> Likeness:
        """Whether the samples are like real ones, as many, by a stream of the seed's own."""
        return reference(self.world.space, self.concept, len(self.samples), self.seed).likeness(self.samples)

    @cached_property
    def memorisation(self) -> Memorisation:
        """Whether the samples are copies of training images, beside as many others by a stream of the seed's own."""
        space, rng = self.world.space, np.random.default_rng([self.seed, 6])
        trained = make_pairs(self.world).image
        if len(trained) > (
            most := space.known(NONE)
        ):  # an image with many captions counts once, and others are as many
            trained = np.random.default_rng([self.seed, 9]).permutation(np.unique(trained, axis=0))[: int(most)]
        return memorisation(self.samples, trained, space.sample(len(trained), rng))


@dataclass(frozen=True, eq=False)
class Answer(Judged):
    """What came of a question."""

    question: Question
    trajectory: Trajectory
    seconds: float  # that sampling took


def answer(question: Question, denoiser: Denoiser | None = None) -> Answer:
    """Ask; by the kept weights of the method (WeightsError where there are none) unless a denoiser is given."""
    denoiser = denoiser or store.denoiser(question.method)
    world, concept, n, seed = question.world, question.concept, question.count, question.seed
    start, description = starting_points(world, n, seed), descriptions(world, concept, n, seed)
    began = time.perf_counter()
    trajectory = question.sampler.sample(
        denoiser, start, description, question.steps, noise(world, seed), question.guidance
    )
    seconds = time.perf_counter() - began
    return Answer(world, concept, seed, trajectory.samples.double().numpy(), question, trajectory, seconds)


def starting_points(world: World, n: int, seed: int) -> Tensor:
    """The random points R of a seed: (n, d)."""
    lot = world.space.start(max(n, LOT), np.random.default_rng([seed, 1]))
    return torch.tensor(lot[:n], dtype=torch.float32)


def descriptions(world: World, concept: str, n: int, seed: int) -> Tensor:
    """The descriptions DE of a seed: (n, e), NaN for "none"."""
    return torch.tensor(descriptions_of(world, concept, n, np.random.default_rng([seed, 2])), dtype=torch.float32)


def noise(world: World, seed: int) -> Callable[[int], Tensor]:
    """The noise that a seed's samplers draw: n -> (n, d), each time others."""
    rng = np.random.default_rng([seed, 3])
    return lambda n: torch.tensor(world.space.start(n, rng), dtype=torch.float32)
