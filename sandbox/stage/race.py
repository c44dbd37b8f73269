"""Quality against cost: the curves of the shipped comparison, and the samples of one of their marks on the plane."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from sandbox.methods import Method, method_named
from sandbox.stage.ink import Ink, ink
from sandbox.stage.merits import COSTS, MERITS, Merit
from sandbox.stage.plot import SMALL, figure
from sandbox.stage.state import State, controls

DASHES = ("solid", "dash", "dot", "dashdot")  # of a method's own sampler and of its others
YARDSTICKS = {"real": "a second real sample", "pairs": "the training pairs"}  # by the method of their rows
YARDSTICK_DASHES = {"real": "dot", "pairs": "dash"}
RING = "samples shown"
FEW = 3  # powers of two, too few to name an axis by
LARGEST, SMALLEST = 15, 9  # pixels, of marks
GREY = 0.45  # opacity of what is not picked
STANDOFF = 12  # pixels: between the numbers of the upward axis and its title
ROOM, CHART, APART = 190, 265, 22  # pixels: for names beside the plot, its height, between two names
FINE = 1e-3  # space units: below it an axis of distances is linear, above it logarithmic
ABOVE = 24  # pixels: of room above the plot


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
    cost_half: float = 0.0  # of the cost's, where it is a measured time

    @property
    def key(self) -> str:
        """What it is known by, whatever merit and cost are drawn."""
        return f"{self.method.name}/{self.sampler}/{self.steps}"

    @property
    def words(self) -> str:
        """What is said of it."""
        calls = f"{self.nfe:.3g}"
        return f"{self.name}, {calls} network call{'s' * (calls != '1')}: {self.merit:.3g}"


@dataclass(frozen=True)
class Line:
    """The marks of one method by one sampler, from cheap to dear."""

    name: str
    dash: str
    marks: tuple[Mark, ...]


def lines(means: pd.DataFrame, seconds: pd.DataFrame, state: State) -> list[Line]:
    """What a state shows of the table of means over seeds, and of the table of what training took."""
    here, found = means[(means.space == state.space) & (means.concept == state.concept)], []
    rows: dict[tuple[str, str], list[dict[Any, Any]]] = {}  # to ask the table for each takes long
    for row in here.sort_values("nfe", kind="stable").to_dict("records"):
        rows.setdefault((row["method"], row["sampler"]), []).append(row)
    took = seconds.groupby("method").train_seconds.mean().to_dict()
    for name in state.methods or controls()["methods"].choices:
        method = method_named(name)
        own = [sampler.name for sampler in method.samplers]
        for k, sampler in enumerate(own if state.others else own[:1]):
            label, tried = f"{method.label}, {sampler}" if k else method.label, rows.get((name, sampler), [])
            marks = [_mark(row, label, method, took.get(name, math.nan), state) for row in tried]
            drawn = tuple(mark for mark in marks if math.isfinite(mark.merit) and math.isfinite(mark.cost))
            found.append(Line(label, DASHES[k % len(DASHES)], drawn))
    return [line for line in found if line.marks]


def _mark(row: dict[Any, Any], name: str, method: type[Method], took: float, state: State) -> Mark:
    costs = {"nfe": row["nfe"], "seconds_per_1000": 1000 * row["seconds_per_1000"], "train_seconds": took}
    half = float(np.nan_to_num(row[f"{state.figure}_half"]))  # of a single seed there is none
    steps = int(row["steps"])
    spread = 1000 * float(np.nan_to_num(row["seconds_per_1000_half"])) if state.cost == "seconds_per_1000" else 0.0
    return Mark(name, method, row["sampler"], steps, row["nfe"], costs[state.cost], row[state.figure], half, spread)


def yardsticks(means: pd.DataFrame, state: State) -> dict[str, float]:
    """What a second real sample and the training pairs score, by the names of their rows."""
    here = means[(means.space == state.space) & (means.concept == state.concept)].set_index("method")[state.figure]
    return {name: float(here[name]) for name in YARDSTICKS if name in here}


def height(value: float, merit: Merit) -> float:
    """Where a figure is drawn: a share as it is, a distance by arsinh, as an unbiased one may be 0 or below."""
    return math.asinh(value / FINE) if merit.distance else value


def chosen(drawn: Sequence[Line], state: State) -> Mark:
    """The mark whose samples are shown: the one that the state names, or the first; ValueError without a line."""
    marks = [mark for line in drawn for mark in line.marks]
    if not marks:
        raise ValueError("There is no mark to choose.")
    return next((mark for mark in marks if mark.key == state.mark), marks[0])


def race(
    drawn: Sequence[Line],
    beside: Mapping[str, float],
    state: State,
    dark: bool = False,
    rest: Sequence[Line] = (),
) -> go.Figure:
    """The lines (at least one) over a logarithmic cost axis, each mark with its interval and its key, and the yardsticks.

    Each line's name is beside the plot, as high as its end.
    `rest` is drawn below in grey. A ring is around the mark whose samples are shown.
    """
    merit, colours = MERITS[state.figure], ink(dark)
    traces = [_trace(line, merit, colours.faint, 7, GREY) for line in rest]
    sizes = [max(LARGEST - 2 * k, SMALLEST) for k in range(len(drawn))]  # a mark on another leaves its rim to be seen
    traces += [_trace(line, merit, line.marks[0].method.colour, size) for line, size in zip(drawn, sizes, strict=True)]
    everything, drawn = [*drawn, *rest], list(drawn)
    costs = [mark.cost for line in everything for mark in line.marks]
    across: dict[str, Any] = {"type": "log", "title": COSTS[state.cost]}
    across["tickvals"] = twos if len(twos := powers_of_two(costs)) > FEW else round_numbers(costs, (1, 2, 3, 5))
    across["range"] = [math.log10(min(costs)) - 0.1, math.log10(max(costs)) + 0.1]  # else room is made for names, too
    merits = [*(mark.merit for line in everything for mark in line.marks), *beside.values()]
    reached = [*merits, *(mark.merit + sign * mark.half for line in drawn for mark in line.marks for sign in (-1, 1))]
    up = _up(merit, merits, reached)
    for name, value in beside.items():
        dotted = {"color": colours.outside, "dash": YARDSTICK_DASHES[name], "width": 3}
        at = {"x": [min(costs), max(costs)], "y": 2 * [height(value, merit)]}
        traces.append(go.Scatter(name=YARDSTICKS[name], **at, mode="lines", line=dotted, hoverinfo="skip"))
    mark, around = (
        chosen(everything, state),
        {"symbol": "circle-open", "size": 24, "color": colours.text, "line": {"width": 3}},
    )
    ring = {"x": [mark.cost], "y": [height(mark.merit, merit)], "mode": "markers", "marker": around}
    traces.append(go.Scatter(name=RING, **ring, hoverinfo="skip", showlegend=False))
    ends = [(height(line.marks[-1].merit, merit), line.name, "■", line.marks[0].method.colour) for line in drawn] + [
        (height(value, merit), YARDSTICKS[name], "┄", colours.outside) for name, value in beside.items()
    ]
    margin = {"l": 4, "r": ROOM, "t": ABOVE, "b": 4}
    notes = _names(ends, up["range"], colours)
    return figure(dark, traces, xaxis=across, yaxis=up, annotations=notes, margin=margin, clickmode="event+select")


def _up(merit: Merit, merits: Sequence[float], reached: Sequence[float]) -> dict[str, Any]:
    """The axis of a figure of merit that has these values, with intervals that reach so far."""
    axis: dict[str, Any] = {"title": {"text": f"{merit.label} ({merit.better})", "standoff": STANDOFF}}
    if not merit.distance:
        return {**axis, "range": [0.0, 1.05 * max(reached)]}
    named = [0.0, *(value for value in round_numbers(merits, (1, 3)) if value >= FINE)]
    named = [-value for value in named if 0 < value <= -min(reached)] + named
    low, high = (height(value, merit) for value in (min(reached), max(reached)))
    axis |= {"tickvals": [height(value, merit) for value in named], "ticktext": [f"{value:g}" for value in named]}
    return {**axis, "range": [min(low, 0.0) - 0.2, high + 0.2]}


def _trace(line: Line, merit: Merit, colour: str, size: int, opacity: float = 1.0) -> go.Scatter:
    """A line with its marks; where it is faint, without intervals."""
    places = [height(mark.merit, merit) for mark in line.marks]
    above, below = (
        [
            abs(height(mark.merit + sign * mark.half, merit) - place)
            for mark, place in zip(line.marks, places, strict=True)
        ]
        for sign in (1, -1)
    )
    halves = {"type": "data", "array": above, "arrayminus": below, "thickness": 1.5, "width": 0}
    aside = {"type": "data", "array": [mark.cost_half for mark in line.marks], "thickness": 1.5, "width": 0}
    return go.Scatter(
        name=line.name,
        x=[mark.cost for mark in line.marks],
        y=places,
        error_y=halves if opacity == 1 else None,
        error_x=aside if opacity == 1 and any(mark.cost_half for mark in line.marks) else None,
        mode="lines+markers",
        opacity=opacity,
        line={"color": colour, "dash": line.dash, "width": 2.5 if opacity == 1 else 1.5},
        marker={"color": colour, "symbol": line.marks[0].method.symbol, "size": size},
        customdata=[[mark.key] for mark in line.marks],
        text=[mark.words for mark in line.marks],
        hovertemplate="%{text}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
        selected={"marker": {"size": size}},
    )


def _names(
    ends: Sequence[tuple[float, str, str, str]], span: tuple[float, float], colours: Ink
) -> list[dict[str, Any]]:
    """The names beside a plot of this span: as high as what they name ends, apart where they would touch.

    None is higher than the plot and half of the room above it.

    ends: height, name, sign and the sign's colour of each.
    """
    low, high = span
    scale = CHART / max(high - low, 1e-9)
    notes, above, top = [], -math.inf, high * scale + ABOVE / 2
    for still, (place, name, sign, colour) in zip(range(len(ends))[::-1], sorted(ends), strict=True):
        above = min(max(place * scale, above + APART), top - still * APART)  # the others have to find room above it
        at = {"xref": "paper", "x": 1, "y": place, "yshift": above - place * scale}
        font = {"color": colours.text, "size": SMALL}
        mark = f"<span style='color:{colour}'>{sign}</span> {name}"
        notes.append({**at, "text": mark, "showarrow": False, "xanchor": "left", "font": font})
    return notes


def powers_of_two(values: Sequence[float]) -> list[float]:
    """Those from the least to the largest value."""
    return [2.0**power for power in range(-10, 20) if 0.99 * min(values) <= 2.0**power <= 1.01 * max(values)]


def round_numbers(values: Sequence[float], digits: Sequence[int]) -> list[float]:
    """Those of one digit, and one of these, around the values."""
    low, high = max(min(values), FINE), max(values)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [digit * 10.0**power for power in powers for digit in digits]
