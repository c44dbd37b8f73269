"""What every recipe keeps beside the contract (`sandbox.contract`)."""

import pickle
from dataclasses import replace

import pytest
import torch

from sandbox.engine.recipe import key
from sandbox.methods import METHODS, Coalescer, NearestPair
from sandbox.pairs import World
from sandbox.spaces import SPACES
from tests.ball_space import BALLS
from tests.methods.small import TRAINED, needed, queries, ready, small

ALL = [*SPACES, BALLS]
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
every_trained = pytest.mark.parametrize("method", TRAINED, ids=lambda method: method.name)
every_space = pytest.mark.parametrize("space", ALL, ids=lambda space: space.name)


@every_method
def test_an_answer_to_nothing_is_nothing(method):
    x, t, description = (column[:0] for column in queries())
    assert ready(small(method))(x, t, description).x0_hat.shape == (0, 2)


@every_trained
def test_no_batch_comes_twice(method):
    recipe = small(method)
    _, batches = recipe.begin(*needed(recipe))
    # More than are looked up at once; a column that repeats itself, such as a level, does no harm beside the others.
    rows = torch.cat([torch.cat(next(batches), dim=1).nan_to_num() for _ in range(70)])
    assert len(rows.unique(dim=0)) > 0.99 * len(rows)


@every_space
@every_method
def test_a_recipe_survives_the_way_to_another_process(method, space):
    recipe = small(method, space)
    again = pickle.loads(pickle.dumps(recipe))
    assert again == recipe
    assert hash(again) == hash(recipe)


def test_different_recipes_have_different_keys():
    recipes = [method(world=World(space=space)) for method in TRAINED for space in ALL]
    recipes += [Coalescer(desc_scale=2.0), Coalescer(direction_loss="norm"), Coalescer(world=World(seed=1))]
    recipes += [replace(method(), seed=1) for method in TRAINED]
    assert len({key(recipe) for recipe in recipes}) == len(recipes)
    assert NearestPair(desc_scale=2.0) != NearestPair()
