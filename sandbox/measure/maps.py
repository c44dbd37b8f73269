"""Maps over the plane, computed once for each recipe: where one jump leads, and how far the targets agree."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from sandbox.engine import Targets
from sandbox.measure.ambiguity import resultant
from sandbox.measure.experiment import descriptions
from sandbox.methods import Method
from sandbox.spaces import Array, Indices, Points, Space
from sandbox.weights import store

AGREEMENT = 40  # places on a side of the map of agreement
CELLS = 72  # places on a side of the map of cells


@dataclass(frozen=True, eq=False)
class Cells:
    """Where one jump from every place lands."""

    axis: Array  # (CELLS,), space units
    samples: Points  # (CELLS^2, 2)
    region: Indices  # (CELLS^2,), the region nearest to the sample
    outside: Array  # (CELLS^2,), how far outside it the sample lies, space units; 0 inside


def cells(method: Method, concept: str, seed: int) -> Cells:
    """One jump from a grid of places, all asked for the same description; WeightsError without weights."""
    space = method.world.space
    axis, places = grid(space, CELLS)
    x = torch.tensor(places, dtype=torch.float32)
    description = descriptions(method.world, concept, 1, seed)
    samples = store.denoiser(method)(x, torch.ones(len(x), 1), description.expand(len(x), -1)).x0_hat.double().numpy()
    apart = space.distances(samples)
    return Cells(axis, samples, apart.argmin(axis=0), np.maximum(apart.min(axis=0), 0.0))


@lru_cache(maxsize=64)
def agreement(method: Method, concept: str, t: float) -> tuple[Array, Array]:
    """The axis (side,) and the resultant length of the targets at every place (side^2,), row by row.

    ValueError for a method whose denoiser does not say which pairs a place is sent to.
    """
    denoiser = store.denoiser(method)
    if not isinstance(denoiser, Targets):
        raise ValueError(f"{method.label} does not say which pairs a place is sent to.")
    axis, places = grid(method.world.space, AGREEMENT)
    return axis, resultant(denoiser, method.world, concept, t, places)


def grid(space: Space, side: int) -> tuple[Array, Points]:
    """The middles of equal cells along an axis (side,), and all places (side^2, 2), row by row; ValueError off the plane."""
    if space.dimensions != 2:
        raise ValueError(f"A map needs a plane; {space.title} has {space.dimensions} dimensions.")
    low, high = space.bounds
    middles = low + (high - low) * (np.arange(side) + 0.5) / side
    return middles, np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
