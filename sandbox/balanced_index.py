"""The index with a weight on every pair: nearest by `|key_i - query|^2 - w_i`, so that each pair is found equally often.

It answers as `sandbox.pairs.PairIndex` does, with one more coordinate in the key of the ball tree. Questions without a
description have weights of their own, because they are asked of the images alone.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import BallTree

from sandbox.balance import Array, balance, lifted
from sandbox.pairs import LEAF, Descriptions, World, make_pairs, pair_index
from sandbox.spaces import Points, space_named


class BalancedIndex:
    """Balanced lookups under the law of random descriptions and random points R."""

    def __init__(self, world: World, desc_scale: float) -> None:
        plain, space = pair_index(world, desc_scale), space_named(world.space)
        self.pairs, self.keys = plain.pairs, plain.keys
        rng = np.random.default_rng([world.seed, 6])

        def questions(n: int) -> Array:
            return self.keys(random_descriptions(world, n, rng), space.start(n, rng))

        described = self.keys(self.pairs.description, self.pairs.image)
        self.weights = balance(described, questions)  # (pairs,), squared key units
        self.none_weights = balance(self.pairs.image, lambda n: space.start(n, rng))  # (pairs,), squared space units
        self._described = BallTree(lifted(described, self.weights), leaf_size=LEAF)
        self._images = BallTree(lifted(self.pairs.image, self.none_weights), leaf_size=LEAF)

    def query(self, description: Descriptions, image: Points, k: int = 1) -> NDArray[np.int64]:
        """The k pairs of each row, best first: description (n, 2), NaN where there is none; image (n, 2) -> (n, k)."""
        given = ~np.isnan(description[:, 0])
        index = np.empty((len(image), k), dtype=np.int64)
        for rows, tree in ((given, self._described), (~given, self._images)):
            if rows.any():
                question = self.keys(description[rows], image[rows]) if tree is self._described else image[rows]
                index[rows] = tree.query(np.column_stack([question, np.zeros(len(question))]), k, return_distance=False)
        return index


@lru_cache(maxsize=16)
def balanced_index(world: World, desc_scale: float) -> BalancedIndex:
    """The balanced index over a world's pairs, some seconds the first time; ValueError for a bad desc_scale."""
    return BalancedIndex(world, desc_scale)


def random_descriptions(world: World, n: int, rng: np.random.Generator) -> Descriptions:
    """Random descriptions by the law of the pairs', freshly drawn: (n, 2)."""
    pairs = make_pairs(world)
    clean = pairs.clean[rng.integers(len(pairs.clean), size=n)]
    drawn: Descriptions = clean + world.description_noise * rng.standard_normal(clean.shape)
    return drawn
