"""Two departures from the published coalescer, for descriptions that also say where (space `attributes`).

The network is given the description that was asked, DE, in place of close_pair's own: it learns what generation will ask.
And the target is the mean of the `neighbours` nearest pairs, which varies less from one R to the next. A mean may lie outside
a region, so few neighbours are better where regions are thin.
"""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.methods.coalescer import Coalescer
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

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.neighbours <= self.world.pairs:
            raise ValueError(f"neighbours is a whole number from 1 to {self.world.pairs}, the number of pairs.")

    def target(self, index: PairIndex, asked: Descriptions, points: Points) -> tuple[Points, Descriptions]:
        """The mean of the nearest pairs' images, and DE itself."""
        return index.pairs.image[index.query(asked, points, self.neighbours)[1]].mean(axis=1), asked
