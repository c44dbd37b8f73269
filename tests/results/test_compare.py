"""The table: one row per combination, reproducible, counted, in parallel, and going on where it was stopped."""

from dataclasses import replace

import distributed
import joblib
import numpy as np
import pandas as pd
import pytest
import torch

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.sampling import Ancestral, Ddim, DpmSolver2M, Heun, Jump
from sandbox.measure.generation import generate
from sandbox.measure.likeness import floor, reference
from sandbox.measure.metrics import quality
from sandbox.methods import (
    BalancedLookup,
    Coalescer,
    Diffusion,
    DistilledDiffusion,
    FlowMatching,
    IdealDenoiser,
    NearestPair,
)
from sandbox.pairs import World
from sandbox.results import compare as module
from sandbox.results.compare import Sampling, compare, units
from sandbox.results.table import COLUMNS, KEYS, LIKENESSES, over_seeds, read, readable
from sandbox.spaces import space_named
from sandbox.weights import store

WORLD = World(space="blobs", pairs=60)
TINY = Coalescer(world=WORLD, training_steps=20, width=8, depth=1, batch=16)
SCALES = [NearestPair(world=WORLD, desc_scale=scale) for scale in (0.5, 2.0, 8.0)]
TIMES = ["seconds_per_1000", "train_seconds"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))


def table(methods, seeds=(0,), samples=20, jobs=None, out=None, progress=lambda *told: None, **asked):
    return compare(units(methods, seeds, samples, **asked), jobs=jobs, out=out, progress=progress)


def same(one, other):
    """Whether two tables say the same; a file keeps six digits, and seconds are never twice the same."""
    left, right = (each.drop(columns=TIMES) for each in (one, other))
    pd.testing.assert_frame_equal(left, right, check_dtype=False, rtol=1e-5)


def test_one_row_for_each_combination():
    rows = table([NearestPair(world=WORLD), IdealDenoiser(world=WORLD)], [0, 1], concepts=["cat", "none"], steps=[1, 3])
    assert list(rows.columns) == list(COLUMNS)
    keys = rows[["method", "concept", "steps", "seed"]].drop_duplicates()
    assert len(rows) == len(keys) == 2 * 2 * 2 * 2


def test_the_seconds_are_those_of_a_thousand_samples(monkeypatch):
    timed = module.timed
    monkeypatch.setattr(module, "timed", lambda *asked: (timed(*asked)[0], 0.5))
    rows = table([NearestPair(world=WORLD)], samples=20, concepts=["cat"], steps=[1])
    assert rows["seconds_per_1000"].tolist() == [25.0]


def test_what_is_not_said_is_every_concept_and_the_method_s_own_steps():
    rows = table([NearestPair(world=WORLD)])
    asked = {(concept, steps) for concept in space_named("blobs").concept_names() for steps in NearestPair.steps}
    assert set(zip(rows["concept"], rows["steps"], strict=True)) == asked


def test_rows_judge_what_generation_lands_on():
    method = IdealDenoiser(world=WORLD)
    (row,) = table([method], [5], 50, concepts=["dog"], steps=[3]).to_dict("records")
    landing = generate(store.denoiser(method), method.sampler(), WORLD, "dog", 3, 50, 5).landing.double().numpy()
    for judged in (quality(landing, space_named("blobs"), "dog"), reference("blobs", "dog", 50, 5).likeness(landing)):
        assert vars(judged).items() <= row.items()
    assert {name: row[f"{name}_floor"] for name in LIKENESSES} == vars(floor("blobs", "dog", 50, 5))


def test_points_that_are_not_numbers_are_judged_and_written(tmp_path):
    class Lost(Denoiser):
        def __call__(self, x, t, description, s=None):
            return Prediction(torch.full_like(x, torch.nan))

    class Nowhere(NearestPair):
        def denoiser(self):
            return Lost()

    method = Nowhere(world=WORLD)
    for _ in range(2):  # computed, then read
        (row,) = table([method], concepts=["cat"], steps=[1], out=tmp_path / "table.csv").to_dict("records")
        assert row["precision"] == row["in_region"] == 0.0
        assert row["energy_distance"] == row["miss"] == np.inf


def test_the_same_call_gives_the_same_table():
    asked = {"seeds": [0, 1], "concepts": ["cat"], "steps": [1, 2], "samples": 30}
    same(table([TINY], **asked), table([TINY], **asked))


def test_evaluations_are_counted_with_guidance_and_without_steps_that_were_not_needed():
    guided = table(
        [IdealDenoiser(world=WORLD)], concepts=["cat", "none"], steps=[4], samplings=[Sampling(guidance=2.0)]
    )
    assert guided.set_index("concept")["nfe"].to_dict() == {"cat": 8.0, "none": 4.0}
    once = Sampling(Jump(enough=0.5))  # an exact lookup is trusted fully, so its first jump is its last
    assert table([NearestPair(world=WORLD)], concepts=["cat"], steps=[4], samplings=[once])["nfe"][0] == 1.0


