"""What the balanced coalescer's first jump is trained to say: the balanced pair, looked up, and the nearest one after it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from sandbox.engine.denoiser import Prediction, Targets
from sandbox.engine.sampling import Jump
from sandbox.methods.base import Exact
from sandbox.pairs import World, pair_index
from sandbox.pairs.balanced_index import balanced_index


@dataclass(frozen=True, kw_only=True)
class BalancedLookup(Exact):
    """The exact counterpart of the balanced coalescer."""

    name: ClassVar[str] = "balanced-lookup"
    label: ClassVar[str] = "Balanced lookup (exact)"
    colour: ClassVar[str] = "#66CC99"
    symbol: ClassVar[str] = "star-open"
    summary: ClassVar[str] = (
        "Looks up the pair, every pair equally often: what the balanced coalescer is trained to say."
    )
    exact: ClassVar[str] = name
    steps: ClassVar[tuple[int, ...]] = (1, 2)
    samplers: ClassVar[tuple[str, ...]] = ("jump",)

    desc_scale: float = 8.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "desc_scale", float(self.desc_scale))  # 8 and 8.0 are one recipe, with one repr

    def denoiser(self) -> "BalancedLookupDenoiser":
        """Both indices at work."""
        return BalancedLookupDenoiser(self.world, self.desc_scale)

    def sampler(self) -> Jump:
        """As for the network that learns it."""
        return Jump(tolerance=0.1)


class BalancedLookupDenoiser(Targets):
    """`x0_hat = pair.image`: the balanced pair from random points (t = 1), the nearest pair from anywhere later."""

    sharp = True

    def __init__(self, world: World, desc_scale: float) -> None:
        self.plain, self.balanced = pair_index(world, desc_scale), balanced_index(world, desc_scale)

    def weights(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        return functional.one_hot(torch.tensor(self._pair(x, t, description)), len(self.plain.pairs.image))

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        pair = self._pair(x, t, description)
        return Prediction(torch.tensor(self.plain.pairs.image[pair], dtype=x.dtype), torch.ones(len(x)))

    def _pair(self, x: Tensor, t: Tensor, description: Tensor) -> NDArray[np.int64]:
        asked, points, first = description.double().numpy(), x.double().numpy(), (t[:, 0] >= 1).numpy()
        pair = self.plain.query(asked, points)[1][:, 0]
        if first.any():
            pair[first] = self.balanced.query(asked[first], points[first])[:, 0]
        return pair
