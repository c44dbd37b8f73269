"""Methods that only tests register: as docs/adding-a-method.md says, with a line of their own in METHODS."""

import sys
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.recipe import option
from sandbox.methods import METHODS, Exact, Jump, NearestPair
from sandbox.pairs import PairIndex, pair_index
from sandbox.pairs.balance import desc_scale_option


@dataclass(frozen=True, kw_only=True)
class OneMoreOption(NearestPair):
    """As the nearest pair, and one more option, said in one line."""

    name = "one-more-option"
    label = "One more option"
    k: int = option(8, "How many of them.", low=1, high=64)


@dataclass(frozen=True, kw_only=True)
class MeanOfK(Exact):
    """The mean of the nearest pairs: exact, and it does not say which pairs a place is sent to."""

    name = "mean-of-k"
    label = "Mean of k pairs (exact)"
    family = "couplings"
    colour = "#7A5195"
    symbol = "diamond-open"
    summary = "The mean image of the k nearest pairs, looked up."
    steps = (1, 2)
    samplers = (Jump(),)

    desc_scale: float = desc_scale_option()

    def denoiser(self, *needed: Any) -> Denoiser:
        return _Mean(pair_index(self.world, self.desc_scale))


class _Mean(Denoiser):
    def __init__(self, index: PairIndex) -> None:
        self.index = index

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        near = self.index.query(description.double().numpy(), x.double().numpy(), 8)[1]
        return Prediction(torch.tensor(self.index.pairs.image[near].mean(axis=1), dtype=x.dtype))


def register(monkeypatch, *methods):
    """Add methods wherever METHODS is known, until the test ends."""
    for module in [module for name, module in sys.modules.items() if name.startswith("sandbox")]:
        if getattr(module, "METHODS", None) is METHODS:
            monkeypatch.setattr(module, "METHODS", (*METHODS, *methods))
