"""How like the real thing a set of samples is: the metrics that can see collapse.

The share inside the region flatters a method whose samples crowd on one spot. These compare two samples of the same size,
generated and real; each has a floor, what a second real sample scores against the first (`sandbox.measure.yardsticks`).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist, pdist

from sandbox.spaces import Array, Points, Space

NEIGHBOURS = 5  # k of the neighbourhoods that stand for a law
PROJECTIONS = 64  # directions that samples are projected on
ROUNDED = 1 + 1e-12  # times a distance: what is further away by less is as far
AT_ONCE = 256  # samples whose distances to all others are held together


@dataclass(frozen=True)
class Likeness:
    """Generated against real samples."""

    precision: float  # share of the samples within the k-neighbourhood of a real one
    recall: float  # share of the real samples within the k-neighbourhood of a generated one
    coverage: float  # share of the real samples with a generated one in their own k-neighbourhood
    energy_distance: float  # 2 E|X - Y| - E|X - X'| - E|Y - Y'|, space units; about 0, on either side, for the same law
    sliced_wasserstein: float  # 2-Wasserstein along a direction, root mean square over directions, space units


class Reference:
    """A real sample (n, d), with all that depends on it alone."""

    def __init__(self, real: Points) -> None:
        if len(real) <= NEIGHBOURS:
            raise ValueError(f"Precision and recall need more than {NEIGHBOURS} samples.")
        self.real, self.tree = real, KDTree(real)
        self.radius, self.spread = _radius(self.tree), pdist(real).mean()
        self.projected = np.sort(real @ directions(real.shape[1]), axis=0)

    def likeness(self, points: Points) -> Likeness:
        """Judge as many samples (n, d) as there are real ones; ValueError for another number.

        Precision and recall: Kynkaanniemi et al. 2019 (arXiv 1904.06991, equations 1 to 3). Coverage: Naeem et al. 2020 (arXiv
        2002.09797, equation 4). Energy distance: Szekely & Rizzo 2013, as a U-statistic, which is right on average and so is
        negative now and then. Points that are not numbers are like nothing real, and infinitely far.
        """
        if len(points) != len(self.real):
            raise ValueError(f"{len(self.real)} real samples are compared with as many generated ones.")
        finite = points[np.isfinite(points).all(axis=1)]
        if len(finite) <= NEIGHBOURS:
            return Likeness(0.0, 0.0, 0.0, float("inf"), float("inf"))
        tree, far = KDTree(finite), len(finite) < len(points)
        energy = 2 * _mean_distance(finite, self.real) - pdist(finite).mean() - self.spread
        apart = np.square(np.sort(points @ directions(points.shape[1]), axis=0) - self.projected) if not far else np.inf
        return Likeness(
            precision=len(_within(tree, self.real, self.radius)) / len(points),
            recall=len(_within(self.tree, finite, _radius(tree))) / len(points),
            coverage=float((tree.query(self.real)[0] <= self.radius).mean()),
            energy_distance=float("inf") if far else float(energy),
            sliced_wasserstein=float(np.sqrt(np.mean(apart))),
        )


@lru_cache(maxsize=64)
def reference(space: Space, concept: str, n: int, seed: int) -> Reference:
    """n real samples of a concept, by a stream of the seed's own; ValueError for an unknown concept."""
    return Reference(space.sample(n, np.random.default_rng([seed, 4]), concept))


def squared_w2(points: Points, real: Points) -> float:
    """The squared 2-Wasserstein distance by exact transport, no root: for reports, as it needs POT and minutes.

    points (n, d), real (m, d) -> space units squared; ValueError where POT is not installed.
    """
    try:
        import ot
    except ImportError as error:
        raise ValueError("Exact transport needs the package POT: pip install POT.") from error
    return float(ot.emd2([], [], cdist(points, real, "sqeuclidean"), numItermax=10_000_000))


def seeds_interval(values: "Array | pd.Series[float]") -> float:
    """Half of the 95 % interval of a mean over seeds (Student's t); not a number for a single seed."""
    if len(values) < 2:
        return float("nan")
    return float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))


def _radius(tree: KDTree) -> Array:
    """Of the neighbourhood of each sample in a tree: to its k-th nearest other one, itself not counted, which is in it."""
    nearest: Array = tree.query(tree.data, k=NEIGHBOURS + 1)[0]
    return nearest[:, -1] * ROUNDED


def _within(tree: KDTree, middles: Points, radius: Array) -> set[int]:
    """The numbers of a tree's samples that lie in any of the balls around the middles."""
    return set(chain.from_iterable(tree.query_ball_point(middles, radius)))


def _mean_distance(points: Points, others: Points) -> float:
    """Between any of the points (n, d) and any of the others (m, d); a part at a time, so that it stays in the cache."""
    parts = np.array_split(points, len(points) // AT_ONCE + 1)
    return float(sum(cdist(part, others).sum() for part in parts) / (len(points) * len(others)))


@lru_cache(maxsize=8)
def directions(dimensions: int) -> Array:
    """Unit vectors to project on: (d, PROJECTIONS); in the plane equally spaced ones, which beat random ones."""
    if dimensions == 2:
        angle = np.pi * np.arange(PROJECTIONS) / PROJECTIONS
        return np.stack([np.cos(angle), np.sin(angle)])
    drawn = np.random.default_rng(0).standard_normal((dimensions, PROJECTIONS))
    unit: Array = drawn / np.linalg.norm(drawn, axis=0)
    return unit
