"""docs/results.md: `template.md`, which has the words, with a table in the place of each of its names.

Every figure is a row's. A table is a function from rows as they were measured to rows of text by the names of their columns;
`markdown` writes them all.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd

from sandbox.measure.likeness import seeds_interval
from sandbox.methods import Diffusion, Trained, method_named
from sandbox.results.plateau import DROP, edges
from sandbox.results.shipped import load, means, plain_table
from sandbox.results.sweeps import CLAIMANT, FLOOR_SPACE, MAIN_SPACES
from sandbox.results.table import SMALLER_IS_BETTER
from sandbox.results.tuning import KEPT, RANGES, TRIALS, trials
from sandbox.spaces import NONE

TEMPLATE = Path(__file__).parent / "template.md"
HEADINGS = {  # of columns that are not called by their name
    "nfe": "NFE",
    "in_region": "in-region",
    "energy_distance": "energy distance",
    "sliced_wasserstein": "sliced W2",
    "difference": "minus diffusion's best",
    "ahead": "peers ahead",
    "over_floor": "over the floor",
    "over_drawn": "over drawn pairs",
    "balanced": "balanced lookup",
    "balanced_never": "never",
    "plain": "plain lookup",
    "plain_never": "never",
    "squared_w2": "squared W2",
    "deviation": "standard deviation",
    "size": "steps x batch",
    "short": "a quarter of the length",
    "whole": "the whole length",
    "energy_distance_halved": "after half",
    "precision_halved": "after half",
}
RACE_HEADING = "{space}, {concept}"
NOISE_HEADING = "Description noise {noise:g}: plateau from {low:g} to {high:g}"
AGAINST = ("precision", "recall", "energy_distance")
RACED = ("in_region", "precision", "recall", "coverage", "energy_distance", "sliced_wasserstein")

Cells = dict[str, str]  # a row of text


def document() -> str:
    """docs/results.md, from the shipped tables."""
    race_means, drawn, seconds = means("race"), plain_table("drawn"), plain_table("seconds")
    return Template(TEMPLATE.read_text()).substitute(
        floor_space=FLOOR_SPACE.name,
        drop=f"{DROP:g}",
        against=markdown(against(race_means, load("race"))),
        race=by_heading(race(race_means)),
        over_floor=markdown(over_floor(race_means, drawn)),
        evenness=markdown(evenness(plain_table("evenness"))),
        transport=markdown(transport(plain_table("transport"))),
        attributes=markdown(attributes(means("attributes"))),
        desc_scale=by_heading(desc_scale(means("desc_scale"))),
        retrained=markdown(retrained(means("retrained"))),
        training=markdown(training(load("retrained"), load("halved"), seconds)),
        trials=str(TRIALS),
        kept=str(KEPT),
        ranges=markdown({"value": name, "range": ", ".join(map(str, values))} for name, values in RANGES.items()),
        tuning=markdown(trials(plain_table("tuning"))),
    )


def markdown(rows: Iterable[Cells]) -> str:
    """Rows of text as a table, with the columns of the first one."""
    rows = list(rows)
    if not rows:
        return "Not measured yet."
    names = list(rows[0])
    lines = [[HEADINGS.get(name, name) for name in names], *([row.get(name, "") for name in names] for row in rows)]
    heading, *body = ("| " + " | ".join(cells) + " |" for cells in lines)
    return "\n".join([heading, "|---" * len(names) + "|", *body])


def by_heading(tables: Iterable[tuple[str, Iterable[Cells]]]) -> str:
    """Several tables, each under a heading of its own."""
    return "\n\n".join(f"### {heading}\n\n{markdown(rows)}" for heading, rows in tables) or markdown([])


def against(race_means: pd.DataFrame, every: pd.DataFrame) -> Iterator[Cells]:
    """The balanced coalescer against every peer at the same number of evaluations; `every` has a row for each seed."""
    main = race_means[race_means.space.isin([space.name for space in MAIN_SPACES]) & (race_means.concept != NONE)]
    for ours in main[main.method == CLAIMANT.name].to_dict("records"):
        here = main[(main.space == ours["space"]) & (main.concept == ours["concept"])]
        peers = here[(here.steps == ours["steps"]) & (here.method != CLAIMANT.name)]
        yield {
            **_cells(ours, "space", "concept", "nfe", *AGAINST),
            "difference": difference(ours, here[here.method == Diffusion.name], every),
            "ahead": "; ".join(ahead(ours, peers)) or "nobody",
        }


def difference(ours: Mapping[Any, Any], diffusion: pd.DataFrame, every: pd.DataFrame) -> str:
    """Our energy distance minus the least of diffusion's, paired over seeds: negative where ours is nearer to the real."""
    if diffusion.empty:
        return "no diffusion"
    best = diffusion.sort_values("energy_distance").iloc[0]
    known_by = ["space", "concept", "method", "sampler", "steps"]
    by_seed = every.set_index([*known_by, "seed"]).energy_distance.sort_index()
    one, other = (by_seed.loc[tuple(row[name] for name in known_by)] for row in (ours, best))
    apart = one - other
    return f"{apart.mean():+.4f} ±{seeds_interval(apart):.4f} ({best['sampler']}, {best['nfe']:.3g} NFE)"


