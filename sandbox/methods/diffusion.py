"""The baseline: a conditional diffusion model with velocity prediction.

A pair's image is mixed with noise, `x_t = alpha x_0 + sigma z`, and the network learns `v = alpha z - sigma x_0`
(Salimans & Ho 2022, arXiv 2202.00512, section 4), from which `x0_hat = alpha x_t - sigma v`. The same (x_t, description)
comes from many different x_0, so its answer is their mean: far from the data an average, and many small steps are needed.
One description in eight is left out, so that the same network also answers without one (classifier-free guidance).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import schedule
from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import Network
from sandbox.methods.base import Trained
from sandbox.pairs import make_pairs
from sandbox.spaces import space_named


@dataclass(frozen=True, kw_only=True)
class Diffusion(Trained):
    """Diffusion on the same pairs, with the same network."""

    name: ClassVar[str] = "diffusion"
    label: ClassVar[str] = "Diffusion"
    colour: ClassVar[str] = "#D55E00"
    symbol: ClassVar[str] = "square"
    summary: ClassVar[str] = (
        "Asks for the mean of all images that could have become this point, and goes a part of the way."
    )
    exact: ClassVar[str] = "ideal-denoiser"
    steps: ClassVar[tuple[int, ...]] = (1, 2, 4, 8, 16, 32, 64)
    samplers: ClassVar[tuple[str, ...]] = ("ddim", "ancestral", "heun", "dpm-solver-2m")
    guided: ClassVar[bool] = True
    by_level: ClassVar[bool] = True
    outputs: ClassVar[int] = 2  # the velocity

    training_steps: int = 16000
    batch: int = 512
    learning_rate: float = 5e-3

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """`(x_t, t, description, v)`."""
        pairs, space = make_pairs(self.world), space_named(self.world.space)
        image, described = (torch.tensor(a, dtype=torch.float32) for a in (pairs.image, pairs.description))
        while True:
            which = torch.from_numpy(rng.integers(len(image), size=self.batch))
            # One t in each of `batch` equal intervals: every level in every batch, a quieter loss.
            t = torch.tensor(
                (np.arange(self.batch) + rng.random(self.batch))[:, None] / self.batch, dtype=torch.float32
            )
            noise = torch.tensor(space.start(self.batch, rng), dtype=torch.float32)
            dropped = torch.from_numpy(rng.random((self.batch, 1)) < 1 / 8)
            alpha, sigma = schedule.alpha(t), schedule.sigma(t)
            description = torch.where(dropped, torch.nan, described[which])
            yield alpha * image[which] + sigma * noise, t, description, alpha * noise - sigma * image[which]

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|v_hat - v|^2`."""
        x, t, description, velocity = batch
        return (network(x, t, description) - velocity).square().sum(dim=1).mean()

    def denoiser(self, network: Network) -> "DiffusionDenoiser":
        """The trained network at work."""
        return DiffusionDenoiser(network, space_named(self.world.space).start_scale)


class DiffusionDenoiser(Denoiser):
    """`x0_hat = alpha x - sigma v`, an estimate of the mean of x_0 given x_t."""

    def __init__(self, network: Network, scale: float) -> None:
        self.network = network
        self.scale = scale

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return Prediction(self._mean(x, t, description))

    def _mean(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        return schedule.alpha(t) * x - schedule.sigma(t) * self.network(x, t, description)

    @torch.enable_grad()
    def trust(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """`|E[x_0 - x]| / sqrt(E|x_0 - x|^2)`, with the spread of x_0 from Tweedie's second-order formula.

        The trace of `Cov[x_0 | x_t] = (sigma^2 / alpha) d x0_hat / d x_t` (Meng et al. 2021, arXiv 2111.04726) from the
        network's own Jacobian. It needs alpha > 0; at t = 1 it is taken just below.
        """
        t = t.clamp(1e-3, 0.98)
        x = x.detach().clone().requires_grad_()
        mean = self._mean(x, t, description)
        slopes = [torch.autograd.grad(mean[:, i].sum(), x, retain_graph=i == 0)[0][:, i] for i in range(2)]
        noise = (self.scale * schedule.sigma(t)).square() / schedule.alpha(t)
        variance = (noise[:, 0] * (slopes[0] + slopes[1])).clamp(min=0.0)
        squared = (mean - x).square().sum(dim=1)
        return (squared / (squared + variance).clamp(min=1e-12)).sqrt().detach()
