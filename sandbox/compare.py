"""Methods side by side: one row for each method, sampler, concept, number of steps and seed, from the same starting points.

A sweep is a list of units, one recipe with one seed each, which joblib spreads over processes or, inside
`joblib.parallel_config(backend="dask")`, over a cluster. With a table to write to, each unit's rows are added once they are
there, and rows that are already there are not computed again: a sweep that was killed goes on where it stopped.
"""

import io
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from sandbox import store
from sandbox.denoiser import Denoiser
from sandbox.generation import generate
from sandbox.likeness import Likeness, floor, reference, seeds_interval
from sandbox.methods import Method, Trained
from sandbox.metrics import Quality, quality
from sandbox.sampling import SAMPLERS, Sampler, Trajectory
from sandbox.spaces import space_named
from sandbox.training import train

KEYS: tuple[str, ...] = ("space", "method", "sampler", "concept", "steps", "seed", "desc_scale", "options")
KEYS += ("description_noise", "pairs", "guidance", "samples", "retrained")  # what a row is the answer to
QUALITIES = tuple(field.name for field in fields(Quality))
LIKENESSES = tuple(field.name for field in fields(Likeness))
FLOORS = tuple(f"{name}_floor" for name in LIKENESSES)
COLUMNS = (*KEYS, "nfe", *QUALITIES, *LIKENESSES, *FLOORS, "seconds_per_1000", "train_seconds")
Progress = Callable[[int, int, str], None]  # units done, units in all, the last one in words


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
class Unit:
    """What is computed in one go: one recipe and one seed, loaded or trained once."""

    method: Method
    seed: int
    samplings: tuple[Sampling, ...]
    concepts: tuple[str, ...]
    steps: tuple[int, ...]
    samples: int
    retrain: bool

    def questions(self) -> list[dict[str, object]]:
        """The keys of its rows."""
        return [
            self._keys(sampling, concept, steps)
            for sampling in self.samplings
            for concept in self.concepts
            for steps in self.steps
        ]

    def _keys(self, sampling: Sampling, concept: str, steps: int) -> dict[str, object]:
        method, world = self.method, self.method.world
        defaults = method.options()
        chosen = {name: getattr(method, name) for name in defaults if name != "desc_scale"}
        values = (
            world.space,
            method.name,
            sampler_name(sampling.of(method)),
            concept,
            steps,
            self.seed,
            float(getattr(method, "desc_scale", np.nan)),
            " ".join(f"{name}={value}" for name, value in chosen.items() if value != defaults[name]),
            float(world.description_noise),
            world.pairs,
            float(sampling.guidance),
            self.samples,
            self.retrain and isinstance(method, Trained),
        )
        return dict(zip(KEYS, values, strict=True))

    def rows(self, done: frozenset[str] = frozenset()) -> list[dict[str, object]]:
        """All rows, except those whose keys are in `done`; the network is trained first if it has to be."""
        if all(_key(keys) in done for keys in self.questions()):
            return []
        denoiser, train_seconds = self._ready()
        # Warm, so that no row pays for it.
        timed(denoiser, self.method, self.samplings[0], self.concepts[0], self.steps[0], 8, self.seed)
        rows = []
        for sampling in self.samplings:
            for concept in self.concepts:
                for steps in self.steps:
                    keys = self._keys(sampling, concept, steps)
                    if _key(keys) not in done:
                        rows.append({**keys, **self._row(denoiser, sampling, concept, steps), **train_seconds})
        return rows

    def _row(self, denoiser: Denoiser, sampling: Sampling, concept: str, steps: int) -> dict[str, object]:
        trajectory, seconds = timed(denoiser, self.method, sampling, concept, steps, self.samples, self.seed)
        space, landing = self.method.world.space, trajectory.landing.double().numpy()
        real, again = reference(space, concept, self.samples, self.seed), floor(space, concept, self.samples, self.seed)
        return {
            "nfe": trajectory.nfe,
            **asdict(quality(landing, space_named(space), concept)),
            **asdict(real.likeness(landing)),
            **dict(zip(FLOORS, asdict(again).values(), strict=True)),
            "seconds_per_1000": 1000 * seconds / self.samples,
        }

    def _ready(self) -> tuple[Denoiser, dict[str, float]]:
        """A denoiser to sample from and what training it cost, its teacher's training not counted."""
        if not (self.retrain and isinstance(self.method, Trained)):
            return store.ready(self.method, lambda method, progress: None), {"train_seconds": np.nan}
        recipe = replace(self.method, seed=self.seed)
        teacher = store.teacher(recipe)
        began = time.perf_counter()
        *_, last = train(recipe, every=recipe.training_steps, teacher=teacher)
        cost = time.perf_counter() - began
        return recipe.denoiser(last.network.eval().requires_grad_(False)), {"train_seconds": cost}


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
    """The units of a sweep, each recipe once.

    No concepts: all that the space has; no steps: the method's own. Of several samplings a method takes those that make sense
    with it. ValueError for a concept that a space lacks, too few samples or no step.
    """
    found = []
    for method in dict.fromkeys(methods):
        space = space_named(method.world.space)
        for concept in concepts or ():
            space.meant_by(concept)  # a name that is unknown stops here, before anything is trained
        fit = [each for each in samplings if sampler_name(each.of(method)) in method.samplers or len(samplings) == 1]
        unguided = [each for each in fit if each.guidance == 1] if not method.guided and len(fit) > 1 else fit
        asked = (
            tuple(unguided or [Sampling()]),
            tuple(concepts or space.concept_names()),
            tuple(steps or method.steps),
        )
        found += [Unit(method, seed, *asked, samples, retrain) for seed in seeds]
    return found


