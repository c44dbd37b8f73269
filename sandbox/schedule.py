"""How much of the data and how much noise a point carries at noise level t (t = 0 is data, t = 1 is noise).

    x_t = alpha(t) * x_0 + sigma(t) * z,    z ~ N(0, scale^2)

with the variance-preserving cosine schedule alpha = cos(pi t / 2), sigma = sin(pi t / 2) (Nichol & Dhariwal 2021, without
the offset; Salimans & Ho 2022). At t = 1 nothing of the data is left, so sampling starts exactly from R ~ N(0, scale^2).
"""

import math

import torch
from torch import Tensor


def alpha(t: Tensor) -> Tensor:
    """The share of the data, any shape, in [0, 1]; exactly 0 at t = 1."""
    return torch.sin(math.pi / 2 * (1 - t))


def sigma(t: Tensor) -> Tensor:
    """The share of the noise, any shape, in [0, 1]; exactly 0 at t = 0."""
    return torch.sin(math.pi / 2 * t)
