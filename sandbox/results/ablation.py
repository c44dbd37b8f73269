"""What of the balanced coalescer brings what: `python -m sandbox.results --only ablation`.

One evaluation from R, by networks that differ in four things: which image belongs to an R, what the outputs say, what is
charged, and the width. All else is the balanced coalescer's recipe, for a quarter as long: what is told is what differs, in 105
networks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import LINEAR, Ddim, Displacement, Head, Landing, Network, Velocity
from sandbox.measure.experiment import Question, answer
from sandbox.methods import BalancedCoalescer, Jump
from sandbox.methods.balanced_coalescer import UNDESCRIBED
from sandbox.methods.balanced_lookup import balanced_lookup
from sandbox.methods.base import Batches, Trained, partly_undescribed, tensors
from sandbox.methods.coalescer import (
    DISTANCE_WEIGHT,
    LOOKUP,
    distance_and_direction,
    norm_loss,
    sqrt_loss,
    squared_loss,
)
from sandbox.methods.flow_matching import on_lines
from sandbox.pairs import Balance, BalanceWeights, Descriptions, World, make_pairs, pair_index, random_descriptions
from sandbox.results.compare import one_thread
from sandbox.results.tuning import trained
from sandbox.spaces import Points, Space

COUPLINGS = (
    "nearest",
    "balanced",
    "none",
)  # the pair of the plain index, of the balanced one, any pair of the description
HEADS: dict[str, Head] = {"flow": Velocity(LINEAR), "displacement": Displacement(), "landing": Landing(trusted=False)}
CHARGES = ("squared", "distance", "published")  # |miss|^2, |miss|, the published losses of distance and direction
WIDTHS = (96, 128)
SEED = 2000  # of training and of sampling: neither tuning's nor a table's
SAMPLES = 4000


@dataclass(frozen=True, kw_only=True)
class Ablated(Trained):
    """One jump, or one step, put together from parts."""

    name = "ablated"
    label = "Ablated"
    colour = "#777777"
    symbol = "circle"
    summary = "A jump put together from parts."
    steps = (1,)

    coupling: str = "balanced"
    learned: str = "landing"
    charge: str = "distance"
    desc_scale: float = BalancedCoalescer.desc_scale
    batch: int = BalancedCoalescer.batch
    training_steps: int = BalancedCoalescer.training_steps // 4
    learning_rate: float = BalancedCoalescer.learning_rate
    bandwidth: float = BalancedCoalescer.bandwidth
    ema: float = BalancedCoalescer.ema

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.coupling, self.learned, self.charge) not in parts():
            raise ValueError(f"Nothing is made of {self.coupling}, {self.learned} and {self.charge}.")

    @property
    def head(self) -> Head:  # type: ignore[override]
        """What the outputs say."""
        return HEADS[self.learned]

    @property
    def samplers(self) -> tuple[Ddim | Jump, ...]:  # type: ignore[override]
        """One step from R."""
        return (Ddim(),) if self.learned == "flow" else (Jump(threshold=0.0),)

    def needs(self) -> tuple[Balance, ...]:
        return (Balance(self.world, self.desc_scale),) if self.coupling == "balanced" else ()

    def batches(self, rng: np.random.Generator, *needed: BalanceWeights) -> Batches:
        """`(x_t, t, description, v)` for a flow, else `(R, 1, description, image)`."""
        n = LOOKUP * self.batch
        while True:
            start = self.world.space.start(n, rng)
            description, image = self.coupled(start, rng, *needed)
            parts = zip(*(np.split(column, LOOKUP) for column in (start, description, image)), strict=True)
            for here, asked, there in parts:
                t = rng.random((self.batch, 1))
                first = np.ones_like(t)
                flow = self.learned == "flow"
                yield on_lines(there, here, t, asked) if flow else tensors(here, first, asked, there)

    def coupled(self, start: Points, rng: np.random.Generator, *needed: BalanceWeights) -> tuple[Descriptions, Points]:
        """A description for each start, and the image that it belongs to."""
        n = len(start)
        if self.coupling == "none":
            pairs = make_pairs(self.world)
            which = rng.integers(len(pairs.image), size=n)
            return partly_undescribed(pairs.description[which], rng, UNDESCRIBED), pairs.image[which]
        description = partly_undescribed(random_descriptions(self.world, n, rng), rng, UNDESCRIBED)
        if self.coupling == "nearest":
            index = pair_index(self.world, self.desc_scale)
            return description, index.pairs.image[index.close_pair(description, start)]
        lookup = balanced_lookup(self.world, self.desc_scale, *needed)
        return description, lookup.index.pairs.image[
            lookup.close_pair(description, start, first=np.ones(n, dtype=bool))
        ]

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """What is charged of the miss, or of the velocity's error."""
        x, t, description, target = batch
        if self.learned == "flow":
            return self.charged(network(x, t, description) - target)
        if self.charge == "published":
            distance, direction = map(torch.tensor, distance_and_direction(x.numpy(), target.numpy()))
            said, ahead = self.head.parts(network, x, t, description)  # type: ignore[attr-defined]  # only a landing is
            return (DISTANCE_WEIGHT * (said - distance).square()[:, 0] + sqrt_loss(ahead - direction)).mean()
        return self.charged(self.head.read(network, x, t, description).x0_hat - target)

    def charged(self, miss: Tensor) -> Tensor:
        """By how much, or by its square."""
        return (norm_loss(miss, 1e-8) if self.charge == "distance" else squared_loss(miss)).mean()


def parts() -> set[tuple[str, str, str]]:
    """What goes together: the published losses are those of a landing."""
    return {each for each in product(COUPLINGS, HEADS, CHARGES) if each[2] != "published" or each[1] == "landing"}


def ablations() -> Iterator[dict[str, Any]]:
    """Every recipe's parts, in the order of the table."""
    for width, learned, charge, coupling in product(WIDTHS, HEADS, CHARGES, COUPLINGS):
        # Without a coupling there is a mean to learn, at any width.
        if (coupling, learned, charge) in parts() and (coupling != "none" or width == WIDTHS[0]):
            yield {"coupling": coupling, "learned": learned, "charge": charge, "width": width}


def row_keys(space: Space, chosen: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What the rows of a recipe are known by: its space and parts, and each concept."""
    return [(space.name, *chosen.values(), concept) for concept in space.concept_names()]


def ablated_rows(space: Space, chosen: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Train a recipe and judge it concept by concept: its rows."""
    with one_thread():
        recipe = Ablated(world=World(space), seed=SEED, **chosen)
        denoiser = recipe.denoiser(trained(recipe))
        rows = []
        for known in row_keys(space, chosen):
            told = answer(Question(recipe, known[-1], 1, SEED, SAMPLES), denoiser)
            figures = told.quality.in_region, told.likeness.recall, told.likeness.energy_distance
            rows.append((*known, *figures))
        return rows
