"""A table of comparisons: its columns, the file that rows are added to, and what it says to a reader.

A row is known by what it is the answer to (KEYS). A file is a CSV that is only ever added to in whole lines or put whole in the
place of the old one, so that a run that is killed loses at most a line.
"""

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sandbox.measure.likeness import Likeness
from sandbox.measure.metrics import Quality

KEYS: tuple[str, ...] = ("space", "method", "sampler", "concept", "steps", "seed", "desc_scale", "options")
KEYS += ("description_noise", "pairs", "guidance", "samples", "retrained")  # what a row is the answer to
QUALITIES = tuple(field.name for field in fields(Quality))
LIKENESSES = tuple(field.name for field in fields(Likeness))
FLOORS = tuple(f"{name}_floor" for name in LIKENESSES)
COLUMNS = (*KEYS, "nfe", *QUALITIES, *LIKENESSES, *FLOORS, "seconds_per_1000", "train_seconds")


def read(path: Path) -> pd.DataFrame:
    """A table that `compare` wrote, without a last line that was cut off; ValueError for any other file."""
    whole = _whole(path)
    if not whole:
        return pd.DataFrame(columns=list(COLUMNS))
    figures = {name: [""] for name in COLUMNS if name not in KEYS}
    try:
        table = pd.read_csv(io.BytesIO(whole), keep_default_na=False, na_values=figures)
        table["desc_scale"] = pd.to_numeric(table["desc_scale"], errors="coerce")
    except (ValueError, KeyError) as error:
        raise ValueError(f"{path} is not a table of this comparison: name another file.") from error
    if lacking := [name for name in KEYS if name not in table]:
        raise ValueError(f"{path} is not a table of this comparison, which has the columns {', '.join(lacking)}.")
    return table


def _whole(path: Path) -> bytes:
    """The lines of a file, without a last one that was cut off."""
    text = path.read_bytes()
    whole = text[: text.rfind(b"\n") + 1]
    if not whole and not ",".join(COLUMNS).encode().startswith(text):
        raise ValueError(f"{path} is not a table of this comparison: name another file.")
    return whole


def opened(path: Path, say: Callable[[str], None]) -> pd.DataFrame:
    """The rows that a table holds, once the file is ready for more: whole lines, and every column."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    table, whole = read(path), _whole(path)
    if len(whole) < path.stat().st_size:
        say(f"the last line of {path.name} was cut off, and is dropped")
        os.truncate(path, len(whole))
    lacking = [name for name in COLUMNS if name not in table]
    if lacking or not whole:
        table = table.reindex(columns=[*table.columns, *lacking])
        rewrite(path, table)
    return table


def rewrite(path: Path, table: pd.DataFrame) -> None:
    """Put a table in the place of a file's content, whole or not at all."""
    with NamedTemporaryFile("w", dir=path.parent, delete=False, newline="") as file:
        table.to_csv(file, index=False, float_format="%.6g", lineterminator="\n")
    Path(file.name).chmod(0o644)  # a temporary file is its owner's alone
    Path(file.name).replace(path)


def append(path: Path, rows: pd.DataFrame) -> None:
    """Whole lines in one write, so that a killed run leaves at most one that is cut off."""
    text = rows.to_csv(index=False, header=False, float_format="%.6g", lineterminator="\n")
    with path.open("ab", buffering=0) as file:
        file.write(text.encode())


def keys_of(table: pd.DataFrame) -> list[str]:
    """Every row's keys as text."""
    return [key_of(row) for row in table[list(KEYS)].to_dict("records")]


def key_of(row: Mapping[Any, object]) -> str:
    """A row's keys as text: what is written and what is read are the same."""
    return "|".join(f"{row[name]:g}" if isinstance(row[name], float) else str(row[name]) for name in KEYS)


def over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and half of the 95 % interval over seeds of every figure: columns `figure` and `figure_half`."""
    figures = [name for name in COLUMNS if name not in KEYS]
    by = [name for name in KEYS if name != "seed"]
    groups = table.groupby(by, dropna=False, sort=False)[figures]
    # What `sandbox.measure.likeness.seeds_interval` says of one group, of all at once.
    count = groups.count()
    half = groups.std() / np.sqrt(count) * stats.t.ppf(0.975, count.where(count > 1) - 1)
    return groups.mean().join(half.add_suffix("_half")).reset_index()


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The table for a reader: means over seeds with half the 95 % interval, the real-against-real floor in brackets.

    Of the settings those are shown that some method was asked with more than one value of: forty columns would not fit.
    """
    means = over_seeds(table)
    settings = [name for name in KEYS if name != "seed"]
    several = means.groupby("method")[settings].nunique(dropna=False).max() > 1
    always = ("space", "method", "concept", "steps")
    shown = means[[name for name in settings if name in always or several[name]]].copy()
    for name in ("nfe", *QUALITIES, *LIKENESSES, "seconds_per_1000", "train_seconds"):
        if means[name].isna().all():
            continue
        half, least = means[f"{name}_half"], means.get(f"{name}_floor", pd.Series(np.nan, means.index))
        shown[name] = [
            f"{mean:.4g}" + (f" +-{spread:.2g}" if spread == spread else "") + (f" ({low:.4g})" if low == low else "")
            for mean, spread, low in zip(means[name], half, least, strict=True)
        ]
    return shown
