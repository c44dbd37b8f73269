"""Drifting: a generator of one step, whose samples are moved towards the data while it is trained.

For samples x of the network and pairs y of the data, the drift of x (Deng et al. 2026, arXiv 2602.04770, equation 11) is

    V(x) = E_y E_x' [ k(x, y) k(x, x') (y - x') ] / normalisation,

attraction to the data minus repulsion from the other samples, with the kernel k(a, b) = exp(-|a - b| / temperature). Where
both have one law it is 0. The network is drawn to x + V(x), held fixed. The kernel here also weighs how near the
descriptions are, so that samples drift towards pairs that are called the same; without a description all pairs count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import Network
from sandbox.methods.base import Trained
from sandbox.pairs import make_pairs
from sandbox.spaces import space_named

TEMPERATURES = (0.05, 0.2)  # of the kernel, space units; the drifts are added
DESCRIPTIONS = 0.1  # standard deviation of the kernel over descriptions, description units
FAR = 1e6  # a distance at which the kernel is 0


@dataclass(frozen=True, kw_only=True)
class Drifting(Trained):
    """The drifting model."""

    name: ClassVar[str] = "drifting"
    label: ClassVar[str] = "Drifting"
    colour: ClassVar[str] = "#999933"
    symbol: ClassVar[str] = "triangle-down"
    summary: ClassVar[str] = "A one-step generator; its samples drift towards the data while it is trained."
    exact: ClassVar[str] = ""
    steps: ClassVar[tuple[int, ...]] = (1,)
    samplers: ClassVar[tuple[str, ...]] = ("jump",)
    outputs: ClassVar[int] = 2

    training_steps: int = 4000
    batch: int = 256
    learning_rate: float = 5e-3

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """`(R, description, images of pairs, their descriptions)`: a quarter without a description."""
        pairs, space = make_pairs(self.world), space_named(self.world.space)
        while True:
            asked, shown = rng.integers(len(pairs.image), size=(2, self.batch))
            none = np.arange(self.batch)[:, None] < self.batch // 4
            description = np.where(none, np.nan, pairs.description[asked])
            columns = (space.start(self.batch, rng), description, pairs.image[shown], pairs.description[shown])
            yield tuple(torch.tensor(column, dtype=torch.float32) for column in columns)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|x - (x + V)|^2`, no gradient through the second x nor V."""
        start, description, image, shown = batch
        x = generated(network, start, description)
        with torch.no_grad():
            goal = x + sum(drift(x, description, image, shown, temperature) for temperature in TEMPERATURES)
        return (x - goal).square().sum(dim=1).mean()

    def denoiser(self, network: Network) -> "DriftingDenoiser":
        """The trained network at work."""
        return DriftingDenoiser(network)


def generated(network: Network, start: Tensor, description: Tensor) -> Tensor:
    """The samples of the random points R: (n, 2)."""
    return start + network(start, torch.ones(len(start), 1), description)


def drift(x: Tensor, description: Tensor, image: Tensor, shown: Tensor, temperature: float) -> Tensor:
    """V of every sample x (n, 2) with its description, from the pairs' images (m, 2) and descriptions: (n, 2).

    The kernel is normalised over both its rows and its columns, as in algorithm 2: the geometric mean of two softmaxes.
    """
    to_data = torch.cdist(x, image) + temperature * _apart(description, shown)
    to_others = torch.cdist(x, x) + temperature * _apart(description, description) + FAR * torch.eye(len(x))
    logits = -torch.cat([to_data, to_others], dim=1) / temperature
    kernel = (logits.softmax(dim=1) * logits.softmax(dim=0)).sqrt()
    data, others = kernel.split([len(image), len(x)], dim=1)
    attraction = (data * others.sum(dim=1, keepdim=True)) @ image
    return attraction - (others * data.sum(dim=1, keepdim=True)) @ x


def _apart(asked: Tensor, shown: Tensor) -> Tensor:
    """How unlike two descriptions are, (n, m): without one, all pairs are alike and all described samples far."""
    none, unnamed = asked.isnan().any(dim=1), shown.isnan().any(dim=1)
    apart = torch.cdist(asked.nan_to_num(), shown.nan_to_num()).square() / (2 * DESCRIPTIONS**2)
    apart = torch.where(none[:, None] != unnamed[None], FAR, apart)
    if not unnamed.any():
        apart = torch.where(none[:, None], 0.0, apart)
    return apart


class DriftingDenoiser(Denoiser):
    """The generator: one jump from R."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return Prediction(generated(self.network, x, description))
