"""One experiment: n random points, n descriptions of a concept, one method. The seed decides all of it.

Starting points and descriptions come from streams of their own, so that every method and every concept sets out from the
same R, and asking for more points keeps those that were there.
"""

import numpy as np
import torch
from torch import Tensor

from sandbox.engine.denoiser import Denoiser
from sandbox.engine.sampling import Sampler, Trajectory, sample
from sandbox.pairs import World, ask
from sandbox.spaces import space_named

LOT = 10_000  # starting points that are drawn together: fewer are the first of them, whatever the law of the starts


def starting_points(world: World, n: int, seed: int) -> Tensor:
    """The random points R of a seed: (n, 2)."""
    lot = space_named(world.space).start(max(n, LOT), np.random.default_rng([seed, 1]))
    return torch.tensor(lot[:n], dtype=torch.float32)


def descriptions(world: World, concept: str, n: int, seed: int) -> Tensor:
    """The descriptions DE of a seed: (n, 2), NaN for "none"."""
    return torch.tensor(ask(world, concept, n, np.random.default_rng([seed, 2])), dtype=torch.float32)


def generate(
    denoiser: Denoiser,
    sampler: Sampler,
    world: World,
    concept: str,
    steps: int,
    n: int,
    seed: int,
    guidance: float = 1.0,
) -> Trajectory:
    """n samples of a concept in `steps` steps; ValueError for an unknown concept or no step."""
    space, rng = space_named(world.space), np.random.default_rng([seed, 3])
    return sample(
        sampler,
        denoiser,
        starting_points(world, n, seed),
        descriptions(world, concept, n, seed),
        steps,
        lambda m: torch.tensor(space.start(m, rng), dtype=torch.float32),
        guidance,
    )
