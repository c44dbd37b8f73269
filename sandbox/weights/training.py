"""The one loop that trains every method, as a generator of progress.

It can be stopped at any step by not asking for more, and it depends on the recipe alone: the same recipe gives the same
weights, bit for bit on one machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, nn
from torch.optim.lr_scheduler import OneCycleLR

from sandbox.engine.network import Network
from sandbox.methods import Trained


class DivergedError(RuntimeError):
    """Training left the finite numbers."""


@dataclass(frozen=True)
class Progress:
    """How far a training run has come; `network` goes on changing while the run does."""

    step: int
    steps: int
    loss: float  # mean since the last report
    network: Network


def train(recipe: Trained, every: int = 100, teacher: Network | None = None) -> Iterator[Progress]:
    """Train a recipe's network, with a report each `every` steps and at the last one.

    Adam with a learning rate that warms up and falls to nothing (OneCycleLR), gradients clipped at norm 1. DivergedError
    when the loss is no longer finite. A recipe that has a teacher is trained from the teacher's network.
    """
    network = recipe.network(Generator().manual_seed(recipe.seed)).train()
    if recipe.teacher() is not None:
        if teacher is None:
            raise ValueError(f"{recipe.name} is trained from its teacher's network, and none was given.")
        recipe.follow(network, teacher)
    optimiser = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, fused=True)
    warm_up = 0.1 if recipe.training_steps > 10 else 0.3  # over exactly one step of warming up it divides by zero
    schedule = OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=recipe.training_steps, pct_start=warm_up, cycle_momentum=False
    )
    losses: list[float] = []
    batches = recipe.batches(np.random.default_rng(recipe.seed))
    for step, batch in zip(range(1, recipe.training_steps + 1), batches, strict=False):
        loss = recipe.loss(network, *batch)
        losses.append(loss.item())
        if not np.isfinite(losses[-1]):
            raise DivergedError(
                f"Training diverged at step {step} of {recipe.training_steps}: the loss is no longer a number."
            )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % every == 0 or step == recipe.training_steps:
            yield Progress(step, recipe.training_steps, float(np.mean(losses)), network)
            losses.clear()
