"""The table: one row per combination, reproducible, counted."""

from dataclasses import replace

import pytest

from sandbox import store
from sandbox.compare import Sampling, compare
from sandbox.generation import generate
from sandbox.methods import Coalescer, Diffusion, IdealDenoiser, NearestPair
from sandbox.metrics import quality
from sandbox.pairs import World
from sandbox.sampling import Ancestral, Jump
from sandbox.spaces import space_named

WORLD = World(space="blobs", pairs=60)
TINY = Coalescer(world=WORLD, training_steps=3, width=8, depth=1, batch=16)
COLUMNS = ["space", "method", "concept", "steps", "seed", "desc_scale", "nfe"]
COLUMNS += ["in_region", "condition_agreement", "miss", "seconds_per_1000"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))


def test_one_row_for_each_combination():
    table = compare(
        [NearestPair(world=WORLD), IdealDenoiser(world=WORLD)], ["cat", "none"], [1, 3], [0, 1], 20, desc_scale=8
    )
    assert list(table.columns) == COLUMNS
    keys = table[["method", "concept", "steps", "seed"]].drop_duplicates()
    assert len(table) == len(keys) == 2 * 2 * 2 * 2


def test_rows_judge_what_generation_lands_on():
    method = IdealDenoiser(world=WORLD)
    (row,) = compare([method], ["dog"], [3], [5], 50, desc_scale=8).to_dict("records")
    landing = generate(store.denoiser(method), method.sampler(), WORLD, "dog", 3, 50, 5).landing.double().numpy()
    judged = quality(landing, space_named("blobs"), "dog")
    assert (row["in_region"], row["condition_agreement"], row["miss"]) == (
        judged.in_region,
        judged.condition_agreement,
        judged.miss,
    )


def test_the_same_call_gives_the_same_table():
    def table():
        return compare([TINY], ["cat"], [1, 2], [0, 1], 30, desc_scale=8).drop(columns="seconds_per_1000")

    assert table().equals(table())


def test_evaluations_are_counted_with_guidance_and_without_steps_that_were_not_needed():
    ideal = IdealDenoiser(world=WORLD)
    guided = compare([ideal], ["cat", "none"], [4], [0], 10, desc_scale=8, sampling=Sampling(guidance=2.0))
    assert guided.set_index("concept")["nfe"].to_dict() == {"cat": 8.0, "none": 4.0}
    once = Sampling(Jump(enough=0.5))  # an exact lookup is trusted fully, so its first jump is its last
    assert compare([NearestPair(world=WORLD)], ["cat"], [4], [0], 10, desc_scale=8, sampling=once)["nfe"][0] == 1.0


def test_another_sampler_can_be_chosen():
    ideal = IdealDenoiser(world=WORLD)
    own = compare([ideal], ["animal"], [4], [0], 50, desc_scale=8)
    other = compare([ideal], ["animal"], [4], [0], 50, desc_scale=8, sampling=Sampling(Ancestral()))
    assert own["miss"][0] != other["miss"][0]


def test_retraining_trains_one_network_for_every_seed_and_says_what_it_cost():
    trained = []
    table = compare(
        [TINY, NearestPair(world=WORLD)],
        ["cat"],
        [1],
        [3, 4],
        20,
        desc_scale=8,
        retrain=True,
        report=lambda recipe, progress: trained.append(recipe) if progress.step == progress.steps else None,
    )
    assert trained == [replace(TINY, seed=3), replace(TINY, seed=4)]
    assert (table.loc[table["method"] == "coalescer", "train_seconds"] > 0).all()
    assert (table.loc[table["method"] == "nearest-pair", "train_seconds"] == 0).all()
    assert not store.is_ready(TINY)  # a measurement leaves nothing behind


def test_what_is_not_shipped_is_trained_once_and_kept():
    reports = []
    tiny = Diffusion(world=WORLD, training_steps=3, width=8, depth=1, batch=16)
    for _ in range(2):
        compare([tiny], ["cat"], [1], [0], 10, desc_scale=8, report=lambda *told: reports.append(told))
    assert len(reports) == 1


def test_bad_questions_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="no concept 'horse'"):
        compare([NearestPair(world=WORLD)], ["horse"], [1], [0], 10, desc_scale=8)
    with pytest.raises(ValueError, match="at least one step"):
        compare([NearestPair(world=WORLD)], ["cat"], [0], [0], 10, desc_scale=8)