def compare(
    sweep: Sequence[Unit],
    *,
    jobs: int | None = 1,
    out: Path | None = None,
    progress: Progress = lambda done, total, text: None,
) -> pd.DataFrame:
    """The table of a sweep, its rows in the sweep's order.

    jobs: processes, -1 for one each core, None for what a surrounding `joblib.parallel_config` says. out: a CSV that rows are
    added to as they come and taken from where they are already there; ValueError for a file that is not such a table.
    """
    table = read(out) if out and out.exists() else pd.DataFrame(columns=list(COLUMNS))
    done = frozenset(_key(row) for row in table[list(KEYS)].to_dict("records"))
    todo = [unit for unit in sweep if any(_key(keys) not in done for keys in unit.questions())]
    told, frames = len(sweep) - len(todo), [table]
    if told:
        progress(told, len(sweep), "already in the table")
    for rows in Parallel(n_jobs=jobs, return_as="generator_unordered")(delayed(Unit.rows)(unit, done) for unit in todo):
        frames.append(pd.DataFrame(rows, columns=list(COLUMNS)))
        if out:
            _append(out, frames[-1])
        told += 1
        progress(told, len(sweep), f"{rows[0]['space']}, {rows[0]['method']}, seed {rows[0]['seed']}")
    every = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    every.index = pd.Index([_key(row) for row in every[list(KEYS)].to_dict("records")])
    wanted = [_key(keys) for unit in sweep for keys in unit.questions()]
    return every[~every.index.duplicated()].loc[wanted].reset_index(drop=True)


def read(path: Path) -> pd.DataFrame:
    """A table that `compare` wrote; a last line that was cut off is dropped. ValueError for any other file."""
    text = path.read_text(errors="replace")
    whole = text[: text.rfind("\n") + 1]
    header = ",".join(COLUMNS)
    if not whole.startswith(header + "\n"):
        raise ValueError(f"{path} is not a table of this comparison: its first line would be {header[:60]}...")
    try:
        table = pd.read_csv(io.StringIO(whole), keep_default_na=False, na_values={name: [""] for name in COLUMNS[10:]})
    except ValueError as error:
        raise ValueError(f"{path} has lines that are not rows of a comparison.") from error
    table["desc_scale"] = pd.to_numeric(table["desc_scale"], errors="coerce")
    if whole != text:
        path.write_text(whole)  # the next row begins on a line of its own
    return table


def sampler_name(sampler: Sampler) -> str:
    """The name that commands and tables give a sampler."""
    return next(name for name, kind in SAMPLERS.items() if type(sampler) is kind)


def over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and half of the 95 % interval over seeds of every figure: columns `figure` and `figure_half`."""
    figures = [name for name in COLUMNS if name not in KEYS]
    by = [name for name in KEYS if name != "seed"]
    groups = table.groupby(by, dropna=False, sort=False)[figures]
    half = groups.agg(seeds_interval)
    return groups.mean().join(half.add_suffix("_half")).reset_index()


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table for a reader: means over seeds with half the 95 % interval, the real-against-real floor in brackets.

    Settings that are the same in every row are left out; beside one another would stand forty columns.
    """
    means = over_seeds(table)
    fixed = ("space", "method", "concept", "steps")
    shown = pd.DataFrame({name: means[name] for name in KEYS[:-2] if name != "seed"})
    shown = shown[[name for name in shown if name in fixed or means[name].nunique(dropna=False) > 1]]
    for name in ("nfe", *QUALITIES, *LIKENESSES, "seconds_per_1000", "train_seconds"):
        if means[name].isna().all():
            continue
        half, least = means[f"{name}_half"], means.get(f"{name}_floor", pd.Series(np.nan, means.index))
        shown[name] = [
            f"{mean:.4g}" + (f" +-{spread:.2g}" if spread == spread else "") + (f" ({low:.4g})" if low == low else "")
            for mean, spread, low in zip(means[name], half, least, strict=True)
        ]
    return shown


def _append(path: Path, rows: pd.DataFrame) -> None:
    """Whole lines in one write, so that a killed run leaves at most one that is cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = rows.to_csv(index=False, header=not path.exists() or path.stat().st_size == 0, float_format="%.6g")
    with path.open("a") as file:
        file.write(text)


def _key(row: Mapping[Any, object]) -> str:
    """A row's keys as text: what is written and what is read are the same."""
    return "|".join(f"{row[name]:g}" if isinstance(row[name], float) else str(row[name]) for name in KEYS)
