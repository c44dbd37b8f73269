"""Differences are taken seed by seed, hold together, and say who is ahead."""

import numpy as np
import pandas as pd
import pytest

from sandbox.results.against import HEADLINE, against_diffusion, against_peers, difference
from sandbox.results.race_tables import against_every_peer, against_tuned_diffusion
from sandbox.results.sweeps import CLAIMANT, MAIN_SPACES
from sandbox.results.table import COLUMNS

OURS = CLAIMANT.name
MAIN = MAIN_SPACES[0].name
T1 = 12.7062  # Student's t, 95 %, one degree of freedom


def rows(method, sampler="jump", steps=1, space=MAIN, concept="cat", **figures):
    """A row for each of two seeds; figures that are not given are the same for all methods."""
    usual = dict.fromkeys(COLUMNS, 0.5) | {"space": space, "method": method, "sampler": sampler, "concept": concept}
    usual |= {"steps": steps, "nfe": steps, "options": "", "retrained": False}
    told = {name: np.broadcast_to(value, 2) for name, value in figures.items()}
    return pd.DataFrame(
        [{**usual, "seed": seed, **{name: each[seed] for name, each in told.items()}} for seed in (0, 1)]
    )


def table(*parts):
    return pd.concat(parts, ignore_index=True)


def test_a_difference_is_paired_by_seed():
    one, other = rows(OURS, recall=(0.5, 0.9)), rows("drifting", recall=(0.25, 0.65)).iloc[::-1]
    found = difference(one, other, "recall")
    assert (found.mean, found.half) == (pytest.approx(0.25), pytest.approx(0))
    assert found.verdict == 1


def test_the_interval_is_student_s_and_wider_where_many_hold_together():
    one, other = rows(OURS, recall=(0.3, 0.5)), rows("drifting", recall=(0.1, 0.1))
    alone = difference(one, other, "recall")
    assert alone.half == pytest.approx(T1 * 0.1, rel=1e-4)  # s / sqrt(2) of .2 and .4
    # Of one degree of freedom t is the tangent: tan(pi (p - 1/2)).
    together = difference(one, other, "recall", comparisons=10)
    assert together.half == pytest.approx(0.1 * np.tan(np.pi * (0.5 - 0.0025)), rel=1e-4)
    assert str(together) == f"+0.300 ±{together.half:.3f}"


def test_a_difference_within_its_interval_is_a_tie():
    assert difference(rows(OURS, recall=(0.3, 0.5)), rows("drifting", recall=0.1), "recall").verdict == 0


def test_of_distances_the_smaller_is_better():
    near, far = rows(OURS, energy_distance=(0.1, 0.2)), rows("drifting", energy_distance=(0.3, 0.4))
    assert difference(near, far, "energy_distance").verdict == 1
    assert difference(far, near, "energy_distance").verdict == -1


def test_of_a_single_seed_nothing_is_sure():
    one = difference(rows(OURS, recall=0.9)[:1], rows("drifting", recall=0.1)[:1], "recall")
    assert np.isnan(one.half)
    assert one.verdict == 0


def test_methods_without_a_seed_in_common_are_not_compared():
    with pytest.raises(ValueError, match="same seeds"):
        difference(rows(OURS)[:1], rows("drifting")[1:], "recall")


def test_diffusion_is_met_at_63_evaluations_and_the_worst_comes_first():
    best = rows("diffusion", "heun", 32, recall=0.9, concept="dog")
    every = table(
        rows(OURS, steps=2, recall=0.5),
        rows(OURS, steps=2, recall=0.5, concept="dog"),
        rows(OURS, steps=1, recall=0.1),
        rows("diffusion", "heun", 32, recall=0.5),
        rows("diffusion", "ddim", 64, recall=0.1, concept="dog"),
        best,
    )
    first, second = against_diffusion(every)
    assert (first["concept"], first["recall"].verdict) == ("dog", -1)
    assert (second["concept"], second["recall"].verdict) == ("cat", 0)
    first, second = against_tuned_diffusion(every)
    assert first["recall"] == "-0.400 ±0.000 worse"
    assert second["recall"] == "+0.000 ±0.000"


def test_every_interval_of_a_table_holds_together_with_the_others():
    ours = [rows(OURS, steps=2, concept=name, recall=(0.3, 0.5)) for name in ("cat", "dog")]
    theirs = [rows("diffusion", "heun", 32, concept=name, recall=0.1) for name in ("cat", "dog")]
    (told, _) = against_diffusion(table(*ours, *theirs))
    expected = difference(ours[0], theirs[0], "recall", comparisons=2 * len(HEADLINE))
    assert told["recall"] == expected


def named(figure, *parts):
    (row,) = (row for row in against_peers(table(*parts)) if row["figure"] == figure)
    return row["ahead"], row["tied"], row["behind"]


@pytest.mark.parametrize(
    ("figure", "better", "worse"), [("in_region", 0.75, 0.25), ("recall", 0.75, 0.25), ("energy_distance", 0.25, 0.75)]
)
def test_peers_are_ahead_tied_or_behind(figure, better, worse):
    peers = [rows("meanflow", **{figure: better}), rows("drifting", **{figure: worse}), rows("consistency")]
    assert named(figure, rows(OURS), *peers) == (["meanflow"], ["consistency"], ["drifting"])


def test_of_a_peer_s_samplers_the_best_counts():
    parts = rows("diffusion", "ddim", recall=0.1), rows("diffusion", "heun", recall=0.9)
    assert named("recall", rows(OURS), *parts)[0] == ["diffusion"]
    assert named("recall", rows(OURS), *reversed(parts))[0] == ["diffusion"]


def test_only_the_same_question_with_the_same_number_of_steps_is_compared():
    best = {"recall": 0.9}
    others = (
        rows("drifting", steps=2, **best),
        rows("drifting", concept="dog", **best),
        rows("drifting", space="moons", **best),
    )
    assert list(against_peers(table(rows(OURS), *others))) == []


def test_yardsticks_are_no_peers():
    assert list(against_peers(table(rows(OURS), rows("real", "", 0, recall=1.0)))) == []


def test_rows_with_most_peers_ahead_come_first():
    dog = {"concept": "dog"}
    every = table(rows(OURS), rows("meanflow"), rows(OURS, **dog), rows("meanflow", recall=0.9, **dog))
    first, *_ = against_every_peer(every)
    assert (first["concept"], first["figure"], first["ahead"], first["tied"]) == ("dog", "recall", "meanflow", "nobody")
