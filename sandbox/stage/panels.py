"""The panels as one plotly figure.

A panel's arrows, trajectories and pairs are each one SVG path: thousands of marks cost the browser as much as one. Only
points that answer to the mouse are markers.
"""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from sandbox.spaces import PolygonRegion, Space
from sandbox.stage.ink import Ink, faded, ink, region_colour, region_symbol
from sandbox.stage.paths import arrows, polyline, small_marks
from sandbox.stage.plot import CLEAR, figure, outline, plane, regions, short
from sandbox.stage.scene import Panel, Scene

PAIRS = 300  # of a region that are drawn
TRUST = ((0.0, 0.5, 0.35), (0.5, 0.9, 0.6), (0.9, np.inf, 0.95))  # arrows with trust from .. to .. in this opacity
GAP = 0.01  # between two panels, of the width

Mark = dict[str, Any]  # a shape, an annotation, a trace or an axis, as plotly takes it


def panels(scene: Scene, dark: bool = False) -> go.Figure:
    """Every method on the same plane, from the same starting points."""
    colours = ink(dark)
    axes: Mark = {}
    shapes: list[Mark] = []
    notes: list[Mark] = []
    traces: list[Mark] = []
    each = (1 + GAP) / len(scene.panels)  # of the width, with a gap
    for i, panel in enumerate(scene.panels):
        number, width = str(i + 1) if i else "", [i * each, (i + 1) * each - GAP]
        axes |= plane(scene.space, number, domain=width)
        drawn = _ground(scene) + _arrows(panel, scene.space, colours) + _trajectories(panel, scene, colours)
        on = {"xref": f"x{number}", "yref": f"y{number}"}
        shapes += [{**shape, **on, "layer": "below"} for shape in drawn]
        notes += [{**note, **on} for note in _names(scene.space, colours)]
        notes.append(_title(panel, number))
        traces += [{**trace, "xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in _points(panel, scene, colours)]
    margin = {"l": 4, "r": 4, "t": 40, "b": 4}
    return figure(dark, traces, shapes=shapes, annotations=notes, margin=margin, **axes)


def _title(panel: Panel, number: str) -> Mark:
    """The panel's heading: method and steps."""
    question = panel.view.drawn
    return {
        "text": f"<b>{question.method.label}</b> · {counted(question.steps, 'step')}",
        "xref": f"x{number} domain",
        "yref": f"y{number} domain",
        "x": 0.5,
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 21},
    }


def counted(n: int, what: str) -> str:
    """So many things, in words: "1 step", "2 steps"."""
    return f"{n} {what}{'' if n == 1 else 's'}"


def _ground(scene: Scene) -> list[Mark]:
    """The regions and a part of the pairs, in the region's colour and shape."""
    marks, size = regions(scene.space, fill=0.2), 0.0047 * (scene.space.bounds[1] - scene.space.bounds[0])
    for i in range(len(scene.space.regions)):
        here = scene.pairs.image[scene.pairs.region == i][:PAIRS]
        path = small_marks(here, region_symbol(i), size)
        marks.append({"type": "path", "path": path, "fillcolor": faded(region_colour(i), 0.55), "line": {"width": 0}})
    return [mark for mark in marks if mark["path"]]


def _names(space: Space, colours: Ink) -> list[Mark]:
    """Each region's name, above it; where regions are learned, in it and small, as they are many and reach the border."""
    if not space.drawn:
        return [
            {
                "text": f"<b>{region.name}</b>",
                **dict(zip("xy", region.shape.representative_point().coords[0], strict=True)),
                "showarrow": False,
                "font": {"size": 14, "color": region_colour(i)},
                "bgcolor": faded(colours.ground, 0.7),
            }
            for i, region in enumerate(space.regions)
            if isinstance(region, PolygonRegion)
        ]
    named = [(region.name, np.concatenate(outline(region))) for region in space.regions if outline(region)]
    return [
        {
            "text": f"<b>{name}</b>",
            "x": float(border[:, 0].min() + border[:, 0].max()) / 2,
            "y": float(border[:, 1].max()),
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 20},
            "bgcolor": faded(colours.ground, 0.7),
        }
        for name, border in named
    ]


