"""Methods side by side: one row for each method, sampler, concept, number of steps and seed, from the same starting points.

A sweep is a list of units, each a recipe with all that it is asked, which joblib spreads over processes or, inside
`joblib.parallel_config(backend="dask")`, over a cluster. With a table to write to, each unit's rows are added once they are
there, and rows that are already there are not computed again: a sweep that was killed goes on where it stopped.
"""

import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from sandbox.engine.denoiser import Denoiser
from sandbox.engine.network import Network
from sandbox.engine.sampling import SAMPLERS, Sampler, Trajectory
from sandbox.measure.generation import generate
from sandbox.measure.likeness import NEIGHBOURS, floor, reference
from sandbox.measure.metrics import quality
from sandbox.methods import Method, Trained
from sandbox.pairs import World
from sandbox.results.table import COLUMNS, FLOORS, KEYS, append, key_of, keys_of, opened, read
from sandbox.spaces import NONE, space_named
from sandbox.weights import store
from sandbox.weights.training import train

Progress = Callable[
    [int, int, str], None
]  # units done, units in all, the last one (or what else there is to say) in words


@dataclass(frozen=True)
class Row:
    """One experiment as the page's table shows it."""

    space: str
    method: str
    concept: str
    steps: int
    seed: int
    desc_scale: float  # not a number where the method has no use for it
    nfe: float  # network evaluations, counted, mean per sample
    in_region: float
    condition_agreement: float
    miss: float  # space units
    seconds_per_1000: float


@dataclass(frozen=True)
class Sampling:
    """How a method is asked: its own sampler unless another is chosen, guided or not."""

    sampler: Sampler | None = None
    guidance: float = 1.0

    def of(self, method: Method) -> Sampler:
        """The sampler that the method is asked by."""
        return self.sampler or method.sampler()


def timed(
    denoiser: Denoiser, method: Method, sampling: Sampling, concept: str, steps: int, n: int, seed: int
) -> tuple[Trajectory, float]:
    """Generate n samples and say how many seconds it took."""
    began = time.perf_counter()
    trajectory = generate(denoiser, sampling.of(method), method.world, concept, steps, n, seed, sampling.guidance)
    return trajectory, time.perf_counter() - began


def measure(trajectory: Trajectory, seconds: float, method: Method, concept: str, seed: int) -> Row:
    """Judge one trajectory's landing points."""
    landing = trajectory.landing.double().numpy()
    judged = quality(landing, space_named(method.world.space), concept)
    return Row(
        space=method.world.space,
        method=method.name,
        concept=concept,
        steps=len(trajectory.times) - 1,
        seed=seed,
        desc_scale=getattr(method, "desc_scale", np.nan),
        nfe=trajectory.nfe,
        **asdict(judged),
        seconds_per_1000=1000 * seconds / len(landing),
    )


@dataclass(frozen=True)
class Question:
    """One row's worth of sampling; the seed is that of the starts, the descriptions and the noise."""

    sampling: Sampling
    concept: str
    steps: int
    seed: int


@dataclass(frozen=True)
class Unit:
    """What is computed in one go: a recipe, loaded or trained once, and all that it is asked."""

    method: Method
    questions: tuple[Question, ...]
    samples: int
    retrained: bool  # anew and with nothing kept; otherwise the weights are shipped, or trained once and kept

    def __str__(self) -> str:
        """The recipe in a few words."""
        method, world = self.method, self.method.world
        words = [
            world.space,
            method.name,
            *_departures(method),
            *_differing(world, vars(World(world.space))),
        ]
        return ", ".join([*words, f"trained with seed {self.questions[0].seed}"] if self.retrained else words)

    def keys(self, question: Question) -> dict[str, object]:
        """What the row of a question is known by."""
        method, world, sampling = self.method, self.method.world, question.sampling
        values = (
            world.space,
            method.name,
            sampler_label(sampling.of(method), method),
            question.concept,
            question.steps,
            question.seed,
            float(getattr(method, "desc_scale", np.nan)),
            " ".join(_departures(method, "desc_scale")),
            float(world.description_noise),
            world.pairs,
            float(sampling.guidance),
            self.samples,
            self.retrained,
        )
        return dict(zip(KEYS, values, strict=True))

    def without(self, done: Container[str]) -> "Unit":
        """The same with only those questions whose keys are not among these."""
        return replace(self, questions=tuple(each for each in self.questions if key_of(self.keys(each)) not in done))

    def rows(self) -> list[dict[str, object]]:
        """A row for each question; the network is trained first if it has to be."""
        denoiser, train_seconds = self._ready()
        first = self.questions[0]  # asked once beforehand, so that no row pays for the warming up
        timed(denoiser, self.method, first.sampling, first.concept, first.steps, 8, first.seed)
        return [
            {**self.keys(asked), **self._figures(denoiser, asked), "train_seconds": train_seconds}
            for asked in self.questions
        ]

    def _figures(self, denoiser: Denoiser, asked: Question) -> dict[str, object]:
        method, space = self.method, self.method.world.space
        trajectory, seconds = timed(
            denoiser, method, asked.sampling, asked.concept, asked.steps, self.samples, asked.seed
        )
        landing, real = trajectory.landing.double().numpy(), (space, asked.concept, self.samples, asked.seed)
        return {
            "nfe": trajectory.nfe,
            **asdict(quality(landing, space_named(space), asked.concept)),
            **asdict(reference(*real).likeness(landing)),
            **dict(zip(FLOORS, asdict(floor(*real)).values(), strict=True)),
            "seconds_per_1000": 1000 * seconds / self.samples,
        }

    def _ready(self) -> tuple[Denoiser, float]:
        """A denoiser to sample from, and the seconds of all the training that made it, a teacher's included."""
        if not self.retrained:
            return store.ready(self.method, lambda method, progress: None), np.nan
        assert isinstance(self.method, Trained)
        network, seconds = trained_anew(self.method)
        return self.method.denoiser(network), seconds


