"""What the state that a page opens with is answered: its first picture waits for no network to be loaded and evaluated.

The answers are those that the stage's own model gives to the same questions (`web/model.js`).
"""

from dataclasses import asdict
from typing import Any

import numpy as np
from torch import Tensor

from sandbox.engine import Trajectory
from sandbox.measure.experiment import Question, answer, descriptions, noise, starting_points
from sandbox.stage.scene import Panel, make_panel
from sandbox.stage.state import State, View
from sandbox.weights import store
from sandbox.weights.files import WeightsError

PICTURES = 8  # points that a stage needs at least: a panel decodes so many
DECIMALS = 5  # space units: a hundredth of a pixel


def opening(state: State) -> dict[str, Any]:
    """A state and what its panels show: {query, panels: [{field, paths, merits}]}; empty where something must be made first."""
    try:
        panels = [_answers(view, max(state.points, PICTURES)) for view in state.views()]
    except WeightsError:
        return {}
    return {"query": state.write(), "panels": panels}


def _answers(view: View, count: int) -> dict[str, Any]:
    """What of it is finite, which is all that JSON can say; the stage asks for the rest."""
    panel, paths, told = make_panel(view), _first_paths(view.drawn, count), answer(view.drawn)
    found = {
        "field": _arrays(panel, "places", "displacement", "trust"),
        "paths": _arrays(paths, "states", "times", "evaluations") | {"nfe": paths.nfe},
        "merits": asdict(told.quality)
        | asdict(told.likeness)
        | {"nfe": told.trajectory.nfe, "count": view.drawn.count},
    }
    return {kind: said for kind, said in found.items() if all(np.isfinite(value).all() for value in said.values())}


def _first_paths(question: Question, count: int) -> Trajectory:
    """The paths of a question's first points, by the noise that they have among all of them."""
    world, seed, n = question.world, question.seed, question.count
    start, draw = starting_points(world, n, seed), noise(world, seed)
    description = descriptions(world, question.concept, n, seed)

    def first(_count: int) -> Tensor:
        return draw(n)[:count]

    return question.sampler.sample(
        store.denoiser(question.method), start[:count], description[:count], question.steps, first, question.guidance
    )


def _arrays(of: Panel | Trajectory, *names: str) -> dict[str, Any]:
    return {name: np.asarray(getattr(of, name), np.float64).round(DECIMALS).ravel().tolist() for name in names}