def test_a_single_sampler_is_tried_with_every_method():
    asked = {"concepts": ["animal"], "steps": [4], "samples": 50}
    methods = [IdealDenoiser(world=WORLD), NearestPair(world=WORLD)]
    other = table(methods, samplings=[Sampling(Ancestral())], **asked)
    assert other["sampler"].tolist() == ["ancestral", "ancestral"]
    assert (other["energy_distance"] != table(methods, **asked)["energy_distance"]).all()
    both = table(methods, samplings=[Sampling(Ancestral(), 1.0), Sampling(Ancestral(), 2.0)], **asked)
    assert set(both["sampler"]) == {"ancestral"}


def test_of_several_samplers_a_method_takes_those_that_make_sense_with_it():
    samplings = [Sampling(kind()) for kind in (Ddim, Heun, DpmSolver2M)]
    found = units([Diffusion(), FlowMatching(), Coalescer(), BalancedLookup()], [0], 20, samplings=samplings)
    asked = {unit.method.name: [unit.keys(each)["sampler"] for each in unit.questions] for unit in found}
    assert set(asked["diffusion"]) == set(asked["flow-matching"]) == {"ddim", "heun", "dpm-solver-2m"}
    assert set(asked["coalescer"]) == set(asked["balanced-lookup"]) == {"jump"}
    for unit in found:
        assert len(set(unit.questions)) == len({str(unit.keys(each)) for each in unit.questions})


def test_guidance_makes_no_copies_where_there_is_nothing_to_guide():
    samplings = [Sampling(guidance=weight) for weight in (1.0, 2.0, 3.0)]
    rows = table([IdealDenoiser(world=WORLD), NearestPair(world=WORLD)], steps=[1], samplings=samplings)
    weights = rows.groupby(["method", "concept"])["guidance"].apply(list).to_dict()
    assert weights["ideal-denoiser", "cat"] == [1.0, 2.0, 3.0]
    assert weights["ideal-denoiser", "none"] == weights["nearest-pair", "cat"] == [1.0]


def test_a_recipe_that_is_asked_for_twice_is_computed_once():
    assert len(table([NearestPair(world=WORLD)] * 2, [0, 0], concepts=["cat", "cat"], steps=[1, 1])) == 1


def test_settings_that_differ_are_rows_of_their_own(tmp_path):
    lookup, asked = BalancedLookup(world=WORLD), {"concepts": ["cat"], "steps": [2], "out": tmp_path / "table.csv"}
    own, forced, adaptive = (
        table([lookup], samplings=[Sampling(sampler)], **asked)["sampler"][0]
        for sampler in (None, Jump(), Jump(enough=0.5))
    )
    assert own == "jump"
    assert len({own, forced, adaptive}) == 3
    assert len(read(tmp_path / "table.csv")) == 3


def test_retraining_trains_one_network_for_every_seed_teacher_first_and_counts_the_seconds(monkeypatch):
    class Student(DistilledDiffusion):
        def teacher(self):
            return replace(super().teacher(), training_steps=3, batch=16)

    student = Student(world=WORLD, training_steps=4, width=8, depth=1, batch=16)
    trained, clock = [], iter(np.arange(0.0, 1000.0, 1.0))
    train = module.train
    monkeypatch.setattr(module, "train", lambda recipe, **told: trained.append(recipe) or train(recipe, **told))
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(clock))
    methods = [TINY, student, NearestPair(world=WORLD)]
    rows = table(methods, [3, 4], concepts=["cat"], steps=[1], retrain=True)
    wanted = [replace(TINY, seed=seed) for seed in (3, 4)]
    for seed in (3, 4):
        wanted += [replace(student, seed=seed).teacher(), replace(student, seed=seed)]
    assert trained == wanted
    seconds = rows.groupby("method")["train_seconds"].apply(list).to_dict()
    assert seconds["coalescer"] == seconds["distilled-diffusion"] == [1.0, 1.0]  # one look at the clock on either side
    assert np.isnan(seconds["nearest-pair"]).all()
    assert rows["retrained"].tolist() == [True] * 4 + [False] * 2
    assert not store.trained_here().exists()  # a measurement leaves nothing behind


def test_what_is_not_shipped_is_trained_once_for_all_seeds_and_kept(monkeypatch):
    trained = []
    keep = store.train_and_save
    monkeypatch.setattr(store, "train_and_save", lambda recipe: trained.append(recipe) or keep(recipe))
    for _ in range(2):
        table([TINY], [0, 1], concepts=["cat"], steps=[1])
    assert trained == [TINY]


