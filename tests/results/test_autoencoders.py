"""The table of the learned ends: its rows, and what is said of them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from sandbox.learned.ends import Ends
from sandbox.results import autoencoders as table
from sandbox.results.shipped import PLAIN_TABLES, plain_table
from sandbox.spaces import LEARNED_SPACES, space_named

COLUMNS = [name for names in PLAIN_TABLES["autoencoders"] for name in names]


def test_a_row_is_of_ends_that_were_trained_from_its_seed(monkeypatch):
    digits = space_named("digits")
    quick = replace(digits, ends=Ends(*(replace(recipe, training_steps=40) for recipe in digits.ends.recipes)))
    seen = []
    monkeypatch.setattr(table, "trained", lambda recipe, made=table.trained: seen.append(recipe) or made(recipe))
    row = dict(zip(COLUMNS, table.row(quick, 5), strict=True))
    assert [(recipe.name, recipe.seed) for recipe in seen] == [(recipe.name, 5) for recipe in digits.ends.recipes]
    assert (row["space"], row["seed"]) == ("digits", 5)
    assert 0 < row["judge_returned"] < row["judge_real"] < 1  # so short a training is far from what is shipped
    assert 0.1 < row["error"] < 0.5
    assert min(row["seconds_images"], row["seconds_texts"], row["seconds_judge"]) > 0


def test_only_what_is_lacking_is_trained(monkeypatch):
    monkeypatch.setattr(table, "row", lambda space, seed: (space.name, seed))
    every = [*table.autoencoders((), 1)]
    assert every == [(space.name, seed) for space in LEARNED_SPACES for seed in table.SEEDS]
    assert [*table.autoencoders(every[:-1], 1)] == every[-1:]


def test_means_and_the_least_are_told():
    rows = [["pets", seed, 1.0, 0.9 + seed / 100, 0.01, 1.0, 0.5 + seed, 0.02, 30.0, 5.0, 10.0] for seed in range(3)]
    (told,) = table.over_seeds(pd.DataFrame(rows, columns=COLUMNS))
    assert told["judge, returned"] == "0.910 (least 0.900)"
    assert (told["apart"], told["astray"], told["seconds"]) == ("0.50", "2.0%", "30 + 5 + 10")


def test_the_shipped_table_has_what_was_asked_for():
    rows = plain_table("autoencoders").set_index("space")
    assert {*rows.index} == {space.name for space in LEARNED_SPACES}
    assert (rows.captions == 1).all()
    assert rows.loc[["pets"], "error"].max() <= 0.01
    least = {name: np.min(rows.loc[[name], "judge_returned"]) for name in rows.index}
    assert least["pets"] >= 0.98
    assert least["pets-8d"] >= 0.98
    assert least["digits"] >= 0.95
    assert rows[["seconds_images", "seconds_texts", "seconds_judge"]].max().max() < 60
