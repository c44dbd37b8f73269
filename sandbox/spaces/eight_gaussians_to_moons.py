"""Eight Gaussians to two moons, class by class: the toy that C2OT publishes figures for (arXiv 2503.10636, section 5.1).

Random points come from eight Gaussians on a circle of radius 5, each with variance sqrt(.1) on either axis. The moons are
half circles, evenly spaced along the arc, each point shifted by one uniform number on both axes: the region is the band that
the arc sweeps along that shift.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from sandbox.spaces.base import Concept, Points, PolygonRegion, Space

SHIFT = 0.6  # the longest, on either axis: .2 of the unit moons, which are drawn three times as large
UPPER, LOWER = "upper", "lower"


def upper(angle: Points) -> Points:
    """The upper half circle: (n,) -> (n, 2)."""
    return 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1) - 1


def lower(angle: Points) -> Points:
    """The lower half circle: (n,) -> (n, 2)."""
    return 3 * np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1) - 1


@dataclass(frozen=True)
class Moon(PolygonRegion):
    """The band of a half circle, with the published law in it."""

    arc: Callable[[Points], Points]

    def sample(self, n: int, rng: np.random.Generator) -> Points:
        """Evenly spaced along the arc, each point shifted by one uniform number: (n, 2)."""
        return self.arc(np.linspace(0, np.pi, n)) + SHIFT * rng.random((n, 1))


def _moon(name: str, arc: Callable[[Points], Points]) -> Moon:
    line = arc(np.linspace(0, np.pi, 400))
    bands = [shapely.Polygon([a, b, b + SHIFT, a + SHIFT]) for a, b in pairwise(line)]
    band = shapely.union_all([piece.buffer(1e-3) for piece in bands])  # chords lie a little inside the arc
    return Moon(name, band, arc)


SPACE = Space(
    name="eight-gaussians-to-moons",
    title="Eight Gaussians to moons",
    summary="Random points come from eight Gaussians around two moons: a published toy.",
    regions=(_moon(UPPER, upper), _moon(LOWER, lower)),
    concepts=(Concept(UPPER, (-1.0, 0.0), (UPPER,)), Concept(LOWER, (1.0, 0.0), (LOWER,))),
    bounds=(-7.0, 7.0),
    start_scale=0.1**0.25,
    start_means=tuple((5 * math.cos(k * math.pi / 4), 5 * math.sin(k * math.pi / 4)) for k in range(8)),
)
