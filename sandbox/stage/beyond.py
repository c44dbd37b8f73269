"""What the page "Beyond the plane" is told, as one pack: lines for its charts, sentences, and pictures.

Everything is made of the shipped tables and of the grids' pictures; where one is not there, a sentence says what makes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from sandbox.methods import FAMILIES, Trained, method_named
from sandbox.results import grids, shipped
from sandbox.results.beyond_cells import YARDSTICKS, label, title
from sandbox.results.cliffs import cliffs, sentences
from sandbox.results.coverage import heading, paragraphs
from sandbox.results.evidence import MANY, SOME, Entrant, Rows, dimensions, over_seeds
from sandbox.results.table import means_of
from sandbox.stage.controls import BEYOND_FIGURES
from sandbox.stage.merits import Merit

KEY, TITLE = "beyond", "Beyond the plane"
FEW = (1, 2)  # steps of those that are to need few
WALKERS = next(iter(FAMILIES))  # follow a mean in many small steps
SCALED = ("recognised", "recall")  # over desc_scale
HELP = {
    "recognised": "the share of the generated pictures in which the judge sees what was asked",
    "precision": "the share of the generated pictures that are as near to real ones as real ones are to each other",
    "recall": "the share of the real pictures that have a generated one as near as real ones are to each other",
    "energy_distance": "how far the generated pictures as a whole are from the real ones",
}
LACKING = {
    "beyond": "The table over dimensions is not there",
    "beyond_scale": "The table over desc_scale in more dimensions is not there",
    "borders": "The table on lookups and borders is not there",
    "grids": "The pictures are not there",
}

Line = dict[str, Any]


def header_and_arrays() -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """All of it; `packs.pack` makes bytes of it."""
    table, scales, borders = (shipped.plain_table(name) for name in ("beyond", "beyond_scale", "borders"))
    pictures, rows = grids.every(), Rows(table, borders, scales)
    there = {"beyond": len(table), "beyond_scale": len(scales), "borders": len(borders), "grids": len(pictures)}
    header = {
        "heading": heading(rows),
        "figures": [{"name": name, **_merit(known), "help": HELP[name]} for name, known in BEYOND_FIGURES.items()],
        "dimensions": {steps: _over_dimensions(table, steps) for steps in FEW},
        "evaluations": [_over_evaluations(table, str(space)) for space in table.space.unique()],
        "scale": _over_scale(scales) if len(scales) else None,
        "grids": [{"space": name, "title": title(name), **grid.told()} for name, grid in pictures.items()],
        "paragraphs": paragraphs(rows),
        "missing": {
            name: f"{LACKING[name]}: python -m sandbox.results --only {name} makes it."
            for name, rows in there.items()
            if not rows
        },
    }
    return header, {f"pictures/{name}": grid.pixels for name, grid in pictures.items()}


def _merit(known: Merit) -> dict[str, Any]:
    return {**asdict(known), "better": known.better}


def _over_dimensions(table: pd.DataFrame, steps: int) -> list[Line]:
    """Everybody in few steps, and who walks on in some and in most of them; the first of the yardsticks."""
    spaces, means = dimensions(table), over_seeds(table)
    lines: list[Line] = []
    for who, own in _entrants(means[means.space.isin(spaces.values())]):
        if who.method in YARDSTICKS:
            shown = [0] if who.method == next(iter(YARDSTICKS)) else []
        elif method_named(who.method).family == WALKERS and own.steps.max() >= MANY:
            shown = [steps, SOME, MANY] if who.guidance == 1 else [MANY]
        else:
            shown = [steps]
        for count in shown:
            here = own[own.steps == count]
            if len(here):
                cost = f": {here.nfe.mean():.3g}" if count else ""
                lines.append(_line(who, f"{label(who)}{cost}", _points(here, spaces), lines))
    return lines


def _points(rows: pd.DataFrame, spaces: dict[int, str]) -> list[dict[str, Any]]:
    """A point for each number of dimensions."""
    known = {row["space"]: row for row in rows.to_dict("records")}
    return [{"x": d, "values": _values(known[name])} for d, name in spaces.items() if name in known]


def _over_evaluations(table: pd.DataFrame, space: str) -> dict[str, Any]:
    """Everybody in one space over what they cost, and the yardsticks."""
    means = over_seeds(table[table.space == space]).sort_values("nfe", kind="stable")
    lines: list[Line] = []
    floors: list[dict[str, Any]] = []
    for who, own in _entrants(means):
        points = [{"x": float(f"{row['nfe']:.3g}"), "values": _values(row)} for row in own.to_dict("records")]
        if who.method in YARDSTICKS:
            floors.append({"label": label(who), "values": points[0]["values"]})
        else:
            lines.append(_line(who, label(who), points, lines))
    return {"space": space, "title": title(space), "lines": lines, "floors": floors}


def _over_scale(table: pd.DataFrame) -> dict[str, Any]:
    """Recognised and recall over desc_scale, and where either breaks off."""
    by = ["space", "method", "desc_scale"]
    means = means_of(table, by, SCALED).sort_values("desc_scale")
    lines: list[Line] = []
    for name, own in means.groupby("method", sort=False):
        for figure in SCALED:
            points = [{"x": row["desc_scale"], "values": [_value(row, figure)]} for row in own.to_dict("records")]
            known = BEYOND_FIGURES[figure].label.lower()
            lines.append(_line(Entrant(str(name)), f"{method_named(str(name)).label}: {known}", points, lines))
    trained = means.method.map(lambda name: issubclass(method_named(name), Trained))
    told: dict[str, Any] = {"title": title(str(table.space.iloc[0])), "lines": lines}
    if not trained.any():
        return {**told, "low": None, "high": None, "sentences": []}
    low, high = cliffs(means[trained])
    return {**told, "low": low, "high": high, "sentences": list(sentences(means[trained], means[~trained]))}


def _entrants(rows: pd.DataFrame) -> Iterator[tuple[Entrant, pd.DataFrame]]:
    for known, own in rows.groupby(list(Entrant._fields), sort=False):
        yield Entrant(*known), own  # type: ignore[arg-type]


def _line(who: Entrant, name: str, points: Sequence[Any], before: Sequence[Line]) -> Line:
    """A line with its look; a dash tells it from those of its method that were before."""
    line = {"label": name, "method": who.method, "points": points}
    if who.method in YARDSTICKS:
        return {**line, "colour": None, "symbol": "", "dash": 2}
    method, dash = method_named(who.method), sum(other["method"] == who.method for other in before)
    return {**line, "colour": method.colour, "symbol": method.symbol, "dash": dash}


def _values(row: dict[Any, Any]) -> list[list[float | None]]:
    return [_value(row, name) for name in BEYOND_FIGURES]


def _value(row: dict[Any, Any], name: str) -> list[float | None]:
    """A mean and half its interval; None where there is none."""
    return [None if each != each else round(float(each), 5) for each in (row[name], row[f"{name}_half"])]
