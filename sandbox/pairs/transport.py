"""Weights on the pairs, so that random questions find every pair equally often.

With weights w the index answers a question q with the pair i of least `|key_i - q|^2 - w_i`. These are the cells of a power
diagram, and the w that give every cell the same probability maximise the dual of semi-discrete optimal transport from the
law of the questions to the pairs (Aurenhammer et al. 1998; Genevay et al. 2016, arXiv 1605.08527, equation 7),

    F(w) = E_q[ min_i (|key_i - q|^2 - w_i) ] + mean(w),    dF / dw_i = 1/n - P(pair i is found).

F is concave, but plain stochastic ascent from 0 takes for ever: far pairs are never found, so nothing is learned about them.
How it is maximised stands in `sandbox.pairs.dense`, and in `sandbox.pairs.levels` for more pairs than a dense matrix holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sandbox.pairs.search import nearest
from sandbox.spaces import Array, Indices

Questions = Callable[[int], Array]  # n -> (n, k), fresh questions by their law, in the key's metric

CUT = 6.0  # the temperature is chosen so that the last of a question's best pairs weighs exp(-CUT) of the first
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
    distance, index = nearest(lifted(key, weights), np.column_stack([questions, np.zeros(len(questions))]), k)
    return np.square(distance), index


def evenness(key: Array, weights: Array, questions: Array) -> Evenness:
    """Count which pairs the questions find."""
    n, rng = len(key), np.random.default_rng(0)
    found = np.bincount(find(key, weights, questions)[1][:, 0], minlength=n) / len(questions)
    equal = rng.multinomial(len(questions), np.full(n, 1 / n)) / len(questions)
    floor = 0.5 * np.abs(equal - 1 / n).sum()
    return Evenness(float(0.5 * np.abs(found - 1 / n).sum()), float(floor), float((found == 0).mean()))


def temperature_of(cost: Array) -> float:
    """At which the last of the best pairs (m, k) weighs exp(-CUT) of the first, on average."""
    return max(float((cost[:, -1] - cost[:, 0]).mean()) / CUT, 1e-12)
