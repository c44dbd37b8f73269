"""Departures from the published coalescer, for descriptions that also say where (space `attributes`).

The network is given the description that was asked, DE, in place of close_pair's own: it learns what generation will ask.
And the target is the mean of the `neighbours` nearest pairs, which varies less from one R to the next. A mean may lie outside
a region, so few neighbours are better where regions are thin. With `landing` it is charged for where it lands, too.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from sandbox.methods.coalescer import Coalescer, missed
from sandbox.pairs import Descriptions, PairIndex
from sandbox.spaces import Points


@dataclass(frozen=True, kw_only=True)
class AskedCoalescer(Coalescer):
    """The coalescer that is told what was asked."""

    name: ClassVar[str] = "asked-coalescer"
    label: ClassVar[str] = "Coalescer, told DE"
    colour: ClassVar[str] = "#7570D0"
    symbol: ClassVar[str] = "hexagon"
    summary: ClassVar[str] = (
        "A coalescer that is given the description asked, and goes to the mean of the nearest pairs."
    )

    neighbours: int = 4
    landing: float = 0.0  # the weight of |x0_hat - target| beside the published losses

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.neighbours <= self.world.pairs:
            raise ValueError(f"neighbours is a whole number from 1 to {self.world.pairs}, the number of pairs.")
        object.__setattr__(self, "landing", float(self.landing))  # 10 and 10.0 are one recipe, with one repr
        if not (np.isfinite(self.landing) and self.landing >= 0):
            raise ValueError("landing must be a number that is not below 0.")

    def target(self, index: PairIndex, asked: Descriptions, points: Points) -> tuple[Points, Descriptions]:
        """The mean of the nearest pairs' images, and DE itself."""
        return index.pairs.image[index.query(asked, points, self.neighbours)[1]].mean(axis=1), asked

    def charge(self, target_distance: Tensor, target_direction: Tensor, distance: Tensor, direction: Tensor) -> Tensor:
        """The published losses and, by the weight `landing`, how far the jump misses."""
        published = super().charge(target_distance, target_direction, distance, direction)
        if self.landing == 0:
            return published
        return published + self.landing * missed(target_distance, target_direction, distance, direction)
