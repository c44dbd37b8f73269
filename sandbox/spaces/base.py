"""A latent space: regions where points mean something, and the concepts that name them.

A region is a polygon (with holes, with several parts), so that membership and distance are exact and the outline that is
drawn is the region that is scored. A concept is a named place in the description space; it names one region or, when it is
ambiguous, several. A pair is drawn in two steps: a region, all equally likely, and a point uniform in it; then one of the
concepts that name this region, in proportion to their weights.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (n, 2), space units
NONE = "none"  # the concept of unconditional generation: no description at all


@dataclass(frozen=True)
class Region:
    """A named part of the plane, uniform inside unless it has a law of its own."""

    name: str
    shape: shapely.Polygon | shapely.MultiPolygon
    law: Callable[[int, np.random.Generator], Points] | None = None  # n points inside the shape

    def signed_distance(self, points: Points) -> NDArray[np.float64]:
        """Distance to the region's border, negative inside.

        points (n, 2) -> (n,), space units.
        """
        places = shapely.points(points)
        distance = shapely.distance(self.shape.boundary, places)
        return np.where(shapely.contains(self.shape, places), -distance, distance)

    def sample(self, n: int, rng: np.random.Generator) -> Points:
        """Points drawn from the region: (n, 2); uniformly, by rejection from its bounding box, unless it has a law."""
        if self.law:
            return self.law(n, rng)
        x0, y0, x1, y1 = self.shape.bounds
        found = np.empty((0, 2))
        while len(found) < n:
            tries = rng.uniform((x0, y0), (x1, y1), (2 * n, 2))
            found = np.concatenate([found, tries[shapely.contains_xy(self.shape, tries)]])
        return found[:n]

    def outline(self) -> list[Points]:
        """The closed rings, outer and inner, that draw the region with the even-odd rule: each (m, 2)."""
        parts = shapely.get_parts(self.shape)
        return [np.array(ring.coords) for part in parts for ring in (part.exterior, *part.interiors)]


@dataclass(frozen=True)
class Concept:
    """A named description: its embedding, the regions it may mean, how often it describes them."""

    name: str
    embedding: tuple[float, float]
    regions: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Space:
    """A 2-D latent space with its regions and concepts."""

    name: str
    title: str
    summary: str
    regions: tuple[Region, ...]
    concepts: tuple[Concept, ...]
    bounds: tuple[float, float] = (-3.0, 3.0)  # of the plot, the same on both axes
    start_scale: float = 1.25  # standard deviation of the random points R on each axis, around each of
    start_means: tuple[tuple[float, float], ...] = ((0.0, 0.0),)  # these, equally likely
    attribute: Callable[[Points], NDArray[np.float64]] | None = None  # added to the description's second coordinate

    def concept_names(self) -> tuple[str, ...]:
        """Every concept that can be asked for, the absence of one last."""
        return (*(concept.name for concept in self.concepts), NONE)

    def meant_by(self, concept: str) -> tuple[Region, ...]:
        """The regions that a concept may mean, all of them for "none"; ValueError for an unknown name."""
        for known in self.concepts:
            if known.name == concept:
                return tuple(region for region in self.regions if region.name in known.regions)
        if concept == NONE:
            return self.regions
        raise ValueError(f"{self.name} has no concept {concept!r}; it has {', '.join(self.concept_names())}.")

    def distance(self, points: Points, concept: str = NONE) -> NDArray[np.float64]:
        """Signed distance to the nearest region that the concept may mean, negative inside: (n, 2) -> (n,)."""
        return np.min([region.signed_distance(points) for region in self.meant_by(concept)], axis=0)

    def sample(self, n: int, rng: np.random.Generator, concept: str = NONE) -> Points:
        """Points of the concept's regions, each region equally likely, uniform within one: (n, 2)."""
        regions = self.meant_by(concept)
        which = rng.integers(len(regions), size=n)
        points = np.empty((n, 2))
        for i, region in enumerate(regions):
            points[which == i] = region.sample(int((which == i).sum()), rng)
        return points

    def start(self, n: int, rng: np.random.Generator) -> Points:
        """Random points R, from which every method sets out: (n, 2), normal around one of `start_means`."""
        noise = self.start_scale * rng.standard_normal((n, 2))
        return noise + np.array(self.start_means)[rng.integers(len(self.start_means), size=n)]
