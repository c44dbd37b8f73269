"""What a network's outputs say of x0: a velocity under a schedule, a distance with a direction, or a displacement.

A head is plain values and one formula; a trained method names its own.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import Network
from sandbox.engine.schedule import COSINE, Schedule


@dataclass(frozen=True)
class Head(ABC):
    """From a network's outputs to an answer."""

    schedule: Schedule = COSINE  # by which the points that it is asked about are mixed with noise

    @property
    def levels(self) -> int:
        """Columns of the network's noise level input."""
        return 1

    def outputs(self, dimensions: int) -> int:
        """How many outputs it reads, for points of so many dimensions."""
        return dimensions

    @abstractmethod
    def read(self, network: Network, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        """The answer of a network, with its gradient; arguments as of `Denoiser`."""


@dataclass(frozen=True)
class Velocity(Head):
    """A velocity: `x0_hat = sigma' x - sigma v` (`sandbox.engine.schedule`).

    With `ends` it is the average velocity of a whole step: the network is told the step's length t - s beside t.
    """

    ends: bool = False

    @property
    def levels(self) -> int:
        return 2 if self.ends else 1

    def read(self, network: Network, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return Prediction(self.x0_hat(network, x, t, description, t if s is None else t - s))

    def x0_hat(self, network: Network, x: Tensor, t: Tensor, description: Tensor, length: Tensor) -> Tensor:
        """The same for a step whose length (n, 1) is given; without `ends` it plays no part: (n, d)."""
        level = torch.cat([t, length], dim=1) if self.ends else t
        return self.schedule.x0_hat(x, network(x, level, description), t)


@dataclass(frozen=True)
class Landing(Head):
    """A distance and a direction: `x0_hat = x + normalize(target_direction) * target_distance`.

    With `first` the network is told whether this is the first jump (t = 1). With `trusted` the length of target_direction
    is the trust; it is where training lets the network shrink it.
    """

    first: bool = False
    trusted: bool = True

    def outputs(self, dimensions: int) -> int:
        return 1 + dimensions

    def read(self, network: Network, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        distance, direction = self.parts(network, x, t, description)
        x0_hat = x + functional.normalize(direction, dim=1) * distance
        return Prediction(x0_hat, direction.norm(dim=1).clamp(max=1.0) if self.trusted else None)

    def parts(self, network: Network, x: Tensor, t: Tensor, description: Tensor) -> tuple[Tensor, Tensor]:
        """target_distance (n, 1), never negative, and target_direction (n, d)."""
        level = (t >= 1).to(x.dtype) if self.first else torch.zeros_like(x[:, :1])
        outputs = network(x, level, description)
        return functional.softplus(outputs[:, :1]), outputs[:, 1:]


@dataclass(frozen=True)
class Displacement(Head):
    """The displacement of a random point to its sample: `x0_hat = x + displacement`; the level plays no part."""

    def read(self, network: Network, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return Prediction(x + network(x, torch.ones_like(x[:, :1]), description))


class Learned(Denoiser):
    """A trained network, read by its method's head."""

    def __init__(self, network: Network, head: Head) -> None:
        self.network, self.head = network, head
        self.schedule = head.schedule

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return self.head.read(self.network, x, t, description, s)
