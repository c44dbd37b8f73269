"""Which region a jump leads to from everywhere: as the index finds it, and as a network learned it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sandbox.measure.ambiguity import grid
from sandbox.measure.generation import descriptions
from sandbox.methods import Method
from sandbox.spaces import Points, space_named
from sandbox.weights import store

GRID = 72  # places on a side


@dataclass(frozen=True, eq=False)
class Cells:
    """Where one jump from every place lands."""

    axis: NDArray[np.float64]  # (GRID,), space units
    landing: Points  # (GRID^2, 2)
    region: NDArray[np.int64]  # (GRID^2,), the region nearest to the landing point
    outside: NDArray[np.float64]  # (GRID^2,), how far outside it the point lies, space units; 0 inside


def cells(method: Method, concept: str, seed: int) -> Cells:
    """One jump from a grid of places, all asked for the same description; WeightsError without weights."""
    space = space_named(method.world.space)
    axis, places = grid(space.name, GRID)
    x = torch.tensor(places, dtype=torch.float32)
    description = descriptions(method.world, concept, 1, seed).expand(len(x), 2)
    landing = store.denoiser(method)(x, torch.ones(len(x), 1), description).x0_hat.double().numpy()
    apart = np.stack([region.signed_distance(landing) for region in space.regions])
    return Cells(axis, landing, apart.argmin(axis=0), np.maximum(apart.min(axis=0), 0.0))
