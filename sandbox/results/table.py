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
from sandbox.measure.experiment import Answer, Judged, Question
from sandbox.measure.likeness import Likeness
from sandbox.measure.memorisation import Memorisation
from sandbox.measure.quality import Quality
from sandbox.pairs import World

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
JUDGED = (*QUALITIES, *LIKENESSES, *(field.name for field in fields(Memorisation)))
FIGURES = ("nfe", *JUDGED, "seconds_per_1000", "train_seconds")
COLUMNS = (*KEYS, *FIGURES)
SMALLER_IS_BETTER = ("miss", "energy_distance", "sliced_wasserstein")  # of all other qualities and likenesses, larger

ELSEWHERE = ("world.space", "world.pairs", "world.description_noise", "desc_scale")  # of a recipe, in other columns


def keys(question: Question, retrained: bool) -> Row:
    """What the row of a question is known by; `retrained` where the question's seed decided the training too."""
    method = question.method
    elsewhere = (*ELSEWHERE, "seed") if retrained else ELSEWHERE
    own = {name: value for name, value in departures(method).items() if name not in elsewhere}
    return {
        **world_keys(question.world),
        "method": method.name,
        "sampler": sampler_label(question),
        "concept": question.concept,
        "steps": question.steps,
        "seed": question.seed,
        "desc_scale": float(getattr(method, "desc_scale", np.nan)),  # not a number where the method has no use for it
        "options": _settings(own),
        "guidance": float(question.guidance),
        "samples": question.count,
        "retrained": retrained,
    }


def yardstick_keys(name: str, world: World, concept: str, count: int, seed: int) -> Row:
    """What the row of a yardstick is known by: its name stands where a method's does, and it takes no steps."""
    none = {"sampler": "", "steps": 0, "desc_scale": np.nan, "options": "", "guidance": 1.0, "retrained": False}
    return {**world_keys(world), "method": name, "concept": concept, "seed": seed, "samples": count, **none}


def world_keys(world: World) -> Row:
    """What of a row's keys its world says."""
    return {"space": world.space.name, "description_noise": world.description_noise, "pairs": world.pairs}


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
        **judged(answer),
        "seconds_per_1000": 1000 * answer.seconds / answer.question.count,
        "train_seconds": train_seconds,
    }


def yardstick_row(name: str, samples: Judged) -> Row:
    """The row that a yardstick's samples become."""
    known_by = yardstick_keys(name, samples.world, samples.concept, len(samples.samples), samples.seed)
    return {**known_by, "nfe": 0.0, **judged(samples), "seconds_per_1000": np.nan, "train_seconds": np.nan}


def judged(samples: Judged) -> Row:
    """All that samples are judged by."""
    return {**asdict(samples.quality), **asdict(samples.likeness), **asdict(samples.memorisation)}


def written(row: Mapping[Any, object], names: Iterable[str] = COLUMNS) -> tuple[str, ...]:
    """A row as it stands in a file: numbers with six digits, nothing for what is not a number."""
    return tuple(_text(row[name]) for name in names)


def keys_of(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Every row's keys as they stand in a file, where what is new and what was read are the same."""
    return [written(row, KEYS) for row in table[list(KEYS)].to_dict("records")]


def over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and half of the 95 % interval over seeds of every figure: columns `figure` and `figure_half`."""
    return means_of(table, [name for name in KEYS if name != "seed"], FIGURES)


def means_of(table: pd.DataFrame, by: Iterable[str], figures: Iterable[str]) -> pd.DataFrame:
    """The same for rows that are alike in the columns `by`."""
    groups = table.groupby(list(by), dropna=False, sort=False)[list(figures)]
    # What `sandbox.measure.likeness.seeds_interval` says of one group, of all at once.
    count = groups.count()
    half = groups.std() / np.sqrt(count) * stats.t.ppf(0.975, count.where(count > 1) - 1)
    return groups.mean().join(half.add_suffix("_half")).reset_index()


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table for a reader: means over seeds with half the 95 % interval.

    A setting has a column only if some method was asked with more than one value of it: forty columns would not fit.
    """
    means = over_seeds(table)
    settings = [name for name in KEYS if name != "seed"]
    several = means.groupby("method")[settings].nunique(dropna=False).max() > 1
    always = ("space", "method", "concept", "steps")
    shown = means[[name for name in settings if name in always or several[name]]].copy()
    for name in (name for name in FIGURES if not means[name].isna().all()):
        shown[name] = [
            (f"{mean:.4g}" if mean == mean else "") + (f" +-{spread:.2g}" if spread == spread else "")
            for mean, spread in zip(means[name], means[f"{name}_half"], strict=True)
        ]
    return shown


def _settings(named: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in named.items())


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}" if value == value else ""
    return str(value)
