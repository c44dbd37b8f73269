"""The vector index: nearest pairs by `|desc_scale * (DE - description)|^2 + |R - image|^2 - w`, exactly.

It holds the keys `concatenate(desc_scale * description, image)` in a ball tree (`sandbox.pairs.search`); a large `desc_scale`
makes the description matter more than the place. A question without a description is answered from the images alone. The
weights w are 0, or those with which every pair is found equally often (`sandbox.pairs.balance`).
"""

from functools import lru_cache

import numpy as np
import torch
from scipy.spatial import KDTree

from sandbox.engine import is_given
from sandbox.pairs.balance import BalanceWeights, keys
from sandbox.pairs.search import search
from sandbox.pairs.transport import lifted
from sandbox.pairs.world import Descriptions, Pairs, World, make_pairs
from sandbox.spaces import Array, Indices, Points


class PairIndex:
    """The nearest pairs, or with balance weights those that spread over all."""

    def __init__(self, pairs: Pairs, desc_scale: float, balance: BalanceWeights | None = None) -> None:
        if len(pairs.image) == 0:
            raise ValueError("The index needs at least one pair.")
        self.pairs, self.desc_scale, self.balance = pairs, desc_scale, balance
        described = keys(desc_scale, pairs.description, pairs.image)
        stored = (described, pairs.image)
        if balance is not None:
            stored = lifted(described, balance.described), lifted(pairs.image, balance.undescribed)
        self._described, self._images = map(search, stored)
        self._lift = 0 if balance is None else 1  # coordinates of the key that questions have 0 in

    def query(self, description: Descriptions, image: Points, k: int = 1) -> tuple[Array, Indices]:
        """The k best pairs of each row, best first.

        description (n, e), NaN where there is none; image (n, d) -> distance in the keys' metric (n, k), index (n, k).
        """
        given = is_given(torch.tensor(description)).numpy()
        distance, index = np.empty((len(image), k)), np.empty((len(image), k), dtype=np.int64)
        key = keys(self.desc_scale, description, image)
        for rows, tree, asked in ((given, self._described, key), (~given, self._images, image)):
            if rows.any():
                distance[rows], index[rows] = tree.query(np.pad(asked[rows], ((0, 0), (0, self._lift))), k)
        return distance, index

    def close_pair(self, description: Descriptions, image: Points) -> Indices:
        """The best pair of each row: (n,)."""
        return self.query(description, image)[1][:, 0]


@lru_cache(maxsize=32)
def pair_index(world: World, desc_scale: float) -> PairIndex:
    """The plain index over a world's pairs."""
    return PairIndex(make_pairs(world), desc_scale)


@lru_cache(maxsize=32)
def spacing(world: World) -> float:
    """Mean distance from a pair's image to the nearest other one, space units."""
    image = np.unique(make_pairs(world).image, axis=0)
    return float(KDTree(image).query(image, [2])[0].mean())
