"""The command line, called as users call it."""

import io
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import plotly.io
import pytest

from sandbox.commands import options
from sandbox.commands.main import COMMANDS, main
from sandbox.methods import METHODS, NearestPair
from sandbox.results.table import read
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
    assert [space["concepts"] for space in named["spaces"]] == [list(space.concept_names()) for space in SPACES]
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


def test_compare_prints_the_same_table_in_three_ways_and_keeps_it(capsys):
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
    words += ["--samples", "100", "--out", "kept.csv"]
    tables = [
        pd.read_csv(io.StringIO(run(capsys, *words, "--csv"))),
        pd.DataFrame(json.loads(run(capsys, *words, "--json"))),
    ]
    text = run(capsys, *words)
    assert [len(table) for table in tables] == [len(text.splitlines()) - 1] * 2 == [8, 8]
    for table in tables:
        empty = ["options", "train_seconds"]
        pd.testing.assert_frame_equal(
            table.drop(columns=empty), read(Path("kept.csv")).drop(columns=empty), check_dtype=False
        )


def test_everything_that_describes_an_experiment_can_be_a_list(capsys):
    words = "--spaces blobs,moons --methods nearest-pair,ideal-denoiser --concepts cat --steps 1 --seeds 0 --samples 10 --csv"
    words += " --pairs 50,60 --description-noise 0.05,0.1 --desc-scale 1,8 --guidance 1,2 --sampler ddim,heun"
    table = pd.read_csv(io.StringIO(run(capsys, "compare", *words.split())))
    worlds = 2 * 2 * 2
    asked = ["space", "pairs", "description_noise", "desc_scale", "guidance", "sampler"]
    lookups, ideal = (table[table["method"] == name] for name in ("nearest-pair", "ideal-denoiser"))
    assert (
        len(lookups) == len(lookups[asked].drop_duplicates()) == worlds * 2
    )  # by desc_scale, and once only by the others
    assert len(ideal) == len(ideal[asked].drop_duplicates()) == worlds * 2 * 2  # by sampler and guidance
    assert ideal["desc_scale"].isna().all()


def test_steps_can_be_each_method_s_own(capsys):
    words = "compare --methods nearest-pair,balanced-lookup --concepts none --steps own --seeds 0 --samples 10 --csv --pairs 50"
    table = pd.read_csv(io.StringIO(run(capsys, *words.split())))
    assert table["steps"].tolist() == [1, 2, 1, 2]


def test_an_option_of_a_method_is_one_of_the_commands_and_has_that_method_s_default(monkeypatch):
    @dataclass(frozen=True, kw_only=True)
    class MeanOfK(NearestPair):
        desc_scale: float = 2.0
        nearest: int = 8

    monkeypatch.setattr(options, "METHODS", (*METHODS, MeanOfK))
    asked = options.parser(COMMANDS).parse_args(["compare", "--nearest", "1,4", "--desc-scale", ".5,8"])
    assert (asked.nearest, asked.desc_scale) == ([1, 4], [0.5, 8.0])
    asked = options.parser(COMMANDS).parse_args(["sample", "--nearest", "3"])
    assert (asked.nearest, asked.desc_scale) == (3, None)  # nothing is asked, so each method decides


def test_progress_goes_to_the_standard_error_a_line_for_each_recipe(capsys):
    words = "compare --methods nearest-pair,ideal-denoiser --concepts cat --steps 1 --seeds 0,1 --samples 10 --pairs 50"
    assert main(words.split()) == 0
    said = capsys.readouterr()
    lines = [
        f"{done} of 2: cats-and-dogs, {name}, pairs=50" for done, name in ((1, "nearest-pair"), (2, "ideal-denoiser"))
    ]
    assert said.err.splitlines() == lines
    assert "of 2" not in said.out


def test_a_sweep_that_is_killed_goes_on_where_it_stopped(capsys, tmp_path):
    scales = ",".join(str(scale) for scale in range(1, 41))
    sweep = (
        f"compare --methods nearest-pair --steps 1,2 --seeds 0 --samples 300 --pairs 300 --desc-scale {scales} --out"
    )
    cut, whole = tmp_path / "cut.csv", tmp_path / "whole.csv"
    command = [sys.executable, "-m", "sandbox", *sweep.split(), str(cut)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not cut.exists() or cut.read_text().count("\n") < 9:  # the header and a recipe's rows
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.kill()
    kept = cut.read_text()
    assert 8 <= len(read(cut)) < 40 * 8
    assert main([*sweep.split(), str(cut)]) == 0
    assert "already in the table" in capsys.readouterr().err
    assert cut.read_text().startswith(kept[: kept.rfind("\n") + 1])  # not computed again
    run(capsys, *sweep.split(), str(whole))
    tables = (
        read(file).drop(columns="seconds_per_1000").sort_values(["desc_scale", "concept", "steps"])
        for file in (cut, whole)
    )
    pd.testing.assert_frame_equal(*(table.reset_index(drop=True) for table in tables))


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
        (["compare", "--desc-scale", "8,x"], "'8,x' is not a list of numbers"),
        (["compare", "--desc-scale", "8,0"], "desc_scale must be a number above 0"),
        (["compare", "--sampler", "ddim,magic"], "no sampler is called 'magic'"),
        (["compare", "--spaces", "moons,mars"], "No space is called 'mars'"),
        (["compare", "--samples", "5"], "more than 5 samples"),
        (["compare", "--out", "."], "Is a directory"),
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
