"""The document: what its signs and names mean, on tables made by hand, and that it says what the shipped tables say."""

from itertools import pairwise

import pandas as pd
import pytest

from sandbox.results import report
from sandbox.results.make import DOCUMENT
from sandbox.results.table import COLUMNS, over_seeds

OURS, DIFFUSION = report.CLAIMANT.name, "diffusion"
MAIN = report.MAIN_SPACES[0].name


def rows(method, energy=(0.5, 0.5), sampler="jump", steps=1, space=MAIN, concept="cat", **figures):
    """A row for each seed; figures that are not given are the same for all methods."""
    usual = dict.fromkeys(COLUMNS, 0.5)
    given = {"space": space, "method": method, "sampler": sampler, "concept": concept, "steps": steps, "nfe": steps}
    given |= {"desc_scale": float("nan"), "train_seconds": float("nan"), "options": "", "retrained": False, **figures}
    return [{**usual, **given, "seed": seed, "energy_distance": each} for seed, each in enumerate(energy)]


def against(*tables):
    """The first line of the comparison with every peer."""
    every = pd.DataFrame([row for table in tables for row in table])
    return next(report.against(over_seeds(every), every))


def test_a_lower_energy_distance_of_ours_is_a_negative_difference():
    worse = rows(DIFFUSION, (0.9, 0.9), "ddim", 64)
    line = against(rows(OURS, (0.1, 0.2)), worse, rows(DIFFUSION, (0.3, 0.5), "heun", 31))
    # Of -.2 and -.3 the mean; 12.7062 is Student's t with one degree of freedom.
    assert line["difference"] == f"-0.2500 ±{12.7062 * 0.05:.4f} (heun, 31 NFE)"


def test_a_higher_energy_distance_of_ours_is_a_positive_difference():
    line = against(rows(OURS, (0.5, 0.7)), rows(DIFFUSION, (0.2, 0.4), "heun", 31))
    assert line["difference"] == "+0.3000 ±0.0000 (heun, 31 NFE)"


def test_the_difference_is_taken_seed_by_seed():
    line = against(rows(OURS, (0.5, 0.9)), list(reversed(rows(DIFFUSION, (0.25, 0.65), "heun", 31))))
    assert line["difference"] == "+0.2500 ±0.0000 (heun, 31 NFE)"


@pytest.mark.parametrize(
    ("figure", "better", "worse"), [("precision", 0.75, 0.25), ("recall", 0.75, 0.25), ("energy_distance", 0.25, 0.75)]
)
def test_the_peers_that_are_better_are_named(figure, better, worse):
    def peer(name, value):
        if figure == "energy_distance":
            return rows(name, (value, value))
        return rows(name, **{figure: value})

    line = against(rows(OURS), peer("meanflow", better), peer("drifting", worse), peer("consistency", 0.5))
    assert line["ahead"] == f"{report.HEADINGS.get(figure, figure)}: meanflow"


def test_a_peer_is_better_in_each_figure_by_itself():
    mixed = rows("meanflow", (0.75, 0.75), precision=0.25, recall=0.75)
    other = rows("drifting", (0.25, 0.25), precision=0.75, recall=0.75)
    line = against(rows(OURS), mixed, other)
    assert line["ahead"] == "precision: drifting; recall: drifting, meanflow; energy distance: drifting"


def test_nobody_is_named_where_nobody_is_better():
    assert against(rows(OURS), rows("meanflow"), rows("drifting", (0.6, 0.6)))["ahead"] == "nobody"


@pytest.mark.parametrize(("lead", "named"), [(0.25, "(meanflow)"), (0.26, "meanflow"), (0.1, "(meanflow)")])
def test_brackets_are_for_a_lead_within_both_intervals_together(lead, named):
    ours = {"precision": 0.5, "precision_half": 0.125, "recall": 0.5, "recall_half": 0.0}
    ours |= {"energy_distance": 0.5, "energy_distance_half": 0.0}
    peer = {"method": "meanflow", **ours, "precision": 0.5 + lead}
    assert list(report.ahead(ours, pd.DataFrame([peer]))) == [f"precision: {named}"]
    closer = {**ours, "precision_half": 0.0, "energy_distance_half": 0.125}
    peer = {"method": "meanflow", **closer, "energy_distance": 0.5 - lead}
    assert list(report.ahead(closer, pd.DataFrame([peer]))) == [f"energy distance: {named}"]


