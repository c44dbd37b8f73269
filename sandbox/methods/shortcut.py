"""A shortcut model: one step of any length is drawn to what two steps of half its length say.

Like MeanFlow it learns the average velocity u(x_t, s, t) of a step from t to s, from another identity (Frans et al. 2024, arXiv
2410.12557, equation 5; the design of such models: Lin et al. 2025, arXiv 2512.11831, table 1): with r halfway between,

    u(x_t, s, t) = (u(x_t, r, t) + u(x_r, s, r)) / 2,    x_r = x_t - (t - r) u(x_t, r, t),

the right side held fixed. Where s = t it is the velocity of flow matching, from which everything else is built up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from sandbox.engine import Network
from sandbox.methods.meanflow import MeanFlow


@dataclass(frozen=True, kw_only=True)
class Shortcut(MeanFlow):
    """Average velocities, from steps of half the length."""

    name = "shortcut"
    label = "Shortcut model"
    colour = "#6C5B7B"
    symbol = "hexagram"
    summary = "Learns steps of any length: a long one is drawn to what two of half its length say."
    prolonged = 2
    untuned: ClassVar[Mapping[str, Any]] = {"training_steps": 8000, "learning_rate": 0.005, "ema": 0.0}
    instant: ClassVar[float] = 0.75  # as in the paper

    training_steps: int = 24000
    learning_rate: float = 0.01
    bandwidth: float = 0.25
    ema: float = 0.999

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|u - target|^2`."""
        x, t, s, description, velocity = batch
        target = halved(network, x, t, s, description)
        u = network(x, torch.cat([t, t - s], dim=1), description)
        return (u - torch.where(t == s, velocity, target)).square().sum(dim=1).mean()


@torch.no_grad()
def halved(network: Network, x: Tensor, t: Tensor, s: Tensor, description: Tensor) -> Tensor:
    """The average velocity of two steps, each of half the length: (n, d)."""
    half = (t - s) / 2
    first = network(x, torch.cat([t, half], dim=1), description)
    second = network(x - half * first, torch.cat([t - half, half], dim=1), description)
    return (first + second) / 2
