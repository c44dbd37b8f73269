"""Departures from the published coalescer, for descriptions that also say where (space `attributes`).

The network is given the description that was asked, DE, in place of close_pair's own: it learns what generation will ask.
And the target is the mean of the `neighbours` nearest pairs, which varies less from one R to the next. A mean may lie outside
a region, so few neighbours are better where regions are thin. With `landing` it is charged for where it lands, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from sandbox.engine import option
from sandbox.methods.coalescer import Coalescer, missed
from sandbox.pairs import Descriptions, PairIndex
from sandbox.spaces import Points


@dataclass(frozen=True, kw_only=True)
class AskedCoalescer(Coalescer):
    """The coalescer that is told what was asked."""

    name = "asked-coalescer"
    label = "Coalescer, told DE"
    colour = "#7570D0"
    symbol = "hexagon"
    summary = "A coalescer that is given the description asked, and goes to the mean of the nearest pairs."
    untuned: ClassVar[Mapping[str, Any]] = {"batch": 256, "training_steps": 4500}

    batch: int = 512
    training_steps: int = 6750
    neighbours: int = option(
        4,
        "The target is the mean of this many nearest pairs. Other values than 4 are trained on the spot.",
        low=1,
        high=64,
        label="Nearest pairs averaged",
    )
    landing: float = option(
        0.0,
        "The weight of |x0_hat - target|, how far a jump misses, beside the published losses. Other values than 0 are "
        "trained on the spot.",
        low=0.0,
        high=100.0,
        label="Charge for the landing",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.neighbours > self.world.pairs:
            raise ValueError(f"neighbours is a whole number from 1 to {self.world.pairs}, the number of pairs.")

    def target(self, index: PairIndex, condition: Descriptions, points: Points) -> tuple[Points, Descriptions]:
        """The mean of the nearest pairs' images, and DE itself."""
        return index.pairs.image[index.query(condition, points, self.neighbours)[1]].mean(axis=1), condition

    def charge(self, target_distance: Tensor, target_direction: Tensor, distance: Tensor, direction: Tensor) -> Tensor:
        """The published losses and, by the weight `landing`, how far the jump misses."""
        published = super().charge(target_distance, target_direction, distance, direction)
        if self.landing == 0:
            return published
        return published + self.landing * missed(target_distance, target_direction, distance, direction)
