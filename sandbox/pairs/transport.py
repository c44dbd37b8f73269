"""Weights on the pairs, so that random questions find every pair equally often.

With weights w the index answers a question q with the pair i of least `|key_i - q|^2 - w_i`. These are the cells of a power
diagram, and the w that give every cell the same probability maximise the dual of semi-discrete optimal transport from the
law of the questions to the pairs (Aurenhammer et al. 1998; Genevay et al. 2016, arXiv 1605.08527, equation 7),

    F(w) = E_q[ min_i (|key_i - q|^2 - w_i) ] + mean(w),    dF / dw_i = 1/n - P(pair i is found).

F is concave, but plain stochastic ascent from 0 takes for ever: far pairs are never found, so nothing is learned about them.
Here the minimum is first softened at temperature eps, as in entropic transport (Cuturi 2013, arXiv 1306.0895): Sinkhorn's
iterations on a sample, from hot to cold, settle the large scale, and Newton's method on fresh samples, with the few pairs
near each question alone, the small one (the Hessian is a graph Laplacian; Kitagawa et al. 2019, arXiv 1603.05579).

Sinkhorn's matrix has a row for each question and a column for each pair, which is too much beyond some thousands of pairs.
There a part of the pairs is balanced first, and taken as known on the large scale. More pairs join, each with the weight that
the questions of its neighbours say (the c-transform), and Sinkhorn's iterations go on with the pairs near each question alone,
as in Schmitzer 2019 (arXiv 1610.06519): from level to level, until all are in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg
from scipy.spatial import KDTree

from sandbox.spaces import Array, Indices

Questions = Callable[[int], Array]  # n -> (n, k), fresh questions by their law, in the key's metric

LEAF = 64  # pairs in a leaf of the tree; queries take half as long as with the library's 16
SINKHORN = 2  # questions a pair in Sinkhorn's sample
NEWTON = ((10, 24), (20, 16), (30, 10), (30, 10))  # questions a pair, neighbours that a question weighs
CUT = 6.0  # the temperature is chosen so that the last of these neighbours weighs exp(-CUT) of the first
RIDGE = 0.3  # of the Hessian's mean diagonal: a pair that is hardly found is not moved by much
DENSE = 10_000  # pairs: Sinkhorn's matrix takes 4 GB there
COARSE, GROWTH = 3000, 6.0  # pairs of the first level, and how many times more each further one has
LOCAL = ((2, 48), (4, 24), (8, 12), (20, 8))  # of a level: questions a pair, neighbours that a question weighs
NEIGHBOURS, ASKED, LOT = 8, 16, 5000  # pairs near one that joins, questions of each, and pairs that join at once
ITERATIONS = 40  # of Sinkhorn's at a temperature


@dataclass(frozen=True)
class Evenness:
    """How evenly pairs are found by fresh questions."""

    total_variation: float  # between the pairs' shares and equal shares
    floor: float  # the same for exactly equal shares, from counting alone
    never: float  # share of the pairs that were not found at all


def lifted(key: Array, weights: Array) -> Array:
    """The keys with one more coordinate, `sqrt(max(w) - w_i)`, under which the nearest key is the balanced one."""
    return np.column_stack([key, np.sqrt(np.maximum(weights.max() - weights, 0))])


def find(key: Array, weights: Array, questions: Array, k: int = 1) -> tuple[Array, Indices]:
    """The k pairs of least `|key_i - q|^2 - w_i`: that cost, up to a constant, (n, k), and their indices (n, k)."""
    tree = KDTree(lifted(key, weights), leafsize=LEAF)
    distance, index = tree.query(np.column_stack([questions, np.zeros(len(questions))]), [*range(1, k + 1)])
    return np.square(distance), index


def balance(key: Array, questions: Questions) -> Iterator[Array]:
    """Better and better weights of n keys (n, k) that make questions find each equally often: (n,), mean 0."""
    if len(key) > DENSE:
        yield from _by_levels(key, questions)
        return
    weights = _sinkhorn(key, questions(SINKHORN * len(key)))
    yield weights - weights.mean()
    for each, k in NEWTON:
        weights = _newton(key, weights, questions(each * len(key)), min(k, len(key)))
        yield weights - weights.mean()


def rounds(n: int) -> int:
    """How many weights `balance` gives for n keys."""
    return 1 + len(NEWTON) if n <= DENSE else len(LOCAL)


def evenness(key: Array, weights: Array, questions: Array) -> Evenness:
    """Count which pairs the questions find."""
    n, rng = len(key), np.random.default_rng(0)
    found = np.bincount(find(key, weights, questions)[1][:, 0], minlength=n) / len(questions)
    equal = rng.multinomial(len(questions), np.full(n, 1 / n)) / len(questions)
    floor = 0.5 * np.abs(equal - 1 / n).sum()
    return Evenness(float(0.5 * np.abs(found - 1 / n).sum()), float(floor), float((found == 0).mean()))


def _by_levels(key: Array, questions: Questions) -> Iterator[Array]:
    """From the weights of a part of the keys to those of more, until all are in; what the last level gives is given."""
    order = np.random.default_rng(0).permutation(len(key))
    known = key[order[:COARSE]]
    *_, weights = balance(known, questions)
    sizes = [COARSE]
    while sizes[-1] < len(key):
        sizes.append(min(round(GROWTH * sizes[-1]), len(key)))
    for n in sizes[1:]:
        more = key[order[:n]]
        weights = _extended(known, weights, more, questions(2 * n))
        known = more
        for each, k in LOCAL:
            weights = _local_sinkhorn(known, weights, questions(each * n), k)
            if n == len(key):
                every = np.empty(n)
                every[order] = weights - weights.mean()
                yield every


def _extended(known: Array, weights: Array, key: Array, questions: Array) -> Array:
    """Weights of keys by the weights of others: the c-transform, `w = softmin_q (|key - q|^2 - f(q))`: (n,).

    f(q) is what a question pays among the others; of all q those are looked at that find others nearby.
    """
    cost, found = (column[:, 0] for column in find(known, weights, questions))
    order = np.argsort(found, kind="stable")
    first, count = np.searchsorted(found[order], np.arange(len(known))), np.bincount(found, minlength=len(known))
    place = first[:, None] + np.arange(ASKED)
    asked = order[np.minimum(place, len(order) - 1)]  # (known, ASKED) questions
    paid = np.where(np.arange(ASKED) < count[:, None], cost[asked], -np.inf)
    _, near = KDTree(known).query(key, [*range(1, 1 + min(NEIGHBOURS, len(known)))])
    extended = np.empty(len(key))
    for rows in np.array_split(np.arange(len(key)), 1 + len(key) // LOT):
        apart = key[rows, None, None] - questions[asked[near[rows]]]
        value = (np.square(apart).sum(axis=3) - paid[near[rows]]).reshape(len(rows), -1)
        best = np.sort(np.partition(value, NEIGHBOURS)[:, :NEIGHBOURS], axis=1)
        usual = (weights - weights.max())[near[rows, :1]]  # where no question finds anything nearby
        best = np.where(np.isfinite(best), best, np.where(np.isfinite(best[:, :1]), best[:, :1], usual))
        temperature = _temperature(best)
        extended[rows] = best[:, 0] - temperature * np.log(np.exp((best[:, :1] - best) / temperature).mean(axis=1))
    return extended


def _local_sinkhorn(key: Array, weights: Array, questions: Array, k: int) -> Array:
    """Sinkhorn's iterations with the k best pairs of each question alone, at the temperature at which these suffice: (n,)."""
    n, m = len(key), len(questions)
    cost, index = find(key, weights, questions, k)
    temperature = _temperature(cost)
    soft = np.exp((cost[:, :1] - cost) / temperature)
    kernel = sparse.csr_matrix((soft.ravel(), index.ravel(), np.arange(0, m * k + 1, k)), shape=(m, n))
    transposed, factor = kernel.T.tocsr(), np.ones(n)
    for _ in range(ITERATIONS):
        share = factor * (transposed @ (1 / (kernel @ factor))) / m
        factor *= np.clip(
            1 / (n * np.maximum(share, 1e-3 / n)), 0.2, 5.0
        )  # a pair that is near no question stays in sight
    moved: Array = weights + temperature * np.log(factor)
    return moved - moved.mean()


