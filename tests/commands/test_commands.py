"""What the commands print and keep."""

import io
import json

import numpy as np
import pandas as pd
import plotly.io
import pytest

from sandbox import spaces
from sandbox.commands import run as commands
from sandbox.commands.main import main
from sandbox.commands.proofs import reporter
from sandbox.engine.training import Progress
from sandbox.measure.experiment import Question, answer
from sandbox.measure.yardsticks import YARDSTICKS
from sandbox.methods import METHODS, BalancedCoalescer, Diffusion, Jump, sampler_of, samplers
from sandbox.pairs import World
from sandbox.results.files import read
from sandbox.spaces import SPACES, every_space
from sandbox.weights import store
from sandbox.weights.files import file_name
from tests.ball_space import BALLS
from tests.commands.conftest import Pupil, Quick


def table(text):
    return pd.read_csv(io.StringIO(text), keep_default_na=False)


def answers(text):
    """The rows of methods, without those of the yardsticks beside them."""
    every = table(text)
    return every[~every["method"].isin(YARDSTICKS)]


def test_list_names_everything(run):
    named = json.loads(run("list", "--json"))
    assert list(named) == ["spaces", "methods", "world", "samplers", "direction_losses"]
    every = every_space()
    assert [space["name"] for space in named["spaces"]] == [space.name for space in every]
    assert [space["concepts"] for space in named["spaces"]] == [list(space.concept_names()) for space in every]
    assert [method["name"] for method in named["methods"]] == [method.name for method in METHODS]
    assert list(named["methods"][0]) == ["name", "label", "trained", "options"]
    assert named["methods"][0]["options"]["desc_scale"] == 8.0
    assert named["world"] == {"space": "cats-and-dogs", "pairs": 3000, "description_noise": 0.05, "seed": 0}
    assert named["samplers"] == list(samplers())
    text = run("list")
    assert all(space.name in text for space in every)
    assert all(method.name in text for method in METHODS)


def test_sample_prints_the_answer_to_its_question(run):
    words = "sample --space moons --method diffusion --concept dog --steps 3 --samples 30 --sampler heun --guidance 2 --seed 4"
    printed = table(run(*words.split()))
    method = Diffusion(world=World("moons"))
    question = Question(method, "dog", 3, 4, 30, sampler_of(method, "heun"), 2.0)
    assert list(printed.columns) == ["x", "y"]
    np.testing.assert_allclose(printed, answer(question).samples, rtol=1e-6)


def test_a_trajectory_is_every_state_of_one_sample_after_the_other(run):
    words = ["sample", "--method", "diffusion", "--steps", "4", "--samples", "5"]
    samples, states = table(run(*words)), table(run(*words, "--trajectory"))
    assert list(states.columns) == ["sample", "step", "t", "x", "y"]
    assert states["sample"].tolist() == [i for i in range(5) for _ in range(5)]
    assert states["step"].tolist() == [0, 1, 2, 3, 4] * 5
    assert states["t"].tolist() == [1.0, 0.75, 0.5, 0.25, 0.0] * 5
    assert states[states["step"] == 4][["x", "y"]].reset_index(drop=True).equals(samples)


def test_beyond_the_plane_coordinates_are_numbered(run, refused, monkeypatch):
    monkeypatch.setattr(spaces, "SPACES", (*SPACES, BALLS))
    words = ["sample", "--space", BALLS.name, "--pairs", "50", "--method", "nearest-pair", "--samples", "4"]
    assert list(table(run(*words)).columns) == ["x1", "x2", "x3"]
    assert list(table(run(*words, "--trajectory")).columns) == ["sample", "step", "t", "x1", "x2", "x3"]
    assert "only a plane can be drawn" in refused("figure", "--space", BALLS.name, "--field", "exact")


def test_a_space_without_the_usual_concept_is_asked_for_its_first(run):
    words = ["sample", "--space", "eight-gaussians-to-moons", "--method", "nearest-pair", "--samples", "5"]
    assert run(*words) == run(*words, "--concept", "upper") != run(*words, "--concept", "lower")


def test_settings_of_a_sampler_are_added_to_the_method_s_own(run, monkeypatch):
    asked = []
    monkeypatch.setattr(commands, "answer", lambda question, denoiser: asked.append(question) or answer(question))
    for more in ("", "--threshold .3", "--adaptive 1", "--sampler jump --adaptive 0 --threshold 0", "--sampler heun"):
        run("sample", "--method", "balanced-coalescer", "--samples", "5", *more.split())
    own = BalancedCoalescer.samplers[0]
    assert [question.sampler for question in asked] == [
        own,
        Jump(threshold=0.3, redraws=own.redraws),
        Jump(threshold=own.threshold, redraws=own.redraws, enough=1.0),
        Jump(threshold=0.0, redraws=own.redraws, enough=0.0),
        samplers()["heun"],
    ]


