"""Methods side by side: one row for each question that is asked of them, all from the same starting points.

A sweep is a list of units, each a recipe with the questions to it, which joblib spreads over processes or, inside
`joblib.parallel_config(backend="dask")`, over a cluster. With a table to write to, rows that are already there are not
computed again: a sweep that was killed goes on where it stopped.
"""

import time
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed

from sandbox.engine.denoiser import Denoiser
from sandbox.engine.recipe import Stored, departures
from sandbox.engine.samplers import Sampler
from sandbox.measure.experiment import Question, answer
from sandbox.measure.likeness import NEIGHBOURS
from sandbox.measure.yardsticks import YARDSTICKS, yardstick
from sandbox.methods import Method, Trained, sampler_of
from sandbox.pairs import World
from sandbox.results.files import Journal
from sandbox.results.table import COLUMNS, KEYS, Row, keys, keys_of, row, written, yardstick_keys, yardstick_row
from sandbox.weights import store

Tell = Callable[[int, int, str], None]  # units done, units in all, the last one (or what else there is to say) in words


@dataclass(frozen=True)
class Unit:
    """What is computed in one go: questions to one recipe, whose network is loaded or trained once."""

    questions: tuple[Question, ...]
    retrained: bool  # anew and with nothing kept; otherwise the weights are shipped, or trained once and kept

    @property
    def method(self) -> Method:
        """The recipe."""
        return self.questions[0].method

    def __str__(self) -> str:
        """The recipe in a few words."""
        named = {name.removeprefix("world."): value for name, value in departures(self.method).items()}
        own = [f"{name}={value}" for name, value in named.items() if name != "space"]
        words = [self.method.world.space.name, self.method.name, *own]
        return ", ".join([*words, "trained anew"] if self.retrained else words)

    def row_keys(self) -> list[tuple[str, ...]]:
        """The keys of its rows."""
        return [written(keys(question, self.retrained), KEYS) for question in self.questions]

    def without(self, done: Container[tuple[str, ...]]) -> "Unit":
        """The same with only those questions whose keys are not among these."""
        pairs = zip(self.questions, self.row_keys(), strict=True)
        return replace(self, questions=tuple(question for question, key in pairs if key not in done))

    def rows(self) -> list[Row]:
        """A row for each question; the network is trained first if it has to be."""
        with one_thread():
            denoiser, train_seconds = self._ready()
            answer(replace(self.questions[0], count=8), denoiser)  # so that no row pays for the warming up
            return [row(answer(question, denoiser), self.retrained, train_seconds) for question in self.questions]

    def _ready(self) -> tuple[Denoiser, float]:
        """A denoiser to sample from, and the seconds of all the training that made it."""
        if not self.retrained:
            return store.ready(self.method), np.nan
        assert isinstance(self.method, Trained)
        network, seconds = trained_anew(self.method)
        return self.method.denoiser(network), seconds


@dataclass(frozen=True)
class Yardsticks:
    """The yardsticks of a world (`sandbox.measure.yardsticks`), as rows of the table that they are for."""

    world: World
    asked: tuple[tuple[str, Any, Any, Any], ...]  # name, concept, number of samples and seed

    def __str__(self) -> str:
        """What they are in a few words."""
        return f"{self.world.space.name}, {' and '.join(dict.fromkeys(name for name, *_ in self.asked))}"

    def row_keys(self) -> list[tuple[str, ...]]:
        """The keys of its rows."""
        return [written(yardstick_keys(name, self.world, *rest), KEYS) for name, *rest in self.asked]

    def without(self, done: Container[tuple[str, ...]]) -> "Yardsticks":
        """The same with only those rows whose keys are not among these."""
        pairs = zip(self.asked, self.row_keys(), strict=True)
        return replace(self, asked=tuple(asked for asked, key in pairs if key not in done))

    def rows(self) -> list[Row]:
        """A row for each."""
        return [yardstick_row(name, yardstick(name, self.world, *rest)) for name, *rest in self.asked]


Sweep = Sequence[Unit | Yardsticks]


def beside(sweep: Sequence[Unit]) -> list[Yardsticks]:
    """The yardsticks of all that a sweep asks."""
    asked: dict[World, dict[tuple[str, int, int], None]] = {}
    for question in (question for unit in sweep for question in unit.questions):
        asked.setdefault(question.world, {})[question.concept, question.count, question.seed] = None
    return [
        Yardsticks(world, tuple((name, *each) for name, each in product(YARDSTICKS, every)))
        for world, every in asked.items()
    ]


