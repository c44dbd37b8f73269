"""docs/results.md, written from the tables alone: every number in it is a row's."""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import pandas as pd

from sandbox.measure.likeness import seeds_interval
from sandbox.methods import Trained, method_named
from sandbox.results.plateau import DROP, edges
from sandbox.results.sweeps import CLAIMANT, MAIN
from sandbox.results.table import LIKENESSES

HEAD = """# Results

Written by `make results` from the tables in `sandbox/results/tables`, which the same command makes; a run that was stopped goes
on where it stopped, and a table that was removed is made anew. Every figure is a mean over seeds with half of its 95 % interval
(Student's t); the seed decides the random points, the descriptions, the noise and the real sample, and the weights are the
shipped ones unless a section says otherwise. In brackets the floor: what a second real sample scores against the first.
"""
FIGURES = ("in_region", "precision", "recall", "coverage", "energy_distance", "sliced_wasserstein")
SHORT = {"in_region": "in-region", "energy_distance": "energy distance", "sliced_wasserstein": "sliced W2"}
FIGURES_OF_LENGTH = (("energy_distance", 4), ("precision", 3))  # with the digits that are shown


def report(means: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]) -> str:
    """The document, from every sweep's means and from the tables as they are; sections whose table is empty are left out."""
    race, seconds = means["race"], tables["seconds"]
    sections = [HEAD]
    if len(race):
        sections += [_against(race, tables["race"]), _race(race), _twice_the_floor(race, tables["drawn"])]
    if len(tables["evenness"]):
        sections.append(_evenness(tables["evenness"]))
    if len(tables["transport"]):
        sections.append(_transport(tables["transport"]))
    if len(means["attributes"]):
        sections.append(_attributes(means["attributes"]))
    if len(means["desc_scale"]):
        sections.append(_desc_scale(means["desc_scale"]))
    if len(means["retrained"]):
        sections.append(_retrained(means["retrained"]))
    if len(tables["retrained"]) and len(tables["halved"]) and len(seconds):
        sections.append(_training(tables["retrained"], tables["halved"], seconds.set_index("method").train_seconds))
    return "\n".join(sections)


def _against(means: pd.DataFrame, race: pd.DataFrame) -> str:
    """The balanced coalescer against every peer at the same number of evaluations."""
    lines = [
        "## The balanced coalescer against every peer\n",
        "At one and at two evaluations. Diffusion's best is the sampler and the number of steps, up to 64, with the least "
        "energy distance; the difference to it is taken seed by seed, from the same starts against the same real samples, "
        "and is a tie where its interval holds 0. “Ahead of us” names the peers whose mean at the same number of steps is "
        "better; those in brackets are better by less than both intervals together.\n",
        "| space | concept | NFE | precision | recall | energy distance | minus diffusion's best | ahead of us |",
        "|---|---|---|---|---|---|---|---|",
    ]
    ours = means[(means.method == CLAIMANT) & means.space.isin(MAIN)]
    for row in ours[ours.concept != "none"].to_dict("records"):
        here = means[(means.space == row["space"]) & (means.concept == row["concept"])]
        peers = here[(here.steps == row["steps"]) & (here.method != CLAIMANT)]
        ahead = []
        for figure, sign in (("precision", 1), ("recall", 1), ("energy_distance", -1)):
            better = peers[sign * (peers[figure] - row[figure]) > 0]
            surely = (better[figure] - row[figure]).abs() > better[f"{figure}_half"] + row[f"{figure}_half"]
            names = {
                name: name if sure else f"({name})"
                for name, sure in sorted(zip(better.method, surely, strict=True), key=lambda named: named[1])
            }
            if names:
                ahead.append(f"{SHORT.get(figure, figure)}: {', '.join(names[name] for name in sorted(names))}")
        figures = [_value(row, name) for name in ("precision", "recall", "energy_distance")]
        cells = [row["space"], row["concept"], f"{row['nfe']:.3g}", *figures, _to_diffusion(row, here, race)]
        lines.append(_line([*cells, "; ".join(ahead) or "nobody"]))
    return "\n".join(lines) + "\n"


def _to_diffusion(row: Mapping[Any, Any], means: pd.DataFrame, race: pd.DataFrame) -> str:
    """Energy distance minus that of diffusion's best, paired over seeds."""
    diffusion = means[means.method == "diffusion"]
    if diffusion.empty:
        return "no diffusion"
    best = diffusion.sort_values("energy_distance").iloc[0]
    known_by = ["space", "concept", "method", "sampler", "steps"]
    rows = race.set_index([*known_by, "seed"]).energy_distance.sort_index()
    pair = [rows.loc[tuple(one[name] for name in known_by)] for one in (row, best)]
    apart = pair[0] - pair[1]
    return f"{apart.mean():+.4f} ±{seeds_interval(apart):.4f} ({best['sampler']}, {best['nfe']:.3g} NFE)"


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


