"""What the coalescer is trained to say: the image of the nearest pair in the index, looked up, not learned."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sandbox.engine import Prediction, Targets
from sandbox.methods.base import Exact
from sandbox.methods.jump import Jump
from sandbox.pairs import Descriptions, PairIndex, desc_scale_option, pair_index
from sandbox.spaces import Indices, Mask, Points


@dataclass(frozen=True, kw_only=True)
class NearestPair(Exact):
    """The exact counterpart of the coalescer."""

    name = "nearest-pair"
    label = "Nearest pair (exact)"
    colour = "#56B4E9"
    symbol = "circle-open"
    summary = "The image of the nearest pair, looked up: what the coalescer is trained to say."
    steps = (1, 2)
    samplers = (Jump(),)  # with the pair's own description a second jump stays where it is
    targets = True

    desc_scale: float = desc_scale_option()

    def denoiser(self) -> "Lookup":
        """The index."""
        return Lookup(pair_index(self.world, self.desc_scale))


class Lookup(Targets):
    """`x0_hat = close_pair.image`, trusted fully; at t = 1 by another index than later, where there is one."""

    sharp = True

    def __init__(self, index: PairIndex, first: PairIndex | None = None) -> None:
        self.index = index
        self.first = first or index

    def probabilities(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        return functional.one_hot(torch.tensor(self.pair(x, t, description)), len(self.index.pairs.image))

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        image = self.index.pairs.image[self.pair(x, t, description)]
        return Prediction(torch.tensor(image, dtype=x.dtype), torch.ones(len(x)))

    def pair(self, x: Tensor, t: Tensor, description: Tensor) -> Indices:
        """The pair that each row is sent to: (n,)."""
        return self.close_pair(description.double().numpy(), x.double().numpy(), (t[:, 0] >= 1).numpy())

    def close_pair(self, condition: Descriptions, points: Points, first: Mask) -> Indices:
        """The same for arrays, told which rows are at t = 1: (n,)."""
        pair = np.empty(len(points), dtype=np.int64)
        for rows, index in ((first, self.first), (~first, self.index)):
            pair[rows] = index.close_pair(condition[rows], points[rows])
        return pair
