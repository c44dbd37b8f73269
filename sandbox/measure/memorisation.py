"""Whether samples are copies of the training pairs: how near they come to these, beside others that nobody was trained on."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from sandbox.spaces import Points

COPY = 0.01  # space units: nearer is called a copy


@dataclass(frozen=True)
class Memorisation:
    """How much nearer samples come to the training pairs than to as many others; real points have 1 and as many copies."""

    ratio: float  # mean distance to the nearest training image over that to the nearest of the others
    copies: float  # share of the samples within a hundredth of a unit of a training image


def memorisation(samples: Points, trained: Points, others: Points) -> Memorisation:
    """Judge samples (n, d) by training images and others of the same law, as many: (m, d) each.

    Points that are not numbers are left out; ValueError where none is left, or the others are not as many.
    """
    if len(trained) != len(others):
        raise ValueError(f"{len(trained)} training images are compared with as many others.")
    finite = samples[np.isfinite(samples).all(axis=1)]
    if len(finite) == 0:
        raise ValueError("There are no samples to judge.")
    near, beside = (KDTree(images).query(finite)[0] for images in (trained, others))
    return Memorisation(float(near.mean() / beside.mean()), float((near < COPY).mean()))
