"""The command line, called as users call it."""

import io
import json

import pandas as pd
import plotly.io
import pytest

from sandbox.__main__ import main
from sandbox.methods import METHODS
from sandbox.spaces import SPACES


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def run(capsys, *words):
    assert main(words) == 0
    return capsys.readouterr().out


def refused(capsys, *words):
    """What is said when a command cannot be carried out: one plain sentence, status 2."""
    try:
        status = main(words)
    except SystemExit as stop:  # argparse's own way
        status = stop.code
    said = capsys.readouterr().err
    assert status == 2
    assert "Traceback" not in said
    return said


def test_list_names_everything(capsys):
    named = json.loads(run(capsys, "list", "--json"))
    assert [space["name"] for space in named["spaces"]] == [space.name for space in SPACES]
    assert all({"cat", "dog", "animal", "none"} <= set(space["concepts"]) for space in named["spaces"])
    assert [method["name"] for method in named["methods"]] == [method.name for method in METHODS]
    assert named["methods"][0]["options"]["desc_scale"] == 8.0
    text = run(capsys, "list")
    assert all(space.name in text for space in SPACES)
    assert all(method.name in text for method in METHODS)


def test_sample_prints_landing_points(capsys):
    words = [
        "sample",
        "--space",
        "moons",
        "--method",
        "coalescer",
        "--concept",
        "dog",
        "--steps",
        "2",
        "--samples",
        "30",
    ]
    table = pd.read_csv(io.StringIO(run(capsys, *words)))
    assert list(table.columns) == ["x", "y"]
    assert len(table) == 30
    again = pd.read_csv(io.StringIO(run(capsys, *words)))
    assert table.equals(again)
    other = pd.read_csv(io.StringIO(run(capsys, *words, "--seed", "1")))
    assert not table.equals(other)


def test_a_trajectory_is_every_state_and_ends_on_the_landing_points(capsys):
    words = ["sample", "--method", "diffusion", "--steps", "4", "--samples", "5"]
    landing = pd.read_csv(io.StringIO(run(capsys, *words)))
    states = pd.read_csv(io.StringIO(run(capsys, *words, "--trajectory")))
    assert list(states.columns) == ["sample", "step", "t", "x", "y"]
    assert len(states) == 5 * (4 + 1)
    assert states[states["step"] == 4][["x", "y"]].reset_index(drop=True).equals(landing)
    assert states[states["sample"] == 0]["t"].tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_compare_prints_the_same_table_in_three_ways(capsys):
    words = [
        "compare",
        "--methods",
        "coalescer,nearest-pair",
        "--concepts",
        "cat,none",
        "--steps",
        "1,2",
        "--seeds",
        "0",
    ]
    words += ["--samples", "100"]
    csv = pd.read_csv(io.StringIO(run(capsys, *words, "--csv"))).drop(columns="seconds_per_1000")
    parsed = pd.DataFrame(json.loads(run(capsys, *words, "--json"))).drop(columns="seconds_per_1000")
    text = run(capsys, *words)
    assert len(csv) == len(parsed) == len(text.splitlines()) - 1 == 8
    pd.testing.assert_frame_equal(csv, parsed, check_dtype=False)


def test_compare_takes_all_concepts_unless_some_are_named(capsys):
    words = ["compare", "--methods", "nearest-pair", "--steps", "1", "--seeds", "0", "--samples", "10", "--csv"]
    table = pd.read_csv(io.StringIO(run(capsys, *words)), keep_default_na=False)
    assert table["concept"].tolist() == ["cat", "dog", "animal", "none"]


def test_the_figure_is_the_page_s(capsys, tmp_path):
    run(capsys, "figure", "--field", "exact", "--concept", "animal", "--points", "7", "--out", "panels.json")
    drawn = plotly.io.read_json(tmp_path / "panels.json")
    starts = [trace for trace in drawn.data if trace.name == "R"]
    assert [len(trace.x) for trace in starts] == [7, 7]
    run(capsys, "figure", "--out", "panels.html")
    assert "Plotly.newPlot" in (tmp_path / "panels.html").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sample", "--space", "mars"], "No space is called 'mars'"),
        (["sample", "--method", "magic"], "No method is called 'magic'"),
        (["sample", "--concept", "horse"], "no concept 'horse'"),
        (["sample", "--desc-scale", "0"], "desc_scale must be a number above 0"),
        (["sample", "--desc-scale", "nan"], "desc_scale must be a number above 0"),
        (["sample", "--method", "nearest-pair", "--desc-scale", "-1"], "desc_scale must be a number above 0"),
        (["sample", "--description-noise", "-1"], "description noise must be a number from 0"),
        (["sample", "--direction-loss", "cubic"], "direction loss is one of sqrt, norm, squared"),
        (["sample", "--steps", "0"], "'0' is not a whole number from 1"),
        (["sample", "--samples", "many"], "'many' is not a whole number"),
        (["sample", "--method", "diffusion", "--sampler", "ddim", "--threshold", ".2"], "belong to the sampler 'jump'"),
        (["compare", "--methods", "coalescer,magic"], "No method is called 'magic'"),
        (["compare", "--concepts", "cat,horse"], "no concept 'horse'"),
        (["compare", "--seeds", "0,x"], "'x' is not a whole number"),
        (["compare", "--json", "--csv"], "not allowed with"),
        (["train", "--method", "nearest-pair"], "nothing to train"),
        (["figure", "--out", "panels.exe"], ".html or .json"),
        (["figure", "--desc-scale", "zero"], "desc_scale=zero cannot be used"),
        (["figure", "--points", "100000"], "outside what can be shown"),
        ([], "required"),
        (["fly"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(capsys, words, sentence):
    assert sentence in refused(capsys, *words)


@pytest.mark.parametrize("command", [[], ["list"], ["train"], ["sample"], ["compare"], ["figure"]])
def test_help(capsys, command):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    assert "usage: python -m sandbox" in capsys.readouterr().out
