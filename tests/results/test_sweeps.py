"""What the shipped tables are asked, that they are known for what they answer, and that the code still gives their figures."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sandbox.measure.experiment import Question, answer
from sandbox.methods import METHODS, BalancedCoalescer, Coalescer, Consistency, Diffusion, Trained
from sandbox.pairs import World
from sandbox.results import networks as module
from sandbox.results import shipped
from sandbox.results.compare import Unit, Yardsticks, compare
from sandbox.results.files import read
from sandbox.results.networks import OTHERS, SHIPPED, TRAINING_SEEDS, network_rows, networks, row_keys
from sandbox.results.sweeps import MAIN_SPACES, OTHERS_STEPS, SEEDS, SWEEPS
from sandbox.results.table import COLUMNS, KEYS, keys, written
from sandbox.results.unseen_spaces import UNSEEN_SPACES
from sandbox.spaces import SPACES

every_sweep = pytest.mark.parametrize("name", SWEEPS)


def asked(name):
    """The keys of all that a sweep asks."""
    units = [unit for unit in SWEEPS[name]() if isinstance(unit, Unit)]
    return [keys(question, unit.retrained) for unit in units for question in unit.questions]


@every_sweep
def test_a_sweep_asks_every_question_once_with_several_seeds(name):
    rows = pd.DataFrame(asked(name))
    assert len(rows) == len(rows.drop_duplicates())
    others = [key for key in KEYS if key != "seed"]
    assert rows.groupby(others, dropna=False)["seed"].nunique().min() >= 3


@every_sweep
def test_a_shipped_table_has_all_that_its_sweep_asks_and_nothing_else(name, tmp_path, monkeypatch):
    out = tmp_path / "table.csv"
    shutil.copy(shipped.path_of(name), out)
    for kind in (Unit, Yardsticks):
        monkeypatch.setattr(kind, "rows", lambda unit: pytest.fail(f"computed again: {unit}"))
    table = compare(SWEEPS[name](), out=out)
    assert len(table) == len(read(out))
    assert out.read_bytes() == shipped.path_of(name).read_bytes()


@pytest.mark.parametrize("kind", [Coalescer, BalancedCoalescer, Consistency], ids=lambda kind: kind.name)
def test_shipped_weights_give_the_figures_of_the_shipped_race(kind):
    method = kind(world=World(MAIN_SPACES[0]))
    (unit,) = [unit for unit in SWEEPS["race"]() if isinstance(unit, Unit) and unit.method == method]
    few = [question for question in unit.questions if (question.concept, question.seed) == ("cat", 0)]
    held = pd.read_csv(shipped.path_of("race"), dtype=str, keep_default_na=False)
    there = {row[: len(KEYS)]: row for row in held[list(COLUMNS)].itertuples(index=False, name=None)}
    figures = COLUMNS[len(KEYS) : COLUMNS.index("seconds_per_1000")]
    assert len(few) == len(kind.steps)
    for row in Unit(tuple(few), retrained=False).rows():
        old = dict(zip(COLUMNS, there[written(row, KEYS)], strict=True))
        assert [row[name] for name in figures] == pytest.approx([float(old[name]) for name in figures], rel=1e-5)


def test_the_networks_are_every_method_s_from_three_seeds_and_for_half_as_long():
    every = [method for method in networks() if method.world.space in MAIN_SPACES]
    assert len(set(every)) == len(every)
    for kind in (kind for kind in METHODS if issubclass(kind, Trained)):
        for space in MAIN_SPACES:
            own = [method for method in every if type(method) is kind and method.world.space is space]
            assert [method.seed for method in own] == [*TRAINING_SEEDS, OTHERS[0]]
            assert [method.training_steps for method in own] == [*3 * [kind.training_steps], kind.training_steps // 2]


def test_ours_and_diffusion_meet_the_spaces_that_nothing_was_tuned_on_by_their_default_recipes():
    every = [method for method in networks() if method.world.space in UNSEEN_SPACES]
    for space in UNSEEN_SPACES:
        own = [method for method in every if method.world.space is space]
        assert [method.seed for method in own if isinstance(method, BalancedCoalescer)] == [*TRAINING_SEEDS]
        assert [method.seed for method in own if isinstance(method, Diffusion)] == [SHIPPED]
        assert all(method == replace(type(method)(world=World(space)), seed=method.seed) for method in own)


def test_a_network_s_rows_are_means_over_the_seeds_of_sampling(monkeypatch):
    monkeypatch.setattr(module, "SAMPLES", 40)
    method = Coalescer(world=World("blobs", pairs=60), training_steps=20, width=8, depth=1, batch=16)
    first, *rest = keys = list(row_keys(method))
    assert {(row[-2], row[-1]) for row in keys} == {
        (name, n) for name in method.world.space.concept_names() for n in (1, 2, 4)
    }
    assert network_rows(method, keys) == []
    (row,) = network_rows(method, rest)
    assert row[: len(first)] == first
    (_, shares, *_) = row[len(first) :]
    asked = [answer(Question(method, first[-2], first[-1], seed, 40)).quality.in_region for seed in SEEDS]
    assert shares == pytest.approx(np.mean(asked))


def test_the_race_has_every_trained_method_in_every_space_and_in_the_main_ones_all_samplers():
    rows = asked("race")
    raced = {(row["space"], row["method"], row["sampler"], row["steps"]) for row in rows}
    assert raced == {
        (space.name, method.name, sampler.name, steps)
        for space in SPACES
        for method in METHODS
        if issubclass(method, Trained)
        for sampler in (method.samplers if space in MAIN_SPACES else method.samplers[:1])
        for steps in (method.steps if sampler is method.samplers[0] else OTHERS_STEPS)
    }
    assert {(row["space"], row["concept"]) for row in rows} == {
        (space.name, concept) for space in SPACES for concept in space.concept_names()
    }
