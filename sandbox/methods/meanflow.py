"""MeanFlow: the average velocity of flow matching's way between two levels, so that any step is one evaluation.

`u(x_t, s, t) = 1/(t - s) integral_s^t v dtau` obeys the MeanFlow identity (Geng et al. 2025, arXiv 2505.13447, equation 6)

    u = v - (t - s) du/dt,    du/dt = v . grad_x u + partial_t u,

so a network is drawn to the right side, held fixed, with the velocity v = R - x_0 of a single line. The derivative is one
forward-mode product. A step from t to s goes to `x_t - (t - s) u`, whatever lies between.

The paper weights each example by 1 / (|error|^2 + c)^p with p = 1, and says that p = 0 works too. Here p is 0: in the plane a
weight that turns away from large errors draws u from the mean velocity to a likely one, and mass wanders between regions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import LINEAR, Ddim, Network, Velocity
from sandbox.methods.base import Batches, Trained, partly_undescribed, tensors
from sandbox.pairs import make_pairs


@dataclass(frozen=True, kw_only=True)
class MeanFlow(Trained):
    """Average velocities."""

    name = "meanflow"
    label = "MeanFlow"
    family = "flow maps"
    colour = "#AA3377"
    symbol = "pentagon"
    summary = "Learns the average velocity between two levels, so that one step may go all the way."
    samplers = (Ddim(),)
    by_level = True
    head = Velocity(LINEAR, ends=True)
    prolonged = 2
    untuned: ClassVar[Mapping[str, Any]] = {
        "training_steps": 8000,
        "learning_rate": 0.005,
        "bandwidth": 0.25,
        "ema": 0.0,
    }
    instant: ClassVar[float] = 0.25  # share of the examples with s = t, where u is the velocity itself

    training_steps: int = 24000
    learning_rate: float = 0.002
    bandwidth: float = 0.5
    ema: float = 0.999

    def batches(self, rng: np.random.Generator) -> Batches:
        """`(x_t, t, s, description, v)` with s <= t."""
        pairs = make_pairs(self.world)
        while True:
            which = rng.integers(len(pairs.image), size=self.batch)
            image, start = pairs.image[which], self.world.space.start(self.batch, rng)
            ends = np.sort(rng.random((self.batch, 2)), axis=1)
            t = ends[:, 1:]
            s = np.where(rng.random((self.batch, 1)) < self.instant, t, ends[:, :1])
            description = partly_undescribed(pairs.description[which], rng)
            yield tensors((1 - t) * image + t * start, t, s, description, start - image)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|u - target|^2` (equation 9)."""
        x, t, s, description, velocity = batch
        u, target = average_velocity(network, x, t, s, description, velocity)
        return (u - target).square().sum(dim=1).mean()


def average_velocity(
    network: Network, x: Tensor, t: Tensor, s: Tensor, description: Tensor, velocity: Tensor
) -> tuple[Tensor, Tensor]:
    """u (n, d) and what the MeanFlow identity says it should be, `v - (t - s) du/dt`, held fixed: (n, d)."""

    def u_of(x: Tensor, t: Tensor) -> Tensor:
        return network(x, torch.cat([t, t - s], dim=1), description)

    u, change = torch.func.jvp(u_of, (x, t), (velocity, torch.ones_like(t)))  # type: ignore[misc]  # it gives two
    return u, (velocity - (t - s) * change).detach()
