"""A sweep and its table: one row for each question, reproducible, counted, in parallel."""

from dataclasses import replace
from itertools import combinations

import distributed
import joblib
import numpy as np
import pytest
import torch

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.samplers import Ancestral
from sandbox.measure.experiment import Question, answer
from sandbox.measure.likeness import reference
from sandbox.measure.memorisation import memorisation
from sandbox.measure.quality import quality
from sandbox.methods import (
    BalancedCoalescer,
    BalancedLookup,
    Coalescer,
    Diffusion,
    DistilledDiffusion,
    FlowMatching,
    IdealDenoiser,
    Jump,
    NearestPair,
    Trained,
)
from sandbox.pairs import Balance, World, make_pairs
from sandbox.results import compare as module
from sandbox.results.compare import Unit, units
from sandbox.results.files import read
from sandbox.results.table import COLUMNS, keys, keys_of, row
from sandbox.weights import store
from tests.results.small import SCALES, TINY, TRAINING, WORLD, same, table


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))


def test_one_row_for_each_combination():
    rows = table([NearestPair(world=WORLD), IdealDenoiser(world=WORLD)], [0, 1], concepts=["cat", "none"], steps=[1, 3])
    assert list(rows.columns) == list(COLUMNS)
    known_by = rows[["method", "concept", "steps", "seed"]].drop_duplicates()
    assert len(rows) == len(known_by) == 2 * 2 * 2 * 2


def test_without_concepts_and_steps_all_of_the_space_and_the_method_s_own_are_asked():
    rows = table([NearestPair(world=WORLD)])
    asked = {(concept, steps) for concept in WORLD.space.concept_names() for steps in NearestPair.steps}
    assert set(zip(rows["concept"], rows["steps"], strict=True)) == asked


def test_a_row_judges_the_samples_of_its_question():
    method = IdealDenoiser(world=WORLD)
    (found,) = table([method], [5], 50, concepts=["dog"], steps=[3]).to_dict("records")
    samples = answer(Question(method, "dog", 3, 5, 50)).samples
    others = WORLD.space.sample(60, np.random.default_rng([5, 6]))
    copied = memorisation(samples, make_pairs(WORLD).image, others)
    for judged in (
        quality(samples, WORLD.space, "dog"),
        reference(WORLD.space, "dog", 50, 5).likeness(samples),
        copied,
    ):
        assert vars(judged).items() <= found.items()


def test_a_sweep_s_yardsticks_are_rows_of_its_table(tmp_path):
    sweep = units(
        [NearestPair(world=WORLD), IdealDenoiser(world=WORLD)], [0, 1], 50, concepts=["cat", "none"], steps=[1]
    )
    (beside,) = module.beside(sweep)
    asked = {"out": tmp_path / "table.csv"}
    rows = module.compare([*sweep, beside], **asked)
    assert rows.method.value_counts().to_dict() == {"nearest-pair": 4, "ideal-denoiser": 4, "real": 4, "pairs": 4}
    real = rows[(rows.method == "real") & (rows.concept == "cat") & (rows.seed == 1)].iloc[0]
    again = WORLD.space.sample(50, np.random.default_rng([1, 5]), "cat")
    assert real.recall == pytest.approx(reference(WORLD.space, "cat", 50, 1).likeness(again).recall)
    assert real.in_region == 1
    pairs = rows[rows.method == "pairs"]
    assert set(pairs.copies) == {1.0}
    assert set(pairs.novelty) == {0.0}
    assert not beside.without(keys_of(read(tmp_path / "table.csv"))).row_keys()
    same(rows, module.compare([*sweep, beside], **asked))


def test_the_seconds_are_those_of_a_thousand_samples():
    given = replace(answer(Question(NearestPair(world=WORLD), "cat", 1, count=20)), seconds=0.5)
    assert row(given, False, 7.0)["seconds_per_1000"] == 25.0


