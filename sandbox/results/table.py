"""A table of comparisons: the row that an answer becomes, and what many rows say to a reader.

A row is known by its keys, which follow from the question that it answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sandbox.engine.recipe import departures, values
from sandbox.measure.experiment import Answer, Question
from sandbox.measure.likeness import Likeness
from sandbox.measure.quality import Quality

Row = dict[str, object]

KEYS: dict[str, type] = {  # the columns that say what a row is the answer to, and their kinds; all others are numbers
    "space": str,
    "method": str,
    "sampler": str,
    "concept": str,
    "steps": int,
    "seed": int,
    "desc_scale": float,
    "options": str,
    "description_noise": float,
    "pairs": int,
    "guidance": float,
    "samples": int,
    "retrained": bool,
}
QUALITIES = tuple(field.name for field in fields(Quality))
LIKENESSES = tuple(field.name for field in fields(Likeness))
FLOORS = tuple(f"{name}_floor" for name in LIKENESSES)
FIGURES = ("nfe", *QUALITIES, *LIKENESSES, *FLOORS, "seconds_per_1000", "train_seconds")
COLUMNS = (*KEYS, *FIGURES)
SMALLER_IS_BETTER = ("miss", "energy_distance", "sliced_wasserstein")  # of all other qualities and likenesses, larger

ELSEWHERE = ("world.space", "world.pairs", "world.description_noise", "desc_scale")  # of a recipe, in other columns


def keys(question: Question, retrained: bool) -> Row:
    """What the row of a question is known by; `retrained` where the question's seed decided the training too."""
    method, world = question.method, question.world
    elsewhere = (*ELSEWHERE, "seed") if retrained else ELSEWHERE
    own = {name: value for name, value in departures(method).items() if name not in elsewhere}
    return {
        "space": world.space.name,
        "method": method.name,
        "sampler": sampler_label(question),
        "concept": question.concept,
        "steps": question.steps,
        "seed": question.seed,
        "desc_scale": float(getattr(method, "desc_scale", np.nan)),  # not a number where the method has no use for it
        "options": _settings(own),
        "description_noise": world.description_noise,
        "pairs": world.pairs,
        "guidance": float(question.guidance),
        "samples": question.count,
        "retrained": retrained,
    }


def sampler_label(question: Question) -> str:
    """The sampler's name and, where they are not the method's own, its settings: two that differ are two in a table."""
    sampler = question.sampler
    own = (known for known in question.method.samplers if type(known) is type(sampler))
    usual = values(next(own, type(sampler)()))
    differing = {name: value for name, value in values(sampler).items() if value != usual[name]}
    return f"{sampler.name} {_settings(differing)}".strip()


def row(answer: Answer, retrained: bool, train_seconds: float) -> Row:
    """The row that an answer becomes."""
    return {
        **keys(answer.question, retrained),
        "nfe": answer.trajectory.nfe,
        **asdict(answer.quality),
        **asdict(answer.likeness),
        **dict(zip(FLOORS, asdict(answer.floor).values(), strict=True)),
        "seconds_per_1000": 1000 * answer.seconds / answer.question.count,
        "train_seconds": train_seconds,
    }


def written(row: Mapping[Any, object], names: Iterable[str] = COLUMNS) -> tuple[str, ...]:
    """A row as it stands in a file: numbers with six digits, nothing for what is not a number."""
    return tuple(_text(row[name]) for name in names)


def keys_of(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Every row's keys as they stand in a file, where what is new and what was read are the same."""
    return [written(row, KEYS) for row in table[list(KEYS)].to_dict("records")]


def over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and half of the 95 % interval over seeds of every figure: columns `figure` and `figure_half`."""
    by = [name for name in KEYS if name != "seed"]
    groups = table.groupby(by, dropna=False, sort=False)[list(FIGURES)]
    # What `sandbox.measure.likeness.seeds_interval` says of one group, of all at once.
    count = groups.count()
    half = groups.std() / np.sqrt(count) * stats.t.ppf(0.975, count.where(count > 1) - 1)
    return groups.mean().join(half.add_suffix("_half")).reset_index()


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table for a reader: means over seeds with half the 95 % interval, the real-against-real floor in brackets.

    A setting has a column only if some method was asked with more than one value of it: forty columns would not fit.
    """
    means = over_seeds(table)
    settings = [name for name in KEYS if name != "seed"]
    several = means.groupby("method")[settings].nunique(dropna=False).max() > 1
    always = ("space", "method", "concept", "steps")
    shown = means[[name for name in settings if name in always or several[name]]].copy()
    for name in ("nfe", *QUALITIES, *LIKENESSES, "seconds_per_1000", "train_seconds"):
        if means[name].isna().all():
            continue
        half, floor = means[f"{name}_half"], means.get(f"{name}_floor", pd.Series(np.nan, means.index))
        shown[name] = [
            f"{mean:.4g}" + (f" +-{spread:.2g}" if spread == spread else "") + (f" ({low:.4g})" if low == low else "")
            for mean, spread, low in zip(means[name], half, floor, strict=True)
        ]
    return shown


def _settings(named: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in named.items())


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}" if value == value else ""
    return str(value)
