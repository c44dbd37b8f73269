"""A method against others on the same points: differences taken seed by seed, with intervals that hold for all at once.

Two methods that are asked from the same starts, and judged by the same real samples, differ by much less than either does from
seed to seed. So many comparisons are made that some would look sure by chance: each interval is as wide as it must be for all
of a table's to hold together in 95 of 100 tables (Bonferroni's correction of Student's t).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sandbox.methods import Diffusion
from sandbox.results.sweeps import CLAIMANT, MAIN_SPACES
from sandbox.results.table import SMALLER_IS_BETTER

HEADLINE = ("in_region", "recall", "energy_distance")
KNOWN_BY = ["space", "concept", "method", "sampler", "steps"]
FEW = 2  # evaluations, of the comparison with diffusion
WHOLE = ("heun", 32)  # diffusion's sampler and steps for that: 63 evaluations


@dataclass(frozen=True)
class Difference:
    """One method's figure minus another's, and half of the interval."""

    mean: float
    half: float  # not a number for a single seed
    smaller_is_better: bool

    @property
    def verdict(self) -> int:
        """1 where the first is better beyond the interval, -1 where it is worse, 0 for a tie."""
        gain = -self.mean if self.smaller_is_better else self.mean
        return int(np.sign(gain)) if abs(gain) > self.half else 0

    def __str__(self) -> str:
        digits = 4 if self.smaller_is_better else 3
        return f"{self.mean:+.{digits}f} ±{self.half:.{digits}f}"


def difference(one: pd.DataFrame, other: pd.DataFrame, figure: str, comparisons: int = 1) -> Difference:
    """A figure of one method's rows minus that of another's, paired by seed; ValueError where no seed is in both.

    The interval is one of so many that are to hold together.
    """
    apart = (one.set_index("seed")[figure] - other.set_index("seed")[figure]).dropna()
    if apart.empty:
        raise ValueError("Two methods are compared on the same seeds.")
    half = float("nan")
    if len(apart) > 1:
        quantile = stats.t.ppf(1 - 0.025 / comparisons, len(apart) - 1)
        half = float(quantile * apart.std() / np.sqrt(len(apart)))
    return Difference(float(apart.mean()), half, figure in SMALLER_IS_BETTER)


def against_diffusion(race: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Ours in at most two evaluations against diffusion at 63, in every main space and concept; the worst rows first."""
    main = _main(race)
    ours = main[(main.method == CLAIMANT.name) & (main.steps == FEW)]
    theirs = main[(main.method == Diffusion.name) & (main.sampler == WHOLE[0]) & (main.steps == WHOLE[1])]
    asked = list(dict.fromkeys(zip(ours.space, ours.concept, strict=True)))
    found = []
    for space, concept in asked:
        mine, peer = (rows[(rows.space == space) & (rows.concept == concept)] for rows in (ours, theirs))
        if len(peer):
            apart = {name: difference(mine, peer, name, len(asked) * len(HEADLINE)) for name in HEADLINE}
            found.append((sum(min(each.verdict, 0) for each in apart.values()), space, concept, apart))
    for _, space, concept, apart in sorted(found, key=lambda row: row[0]):
        yield {"space": space, "concept": concept, **apart}


def against_peers(race: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Ours against every peer at the same number of evaluations: who is surely better, who is not told apart, figure by figure.

    A row for each main space, concept, number of steps and figure, its names as lists `ahead` and `tied`.
    """
    main = _main(race)
    by_question: dict[Any, pd.DataFrame] = dict(iter(main.groupby(KNOWN_BY, sort=False)))
    pairs = [
        (ours, peer)
        for ours in by_question
        if ours[2] == CLAIMANT.name
        for peer in by_question
        if peer[2] != CLAIMANT.name and (peer[:2], peer[4]) == (ours[:2], ours[4])
    ]
    for figure in HEADLINE:
        verdicts: dict[Any, dict[str, int]] = {}
        for ours, peer in pairs:
            apart = difference(by_question[ours], by_question[peer], figure, len(pairs) * len(HEADLINE))
            told = verdicts.setdefault(ours, {})
            told[peer[2]] = min(apart.verdict, told.get(peer[2], 1))  # of a peer's samplers the best counts
        for (space, concept, _, _, steps), told in verdicts.items():
            yield {"space": space, "concept": concept, "steps": steps, "figure": figure, **_named(told)}


def _named(verdicts: Mapping[str, int]) -> dict[str, list[str]]:
    return {
        "ahead": [name for name, verdict in verdicts.items() if verdict < 0],
        "tied": [name for name, verdict in verdicts.items() if verdict == 0],
        "behind": [name for name, verdict in verdicts.items() if verdict > 0],
    }


def _main(race: pd.DataFrame) -> pd.DataFrame:
    return race[race.space.isin([space.name for space in MAIN_SPACES]) & (race.steps > 0)]
