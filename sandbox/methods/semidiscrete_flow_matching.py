"""Flow matching whose lines are those of balanced lookups: semi-discrete optimal transport from random points to the pairs.

Every R belongs to one pair, that of the balanced index (`sandbox.pairs.balance`), which finds every pair equally often, and the
network learns the velocity of the line between them (Mousavi-Hosseini et al. 2025, arXiv 2509.25519). Unlike the assignment of
a batch, the coupling is the same whatever else is drawn, and it looks at the description that is asked. It is the coupling of
the balanced coalescer, from which this method differs in what is learned: a velocity at every level, not a jump.

With `learned_guidance` w the network learns the guided velocity itself, v(none) + w (v(DE) - v(none)), where classifier-free
guidance asks it twice for each step: it is led away from what it says without a description while it is trained (Tang et al.
2025, arXiv 2502.12154).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import Network, option
from sandbox.methods.balanced_lookup import balanced_lookup
from sandbox.methods.base import Batches, Levelled, partly_undescribed
from sandbox.methods.coalescer import LOOKUP
from sandbox.methods.flow_matching import FlowMatching, on_lines
from sandbox.pairs import Balance, BalanceWeights, desc_scale_option, random_descriptions


@dataclass(frozen=True, kw_only=True)
class SemidiscreteFlowMatching(Levelled):
    """Flow matching with the balanced index as its coupling."""

    name = "semidiscrete-flow-matching"
    label = "Semi-discrete flow matching"
    family = "couplings"
    colour = "#2F8F9D"
    symbol = "diamond-wide"
    summary = "Flow matching along lines from random points to the pairs of the balanced index."
    steps = FlowMatching.steps
    samplers = FlowMatching.samplers
    guided = True
    by_level = True
    head = FlowMatching.head
    untuned: ClassVar[Mapping[str, Any]] = {
        "learning_rate": 0.005,
        "bandwidth": 0.25,
        "ema": 0.0,
        "level_mean": 0.0,
        "level_deviation": 0.0,
    }

    desc_scale: float = desc_scale_option()
    learned_guidance: float = option(
        1.0,
        "How far the network is led towards what the description changes, while it is trained: 1 is not at all. Other values "
        "are trained on the spot where none come with the space.",
        low=1.0,
        high=4.0,
        label="Learned guidance",
    )
    learning_rate: float = 0.02
    bandwidth: float = 0.7
    ema: float = 0.99
    level_mean: float = -0.5
    level_deviation: float = 1.2

    def needs(self) -> tuple[Balance, ...]:
        return (Balance(self.world, self.desc_scale),)

    def batches(self, rng: np.random.Generator, balance: BalanceWeights) -> Batches:
        """`(x_t, t, DE, v)`; the network learns v."""
        lookup, n = balanced_lookup(self.world, self.desc_scale, balance), LOOKUP * self.batch
        every = np.ones(n, dtype=bool)
        while True:
            description = partly_undescribed(random_descriptions(self.world, n, rng), rng)
            start = self.world.space.start(n, rng)
            image = lookup.index.pairs.image[lookup.close_pair(description, start, first=every)]
            batches = zip(*(np.split(column, LOOKUP) for column in (image, start, description)), strict=True)
            for here, there, asked in batches:
                yield on_lines(here, there, self.levels(rng), asked)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """The squared error; with learned guidance the line's velocity is moved so that its mean is the guided one."""
        *_, velocity = batch
        if self.learned_guidance == 1:
            return super().loss(network, *batch)
        x, t, description, _ = batch
        told = network(x, t, description)
        with torch.no_grad():
            untold = network(x, t, torch.full_like(description, torch.nan))
            lead = (1 - 1 / self.learned_guidance) * (told - untold)  # 0 where there is no description
        return (told - velocity - lead).square().sum(dim=1).mean()
