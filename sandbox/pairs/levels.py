"""The weights of more pairs than a dense matrix holds: from a part of them to more, until all are in.

A part of the pairs is balanced as few are (`sandbox.pairs.dense`) and taken as known on the large scale. More join, each with
the weight that the questions of its neighbours say (the c-transform), and Sinkhorn's iterations go on with the pairs near each
question alone, as in Schmitzer 2019 (arXiv 1610.06519).

Which pairs are near is asked of a tree once a level. A question is far from all keys, so that a tree has to look at many of
them. But questions that find the same pair of the level before find the same few pairs of this one: what the tree says of some
of them is listed for all, and everything further is looked up in these lists, twenty times as quickly.
"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from sandbox.pairs.dense import balanced
from sandbox.pairs.search import nearest
from sandbox.pairs.transport import ITERATIONS, Questions, find, temperature_of
from sandbox.spaces import Array, Indices

COARSE, GROWTH = 3000, 6.0  # pairs of the first level, and how many times more each further one has
FIRST = (2, 48)  # of a level: questions a pair that the tree is asked, and pairs that each weighs
LATER = ((8, 12), (16, 6), (24, 4), (32, 3))  # the same of the lists
AGAIN = (2, 24)  # of the tree once more before the last of these, at weights that are nearly right
LISTED = 128  # pairs for each of the level before
NEIGHBOURS, ASKED = 8, 16  # pairs near one that joins, and questions of each
STEP, RAISE, LOWER = 5.0, 4.5, 6.0  # of a weight: times at an iteration, and in all, in temperatures
AT_ONCE = 20_000  # questions, or pairs that join


class Levels:
    """The pairs of every level (n, k) with their weights, and for each of one level those of the next that may be found."""

    def __init__(self, key: Array, weights: Array) -> None:
        self._keys, self._weights = [key], [weights]
        self._lists: list[
            tuple[Indices, Array]
        ] = []  # of each cell its pairs, (cells, LISTED), and their keys beside them
        self._told: list[Indices] = []  # cell * n + pair, for every pair that a tree found for a question in the cell

    def add(self, key: Array, weights: Array) -> None:
        """A level of more pairs, whose lists are still to be told."""
        self._keys.append(key)
        self._weights.append(weights)
        self._told = []

    def tell(self, questions: Array, index: Indices) -> None:
        """List what a tree says: the pairs `index` (m, k) of the last level are the best of these questions."""
        key, cells, k = self._keys[-1], self._keys[-2], index.shape[1]
        cell = self._found(questions, 1, len(self._keys) - 2)[1][:, 0]
        self._told.append(np.repeat(cell, k) * len(key) + index.ravel())
        told, count = np.unique(np.concatenate(self._told), return_counts=True)
        cell, pair = np.divmod(told, len(key))
        order = np.lexsort((-count, cell))  # those that most questions of a cell found come first
        cell, pair = cell[order], pair[order]
        place = np.arange(len(cell)) - np.searchsorted(cell, cell)
        lists = nearest(key, cells, min(LISTED, len(key)))[1]  # where few questions told of any
        listed = place < lists.shape[1]
        lists[cell[listed], place[listed]] = pair[listed]
        self._lists = [*self._lists[: len(self._keys) - 2], (lists, key[lists].astype(np.float32))]

    def weigh(self, weights: Array) -> None:
        """Give the pairs of the last level other weights."""
        self._weights[-1] = weights

    def find(self, questions: Array, k: int) -> tuple[Array, Indices]:
        """The k listed pairs of least `|key_i - q|^2 - w_i` of the last level: that cost, (n, k), and their indices (n, k)."""
        return self._found(questions, k, len(self._keys) - 1)

    def _found(self, questions: Array, k: int, level: int) -> tuple[Array, Indices]:
        parts = np.array_split(questions, len(questions) // AT_ONCE + 1)
        costs, found = zip(*(self._descend(part.astype(np.float32), k, level) for part in parts), strict=True)
        return np.concatenate(costs).astype(float), np.concatenate(found)

    def _descend(self, q: Array, k: int, level: int) -> tuple[Array, Indices]:
        key, every = self._keys[0].astype(np.float32), np.arange(len(q))
        cost = self._constant(0) - 2 * (q @ key.T)
        listed = np.broadcast_to(np.arange(cost.shape[1]), cost.shape)
        for below in range(1, level + 1):
            cell = listed[every, cost.argmin(axis=1)]
            lists, keys = self._lists[below - 1]
            listed = lists[cell]
            cost = self._constant(below)[listed] - 2 * (keys[cell] @ q[:, :, None])[:, :, 0]
        best = np.argpartition(cost, k - 1, axis=1)[:, :k] if k < cost.shape[1] else np.argsort(cost, axis=1)
        order = np.take_along_axis(cost, best, axis=1).argsort(axis=1, kind="stable")
        best = np.take_along_axis(best, order, axis=1)
        found = np.take_along_axis(listed, best, axis=1)
        return np.take_along_axis(cost, best, axis=1) + np.square(q).sum(axis=1)[:, None], found

    def _constant(self, level: int) -> Array:
        """What of the cost no question changes."""
        return (np.square(self._keys[level]).sum(axis=1) - self._weights[level]).astype(np.float32)


def by_levels(key: Array, questions: Questions) -> Iterator[Array]:
    """From the weights of a part of the keys to those of more, until all are in; what the last level gives is given."""
    order = np.random.default_rng(0).permutation(len(key))
    known = key[order[:COARSE]]
    *_, weights = balanced(known, questions)
    levels = Levels(known, weights)
    while len(known) < len(key):
        more = key[order[: min(round(GROWTH * len(known)), len(key))]]
        n = len(more)
        weights = extended(levels, known, weights, more, questions(2 * n))
        levels.add(more, weights)
        weights = moved(weights, *_asked(levels, more, weights, questions, *FIRST))
        for number, (each, k) in enumerate(LATER, 1):
            levels.weigh(weights)
            if n == len(key):
                yield _in_order(weights, order)
            if number == len(LATER):
                _asked(levels, more, weights, questions, *AGAIN)
            weights = moved(weights, *levels.find(questions(each * n), k))
        levels.weigh(weights)
        known = more
    yield _in_order(weights, order)


def _asked(
    levels: Levels, key: Array, weights: Array, questions: Questions, each: int, k: int
) -> tuple[Array, Indices]:
    """What a tree says of so many fresh questions a pair, which the levels are told."""
    asked = questions(each * len(key))
    cost, index = find(key, weights, asked, k)
    levels.tell(asked, index)
    return cost, index


def _in_order(weights: Array, order: Indices) -> Array:
    every = np.empty(len(order))
    every[order] = weights - weights.mean()
    return every


def extended(levels: Levels, known: Array, weights: Array, key: Array, questions: Array) -> Array:
    """Weights of keys by the weights of others: the c-transform, `w = softmin_q (|key - q|^2 - f(q))`: (n,).

    f(q) is what a question pays among the others; of all q those are looked at that find others nearby.
    """
    cost, found = (column[:, 0] for column in levels.find(questions, 1))
    order = np.argsort(found, kind="stable")
    first, count = np.searchsorted(found[order], np.arange(len(known))), np.bincount(found, minlength=len(known))
    place = first[:, None] + np.arange(ASKED)
    asked = order[np.minimum(place, len(order) - 1)]  # (known, ASKED) questions
    paid = np.where(np.arange(ASKED) < count[:, None], cost[asked], -np.inf)
    _, near = nearest(known, key, min(NEIGHBOURS, len(known)))
    found_weights = np.empty(len(key))
    for rows in np.array_split(np.arange(len(key)), 1 + 4 * len(key) // AT_ONCE):
        apart = key[rows, None, None] - questions[asked[near[rows]]]
        value = (np.square(apart).sum(axis=3) - paid[near[rows]]).reshape(len(rows), -1)
        best = np.sort(np.partition(value, NEIGHBOURS)[:, :NEIGHBOURS], axis=1)
        usual = weights[near[rows, :1]]  # where no question finds anything nearby
        best = np.where(np.isfinite(best), best, np.where(np.isfinite(best[:, :1]), best[:, :1], usual))
        temperature = temperature_of(best)
        found_weights[rows] = best[:, 0] - temperature * np.log(np.exp((best[:, :1] - best) / temperature).mean(axis=1))
    return found_weights


def moved(weights: Array, cost: Array, index: Indices) -> Array:
    """Weights (n,) after Sinkhorn's iterations with the best pairs of each question alone: their cost and indices, (m, k).

    At the temperature at which these suffice. A pair that is near few questions is not raised so far that it is found
    everywhere, and one that is near none stays as it is.
    """
    n, (m, k) = len(weights), cost.shape
    temperature = temperature_of(cost)
    soft = np.exp((cost[:, :1] - cost) / temperature)
    kernel = sparse.csr_matrix((soft.ravel(), index.ravel(), np.arange(0, m * k + 1, k)), shape=(m, n))
    transposed, factor = kernel.T.tocsr(), np.ones(n)
    for _ in range(ITERATIONS):
        share = factor * (transposed @ (1 / (kernel @ factor))) / m
        factor *= np.clip(1 / (n * np.maximum(share, 1e-3 / n)), 1 / STEP, STEP)
        factor = np.clip(factor, np.exp(-LOWER), np.exp(RAISE))
    factor[np.diff(transposed.indptr) == 0] = 1
    better: Array = weights + temperature * np.log(factor)
    return better - better.mean()
