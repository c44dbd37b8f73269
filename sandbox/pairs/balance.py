"""Weights on the pairs, so that random questions find every pair equally often.

With weights w the index answers a question q with the pair i of least `|key_i - q|^2 - w_i`. These are the cells of a power
diagram, and the w that give every cell the same probability maximise the dual of semi-discrete optimal transport from the
law of the questions to the pairs (Aurenhammer et al. 1998; Genevay et al. 2016, arXiv 1605.08527, equation 7),

    F(w) = E_q[ min_i (|key_i - q|^2 - w_i) ] + mean(w),    dF / dw_i = 1/n - P(pair i is found).

F is concave, but plain stochastic ascent from 0 takes for ever: far pairs are never found, so nothing is learned about them.
Here the minimum is first softened at temperature eps, as in entropic transport (Cuturi 2013, arXiv 1306.0895): Sinkhorn's
iterations on a sample, from hot to cold, settle the large scale, and Newton's method on fresh samples, with the few pairs
near each question alone, the small one (the Hessian is a graph Laplacian; Kitagawa et al. 2019, arXiv 1603.05579).

Questions without a description are asked of the images alone, so they have weights of their own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg
from sklearn.neighbors import BallTree
from torch import Tensor, nn

from sandbox.engine import Progress, Stored, option
from sandbox.pairs.world import Descriptions, World, make_pairs, random_descriptions
from sandbox.spaces import Array, Indices, Points

Questions = Callable[[int], Array]  # n -> (n, k), fresh questions by their law, in the key's metric

LEAF = 10  # pairs in a leaf of the tree; queries take a sixth less time than with the library's 40
SINKHORN = 2  # questions a pair in Sinkhorn's sample
NEWTON = ((10, 24), (20, 16), (30, 10), (30, 10))  # questions a pair, neighbours that a question weighs
CUT = 6.0  # the temperature is chosen so that the last of these neighbours weighs exp(-CUT) of the first
RIDGE = 0.3  # of the Hessian's mean diagonal: a pair that is hardly found is not moved by much
MOST = 10_000  # pairs: Sinkhorn's matrix takes 4 GB there


def desc_scale_option() -> Any:  # noqa: ANN401
    """desc_scale as a field of a recipe."""
    return option(
        8.0,
        "How much the description weighs against the place when the index looks up the nearest pair, by desc_scale · "
        "description next to image. Too small and the description is ignored; too large and its noise alone picks the "
        "pair, and the network cannot learn that.",
        low=1e-3,
        high=1e6,
    )


class BalanceWeights(nn.Module):
    """The weights for questions with a description and for those without: (pairs,) each, mean 0."""

    weights: Tensor  # squared key units
    none_weights: Tensor  # squared space units

    def __init__(self, pairs: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.zeros(pairs))
        self.register_buffer("none_weights", torch.zeros(pairs))

    @property
    def described(self) -> Array:
        """In double precision, as the index has them."""
        return self.weights.double().numpy()

    @property
    def undescribed(self) -> Array:
        """In double precision, as the index has them."""
        return self.none_weights.double().numpy()


@dataclass(frozen=True)
class Balance(Stored):
    """The recipe of a world's balance weights under the law of random descriptions and random points R."""

    name = "balance"

    world: World = World()
    desc_scale: float = desc_scale_option()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.world.pairs > MOST:
            raise ValueError(f"Balancing takes at most {MOST:,} pairs.")

    def blank(self) -> BalanceWeights:
        return BalanceWeights(self.world.pairs)

    def train(self, *needed: Any, every: int = 100) -> Iterator[Progress]:  # noqa: ANN401
        """Some seconds to a minute, with a report at every step of the method; there is no loss."""
        pairs, space = make_pairs(self.world), self.world.space
        rng = np.random.default_rng([self.world.seed, 6])
        module, steps = self.blank(), 2 * (1 + len(NEWTON))

        def questions(n: int) -> Array:
            return keys(self.desc_scale, random_descriptions(self.world, n, rng), space.start(n, rng))

        described = balance(keys(self.desc_scale, pairs.description, pairs.image), questions)
        undescribed = balance(pairs.image, lambda n: space.start(n, rng))
        step = 0
        for buffer, ascent in ((module.weights, described), (module.none_weights, undescribed)):
            for weights in ascent:
                buffer.copy_(torch.tensor(weights))
                step += 1
                yield Progress(step, steps, float("nan"), module)


@dataclass(frozen=True)
class Evenness:
    """How evenly pairs are found by fresh questions."""

    total_variation: float  # between the pairs' shares and equal shares
    floor: float  # the same for exactly equal shares, from counting alone
    never: float  # share of the pairs that were not found at all


def keys(desc_scale: float, description: Descriptions, image: Points) -> Array:
    """`concatenate(desc_scale * description, image)`: (n, e + d)."""
    return np.concatenate([desc_scale * description, image], axis=1)


def lifted(key: Array, weights: Array) -> Array:
    """The keys with one more coordinate, `sqrt(max(w) - w_i)`, under which the nearest key is the balanced one."""
    return np.column_stack([key, np.sqrt(np.maximum(weights.max() - weights, 0))])


def find(key: Array, weights: Array, questions: Array, k: int = 1) -> tuple[Array, Indices]:
    """The k pairs of least `|key_i - q|^2 - w_i`: that cost, up to a constant, (n, k), and their indices (n, k)."""
    tree = BallTree(lifted(key, weights), leaf_size=LEAF)
    distance, index = tree.query(np.column_stack([questions, np.zeros(len(questions))]), k)
    return np.square(distance), index


def balance(key: Array, questions: Questions) -> Iterator[Array]:
    """Better and better weights of n keys (n, k) that make questions find each equally often: (n,), mean 0."""
    weights = _sinkhorn(key, questions(SINKHORN * len(key)))
    yield weights - weights.mean()
    for each, k in NEWTON:
        weights = _newton(key, weights, questions(each * len(key)), min(k, len(key)))
        yield weights - weights.mean()


def evenness(key: Array, weights: Array, questions: Array) -> Evenness:
    """Count which pairs the questions find."""
    n, rng = len(key), np.random.default_rng(0)
    found = np.bincount(find(key, weights, questions)[1][:, 0], minlength=n) / len(questions)
    equal = rng.multinomial(len(questions), np.full(n, 1 / n)) / len(questions)
    floor = 0.5 * np.abs(equal - 1 / n).sum()
    return Evenness(float(0.5 * np.abs(found - 1 / n).sum()), float(floor), float((found == 0).mean()))


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


def _newton(key: Array, weights: Array, questions: Array, k: int) -> Array:
    """One step of Newton's method on the softened dual, no weight further than its neighbours are worth."""
    n, m = len(key), len(questions)
    cost, index = find(key, weights, questions, k)
    temperature = max(float((cost[:, -1] - cost[:, 0]).mean()) / CUT, 1e-12)
    soft = np.exp((cost[:, :1] - cost) / temperature)
    soft /= soft.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(m), k)
    found = sparse.csr_matrix((soft.ravel(), (rows, index.ravel())), shape=(m, n))
    share = np.asarray(found.sum(axis=0)).ravel() / m
    hessian = (sparse.diags(share + RIDGE * temperature / n) - found.T @ found / m) / temperature
    step, _ = cg(hessian, 1 / n - share, rtol=1e-2, maxiter=100)
    return weights + np.clip(step, -CUT * temperature, CUT * temperature)
