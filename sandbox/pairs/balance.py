"""Weights on the pairs, so that random questions find every pair equally often.

With weights w the index answers a question q with the pair i of least `|key_i - q|^2 - w_i`. These are the cells of a power
diagram, and the w that give every cell the same probability maximise the dual of semi-discrete optimal transport from the
law of the questions to the pairs (Aurenhammer et al. 1998; Genevay et al. 2016, arXiv 1605.08527, equation 7),

    F(w) = E_q[ min_i (|key_i - q|^2 - w_i) ] + mean(w),    dF / dw_i = 1/n - P(pair i is found).

F is concave, but plain stochastic ascent from 0 takes for ever: far pairs are never found, so nothing is learned about them.
Here the minimum is first softened at temperature eps, as in entropic transport (Cuturi 2013, arXiv 1306.0895): Sinkhorn's
iterations on a sample, from hot to cold, settle the large scale, and Newton's method on fresh samples, with the few pairs
near each question alone, the small one (the Hessian is a graph Laplacian; Kitagawa et al. 2019, arXiv 1603.05579).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg
from sklearn.neighbors import BallTree

from sandbox.pairs import LEAF

Array = NDArray[np.float64]
Questions = Callable[[int], Array]  # n -> (n, d), fresh questions by their law, in the key's metric

SINKHORN = 2  # questions a pair in Sinkhorn's sample
NEWTON = ((10, 24), (20, 16), (30, 10), (30, 10))  # questions a pair, neighbours that a question weighs
CUT = 6.0  # the temperature is chosen so that the last of these neighbours weighs exp(-CUT) of the first
RIDGE = 0.3  # of the Hessian's mean diagonal: a pair that is hardly found is not moved by much


@dataclass(frozen=True)
class Evenness:
    """How evenly pairs are found by fresh questions."""

    total_variation: float  # between the pairs' shares and equal shares
    floor: float  # the same for exactly equal shares, from counting alone
    never: float  # share of the pairs that were not found at all


def lifted(keys: Array, weights: Array) -> Array:
    """The keys with one more coordinate, `sqrt(max(w) - w_i)`, under which the nearest key is the balanced one."""
    return np.column_stack([keys, np.sqrt(np.maximum(weights.max() - weights, 0))])


def find(keys: Array, weights: Array, questions: Array, k: int = 1) -> tuple[Array, NDArray[np.int64]]:
    """The k pairs of least `|key_i - q|^2 - w_i`: that cost, up to a constant, (n, k), and their indices (n, k)."""
    tree = BallTree(lifted(keys, weights), leaf_size=LEAF)
    distance, index = tree.query(np.column_stack([questions, np.zeros(len(questions))]), k)
    return np.square(distance), index


def balance(keys: Array, questions: Questions) -> Array:
    """The weights of n keys (n, d) that make questions find each equally often: (n,), mean 0."""
    weights = _sinkhorn(keys, questions(SINKHORN * len(keys)))
    for each, k in NEWTON:
        weights = _newton(keys, weights, questions(each * len(keys)), min(k, len(keys)))
    return weights - weights.mean()


def evenness(keys: Array, weights: Array, questions: Array) -> Evenness:
    """Count which pairs the questions find."""
    n, rng = len(keys), np.random.default_rng(0)
    found = np.bincount(find(keys, weights, questions)[1][:, 0], minlength=n) / len(questions)
    equal = rng.multinomial(len(questions), np.full(n, 1 / n)) / len(questions)
    floor = 0.5 * np.abs(equal - 1 / n).sum()
    return Evenness(float(0.5 * np.abs(found - 1 / n).sum()), float(floor), float((found == 0).mean()))


def _sinkhorn(keys: Array, questions: Array) -> Array:
    """Both marginals in turn; at each temperature the kernel is made once, around the weights so far."""
    n, m = len(keys), len(questions)
    cost = np.square(questions).sum(1)[:, None] + np.square(keys).sum(1) - 2 * questions @ keys.T
    cost = (cost - cost.min(axis=1, keepdims=True)).astype(np.float32)  # half the memory, twice the speed
    weights: NDArray[np.float32] = np.zeros(n, dtype=np.float32)
    temperature = float(cost.mean())
    while temperature > _gap(cost - weights, NEWTON[0][1]) / CUT:
        temperature /= 2
        exponent = (weights - cost) / temperature
        kernel = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        factor: NDArray[np.float32] = np.ones(n, dtype=np.float32)
        for _ in range(40):
            share = kernel.T @ (1 / (kernel @ factor)) / m
            factor = np.minimum(np.float32(1 / n) / np.maximum(share, 1e-30), np.float32(1e12))
        weights = (weights + temperature * np.log(factor)).astype(np.float32)
        weights -= weights.mean()
    return weights.astype(np.float64)


def _gap(cost: NDArray[np.float32], k: int) -> float:
    """How much more the k-th best pair costs than the best, on average over some questions."""
    best = np.partition(cost[:500], (0, min(k, cost.shape[1]) - 1), axis=1)
    return float((best[:, min(k, cost.shape[1]) - 1] - best[:, 0]).mean())


def _newton(keys: Array, weights: Array, questions: Array, k: int) -> Array:
    """One step of Newton's method on the softened dual, no weight further than its neighbours are worth."""
    n, m = len(keys), len(questions)
    cost, index = find(keys, weights, questions, k)
    temperature = max(float((cost[:, -1] - cost[:, 0]).mean()) / CUT, 1e-12)
    soft = np.exp((cost[:, :1] - cost) / temperature)
    soft /= soft.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(m), k)
    found = sparse.csr_matrix((soft.ravel(), (rows, index.ravel())), shape=(m, n))
    share = np.asarray(found.sum(axis=0)).ravel() / m
    hessian = (sparse.diags(share + RIDGE * temperature / n) - found.T @ found / m) / temperature
    step, _ = cg(hessian, 1 / n - share, rtol=1e-2, maxiter=100)
    return weights + np.clip(step, -CUT * temperature, CUT * temperature)
