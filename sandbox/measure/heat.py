"""Maps over the plane, computed once for each recipe."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sandbox.engine.denoiser import Targets
from sandbox.measure.ambiguity import grid, resultant
from sandbox.methods import Method
from sandbox.weights import store


@lru_cache(maxsize=64)
def agreement(method: Method, concept: str, t: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The axis (side,) and the resultant length of the targets at every place (side^2,), row by row."""
    denoiser = store.denoiser(method)
    assert isinstance(denoiser, Targets)
    axis, places = grid(method.world.space)
    return axis, resultant(denoiser, method.world, concept, t, places)
