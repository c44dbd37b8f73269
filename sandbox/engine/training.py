"""The one loop that trains every network, as a generator of progress.

It can be stopped at any step by not asking for more, and depends on nothing but its arguments: the same ones give the same
weights, bit for bit on one machine.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class DivergedError(RuntimeError):
    """Training left the finite numbers."""


@dataclass(frozen=True)
class Progress:
    """How far a training run has come; `network` goes on changing while the run does."""

    step: int
    steps: int
    loss: float  # mean since the last report
    network: nn.Module


def fit(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, ...]],
    loss: Callable[..., Tensor],
    *,
    steps: int,
    learning_rate: float,
    ema: float = 0.0,
    every: int = 100,
) -> Iterator[Progress]:
    """Train a network by `loss(network, *batch)` for so many steps, with a report each `every` steps and at the last one.

    Adam with a learning rate that warms up and falls to nothing (OneCycleLR), gradients clipped at norm 1. DivergedError
    when the loss is no longer finite. With `ema` what is reported is the exponential moving average of the weights with this
    decay (Polyak & Juditsky 1992; Karras et al. 2024, arXiv 2312.02696, section 3).
    """
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(ema), use_buffers=True) if ema else None
    told = averaged.module if averaged else network
    optimiser = torch.optim.Adam(network.train().parameters(), lr=learning_rate, fused=True)
    warm_up = 0.1 if steps > 10 else 0.3  # over exactly one step of warming up it divides by zero
    schedule = OneCycleLR(optimiser, learning_rate, total_steps=steps, pct_start=warm_up, cycle_momentum=False)
    losses: list[float] = []
    for step, batch in zip(range(1, steps + 1), batches, strict=False):
        value = loss(network, *batch)
        losses.append(value.item())
        if not np.isfinite(losses[-1]):
            raise DivergedError(f"Training diverged at step {step} of {steps}: the loss is no longer a number.")
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if averaged:
            averaged.update_parameters(network)
        if step % every == 0 or step == steps:
            yield Progress(step, steps, float(np.mean(losses)), told)
            losses.clear()