def _twice_the_floor(race: pd.DataFrame, drawn: pd.DataFrame) -> str:
    """Each method at its best number of steps on moons: its energy distance over the floor."""
    lines = [
        "## Energy distance over its floor on `moons`\n",
        "Each method at the number of steps that is best for it; the aim is twice the floor. The pairs that all are trained "
        "on are few, and not quite the law that the real samples follow: images drawn from the concept's own training pairs "
        "score what the last column is relative to. Nobody who knows the pairs alone can be expected to do better than 1 "
        "there.\n",
        _line(["method", "concept", "NFE", "energy distance", "over the floor", "over drawn pairs"]),
        "|---" * 6 + "|",
    ]
    moons = race[race.space == "moons"]
    best = moons.loc[moons.groupby(["method", "concept"], sort=False).energy_distance.idxmin()]
    for row in best.to_dict("records"):
        same = drawn[(drawn.space == row["space"]) & (drawn.concept == row["concept"])].energy_distance.mean()
        ratios = [f"{row['energy_distance'] / least:.1f}" for least in (row["energy_distance_floor"], same)]
        lines.append(
            _line([row["method"], row["concept"], f"{row['nfe']:.3g}", _value(row, "energy_distance"), *ratios])
        )
    return "\n".join(lines) + "\n"


def _evenness(table: pd.DataFrame) -> str:
    lines = [
        "## How evenly pairs are found\n",
        "By a hundred fresh questions a pair: total variation between the pairs' shares and equal ones, in brackets what equal "
        "shares show by counting alone, and the share of the pairs that is never found.\n",
        _line(["space", "questions", "balanced lookup", "never", "plain lookup", "never"]),
        "|---" * 6 + "|",
    ]
    for row in table.to_dict("records"):
        balanced = f"{row['total_variation']:.3f} ({row['floor']:.3f})"
        plain = f"{row['plain_total_variation']:.3f}"
        never = [f"{row[name]:.3%}" for name in ("never", "plain_never")]
        lines.append(_line([row["space"], row["questions"], balanced, never[0], plain, never[1]]))
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
        deviation = f"{rows.squared_w2.std():.4f}" if len(rows) > 1 else "one seed"
        lines.append(_line([name, f"{rows.nfe.mean():.3g}", f"{rows.squared_w2.mean():.4f}", deviation, len(rows)]))
    return "\n".join(lines) + "\n"


def _attributes(table: pd.DataFrame) -> str:
    lines = [
        "## Descriptions that also say where\n",
        "Space `attributes`, in-region share after two jumps: the published recipe; departures from it, the description asked "
        "in place of close_pair's, the mean of the k nearest pairs and a charge for where the jump lands, last with the width "
        "and the length of training of the balanced coalescer; and that one itself, which has the first and the third.\n",
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
    """How much the seed of training matters."""
    lines = [
        "## Trained anew\n",
        "Each row is a mean over networks trained from other seeds than the shipped ones, five for the balanced coalescer and "
        "three for its peers; the seed also decides the samples.\n",
        _line(["space", "method", "concept", "NFE", "precision", "recall", "energy distance"]),
        "|---" * 7 + "|",
    ]
    for row in table[table.steps <= 2].to_dict("records"):
        if row["method"] == CLAIMANT or row["concept"] == "animal":
            figures = [_value(row, name) for name in ("precision", "recall", "energy_distance")]
            lines.append(_line([row["space"], row["method"], row["concept"], f"{row['nfe']:.3g}", *figures]))
    return "\n".join(lines) + "\n"


def _training(whole: pd.DataFrame, halved: pd.DataFrame, seconds: "pd.Series[float]") -> str:
    """What training takes, and what it would lose by being shorter."""
    lines = [
        "## What training takes\n",
        "One default recipe after another in one process on one thread, a student's teacher included: wall clock of one run. "
        "The rest says why a training that takes more than twenty seconds is as long: figures at the method's best number of "
        "steps after the whole training, mean over the concepts, and those after half of it from the same seed. Where half "
        "does as well, the length is a peer's benefit of the doubt.\n",
        _line(["space", "method", "steps x batch", "seconds", "energy distance", "half", "precision", "half"]),
        "|---" * 8 + "|",
    ]
    whole = whole[whole.seed.isin(halved.seed)]
    for space, name in product(dict.fromkeys(halved.space), seconds.index):
        method = method_named(name)
        assert issubclass(method, Trained)
        size = f"{method.training_steps:,} x {method.batch}"
        own = [rows[(rows.space == space) & (rows.method == name)] for rows in (whole, halved)]
        means = [rows.groupby(["sampler", "steps"])[[name for name, _ in FIGURES_OF_LENGTH]].mean() for rows in own]
        best = means[0].energy_distance.idxmin()
        cells = [f"{rows.loc[best, figure]:.{digits}f}" for figure, digits in FIGURES_OF_LENGTH for rows in means]
        lines.append(_line([space, name, size, f"{seconds[name]:.0f}", *cells]))
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
