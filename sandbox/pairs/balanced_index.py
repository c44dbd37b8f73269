"""The index with a weight on every pair: nearest by `|key_i - query|^2 - w_i`, so that each pair is found equally often.

It answers as `sandbox.pairs.PairIndex` does, with one more coordinate in the key of the ball tree. Questions without a
description have weights of their own, because they are asked of the images alone.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray
from sklearn.neighbors import BallTree

from sandbox.pairs import LEAF, Descriptions, World, make_pairs, pair_index
from sandbox.pairs.balance import Array, balance, lifted
from sandbox.spaces import Points, space_named

SHIPPED = Path(__file__).parents[1] / "weights" / "files"


class BalancedIndex:
    """Balanced lookups under the law of random descriptions and random points R."""

    def __init__(self, world: World, desc_scale: float) -> None:
        plain = pair_index(world, desc_scale)
        self.pairs, self.keys = plain.pairs, plain.keys
        # (pairs,) each; squared key units, and squared space units for questions without a description.
        self.weights, self.none_weights = _shipped(world, desc_scale) or balanced_weights(world, desc_scale)
        described = self.keys(self.pairs.description, self.pairs.image)
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


def balanced_weights(world: World, desc_scale: float) -> tuple[Array, Array]:
    """The weights for questions with a description and for those without, computed in some seconds: (pairs,) each."""
    plain, space = pair_index(world, desc_scale), space_named(world.space)
    rng = np.random.default_rng([world.seed, 6])

    def questions(n: int) -> Array:
        return plain.keys(random_descriptions(world, n, rng), space.start(n, rng))

    weights = balance(plain.keys(plain.pairs.description, plain.pairs.image), questions)
    none_weights = balance(plain.pairs.image, lambda n: space.start(n, rng))
    return _rounded(weights), _rounded(none_weights)


def ship(world: World, desc_scale: float) -> Path:
    """Keep a world's weights with the code."""
    weights, none_weights = (part.astype(np.float32) for part in balanced_weights(world, desc_scale))
    path = SHIPPED / file_name(world, desc_scale)
    safetensors.numpy.save_file({"weights": weights, "none_weights": none_weights}, path)
    return path


def file_name(world: World, desc_scale: float) -> str:
    """The name of the file with a world's weights."""
    return f"balance-{hashlib.sha256(repr((world, desc_scale)).encode()).hexdigest()[:16]}.safetensors"


def _shipped(world: World, desc_scale: float) -> tuple[Array, Array] | None:
    """The weights that come with the code; none where there are none, or the file is damaged."""
    try:
        kept = safetensors.numpy.load_file(SHIPPED / file_name(world, desc_scale))
        weights, none_weights = (kept[name].astype(np.float64) for name in ("weights", "none_weights"))
    except (OSError, KeyError, safetensors.SafetensorError):
        return None
    sound = all(part.shape == (world.pairs,) and np.isfinite(part).all() for part in (weights, none_weights))
    return (weights, none_weights) if sound else None


def _rounded(weights: Array) -> Array:
    """As they are kept, so that shipped weights and computed ones are the same."""
    return weights.astype(np.float32).astype(np.float64)


@lru_cache(maxsize=16)
def balanced_index(world: World, desc_scale: float) -> BalancedIndex:
    """The balanced index over a world's pairs; some seconds where no weights are shipped, ValueError for a bad desc_scale."""
    return BalancedIndex(world, desc_scale)


def random_descriptions(world: World, n: int, rng: np.random.Generator) -> Descriptions:
    """Random descriptions by the law of the pairs', freshly drawn: (n, 2)."""
    pairs = make_pairs(world)
    clean = pairs.clean[rng.integers(len(pairs.clean), size=n)]
    drawn: Descriptions = clean + world.description_noise * rng.standard_normal(clean.shape)
    return drawn
