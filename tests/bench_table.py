"""The table that `make bench` and `make load` print."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MANY = 8  # of which a 95th percentile is said
WIDTHS = (76, 12, 30, 30, 30)  # characters of the columns
HEAD = ("median / p95 (least to most, n)", "asked", "now", "before", "floor")


@dataclass(frozen=True)
class Row:
    """One figure: what it is of, what is asked of it, and what was seen now, of the page before, and of the floor."""

    what: str
    unit: str
    asked: str = ""
    now: Sequence[float] = ()
    before: Sequence[float] = ()
    floor: Sequence[float] = ()

    def line(self) -> str:
        """The row as text."""
        return columns(f"{self.what}, {self.unit}", self.asked, *map(cell, (self.now, self.before, self.floor)))


def cell(seen: Sequence[float]) -> str:
    """The median, the 95th percentile where there are many, and the spread."""
    if not seen:
        return "-"
    middle, p95, least, most = (number(np.percentile(seen, share)) for share in (50, 95, 0, 100))
    if len(seen) == 1:
        return middle
    return f"{middle}{f' / {p95}' if len(seen) >= MANY else ''} ({least} to {most}, {len(seen)})"


def number(value: float) -> str:
    """Three digits that count."""
    return f"{float(f'{value:.3g}'):,g}"


def columns(*cells: str) -> str:
    """Cells below each other."""
    return " ".join(text.ljust(width) for text, width in zip(cells, WIDTHS, strict=True)).rstrip()
