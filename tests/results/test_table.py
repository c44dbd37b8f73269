"""What a table says to a reader: means over seeds, and their intervals."""

import numpy as np
import pandas as pd
import pytest

from sandbox.measure.likeness import seeds_interval
from sandbox.methods import BalancedLookup, IdealDenoiser, Jump
from sandbox.results.files import read
from sandbox.results.table import COLUMNS, FIGURES, KEYS, over_seeds, readable
from tests.results.small import SCALES, WORLD, table


def test_an_interval_is_over_seeds():
    rows = table(SCALES[1:], [0, 1, 2], concepts=["cat"], steps=[1])
    means = over_seeds(rows)
    one = rows[rows["desc_scale"] == 2.0]["recall"]
    assert means["recall"][0] == pytest.approx(one.mean())
    assert means["recall_half"][0] == pytest.approx(4.302653 * one.std() / np.sqrt(3))  # Student's t, two degrees
    mean, half = means.loc[0, ["recall", "recall_half"]]
    assert readable(rows)["recall"][0] == f"{mean:.4g} +-{half:.2g}"
    assert "+-" not in readable(rows[rows["seed"] == 0]).to_string()


def test_every_figure_has_the_interval_of_its_own_seeds():
    rows = table(SCALES[1:], [0, 1, 2], concepts=["cat", "dog"], steps=[1])
    for mean in over_seeds(rows).to_dict("records"):
        own = rows[(rows["desc_scale"] == mean["desc_scale"]) & (rows["concept"] == mean["concept"])]
        for name in FIGURES[:-1]:
            assert mean[name] == pytest.approx(own[name].mean())
            assert mean[f"{name}_half"] == pytest.approx(seeds_interval(own[name]))


def test_the_means_of_no_rows_are_none():
    assert over_seeds(pd.DataFrame(columns=list(COLUMNS))).empty


def test_a_reader_is_shown_those_settings_that_some_method_has_several_of():
    shown = readable(table([*SCALES, IdealDenoiser(world=WORLD)], concepts=["cat"], steps=[1]))
    assert list(shown.columns[:6]) == ["space", "method", "concept", "steps", "desc_scale", "nfe"]
    shown = readable(table([SCALES[0], IdealDenoiser(world=WORLD)], concepts=["cat"], steps=[1]))
    assert not set(KEYS) - {"space", "method", "concept", "steps"} & set(shown.columns)


def test_settings_of_a_sampler_that_differ_are_rows_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))
    lookup, asked = BalancedLookup(world=WORLD), {"concepts": ["cat"], "steps": [2], "out": tmp_path / "table.csv"}
    own, forced, adaptive = (
        table([lookup], samplers=[sampler], **asked)["sampler"][0] for sampler in (None, Jump(), Jump(enough=0.5))
    )
    assert own == "jump"
    assert forced == "jump threshold=0.1"
    assert adaptive == "jump threshold=0.1 enough=0.5"
    assert len(read(tmp_path / "table.csv")) == 3
