"""Whether samples are copies of the training pairs: how near they come to these, beside others that nobody was trained on."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from sandbox.spaces import Points

COPY = 0.01  # space units: nearer is called a copy


@dataclass(frozen=True)
class Memorisation:
    """How much nearer samples come to the training images than to as many others that nobody was trained on."""

    novelty: float  # mean distance to the nearest training image over that to the nearest of the others; real points: 1
    copies: float  # share of the samples within a hundredth of a unit of a training image


def memorisation(samples: Points, trained: Points, others: Points) -> Memorisation:
    """Judge samples (n, d) by training images and others of the same law, as many: (m, d) each.

    Points that are not numbers are infinitely far from all images; ValueError where the others are not as many.
    """
    if len(trained) != len(others):
        raise ValueError(f"{len(trained)} training images are compared with as many others.")
    finite = samples[np.isfinite(samples).all(axis=1)]
    near, beside = (KDTree(images).query(finite)[0] for images in (trained, others))
    novelty = float(near.mean() / beside.mean()) if len(finite) == len(samples) else float("inf")
    return Memorisation(novelty, float((near < COPY).sum() / len(samples)))