def ahead(ours: Mapping[Any, Any], peers: pd.DataFrame) -> Iterator[str]:
    """For each figure the peers that are better, in brackets where by no more than both intervals together."""
    for figure in AGAINST:
        lead = (peers[figure] - ours[figure]) * (-1 if figure in SMALLER_IS_BETTER else 1)
        surely = lead > peers[f"{figure}_half"] + ours[f"{figure}_half"]
        names = [
            str(name) if sure.any() else f"({name})" for name, sure in surely[lead > 0].groupby(peers.method[lead > 0])
        ]
        if names:
            yield f"{HEADINGS.get(figure, figure)}: {', '.join(names)}"


def race(race_means: pd.DataFrame) -> Iterator[tuple[str, list[Cells]]]:
    """Every method in every space."""
    for space, rows in race_means.groupby("space", sort=False):
        concept = "animal" if "animal" in set(rows.concept) else rows.concept.iloc[0]
        shown = [
            _cells(row, "method", "sampler", "nfe", *RACED)
            for row in rows[rows.concept == concept].to_dict("records")
            if row["sampler"] == method_named(row["method"]).samplers[0].name or row["steps"] in (4, 16)
        ]
        yield RACE_HEADING.format(space=space, concept=concept), shown


def over_floor(race_means: pd.DataFrame, drawn: pd.DataFrame) -> Iterator[Cells]:
    """Each method at its best number of steps: its energy distance over the floor."""
    rows = race_means[race_means.space == FLOOR_SPACE.name]
    best = rows.loc[rows.groupby(["method", "concept"], sort=False).energy_distance.idxmin()]
    for row in best.to_dict("records"):
        pairs = drawn[(drawn.space == row["space"]) & (drawn.concept == row["concept"])].energy_distance.mean()
        yield {
            **_cells(row, "method", "concept", "nfe", "energy_distance"),
            "over_floor": f"{row['energy_distance'] / row['energy_distance_floor']:.1f}",
            "over_drawn": f"{row['energy_distance'] / pairs:.1f}",
        }


def evenness(table: pd.DataFrame) -> Iterator[Cells]:
    """How evenly balanced and plain lookups find the pairs."""
    for row in table.to_dict("records"):
        yield {
            **_cells(row, "space", "questions"),
            "balanced": f"{row['total_variation']:.3f} ({row['floor']:.3f})",
            "balanced_never": f"{row['never']:.3%}",
            "plain": f"{row['plain_total_variation']:.3f}",
            "plain_never": f"{row['plain_never']:.3%}",
        }