def test_bad_questions_are_refused_in_a_sentence_before_anything_is_trained():
    with pytest.raises(ValueError, match="no concept 'horse'"):
        units([TINY], [0], 10, concepts=["horse"])
    with pytest.raises(ValueError, match="at least one step"):
        units([TINY], [0], 10, steps=[1, 0])
    with pytest.raises(ValueError, match="more than 5 samples"):
        units([TINY], [0], 5)


def test_two_processes_make_the_table_of_one(tmp_path):
    asked = {"seeds": [0, 1], "concepts": ["cat", "none"], "steps": [1, 2]}
    one = table([*SCALES, TINY], **asked)
    for out in (None, tmp_path / "table.csv"):
        told = []
        two = table([*SCALES, TINY], jobs=2, out=out, progress=lambda *line, told=told: told.append(line), **asked)
        same(two, one)
        assert [line[:2] for line in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
        assert len({text for _, _, text in told}) == 4


def test_a_dask_cluster_makes_the_table_of_one_process():
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client, joblib.parallel_config(backend="dask"):
        there = table([*SCALES, TINY], [0, 1], concepts=["cat", "none"], steps=[1, 2])
        ready = client.run(lambda: store.denoiser.cache_info().currsize)
    assert len(ready) == 2
    assert sum(ready.values()) == 4  # the methods were made ready there
    same(there, table([*SCALES, TINY], [0, 1], concepts=["cat", "none"], steps=[1, 2]))


CUTS = {
    "nothing": 0,
    "in the header": 100,
    "after the header": len(",".join(COLUMNS)) + 1,
    "in a row": -200,
    "its end": -1,
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_a_table_that_was_cut_off_anywhere_is_completed(tmp_path, cut):
    out, told = tmp_path / "table.csv", []
    asked = {"seeds": [0, 1], "concepts": ["cat", "none"], "steps": [1, 2], "out": out}
    whole = table(SCALES, **asked)
    text = out.read_bytes()
    out.write_bytes(text[:cut])
    kept = text[:cut][: text[:cut].rfind(b"\n") + 1]
    same(table(SCALES, progress=lambda *line: told.append(line[2]), **asked), whole)
    assert out.read_bytes().startswith(kept)  # what was there has not been computed again
    assert out.read_text().count("\n") == text.decode().count("\n")
    assert any("cut off" in line for line in told) == (text[:cut] != kept)


def test_rows_and_columns_of_other_sweeps_stay_in_the_table(tmp_path):
    out = tmp_path / "table.csv"
    table(SCALES[:1], concepts=["cat"], steps=[1], out=out)
    older = read(out).drop(columns=["recall", "recall_floor"]).assign(note="mine")
    older.to_csv(out, index=False)
    rows = table(SCALES[1:], concepts=["dog"], steps=[1], out=out)
    same(rows, table(SCALES[1:], concepts=["dog"], steps=[1]))
    held = read(out)
    assert held["desc_scale"].tolist() == [0.5, 2.0, 8.0]
    assert held["note"].fillna("").tolist() == ["mine", "", ""]
    assert held["recall"].isna().tolist() == [True, False, False]


@pytest.mark.parametrize(
    "text",
    ["name,age\nAda,36\n", "a note to myself", "\x00\x01\n\x02", '"\n', "a,b\n1,2,3\n", "desc_scale,age\n8,36\n"],
)
def test_another_kind_of_file_is_refused_and_left_alone(tmp_path, text):
    out = tmp_path / "table.csv"
    out.write_text(text)
    with pytest.raises(ValueError, match="is not a table of this comparison"):
        table(SCALES[:1], concepts=["cat"], steps=[1], out=out)
    assert out.read_text() == text


def test_an_interval_is_over_seeds_and_the_floor_stands_beside():
    rows = table(SCALES[1:], [0, 1, 2], concepts=["cat"], steps=[1])
    means = over_seeds(rows)
    one = rows[rows["desc_scale"] == 2.0]["recall"]
    assert means["recall"][0] == pytest.approx(one.mean())
    assert means["recall_half"][0] == pytest.approx(4.302653 * one.std() / np.sqrt(3))  # Student's t, two degrees
    assert means["recall_floor"][0] == pytest.approx(rows["recall_floor"][:3].mean())
    mean, half, least = means.loc[0, ["recall", "recall_half", "recall_floor"]]
    assert readable(rows)["recall"][0] == f"{mean:.4g} +-{half:.2g} ({least:.4g})"
    assert "+-" not in readable(rows[rows["seed"] == 0]).to_string()


def test_a_reader_is_shown_those_settings_that_some_method_has_several_of():
    shown = readable(table([*SCALES, IdealDenoiser(world=WORLD)], concepts=["cat"], steps=[1]))
    assert list(shown.columns[:6]) == ["space", "method", "concept", "steps", "desc_scale", "nfe"]
    shown = readable(table([SCALES[0], IdealDenoiser(world=WORLD)], concepts=["cat"], steps=[1]))
    assert not set(KEYS) - {"space", "method", "concept", "steps"} & set(shown.columns)
