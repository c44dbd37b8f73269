"""A latent space: regions where points mean something, and the concepts that name them.

A concept is a named place in the description space; it names one region or, when it is ambiguous, several. A pair is drawn
in two steps: a region, in proportion to its weight, and a point in it; then one of the concepts that name this region, in
proportion to theirs. So the regions of a concept are not equally likely (`Space.shares`).

In the plane a region is a polygon (with holes, with several parts), so that membership and distance are exact and the
outline that is drawn is the region that is scored. A space may have any number of dimensions: its regions say how many.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import shapely
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Points = Array  # (n, d), space units
NONE = "none"  # the concept of unconditional generation: no description at all


@dataclass(frozen=True)
class Region(ABC):
    """A named part of a space."""

    name: str
    weight: float = field(default=1.0, kw_only=True)  # how often a pair lies in it, beside the other regions' weights

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Of the space that it is a part of."""

    @abstractmethod
    def signed_distance(self, points: Points) -> Array:
        """Distance to the region's border, negative inside: points (n, d) -> (n,), space units."""

    @abstractmethod
    def sample(self, n: int, rng: np.random.Generator) -> Points:
        """Points of the region by its own law: (n, d)."""


@dataclass(frozen=True)
class PolygonRegion(Region):
    """A part of the plane, uniform inside unless a subclass says otherwise."""

    shape: shapely.Polygon | shapely.MultiPolygon

    @property
    def dimensions(self) -> int:
        return 2

    def signed_distance(self, points: Points) -> Array:
        places = shapely.points(points)
        distance = shapely.distance(self.shape.boundary, places)
        return np.where(shapely.contains(self.shape, places), -distance, distance)

    def sample(self, n: int, rng: np.random.Generator) -> Points:
        """Uniform, by rejection from the bounding box: (n, 2)."""
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
    embedding: tuple[float, ...]
    regions: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True, repr=False)
class Space:
    """A latent space with its regions and concepts; what is kept of it on disk is known by its name."""

    name: str
    title: str
    summary: str
    regions: tuple[Region, ...]
    concepts: tuple[Concept, ...]
    bounds: tuple[float, float] = (-3.0, 3.0)  # of the part that is shown, the same on all axes
    start_scale: float = 1.25  # standard deviation of the random points R on each axis, around each of
    start_means: tuple[tuple[float, ...], ...] = ()  # these, equally likely; the origin where there are none
    attribute: Callable[[Points], Array] | None = None  # added to the description's second coordinate
    drawn: ClassVar[bool] = True  # whether its regions are known exactly, and not only through pictures and a judge
    measure: ClassVar[str] = "in-region"  # what a sample is said to be that is what was asked for
    every_caption: ClassVar[bool] = False  # whether an image is paired with every concept that names its region

    def __hash__(self) -> int:  # polygons are slow to hash; equality still looks at everything
        return hash(self.name)

    def __repr__(self) -> str:  # so that a recipe's fits into a line
        return f"Space({self.name!r})"

    @property
    def dimensions(self) -> int:
        """Coordinates of an image embedding, d."""
        return self.regions[0].dimensions

    @property
    def description_dimensions(self) -> int:
        """Coordinates of a description embedding, e."""
        return len(self.concepts[0].embedding)

    @property
    def names_of_an_image(self) -> int:
        """How many concepts an image is paired with, at the most."""
        return 1

    def concept_names(self) -> tuple[str, ...]:
        """Every concept that can be asked for, the absence of one last."""
        return (*(concept.name for concept in self.concepts), NONE)

    def meant_by(self, concept: str) -> tuple[Region, ...]:
        """The regions that a concept may mean, all of them for "none"; ValueError for an unknown name."""
        names = {known.name: known.regions for known in self.concepts}
        if concept == NONE:
            return self.regions
        if concept not in names:
            raise ValueError(f"{self.name} has no concept {concept!r}; it has {', '.join(self.concept_names())}.")
        return tuple(region for region in self.regions if region.name in names[concept])

    def naming(self, region: Region) -> Array:
        """P(concept | region): how often each concept describes a pair of this region, (concepts,)."""
        weights = np.array([concept.weight * (region.name in concept.regions) for concept in self.concepts])
        return weights / weights.sum()

    def shares(self, concept: str) -> Array:
        """P(region | concept) for the regions of `meant_by`, as often as pairs of this concept lie in each: (m,)."""
        weights = np.array([region.weight for region in self.meant_by(concept)])
        if concept != NONE:
            which = [known.name for known in self.concepts].index(concept)
            weights = weights * [self.naming(region)[which] for region in self.meant_by(concept)]
        return weights / weights.sum()

    def embedding(self, concept: str) -> Array:
        """The concept's place in the description space, without noise: (e,), NaN for "none"; ValueError if unknown."""
        self.meant_by(concept)
        places = {known.name: known.embedding for known in self.concepts}
        return np.array(places.get(concept, (np.nan,) * self.description_dimensions))

    def distance(self, points: Points, concept: str = NONE) -> Array:
        """Signed distance to the nearest region that the concept may mean, negative inside: (n, d) -> (n,)."""
        return np.min([region.signed_distance(points) for region in self.meant_by(concept)], axis=0)

    def sample(self, n: int, rng: np.random.Generator, concept: str = NONE) -> Points:
        """Points of the concept's regions by the law of its pairs: (n, d)."""
        which = choose(self.shares(concept), n, rng)
        points = np.empty((n, self.dimensions))
        for i, region in enumerate(self.meant_by(concept)):
            points[which == i] = region.sample(int((which == i).sum()), rng)
        return points

    def sample_again(self, n: int, rng: np.random.Generator, concept: str = NONE) -> Points:
        """Points by the same law that are not among those of `sample`: (n, d)."""
        return self.sample(n, rng, concept)

    def known(self, concept: str) -> float:
        """How many different points there are in a sample of a concept at the most; ValueError for an unknown one."""
        self.meant_by(concept)
        return math.inf

    def training(self, n: int, rng: np.random.Generator) -> tuple[Points, Indices]:
        """Images to make pairs of, n or as many as there are, and the region of each: (n, d), (n,)."""
        region = choose(self.shares(NONE), n, rng)
        image = np.empty((n, self.dimensions))
        for i, place in enumerate(self.regions):
            image[region == i] = place.sample(int((region == i).sum()), rng)
        return image, region

    def distances(self, points: Points) -> Array:
        """Signed distance to every region, negative inside: (n, d) -> (regions, n)."""
        return np.stack([region.signed_distance(points) for region in self.regions])

    def start(self, n: int, rng: np.random.Generator) -> Points:
        """Random points R, from which every method sets out: (n, d), normal around one of `start_means`."""
        noise = self.start_scale * rng.standard_normal((n, self.dimensions))
        return noise + self.means[rng.integers(len(self.means), size=n)]

    @property
    def means(self) -> Points:
        """The centres of the random points R: (m, d)."""
        return np.array(self.start_means or ((0.0,) * self.dimensions,))


def choose(shares: Array, n: int, rng: np.random.Generator) -> Indices:
    """n indices by these probabilities: (n,)."""
    if np.allclose(shares, shares[0]):  # a plain draw, as the shipped weights and tables were made with
        return rng.integers(len(shares), size=n)
    return rng.choice(len(shares), size=n, p=shares)
