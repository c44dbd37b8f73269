"""Flow matching: the velocity along straight lines from the data to noise.

A pair's image and a random point are joined, `x_t = (1 - t) x_0 + t R`, and the network learns `v = R - x_0` (Lipman et al.
2023, arXiv 2210.02747; Liu et al. 2023, arXiv 2209.03003), from which `x0_hat = x_t - t v`. Where several lines cross it
learns their mean, so the way from R to the data is bent, and one step is not enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import Network
from sandbox.engine.schedule import LINEAR
from sandbox.methods.base import Trained
from sandbox.pairs import make_pairs
from sandbox.spaces import Points, space_named


@dataclass(frozen=True, kw_only=True)
class FlowMatching(Trained):
    """Flow matching with independent coupling: any R with any pair."""

    name: ClassVar[str] = "flow-matching"
    label: ClassVar[str] = "Flow matching"
    colour: ClassVar[str] = "#CC79A7"
    symbol: ClassVar[str] = "diamond"
    summary: ClassVar[str] = "Learns the velocity along straight lines between random points and images."
    exact: ClassVar[str] = "ideal-flow"
    steps: ClassVar[tuple[int, ...]] = (1, 2, 4, 8, 16, 32, 64)
    samplers: ClassVar[tuple[str, ...]] = ("ddim", "heun", "dpm-solver-2m")
    guided: ClassVar[bool] = True
    by_level: ClassVar[bool] = True
    outputs: ClassVar[int] = 2  # the velocity

    training_steps: int = 8000
    batch: int = 512
    learning_rate: float = 5e-3

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """`(x_t, t, description, v)`, one description in eight left out."""
        pairs, space = make_pairs(self.world), space_named(self.world.space)
        while True:
            which = rng.integers(len(pairs.image), size=self.batch)
            start = space.start(self.batch, rng)
            image, described = pairs.image[which], pairs.description[which]
            start = start[self.coupling(start, image)]
            # One t in each of `batch` equal intervals, in random order beside the pairs.
            t = (np.arange(self.batch) + rng.random(self.batch))[:, None] / self.batch
            described = np.where(rng.random((self.batch, 1)) < 1 / 8, np.nan, described)
            columns = ((1 - t) * image + t * start, t, described, start - image)
            yield tuple(torch.tensor(column, dtype=torch.float32) for column in columns)

    def coupling(self, start: Points, image: Points) -> NDArray[np.int64]:
        """Which start belongs to each image: here as they come, independent of each other."""
        return np.arange(len(start))

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|v_hat - v|^2`."""
        x, t, description, velocity = batch
        return (network(x, t, description) - velocity).square().sum(dim=1).mean()

    def denoiser(self, network: Network) -> "FlowDenoiser":
        """The trained network at work."""
        return FlowDenoiser(network)


class FlowDenoiser(Denoiser):
    """`x0_hat = x - t v`."""

    schedule = LINEAR

    def __init__(self, network: Network) -> None:
        self.network = network

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return Prediction(x - t * self.network(x, t, description))