def transport(table: pd.DataFrame) -> Iterator[Cells]:
    """The published toy."""
    for (name, _), rows in table.groupby(["method", "steps"], sort=True):
        yield {
            "method": str(name),
            "nfe": f"{rows.nfe.mean():.3g}",
            "squared_w2": f"{rows.squared_w2.mean():.4f}",
            "deviation": f"{rows.squared_w2.std():.4f}" if len(rows) > 1 else "one seed",
            "seeds": str(len(rows)),
        }


def attributes(table: pd.DataFrame) -> Iterator[Cells]:
    """In-region shares where descriptions also say where."""
    recipe = ["method", "desc_scale", "options"]
    for (name, scale, options), rows in table[table.steps == 2].groupby(recipe, sort=False, dropna=False):
        shares = {row["concept"]: _figure(row, "in_region") for row in rows.to_dict("records")}
        known_by = {"method": str(name), "desc_scale": f"{scale:g}", "options": str(options or "default")}
        yield {**known_by, **shares, "least": f"{rows.in_region.min():.3f}"}


def desc_scale(table: pd.DataFrame) -> Iterator[tuple[str, Iterator[Cells]]]:
    """The coalescer over desc_scale, by description noise."""
    for noise, rows in table.groupby("description_noise"):
        low, high = edges(rows)
        yield NOISE_HEADING.format(noise=noise, low=low, high=high), _over_scales(rows)


def _over_scales(table: pd.DataFrame) -> Iterator[Cells]:
    for scale, rows in table.groupby("desc_scale"):
        here = rows.to_dict("records")
        shares = {row["concept"]: _figure(row, "in_region") for row in here}
        recalls = {f"recall, {row['concept']}": _figure(row, "recall") for row in here}
        yield {"desc_scale": f"{scale:g}", **shares, **recalls}


def retrained(table: pd.DataFrame) -> Iterator[Cells]:
    """How much the seed of training matters."""
    for row in table[table.steps <= 2].to_dict("records"):
        if row["method"] == CLAIMANT.name or row["concept"] == "animal":
            yield _cells(row, "space", "method", "concept", "nfe", *AGAINST)


def training(whole: pd.DataFrame, halved: pd.DataFrame, seconds: pd.DataFrame) -> Iterator[Cells]:
    """What training takes, and what it would lose by being shorter."""
    whole = whole[whole.seed.isin(halved.seed)]
    for space, (name, taken) in product(dict.fromkeys(halved.space), seconds.itertuples(index=False)):
        method = method_named(name)
        assert issubclass(method, Trained)
        own = [rows[(rows.space == space) & (rows.method == name)] for rows in (whole, halved)]
        full, half = (rows.groupby(["sampler", "steps"])[["energy_distance", "precision"]].mean() for rows in own)
        if full.empty or half.empty:
            continue
        best = full.energy_distance.idxmin()
        yield {
            "space": space,
            "method": name,
            "size": f"{method.training_steps:,} x {method.batch}",
            "seconds": f"{taken:.0f}",
            "energy_distance": f"{full.energy_distance[best]:.4f}",
            "energy_distance_halved": f"{half.energy_distance[best]:.4f}",
            "precision": f"{full.precision[best]:.3f}",
            "precision_halved": f"{half.precision[best]:.3f}",
        }


def _cells(row: Mapping[Any, Any], *names: str) -> Cells:
    """Some columns of a row: a mean has half its interval and, where there is one, the floor beside it."""
    return {name: row[name] if isinstance(row[name], str) else _figure(row, name) for name in names}


def _figure(row: Mapping[Any, Any], name: str) -> str:
    if name == "nfe":
        return f"{row[name]:.3g}"
    digits = 4 if name == "energy_distance" else 3
    half, floor = row[f"{name}_half"], row.get(f"{name}_floor")
    text = f"{row[name]:.{digits}f}" + (f" ±{half:.{digits}f}" if half == half else "")
    return text if floor is None else f"{text} ({floor:.{digits}f})"
