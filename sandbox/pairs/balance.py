"""The recipe of the weights under which random questions find every pair equally often.

Questions without a description are asked of the images alone, so they have weights of their own. What they are stands in
`sandbox.pairs.transport`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sandbox.engine import Progress, Stored, option
from sandbox.pairs.dense import NEWTON, balanced
from sandbox.pairs.levels import LATER, by_levels
from sandbox.pairs.transport import Questions
from sandbox.pairs.world import Descriptions, World, make_pairs, random_descriptions
from sandbox.spaces import Array, Points

MOST = 100_000  # pairs
DENSE = 10_000  # pairs: a dense matrix takes 4 GB there


def desc_scale_option() -> Any:  # noqa: ANN401
    """desc_scale as a field of a recipe."""
    return option(
        8.0,
        "How much the description weighs against the place when the index looks up the nearest pair, by desc_scale · "
        "description next to image. Too small and the description is ignored; too large and its noise alone picks the "
        "pair, and the network cannot learn that.",
        low=1e-3,
        high=1e6,
    )


class BalanceWeights(nn.Module):
    """The weights for questions with a description and for those without: (pairs,) each, mean 0."""

    weights: Tensor  # squared key units
    none_weights: Tensor  # squared space units

    def __init__(self, pairs: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.zeros(pairs))
        self.register_buffer("none_weights", torch.zeros(pairs))

    @property
    def described(self) -> Array:
        """In double precision, as the index has them."""
        return self.weights.double().numpy()

    @property
    def undescribed(self) -> Array:
        """In double precision, as the index has them."""
        return self.none_weights.double().numpy()


@dataclass(frozen=True)
class Balance(Stored):
    """The recipe of a world's balance weights under the law of random descriptions and random points R."""

    name = "balance"

    world: World = World()
    desc_scale: float = desc_scale_option()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.world.pairs * self.world.space.names_of_an_image > MOST:
            raise ValueError(f"Balancing takes at most {MOST:,} pairs.")

    def blank(self) -> BalanceWeights:
        return BalanceWeights(len(make_pairs(self.world).image))

    def train(self, *needed: Any, every: int = 100) -> Iterator[Progress]:  # noqa: ANN401
        """Some seconds to some minutes, with a report at every step of the method; there is no loss."""
        pairs, space = make_pairs(self.world), self.world.space
        rng = np.random.default_rng([self.world.seed, 6])
        module, steps = self.blank(), 2 * rounds(len(pairs.image))

        def questions(n: int) -> Array:
            return keys(self.desc_scale, random_descriptions(self.world, n, rng), space.start(n, rng))

        described = balance(keys(self.desc_scale, pairs.description, pairs.image), questions)
        undescribed = balance(pairs.image, lambda n: space.start(n, rng))
        step = 0
        for buffer, ascent in ((module.weights, described), (module.none_weights, undescribed)):
            for weights in ascent:
                buffer.copy_(torch.tensor(weights))
                step += 1
                yield Progress(step, steps, float("nan"), module)


def balance(key: Array, questions: Questions) -> Iterator[Array]:
    """Better and better weights of n keys (n, k) that make questions find each equally often: (n,), mean 0."""
    yield from (balanced if len(key) <= DENSE else by_levels)(key, questions)


def rounds(n: int) -> int:
    """How many weights `balance` gives for n keys."""
    return 1 + len(NEWTON if n <= DENSE else LATER)


def keys(desc_scale: float, description: Descriptions, image: Points) -> Array:
    """`concatenate(desc_scale * description, image)`: (n, e + d)."""
    return np.concatenate([desc_scale * description, image], axis=1)
