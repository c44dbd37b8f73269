"""What every method becomes once it is ready to answer: a denoiser, `(x, t, description) -> x0_hat`.

"Where does this point belong?" A sampler asks it, the field of arrows draws `x0_hat - x`, and a wrapper counts how often
it was asked, row by row, so that no method declares its own cost.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from sandbox.engine.schedule import COSINE, Schedule


@dataclass(frozen=True)
class Prediction:
    """One evaluation: where the points belong and, if the method says so itself, how far its direction can be trusted."""

    x0_hat: Tensor  # (n, d)
    trust: Tensor | None = None  # (n,), in [0, 1]


class Denoiser(ABC):
    """A method's answer, without randomness and without state."""

    schedule: Schedule = COSINE  # by which its points are mixed with noise

    @abstractmethod
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        """x (n, d), t (n, 1) in [0, 1], description (n, e) with NaN rows for none.

        s (n, 1) is the level that the step goes to, for methods that answer for a step as a whole; none means 0, the data.
        """

    def trust(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """How far the direction can be trusted, (n,) in [0, 1]; here as the evaluation itself says."""
        trust = self(x, t, description).trust
        return torch.ones(len(x)) if trust is None else trust


class Targets(Denoiser):
    """An exact method that can say which pairs a place is sent to, and how likely each."""

    sharp: bool = False  # whether each description has one target, so that their spread is that of the descriptions

    @abstractmethod
    def probabilities(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """The probability of every pair, given the point and the description: (n, pairs), rows sum to 1."""


class Counted(Denoiser):
    """Counts the rows that the denoiser inside was asked for: retries, guidance and second calls included."""

    def __init__(self, inner: Denoiser) -> None:
        self.inner = inner
        self.schedule = inner.schedule
        self.rows = 0

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        self.rows += len(x)
        return self.inner(x, t, description, s)


class Guided(Denoiser):
    """Classifier-free guidance: from the answer without a description towards and past the one with it.

    Weight 1 is no guidance and costs no second evaluation; rows without a description have nothing to be guided by.
    """

    def __init__(self, inner: Denoiser, weight: float) -> None:
        self.inner = inner
        self.schedule = inner.schedule
        self.weight = weight

    def trust(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        return self.inner.trust(x, t, description)

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        described = self.inner(x, t, description, s)
        given = is_given(description)
        if self.weight == 1 or not given.any():
            return described
        nothing = torch.full_like(description[given], torch.nan)
        none = self.inner(x[given], t[given], nothing, None if s is None else s[given])
        x0_hat = described.x0_hat.clone()
        x0_hat[given] = guide(none.x0_hat, described.x0_hat[given], self.weight)
        return Prediction(x0_hat, described.trust)


def is_given(description: Tensor) -> Tensor:
    """Which rows (n,) say a description at all: those whose every coordinate is a number."""
    return ~description.isnan().any(dim=1)


def guide(none: Tensor, described: Tensor, weight: Tensor | float) -> Tensor:
    """`none + weight * (described - none)` (Ho & Salimans 2022, arXiv 2207.12598, equation 6, in terms of x0_hat)."""
    return none + weight * (described - none)