def test_a_peer_that_is_surely_better_by_one_of_its_samplers_has_no_brackets():
    ours = dict.fromkeys(report.AGAINST, 0.5) | {f"{name}_half": 0.0 for name in report.AGAINST}
    unsure = {"method": "diffusion", **ours, "recall": 0.6, "recall_half": 0.2}
    sure = {"method": "diffusion", **ours, "recall": 0.9}
    assert list(report.ahead(ours, pd.DataFrame([unsure, sure]))) == ["recall: diffusion"]
    assert list(report.ahead(ours, pd.DataFrame([sure, unsure]))) == ["recall: diffusion"]


def test_only_the_same_question_with_the_same_number_of_steps_is_compared():
    best = (0.1, 0.1)
    others = [
        rows("drifting", best, steps=2),
        rows("drifting", best, concept="dog"),
        rows("drifting", best, space="moons"),
    ]
    line = against(rows(OURS), *others, rows(DIFFUSION, best, space="moons"))
    assert (line["ahead"], line["difference"]) == ("nobody", "no diffusion")


def test_only_named_concepts_of_the_main_spaces_are_compared_with_every_peer():
    every = pd.DataFrame([*rows(OURS, concept="none"), *rows(OURS, space="moons"), *rows(OURS, concept="dog")])
    assert [line["concept"] for line in report.against(over_seeds(every), every)] == ["dog"]


def test_a_figure_has_its_interval_and_a_likeness_its_floor():
    (row,) = over_seeds(pd.DataFrame(rows(OURS, (0.25, 0.75), energy_distance_floor=0.125))).to_dict("records")
    half = 12.7062 * 0.25
    assert report._figure(row, "energy_distance") == f"0.5000 ±{half:.4f} (0.1250)"
    assert report._figure(row, "in_region") == "0.500 ±0.000"
    (row,) = over_seeds(pd.DataFrame(rows(OURS, (0.25,)))).to_dict("records")
    assert report._figure(row, "energy_distance") == "0.2500 (0.5000)"  # of one seed there is no interval


def test_an_energy_distance_is_related_to_its_floor_and_to_drawn_pairs():
    space = report.FLOOR_SPACE.name
    worse = rows("drifting", (0.9, 0.9), space=space, steps=1)
    best = rows("drifting", (0.3, 0.3), space=space, steps=2, energy_distance_floor=0.1)
    drawn = pd.DataFrame([{"space": space, "concept": "cat", "seed": 0, "energy_distance": 0.15}])
    (line,) = report.over_floor(over_seeds(pd.DataFrame([*worse, *best])), drawn)
    assert (line["nfe"], line["over_floor"], line["over_drawn"]) == ("2", "3.0", "2.0")


def test_half_a_training_is_judged_at_the_whole_one_s_best_number_of_steps():
    whole = [*rows("meanflow", (0.3,), "ddim", 1), *rows("meanflow", (0.2,), "ddim", 2, precision=0.75)]
    halved = [*rows("meanflow", (0.1,), "ddim", 1), *rows("meanflow", (0.4,), "ddim", 2, precision=0.25)]
    seconds = pd.DataFrame({"method": ["meanflow", "drifting"], "train_seconds": [12.3, 4.5]})
    (line,) = report.training(pd.DataFrame(whole), pd.DataFrame(halved), seconds)
    assert line["seconds"] == "12"
    assert (line["energy_distance"], line["energy_distance_halved"]) == ("0.2000", "0.4000")
    assert (line["precision"], line["precision_halved"]) == ("0.750", "0.250")


def test_one_writer_makes_every_table():
    lines = report.markdown([{"nfe": "1", "cat": "a"}, {"nfe": "2", "dog": "b"}]).splitlines()
    assert lines == ["| NFE | cat |", "|---|---|", "| 1 | a |", "| 2 |  |"]
    assert report.markdown([]) == report.by_heading([]) == "Not measured yet."
    assert report.by_heading([("one", [{"nfe": "1"}]), ("two", [])]).splitlines()[:1] == ["### one"]


def test_every_heading_is_used_and_no_column_is_called_by_its_name_in_code():
    lines = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    above = [line.strip("| ").split(" | ") for line, rule in pairwise(lines) if rule.startswith("|---")]
    headings = {heading for line in above for heading in line}
    assert set(report.HEADINGS.values()) <= headings
    assert {heading for heading in headings if "_" in heading} == {"desc_scale"}


def test_the_template_has_the_words_and_no_table():
    assert "|" not in report.TEMPLATE.read_text()


def test_the_shipped_document_is_that_of_the_shipped_tables():
    assert DOCUMENT.read_text() == report.document()
