"""A latent space that is learned: what two autoencoders make of pictures and their captions.

A region is a kind of picture, a concept a caption. A kind is known through a judge, and through the latents of pictures: those
of one part are what samples are compared with, those of another part a second real sample. In the plane the judge's verdicts
have borders, and a region is a polygon; beyond it a point is inside if the judge sees the kind in the picture that the point
decodes to.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from scipy.spatial import KDTree

from sandbox.learned.ends import Ends, Pixels
from sandbox.learned.images import ImageAutoencoder
from sandbox.learned.judges import Judge
from sandbox.learned.outlines import outlines
from sandbox.learned.picture_set import PictureSet
from sandbox.learned.texts import TextAutoencoder
from sandbox.spaces.base import NONE, Array, Concept, Indices, Points, PolygonRegion, Region, Space

COMPARED, AGAIN, TRAINED = "judge", "held_out", "train"  # parts of the pictures, by what they are for here
BOUNDS = (-3.5, 3.5)  # latents and random points have standard deviation 1
TOUCHING = 1e-9  # space units outside: where a latent lies that the judge does not recognise


@dataclass(frozen=True)
class Outlined(PolygonRegion):
    """A kind of picture in a learned plane: its law is that of the pictures, not uniform."""

    ends: Ends
    kind: int

    def sample(self, n: int, rng: np.random.Generator) -> Points:
        return some_of(self.ends, COMPARED, [self.kind], n, rng)


@dataclass(frozen=True)
class Recognised(Region):
    """A kind of picture in more dimensions than two."""

    ends: Ends
    kind: int

    @property
    def dimensions(self) -> int:
        return self.ends.images.dimensions

    def signed_distance(self, points: Points) -> Array:
        """Outside to the nearest picture of this kind, inside to the nearest of another: a region has no border here."""
        return distances(self.ends, points)[self.kind]

    def sample(self, n: int, rng: np.random.Generator) -> Points:
        return some_of(self.ends, COMPARED, [self.kind], n, rng)


def distances(ends: Ends, points: Points) -> Array:
    """Signed distance to every kind as `Recognised` says: points (n, d) -> (kinds, n)."""
    known, kinds = ends.latents(COMPARED)
    finite, seen = np.isfinite(points).all(axis=1), ends.kind(points)
    away = np.full((len(ends.pictures.kinds), len(points)), np.inf)
    for kind in range(len(away)):
        away[kind, finite] = np.maximum(KDTree(known[kinds == kind]).query(points[finite])[0], TOUCHING)
    signed = away.copy()
    for kind in range(len(away)):
        inside = seen == kind
        signed[kind, inside] = -np.delete(away, kind, axis=0)[:, inside].min(axis=0)
    return signed


def some_of(ends: Ends, part: str, kinds: list[int], n: int, rng: np.random.Generator) -> Points:
    """n latents of some kinds from a part of the pictures, none twice before all were drawn: (n, d)."""
    points, kind = ends.latents(part)
    here = points[np.isin(kind, kinds)]
    rounds = -(-n // len(here)) or 1
    return here[np.concatenate([rng.permutation(len(here)) for _ in range(rounds)])[:n]]


@dataclass(frozen=True, repr=False, kw_only=True)
class LearnedSpace(Space):
    """A space made by learned ends; its regions and concepts are made when somebody looks at them."""

    ends: Ends
    regions: tuple[Region, ...] = field(init=False, compare=False)
    concepts: tuple[Concept, ...] = field(init=False, compare=False)
    drawn = False
    measure = "recognised"
    every_caption = True

    __hash__ = Space.__hash__

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (asked for what is not there yet)
        if name not in ("regions", "concepts"):
            raise AttributeError(name)
        made = self._made_regions() if name == "regions" else self._made_concepts()
        object.__setattr__(self, name, made)
        return made

    def _made_regions(self) -> tuple[Region, ...]:
        _, kind = self.ends.latents(TRAINED)
        weights = np.bincount(kind, minlength=len(self.ends.pictures.kinds)).astype(float)
        named = list(enumerate(zip(self.ends.pictures.kinds, weights, strict=True)))
        if self.dimensions != 2:
            return tuple(Recognised(name, self.ends, k, weight=weight) for k, (name, weight) in named)
        shapes: tuple[shapely.MultiPolygon, ...] = outlines(self.ends, *self.bounds)
        return tuple(Outlined(name, shapes[k], self.ends, k, weight=weight) for k, (name, weight) in named)

    def _made_concepts(self) -> tuple[Concept, ...]:
        places = self.ends.embeddings().tolist()
        captions = zip(self.ends.pictures.captions, places, strict=True)
        return tuple(Concept(caption.text, tuple(place), caption.kinds) for caption, place in captions)

    @property
    def dimensions(self) -> int:
        return self.ends.images.dimensions

    @property
    def description_dimensions(self) -> int:
        return self.ends.texts.dimensions

    @property
    def names_of_an_image(self) -> int:
        named = Counter(kind for caption in self.ends.pictures.captions for kind in caption.kinds)
        return max(named.values())

    def concept_names(self) -> tuple[str, ...]:
        return (*(caption.text for caption in self.ends.pictures.captions), NONE)

    def distances(self, points: Points) -> Array:
        return super().distances(points) if self.dimensions == 2 else distances(self.ends, points)

    def sample(self, n: int, rng: np.random.Generator, concept: str = NONE) -> Points:
        return some_of(self.ends, COMPARED, self._kinds(concept), n, rng)

    def sample_again(self, n: int, rng: np.random.Generator, concept: str = NONE) -> Points:
        return some_of(self.ends, AGAIN, self._kinds(concept), n, rng)

    def known(self, concept: str) -> int:
        kinds = self._kinds(concept)
        return min(int(np.isin(self.ends.latents(part)[1], kinds).sum()) for part in (COMPARED, AGAIN))

    def training(self, n: int, rng: np.random.Generator) -> tuple[Points, Indices]:
        points, kind = self.ends.latents(TRAINED)
        which = rng.permutation(len(points))[:n]
        return points[which], kind[which]

    def decode(self, points: Points) -> Pixels:
        """The pictures of points (n, d): (n, size, size, channels), 0 to 1."""
        return self.ends.decode(points)

    def _kinds(self, concept: str) -> list[int]:
        meant = {region.name for region in self.meant_by(concept)}
        return [k for k, name in enumerate(self.ends.pictures.kinds) if name in meant]


def learned_space(
    name: str,
    title: str,
    summary: str,
    pictures: PictureSet,
    dimensions: int,
    description_dimensions: int,
    haze: float = 0.0,
) -> LearnedSpace:
    """The space that autoencoders of so many dimensions make of a picture set; for `haze` see `ImageAutoencoder`."""
    ends = Ends(
        ImageAutoencoder(pictures, dimensions=dimensions, haze=haze),
        TextAutoencoder(pictures, dimensions=description_dimensions),
        Judge(pictures),
    )
    return LearnedSpace(name=name, title=title, summary=summary, bounds=BOUNDS, start_scale=1.0, ends=ends)
