"""How much of the data and how much noise a point carries at noise level t (t = 0 is data, t = 1 is noise).

    x_t = alpha(t) x_0 + sigma(t) z,    z a random point R

COSINE is the variance-preserving schedule alpha = cos(pi t / 2), sigma = sin(pi t / 2) (Nichol & Dhariwal 2021, without the
offset; Salimans & Ho 2022); LINEAR the straight line alpha = 1 - t, sigma = t (Lipman et al. 2023; Liu et al. 2023). At
t = 1 nothing of the data is left in either, so sampling starts exactly from R.

The velocity along the way is v = alpha' x_0 + sigma' z. With the derivatives taken so that alpha sigma' - sigma alpha' = 1
(for COSINE by the angle pi t / 2, for LINEAR by t) the two equations give x_0 back: x_0 = sigma' x_t - sigma v.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Share = Callable[[Tensor], Tensor]  # of the noise level, any shape
DATA = torch.tensor(0.0)  # the noise level of the data


@dataclass(frozen=True, repr=False)
class Schedule:
    """The shares of data and noise at every noise level, and how they change."""

    name: str
    alpha: Share
    sigma: Share
    alpha_rate: Share  # alpha'
    sigma_rate: Share  # sigma'
    level: Share  # the noise level at which ln(sigma / alpha) is so much

    def __repr__(self) -> str:
        return self.name

    def mix(self, x_0: Tensor, z: Tensor, t: Tensor) -> Tensor:
        """x_t (n, d) from the data and the noise, both (n, d), at levels t (n, 1)."""
        return self.alpha(t) * x_0 + self.sigma(t) * z

    def noise(self, x: Tensor, x0_hat: Tensor, t: Tensor) -> Tensor:
        """e (n, d), the noise that a point carries beside its data."""
        return (x - self.alpha(t) * x0_hat) / self.sigma(t)

    def renoised(
        self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, tau: Tensor | None = None, z: Tensor | None = None
    ) -> Tensor:
        """alpha_s x0_hat + sigma_s (sqrt(1 - tau) e + sqrt(tau) z): x_t, with another share of its noise, at level s."""
        e = self.noise(x, x0_hat, t)
        if tau is not None and z is not None:
            e = (1 - tau).sqrt() * e + tau.sqrt() * z
        return self.mix(x0_hat, e, s)

    def velocity(self, x_0: Tensor, z: Tensor, t: Tensor) -> Tensor:
        """v (n, d) on the way between the data and the noise."""
        return self.alpha_rate(t) * x_0 + self.sigma_rate(t) * z

    def x0_hat(self, x: Tensor, v: Tensor, t: Tensor) -> Tensor:
        """The data (n, d) that a point and its velocity say."""
        return self.sigma_rate(t) * x - self.sigma(t) * v


def cosine(t: Tensor) -> Tensor:
    """cos(pi t / 2), exactly 0 at t = 1."""
    return torch.sin(math.pi / 2 * (1 - t))


def sine(t: Tensor) -> Tensor:
    """sin(pi t / 2), exactly 0 at t = 0."""
    return torch.sin(math.pi / 2 * t)


def tangent_level(log_noise: Tensor) -> Tensor:
    """t of ln tan(pi t / 2)."""
    return torch.atan(log_noise.exp()) * (2 / math.pi)


COSINE = Schedule("cosine", cosine, sine, lambda t: -sine(t), cosine, tangent_level)
LINEAR = Schedule("linear", lambda t: 1 - t, lambda t: t, lambda t: -torch.ones_like(t), torch.ones_like, torch.sigmoid)
