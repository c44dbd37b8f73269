"""Pairs of an image embedding with a description embedding, and the index that finds the nearest one.

The index holds the keys `concatenate(desc_scale * description, image)` in a ball tree. A large `desc_scale` makes the
description matter more than the place; a row of NaN in place of a description means "none", and is answered from the
images alone.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import BallTree

from sandbox.spaces import NONE, Points, Space, space_named

Descriptions = NDArray[np.float64]  # (n, 2), description units

LEAF = 10  # pairs in a leaf of the tree; queries take a sixth less time than with the library's 40


@dataclass(frozen=True)
class World:
    """The recipe of a set of pairs: which space, how many, how noisy the descriptions are, which seed."""

    space: str = "cats-and-dogs"
    pairs: int = 3000
    description_noise: float = 0.05  # standard deviation on each axis, description units
    seed: int = 0

    def __post_init__(self) -> None:
        space_named(self.space)
        if self.pairs < 1:
            raise ValueError("A world needs at least one pair.")
        if not (np.isfinite(self.description_noise) and self.description_noise >= 0):
            raise ValueError("The description noise must be a number from 0 upwards.")


@dataclass(frozen=True, eq=False)
class Pairs:
    """What the index is made of: n images, what they are called, and the region each lies in."""

    image: Points  # (n, 2)
    description: Descriptions  # (n, 2), with noise
    clean: Descriptions  # (n, 2), without
    region: NDArray[np.int64]  # (n,), into the space's regions
    concept: NDArray[np.int64]  # (n,), into the space's concepts


@lru_cache(maxsize=32)
def make_pairs(world: World) -> Pairs:
    """Draw the pairs of a world: a region, a point in it, a concept that names the region, the description's noise."""
    space = space_named(world.space)
    rng = np.random.default_rng(world.seed)
    n = world.pairs
    region = rng.integers(len(space.regions), size=n)
    image, concept = np.empty((n, 2)), np.empty(n, dtype=np.int64)
    for i, place in enumerate(space.regions):
        here = region == i
        image[here] = place.sample(int(here.sum()), rng)
        weight = np.array([known.weight * (place.name in known.regions) for known in space.concepts])
        concept[here] = rng.choice(len(weight), size=int(here.sum()), p=weight / weight.sum())
    clean = _embed(space, image, concept)
    noisy = clean + world.description_noise * rng.standard_normal(clean.shape)
    for column in (image, noisy, clean, region, concept):
        column.flags.writeable = False  # everyone shares them
    return Pairs(image, noisy, clean, region, concept)


def ask(world: World, concept: str, n: int, rng: np.random.Generator) -> Descriptions:
    """Fresh descriptions of a concept by the law of the pairs' own: one of theirs without its noise, and new noise.

    -> (n, 2), NaN for "none". ValueError for an unknown concept, or one that no pair is described with.
    """
    space = space_named(world.space)
    space.meant_by(concept)  # raises for an unknown name
    if concept == NONE:
        return np.full((n, 2), np.nan)
    pairs = make_pairs(world)
    clean = pairs.clean[pairs.concept == [known.name for known in space.concepts].index(concept)]
    if len(clean) == 0:
        raise ValueError(f"None of the {world.pairs} pairs is described as {concept!r}: take more pairs.")
    which, noise = rng.spawn(2)  # streams of their own, so that asking for more keeps the first ones
    return clean[which.integers(len(clean), size=n)] + world.description_noise * noise.standard_normal((n, 2))


def _embed(space: Space, image: Points, concept: NDArray[np.int64]) -> Descriptions:
    embedding = np.array([known.embedding for known in space.concepts])[concept]
    if space.attribute:
        embedding[:, 1] += space.attribute(image)
    return embedding


class PairIndex:
    """Nearest pairs by `|desc_scale * (DE - description)|^2 + |R - image|^2`, exactly."""

    def __init__(self, pairs: Pairs, desc_scale: float) -> None:
        if not (np.isfinite(desc_scale) and desc_scale > 0):
            raise ValueError("desc_scale must be a number above 0.")
        if len(pairs.image) == 0:
            raise ValueError("The index needs at least one pair.")
        self.pairs = pairs
        self.desc_scale = float(desc_scale)
        self._described = BallTree(self.keys(pairs.description, pairs.image), leaf_size=LEAF)
        self._images = BallTree(pairs.image, leaf_size=LEAF)

    def keys(self, description: Descriptions, image: Points) -> NDArray[np.float64]:
        """`concatenate(desc_scale * description, image)`: (n, 4)."""
        return np.concatenate([self.desc_scale * description, image], axis=1)

    def query(
        self, description: Descriptions, image: Points, k: int = 1
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The k nearest pairs of each row, nearest first.

        description (n, 2), NaN where there is none; image (n, 2) -> distance in the key's metric (n, k), index (n, k).
        """
        given = ~np.isnan(description[:, 0])
        distance, index = np.empty((len(image), k)), np.empty((len(image), k), dtype=np.int64)
        if given.any():
            distance[given], index[given] = self._described.query(self.keys(description[given], image[given]), k)
        if not given.all():
            distance[~given], index[~given] = self._images.query(image[~given], k)
        return distance, index


@lru_cache(maxsize=32)
def pair_index(world: World, desc_scale: float) -> PairIndex:
    """The index over a world's pairs; ValueError for a desc_scale that is not above 0."""
    return PairIndex(make_pairs(world), desc_scale)