def units(
    methods: Iterable[Method],
    seeds: Sequence[int],
    samples: int,
    *,
    concepts: Sequence[str] | None = None,
    steps: Sequence[int] | None = None,
    samplings: Sequence[Sampling] = (Sampling(),),
    retrain: bool = False,
) -> list[Unit]:
    """The units of a sweep: each recipe once, or with `retrain` once for every seed, which then decides the training too.

    No concepts: all that the space has; no steps: the method's own. A single sampler is tried with every method; of several a
    method takes those that make sense with it, or else its own, and of several weights of guidance only 1 unless it is worth
    guiding. ValueError for a concept that a space lacks, too few samples or no step.
    """
    if samples <= NEIGHBOURS:
        raise ValueError(f"Precision and recall need more than {NEIGHBOURS} samples.")
    if steps and min(steps) < 1:
        raise ValueError("Sampling needs at least one step.")
    found = []
    for method in dict.fromkeys(methods):
        space = space_named(method.world.space)
        for concept in concepts or ():
            space.meant_by(concept)  # a name that is unknown stops here, before anything is trained
        asked = product(seeds, _fitting(method, samplings), concepts or space.concept_names(), steps or method.steps)
        questions = dict.fromkeys(
            # Without a description there is nothing to guide by.
            Question(replace(sampling, guidance=1.0) if concept == NONE else sampling, concept, count, seed)
            for seed, sampling, concept, count in asked
        )
        if retrain and isinstance(method, Trained):
            for seed in dict.fromkeys(seeds):
                own = tuple(question for question in questions if question.seed == seed)
                found.append(Unit(replace(method, seed=seed), own, samples, retrained=True))
        else:
            found.append(Unit(method, tuple(questions), samples, retrained=False))
    return found


def compare(
    sweep: Sequence[Unit],
    *,
    jobs: int | None = None,
    out: Path | None = None,
    progress: Progress = lambda done, total, text: None,
) -> pd.DataFrame:
    """The table of a sweep, its rows in the sweep's order.

    jobs: processes, -1 for one each core, None for one or what a surrounding `joblib.parallel_config` says. out: a CSV that
    rows are added to as they come and taken from where they are already there, beside any others; ValueError for another
    kind of file.
    """
    held = opened(out, lambda text: progress(0, len(sweep), text)) if out else pd.DataFrame(columns=list(COLUMNS))
    done = set(keys_of(held))
    todo = [rest for unit in sweep if (rest := unit.without(done)).questions]
    told, frames = len(sweep) - len(todo), [held]
    if told:
        progress(told, len(sweep), "already in the table")
    # One unit a batch: what is finished is written, and does not wait for its neighbours.
    parallel = Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")
    for which, rows in parallel(delayed(_answered)(which, unit) for which, unit in enumerate(todo)):
        frames.append(pd.DataFrame(rows, columns=list(COLUMNS)))
        if out:
            append(out, frames[-1].reindex(columns=held.columns))
        told += 1
        progress(told, len(sweep), str(todo[which]))
    every = read(out) if out else pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    every.index = pd.Index(keys_of(every), dtype=str)
    wanted = [key_of(unit.keys(asked)) for unit in sweep for asked in unit.questions]
    return every.loc[~every.index.duplicated(), list(COLUMNS)].loc[wanted].reset_index(drop=True)


def _answered(which: int, unit: Unit) -> tuple[int, list[dict[str, object]]]:
    return which, unit.rows()


def _fitting(method: Method, samplings: Sequence[Sampling]) -> tuple[Sampling, ...]:
    """Those of the samplings that make sense with a method, no two of them the same for it."""
    single = len({each.sampler for each in samplings}) == 1
    fit = [each for each in samplings if single or sampler_name(each.of(method)) in method.samplers]
    fit = fit or [replace(each, sampler=None) for each in samplings]
    if len({each.guidance for each in samplings}) > 1 and not method.guided:
        fit = [replace(each, guidance=1.0) for each in fit]
    return tuple({(each.of(method), each.guidance): each for each in fit}.values())


def trained_anew(recipe: Trained) -> tuple[Network, float]:
    """A recipe's network, trained here and now, nothing kept, and the seconds that it took, its teacher's included."""
    began = time.perf_counter()
    return _trained(recipe), time.perf_counter() - began


def _trained(recipe: Trained) -> Network:
    before = recipe.teacher()
    teacher = None if before is None else _trained(before)
    *_, last = train(recipe, every=recipe.training_steps, teacher=teacher)
    return last.network.eval().requires_grad_(False)


def sampler_name(sampler: Sampler) -> str:
    """The name that commands give a kind of sampler."""
    return next(name for name, kind in SAMPLERS.items() if type(sampler) is kind)


def sampler_label(sampler: Sampler, method: Method) -> str:
    """The sampler's name and, where they are not the method's own, its settings: two that differ are two in a table."""
    own = method.sampler()
    usual = own if type(own) is type(sampler) else type(sampler)()
    return " ".join([sampler_name(sampler), *_differing(sampler, vars(usual))])


def _departures(method: Method, *told: str) -> list[str]:
    """What of a recipe is not its method's default, but for the world, the seed and what else is told elsewhere."""
    usual = {field.name: field.default for field in fields(method) if field.name not in ("world", "seed", *told)}
    return _differing(method, usual)


def _differing(recipe: object, usual: Mapping[str, object]) -> list[str]:
    """Those of a recipe's values that are not the usual ones, each as name=value."""
    return [f"{name}={getattr(recipe, name)}" for name, value in usual.items() if getattr(recipe, name) != value]
