"""The baseline: a conditional diffusion model with velocity prediction.

A pair's image is mixed with noise, `x_t = alpha x_0 + sigma z`, and the network learns `v = alpha z - sigma x_0`
(Salimans & Ho 2022, arXiv 2202.00512, section 4), from which `x0_hat = alpha x_t - sigma v`. The same (x_t, description)
comes from many different x_0, so its answer is their mean: far from the data an average, and many small steps are needed.
One description in eight is left out, so that the same network also answers without one (classifier-free guidance).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import COSINE, Ancestral, Ddim, DpmSolver2M, Heun, Learned, Network, Velocity
from sandbox.methods.base import Batches, Levelled, partly_undescribed, tensors
from sandbox.methods.ideal_denoiser import IdealDenoiser
from sandbox.pairs import make_pairs


@dataclass(frozen=True, kw_only=True)
class Diffusion(Levelled):
    """Diffusion on the same pairs, with the same network."""

    name = "diffusion"
    label = "Diffusion"
    family = "averages"
    colour = "#D55E00"
    symbol = "square"
    summary = "Asks for the mean of all images that could have become this point, and goes a part of the way."
    exact = IdealDenoiser
    steps = (1, 2, 4, 8, 16, 32, 64)
    samplers = (Ddim(), Ancestral(), Heun(), DpmSolver2M())
    guided = True
    by_level = True
    head = Velocity(COSINE)
    untuned: ClassVar[Mapping[str, Any]] = {"bandwidth": 0.25, "level_mean": 0.0, "level_deviation": 0.0}

    training_steps: int = 16000
    bandwidth: float = 1.0
    level_mean: float = -1.0
    level_deviation: float = 1.5

    def batches(self, rng: np.random.Generator) -> Batches:
        """`(x_t, t, description, v)`; the network learns v."""
        pairs = make_pairs(self.world)
        while True:
            which = rng.integers(len(pairs.image), size=self.batch)
            t = self.levels(rng)
            image, level, noise = tensors(pairs.image[which], t, self.world.space.start(self.batch, rng))
            (description,) = tensors(partly_undescribed(pairs.description[which], rng))
            yield COSINE.mix(image, noise, level), level, description, COSINE.velocity(image, noise, level)

    def denoiser(self, network: Network) -> "DiffusionDenoiser":
        return DiffusionDenoiser(network, self.head, self.world.space.start_scale)


class DiffusionDenoiser(Learned):
    """`x0_hat` is the mean of x_0 given x_t; the network's Jacobian says how far the x_0 are spread around it."""

    def __init__(self, network: Network, head: Velocity, scale: float) -> None:
        super().__init__(network, head)
        self.scale = scale

    @torch.enable_grad()
    def trust(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """`|E[x_0 - x]| / sqrt(E|x_0 - x|^2)`, with the spread of x_0 from Tweedie's second-order formula.

        The trace of `Cov[x_0 | x_t] = (sigma^2 / alpha) d x0_hat / d x_t` (Meng et al. 2021, arXiv 2111.04726) from the
        network's own Jacobian. It needs alpha > 0; at t = 1 it is taken just below.
        """
        t = t.clamp(1e-3, 0.98)
        x = x.detach().clone().requires_grad_()
        mean = self.head.read(self.network, x, t, description).x0_hat
        slopes = [torch.autograd.grad(mean[:, i].sum(), x, retain_graph=True)[0][:, i] for i in range(x.shape[1])]
        noise = (self.scale * self.schedule.sigma(t)).square() / self.schedule.alpha(t)
        variance = (noise[:, 0] * sum(slopes)).clamp(min=0.0)
        squared = (mean - x).square().sum(dim=1)
        return (squared / (squared + variance).clamp(min=1e-12)).sqrt().detach()
