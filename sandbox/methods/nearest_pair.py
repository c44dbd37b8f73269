"""What the coalescer is trained to say: the image of the nearest pair in the index, looked up, not learned."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from sandbox.engine.denoiser import Prediction, Targets
from sandbox.methods.base import Exact
from sandbox.pairs import PairIndex, pair_index


@dataclass(frozen=True, kw_only=True)
class NearestPair(Exact):
    """The exact counterpart of the coalescer."""

    name: ClassVar[str] = "nearest-pair"
    label: ClassVar[str] = "Nearest pair (exact)"
    colour: ClassVar[str] = "#56B4E9"

    symbol: ClassVar[str] = "circle-open"
    summary: ClassVar[str] = "The image of the nearest pair, looked up: what the coalescer is trained to say."
    exact: ClassVar[str] = name
    steps: ClassVar[tuple[int, ...]] = (1, 2)
    samplers: ClassVar[tuple[str, ...]] = ("jump",)  # with the pair's own description a second jump stays where it is

    desc_scale: float = 8.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "desc_scale", float(self.desc_scale))  # 8 and 8.0 are one recipe, with one repr

    def denoiser(self) -> "NearestPairDenoiser":
        """The index at work."""
        return NearestPairDenoiser(pair_index(self.world, self.desc_scale))


class NearestPairDenoiser(Targets):
    """`x0_hat = close_pair.image`, trusted fully."""

    sharp = True

    def __init__(self, index: PairIndex) -> None:
        self.index = index

    def weights(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        close_pair = self.index.query(description.double().numpy(), x.double().numpy())[1][:, 0]
        return functional.one_hot(torch.tensor(close_pair), len(self.index.pairs.image))

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        close_pair = self.index.query(description.double().numpy(), x.double().numpy())[1][:, 0]
        return Prediction(torch.tensor(self.index.pairs.image[close_pair], dtype=x.dtype), torch.ones(len(x)))