def _arrows(panel: Panel, space: Space, colours: Ink) -> list[Mark]:
    """The field: each arrow as long and as strong as its direction can be trusted, never past its target."""
    cell = (space.bounds[1] - space.bounds[0]) / np.sqrt(len(panel.places))
    distance = np.linalg.norm(panel.displacement, axis=1)
    length = np.minimum(0.9 * cell * np.clip(panel.trust, 0.12, 1.0), distance)
    ahead = panel.displacement / np.maximum(distance, 1e-9)[:, None]
    marks: list[Mark] = []
    for low, high, opacity in TRUST:
        here = (panel.trust >= low) & (panel.trust < high) & np.isfinite(length)
        path = arrows(panel.places[here], ahead[here], length[here], head=0.35 * cell)
        colour = faded(colours.arrow, opacity)
        marks.append({"type": "path", "path": path, "line": {"color": colour, "width": 1.3}, "fillcolor": colour})
    return [mark for mark in marks if mark["path"]]


def legs(states: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """A few steps one by one, so that each can be told from the next, or many as one: pieces of (steps + 1, n, 2)."""
    return [states[k : k + 2] for k in range(len(states) - 1)] if len(states) <= 5 else [states]


def _trajectories(panel: Panel, scene: Scene, colours: Ink) -> list[Mark]:
    """The paths of the points, the first step thin and later ones bold."""
    marks: list[Mark] = []
    for k, leg in enumerate(legs(panel.states[:, : scene.state.points])):
        line = {"color": faded(colours.text, 0.75 if k == 0 else 1.0), "width": 1.6 if k == 0 else 3.0}
        path = " ".join(polyline(leg[:, i]) for i in range(leg.shape[1]) if np.isfinite(leg[:, i]).all())
        marks.append({"type": "path", "path": path, "line": line, "fillcolor": CLEAR})
    return [mark for mark in marks if mark["path"]]


def _points(panel: Panel, scene: Scene, colours: Ink) -> list[Mark]:
    """Where the points started and where their samples are; these answer to the mouse."""
    start, samples = panel.states[0, : scene.state.points], panel.states[-1, : scene.state.points]
    finite = np.isfinite(samples).all(axis=1)
    start, samples = start[finite], samples[finite]
    apart = scene.space.distances(samples)  # (regions, n)
    meant = [region in scene.space.meant_by(scene.state.concept) for region in scene.space.regions]
    miss = np.maximum(apart[meant].min(axis=0), 0)
    nearest = apart.argmin(axis=0)
    circle = {"symbol": "circle-open", "size": 7, "color": colours.faint, "line": {"width": 1.5}}
    traces = [_markers(start, circle, "R", "R, a random starting point<br>(%{x:.2f}, %{y:.2f})")]
    for i, region in enumerate(scene.space.regions):
        edge = {"width": 1.5, "color": colours.ground}
        look = {"symbol": region_symbol(i), "size": 13, "color": region_colour(i), "line": edge}
        words = f"landed inside {region.name}<br>(%{{x:.2f}}, %{{y:.2f}})"
        traces.append(_markers(samples[(miss == 0) & (nearest == i)], look, f"landed in {region.name}", words))
    cross = {"symbol": "x", "size": 11, "color": colours.outside, "line": {"width": 1, "color": colours.ground}}
    words = f"not in a region that “{scene.state.concept}” may mean,<br>%{{customdata:.2f}} units away"
    traces.append({**_markers(samples[miss > 0], cross, "missed", words), "customdata": short(miss[miss > 0])})
    return traces


def _markers(points: NDArray[np.float64], look: Mark, name: str, words: str) -> Mark:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": short(points[:, 0]),
        "y": short(points[:, 1]),
        "marker": look,
        "name": name,
        "hovertemplate": f"{words}<extra></extra>",
    }
