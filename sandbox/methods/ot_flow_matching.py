"""Flow matching with optimal-transport coupling: in each batch the starts are dealt out so that the lines are short.

The assignment that minimises the sum of squared lengths (Pooladian et al. 2023, arXiv 2304.14772; Tong et al. 2024, arXiv
2302.00482) does not look at the descriptions: which starts a description is learned from depends on the place of its images,
while generation asks from everywhere. C2OT (Cheng & Schwing 2025, arXiv 2503.10636, equation 12) gives every start a
description of its own, as generation does, and charges for how far it is from the image's:

    |R - image|^2 + desc_scale^2 |DE - description|^2,

which is the squared distance in the coalescer's index. As desc_scale falls to 0 the old assignment is left, and what is wrong
with it can be seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from sandbox.methods.flow_matching import Coupling, FlowMatching
from sandbox.pairs import desc_scale_option, make_pairs, random_descriptions
from sandbox.pairs.balance import keys
from sandbox.spaces import Indices, Points

RATE = 0.1  # at which weights are learned, squared key units: how quick the search is depends on it, its end does not


@dataclass(frozen=True, kw_only=True)
class OtFlowMatching(FlowMatching):
    """Flow matching with the batch's optimal transport of points and descriptions together."""

    name = "ot-flow-matching"
    label = "OT flow matching"
    family = "couplings"
    colour = "#946B3A"
    symbol = "diamond-tall"
    summary = "Flow matching whose random points and images are paired by optimal transport in each batch."
    prolonged = 2
    untuned: ClassVar[Mapping[str, Any]] = {
        "batch": 256,
        "training_steps": 8000,
        "learning_rate": 0.005,
        "bandwidth": 0.25,
        "ema": 0.0,
        "level_mean": 0.0,
        "level_deviation": 0.0,
    }
    exact = None

    batch: int = 512
    training_steps: int = 24000
    bandwidth: float = 0.5
    ema: float = 0.999
    level_mean: float = -0.5
    level_deviation: float = 1.2
    desc_scale: float = desc_scale_option()
    learning_rate: float = 0.01

    def coupling(self, rng: np.random.Generator) -> Coupling:
        """The assignments of the least sum of squared distances, each begun from what earlier ones taught.

        A weight that is taken off all distances to a pair changes no assignment, as every pair is given one start. Weights
        under which each pair is the nearest one equally often are where the search for the assignment ends; begun from them,
        it takes a third of the time.
        """
        pairs = make_pairs(self.world)
        key, weights = keys(self.desc_scale, pairs.description, pairs.image), np.zeros(len(pairs.image))

        def assignment(which: Indices, start: Points) -> Indices:
            asked = keys(self.desc_scale, random_descriptions(self.world, len(start), rng), start)
            cost = cdist(asked, key[which], "sqeuclidean") - weights[which]
            _, given = linear_sum_assignment(cost)
            weights[which] += RATE * (1 - np.bincount(cost.argmin(axis=1), minlength=len(which)))
            return np.argsort(given)

        return assignment
