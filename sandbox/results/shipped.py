"""The tables that come with the code: those of the sweeps, and some that are measured otherwise."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from sandbox.results.files import read
from sandbox.results.table import over_seeds

TABLES = Path(__file__).parent / "tables"
PLAIN_TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # what a row is known by, and its figures
    "transport": (("method", "steps", "seed"), ("nfe", "squared_w2")),
    "evenness": (("space", "questions"), ("total_variation", "floor", "never", "plain_total_variation", "plain_never")),
    "seconds": (("method",), ("train_seconds",)),
    "curve": (("space", "method", "steps", "seed", "concept", "desc_scale"), ("nfe", "in_region", "recall")),
    "networks": (
        ("space", "method", "training_steps", "seed", "concept", "steps"),
        ("nfe", "in_region", "recall", "energy_distance", "precision"),
    ),
    "ablation": (
        ("space", "coupling", "learned", "charge", "width", "concept"),
        ("in_region", "recall", "energy_distance"),
    ),
    "autoencoders": (
        ("space", "seed"),
        (
            *("judge_real", "judge_returned", "error", "captions", "apart", "astray"),
            *("seconds_images", "seconds_texts", "seconds_judge"),
        ),
    ),
    "beyond": (
        ("space", "method", "options", "guidance", "steps", "seed"),
        ("nfe", "recognised", "worst", "precision", "recall", "energy_distance"),
    ),
    "beyond_scale": (("space", "method", "desc_scale", "seed"), ("nfe", "recognised", "recall", "energy_distance")),
    "borders": (("space", "what"), ("value",)),
    "tuning": (
        ("method", "trial", "space", "share"),
        ("chosen", "worth", "in_region", "recall", "steps"),
    ),
}


def path_of(name: str) -> Path:
    """Where a table is, or would be."""
    return TABLES / f"{name}.csv"


@lru_cache(maxsize=8)
def load(name: str) -> pd.DataFrame:
    """A sweep's table by its name, empty where it is not there; shared, so never to be changed."""
    return read(path_of(name))


@lru_cache(maxsize=8)
def means(name: str) -> pd.DataFrame:
    """A sweep's means over seeds with half of their 95 % interval (`sandbox.results.table.over_seeds`); shared, too."""
    return over_seeds(load(name))


@lru_cache(maxsize=8)
def plain_table(name: str) -> pd.DataFrame:
    """A table that is no sweep's, empty where it is not there; shared, too."""
    known_by, figures = PLAIN_TABLES[name]
    path = path_of(name)
    return pd.read_csv(path) if path.is_file() else pd.DataFrame(columns=[*known_by, *figures])


def forget() -> None:
    """Have every table read anew when it is next asked for."""
    for kept in (load, means, plain_table):
        kept.cache_clear()
