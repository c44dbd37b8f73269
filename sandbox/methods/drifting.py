"""Drifting: a generator of one step, whose samples are moved towards the data while it is trained.

For samples x of the network and pairs y of the data, the drift of x (Deng et al. 2026, arXiv 2602.04770, equation 11) is

    V(x) = E_y E_x' [ k(x, y) k(x, x') (y - x') ] / normalisation,

attraction to the data minus repulsion from the other samples, with the kernel k(a, b) = exp(-|a - b| / temperature). Where
both have one law it is 0. The network is drawn to x + V(x), held fixed. The kernel here also weighs how near the
descriptions are, so that samples drift towards pairs that are called the same; without a description all pairs count.

With two-sided plans (arXiv 2603.12366, 2605.11755) attraction and repulsion are each balanced by Sinkhorn's iterations, so that
every pair attracts as much as any other and no sample is left out: V(x) = n (P y - Q x')(x), with P the entropic plan from the
samples to the pairs and Q the one among the samples. It is minus half the gradient of the Sinkhorn divergence where the cost
is a squared distance.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import Displacement, Network, is_given, option
from sandbox.methods.base import Batches, Trained, tensors
from sandbox.methods.jump import Jump
from sandbox.pairs import make_pairs

TEMPERATURES = (0.05, 0.2)  # of the kernel, space units; the drifts are added
DESCRIPTIONS = 0.1  # standard deviation of the kernel over descriptions, description units
FAR = 1e6  # a distance at which the kernel is 0
ROUNDS = 20  # of Sinkhorn's iterations


def softmax_drift(x: Tensor, description: Tensor, image: Tensor, shown: Tensor, temperature: float) -> Tensor:
    """V of every sample x (n, d) with its description, from the pairs' images (m, d) and descriptions: (n, d).

    The kernel is normalised over both its rows and its columns, as in algorithm 2: the geometric mean of two softmaxes.
    """
    to_data = torch.cdist(x, image) + temperature * _apart(description, shown)
    to_others = torch.cdist(x, x) + temperature * _apart(description, description) + FAR * torch.eye(len(x))
    logits = -torch.cat([to_data, to_others], dim=1) / temperature
    kernel = (logits.softmax(dim=1) * logits.softmax(dim=0)).sqrt()
    data, others = kernel.split([len(image), len(x)], dim=1)
    attraction = (data * others.sum(dim=1, keepdim=True)) @ image
    return attraction - (others * data.sum(dim=1, keepdim=True)) @ x


def _apart(asked: Tensor, shown: Tensor) -> Tensor:
    """How unlike two descriptions are, (n, m): without one, all pairs are alike and all described samples far."""
    none, unnamed = ~is_given(asked), ~is_given(shown)
    apart = torch.cdist(asked.nan_to_num(), shown.nan_to_num()).square() / (2 * DESCRIPTIONS**2)
    apart = torch.where(none[:, None] != unnamed[None], FAR, apart)
    if not unnamed.any():
        apart = torch.where(none[:, None], 0.0, apart)
    return apart


def sinkhorn_drift(x: Tensor, description: Tensor, image: Tensor, shown: Tensor, temperature: float) -> Tensor:
    """The same from two-sided plans: (n, d)."""
    to_data = torch.cdist(x, image) + temperature * _apart(description, shown)
    to_others = torch.cdist(x, x) + temperature * _apart(description, description)
    return sinkhorn(-to_data / temperature) @ image - sinkhorn(-to_others / temperature) @ x


def sinkhorn(logits: Tensor) -> Tensor:
    """The matrix exp(logits), (n, m), scaled so that its rows sum to 1 and its columns to n / m (Cuturi 2013)."""
    share = math.log(logits.shape[0] / logits.shape[1])
    for _ in range(ROUNDS):
        logits = logits - logits.logsumexp(dim=0, keepdim=True) + share
        logits = logits - logits.logsumexp(dim=1, keepdim=True)
    return logits.exp()


Drift = Callable[[Tensor, Tensor, Tensor, Tensor, float], Tensor]
DRIFTS: dict[str, Drift] = {"softmax": softmax_drift, "sinkhorn": sinkhorn_drift}


@dataclass(frozen=True, kw_only=True)
class Drifting(Trained):
    """The drifting model."""

    name = "drifting"
    label = "Drifting"
    family = "distribution matching"
    colour = "#999933"
    symbol = "triangle-down"
    summary = "A one-step generator; its samples drift towards the data while it is trained."
    steps = (1,)
    samplers = (Jump(),)
    head = Displacement()
    prolonged = 2
    untuned: ClassVar[Mapping[str, Any]] = {"batch": 256, "bandwidth": 0.25, "ema": 0.0}

    training_steps: int = 8000
    bandwidth: float = 0.5
    ema: float = 0.99
    plan: str = option(
        "softmax",
        "How drifts are dealt out: by softmaxes over rows and columns, as published, or by Sinkhorn's iterations, in which "
        "every pair attracts as much as any other.",
        choices=tuple(DRIFTS),
        label="Plan",
    )

    def batches(self, rng: np.random.Generator) -> Batches:
        """`(R, description, images of pairs, their descriptions)`: a quarter without a description."""
        pairs, n = make_pairs(self.world), self.batch
        while True:
            condition, shown = rng.integers(len(pairs.image), size=(2, n))
            description = np.where(np.arange(n)[:, None] < n // 4, np.nan, pairs.description[condition])
            start = self.world.space.start(n, rng)
            yield tensors(start, description, pairs.image[shown], pairs.description[shown])

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|x - (x + V)|^2`, no gradient through the second x nor V."""
        start, description, image, shown = batch
        x = self.head.read(network, start, torch.ones_like(start[:, :1]), description).x0_hat
        with torch.no_grad():
            drift = DRIFTS[self.plan]
            goal = x + sum(drift(x, description, image, shown, temperature) for temperature in TEMPERATURES)
        return (x - goal).square().sum(dim=1).mean()
