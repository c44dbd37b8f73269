"""The coalescer: one network, trained on consistent targets, that says how far to go and in which direction.

Training. Choose a random description DE and a random point R; `close_pair` is the pair nearest to
`concatenate(desc_scale * DE, R)`; train `(R, close_pair.description) -> (target_distance, target_direction)` with the losses

    (target_distance - |R - close_pair.image|)^2    and    sqrt(|target_direction - normalize(close_pair.image - R)|).

Every R has one target, however ambiguous the description: that is what "coalescing" means. Where neighbouring R are sent
in different directions the network may shrink `target_direction`, so its magnitude tells how far it can be trusted.

Generation. Go to `R + normalize(target_direction) * target_distance`; perhaps once more from there
(`sandbox.engine.sampling.Jump`). Derivation, sources and departures: docs/method.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import Network
from sandbox.methods.base import Trained
from sandbox.pairs import Descriptions, PairIndex, Pairs, pair_index
from sandbox.spaces import Points, Space, space_named

LOOKUP = 64  # batches that are looked up in the index at once
NONE_SHARE = 1 / 3  # of the training examples without a description: theirs is the field with the most borders
DISTANCE_WEIGHT = 30.0  # of the distance loss; the published losses are named without weights


def sqrt_loss(error: Tensor) -> Tensor:
    """sqrt(|e|), the published loss; its gradient at 0 is infinite, so a little is added inside: (n, 2) -> (n,)."""
    return (error.square().sum(dim=1) + 1e-6).pow(0.25)


def norm_loss(error: Tensor) -> Tensor:
    """|e|: its minimum over several targets is their geometric median: (n, 2) -> (n,)."""
    return (error.square().sum(dim=1) + 1e-12).sqrt()


def squared_loss(error: Tensor) -> Tensor:
    """|e|^2: its minimum over several directions is their mean, whose length is their resultant: (n, 2) -> (n,)."""
    return error.square().sum(dim=1)


DIRECTION_LOSSES: dict[str, Callable[[Tensor], Tensor]] = {
    "sqrt": sqrt_loss,
    "norm": norm_loss,
    "squared": squared_loss,
}


@dataclass(frozen=True, kw_only=True)
class Coalescer(Trained):
    """The published recipe."""

    name: ClassVar[str] = "coalescer"
    label: ClassVar[str] = "Coalescer"
    colour: ClassVar[str] = "#0072B2"
    symbol: ClassVar[str] = "circle"
    summary: ClassVar[str] = "Asks for the nearest pair and jumps there: distance and direction from one network."
    exact: ClassVar[str] = "nearest-pair"
    steps: ClassVar[tuple[int, ...]] = (1, 2, 3, 4)
    samplers: ClassVar[tuple[str, ...]] = ("jump",)
    outputs: ClassVar[int] = 3  # distance, direction

    desc_scale: float = 8.0
    direction_loss: str = "sqrt"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "desc_scale", float(self.desc_scale))  # 8 and 8.0 are one recipe, with one repr
        if not (np.isfinite(self.desc_scale) and self.desc_scale > 0):
            raise ValueError("desc_scale must be a number above 0.")
        if self.direction_loss not in DIRECTION_LOSSES:
            raise ValueError(
                f"The direction loss is one of {', '.join(DIRECTION_LOSSES)}, not {self.direction_loss!r}."
            )

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """`(R, close_pair.description, |close_pair.image - R|, normalize(close_pair.image - R))`."""
        index = pair_index(self.world, self.desc_scale)
        pairs, space = index.pairs, space_named(self.world.space)
        n = LOOKUP * self.batch
        while True:
            asked = random_descriptions(pairs, self.world.description_noise, n, rng)
            points = random_points(pairs, space, n, rng)
            target, description = self.target(index, asked, points)
            way = target - points
            distance = np.linalg.norm(way, axis=1, keepdims=True)
            direction = way / np.maximum(distance, 1e-12)
            columns = [torch.tensor(a, dtype=torch.float32) for a in (points, description, distance, direction)]
            yield from zip(*(column.split(self.batch) for column in columns), strict=True)

    def target(self, index: PairIndex, asked: Descriptions, points: Points) -> tuple[Points, Descriptions]:
        """Where R should go and the description that the network is given there: close_pair's image and its own."""
        close_pair = index.query(asked, points)[1][:, 0]
        return index.pairs.image[close_pair], np.where(np.isnan(asked), asked, index.pairs.description[close_pair])

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """The two published losses; squared distances are small numbers, so they are weighted."""
        points, description, distance, direction = batch
        target_distance, target_direction = _outputs(network, points, description)
        return self.charge(target_distance, target_direction, distance, direction).mean()

    def charge(self, target_distance: Tensor, target_direction: Tensor, distance: Tensor, direction: Tensor) -> Tensor:
        """What each example costs: distances (n, 1) and directions (n, 2), the network's and the true ones -> (n,)."""
        distance_loss = (target_distance - distance).square()[:, 0]
        return DISTANCE_WEIGHT * distance_loss + DIRECTION_LOSSES[self.direction_loss](target_direction - direction)

    def denoiser(self, network: Network) -> "CoalescerDenoiser":
        """The trained network at work."""
        return CoalescerDenoiser(network)


class CoalescerDenoiser(Denoiser):
    """`x0_hat = x + normalize(target_direction) * target_distance`; the trust is `|target_direction|`."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        distance, direction = _outputs(self.network, x, description)
        x0_hat = x + functional.normalize(direction, dim=1) * distance
        return Prediction(x0_hat, direction.norm(dim=1).clamp(max=1.0))


def missed(target_distance: Tensor, target_direction: Tensor, distance: Tensor, direction: Tensor) -> Tensor:
    """|x0_hat - target|, by how much a jump misses; its minimum over several targets is their geometric median: (n,)."""
    landing = functional.normalize(target_direction, dim=1) * target_distance - direction * distance
    return (landing.square().sum(dim=1) + 1e-8).sqrt()


def _outputs(network: Network, points: Tensor, description: Tensor) -> tuple[Tensor, Tensor]:
    """target_distance (n, 1), never negative, and target_direction (n, 2). The noise level plays no part."""
    outputs = network(points, torch.zeros(len(points), 1), description)
    return functional.softplus(outputs[:, :1]), outputs[:, 1:]


def random_descriptions(pairs: Pairs, noise: float, n: int, rng: np.random.Generator) -> Points:
    """Random descriptions by the law of the pairs', freshly drawn, NONE_SHARE of them none: (n, 2)."""
    clean = pairs.clean[rng.integers(len(pairs.clean), size=n)]
    asked = clean + noise * rng.standard_normal(clean.shape)
    asked[rng.random(n) < NONE_SHARE] = np.nan
    return asked


def random_points(pairs: Pairs, space: Space, n: int, rng: np.random.Generator) -> Points:
    """Random points R for training: (n, 2).

    A third uniform over the plot, so that the whole drawn field is trained; a third from the law of the starts; a third a
    pair's image plus noise on a logarithmic scale, because the second step sets out near the data.
    """
    kind = rng.integers(3, size=n)
    image = pairs.image[rng.integers(len(pairs.image), size=n)]
    spread = np.exp(rng.uniform(np.log(0.01), np.log(1.0), (n, 1)))
    near = image + spread * rng.standard_normal((n, 2))
    anywhere = rng.uniform(*space.bounds, (n, 2))
    return np.select([kind[:, None] == 0, kind[:, None] == 1], [anywhere, space.start(n, rng)], near)
