"""A coalescer whose first jump spreads over all pairs: it is trained on balanced lookups.

The published lookup sends far points to the border of a region: pairs inside are hardly ever found, and the samples crowd.
Here the first jump goes to the pair of `sandbox.pairs.balanced_index`, which finds every pair equally often: semi-discrete
optimal transport from random (DE, R) to the pairs. Such a map also moves points that are already in place, so later jumps are
trained on the plain nearest pair; the network's t input, 1 at first and 0 later, says which is asked. A later jump is taken
only where it is longer than TOLERANCE.

Two departures from the published recipe, both needed: the network is given the description that was asked, DE, because a pair
that is found from few R says little about the others; and it is charged for where it lands, |x0_hat - target|, whose minimum
over several targets is one of them or between neighbours (their geometric median), so that borders stay sharp.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import Network
from sandbox.engine.sampling import Jump
from sandbox.methods.base import Trained
from sandbox.methods.coalescer import missed
from sandbox.pairs import pair_index
from sandbox.pairs.balanced_index import balanced_index, random_descriptions
from sandbox.spaces import space_named

LOOKUP = 64  # batches that are looked up in the indices at once
NONE_SHARE = 0.15  # of the training examples without a description
LATER_SHARE = 0.25  # of the training examples for the jumps after the first
TOLERANCE = 0.12  # the shortest later jump, space units
NEAR = (0.01, 0.5)  # how far from a pair later jumps set out, space units
BANDWIDTH = 0.3  # of the Fourier features: the balanced map has finer detail than the plain one


@dataclass(frozen=True, kw_only=True)
class BalancedCoalescer(Trained):
    """The coalescer that also covers."""

    name: ClassVar[str] = "balanced-coalescer"
    label: ClassVar[str] = "Balanced coalescer"
    colour: ClassVar[str] = "#009E73"
    symbol: ClassVar[str] = "star"
    summary: ClassVar[str] = "A coalescer trained on lookups in which every pair is found equally often."
    exact: ClassVar[str] = "balanced-lookup"
    steps: ClassVar[tuple[int, ...]] = (1, 2)
    samplers: ClassVar[tuple[str, ...]] = ("jump",)
    outputs: ClassVar[int] = 3  # distance, direction

    desc_scale: float = 8.0
    width: int = 128
    training_steps: int = 10000
    learning_rate: float = 1e-2

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "desc_scale", float(self.desc_scale))  # 8 and 8.0 are one recipe, with one repr
        if not (np.isfinite(self.desc_scale) and self.desc_scale > 0):
            raise ValueError("desc_scale must be a number above 0.")

    def network(self, generator: Generator) -> Network:
        """The common network with finer Fourier features."""
        return Network(self.outputs, self.width, self.depth, generator, bandwidth=BANDWIDTH)

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """`(R, 1 at the first jump and 0 later, DE, distance, direction)`."""
        plain, balanced = pair_index(self.world, self.desc_scale), balanced_index(self.world, self.desc_scale)
        image, space, n = plain.pairs.image, space_named(self.world.space), LOOKUP * self.batch
        while True:
            asked = random_descriptions(self.world, n, rng)
            asked[rng.random(n) < NONE_SHARE] = np.nan
            points, later = space.start(n, rng), rng.random(n) < LATER_SHARE
            near = np.exp(rng.uniform(np.log(NEAR[0]), np.log(NEAR[1]), (n, 1))) * rng.standard_normal((n, 2))
            points[later] = (image[rng.integers(len(image), size=n)] + near)[later]
            target = np.empty((n, 2))
            target[later] = image[plain.query(asked[later], points[later])[1][:, 0]]
            target[~later] = image[balanced.query(asked[~later], points[~later])[:, 0]]
            way = target - points
            distance = np.linalg.norm(way, axis=1, keepdims=True)
            direction = way / np.maximum(distance, 1e-12)
            columns = [points, ~later[:, None], asked, distance, direction]
            tensors = [torch.tensor(column, dtype=torch.float32) for column in columns]
            yield from zip(*(tensor.split(self.batch) for tensor in tensors), strict=True)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`30 |x0_hat - target|`, and at later jumps three times the published losses, which see small distances too."""
        points, first, description, distance, direction = batch
        target_distance, target_direction = _outputs(network, points, first, description)
        error = (target_direction - direction).square().sum(dim=1, keepdim=True)
        published = 30 * (target_distance - distance).square() + (error + 1e-12).sqrt()
        landing = missed(target_distance, target_direction, distance, direction)[:, None]
        return (30 * landing + 3 * (1 - first) * published).mean()

    def denoiser(self, network: Network) -> "BalancedDenoiser":
        """The trained network at work."""
        return BalancedDenoiser(network)

    def sampler(self) -> Jump:
        """Jump, and once more where that is further than TOLERANCE; R is never drawn anew."""
        return Jump(threshold=0.0, tolerance=TOLERANCE)


class BalancedDenoiser(Denoiser):
    """`x0_hat = x + normalize(target_direction) * target_distance`, by another map at t = 1 than later."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        distance, direction = _outputs(self.network, x, (t >= 1).to(x.dtype), description)
        return Prediction(x + functional.normalize(direction, dim=1) * distance)


def _outputs(network: Network, points: Tensor, first: Tensor, description: Tensor) -> tuple[Tensor, Tensor]:
    """target_distance (n, 1), never negative, and target_direction (n, 2)."""
    outputs = network(points, first, description)
    return functional.softplus(outputs[:, :1]), outputs[:, 1:]
