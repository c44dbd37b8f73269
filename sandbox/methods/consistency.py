"""A consistency model: every point of a probability-flow way is sent to that way's end, in one evaluation.

`f(x, t) = alpha x - sigma F(x, t)`, so f(x, 0) = x for any network F; with the cosine schedule this is TrigFlow's form (Lu &
Song 2024, arXiv 2410.11081, equation 7). Consistency training (Song et al. 2023, arXiv 2303.01469; Song & Dhariwal 2023,
arXiv 2310.14189) needs no teacher: the same pair and the same noise at two neighbouring levels lie, on average, on one way,
so what f says at the higher level is drawn to what it says, held fixed, at the lower one. The levels come closer together
as training goes on; the loss is the pseudo-Huber metric, weighted by 1 / (t - s).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import COSINE, Network, Renoise, Velocity
from sandbox.methods.base import Batches, Trained, partly_undescribed, tensors
from sandbox.pairs import make_pairs

LEVELS = (10, 1280)  # noise levels at the beginning and at the end
HUBER = 0.03  # where the pseudo-Huber metric turns from square to straight, space units


@dataclass(frozen=True, kw_only=True)
class Consistency(Trained):
    """Consistency training."""

    name = "consistency"
    label = "Consistency model"
    family = "flow maps"
    colour = "#B58900"
    symbol = "triangle-up"
    summary = "Sends every noisy point to the end of its way at once; trained without a teacher."
    samplers = (Renoise(),)
    by_level = True
    head = Velocity(COSINE)  # f
    prolonged = 2
    untuned: ClassVar[Mapping[str, Any]] = {"learning_rate": 0.005, "bandwidth": 0.25, "ema": 0.0}

    training_steps: int = 16000
    learning_rate: float = 0.002
    bandwidth: float = 0.7
    ema: float = 0.99

    def batches(self, rng: np.random.Generator) -> Batches:
        """`(image, R, t, s, description)` with s < t."""
        pairs, (first, last) = make_pairs(self.world), LEVELS
        for k in count():
            doublings = np.log2(last / first) * k / self.training_steps
            levels = int(min(first * 2 ** np.floor(doublings + 1e-9), last))
            which = rng.integers(len(pairs.image), size=self.batch)
            step = rng.integers(levels, size=(self.batch, 1))
            description = partly_undescribed(pairs.description[which], rng)
            start = self.world.space.start(self.batch, rng)
            yield tensors(pairs.image[which], start, (step + 1) / levels, step / levels, description)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`(sqrt(|f(x_t, t) - f(x_s, s)|^2 + c^2) - c) / (t - s)`, no gradient through the lower level."""
        image, start, t, s, description = batch
        with torch.no_grad():
            lower = self.head.read(network, COSINE.mix(image, start, s), s, description).x0_hat
        upper = self.head.read(network, COSINE.mix(image, start, t), t, description).x0_hat
        apart = (upper - lower).square().sum(dim=1)
        return (((apart + HUBER**2).sqrt() - HUBER) / (t - s)[:, 0]).mean()
