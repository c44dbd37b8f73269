"""Exact nearest keys by a ball tree; by faiss where it is installed and there are more keys than a tree is quick with.

`pip install .[index]` installs faiss (Douze et al. 2024, arXiv 2401.08281). Up to `EXACT` keys it compares a question with all
of them; beyond, with those of some cells alone (IVF), as many as it takes to find the nearest key nearly always. How often that
is it says itself, as it is not always.
"""

import logging
from typing import Protocol

import numpy as np
from scipy.spatial import KDTree
from sklearn.neighbors import BallTree

from sandbox.spaces import Array, Indices

LEAF = 10  # keys in a leaf of the tree; queries take a sixth less time than with the library's 40
LARGE_LEAF = 64  # in one that is asked once; queries take half as long as with the library's 16
MANY, WIDE = 100_000, 8  # keys, and coordinates of a key, beyond which a tree looks at most of them
EXACT = 300_000  # keys that faiss compares one by one
FOUND = 0.99  # share of a sample's nearest keys that an inverted file has to find
SAMPLE = 1000  # keys, moved by as much as they are spread, that it is tried with


class Search(Protocol):
    """The nearest of some keys."""

    def query(self, questions: Array, k: int) -> tuple[Array, Indices]:
        """questions (m, e) -> Euclidean distances (m, k), nearest first, and the keys' numbers (m, k)."""


def search(key: Array) -> Search:
    """Of keys (n, e): by a tree unless they are many or wide and faiss is there."""
    return _beyond_trees(key) or BallTree(key, leaf_size=LEAF)


def nearest(key: Array, questions: Array, k: int) -> tuple[Array, Indices]:
    """As `Search` says, of keys (n, e) that are asked once: a k-d tree is made ten times as quickly."""
    if wide := _beyond_trees(key):
        return wide.query(questions, k)
    distance, index = KDTree(key, leafsize=LARGE_LEAF).query(questions, [*range(1, k + 1)])
    return distance, index


def _beyond_trees(key: Array) -> "Faiss | None":
    """faiss for keys that are more or wider than a tree is quick with; None for others, and where it is not installed."""
    if len(key) <= MANY and key.shape[1] <= WIDE:
        return None
    try:
        return Faiss(key)
    except ImportError:
        return None


class Faiss:
    """faiss on one thread, in single precision; ImportError where it is not installed."""

    def __init__(self, key: Array, exact: int = EXACT) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        keys = np.ascontiguousarray(key, dtype=np.float32)
        self.recall = 1.0  # share of the sample's nearest keys that are found
        self._index = faiss.IndexFlatL2(key.shape[1])
        self._index.add(keys)
        if len(key) > exact:
            self._index = self._by_cells(faiss, keys)

    def query(self, questions: Array, k: int) -> tuple[Array, Indices]:
        """As `Search` says."""
        squared, index = self._index.search(np.ascontiguousarray(questions, dtype=np.float32), k)
        return np.sqrt(np.maximum(squared, 0)).astype(float), index.astype(np.int64)

    def _by_cells(self, faiss, keys):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        """An inverted file that looks at as few cells as it may; it says how often it finds the nearest key."""
        cells, rng = int(4 * np.sqrt(len(keys))), np.random.default_rng(0)
        index = faiss.IndexIVFFlat(faiss.IndexFlatL2(keys.shape[1]), keys.shape[1], cells)
        index.train(keys[rng.choice(len(keys), min(len(keys), 50 * cells), replace=False)])
        index.add(keys)
        asked = keys[rng.choice(len(keys), SAMPLE)]
        asked += keys.std(axis=0) * rng.standard_normal(asked.shape).astype(np.float32)
        nearest = self._index.search(asked, 1)[1]
        index.nprobe = 1
        while True:
            self.recall = float((index.search(asked, 1)[1] == nearest).mean())
            if self.recall >= FOUND or index.nprobe >= cells:
                break
            index.nprobe = min(2 * index.nprobe, cells)
        logging.getLogger(__name__).warning(
            "The index of %s keys looks at %d of its %d cells, and finds %.1f %% of the nearest keys.",
            f"{len(keys):,}",
            index.nprobe,
            cells,
            100 * self.recall,
        )
        return index
