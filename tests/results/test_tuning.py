"""Tuning: the same number of trials for every method, none of it in a reported space, the default among them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from sandbox.contract import check_space
from sandbox.engine.training import DivergedError
from sandbox.methods import METHODS, BalancedCoalescer, Diffusion, Trained
from sandbox.pairs import Balance, World
from sandbox.results import tuning
from sandbox.results.networks import TRAINING_SEEDS
from sandbox.results.shipped import plain_table
from sandbox.results.sweeps import SEEDS
from sandbox.results.tuning import KEPT, RANGES, SEED, SHARE, TRIALS, Trial, best, rounds, trials, worth
from sandbox.results.tuning_spaces import TUNING_SPACES
from sandbox.spaces import SPACES

TUNED = [method for method in METHODS if issubclass(method, Trained)]


@pytest.mark.parametrize("space", TUNING_SPACES, ids=lambda space: space.name)
def test_a_tuning_space_is_a_space_like_any_other(space):
    check_space(space)


def test_no_reported_figure_uses_what_is_tuned_on():
    assert not {space.name for space in TUNING_SPACES} & {space.name for space in SPACES}
    assert SEED not in {*SEEDS, *TRAINING_SEEDS}


@pytest.mark.parametrize("method", TUNED)
def test_every_method_has_the_same_budget_and_begins_with_its_default(method):
    every = [Trial(method, number, TUNING_SPACES[0], 1.0) for number in range(TRIALS)]
    assert every[0].chosen == {}
    assert len({str(trial.chosen) for trial in every}) >= TRIALS - 1
    for trial in every:
        assert {*trial.chosen} <= {*RANGES, "level_mean", "level_deviation", "training_steps"}
        assert trial.recipe.seed == SEED


def test_a_method_is_not_told_what_it_does_not_have():
    names = {
        name for number in range(TRIALS) for name in Trial(BalancedCoalescer, number, TUNING_SPACES[0], 1.0).chosen
    }
    assert "level_mean" not in names
    assert {"bandwidth", "learning_rate", "ema"} <= names
    levels = {Trial(Diffusion, number, TUNING_SPACES[0], 1.0).recipe.level_deviation for number in range(TRIALS)}
    assert len(levels) > 1


def test_a_moving_average_is_as_long_a_part_of_a_short_trial():
    averaged = 0
    for number in range(TRIALS):
        short, whole = (Trial(Diffusion, number, TUNING_SPACES[0], share).recipe for share in (SHARE, 1.0))
        assert (short.ema > 0) == (whole.ema > 0)
        if short.ema:
            part, of_all = (1 / (1 - each.ema) / each.training_steps for each in (short, whole))
            assert part == pytest.approx(of_all, rel=1e-3)
            averaged += 1
    assert averaged > 3


def test_the_best_go_on_and_the_default_with_them():
    first = [Trial(Diffusion, number, TUNING_SPACES[0], SHARE) for number in range(TRIALS)]
    worths = {trial.known_by: float(trial.number) for trial in first}
    short, whole = rounds(Diffusion, worths)
    assert short == first
    assert all(trial.recipe.training_steps < 0.5 * Diffusion().training_steps for trial in short)
    numbers = [*range(TRIALS - 1, TRIALS - 1 - KEPT, -1), 0]
    assert [(trial.number, trial.space, trial.share) for trial in whole] == [
        (number, space, 1.0) for number in numbers for space in TUNING_SPACES
    ]


def test_neither_share_can_be_had_without_the_other():
    assert worth(np.array([[0.5, 1.0], [1.0, 1.0]])) == pytest.approx((2 / 3 + 1) / 2)
    assert worth(np.array([[0.0, 1.0]])) == 0
    assert worth(np.zeros((2, 2))) == 0


def test_a_trial_s_row_is_what_its_columns_say():
    class Short(Diffusion):
        name, steps, samplers = "short", (1, 2), Diffusion.samplers[:1]

        def __init__(self, **values):
            super().__init__(**{**values, "training_steps": 3, "width": 8, "depth": 1})

    row = Trial(Short, 0, TUNING_SPACES[0], 1.0).row()
    assert row[:5] == ("short", 0, TUNING_SPACES[0].name, 1.0, "{}")
    assert 0 <= row[5] <= 1
    assert row[8] in (1, 2)


def test_a_trial_that_diverges_is_worth_nothing(monkeypatch):
    def diverging(recipe):
        raise DivergedError("Training diverged.")

    monkeypatch.setattr(tuning, "trained", diverging)
    row = Trial(Diffusion, 1, TUNING_SPACES[0], SHARE).row()
    assert row[5:] == (0.0, 0.0, 0.0, 0)


def test_what_all_trials_need_is_made_once(weights_folder, monkeypatch):
    made = []
    train = Balance.train
    monkeypatch.setattr(Balance, "train", lambda self, *needed, **how: made.append(self) or train(self, *needed, **how))
    recipe = BalancedCoalescer(world=World(TUNING_SPACES[0], pairs=60), training_steps=1, width=8, depth=1, batch=8)
    for _ in range(2):
        tuning.trained(recipe)
    assert made == [*recipe.needs()]


def test_a_line_says_what_a_trial_was_and_what_it_was_worth():
    known = {"method": "short", "in_region": 0.5, "recall": 0.5, "steps": 1}
    every = [
        {**known, "trial": 0, "space": "one", "share": SHARE, "chosen": "{}", "worth": 0.25},
        {**known, "trial": 3, "space": "one", "share": SHARE, "chosen": '{"ema": 0.99}', "worth": 0.75},
        *(
            {**known, "trial": 3, "space": space, "share": 1.0, "chosen": '{"ema": 0.99}', "worth": worth}
            for space, worth in (("one", 0.5), ("two", 1.0))
        ),
    ]
    first, second = trials(pd.DataFrame(every))
    assert first == {"method": "short", "trial": "0", "chosen": "as it was", "short": "0.250", "whole": ""}
    assert second == {"method": "short", "trial": "3", "chosen": "ema 0.99", "short": "0.750", "whole": "0.750"}


@pytest.mark.parametrize("method", TUNED, ids=lambda method: method.name)
def test_the_default_recipe_is_the_best_trial(method):
    chosen = best(plain_table("tuning"), method)
    assert chosen is not None
    tuned = replace(method(), training_steps=method.training_steps // method.prolonged)
    assert {name: getattr(tuned, name) for name in chosen} == chosen
    assert {*method.untuned} == {*chosen}
    assert not {*method.untuned.items()} & {*chosen.items()}


def test_a_trial_departs_from_what_the_recipe_was_before():
    @dataclass(frozen=True, kw_only=True)
    class Tuned(Diffusion):
        bandwidth: float = 77.0

    for number in range(TRIALS):
        trial, same = (Trial(method, number, TUNING_SPACES[0], 1.0) for method in (Tuned, Diffusion))
        assert trial.chosen == same.chosen
        assert trial.recipe.bandwidth == same.recipe.bandwidth
