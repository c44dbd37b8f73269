"""What is said beyond the plane rests on: the rows of three tables, by who was asked, in how many steps and dimensions."""

from dataclasses import dataclass
from functools import cached_property
from math import nan
from re import fullmatch
from typing import Any, NamedTuple

import pandas as pd

from sandbox.engine import options
from sandbox.methods import Coalescer
from sandbox.results.table import means_of

NEAR, CLEAR = 0.02, 0.1  # shares nearer than this are called the same; further apart than this, clearly different
FIGURES = ("nfe", "recognised", "worst", "precision", "recall", "energy_distance")
FAMILY = r"digits-(\d+)d"  # one set of pictures in so many dimensions
USUAL = options(Coalescer)["desc_scale"].default
FEW, SOME, MANY = 2, 8, 64  # steps


class Entrant(NamedTuple):
    """Whose rows: a method, what of its recipe departs from the default, and guidance while sampling."""

    method: str
    options: str = "default"
    guidance: float = 1.0


PLAIN, BALANCED, WALKS = Entrant("coalescer"), Entrant("balanced-coalescer"), Entrant("diffusion")
FLOW = Entrant("semidiscrete-flow-matching")
GUIDED, GUIDED_FLOW = WALKS._replace(guidance=1.5), FLOW._replace(options="learned_guidance=1.5")
FEW_STEPPERS = [(who, steps) for who in (PLAIN, BALANCED, FLOW, GUIDED_FLOW) for steps in (1, FEW)]
PLAIN_LOOKUP, BALANCED_LOOKUP = "recall of the plain lookup", "recall of the balanced lookup"
HUBS, PARTED = "lookups that find the most found 1 %", "lookups parted from the nearest of 18,000 others"
TO_PAIR, APART = "distance from R to its pair", "distance between neighbouring pairs"


def over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Means of the table `beyond` over the networks, with half of their 95 % interval; of one network there is none."""
    return means_of(table, [name for name in table.columns if name not in (*FIGURES, "seed")], FIGURES)


def dimensions(table: pd.DataFrame) -> dict[int, str]:
    """The spaces of one set of pictures, by their dimensions, from few to many."""
    found = {int(known[1]): name for name in set(table.space) if (known := fullmatch(FAMILY, name))}
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Rows:
    """The rows that sentences are made of: `beyond` and `scales` with a row for each network, and `borders`."""

    beyond: pd.DataFrame
    borders: pd.DataFrame
    scales: pd.DataFrame

    @cached_property
    def spaces(self) -> dict[int, str]:
        """The spaces that are compared, by their dimensions."""
        return dimensions(self.beyond)

    @property
    def least(self) -> int:
        """Fewest dimensions; 0 where there is no row."""
        return min(self.spaces, default=0)

    @property
    def most(self) -> int:
        """Most dimensions."""
        return max(self.spaces, default=0)

    @cached_property
    def _means(self) -> dict[tuple[object, ...], dict[str, float]]:
        rows: list[dict[Any, Any]] = over_seeds(self.beyond).to_dict("records")
        return {tuple(row[name] for name in ("space", *Entrant._fields, "steps")): row for row in rows}

    @cached_property
    def _borders(self) -> dict[tuple[Any, Any], float]:
        rows: list[dict[Any, Any]] = self.borders.to_dict("records")
        return {(row["space"], row["what"]): row["value"] for row in rows}

    def recognised(self, who: Entrant, steps: int, d: int = 0) -> float:
        """The share that the judge recognises, in the most dimensions unless others are named; nan where there is no row."""
        return self._figure("recognised", who, steps, d or self.most)

    def recall(self, who: Entrant, steps: int, d: int = 0) -> float:
        """The share of the real pictures that are found, in the same way."""
        return self._figure("recall", who, steps, d or self.most)

    def precision(self, who: Entrant, steps: int) -> float:
        """The share that is as near to real pictures as those are to each other, in the most dimensions."""
        return self._figure("precision", who, steps, self.most)

    def distance(self, who: Entrant, steps: int) -> float:
        """The energy distance from real pictures, in the most dimensions."""
        return self._figure("energy_distance", who, steps, self.most)

    def at_the_usual_scale(self, method: str) -> float:
        """The share that is recognised of a method in one step at the default desc_scale, in the space of `scales`."""
        here = self.scales[(self.scales.method == method) & (self.scales.desc_scale == USUAL)]
        return float(here.recognised.mean())

    def floor(self) -> float:
        """The recall of a second real sample."""
        return self.recall(Entrant("real"), 0)

    def _figure(self, name: str, who: Entrant, steps: int, d: int) -> float:
        return float(self._means.get((self.spaces.get(d), *who, steps), {}).get(name, nan))

    def border(self, what: str, d: int = 0) -> float:
        """A value of `borders`, in the most dimensions unless others are named; nan where there is no row."""
        return self._borders.get((self.spaces.get(d or self.most, ""), what), nan)


def share(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def number(value: float) -> str:
    """A distance in space units."""
    return f"{value:.2g}"


def known(value: float) -> float:
    """A share to be compared: less than any where it is not known."""
    return value if value == value else -1.0