def test_points_that_are_not_numbers_are_judged_and_written(tmp_path):
    class Lost(Denoiser):
        def __call__(self, x, t, description, s=None):
            return Prediction(torch.full_like(x, torch.nan))

    class Nowhere(NearestPair):
        def denoiser(self):
            return Lost()

    for _ in range(2):  # computed, then read
        (found,) = table([Nowhere(world=WORLD)], concepts=["cat"], steps=[1], out=tmp_path / "table.csv").to_dict(
            "records"
        )
        assert found["precision"] == found["in_region"] == 0.0
        assert found["energy_distance"] == found["miss"] == np.inf


def test_the_same_call_gives_the_same_table():
    asked = {"seeds": [0, 1], "concepts": ["cat"], "steps": [1, 2], "samples": 30}
    same(table([TINY], **asked), table([TINY], **asked))


def test_evaluations_are_counted_with_guidance_and_without_steps_that_were_not_needed():
    guided = table([IdealDenoiser(world=WORLD)], concepts=["cat", "none"], steps=[4], guidance=[2.0])
    assert guided.set_index("concept")["nfe"].to_dict() == {"cat": 8.0, "none": 4.0}
    once = Jump(enough=0.5)  # an exact lookup is trusted fully, so its first jump is its last
    assert table([NearestPair(world=WORLD)], concepts=["cat"], steps=[4], samplers=[once])["nfe"][0] == 1.0


def test_a_single_sampler_is_tried_with_every_method():
    asked = {"concepts": ["animal"], "steps": [4], "samples": 50}
    methods = [IdealDenoiser(world=WORLD), NearestPair(world=WORLD)]
    other = table(methods, samplers=[Ancestral()], **asked)
    assert other["sampler"].tolist() == ["ancestral", "ancestral"]
    assert (other["energy_distance"] != table(methods, **asked)["energy_distance"]).all()
    same(other, table(methods, samplers=["ancestral"], **asked))
    both = table(methods, samplers=["ancestral"], guidance=[1.0, 2.0], **asked)
    assert set(both["sampler"]) == {"ancestral"}


def test_of_several_samplers_a_method_takes_those_that_make_sense_with_it():
    methods = [Diffusion(), FlowMatching(), Coalescer(), BalancedLookup()]
    found = units(methods, [0], 20, samplers=["ddim", "heun", "dpm-solver-2m"])
    asked = {unit.method.name: {question.sampler.name for question in unit.questions} for unit in found}
    assert asked["diffusion"] == asked["flow-matching"] == {"ddim", "heun", "dpm-solver-2m"}
    assert asked["coalescer"] == asked["balanced-lookup"] == {"jump"}
    for unit in found:
        assert len(set(unit.questions)) == len(set(unit.row_keys())) == len(unit.questions)


def test_a_sampler_by_its_name_has_the_method_s_own_settings():
    lookup = BalancedLookup(world=WORLD)
    (unit,) = units([lookup], [0], 20, samplers=["jump", "ddim"])
    assert {question.sampler for question in unit.questions} == {lookup.samplers[0]} != {Jump()}
    with pytest.raises(ValueError, match="No sampler is called 'walk'"):
        units([lookup], [0], 20, samplers=["walk"])


def test_guidance_makes_no_copies_where_there_is_nothing_to_guide():
    rows = table([IdealDenoiser(world=WORLD), NearestPair(world=WORLD)], steps=[1], guidance=[1.0, 2.0, 3.0])
    weights = rows.groupby(["method", "concept"])["guidance"].apply(list).to_dict()
    assert weights["ideal-denoiser", "cat"] == [1.0, 2.0, 3.0]
    assert weights["ideal-denoiser", "none"] == weights["nearest-pair", "cat"] == [1.0]


def test_a_recipe_that_is_asked_for_twice_is_computed_once():
    assert len(table([NearestPair(world=WORLD)] * 2, [0, 0], concepts=["cat", "cat"], steps=[1, 1])) == 1


def test_the_keys_of_a_row_are_those_of_its_question():
    world = World("moons", pairs=70, description_noise=0.2)
    method = Coalescer(world=world, desc_scale=4.0, direction_loss="norm", width=64)
    question = Question(method, "cat", 3, 5, 40, guidance=2.0)
    assert keys(question, retrained=False) == {
        "space": "moons",
        "method": "coalescer",
        "sampler": "jump",
        "concept": "cat",
        "steps": 3,
        "seed": 5,
        "desc_scale": 4.0,
        "options": "width=64 direction_loss=norm",
        "description_noise": 0.2,
        "pairs": 70,
        "guidance": 2.0,
        "samples": 40,
        "retrained": False,
    }


