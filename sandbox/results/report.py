"""docs/results.md: `template.md`, which has the words, with a table in the place of each of its names.

Every figure is a row's. A table is a function from rows as they were measured to rows of text by the names of their columns;
`markdown` writes them all.
"""

from collections.abc import Iterator
from pathlib import Path
from string import Template

import pandas as pd

from sandbox.results import beyond_cells
from sandbox.results.autoencoders import over_seeds
from sandbox.results.beyond import CAPTIONS, SAMPLING_SEEDS, SCALED
from sandbox.results.cells import Cells, by_heading, cells, figure, markdown
from sandbox.results.plateau import DROP, edges
from sandbox.results.race_tables import against_every_peer, against_tuned_diffusion, over_floor, race
from sandbox.results.shipped import load, means, plain_table
from sandbox.results.sweeps import FLOOR_SPACE, MAIN_SPACES, SAMPLES, trained
from sandbox.results.training_tables import PLATEAU, ablation, growing, prolonged, recipes, retrained, training, unseen
from sandbox.results.tuning import KEPT, RANGES, TRIALS, trials

TEMPLATE = Path(__file__).parent / "template.md"
NOISE_HEADING = "Description noise {noise:g}: plateau from {low:g} to {high:g}"


def document() -> str:
    """docs/results.md, from the shipped tables."""
    raced = load("race")
    return Template(TEMPLATE.read_text()).substitute(
        floor_space=FLOOR_SPACE.name,
        drop=f"{DROP:g}",
        samples=f"{SAMPLES:,}",
        diffusion=markdown(against_tuned_diffusion(raced)),
        peers=markdown(against_every_peer(raced)),
        race=by_heading(race(means("race"))),
        over_floor=markdown(over_floor(means("race"))),
        recipes=markdown(recipes(trained(MAIN_SPACES[0]))),
        evenness=markdown(evenness(plain_table("evenness"))),
        transport=markdown(transport(plain_table("transport"))),
        attributes=markdown(attributes(means("attributes"))),
        desc_scale=by_heading(desc_scale(means("desc_scale"))),
        retrained=markdown(retrained(plain_table("networks"))),
        unseen=markdown(unseen(plain_table("networks"))),
        training=markdown(training(plain_table("networks"), plain_table("seconds"))),
        plateau=f"{PLATEAU:g}",
        prolonged=prolonged(),
        growing=growing(plain_table("networks")),
        ablation=markdown(ablation(plain_table("ablation"))),
        autoencoders=markdown(over_seeds(plain_table("autoencoders"))),
        captions=str(CAPTIONS),
        sampling=str(len(SAMPLING_SEEDS)),
        beyond=by_heading(beyond_cells.beyond(plain_table("beyond"))),
        scaled=SCALED.name,
        beyond_scale=markdown(beyond_cells.scale(plain_table("beyond_scale"))),
        borders=markdown(beyond_cells.borders(plain_table("borders"))),
        trials=str(TRIALS),
        kept=str(KEPT),
        ranges=markdown({"value": name, "range": ", ".join(map(str, values))} for name, values in RANGES.items()),
        tuning=markdown(trials(plain_table("tuning"))),
    )


def evenness(table: pd.DataFrame) -> Iterator[Cells]:
    """How evenly balanced and plain lookups find the pairs."""
    for row in table.to_dict("records"):
        yield {
            **cells(row, "space", "questions"),
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
        shares = {row["concept"]: figure(row, "in_region") for row in rows.to_dict("records")}
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
        shares = {row["concept"]: figure(row, "in_region") for row in here}
        recalls = {f"recall, {row['concept']}": figure(row, "recall") for row in here}
        yield {"desc_scale": f"{scale:g}", **shares, **recalls}
