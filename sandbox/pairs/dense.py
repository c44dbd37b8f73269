"""The weights of some thousands of pairs: Sinkhorn's iterations and Newton's method on the dual (`sandbox.pairs.transport`).

The minimum is softened at temperature eps, as in entropic transport (Cuturi 2013, arXiv 1306.0895): Sinkhorn's iterations on a
sample, from hot to cold, settle the large scale, and Newton's method on fresh samples, with the few pairs near each question
alone, the small one (the Hessian is a graph Laplacian; Kitagawa et al. 2019, arXiv 1603.05579).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg

from sandbox.pairs.transport import CUT, ITERATIONS, Questions, find, temperature_of
from sandbox.spaces import Array

SINKHORN = 2  # questions a pair in Sinkhorn's sample
NEWTON = ((10, 24), (20, 16), (30, 10), (30, 10))  # questions a pair, neighbours that a question weighs
RIDGE = 0.3  # of the Hessian's mean diagonal: a pair that is hardly found is not moved by much


def balanced(key: Array, questions: Questions) -> Iterator[Array]:
    """Better and better weights of n keys (n, k) that make questions find each equally often: (n,), mean 0.

    Sinkhorn's matrix has a row for each question and a column for each pair: 4 GB at 10,000 pairs.
    """
    weights = _sinkhorn(key, questions(SINKHORN * len(key)))
    yield weights - weights.mean()
    for each, k in NEWTON:
        weights = _newton(key, weights, questions(each * len(key)), min(k, len(key)))
        yield weights - weights.mean()


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
    temperature = temperature_of(cost)
    soft = np.exp((cost[:, :1] - cost) / temperature)
    soft /= soft.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(m), k)
    found = sparse.csr_matrix((soft.ravel(), (rows, index.ravel())), shape=(m, n))
    share = np.asarray(found.sum(axis=0)).ravel() / m
    hessian = (sparse.diags(share + RIDGE * temperature / n) - found.T @ found / m) / temperature
    step, _ = cg(hessian, 1 / n - share, rtol=1e-2, maxiter=100)
    return weights + np.clip(step, -CUT * temperature, CUT * temperature)
