"""Quality against cost: the curves of the shipped comparison, and the samples of one of their marks on the plane."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sandbox.measure.experiment import Question, answer
from sandbox.methods import Method, method_named, sampler_of
from sandbox.pairs import World
from sandbox.spaces import Points, Space, space_named
from sandbox.stage.ink import faded, ink
from sandbox.stage.merits import COSTS, MERITS
from sandbox.stage.plot import figure, plane, regions, short
from sandbox.stage.state import State, controls

DASHES = ("solid", "dash", "dot", "dashdot")  # of a method's own sampler and of its others
DRAWN = 200  # samples of a mark
FLOOR = "real against real"
RING = "samples shown"
FEW = 3  # powers of two, too few to name an axis by
LEAST = 1e-5  # that a logarithmic axis is drawn for


@dataclass(frozen=True)
class Mark:
    """One entry of the comparison: a method by a sampler in so many steps, and what is drawn of it."""

    name: str  # its line's
    method: type[Method]
    sampler: str
    steps: int
    nfe: float
    cost: float
    merit: float
    half: float  # of the 95 % interval

    @property
    def key(self) -> str:
        """What it is known by, whatever merit and cost are drawn."""
        return f"{self.method.name}/{self.sampler}/{self.steps}"

    @property
    def words(self) -> str:
        """What is said of it."""
        return f"{self.name}, {self.nfe:.3g} NFE: {self.merit:.3g}"

    def question(self, space: Space, concept: str) -> Question:
        """What has to be asked for some of its samples."""
        method = self.method(world=World(space))
        return Question(method, concept, self.steps, 0, DRAWN, sampler_of(method, self.sampler))


@dataclass(frozen=True)
class Line:
    """The marks of one method by one sampler, from cheap to dear."""

    name: str
    dash: str
    marks: tuple[Mark, ...]


def lines(means: pd.DataFrame, seconds: pd.DataFrame, state: State) -> list[Line]:
    """What a state shows of the table of means over seeds, and of the table of what training took."""
    here, found = means[(means.space == state.space) & (means.concept == state.concept)], []
    for name in state.methods or controls()["methods"].choices:
        method, took = method_named(name), seconds[seconds.method == name].train_seconds.mean()
        tried, own = here[here.method == name], [sampler.name for sampler in method.samplers]
        for k, sampler in enumerate(own if state.others else own[:1]):
            label, rows = f"{method.label}, {sampler}" if k else method.label, tried[tried.sampler == sampler]
            marks = [_mark(row, label, method, took, state) for row in rows.sort_values("nfe").to_dict("records")]
            drawn = tuple(mark for mark in marks if np.isfinite([mark.merit, mark.cost]).all())
            found.append(Line(label, DASHES[k % len(DASHES)], drawn))
    return [line for line in found if line.marks]


def _mark(row: dict[Any, Any], name: str, method: type[Method], took: float, state: State) -> Mark:
    costs = {"nfe": row["nfe"], "seconds_per_1000": 1000 * row["seconds_per_1000"], "train_seconds": took}
    half = float(np.nan_to_num(row[f"{state.figure}_half"]))  # of a single seed there is none
    steps = int(row["steps"])
    return Mark(name, method, row["sampler"], steps, row["nfe"], costs[state.cost], row[state.figure], half)


def floor(means: pd.DataFrame, state: State) -> float | None:
    """What a second real sample scores; None for a figure that compares nothing with real samples."""
    here = means[(means.space == state.space) & (means.concept == state.concept)]
    column = f"{state.figure}_floor"
    return float(here[column].mean()) if column in here and len(here) else None


def chosen(drawn: Sequence[Line], state: State) -> Mark:
    """The mark whose samples are shown: the one that the state names, or the first; ValueError without a line."""
    marks = [mark for line in drawn for mark in line.marks]
    if not marks:
        raise ValueError("There is no mark to choose.")
    return next((mark for mark in marks if mark.key == state.mark), marks[0])


def race(drawn: Sequence[Line], least: float | None, state: State, dark: bool = False) -> go.Figure:
    """The lines (at least one) over a logarithmic cost axis, each mark with its interval and its key, and the floor.

    A ring is around the mark whose samples are shown.
    """
    merit, traces = MERITS[state.figure], []
    for line in sorted(drawn, key=lambda line: -line.marks[-1].merit):  # the legend's order is that of their ends
        first = line.marks[0].method
        halves = {"type": "data", "array": [mark.half for mark in line.marks], "thickness": 2, "width": 0}
        look = {"color": first.colour, "symbol": first.symbol, "size": 11}
        traces.append(
            go.Scatter(
                name=line.name,
                x=[mark.cost for mark in line.marks],
                y=[mark.merit for mark in line.marks],
                error_y=halves,
                mode="lines+markers",
                line={"color": first.colour, "dash": line.dash, "width": 2.5},
                marker=look,
                customdata=[[mark.key] for mark in line.marks],
                text=[mark.words for mark in line.marks],
                hovertemplate="%{text}<extra></extra>",
                unselected={"marker": {"opacity": 1}},
            )
        )
    costs = [mark.cost for line in drawn for mark in line.marks]
    across: dict[str, Any] = {"type": "log", "title": COSTS[state.cost]}
    across["tickvals"] = twos if len(twos := powers_of_two(costs)) > FEW else round_numbers(costs, (1, 2, 3, 5))
    up: dict[str, Any] = {"title": f"{merit.label} ({merit.better})"}
    if merit.distance:
        merits = [mark.merit for line in drawn for mark in line.marks]
        up |= {"type": "log", "tickvals": round_numbers(merits if least is None else [*merits, least], (1, 3))}
    else:
        up |= {"rangemode": "tozero"}
    if least is not None:
        ends, dotted = [min(costs), max(costs)], {"color": ink(dark).outside, "dash": "dot", "width": 3}
        traces.append(go.Scatter(name=FLOOR, x=ends, y=[least, least], mode="lines", line=dotted, hoverinfo="skip"))
    mark, around = (
        chosen(drawn, state),
        {"symbol": "circle-open", "size": 24, "color": ink(dark).text, "line": {"width": 3}},
    )
    ring = {"name": RING, "x": [mark.cost], "y": [mark.merit], "mode": "markers", "marker": around, "hoverinfo": "skip"}
    traces.append(go.Scatter(**ring, showlegend=False))
    legend = {"itemwidth": 45}
    return figure(dark, traces, xaxis=across, yaxis=up, showlegend=True, legend=legend, clickmode="event+select")


def powers_of_two(values: Sequence[float]) -> list[float]:
    """Those from the least to the largest value."""
    return [2.0**power for power in range(-10, 20) if 0.99 * min(values) <= 2.0**power <= 1.01 * max(values)]


def round_numbers(values: Sequence[float], digits: Sequence[int]) -> list[float]:
    """Those of one digit, and one of these, around the values."""
    low, high = max(min(values), LEAST), max(values)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [digit * 10.0**power for power in powers for digit in digits]


@lru_cache(maxsize=256)
def samples(question: Question) -> Points:
    """Some samples, (DRAWN, d); WeightsError where the method's weights are not there."""
    return answer(question).samples


def samples_plane(points: Points, space: str, dark: bool = False) -> go.Figure:
    """Samples on the plane with its regions."""
    place, finite = space_named(space), points[np.isfinite(points).all(axis=1)]
    dots = {"x": short(finite[:, 0]), "y": short(finite[:, 1]), "mode": "markers", "hoverinfo": "skip"}
    drawn = go.Scatter(**dots, marker={"size": 4, "color": ink(dark).text})
    edge = {"color": faded(ink(dark).faint, 0.6), "width": 1}
    border = {"type": "rect", "xref": "x domain", "yref": "y domain", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "line": edge}
    return figure(dark, [drawn], shapes=[*regions(place, fill=0.22), border], **plane(place))
