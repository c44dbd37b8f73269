"""One budget of tuning for every method, ours included: `python -m sandbox.results --only tuning`.

Each method gets the same number of trials. The first is its recipe as it was before (`untuned`); the others draw each value
from the same written-down ranges, as far as the method has it. All are trained for a quarter of their length in one space; the
best few and the first are trained anew for the whole length in two (successive halving: Jamieson & Talwalkar 2016, arXiv
1502.07943), and the best of these is the default recipe. Spaces and seeds are of tuning's own: no reported figure uses them. A
trial is worth the mean over the concepts of the harmonic mean of its in-region share and its recall, at the method's best
sampler and number of steps: neither can be had without the other.
"""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from sandbox.engine.training import DivergedError
from sandbox.measure.experiment import Question, answer
from sandbox.methods import Method, Trained
from sandbox.pairs import World
from sandbox.results.compare import one_thread
from sandbox.results.tuning_spaces import TUNING_SPACES
from sandbox.spaces import Space
from sandbox.weights import store

TRIALS = 12  # of each method
KEPT = 3  # of these, that are trained for their whole length
SHARE = 0.25  # of the length in the first round
SEED = 1000  # of training and of sampling
SAMPLES = 2000
RANGES: dict[str, tuple[Any, ...]] = {  # what a value may be; in a trial each is drawn by itself
    "bandwidth": (0.25, 0.35, 0.5, 0.7, 1.0),
    "learning_rate": (2e-3, 5e-3, 1e-2, 2e-2),
    "batch": (256, 512),
    "ema": (0.0, 0.99, 0.999),
    "level": ((0.0, 0.0), (-1.0, 1.5), (-0.5, 1.2), (0.0, 1.5)),  # mean and deviation of ln(sigma / alpha); 0: uniform
    "longer": (1.0, 1.5),  # times as many steps
}


@dataclass(frozen=True)
class Trial:
    """A recipe in one tuning space, trained for a share of its length."""

    method: type[Trained]
    number: int
    space: Space
    share: float

    @property
    def chosen(self) -> dict[str, Any]:
        """The values that depart from the untuned recipe; none in trial 0."""
        if self.number == 0:
            return {}
        untuned = self.untuned
        rng = np.random.default_rng([crc32(self.method.name.encode()), self.number])
        drawn = {name: values[rng.integers(len(values))] for name, values in RANGES.items()}
        mean, deviation = drawn.pop("level")
        drawn["training_steps"] = round(untuned.training_steps * drawn.pop("longer"))
        drawn |= {"level_mean": mean, "level_deviation": deviation}
        free = {name: value for name, value in drawn.items() if name not in self.method.taken_over}
        return {name: value for name, value in free.items() if value != getattr(untuned, name, value)}

    @property
    def untuned(self) -> Trained:
        """The recipe as it was before it was tuned."""
        length = {"training_steps": self.method.training_steps // self.method.prolonged}
        return self.method(world=World(self.space), seed=SEED, **{**length, **self.method.untuned})

    @property
    def recipe(self) -> Trained:
        """What is trained; a moving average is as long a part of a short training as of the whole."""
        whole = replace(self.untuned, **self.chosen)
        steps = max(round(self.share * whole.training_steps), 1)
        return replace(whole, training_steps=steps, ema=max(1 - (1 - whole.ema) / self.share, 0.0))

    @property
    def known_by(self) -> tuple[Any, ...]:
        """What its row is known by."""
        return self.method.name, self.number, self.space.name, self.share

    def row(self) -> tuple[Any, ...]:
        """Train it and judge it; one that diverges is worth nothing."""
        with one_thread():
            try:
                best = max(judged(self.recipe, self.recipe.denoiser(trained(self.recipe))))
            except DivergedError:
                best = 0.0, 0.0, 0.0, 0
        return *self.known_by, json.dumps(self.chosen, sort_keys=True), *best


def trained(recipe: Trained) -> Any:  # noqa: ANN401
    """A recipe's network; what all trials need alike is made once and kept."""
    for need in recipe.needs():
        for lacking in store.missing(need):
            deque(store.make(lacking), maxlen=0)
    *_, last = recipe.train(*map(store.load, recipe.needs()))
    return last.network.eval().requires_grad_(False)


def judged(method: Method, denoiser: Any) -> Iterator[tuple[float, float, float, int]]:  # noqa: ANN401
    """Worth, in-region share, recall and steps of a method by each of its samplers, in its own numbers of steps."""
    concepts = method.world.space.concept_names()
    for sampler in method.samplers:
        for steps in method.steps:
            asked = (Question(method, concept, steps, SEED, SAMPLES, sampler) for concept in concepts)
            told = [answer(question, denoiser) for question in asked]
            shares = np.array([(one.quality.in_region, one.likeness.recall) for one in told])
            yield worth(shares), *shares.mean(axis=0), steps


def worth(shares: Any) -> float:  # noqa: ANN401
    """The mean of the harmonic means of in-region shares and recalls, (concepts, 2)."""
    return float((2 * shares.prod(axis=1) / np.maximum(shares.sum(axis=1), 1e-12)).mean())


def rounds(method: type[Trained], worths: dict[tuple[Any, ...], float]) -> Iterator[list[Trial]]:
    """The trials of a method, round by round; what those of a round are worth has to be known when the next is asked for."""
    first, *_ = TUNING_SPACES
    short = [Trial(method, number, first, SHARE) for number in range(TRIALS)]
    yield short
    best = sorted(short, key=lambda trial: -worths[trial.known_by])[:KEPT]
    numbers = dict.fromkeys([*(trial.number for trial in best), 0])
    yield [Trial(method, number, space, 1.0) for number in numbers for space in TUNING_SPACES]


def best(table: pd.DataFrame, method: type[Trained]) -> dict[str, Any] | None:
    """The values of a method's best trial, as far as they depart from the untuned recipe; None before it is known."""
    whole = table[(table.method == method.name) & (table.share == 1)]
    worths = whole.groupby("trial").worth.agg(["mean", "count"])
    known = worths[worths["count"] == len(TUNING_SPACES)]
    if known.empty:
        return None
    found: dict[str, Any] = json.loads(whole[whole.trial == known["mean"].idxmax()].chosen.iloc[0])
    return found


def trials(table: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Every trial of every method: what it was, what it was worth when short, and whole if it came so far."""
    for (name, trial), rows in table.groupby(["method", "trial"], sort=True):
        short, whole = rows[rows.share == SHARE], rows[rows.share == 1]
        chosen = ", ".join(f"{value} {said:g}" for value, said in json.loads(rows.chosen.iloc[0]).items())
        yield {
            "method": str(name),
            "trial": str(trial),
            "chosen": chosen or "as it was",
            "short": f"{short.worth.mean():.3f}" if len(short) else "",
            "whole": f"{whole.worth.mean():.3f}" if len(whole) else "",
        }