def test_compare_prints_the_same_table_in_three_ways_and_keeps_it(run, folder):
    words = "compare --methods coalescer,nearest-pair --concepts cat,none --steps 1,2 --seeds 0 --samples 100 --out kept.csv"
    csv, records = table(run(*words.split(), "--csv")), json.loads(run(*words.split(), "--json"))
    text = run(*words.split())
    assert [len(csv), len(records), len(text.splitlines()) - 1] == 3 * [8 + 2 * len(YARDSTICKS)]
    kept = read(folder / "kept.csv")
    for printed in (csv, pd.DataFrame(records)):
        assert list(printed.columns) == list(kept.columns)
        for name in ("space", "method", "sampler", "concept", "steps", "seed", "nfe", "in_region", "energy_distance"):
            assert printed[name].tolist() == kept[name].tolist()


def test_everything_that_describes_an_experiment_can_be_a_list(run):
    words = "compare --methods nearest-pair,ideal-denoiser --concepts cat --steps 1 --seeds 0 --samples 10 --csv"
    words += " --spaces blobs,moons --pairs 50,60 --description-noise 0.05,0.1 --desc-scale 1,8 --guidance 1,2"
    printed = table(run(*words.split(), "--sampler", "ddim,heun"))
    worlds = 2 * 2 * 2
    asked = ["space", "pairs", "description_noise", "desc_scale", "guidance", "sampler"]
    lookups, ideal = (printed[printed["method"] == name] for name in ("nearest-pair", "ideal-denoiser"))
    assert len(lookups) == len(lookups[asked].drop_duplicates()) == worlds * 2  # by desc_scale; once by the others
    assert len(ideal) == len(ideal[asked].drop_duplicates()) == worlds * 2 * 2  # by sampler and guidance
    assert set(ideal["desc_scale"]) == {""}


def test_compare_names_its_space_in_singular_or_plural(run):
    words = "compare --methods nearest-pair --concepts cat --steps 1 --seeds 0 --samples 10 --pairs 50 --csv"
    for flag in ("--space", "--spaces"):
        assert answers(run(*words.split(), flag, "moons"))["space"].tolist() == ["moons"]


def test_steps_can_be_each_method_s_own(run):
    words = "compare --methods nearest-pair,balanced-lookup --concepts none --steps own --seeds 0 --samples 10 --csv --pairs 50"
    assert answers(run(*words.split()))["steps"].tolist() == [1, 2, 1, 2]


def test_compare_takes_all_concepts_unless_some_are_named(run):
    words = ["compare", "--methods", "nearest-pair", "--steps", "1", "--seeds", "0", "--samples", "10", "--csv"]
    printed = table(run(*words))
    assert set(printed["method"]) == {"nearest-pair", *YARDSTICKS}
    for _, rows in printed.groupby("method"):
        assert rows["concept"].tolist() == ["cat", "dog", "animal", "none"]


def test_settings_in_a_comparison_are_for_the_samplers_that_have_them(run):
    words = "compare --methods coalescer,diffusion --concepts cat --steps 1 --seeds 0 --samples 10 --csv --threshold .3"
    assert answers(run(*words.split()))["sampler"].tolist() == ["jump threshold=0.3", "ddim"]


@pytest.mark.usefixtures("registered")
def test_a_comparison_may_train_afresh_for_every_seed(run, folder):
    words = "compare --methods quick,nearest-pair --concepts cat --steps 1 --seeds 3,4 --samples 10 --csv --retrain"
    printed = answers(run(*words.split()))
    assert list(zip(printed["method"], printed["seed"], printed["retrained"], strict=True)) == [
        ("quick", 3, True),
        ("quick", 4, True),
        ("nearest-pair", 3, False),
        ("nearest-pair", 4, False),
    ]
    assert not (folder / "cache").exists()


@pytest.mark.parametrize(("given", "jobs"), [("3", 3), ("-1", -1), ("0", -1)])
def test_a_comparison_has_as_many_processes_as_it_is_given(run, monkeypatch, given, jobs):
    taken = []
    compare = commands.compare
    monkeypatch.setattr(
        commands, "compare", lambda sweep, **how: taken.append(how) or compare(sweep, **{**how, "jobs": 1})
    )
    run("compare", "--methods", "nearest-pair", "--concepts", "cat", "--steps", "1", "--samples", "10", "--jobs", given)
    assert taken[0]["jobs"] == jobs


