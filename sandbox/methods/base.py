"""What a method is: a recipe of plain values that knows how to become a denoiser, and how it likes to be sampled.

The recipe's `repr` is the key of everything made from it: the cache in memory, the weights on disk.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from torch import Generator, Tensor

from sandbox.engine.denoiser import Denoiser
from sandbox.engine.network import Network
from sandbox.engine.sampling import SAMPLERS, Sampler
from sandbox.pairs import World


@dataclass(frozen=True, kw_only=True)
class Method(ABC):
    """A recipe; `Exact` and `Trained` are its two kinds."""

    name: ClassVar[str]  # as in commands and tables
    label: ClassVar[str]  # as on the page
    colour: ClassVar[str]
    symbol: ClassVar[str]  # of its points in charts: a shape beside the colour
    summary: ClassVar[str]  # one sentence: what it answers
    exact: ClassVar[str]  # the name of the method that computes from the pairs what this one learns
    steps: ClassVar[tuple[int, ...]]  # numbers of steps worth trying, its natural ones
    samplers: ClassVar[tuple[str, ...]]  # that make sense with it, its own first
    guided: ClassVar[bool] = False  # whether classifier-free guidance is worth trying
    by_level: ClassVar[bool] = False  # whether its field of arrows depends on the noise level

    world: World = World()

    @classmethod
    def options(cls) -> dict[str, Any]:
        """What can be asked of the method, with its default; not what concerns training alone."""
        plain = {field.name for field in fields(Trained)}
        return {field.name: field.default for field in fields(cls) if field.name not in plain}

    def sampler(self) -> Sampler:
        """The sampler that the method was meant for."""
        return SAMPLERS[self.samplers[0]]()


@dataclass(frozen=True, kw_only=True)
class Exact(Method):
    """A method that is computed from the pairs and needs no training."""

    @abstractmethod
    def denoiser(self) -> Denoiser:
        """The method at work."""


@dataclass(frozen=True, kw_only=True)
class Trained(Method):
    """A method that trains a network: what it needs beside the common loop of `sandbox.weights.training`."""

    seed: int = 0  # of the network's first weights and of the batches
    width: int = 96
    depth: int = 4
    batch: int = 256
    training_steps: int = 4500
    learning_rate: float = 2e-2

    outputs: ClassVar[int]

    def __post_init__(self) -> None:
        if min(self.width, self.depth, self.batch, self.training_steps) < 1:
            raise ValueError("Width, depth, batch and training steps are whole numbers from 1 upwards.")

    def network(self, generator: Generator) -> Network:
        """The network before training."""
        return Network(self.outputs, self.width, self.depth, generator)

    def teacher(self) -> "Trained | None":
        """The recipe whose trained network this one's training sets out from, if there is one."""
        return None

    def follow(self, network: Network, teacher: Network) -> None:
        """Make a new network a teacher's student; only for a recipe that has a teacher."""
        raise NotImplementedError(f"{self.name} has no teacher.")

    @abstractmethod
    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """Training examples without end, `batch` rows each."""

    @abstractmethod
    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """The mean loss of one batch, a scalar."""

    @abstractmethod
    def denoiser(self, network: Network) -> Denoiser:
        """The trained network at work."""
