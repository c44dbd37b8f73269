"""docs/results.md, written from the tables alone: every number in it is a row's."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sandbox.compare import LIKENESSES
from sandbox.methods import method_named
from sandbox.plateau import DROP, edges

HEAD = """# Results

Written by `make results` from the tables in `sandbox/tables`, which the same command makes; a run that was stopped goes on
where it stopped. Every figure is a mean over seeds with half of its 95 % interval (Student's t); the seed decides the random
points, the descriptions, the noise and the real sample, and the weights are the shipped ones unless a section says
otherwise. In brackets the floor: what a second real sample scores against the first.
"""
FIGURES = ("in_region", "precision", "recall", "coverage", "energy_distance", "sliced_wasserstein")
SHORT = {"in_region": "in-region", "energy_distance": "energy distance", "sliced_wasserstein": "sliced W2"}
MAIN = ("crescent-and-islands", "cats-and-dogs")


def report(means: Mapping[str, pd.DataFrame], transport: pd.DataFrame) -> str:
    """The document; sections whose table is empty are left out."""
    sections = [HEAD]
    if len(means["race"]):
        sections += [_against(means["race"]), _race(means["race"]), _twice_the_floor(means["race"])]
    if len(transport):
        sections.append(_transport(transport))
    if len(means["attributes"]):
        sections.append(_attributes(means["attributes"]))
    if len(means["desc_scale"]):
        sections.append(_desc_scale(means["desc_scale"]))
    if len(means["retrained"]):
        sections.append(_retrained(means["retrained"]))
    return "\n".join(sections)


def _against(race: pd.DataFrame) -> str:
    """The balanced coalescer against every peer at the same number of evaluations."""
    lines = [
        "## The balanced coalescer against every peer\n",
        "At one and at two evaluations. “Behind” names the peers, at the same number of steps, whose mean is "
        "better; diffusion's "
        "best is over all its samplers and steps up to 64.\n",
        "| space | concept | steps | NFE | precision | recall | energy distance | diffusion's best energy distance | behind |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    ours = race[(race.method == "balanced-coalescer") & race.space.isin(MAIN)]
    for row in ours[ours.concept != "none"].to_dict("records"):
        here = race[(race.space == row["space"]) & (race.concept == row["concept"])]
        diffusion = here[here.method == "diffusion"].energy_distance.min()
        behind = []
        peers = here[(here.steps == row["steps"]) & (here.method != row["method"])]
        for figure, sign in (("precision", 1), ("recall", 1), ("energy_distance", -1)):
            better = peers[sign * (peers[figure] - row[figure]) > 0]
            if len(better):
                names = ", ".join(sorted(set(better.method)))
                behind.append(f"{SHORT.get(figure, figure)}: {names}")
        figures = [_value(row, name) for name in ("precision", "recall", "energy_distance")]
        cells = [row["space"], row["concept"], row["steps"], f"{row['nfe']:.3g}", *figures]
        lines.append(_line([*cells, f"{diffusion:.2g}", "; ".join(behind) or "none"]))
    return "\n".join(lines) + "\n"


def _race(race: pd.DataFrame) -> str:
    lines = [
        "## The race\n",
        "Every method with its own sampler, concept “animal” where there is one, otherwise the first.\n",
    ]
    for space, rows in race.groupby("space", sort=False):
        concept = "animal" if "animal" in set(rows.concept) else rows.concept.iloc[0]
        names = [SHORT.get(name, name) for name in FIGURES]
        lines += [f"### {space}, {concept}\n", _line(["method", "sampler", "NFE", *names]), "|---" * 9 + "|"]
        for row in rows[rows.concept == concept].to_dict("records"):
            if row["sampler"] == method_named(row["method"]).samplers[0] or row["steps"] in (4, 16):
                figures = [_value(row, name) for name in FIGURES]
                lines.append(_line([row["method"], row["sampler"], f"{row['nfe']:.3g}", *figures]))
        lines.append("")
    return "\n".join(lines)


def _twice_the_floor(race: pd.DataFrame) -> str:
    """Each method at its best number of steps on moons: its energy distance over the floor."""
    lines = [
        "## Energy distance over its floor on `moons`\n",
        "Each method at the number of steps that is best for it; 1 is a real sample, the aim is 2.\n",
        _line(["method", "concept", "NFE", "energy distance", "over the floor"]),
        "|---" * 5 + "|",
    ]
    moons = race[race.space == "moons"]
    best = moons.loc[moons.groupby(["method", "concept"], sort=False).energy_distance.idxmin()]
    for row in best.to_dict("records"):
        ratio = row["energy_distance"] / row["energy_distance_floor"]
        cells = [row["method"], row["concept"], f"{row['nfe']:.3g}", _value(row, "energy_distance"), f"{ratio:.1f}"]
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _transport(table: pd.DataFrame) -> str:
    lines = [
        "## Eight Gaussians to moons\n",
        "The protocol of C2OT's toy (arXiv 2503.10636): 10,000 samples of both classes together, squared W2 "
        "by exact transport, no "
        "root. Published: .048 +- .010 at one evaluation, .018 +- .006 with an adaptive solver. `balanced-lookup` is the exact "
        "map on the same starts: what finitely many starts allow. `real` is one real sample against another.\n",
        _line(["method", "NFE", "squared W2", "standard deviation", "seeds"]),
        "|---" * 5 + "|",
    ]
    for (name, _), rows in table.groupby(["method", "steps"], sort=True):
        deviation = rows.squared_w2.std() if len(rows) > 1 else float("nan")
        lines.append(
            _line([name, f"{rows.nfe.mean():.3g}", f"{rows.squared_w2.mean():.4f}", f"{deviation:.4f}", len(rows)])
        )
    return "\n".join(lines) + "\n"


def _attributes(table: pd.DataFrame) -> str:
    lines = [
        "## Descriptions that also say where\n",
        "Space `attributes`, in-region share after two jumps: the published recipe; two departures from it, the description "
        "asked in place of close_pair's and the mean of the k nearest pairs; and the balanced coalescer, which has the first "
        "of them and a loss on where it lands.\n",
    ]
    concepts = list(dict.fromkeys(table.concept))
    lines += [_line(["method", "desc_scale", "options", *concepts, "least"]), "|---" * (4 + len(concepts)) + "|"]
    recipe = ["method", "desc_scale", "options"]
    for (name, scale, options), rows in table[table.steps == 2].groupby(recipe, sort=False, dropna=False):
        by = rows.set_index("concept")
        cells = [_value(by.loc[concept].to_dict(), "in_region") for concept in concepts]
        lines.append(_line([name, f"{scale:g}", options or "default", *cells, f"{rows.in_region.min():.3f}"]))
    return "\n".join(lines) + "\n"


def _desc_scale(table: pd.DataFrame) -> str:
    lines = [
        "## desc_scale from .25 to 1024\n",
        "The plain coalescer's in-region share after two jumps, default space. The plateau is where every concept is within "
        f"{DROP:g} of its best.\n",
    ]
    for noise, rows in table.groupby("description_noise"):
        low, high = edges(rows)
        concepts = list(dict.fromkeys(rows.concept))
        lines += [f"### Description noise {noise:g}: plateau from {low:g} to {high:g}\n"]
        lines += [_line(["desc_scale", *concepts, *(f"recall, {name}" for name in concepts)])]
        lines += ["|---" * (1 + 2 * len(concepts)) + "|"]
        for scale, here in rows.groupby("desc_scale"):
            by = here.set_index("concept")
            cells = [_value(by.loc[name].to_dict(), figure) for figure in ("in_region", "recall") for name in concepts]
            lines.append(_line([f"{scale:g}", *cells]))
        lines.append("")
    return "\n".join(lines)


def _retrained(table: pd.DataFrame) -> str:
    lines = [
        "## Trained anew\n",
        "Another seed of training, crescent-and-islands. Seconds are wall "
        "clock with every core busy, so an upper bound; a student's count its teacher's.\n",
        _line(["method", "concept", "NFE", "precision", "recall", "energy distance", "training, s"]),
        "|---" * 7 + "|",
    ]
    for row in table.to_dict("records"):
        figures = [_value(row, name) for name in ("precision", "recall", "energy_distance")]
        cells = [row["method"], row["concept"], f"{row['nfe']:.3g}", *figures, f"{row['train_seconds']:.0f}"]
        lines.append(_line(cells))
    return "\n".join(lines) + "\n"


def _value(row: Mapping[Any, Any], name: str) -> str:
    """A mean, half its interval, and the floor where there is one."""
    digits = 4 if name == "energy_distance" else 3
    text = f"{row[name]:.{digits}f}"
    half = row[f"{name}_half"]
    text += f" ±{half:.{digits}f}" if half == half else ""
    return f"{text} ({row[f'{name}_floor']:.{digits}f})" if name in LIKENESSES else text


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
