"""What one view shows, as arrays: fields and trajectories, apart from how they are drawn.

A panel depends on its own view alone, so moving one control computes again only the panel that it concerns.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sandbox.engine.denoiser import Guided
from sandbox.engine.recipe import options
from sandbox.measure.experiment import answer
from sandbox.measure.maps import grid
from sandbox.methods import Method
from sandbox.methods.shipped import recipes
from sandbox.pairs import Pairs, make_pairs
from sandbox.spaces import Points, Space
from sandbox.stage.controls import POINTS
from sandbox.stage.state import State, View
from sandbox.weights import store

ARROWS = 24  # on a side


@dataclass(frozen=True, eq=False)
class Panel:
    """One method on the plane."""

    view: View
    places: Points  # (ARROWS^2, 2), where the arrows stand
    displacement: Points  # (ARROWS^2, 2), x0_hat - x there
    trust: NDArray[np.float64]  # (ARROWS^2,)
    states: NDArray[np.float64]  # (steps + 1, POINTS, 2), drawn trajectories


@dataclass(frozen=True, eq=False)
class Scene:
    """The panels on their common ground."""

    state: State
    space: Space
    pairs: Pairs
    panels: tuple[Panel, ...]  # from left to right


def make_scene(state: State) -> Scene:
    """Compute a view; WeightsError where something has not been made or is damaged."""
    views, world = state.views(), state.world
    return Scene(state, world.space, make_pairs(world), tuple(make_panel(view) for view in views))


@lru_cache(maxsize=256)
def make_panel(view: View) -> Panel:
    """Compute one panel; WeightsError where something has not been made or is damaged."""
    question, space = view.drawn, view.drawn.world.space
    _, places = grid(space, ARROWS)
    denoiser = store.denoiser(question.method)
    guided = Guided(denoiser, question.guidance)
    x, t = torch.tensor(places, dtype=torch.float32), torch.full((len(places), 1), view.t)
    description = torch.tensor(space.embedding(question.concept), dtype=torch.float32).expand(len(places), -1)
    displacement = (guided(x, t, description).x0_hat - x).double().numpy()
    trust = guided.trust(x, t, description).double().numpy()
    states = answer(question).trajectory.states[:, :POINTS].double().numpy()
    return Panel(view, places, displacement, trust, states)


def shipped_values(state: State, name: str) -> list[Any]:
    """The values of an option that weights are shipped for in a state's space, all else as the state asks it."""
    space, found = state.world.space, set()
    here = [asked for recipe, asked in _shipped() if recipe.world.space == space and name in asked]
    for asked in here:
        if all(value == state.value(other) for other, value in asked.items() if other != name):
            found.add(asked[name])
    return sorted(found)


@lru_cache(maxsize=1)
def _shipped() -> list[tuple[Method, dict[str, Any]]]:
    """Every shipped method with the values of its options."""
    methods = [recipe for recipe in recipes() if isinstance(recipe, Method)]
    return [(method, {name: getattr(method, name) for name in options(method)}) for method in methods]
