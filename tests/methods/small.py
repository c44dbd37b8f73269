"""Recipes that are ready at once, and questions to put to them."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch

from sandbox.methods import METHODS, DistilledDiffusion, Exact, Trained
from sandbox.pairs import BalanceWeights, World

ROWS = 150  # of a question: more than any method answers in one part
TRAINED = [method for method in METHODS if issubclass(method, Trained)]
BEGINNERS = [method for method in TRAINED if method is not DistilledDiffusion]  # it sets out from its teacher's weights
EXACT = [method for method in METHODS if issubclass(method, Exact)]


def small(method, space="crescent-and-islands", **changes):
    """A recipe of few pairs, and of few and quick training steps."""
    recipe = method(world=World(space=space, pairs=200))
    if issubclass(method, Trained):
        recipe = replace(recipe, training_steps=20, batch=32, width=16, depth=2)
    return replace(recipe, **changes)


def needed(recipe):
    """What a recipe needs, as it is before it is made."""
    return tuple(need.blank().eval().requires_grad_(False) for need in recipe.needs())


def built(recipe):
    """The denoiser of a recipe, made without any store."""
    if isinstance(recipe, Exact):
        return recipe.denoiser(*needed(recipe))
    (*_, last) = recipe.train(*needed(recipe))
    return recipe.denoiser(last.network.eval())


ready = lru_cache(built)


def queries(n=ROWS, seed=0, space=None):
    """Points near and far, noise levels from 0 to 1 with both ends, descriptions of which a third are none."""
    space, rng = space or World().space, np.random.default_rng(seed)
    x = rng.uniform(*space.bounds, (n, space.dimensions))
    x[:2] = 0.0
    x[1, :2] = [100, -100]
    t = rng.uniform(0, 1, (n, 1))
    t[::5], t[1::5] = 0.0, 1.0
    places = np.array([concept.embedding for concept in space.concepts])
    description = places[rng.integers(len(places), size=n)] + 0.05 * rng.standard_normal((n, places.shape[1]))
    description[::3] = np.nan
    return tuple(torch.tensor(a, dtype=torch.float32) for a in (x, t, description))


def uneven(pairs, seed=0):
    """Weights that send most questions to other pairs than the nearest."""
    weights, generator = BalanceWeights(pairs), torch.Generator().manual_seed(seed)
    weights.weights.copy_(30 * torch.randn(pairs, generator=generator))
    weights.none_weights.copy_(torch.randn(pairs, generator=generator))
    return weights
