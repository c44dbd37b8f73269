"""A consistency model: every point of a probability-flow way is sent to that way's end, in one evaluation.

`f(x, t) = alpha x - sigma F(x, t)`, so f(x, 0) = x for any network F; with the cosine schedule this is TrigFlow's form (Lu &
Song 2024, arXiv 2410.11081, equation 7). Consistency training (Song et al. 2023, arXiv 2303.01469; Song & Dhariwal 2023,
arXiv 2310.14189) needs no teacher: the same pair and the same noise at two neighbouring levels lie, on average, on one way,
so what f says at the higher level is drawn to what it says, held fixed, at the lower one. The levels come closer together
as training goes on; the loss is the pseudo-Huber metric, weighted by 1 / (t - s).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import schedule
from sandbox.engine.network import Network
from sandbox.methods.base import Trained
from sandbox.methods.diffusion import DiffusionDenoiser
from sandbox.pairs import make_pairs
from sandbox.spaces import space_named

LEVELS = (10, 1280)  # noise levels at the beginning and at the end
HUBER = 0.03  # where the pseudo-Huber metric turns from square to straight, space units


@dataclass(frozen=True, kw_only=True)
class Consistency(Trained):
    """Consistency training."""

    name: ClassVar[str] = "consistency"
    label: ClassVar[str] = "Consistency model"
    colour: ClassVar[str] = "#B58900"
    symbol: ClassVar[str] = "triangle-up"
    summary: ClassVar[str] = "Sends every noisy point to the end of its way at once; trained without a teacher."
    exact: ClassVar[str] = ""
    steps: ClassVar[tuple[int, ...]] = (1, 2, 4, 8)
    samplers: ClassVar[tuple[str, ...]] = ("renoise",)
    by_level: ClassVar[bool] = True
    outputs: ClassVar[int] = 2

    training_steps: int = 8000
    batch: int = 512
    learning_rate: float = 5e-3

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """`(image, R, t, s, description)` with s < t, one description in eight left out."""
        pairs, space = make_pairs(self.world), space_named(self.world.space)
        first, last = LEVELS
        for k in range(10**9):
            doublings = np.log2(last / first) * k / self.training_steps
            levels = int(min(first * 2 ** np.floor(doublings + 1e-9), last))
            which = rng.integers(len(pairs.image), size=self.batch)
            step = rng.integers(levels, size=(self.batch, 1))
            described = np.where(rng.random((self.batch, 1)) < 1 / 8, np.nan, pairs.description[which])
            start = space.start(self.batch, rng)
            columns = (pairs.image[which], start, (step + 1) / levels, step / levels, described)
            yield tuple(torch.tensor(column, dtype=torch.float32) for column in columns)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`(sqrt(|f(x_t, t) - f(x_s, s)|^2 + c^2) - c) / (t - s)`, no gradient through the lower level."""
        image, start, t, s, description = batch
        with torch.no_grad():
            lower = consistency(network, _mixed(image, start, s), s, description)
        apart = (consistency(network, _mixed(image, start, t), t, description) - lower).square().sum(dim=1)
        return (((apart + HUBER**2).sqrt() - HUBER) / (t - s)[:, 0]).mean()

    def denoiser(self, network: Network) -> DiffusionDenoiser:
        """The trained network at work: f has the form of diffusion's x0_hat."""
        return ConsistencyDenoiser(network, 1.0)


class ConsistencyDenoiser(DiffusionDenoiser):
    """f itself; its Jacobian says nothing about a spread of targets, so the trust is 1."""

    def trust(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        return torch.ones(len(x))


def consistency(network: Network, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
    """`alpha x - sigma F(x, t)`: (n, 2)."""
    return schedule.alpha(t) * x - schedule.sigma(t) * network(x, t, description)


def _mixed(image: Tensor, start: Tensor, t: Tensor) -> Tensor:
    return schedule.alpha(t) * image + schedule.sigma(t) * start