def test_what_decides_a_row_is_in_its_keys():
    asked = Question(Coalescer(world=WORLD), "cat", 2, 0, 20)
    worlds = [replace(WORLD, **one) for one in ({"description_noise": 0.1}, {"pairs": 61}, {"seed": 1})]
    methods = [Coalescer(world=world) for world in (*worlds, World("moons", pairs=60))]
    methods += [Coalescer(world=WORLD, **one) for one in ({"seed": 1}, {"desc_scale": 4.0}, {"width": 8})]
    others = [replace(asked, method=method) for method in (*methods, NearestPair(world=WORLD))]
    samplers = [replace(asked, sampler=sampler) for sampler in (Ancestral(), Jump(enough=0.5), Jump(redraws=2))]
    changes = [{"concept": "dog"}, {"steps": 3}, {"seed": 1}, {"count": 21}, {"guidance": 2.0}]
    every = [asked, *others, *samplers, *(replace(asked, **one) for one in changes)]
    rows = [Unit((question,), retrained=False).row_keys()[0] for question in every]
    rows.append(Unit((asked,), retrained=True).row_keys()[0])
    for one, other in combinations(rows, 2):
        assert one != other


def test_a_table_takes_no_rows_of_another_world_for_its_own(tmp_path):
    quiet, loud = (NearestPair(world=replace(WORLD, description_noise=noise)) for noise in (0.05, 0.5))
    asked = {"concepts": ["cat"], "steps": [1]}
    table([quiet], out=tmp_path / "table.csv", **asked)
    rows = table([loud], out=tmp_path / "table.csv", **asked)
    assert rows["description_noise"].tolist() == [0.5]
    same(rows, table([loud], **asked))


def test_retraining_makes_all_that_is_needed_anew_for_every_seed_and_counts_its_seconds(monkeypatch):
    class Student(DistilledDiffusion):
        def needs(self):
            return tuple(replace(need, training_steps=3, batch=16) for need in super().needs())

    made, now = [], [0.0]
    for kind in (Trained, Balance):

        def train(recipe, *needed, every=100, inner=kind.train):
            made.append(recipe)
            now[0] += 1.0
            yield from inner(recipe, *needed, every=every)

        monkeypatch.setattr(kind, "train", train)
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    student, balanced = Student(world=WORLD, **TRAINING), BalancedCoalescer(world=WORLD, **TRAINING)
    rows = table([TINY, student, balanced, NearestPair(world=WORLD)], [3, 4], concepts=["cat"], steps=[1], retrain=True)
    wanted = []
    for method in (TINY, student, balanced):
        for recipe in (replace(method, seed=seed) for seed in (3, 4)):
            wanted += [*recipe.needs(), recipe]
    assert made == wanted
    seconds = rows.groupby("method")["train_seconds"].apply(list).to_dict()
    assert seconds["coalescer"] == [1.0, 1.0]
    assert seconds["distilled-diffusion"] == seconds["balanced-coalescer"] == [2.0, 2.0]
    assert np.isnan(seconds["nearest-pair"]).all()
    assert rows["retrained"].tolist() == [True] * 6 + [False] * 2
    assert not store.cache().exists()  # a measurement leaves nothing behind


def test_what_is_not_shipped_is_trained_once_for_all_seeds_and_kept(monkeypatch):
    trained = []
    make = store.make
    monkeypatch.setattr(store, "make", lambda recipe: trained.append(recipe) or make(recipe))
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


def test_torch_has_one_thread_while_a_unit_is_computed_and_its_own_number_afterwards():
    seen = []

    class Watched(NearestPair):
        def denoiser(self):
            seen.append(torch.get_num_threads())
            return super().denoiser()

    torch.set_num_threads(2)
    try:
        table([Watched(world=WORLD)], concepts=["cat"], steps=[1])
        assert (seen, torch.get_num_threads()) == ([1], 2)
    finally:
        torch.set_num_threads(1)


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
