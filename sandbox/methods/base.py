"""What a method is: a recipe that knows how to become a denoiser, and how it likes to be sampled.

`Exact` methods are computed from the pairs; `Trained` ones train a network, and say what its outputs mean (`head`), what it
is shown (`batches`) and what it is charged for (`loss`).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from scipy.special import ndtri
from torch import Generator, Tensor

from sandbox.engine import BANDWIDTH, Denoiser, Head, Learned, Network, Progress, Recipe, Sampler, Stored, fit, options
from sandbox.pairs import World
from sandbox.spaces import Array, Mask

FAMILIES = {  # what a method makes of the pairs, and what that takes
    "averages": "Learn the mean of all that a point could become, and follow it in many small steps.",
    "flow maps": "Learn where the many small steps lead, in one or a few.",
    "distribution matching": "Compare whole samples with whole samples.",
    "couplings": "Decide first which image belongs to which random point.",
}

Batch = tuple[Tensor, ...]
Batches = Iterator[Batch]


@dataclass(frozen=True, kw_only=True)
class Method(Recipe, ABC):
    """A recipe; `Exact` and `Trained` are its two kinds."""

    name: ClassVar[str]  # as in commands and tables
    label: ClassVar[str]  # as on the page
    family: ClassVar[str]  # one of FAMILIES
    colour: ClassVar[str]
    symbol: ClassVar[str]  # of its points in charts: a shape beside the colour
    summary: ClassVar[str]  # one sentence: what it answers
    steps: ClassVar[tuple[int, ...]] = (1, 2, 4, 8)  # numbers of steps worth trying, its natural ones
    samplers: ClassVar[tuple[Sampler, ...]]  # that make sense with it, its own first
    guided: ClassVar[bool] = False  # whether classifier-free guidance is worth trying
    by_level: ClassVar[bool] = False  # whether its field of arrows depends on the noise level

    world: World = World()

    @abstractmethod
    def denoiser(self, *needed: Any, **_: Any) -> Denoiser:  # noqa: ANN401
        """The denoiser: a trained method's from its network, another's from what `needs` names."""


@dataclass(frozen=True, kw_only=True)
class Exact(Method):
    """A method that is computed from the pairs."""

    targets: ClassVar[bool] = False  # whether its denoiser says which pairs a place is sent to (`Targets`)


@dataclass(frozen=True, kw_only=True)
class Trained(Method, Stored):
    """A method that trains a network."""

    exact: ClassVar[type[Exact] | None] = None  # what computes from the pairs what this one learns
    head: ClassVar[Head]
    untuned: ClassVar[Mapping[str, Any]] = {}  # what of the recipe was otherwise before `sandbox.results.tuning`
    prolonged: ClassVar[int] = 1  # times the tuned steps, where the second half of those still brought much
    taken_over: ClassVar[tuple[str, ...]] = ()  # values that are those of the network that it begins with

    seed: int = 0  # of the network's first weights and of the batches
    width: int = 96
    depth: int = 4
    batch: int = 512
    training_steps: int = 8000
    learning_rate: float = 5e-3
    bandwidth: float = BANDWIDTH  # of the network's Fourier features
    ema: float = 0.0  # decay of the moving average of the weights that is kept; without one the last weights are

    def __post_init__(self) -> None:
        super().__post_init__()
        if min(self.width, self.depth, self.batch, self.training_steps) < 1:
            raise ValueError("Width, depth, batch and training steps are whole numbers from 1 upwards.")
        if not 0 <= self.ema < 1:
            raise ValueError("The decay of a moving average, ema, is at least 0 and less than 1.")

    @abstractmethod
    def batches(self, rng: np.random.Generator, *needed: Any, **_: Any) -> Batches:  # noqa: ANN401
        """Training examples without end, `batch` rows each, from what `needs` names."""

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """The mean loss of one batch, a scalar: the squared error where its last column is what the outputs should be."""
        *inputs, target = batch
        return (network(*inputs) - target).square().sum(dim=1).mean()

    def network(self, generator: Generator) -> Network:
        """The network before training."""
        d, e = self.world.space.dimensions, self.world.space.description_dimensions
        outputs, levels = self.head.outputs(d), self.head.levels
        return Network(d, e, outputs, self.width, self.depth, generator, levels, self.bandwidth)

    def begin(self, *needed: Any, **_: Any) -> tuple[Network, Batches]:  # noqa: ANN401
        """The network and the examples with which training sets out."""
        return self.network(Generator().manual_seed(self.seed)), self.batches(np.random.default_rng(self.seed), *needed)

    def train(self, *needed: Any, every: int = 100) -> Iterator[Progress]:  # noqa: ANN401
        if len(needed) != len(self.needs()):
            first = ", ".join(need.name for need in self.needs()) or "nothing"
            raise ValueError(f"{self.name} is trained from {first}, and was given {len(needed)}.")
        network, batches = self.begin(*needed)
        steps, rate = self.training_steps, self.learning_rate
        yield from fit(network, batches, self.loss, steps=steps, learning_rate=rate, ema=self.ema, every=every)

    def blank(self) -> Network:
        return self.network(Generator())

    def denoiser(self, network: Network) -> Denoiser:
        return Learned(network, self.head)


@dataclass(frozen=True, kw_only=True)
class Levelled(Trained):
    """A method that is trained at noise levels of a law of its own."""

    level_mean: float = 0.0  # of ln(sigma / alpha), which is normal (Karras et al. 2022, arXiv 2206.00364, table 1)
    level_deviation: float = 0.0  # of the same; 0: all levels are as likely

    def levels(self, rng: np.random.Generator) -> Array:
        """A batch's noise levels, one in each of as many equally likely intervals: a quieter loss. (batch, 1)."""
        share = (np.arange(self.batch) + rng.random(self.batch))[:, None] / self.batch
        if self.level_deviation == 0:
            return share
        log_noise = self.level_mean + self.level_deviation * ndtri(share)
        return self.head.schedule.level(torch.tensor(log_noise)).numpy()


def exactly(method: Method) -> Method:
    """What a method is trained to say, computed from the pairs, with the same options; itself where nothing is."""
    if not isinstance(method, Trained) or method.exact is None:
        return method
    shared = {name: getattr(method, name) for name in options(method.exact) if hasattr(method, name)}
    return method.exact(world=method.world, **shared)


def tensors(*columns: Array | Mask | Tensor) -> Batch:
    """The columns of a batch in single precision."""
    return tuple(torch.as_tensor(column, dtype=torch.float32) for column in columns)


def partly_undescribed(description: Array, rng: np.random.Generator, share: float = 1 / 8) -> Array:
    """Descriptions of which a share is left out, so that the network also answers without one: (n, e)."""
    return np.where(rng.random((len(description), 1)) < share, np.nan, description)