def test_progress_of_a_comparison_is_a_line_for_each_recipe_on_the_standard_error(capsys):
    words = "compare --methods nearest-pair,ideal-denoiser --concepts cat --steps 1 --seeds 0,1 --samples 10 --pairs 50"
    assert main(words.split()) == 0
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["1 of 3", "2 of 3", "3 of 3"]
    assert ["nearest-pair" in lines[0], "ideal-denoiser" in lines[1], "real and pairs" in lines[2]] == 3 * [True]
    assert "of 3" not in said.out


def test_a_comparison_that_is_stopped_goes_on_where_it_was(run, capsys, monkeypatch):
    words = (
        "compare --methods nearest-pair --concepts cat --steps 1 --seeds 0 --samples 20 --pairs 50 --desc-scale 1,2,4,8"
    )
    words = [*words.split(), "--csv", "--out"]
    tell = commands._tell

    def stop(done, total, text):
        tell(done, total, text)
        if done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(commands, "_tell", stop)
    assert main([*words, "cut.csv"]) == 130
    assert capsys.readouterr().err.endswith("sandbox: stopped; what is finished is in the table.\n")
    monkeypatch.setattr(commands, "_tell", tell)
    assert main([*words, "cut.csv"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("2 of 5: already in the table\n3 of 5: ")
    other = table(run(*words, "whole.csv"))
    assert table(said.out).drop(columns="seconds_per_1000").equals(other.drop(columns="seconds_per_1000"))


@pytest.mark.usefixtures("registered")
def test_train_makes_what_is_needed_first_and_says_so(run, capsys, folder):
    assert main(["train", "--method", "pupil", "--seed", "4", "--out", "mine"]) == 0
    said = capsys.readouterr()
    assert [line.split(",")[0] for line in said.err.splitlines()] == ["quick: step 20 of 20", "pupil: step 20 of 20"]
    pupil = Pupil(seed=4)
    (need,) = pupil.needs()
    assert said.out == f"mine/{file_name(pupil)}\n"
    assert [path.name for path in (folder / "mine").iterdir()] == [file_name(pupil)]
    assert [path.name for path in (folder / "cache").iterdir()] == [file_name(need)]  # where `sample` looks for it
    assert main(["train", "--method", "pupil", "--seed", "4", "--out", "mine"]) == 0
    assert capsys.readouterr() == (said.out, "")  # made already


@pytest.mark.usefixtures("registered")
def test_what_a_sample_lacks_is_trained_with_the_options_given_and_kept(run, capsys):
    assert main(["sample", "--method", "quick", "--desc-scale", "5", "--patience", "2", "--samples", "3"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("quick: step 20 of 20, loss ")
    assert len(said.out.splitlines()) == 4
    assert store.files(Quick(desc_scale=5.0, patience=2))
    assert run("sample", "--method", "quick", "--desc-scale", "5", "--patience", "2", "--samples", "3") == said.out


@pytest.mark.usefixtures("registered")
def test_progress_is_said_ten_times_and_waiting_once(capsys):
    report, quick = reporter(), Quick()
    for _ in range(5):
        report(quick, Progress(0, 1, float("nan"), None))
    for step in range(100, 4501, 100):
        report(quick, Progress(step, 4500, 0.5, None))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "quick: another process is making it"
    assert lines[1:3] == ["quick: step 500 of 4500, loss 0.5000", "quick: step 900 of 4500, loss 0.5000"]
    assert lines[-1] == "quick: step 4500 of 4500, loss 0.5000"
    assert len(lines) == 1 + 10
    report(Pupil(), Progress(10, 10, float("nan"), None))
    assert capsys.readouterr().err == "pupil: step 10 of 10\n"


def test_the_figure_is_the_page_s(run, folder):
    run("figure", "--field", "exact", "--concept", "animal", "--points", "7", "--out", "panels.json")
    drawn = plotly.io.read_json(folder / "panels.json")
    starts = [trace for trace in drawn.data if trace.name == "R"]
    assert [len(trace.x) for trace in starts] == [7, 7]
    run("figure", "--space", "eight-gaussians-to-moons", "--adaptive", "1", "--out", "new/panels.html")
    assert "Plotly.newPlot" in (folder / "new/panels.html").read_text()