def units(
    methods: Iterable[Method],
    seeds: Sequence[int],
    samples: int,
    *,
    concepts: Sequence[str] | None = None,
    steps: Sequence[int] | None = None,
    samplers: Sequence[Sampler | str | None] = (None,),
    guidance: Sequence[float] = (1.0,),
    retrain: bool = False,
) -> list[Unit]:
    """The units of a sweep: each recipe once, or with `retrain` once for every seed, which then decides the training too.

    No concepts: all that the space has; no steps: the method's own; samplers and guidance as for `questions`. ValueError for
    a concept that a space lacks, too few samples or no step, before anything is trained.
    """
    if samples <= NEIGHBOURS:
        raise ValueError(f"Precision and recall need more than {NEIGHBOURS} samples.")
    found = []
    for method in dict.fromkeys(methods):
        asked = questions(method, seeds, samples, concepts, steps, samplers, guidance)
        if retrain and isinstance(method, Trained):
            for seed in dict.fromkeys(seeds):
                own = [replace(each, method=replace(method, seed=seed)) for each in asked if each.seed == seed]
                found.append(Unit(tuple(own), retrained=True))
        else:
            found.append(Unit(tuple(asked), retrained=False))
    return found


def questions(
    method: Method,
    seeds: Sequence[int],
    samples: int,
    concepts: Sequence[str] | None,
    steps: Sequence[int] | None,
    samplers: Sequence[Sampler | str | None],
    guidance: Sequence[float],
) -> list[Question]:
    """All that a sweep asks of a method, each question once.

    A sampler given by its name has the method's own settings; None is the method's own sampler. A single one is tried with
    every method; of several a method takes those that make sense with it, or else its own. Of several weights of guidance it
    takes only 1 unless it is worth guiding.
    """
    named = [sampler_of(method, each) if isinstance(each, str) else each or method.samplers[0] for each in samplers]
    if len(set(samplers)) > 1:
        sensible = {own.name for own in method.samplers}
        named = [each for each in named if each.name in sensible] or [method.samplers[0]]
    weights = guidance if method.guided or len(set(guidance)) == 1 else (1.0,)
    asked = product(seeds, named, weights, concepts or method.world.space.concept_names(), steps or method.steps)
    every = (
        Question(method, concept, count, seed, samples, sampler, weight)
        for seed, sampler, weight, concept, count in asked
    )
    return list(dict.fromkeys(every))


def compare(
    sweep: Sweep,
    *,
    jobs: int | None = None,
    out: Path | None = None,
    progress: Tell = lambda done, total, text: None,
) -> pd.DataFrame:
    """The table of a sweep, its rows in the sweep's order.

    jobs: processes, -1 for one each core, None for one or what a surrounding `joblib.parallel_config` says. out: a CSV that
    rows are added to, beside any others, and taken from where they are already there (`sandbox.results.files`); ValueError
    for another kind of file.
    """
    if out is None:
        rows = [row for each in _answered(sweep, len(sweep), jobs, progress) for row in each]
        every = pd.DataFrame(rows, columns=list(COLUMNS))
    else:
        with Journal(out) as journal:
            done = set(keys_of(journal.rows()))
            todo = [rest for unit in sweep if (rest := unit.without(done)).row_keys()]
            if len(todo) < len(sweep):
                progress(len(sweep) - len(todo), len(sweep), "already in the table")
            for each in _answered(todo, len(sweep), jobs, progress):
                journal.add(each)
            every = journal.rows()
    place = {key: i for i, key in enumerate(keys_of(every))}
    wanted = [place[key] for unit in sweep for key in unit.row_keys()]
    return every.loc[wanted, list(COLUMNS)].reset_index(drop=True)


def trained_anew(recipe: Stored) -> tuple[Any, float]:
    """A recipe's module, trained here and now with all that it needs, nothing kept; and the seconds that all of it took."""
    began = time.perf_counter()
    needed = [trained_anew(need)[0] for need in recipe.needs()]
    *_, last = recipe.train(*needed)
    return last.network.eval().requires_grad_(False), time.perf_counter() - began


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for torch: a sum then has one order, whatever the machine, and other processes have the other cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _answered(todo: Sweep, total: int, jobs: int | None, progress: Tell) -> Iterator[list[Row]]:
    """The rows of each unit as it is finished."""
    # One unit a batch: what is finished is written, and does not wait for its neighbours.
    parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    answers = parallel(delayed(_numbered)(which, unit) for which, unit in enumerate(todo))
    for done, (which, rows) in enumerate(answers, total - len(todo) + 1):
        yield rows
        progress(done, total, str(todo[which]))


def _numbered(which: int, unit: Unit | Yardsticks) -> tuple[int, list[Row]]:
    return which, unit.rows()
