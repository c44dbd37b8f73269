"""What the page "Beyond the plane" is told, as one pack: lines for its charts, sentences, and pictures.

Everything is made of the shipped tables and of the grids' pictures; where one is not there, a sentence says what makes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from sandbox.methods import Trained, method_named
from sandbox.results import grids, shipped
from sandbox.results.beyond_cells import YARDSTICKS, label, title
from sandbox.results.cliffs import cliffs, sentences
from sandbox.results.coverage import MANY, Entrant, Rows, dimensions, heading, over_seeds, paragraphs
from sandbox.results.table import means_of
from sandbox.stage.controls import BEYOND_FIGURES
from sandbox.stage.merits import Merit

KEY, TITLE = "beyond", "Beyond the plane"
FEW = (1, 2)  # steps of those that are to need few
EIGHT = 8  # evaluations
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
    pictures = grids.every()
    there = {"beyond": len(table), "beyond_scale": len(scales), "borders": len(borders), "grids": len(pictures)}
    header = {
        "heading": heading(Rows(table, borders)),
        "figures": [{"name": name, **_merit(known), "help": HELP[name]} for name, known in BEYOND_FIGURES.items()],
        "dimensions": {steps: list(_over_dimensions(table, steps)) for steps in FEW},
        "evaluations": [_over_evaluations(table, str(space)) for space in table.space.unique()],
        "scale": _over_scale(scales) if len(scales) else None,
        "grids": [{"space": name, "title": title(name), **grid.told()} for name, grid in pictures.items()],
        "paragraphs": paragraphs(Rows(table, borders)),
        "missing": {
            name: f"{LACKING[name]}: python -m sandbox.results --only {name} makes it."
            for name, rows in there.items()
            if not rows
        },
    }
    return header, {f"pictures/{name}": grid.pixels for name, grid in pictures.items()}


def _merit(known: Merit) -> dict[str, Any]:
    return {**asdict(known), "better": known.better}


def _over_dimensions(table: pd.DataFrame, steps: int) -> Iterator[Line]:
    """Everybody in few steps, and who goes on for many: in eight and in most of them."""
    spaces, means = dimensions(table), over_seeds(table)
    rows = means[means.space.isin(spaces.values())]
    for who, own in _entrants(rows):
        if who.method in YARDSTICKS:
            if who.method == next(iter(YARDSTICKS)):
                yield _line(who, label(who), _points(own, spaces))
            continue
        shown = {steps: 0} if who.guidance == 1 else {}
        if own.steps.max() >= MANY:
            shown |= {EIGHT: 1, MANY: 2} if who.guidance == 1 else {MANY: 3}
        for count, dash in shown.items():
            here = own[own.steps == count]
            if len(here):
                yield _line(who, f"{label(who)}: {here.nfe.mean():.3g}", _points(here, spaces), dash)


def _points(rows: pd.DataFrame, spaces: dict[int, str]) -> list[dict[str, Any]]:
    """A point for each number of dimensions."""
    known = {row["space"]: row for row in rows.to_dict("records")}
    return [{"x": d, "values": _values(known[name])} for d, name in spaces.items() if name in known]


def _over_evaluations(table: pd.DataFrame, space: str) -> dict[str, Any]:
    """Everybody in one space over what they cost, and the yardsticks."""
    means = over_seeds(table[table.space == space]).sort_values("nfe", kind="stable")
    lines, floors = [], []
    for who, own in _entrants(means):
        points = [{"x": row["nfe"], "values": _values(row)} for row in own.to_dict("records")]
        if who.method in YARDSTICKS:
            floors.append({"label": label(who), "values": points[0]["values"]})
        else:
            dash = sum(line["method"] == who.method for line in lines)
            lines.append(_line(who, label(who), points, dash))
    return {"space": space, "title": title(space), "lines": lines, "floors": floors}


def _over_scale(table: pd.DataFrame) -> dict[str, Any]:
    """Recognised and recall over desc_scale, and where either breaks off."""
    by = ["space", "method", "desc_scale"]
    means, lines = means_of(table, by, SCALED).sort_values("desc_scale"), []
    for name, own in means.groupby("method", sort=False):
        for k, figure in enumerate(SCALED):
            points = [{"x": row["desc_scale"], "values": [_value(row, figure)]} for row in own.to_dict("records")]
            known = BEYOND_FIGURES[figure].label.lower()
            lines.append(_line(Entrant(str(name)), f"{method_named(str(name)).label}: {known}", points, k))
    trained = means.method.map(lambda name: issubclass(method_named(name), Trained))
    told: dict[str, Any] = {
        "title": title(str(table.space.iloc[0])),
        "lines": lines,
        "low": None,
        "high": None,
        "sentences": [],
    }
    if trained.any():
        learned, exact = means[trained], means[~trained]
        told["low"], told["high"] = cliffs(learned)
        told["sentences"] = list(sentences(learned, exact))
    return told


def _entrants(rows: pd.DataFrame) -> Iterator[tuple[Entrant, pd.DataFrame]]:
    for known, own in rows.groupby(list(Entrant._fields), sort=False):
        yield Entrant(*known), own  # type: ignore[arg-type]


def _line(who: Entrant, name: str, points: Sequence[Any], dash: int = 0) -> Line:
    """A line with its look; `dash` tells lines of one method apart."""
    if who.method in YARDSTICKS:
        return {"label": name, "method": who.method, "colour": None, "symbol": "", "dash": 1, "points": points}
    method = method_named(who.method)
    look = {"colour": method.colour, "symbol": method.symbol, "dash": dash}
    return {"label": name, "method": who.method, **look, "points": points}


def _values(row: dict[Any, Any]) -> list[list[float | None]]:
    return [_value(row, name) for name in BEYOND_FIGURES]


def _value(row: dict[Any, Any], name: str) -> list[float | None]:
    """A mean and half its interval; None where there is none."""
    return [None if each != each else round(float(each), 5) for each in (row[name], row[f"{name}_half"])]
