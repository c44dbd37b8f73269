"""How much of the data and how much noise a point carries at noise level t (t = 0 is data, t = 1 is noise).

    x_t = alpha(t) * x_0 + sigma(t) * z,    z a random point R

COSINE is the variance-preserving schedule alpha = cos(pi t / 2), sigma = sin(pi t / 2) (Nichol & Dhariwal 2021, without the
offset; Salimans & Ho 2022); LINEAR the straight line alpha = 1 - t, sigma = t (Lipman et al. 2023; Liu et al. 2023). At
t = 1 nothing of the data is left in either, so sampling starts exactly from R.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


def alpha(t: Tensor) -> Tensor:
    """The share of the data in the cosine schedule, any shape, in [0, 1]; exactly 0 at t = 1."""
    return torch.sin(math.pi / 2 * (1 - t))


def sigma(t: Tensor) -> Tensor:
    """The share of the noise in the cosine schedule, any shape, in [0, 1]; exactly 0 at t = 0."""
    return torch.sin(math.pi / 2 * t)


@dataclass(frozen=True)
class Schedule:
    """The shares of data and noise at every noise level."""

    alpha: Callable[[Tensor], Tensor]
    sigma: Callable[[Tensor], Tensor]


COSINE = Schedule(alpha, sigma)
LINEAR = Schedule(lambda t: 1 - t, lambda t: t)
