"""What the coalescer is trained to say: the image of the nearest pair in the index, looked up, not learned."""

from dataclasses import dataclass
from weakref import WeakValueDictionary

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
    family = "couplings"
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
        self.index, self.first = index, first or index
        self.image, self.description = torch.tensor(index.pairs.image), torch.tensor(index.pairs.description)
        balance = self.first.balance
        self.weights = (balance.weights.double(), balance.none_weights.double()) if balance else (None, None)
        _LOOKUPS[self.image.data_ptr()] = self

    def probabilities(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        return functional.one_hot(self.pair(x, t, description), len(self.image))

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return Prediction(self.image[self.pair(x, t, description)].to(x.dtype), torch.ones_like(x[:, 0]))

    def pair(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """The pair that each row is sent to: (n,)."""
        return nearest(
            description.double(),
            x.double(),
            t[:, 0] >= 1,
            self.description,
            self.image,
            *self.weights,
            desc_scale=self.index.desc_scale,
        )

    def close_pair(self, condition: Descriptions, points: Points, first: Mask) -> Indices:
        """The same for arrays, told which rows are at t = 1: (n,)."""
        pair = np.empty(len(points), dtype=np.int64)
        for rows, index in ((first, self.first), (~first, self.index)):
            pair[rows] = index.close_pair(condition[rows], points[rows])
        return pair


_LOOKUPS: "WeakValueDictionary[int, Lookup]" = WeakValueDictionary()  # by where each keeps its images


@torch.library.custom_op("sandbox::nearest", mutates_args=())
def nearest(
    asked: Tensor,
    x: Tensor,
    first: Tensor,
    description: Tensor,
    image: Tensor,
    weights: Tensor | None,
    none_weights: Tensor | None,
    *,
    desc_scale: float,
) -> Tensor:
    """The pair of least `|desc_scale * (asked - description)|^2 + |x - image|^2 - w` for each row: (n,).

    An operation of its own, so that whoever traces a lookup (`sandbox.stage.graph`) finds it as one step, with all that is
    needed to answer it elsewhere; here the ball trees of the `Lookup` do. asked (n, e) without which, NaN, the images alone
    are asked, x (n, d); of the pairs description, image, weights (pairs,). w is 0 where `first` (n,) is false.
    """
    lookup = _LOOKUPS[image.data_ptr()]
    return torch.from_numpy(lookup.close_pair(asked.numpy(), x.numpy(), first.numpy()))


@nearest.register_fake
def _(asked: Tensor, x: Tensor, *_: Tensor | None, desc_scale: float) -> Tensor:
    return x.new_empty(x.shape[0], dtype=torch.int64)
