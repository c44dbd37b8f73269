"""Tables of training: from other seeds, in other spaces, for half as long, and from other parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sandbox.measure.likeness import seeds_interval
from sandbox.methods import METHODS, Trained, method_named
from sandbox.methods.base import Levelled
from sandbox.results.against import HEADLINE
from sandbox.results.cells import Cells, cells, number
from sandbox.results.networks import OTHERS
from sandbox.results.sweeps import CLAIMANT, MAIN_SPACES
from sandbox.results.unseen_spaces import UNSEEN_SPACES

PLATEAU = 0.02  # of the in-region share, which is all that a method at its plateau may gain by the second half

Figures = Mapping[Any, float]


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


def retrained(networks: pd.DataFrame) -> Iterator[Cells]:
    """How much the seed of training matters, where nothing else differs from the default recipe."""
    for row in _over_networks(networks, [space.name for space in MAIN_SPACES]):
        yield cells(row, "space", "method", "concept", "nfe", *HEADLINE, "precision") | {"networks": row["networks"]}


def unseen(networks: pd.DataFrame) -> Iterator[Cells]:
    """Default recipes in spaces that nothing was tuned on; ours first, and its least in-region share before all."""
    rows = _over_networks(networks, [space.name for space in UNSEEN_SPACES])
    for row in sorted(rows, key=lambda row: (row["method"] != CLAIMANT.name, row["in_region"])):
        yield cells(row, "space", "method", "concept", "nfe", *HEADLINE) | {"networks": row["networks"]}


def _over_networks(networks: pd.DataFrame, spaces: Sequence[str]) -> Iterator[dict[Any, Any]]:
    """Means over the networks of default length, with half of their 95 % interval."""
    length = {method.name: method.training_steps for method in METHODS if issubclass(method, Trained)}
    whole = networks[networks.space.isin(spaces) & (networks.training_steps == networks.method.map(length))]
    known_by, figures = ["space", "method", "concept", "steps"], [*HEADLINE, "precision"]
    for known, rows in whole.groupby(known_by, sort=False):
        halves = {f"{name}_half": seeds_interval(rows[name]) for name in figures}
        means = rows[["nfe", *figures]].mean().to_dict()
        yield {**dict(zip(known_by, known, strict=True)), **means, **halves, "networks": str(len(rows))}


def halved(networks: pd.DataFrame) -> Iterator[tuple[str, type[Trained], Figures, Figures]]:
    """What a method's figures are after its whole training and after half of it, from the same seed, in each main space.

    Means over the concepts, at the number of steps that is best after the whole training.
    """
    seed = networks[networks.seed == OTHERS[0]]
    for (space, name), own in seed.groupby(["space", "method"], sort=False):
        method = method_named(str(name))
        assert issubclass(method, Trained)
        length = method.training_steps
        whole, half = (
            own[own.training_steps == count].groupby("steps")[list(HEADLINE)].mean().to_dict("index")
            for count in (length, length // 2)
        )
        if whole and half:
            best = min(whole, key=lambda steps: whole[steps]["energy_distance"])
            yield str(space), method, whole[best], half[best]


def training(networks: pd.DataFrame, seconds: pd.DataFrame) -> Iterator[Cells]:
    """What training takes, and what it would lose by being shorter."""
    taken = dict(seconds.itertuples(index=False, name=None))
    for space, method, whole, half in halved(networks):
        if method.name in taken:
            yield {
                "space": space,
                "method": method.name,
                "size": f"{method.training_steps:,} x {method.batch}",
                "seconds": f"{taken[method.name]:.0f}",
                **{
                    heading: number(told[figure], figure)
                    for figure in HEADLINE
                    for heading, told in ((figure, whole), (f"{figure}_halved", half))
                },
            }


def prolonged() -> str:
    """Methods that are trained for longer than their tuning found, and how many times as long."""
    longer = [method for method in METHODS if issubclass(method, Trained) and method.prolonged > 1]
    return ", ".join(f"`{method.name}` ({method.prolonged} times as long)" for method in longer) or "None"


def growing(networks: pd.DataFrame) -> str:
    """Methods that a longer training would still help, those that it would help most first."""
    gains: dict[str, float] = {}
    for _, method, whole, half in halved(networks):
        gain = whole["in_region"] - half["in_region"]
        gains[method.name] = max(gain, gains.get(method.name, 0.0))
    told = [
        f"`{name}` ({gain:.2f})" for name, gain in sorted(gains.items(), key=lambda each: -each[1]) if gain > PLATEAU
    ]
    return ", ".join(told) or "none"


def ablation(table: pd.DataFrame) -> Iterator[Cells]:
    """What of the balanced coalescer brings what: in each space the three figures, means over the concepts."""
    parts = ["learned", "charge", "coupling", "width"]
    for known, rows in table.groupby(parts, sort=False):
        assert isinstance(known, tuple)
        told = {
            str(space): " / ".join(number(each[name], name) for name in HEADLINE)
            for space, each in rows.groupby("space", sort=False)[list(HEADLINE)].mean().iterrows()
        }
        yield {**{name: str(value) for name, value in zip(parts, known, strict=True)}, **told}
