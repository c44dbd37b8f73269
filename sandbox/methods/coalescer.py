"""The coalescer: one network, trained on consistent targets, that says how far to go and in which direction.

Training. Choose a random description DE and a random point R; `close_pair` is the pair nearest to
`concatenate(desc_scale * DE, R)`; train `(R, close_pair.description) -> (target_distance, target_direction)` with the losses

    (target_distance - |R - close_pair.image|)^2    and    sqrt(|target_direction - normalize(close_pair.image - R)|).

Every R has one target, however ambiguous the description: that is what "coalescing" means. Where neighbouring R are sent
in different directions the network may shrink `target_direction`, so its magnitude tells how far it can be trusted.

Generation. Go to `R + normalize(target_direction) * target_distance`; perhaps once more from there
(`sandbox.methods.jump`). Derivation, sources and departures: docs/method.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sandbox.engine import Landing, Network, option
from sandbox.methods.base import Batches, Trained, partly_undescribed, tensors
from sandbox.methods.jump import Jump
from sandbox.methods.nearest_pair import NearestPair
from sandbox.pairs import Descriptions, PairIndex, World, desc_scale_option, make_pairs, pair_index, random_descriptions
from sandbox.spaces import Points

Loss = Callable[[Tensor], Tensor]  # of errors, (n, d) -> (n,)
LOOKUP = 64  # batches that are looked up in the index at once
UNDESCRIBED = 1 / 3  # of the training examples: theirs is the field with the most borders
DISTANCE_WEIGHT = 30.0  # of the distance loss; the published losses are named without weights


def sqrt_loss(error: Tensor) -> Tensor:
    """sqrt(|e|), the published loss; its gradient at 0 is infinite, so a little is added inside: (n, d) -> (n,)."""
    return (error.square().sum(dim=1) + 1e-6).pow(0.25)


def norm_loss(error: Tensor, softened: float = 1e-12) -> Tensor:
    """|e|: its minimum over several targets is their geometric median: (n, d) -> (n,)."""
    return (error.square().sum(dim=1) + softened).sqrt()


def squared_loss(error: Tensor) -> Tensor:
    """|e|^2: its minimum over several directions is their mean, whose length is their resultant: (n, d) -> (n,)."""
    return error.square().sum(dim=1)


DIRECTION_LOSSES: dict[str, Loss] = {"sqrt": sqrt_loss, "norm": norm_loss, "squared": squared_loss}


@dataclass(frozen=True, kw_only=True)
class Coalescer(Trained):
    """The published recipe."""

    name = "coalescer"
    label = "Coalescer"
    family = "couplings"
    colour = "#0072B2"
    symbol = "circle"
    summary = "Jumps to the nearest pair; the same few pairs are nearest to many places, so samples crowd there."
    exact = NearestPair
    steps = (1, 2, 3, 4)
    samplers = (Jump(),)
    head = Landing()

    batch: int = 256
    training_steps: int = 4500
    learning_rate: float = 2e-2
    desc_scale: float = desc_scale_option()
    direction_loss: str = option(
        "sqrt",
        "What training charges for a wrong direction e: sqrt(|e|) as published, |e|, or |e|². Only the last lets arrows "
        "shrink much where directions conflict.",
        choices=tuple(DIRECTION_LOSSES),
        label="Direction loss",
    )

    def batches(self, rng: np.random.Generator) -> Batches:
        """`(R, close_pair.description, |close_pair.image - R|, normalize(close_pair.image - R))`."""
        index, n = pair_index(self.world, self.desc_scale), LOOKUP * self.batch
        while True:
            condition = partly_undescribed(random_descriptions(self.world, n, rng), rng, UNDESCRIBED)
            points = random_points(self.world, n, rng)
            target, description = self.target(index, condition, points)
            columns = tensors(points, description, *distance_and_direction(points, target))
            yield from zip(*(column.split(self.batch) for column in columns), strict=True)

    def target(self, index: PairIndex, condition: Descriptions, points: Points) -> tuple[Points, Descriptions]:
        """Where R should go and the description that the network is given there: close_pair's image and its own."""
        close_pair = index.close_pair(condition, points)
        own = index.pairs.description[close_pair]
        return index.pairs.image[close_pair], np.where(np.isnan(condition), condition, own)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """The two published losses; squared distances are small numbers, so they are weighted."""
        points, description, distance, direction = batch
        target_distance, target_direction = self.head.parts(network, points, torch.zeros(len(points), 1), description)
        return self.charge(target_distance, target_direction, distance, direction).mean()

    def charge(self, target_distance: Tensor, target_direction: Tensor, distance: Tensor, direction: Tensor) -> Tensor:
        """What each example costs: distances (n, 1) and directions (n, d), the network's and the true ones -> (n,)."""
        direction_loss = DIRECTION_LOSSES[self.direction_loss](target_direction - direction)
        return DISTANCE_WEIGHT * (target_distance - distance).square()[:, 0] + direction_loss


def distance_and_direction(points: Points, target: Points) -> tuple[Points, Points]:
    """Distance (n, 1) and direction (n, d) from points to their targets, both (n, d)."""
    apart = target - points
    distance = np.linalg.norm(apart, axis=1, keepdims=True)
    return distance, apart / np.maximum(distance, 1e-12)


def missed(target_distance: Tensor, target_direction: Tensor, distance: Tensor, direction: Tensor) -> Tensor:
    """|x0_hat - target|, by how much a jump misses; its minimum over several targets is their geometric median: (n,)."""
    miss = functional.normalize(target_direction, dim=1) * target_distance - direction * distance
    return norm_loss(miss, 1e-8)


def random_points(world: World, n: int, rng: np.random.Generator) -> Points:
    """Random points R for training: (n, d).

    A third uniform over the plot, so that the whole drawn field is trained; a third from the law of the starts; a third a
    pair's image plus noise on a logarithmic scale, because the second step sets out near the data.
    """
    space, image, kind = world.space, make_pairs(world).image, rng.integers(3, size=n)
    near = image[rng.integers(len(image), size=n)] + log_noise((n, space.dimensions), rng, 0.01, 1.0)
    anywhere = rng.uniform(*space.bounds, near.shape)
    return np.select([kind[:, None] == 0, kind[:, None] == 1], [anywhere, space.start(n, rng)], near)


def log_noise(shape: tuple[int, int], rng: np.random.Generator, low: float, high: float) -> Points:
    """Noise whose deviation is between low and high on a logarithmic scale, row by row: (n, d), space units."""
    return np.exp(rng.uniform(np.log(low), np.log(high), (shape[0], 1))) * rng.standard_normal(shape)
