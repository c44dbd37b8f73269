"""Tables of training: from other seeds, in other spaces, for half as long, and from other parts."""

from collections.abc import Iterable, Iterator
from itertools import product

import pandas as pd

from sandbox.measure.likeness import seeds_interval
from sandbox.methods import METHODS, Trained, method_named
from sandbox.methods.base import Levelled
from sandbox.results.against import HEADLINE
from sandbox.results.cells import Cells, cells
from sandbox.results.sweeps import TRAINING_SEEDS


def recipes(methods: Iterable[Trained]) -> Iterator[Cells]:
    """What every method trains, and how."""
    for method in methods:
        law = ""
        if isinstance(method, Levelled):
            law = "uniform in t"
            if method.level_deviation:
                law = f"N({method.level_mean:g}, {method.level_deviation:g}^2)"
        yield {
            "family": method.family,
            "method": method.name,
            "parameters": f"{sum(each.numel() for each in method.blank().parameters()):,}",
            "layers": f"{method.depth} x {method.width}",
            "bandwidth": f"{method.bandwidth:g}",
            "rate": f"{method.learning_rate:g}",
            "size": f"{method.training_steps:,} x {method.batch}",
            "average": f"{method.ema:g}" if method.ema else "none",
            "law": law,
            "needs": ", ".join(need.name for need in method.needs()),
        }


def retrained(shipped: pd.DataFrame, anew: pd.DataFrame) -> Iterator[Cells]:
    """How much the seed of training matters: means over networks, each a mean over the seeds of sampling."""
    known_by, figures = ["space", "method", "concept", "steps"], [*HEADLINE, "precision"]
    asked = set(zip(*(anew[name] for name in known_by), strict=True))
    every = pd.concat([shipped[_own_sampler(shipped)], anew])
    networks = every.groupby([*known_by, "options"], dropna=False, sort=False)[["nfe", *figures]].mean().reset_index()
    for known, rows in networks.groupby(known_by, sort=False):
        if known in asked:
            halves = {f"{name}_half": seeds_interval(rows[name]) for name in figures}
            told = {**dict(zip(known_by, known, strict=True)), **rows[["nfe", *figures]].mean(), **halves}
            yield {**cells(told, "space", "method", "concept", "nfe", *figures), "networks": str(len(rows))}


def unseen(table: pd.DataFrame) -> Iterator[Cells]:
    """Default recipes in spaces that nothing was tuned on; the worst concept's row first."""
    for row in table.sort_values("in_region", kind="stable").to_dict("records"):
        yield cells(row, "space", "method", "concept", "nfe", *HEADLINE)


def training(whole: pd.DataFrame, halved: pd.DataFrame, seconds: pd.DataFrame) -> Iterator[Cells]:
    """What training takes, and what it would lose by being shorter."""
    for space, (name, taken) in product(dict.fromkeys(halved.space), seconds.itertuples(index=False)):
        method = method_named(name)
        assert issubclass(method, Trained)
        own = [rows[(rows.space == space) & (rows.method == name)] for rows in (whole, halved)]
        own[0] = own[0][own[0].options.str.startswith(f"seed={TRAINING_SEEDS[0]}")]
        full, half = (rows.groupby("steps")[list(HEADLINE)].mean() for rows in own)
        if full.empty or half.empty:
            continue
        best = full.energy_distance.idxmin()
        figures = {
            heading: f"{rows[figure][best]:.{4 if figure == 'energy_distance' else 3}f}"
            for figure in HEADLINE
            for heading, rows in ((figure, full), (f"{figure}_halved", half))
        }
        size = f"{method.training_steps:,} x {method.batch}"
        yield {"space": space, "method": name, "size": size, "seconds": f"{taken:.0f}", **figures}


def ablation(table: pd.DataFrame) -> Iterator[Cells]:
    """What of the balanced coalescer brings what: means over the concepts, space by space."""
    parts = ["learned", "charge", "width", "coupling", "space"]
    for known, figures in table.groupby(parts, sort=False)[list(HEADLINE)].mean().iterrows():
        assert isinstance(known, tuple)
        said = {name: f"{figures[name]:.{4 if name == 'energy_distance' else 3}f}" for name in HEADLINE}
        yield {**{name: str(value) for name, value in zip(parts, known, strict=True)}, **said}


def _own_sampler(table: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are of a method's own sampler."""
    own = {method.name: method.samplers[0].name for method in METHODS}
    return table.method.map(own) == table.sampler
