"""What diffusion is trained to say: the exact mean of x_0 given x_t and the description, over the pairs.

    x0_hat = sum_i w_i x_i,    w = softmax(-|x - alpha x_i|^2 / (2 (scale sigma)^2) - |DE - d_i|^2 / (2 bandwidth^2))

The first term is Bayes' rule for the noise (Karras et al. 2022, arXiv 2206.00364, equation 57), the second for the
descriptions: DE and d_i are the same place twice with noise of size s, so their difference has the size sqrt(2) s. As
sigma -> 0 with bandwidth = sigma / desc_scale this *is* the nearest pair of the index: the coalescer's jump is the
denoiser at temperature zero, and diffusion cools down to it step by step.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from sandbox import schedule
from sandbox.denoiser import Denoiser, Prediction
from sandbox.methods.base import Exact
from sandbox.pairs import Pairs, make_pairs
from sandbox.sampling import Ddim
from sandbox.spaces import space_named


@dataclass(frozen=True, kw_only=True)
class IdealDenoiser(Exact):
    """The exact counterpart of diffusion."""

    name: ClassVar[str] = "ideal-denoiser"
    label: ClassVar[str] = "Ideal denoiser (exact)"
    colour: ClassVar[str] = "#E69F00"

    def denoiser(self) -> "IdealDenoiserDenoiser":
        """The pairs at work."""
        bandwidth = max(math.sqrt(2) * self.world.description_noise, 1e-3)
        return IdealDenoiserDenoiser(make_pairs(self.world), space_named(self.world.space).start_scale, bandwidth)

    def sampler(self) -> Ddim:
        """As for the diffusion network."""
        return Ddim()


class IdealDenoiserDenoiser(Denoiser):
    """The weighted mean of the pairs' images, and the resultant length of the directions to them as its trust."""

    def __init__(self, pairs: Pairs, scale: float, bandwidth: float) -> None:
        self.image = torch.tensor(pairs.image, dtype=torch.float32)
        self.description = torch.tensor(pairs.description, dtype=torch.float32)
        self.scale = scale
        self.bandwidth = bandwidth

    def weights(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """The probability of every pair, given the point and the description: (n, pairs), rows sum to 1."""
        noise = (self.scale * schedule.sigma(t)).clamp(min=1e-4)
        near = _squared_distances(x, self.image, schedule.alpha(t)) / noise.square()
        called = _squared_distances(description.nan_to_num(), self.description) / self.bandwidth**2
        given = ~description.isnan().any(dim=1, keepdim=True)
        return torch.softmax(-0.5 * (near + given * called), dim=1)

    def __call__(self, x: Tensor, t: Tensor, description: Tensor) -> Prediction:
        return Prediction(self.weights(x, t, description) @ self.image)

    def trust(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """`|E[x_0 - x]| / sqrt(E|x_0 - x|^2)`, exactly: 1 where all targets lie the same way, 0 where they cancel."""
        weights = self.weights(x, t, description)
        mean = weights @ self.image
        squared = (weights * _squared_distances(x, self.image)).sum(dim=1)
        return ((mean - x).square().sum(dim=1) / squared.clamp(min=1e-12)).sqrt().clamp(max=1.0)


def _squared_distances(a: Tensor, b: Tensor, factor: Tensor | float = 1.0) -> Tensor:
    """|a_i - factor_i b_j|^2 without the cancellation of an expanded square: (n, 2), (m, 2), (n, 1) -> (n, m)."""
    return (a[:, :1] - factor * b[:, 0]).square() + (a[:, 1:] - factor * b[:, 1]).square()
