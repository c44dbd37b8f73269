"""A coalescer whose first jump spreads over all pairs: it is trained on balanced lookups.

The published lookup sends far points to the border of a region: pairs inside are hardly ever found, and the samples crowd.
Here the first jump goes to the pair of the balanced index (`sandbox.pairs.balance`), which finds every pair equally often:
semi-discrete optimal transport from random (DE, R) to the pairs. Such a map also moves points that are already in place, so
later jumps are trained on the plain nearest pair; the network's t input, 1 at first and 0 later, says which is asked. A later
jump is taken only where it is longer than a tolerance.

Two departures from the published recipe, both needed: the network is given the description that was asked, DE, because a pair
that is found from few R says little about the others; and it is charged for where it lands, |x0_hat - target|, whose minimum
over several targets is one of them or between neighbours (their geometric median), so that borders stay sharp.
"""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from sandbox.engine import Landing, Network
from sandbox.methods.balanced_lookup import BalancedLookup, balanced_lookup
from sandbox.methods.base import Batches, Trained, partly_undescribed, tensors
from sandbox.methods.coalescer import DISTANCE_WEIGHT, LOOKUP, distance_and_direction, log_noise, missed, norm_loss
from sandbox.pairs import Balance, BalanceWeights, desc_scale_option, random_descriptions

UNDESCRIBED = 0.15  # of the training examples
LATER = 0.25  # of the training examples: the jumps after the first
NEAR = (0.01, 0.5)  # how far from a pair later jumps set out, space units


@dataclass(frozen=True, kw_only=True)
class BalancedCoalescer(Trained):
    """The coalescer that also covers."""

    name = "balanced-coalescer"
    label = "Balanced coalescer"
    colour = "#009E73"
    symbol = "star"
    summary = "A coalescer trained on lookups in which every pair is found equally often."
    exact = BalancedLookup
    steps = (1, 2)
    samplers = BalancedLookup.samplers
    head = Landing(first=True, trusted=False)

    desc_scale: float = desc_scale_option()
    width: int = 128
    batch: int = 256
    training_steps: int = 10000
    learning_rate: float = 1e-2
    bandwidth: float = 0.3  # the balanced map has finer detail than the plain one

    def needs(self) -> tuple[Balance, ...]:
        return (Balance(self.world, self.desc_scale),)

    def batches(self, rng: np.random.Generator, balance: BalanceWeights) -> Batches:
        """`(R, 1 at the first jump and 0 later, DE, distance, direction)`."""
        lookup, n = balanced_lookup(self.world, self.desc_scale, balance), LOOKUP * self.batch
        image = lookup.index.pairs.image
        while True:
            condition = partly_undescribed(random_descriptions(self.world, n, rng), rng, UNDESCRIBED)
            points, later = self.world.space.start(n, rng), rng.random(n) < LATER
            near = log_noise(points.shape, rng, *NEAR)
            points[later] = (image[rng.integers(len(image), size=n)] + near)[later]
            pair = lookup.close_pair(condition, points, first=~later)
            columns = tensors(points, ~later[:, None], condition, *distance_and_direction(points, image[pair]))
            yield from zip(*(column.split(self.batch) for column in columns), strict=True)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`30 |x0_hat - target|`, and at later jumps three times the published losses, which see small distances too."""
        points, first, description, distance, direction = batch
        target_distance, target_direction = self.head.parts(network, points, first, description)
        direction_loss = norm_loss(target_direction - direction)
        published = DISTANCE_WEIGHT * (target_distance - distance).square()[:, 0] + direction_loss
        landing = missed(target_distance, target_direction, distance, direction)
        return (30 * landing + 3 * (1 - first[:, 0]) * published).mean()
