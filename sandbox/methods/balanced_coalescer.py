"""A coalescer whose first jump spreads over all pairs, and whose second refines the first.

The published lookup sends far points to the border of a region: pairs inside are hardly ever found, and the samples crowd.
Here a random point belongs to the pair of the balanced index (`sandbox.pairs.balance`), which finds every pair equally often:
semi-discrete optimal transport from random (DE, R) to the pairs. The first jump is trained to land there, and the second,
from where the first has landed, to land at the *same* pair: what the first one blurs, where neighbouring R belong to pairs that
are far apart, the second can still tell, as a landing says which R it came from. The network's t input, 1 at first and 0
later, says which jump is asked.

Two departures from the published recipe, both needed: the network is given the description that was asked, DE, because a pair
that is found from few R says little about the others; and it is charged for where it lands, |x0_hat - target|, whose minimum
over several targets is one of them or between neighbours (their geometric median), so that borders stay sharp.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import Denoiser, Head, Landing, Learned, Network, Prediction
from sandbox.methods.balanced_lookup import BalancedLookup, balanced_lookup
from sandbox.methods.base import Batches, Trained, partly_undescribed, tensors
from sandbox.methods.coalescer import LOOKUP, norm_loss
from sandbox.pairs import Balance, BalanceWeights, desc_scale_option, random_descriptions, spacing

UNDESCRIBED = 0.15  # of the training examples
CHARGE = 30.0  # of a miss; Adam hardly sees it
LEAST = 1.0  # of a second jump, as a share of the pairs' spacing


@dataclass(frozen=True, kw_only=True)
class BalancedCoalescer(Trained):
    """The coalescer that also covers."""

    name = "balanced-coalescer"
    label = "Balanced coalescer"
    family = "couplings"
    colour = "#009E73"
    symbol = "star"
    summary = "A coalescer trained on lookups in which every pair is found equally often."
    exact = BalancedLookup
    steps = (1, 2)
    samplers = BalancedLookup.samplers
    head = Landing(first=True, trusted=False)
    untuned: ClassVar[Mapping[str, Any]] = {
        "batch": 256,
        "training_steps": 10000,
        "learning_rate": 0.01,
        "bandwidth": 0.3,
        "ema": 0.0,
    }

    desc_scale: float = desc_scale_option()
    batch: int = 512
    training_steps: int = 15000
    learning_rate: float = 0.02
    bandwidth: float = 0.7
    ema: float = 0.999

    def needs(self) -> tuple[Balance, ...]:
        return (Balance(self.world, self.desc_scale),)

    def batches(self, rng: np.random.Generator, balance: BalanceWeights) -> Batches:
        """`(R, DE, image of the balanced pair)`."""
        lookup, n = balanced_lookup(self.world, self.desc_scale, balance), LOOKUP * self.batch
        image, first = lookup.index.pairs.image, np.ones(n, dtype=bool)
        while True:
            condition = partly_undescribed(random_descriptions(self.world, n, rng), rng, UNDESCRIBED)
            points = self.world.space.start(n, rng)
            columns = tensors(points, condition, image[lookup.close_pair(condition, points, first=first)])
            yield from zip(*(column.split(self.batch) for column in columns), strict=True)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """How far the first jump misses the pair, and how far the second does from where the first has landed."""
        points, description, image = batch
        first, later = torch.ones_like(points[:, :1]), torch.zeros_like(points[:, :1])
        landed = self.head.read(network, points, first, description).x0_hat
        refined = self.head.read(network, landed.detach(), later, description).x0_hat
        return CHARGE * (norm_loss(landed - image, 1e-8) + norm_loss(refined - image, 1e-8)).mean()

    def denoiser(self, network: Network) -> Denoiser:
        return Refining(network, self.head, LEAST * spacing(self.world))


class Refining(Learned):
    """A learned denoiser whose later jumps are not made where they would be shorter than `least`, space units."""

    def __init__(self, network: Network, head: Head, least: float) -> None:
        super().__init__(network, head)
        self.least = least

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        prediction = super().__call__(x, t, description, s)
        short = (prediction.x0_hat - x).norm(dim=1, keepdim=True) < self.least
        return Prediction(torch.where(short & (t < 1), x, prediction.x0_hat), prediction.trust)