def _temperature(cost: Array) -> float:
    """At which the last of the best pairs (m, k) weighs exp(-CUT) of the first, on average."""
    return max(float((cost[:, -1] - cost[:, 0]).mean()) / CUT, 1e-12)


def _sinkhorn(key: Array, questions: Array) -> Array:
    """Both marginals in turn; at each temperature the kernel is made once, around the weights so far."""
    n, m = len(key), len(questions)
    cost = np.square(questions).sum(1)[:, None] + np.square(key).sum(1) - 2 * questions @ key.T
    cost = (cost - cost.min(axis=1, keepdims=True)).astype(np.float32)  # half the memory, twice the speed
    weights: NDArray[np.float32] = np.zeros(n, dtype=np.float32)
    temperature = float(cost.mean())
    while temperature > _gap(cost - weights, NEWTON[0][1]) / CUT:
        temperature /= 2
        exponent = (weights - cost) / temperature
        kernel = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        factor: NDArray[np.float32] = np.ones(n, dtype=np.float32)
        for _ in range(ITERATIONS):
            share = kernel.T @ (1 / (kernel @ factor)) / m
            factor = np.minimum(np.float32(1 / n) / np.maximum(share, 1e-30), np.float32(1e12))
        weights = (weights + temperature * np.log(factor)).astype(np.float32)
        weights -= weights.mean()
    return weights.astype(np.float64)


def _gap(cost: NDArray[np.float32], k: int) -> float:
    """How much more the k-th best pair costs than the best, on average over some questions."""
    best = np.partition(cost[:500], (0, min(k, cost.shape[1]) - 1), axis=1)
    return float((best[:, min(k, cost.shape[1]) - 1] - best[:, 0]).mean())


def _newton(key: Array, weights: Array, questions: Array, k: int) -> Array:
    """One step of Newton's method on the softened dual, no weight further than its neighbours are worth."""
    n, m = len(key), len(questions)
    cost, index = find(key, weights, questions, k)
    temperature = _temperature(cost)
    soft = np.exp((cost[:, :1] - cost) / temperature)
    soft /= soft.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(m), k)
    found = sparse.csr_matrix((soft.ravel(), (rows, index.ravel())), shape=(m, n))
    share = np.asarray(found.sum(axis=0)).ravel() / m
    hessian = (sparse.diags(share + RIDGE * temperature / n) - found.T @ found / m) / temperature
    step, _ = cg(hessian, 1 / n - share, rtol=1e-2, maxiter=100)
    return weights + np.clip(step, -CUT * temperature, CUT * temperature)
