"""What one view shows, as arrays: fields, trajectories and figures of merit, apart from how they are drawn.

A panel depends on its own request alone, so moving one control computes again only the panel that it concerns.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from sandbox.engine.denoiser import Guided
from sandbox.engine.sampling import Jump, Sampler
from sandbox.methods import Exact, Method
from sandbox.pairs import Pairs, make_pairs
from sandbox.results.compare import Row, Sampling, measure, timed
from sandbox.spaces import NONE, Points, Space, space_named
from sandbox.stage.state import POINTS, State
from sandbox.weights import store
from sandbox.weights.shipped import desc_scales

SAMPLES = 2000  # that the figures of merit are made from; the first of them are drawn
EXACT_SAMPLES = 500  # for an exact method, which weighs every pair for every sample
GRID = 24  # arrows on a side
JUDGED = 4  # jumps that are judged each, beside the last


@dataclass(frozen=True)
class Request:
    """All that a panel depends on."""

    method: Method
    sampler: Sampler
    guidance: float
    concept: str
    steps: tuple[int, ...]  # the numbers of steps to judge; the last one is drawn
    seed: int
    t: float  # noise level of the arrows


@dataclass(frozen=True, eq=False)
class Panel:
    """One method on the plane."""

    request: Request
    grid: Points  # (GRID^2, 2), where the arrows stand
    way: Points  # (GRID^2, 2), x0_hat - x there
    trust: NDArray[np.float64]  # (GRID^2,)
    states: NDArray[np.float64]  # (steps + 1, POINTS, 2), drawn trajectories
    rows: tuple[Row, ...]  # one for each number of steps
    samples: int  # that the rows are made from


@dataclass(frozen=True, eq=False)
class Scene:
    """Both panels on their common ground."""

    state: State
    space: Space
    pairs: Pairs
    left: Panel
    right: Panel

    @property
    def panels(self) -> tuple[Panel, Panel]:
        """From left to right."""
        return self.left, self.right


def requests(state: State) -> tuple[Request, Request]:
    """What the two panels of a state need."""
    return _request(state, state.left, state.steps), _request(state, state.right, state.right_steps)


def _request(state: State, name: str, steps: int) -> Request:
    method = state.method(name)
    sampler = state.sampler_of(method)
    # Every jump ends at an image, so the first few are judged too; other ways are half noise until their last step.
    judged = (*range(1, min(steps, JUDGED + 1)), steps) if isinstance(sampler, Jump) else (steps,)
    guidance = state.guidance if method.guided else 1.0
    return Request(method, sampler, guidance, state.concept, judged, state.seed, state.t if method.by_level else 1.0)


def missing(state: State) -> list[Method]:
    """The methods of a state that must be trained before it can be shown."""
    return [request.method for request in requests(state) if not store.is_ready(request.method)]


def make_scene(state: State) -> Scene:
    """Compute a view; WeightsError where a method has not been trained."""
    left, right = (make_panel(request) for request in requests(state))
    return Scene(state, space_named(state.space), make_pairs(state.world()), left, right)


@lru_cache(maxsize=256)
def make_panel(request: Request) -> Panel:
    """Compute one panel; WeightsError where its method has not been trained."""
    method, denoiser = request.method, store.denoiser(request.method)
    samples = EXACT_SAMPLES if isinstance(method, Exact) else SAMPLES
    rows = []
    for steps in request.steps:
        sampling = Sampling(request.sampler, request.guidance)
        trajectory, seconds = timed(denoiser, method, sampling, request.concept, steps, samples, request.seed)
        rows.append(measure(trajectory, seconds, method, request.concept, request.seed))
    space = space_named(method.world.space)
    side = _between(*space.bounds, GRID)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    x, t = torch.tensor(grid, dtype=torch.float32), torch.full((len(grid), 1), request.t)
    description = torch.tensor(embedding(space, request.concept), dtype=torch.float32).expand(len(grid), 2)
    asked = Guided(denoiser, request.guidance)
    way = asked(x, t, description).x0_hat - x
    trust = asked.trust(x, t, description)
    states = trajectory.states[:, :POINTS].double().numpy()
    return Panel(request, grid, way.double().numpy(), trust.double().numpy(), states, tuple(rows), samples)


@lru_cache(maxsize=128)
def plateau(method: Method, sampler: Sampler, concept: str, steps: int, seed: int) -> float:
    """In-region share of one recipe: a point of the curve over desc_scale."""
    trajectory, seconds = timed(store.denoiser(method), method, Sampling(sampler), concept, steps, SAMPLES, seed)
    return measure(trajectory, seconds, method, concept, seed).in_region


def over_desc_scale(state: State) -> tuple[list[float], list[float]]:
    """In-region shares over the shipped values of desc_scale that can be answered at once."""
    scales: list[float] = []
    shares: list[float] = []
    if "desc_scale" not in state.method(state.left).options():
        return scales, shares
    for scale in desc_scales(state.space, state.direction_loss):
        method = replace(state, desc_scale=scale).method(state.left)
        try:
            share = plateau(method, state.sampler_of(method), state.concept, state.steps, state.seed)
        except store.WeightsError:
            continue  # untrained or damaged: a gap in the curve, explained where that value is asked for
        scales.append(scale)
        shares.append(share)
    return scales, shares


def embedding(space: Space, concept: str) -> tuple[float, float]:
    """The concept's place in the description space, without noise; NaN for "none"."""
    if concept == NONE:
        return (np.nan, np.nan)
    return next(known.embedding for known in space.concepts if known.name == concept)


def _between(low: float, high: float, n: int) -> NDArray[np.float64]:
    """The middles of n equal cells."""
    return low + (high - low) * (np.arange(n) + 0.5) / n
