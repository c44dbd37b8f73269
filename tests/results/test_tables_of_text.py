"""Rows of text: what their signs and names mean, on tables made by hand."""

import numpy as np
import pandas as pd

from sandbox.methods import FAMILIES, METHODS, Diffusion, method_named
from sandbox.results import training_tables
from sandbox.results.cells import figure
from sandbox.results.networks import OTHERS
from sandbox.results.race_tables import over_floor, race
from sandbox.results.sweeps import FLOOR_SPACE, MAIN_SPACES, trained
from sandbox.results.table import over_seeds
from sandbox.results.training_tables import ablation, growing, prolonged, recipes, retrained, training, unseen
from sandbox.results.unseen_spaces import UNSEEN_SPACES
from tests.results.test_against import MAIN, OURS, T1, rows, table


def test_a_figure_has_its_interval():
    (row,) = over_seeds(rows(OURS, energy_distance=(0.25, 0.75))).to_dict("records")
    assert figure(row, "energy_distance") == f"0.5000 ±{T1 * 0.25:.4f}"
    assert figure(row, "in_region") == "0.500 ±0.000"
    (row,) = over_seeds(rows(OURS, energy_distance=0.25)[:1]).to_dict("records")
    assert figure(row, "energy_distance") == "0.2500"  # of one seed there is no interval


def test_the_race_is_shown_family_by_family_below_the_yardsticks():
    parts = [rows(method.name, method.samplers[0].name) for method in METHODS]
    every = table(*parts, rows("real", "", 0), rows("pairs", "", 0))
    ((heading, shown),) = race(over_seeds(every))
    assert heading.startswith(f"{MAIN}, cat; ")
    assert [line["method"] for line in shown[:2]] == ["real", "pairs"]
    families = [line["family"] for line in shown[2:]]
    assert len(families) == len(METHODS)
    assert list(dict.fromkeys(families)) == list(FAMILIES)
    assert families == sorted(families, key=list(FAMILIES).index)


def test_an_energy_distance_is_related_to_that_of_the_pairs():
    at = {"space": FLOOR_SPACE.name}
    worse, best = rows("drifting", energy_distance=0.9, **at), rows("drifting", steps=2, energy_distance=0.3, **at)
    pairs = rows("pairs", "", 0, energy_distance=0.1, **at)
    (line,) = over_floor(over_seeds(table(worse, best, pairs)))
    assert (line["nfe"], line["over_pairs"]) == ("2", "+0.2000")


def networks(*rows):
    """Rows of networks: method, seed, share of the length, concept, steps, and figures."""
    known = {"space": MAIN, "method": "meanflow", "seed": OTHERS[0], "concept": "cat", "steps": 1, "nfe": 1}
    figures = dict.fromkeys(("in_region", "recall", "energy_distance", "precision"), 0.5)
    told = [{**known, **figures, "share": 1.0, **row} for row in rows]
    return pd.DataFrame(
        [{**row, "training_steps": int(row["share"] * method_named(row["method"]).training_steps)} for row in told]
    )


def test_half_a_training_is_judged_at_the_whole_one_s_best_number_of_steps():
    table = networks(
        {"energy_distance": 0.3},
        {"steps": 2, "energy_distance": 0.2, "recall": 0.75},
        {"energy_distance": 0.01, "seed": 77},
        {"energy_distance": 0.1, "share": 0.5},
        {"steps": 2, "energy_distance": 0.4, "recall": 0.25, "share": 0.5},
    )
    seconds = pd.DataFrame({"method": ["meanflow", "drifting"], "train_seconds": [12.3, 4.5]})
    (line,) = training(table, seconds)
    assert line["seconds"] == "12"
    assert (line["energy_distance"], line["energy_distance_halved"]) == ("0.2000", "0.4000")
    assert (line["recall"], line["recall_halved"]) == ("0.750", "0.250")


def test_who_would_gain_by_longer_training_is_named():
    share, rows = 0.8, []
    for name, lost in (("meanflow", 0.03), ("shortcut", 0.01), ("consistency", 0.1)):
        rows += [
            {"method": name, "in_region": share},
            {"method": name, "in_region": share - lost, "share": 0.5},
            {"method": name, "space": "cats-and-dogs", "in_region": share},
            {"method": name, "space": "cats-and-dogs", "in_region": share + 0.2, "share": 0.5},  # elsewhere it lost
        ]
    assert growing(networks(*rows)) == "`consistency` (0.10), `meanflow` (0.03)"
    assert growing(networks({"method": "meanflow"})) == "none"


def test_who_is_trained_for_longer_than_tuned_is_named(monkeypatch):
    longer = type("Longer", (Diffusion,), {"name": "longer", "prolonged": 3})
    monkeypatch.setattr(training_tables, "METHODS", (Diffusion, longer))
    assert prolonged() == "`longer` (3 times as long)"
    monkeypatch.setattr(training_tables, "METHODS", (Diffusion,))
    assert prolonged() == "None"


def test_an_interval_is_over_networks_of_the_whole_length():
    shorter = {"seed": 1, "share": 0.5, "recall": 0.99}
    table = networks(*({"seed": seed, "recall": value} for seed, value in enumerate((0.2, 0.4, 0.6))), shorter)
    (line,) = retrained(table)
    half = 4.302653 * np.std([0.2, 0.4, 0.6], ddof=1) / np.sqrt(3)  # Student's t, two degrees of freedom
    assert line["recall"] == f"0.400 ±{half:.3f}"
    assert line["networks"] == "3"


def test_of_unseen_spaces_ours_comes_first_with_its_least_share():
    here, ours = {"space": UNSEEN_SPACES[0].name}, {"method": OURS}
    told = [
        {"in_region": 0.9},
        {"concept": "dog", "in_region": 0.1},
        {**ours, "in_region": 0.8},
        {**ours, "in_region": 0.5},
    ]
    told[-1] |= {"concept": "dog"}
    table = networks(*({**here, **row} for row in told), {"in_region": 0.0})
    expected = [(OURS, "dog"), (OURS, "cat"), ("meanflow", "dog"), ("meanflow", "cat")]
    assert [(line["method"], line["concept"]) for line in unseen(table)] == expected
    assert [line["space"] for line in retrained(table)] == [MAIN]


def test_an_ablation_is_a_mean_over_concepts_and_has_a_column_for_each_space():
    known = {"coupling": "nearest", "learned": "flow", "charge": "squared", "width": 96}
    rows = [
        {**known, "space": space, "concept": name, "in_region": share, "recall": 0.5, "energy_distance": 0.1}
        for space, shares in ((MAIN, (0.2, 0.6)), ("moons", (0.7, 0.9)))
        for name, share in zip("ab", shares, strict=True)
    ]
    (line,) = ablation(pd.DataFrame(rows))
    assert line[MAIN] == "0.400 / 0.500 / 0.1000"
    assert line["moons"] == "0.800 / 0.500 / 0.1000"
    assert (line["coupling"], line["width"]) == ("nearest", "96")


def test_every_family_has_a_method():
    assert {method.family for method in METHODS} == set(FAMILIES)


def test_every_method_has_the_same_network_to_train():
    told = list(recipes(trained(MAIN_SPACES[0])))
    assert len({line["layers"] for line in told}) == 1
    counts = [int(line["parameters"].replace(",", "")) for line in told]
    assert max(counts) < 1.02 * min(counts)
    assert {line["law"] for line in told} >= {"", "N(-1, 1.5^2)"}
