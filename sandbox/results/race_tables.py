"""Tables of the race: every method beside the yardsticks, and ours against diffusion and every peer."""

from collections.abc import Iterator

import pandas as pd

from sandbox.measure.likeness import reference
from sandbox.methods import FAMILIES, METHODS, method_named
from sandbox.results.against import HEADLINE, against_diffusion, against_peers
from sandbox.results.cells import HEADINGS, Cells, cells
from sandbox.results.sweeps import FLOOR_SPACE, SAMPLES, SEEDS
from sandbox.spaces import space_named

RACE_HEADING = "{space}, {concept}; a neighbourhood has a radius of {radius:.3f} units on average"
RACED = (*HEADLINE, "precision", "coverage", "sliced_wasserstein", "novelty", "copies")


def against_tuned_diffusion(every: pd.DataFrame) -> Iterator[Cells]:
    """Ours minus diffusion at its best, figure by figure."""
    words = {1: "better", 0: "", -1: "worse"}
    for row in against_diffusion(every):
        told = {name: f"{row[name]} {words[row[name].verdict]}".strip() for name in HEADLINE}
        yield {"space": row["space"], "concept": row["concept"], **told}


def against_every_peer(every: pd.DataFrame) -> Iterator[Cells]:
    """Who is ahead of ours, and who is not told apart from it, at the same number of evaluations."""
    for row in sorted(against_peers(every), key=lambda row: -len(row["ahead"])):
        yield {
            **{name: str(row[name]) for name in ("space", "concept")},
            "nfe": str(row["steps"]),
            "figure": HEADINGS.get(row["figure"], row["figure"]),
            "ahead": ", ".join(row["ahead"]) or "nobody",
            "tied": ", ".join(row["tied"]) or "nobody",
            "behind": str(len(row["behind"])),
        }


def race(race_means: pd.DataFrame) -> Iterator[tuple[str, list[Cells]]]:
    """Every method in every space, family by family, below the two yardsticks."""
    families = {method.name: method.family for method in METHODS}
    for space, rows in race_means.groupby("space", sort=False):
        concept = "animal" if "animal" in set(rows.concept) else rows.concept.iloc[0]
        radius = reference(space_named(str(space)), concept, SAMPLES, SEEDS[0]).radius.mean()
        shown = [
            {"family": families.get(row["method"], ""), **cells(row, "method", "sampler", "nfe", *RACED)}
            for row in rows[rows.concept == concept].to_dict("records")
            if row["method"] not in families
            or row["sampler"] == method_named(row["method"]).samplers[0].name
            or row["steps"] in (4, 16)
        ]
        order = {family: place for place, family in enumerate(("", *FAMILIES))}
        heading = RACE_HEADING.format(space=space, concept=concept, radius=radius)
        yield heading, sorted(shown, key=lambda cells: order[cells["family"]])


def over_floor(race_means: pd.DataFrame) -> Iterator[Cells]:
    """Each method at its best number of steps: its energy distance minus the training pairs' own."""
    rows = race_means[race_means.space == FLOOR_SPACE.name]
    pairs = rows[rows.method == "pairs"].set_index("concept").energy_distance
    rows = rows[rows.steps > 0]
    best = rows.loc[rows.groupby(["method", "concept"], sort=False).energy_distance.idxmin()]
    for row in best.to_dict("records"):
        yield {
            **cells(row, "method", "concept", "nfe", "energy_distance"),
            "over_pairs": f"{row['energy_distance'] - pairs[row['concept']]:+.4f}",
        }
