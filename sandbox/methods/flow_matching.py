"""Flow matching: the velocity along straight lines from the data to noise.

A pair's image and a random point are joined, `x_t = (1 - t) x_0 + t R`, and the network learns `v = R - x_0` (Lipman et al.
2023, arXiv 2210.02747; Liu et al. 2023, arXiv 2209.03003), from which `x0_hat = x_t - t v`. Where several lines cross it
learns their mean, so the way from R to the data is bent, and one step is not enough.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from sandbox.engine import LINEAR, Ddim, DpmSolver2M, Heun, Velocity
from sandbox.methods.base import Batch, Batches, Exact, Levelled, partly_undescribed, tensors
from sandbox.methods.ideal_flow import IdealFlow
from sandbox.pairs import Descriptions, make_pairs
from sandbox.spaces import Array, Indices, Points

Coupling = Callable[
    [Indices, Points], Indices
]  # pairs of a batch (n,), starts (n, d) -> which start each pair is given


@dataclass(frozen=True, kw_only=True)
class FlowMatching(Levelled):
    """Flow matching with independent coupling: any R with any pair."""

    name = "flow-matching"
    label = "Flow matching"
    family = "averages"
    colour = "#CC79A7"
    symbol = "diamond"
    summary = "Learns the velocity along straight lines between random points and images."
    exact: ClassVar[type[Exact] | None] = IdealFlow
    steps = (1, 2, 4, 8, 16, 32, 64)
    samplers = (Ddim(), Heun(), DpmSolver2M())
    guided = True
    by_level = True
    head = Velocity(LINEAR)
    prolonged = 2
    untuned: ClassVar[Mapping[str, Any]] = {
        "training_steps": 8000,
        "bandwidth": 0.25,
        "ema": 0.0,
        "level_mean": 0.0,
        "level_deviation": 0.0,
    }

    training_steps: int = 24000
    bandwidth: float = 1.0
    ema: float = 0.99
    level_mean: float = -1.0
    level_deviation: float = 1.5

    def batches(self, rng: np.random.Generator) -> Batches:
        """`(x_t, t, description, v)`; the network learns v."""
        pairs, coupling = make_pairs(self.world), self.coupling(rng)
        while True:
            which = rng.integers(len(pairs.image), size=self.batch)
            start = self.world.space.start(self.batch, rng)
            start = start[coupling(which, start)]
            t = self.levels(rng)
            yield on_lines(pairs.image[which], start, t, partly_undescribed(pairs.description[which], rng))

    def coupling(self, rng: np.random.Generator) -> Coupling:
        """What deals starts out to pairs, batch by batch: here as they come, independent of each other."""
        return lambda which, start: np.arange(len(start))


def on_lines(image: Points, start: Points, t: Array, description: Descriptions) -> Batch:
    """Examples on the lines from starts to images, both (n, d), at levels t (n, 1): `(x_t, t, description, v)`."""
    return tensors((1 - t) * image + t * start, t, description, start - image)
