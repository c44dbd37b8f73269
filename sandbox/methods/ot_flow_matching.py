"""Flow matching with optimal-transport coupling: in each batch the starts are dealt out so that the lines are short.

The assignment that minimises the sum of squared lengths (Pooladian et al. 2023, arXiv 2304.14772; Tong et al. 2024, arXiv
2302.00482). Lines of one batch do not cross, so the ways are nearly straight. But the assignment does not look at the
descriptions: which start a description is learned from depends on the place of its images, while generation asks from
everywhere. C2OT (Cheng & Schwing 2025, arXiv 2503.10636) names that gap.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from sandbox.methods.flow_matching import FlowMatching
from sandbox.spaces import Indices, Points


@dataclass(frozen=True, kw_only=True)
class OtFlowMatching(FlowMatching):
    """Flow matching with the batch's optimal transport."""

    name = "ot-flow-matching"
    label = "OT flow matching"
    colour = "#946B3A"
    symbol = "diamond-tall"
    summary = "Flow matching whose random points and images are paired by optimal transport in each batch."
    exact = None

    batch: int = 256

    def coupling(self, start: Points, image: Points) -> Indices:
        """The start of each image in the assignment of the least sum of squared distances."""
        return np.asarray(linear_sum_assignment(cdist(image, start, "sqeuclidean"))[1])
