"""What diffusion is trained to say: the exact mean of x_0 given x_t and the description, over the pairs.

    x0_hat = sum_i w_i x_i,    w = softmax(-|x - alpha x_i|^2 / (2 (scale sigma)^2) - |DE - d_i|^2 / (2 bandwidth^2))

The first term is Bayes' rule for the noise (Karras et al. 2022, arXiv 2206.00364, equation 57), the second for the
descriptions: DE and d_i are the same place twice with noise of size s, so their difference has the size sqrt(2) s. As
sigma -> 0 with bandwidth = scale sigma / desc_scale this *is* the nearest pair of the index: the coalescer's jump is the
denoiser at temperature zero, and diffusion cools down to it step by step.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from sandbox.engine import COSINE, Ancestral, Ddim, DpmSolver2M, Heun, Prediction, Sampler, Schedule, Targets, is_given
from sandbox.methods.base import Exact
from sandbox.pairs import Pairs, make_pairs
from sandbox.spaces import Space

AT_ONCE = 128  # rows: the probabilities of many points at once would not fit into the processor's cache


@dataclass(frozen=True, kw_only=True)
class IdealDenoiser(Exact):
    """The exact counterpart of diffusion."""

    name = "ideal-denoiser"
    label = "Ideal denoiser (exact)"
    family = "averages"
    colour = "#E69F00"
    symbol = "square-open"
    summary = "The exact mean over the pairs: what diffusion is trained to say."
    steps = (1, 2, 4, 8, 16, 32, 64)
    samplers: ClassVar[tuple[Sampler, ...]] = (Ddim(), Ancestral(), Heun(), DpmSolver2M())
    guided = True
    by_level = True
    targets = True
    schedule: ClassVar[Schedule] = COSINE

    def denoiser(self) -> "PosteriorMean":
        """The posterior over the pairs."""
        bandwidth = max(math.sqrt(2) * self.world.description_noise, 1e-3)
        return PosteriorMean(make_pairs(self.world), self.world.space, bandwidth, self.schedule)


class PosteriorMean(Targets):
    """The weighted mean of the pairs' images."""

    def __init__(self, pairs: Pairs, space: Space, bandwidth: float, schedule: Schedule) -> None:
        self.image, self.description = torch.tensor(pairs.image), torch.tensor(pairs.description)
        self.scale, self.means = space.start_scale, torch.tensor(space.means, dtype=torch.float32)
        self.bandwidth = bandwidth
        self.schedule = schedule

    def probabilities(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """The probability of every pair, given the point and the description: (n, pairs), rows sum to 1.

        Both squares are expanded, so that one matrix product makes all exponents; what does not depend on the pair cancels.
        Double precision, because at small sigma the exponents are differences of large numbers.
        """
        noise = (self.scale * self.schedule.sigma(t)).clamp(min=1e-4).double().square()  # (n, 1)
        alpha = self.schedule.alpha(t).double()
        given = is_given(description)[:, None].double() / self.bandwidth**2
        squares = [self.image.square().sum(1, keepdim=True), self.description.square().sum(1, keepdim=True)]
        keys = torch.cat([self.image, self.description, *squares], dim=1)
        logits = []
        for mean in self.means:  # where R has several centres, x may come from each of them
            z = x - self.schedule.sigma(t) * mean
            near = [alpha * z / noise, given * description.nan_to_num(), -0.5 * alpha.square() / noise, -0.5 * given]
            own = 0.0 if len(self.means) == 1 else -0.5 * z.double().square().sum(1, keepdim=True) / noise
            logits.append(torch.cat(near, dim=1) @ keys.T + own)  # (n, 6) @ (6, pairs)
        return torch.softmax(logits[0] if len(logits) == 1 else torch.logsumexp(torch.stack(logits), 0), dim=1)

    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        columns = (x, t, description)
        few = x.shape[0] <= AT_ONCE  # not len(x): a traced number of rows stays open
        parts = [columns] if few else zip(*(column.split(AT_ONCE) for column in columns), strict=True)
        return Prediction(torch.cat([self.probabilities(*rows) @ self.image for rows in parts]).to(x.dtype))

    def trust(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """`|E[x_0 - x]| / sqrt(E|x_0 - x|^2)`, exactly: 1 where all targets lie the same way, 0 where they cancel."""
        moments = torch.cat([self.image, self.image.square().sum(1, keepdim=True)], dim=1)
        mean, square = (self.probabilities(x, t, description) @ moments).split([x.shape[1], 1], dim=1)
        squared = square[:, 0] + (x.double() * (x - 2 * mean)).sum(dim=1)  # E|x_0 - x|^2, expanded
        length = (mean - x).norm(dim=1)
        return (length / squared.clamp(min=1e-24).sqrt()).clamp(max=1.0).to(x.dtype)
