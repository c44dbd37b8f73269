"""Pure functions from scenes to plotly figures.

A panel's arrows, trajectories and pairs are each one SVG path: thousands of marks cost the browser as much as one. Only
points that answer to the mouse are markers.
"""

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from sandbox.spaces import Space, space_named
from sandbox.stage.ink import DARK, LIGHT, REGION_SYMBOLS, Ink, faded, region_colour
from sandbox.stage.scene import Panel, Scene
from sandbox.stage.svg import arrows, polyline, ring, small_marks

PAIRS = 300  # of a region that are drawn
TRUST = ((0.0, 0.5, 0.35), (0.5, 0.9, 0.6), (0.9, np.inf, 0.95))  # arrows with trust from .. to .. in this opacity


def panels(scene: Scene, dark: bool = False) -> go.Figure:
    """Both methods on the same plane, from the same starting points."""
    ink = DARK if dark else LIGHT
    low, high = scene.space.bounds
    axis = {"range": [low, high], "visible": False, "fixedrange": True}
    figure = go.Figure(
        layout={
            "font": {"size": 18, "color": ink.text},
            "margin": {"l": 4, "r": 4, "t": 40, "b": 4},
            "showlegend": False,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hoverlabel": {"font": {"size": 16}},
            "xaxis": {**axis, "domain": [0, 0.495], "anchor": "y", "constrain": "domain"},
            "xaxis2": {**axis, "domain": [0.505, 1], "anchor": "y2", "constrain": "domain"},
            "yaxis": {**axis, "scaleanchor": "x", "constrain": "domain"},
            "yaxis2": {**axis, "scaleanchor": "x2", "constrain": "domain", "anchor": "x2"},
        }
    )
    shapes, annotations = [], []
    for panel, suffix in zip(scene.panels, ("", "2"), strict=True):
        marks = _ground(scene) + _arrows(panel, scene.space, ink) + _ways(panel, scene, ink)
        shapes += [{**mark, "xref": f"x{suffix}", "yref": f"y{suffix}"} for mark in marks]
        annotations += [{**note, "xref": f"x{suffix}", "yref": f"y{suffix}"} for note in _names(scene.space, ink)]
        annotations.append(
            {
                "text": title(panel),
                "xref": f"x{suffix} domain",
                "yref": f"y{suffix} domain",
                "x": 0.5,
                "y": 1,
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": 21, "color": ink.text},
            }
        )
        for trace in _points(panel, scene, ink):
            figure.add_trace({**trace, "xaxis": f"x{suffix}", "yaxis": f"y{suffix}"})
    figure.update_layout(shapes=shapes, annotations=annotations)
    return figure


def title(panel: Panel) -> str:
    """The panel's heading: method, steps, evaluations counted."""
    steps = panel.request.steps[-1]
    return f"<b>{panel.request.method.label}</b> · {steps} step{'s' if steps > 1 else ''}"


def _ground(scene: Scene) -> list[dict[str, object]]:
    """The regions and a part of the pairs, in the region's colour and shape."""
    marks: list[dict[str, object]] = []
    for i, region in enumerate(scene.space.regions):
        colour = region_colour(i)
        outline = " ".join(ring(border) for border in region.outline())
        marks.append(
            {
                "type": "path",
                "path": outline,
                "fillrule": "evenodd",
                "fillcolor": faded(colour, 0.2),
                "line": {"color": colour, "width": 2.5},
                "layer": "below",
            }
        )
        here = scene.pairs.image[scene.pairs.region == i][:PAIRS]
        path = small_marks(
            here, REGION_SYMBOLS[i % len(REGION_SYMBOLS)], size=0.0047 * (scene.space.bounds[1] - scene.space.bounds[0])
        )
        marks.append(
            {
                "type": "path",
                "path": path,
                "fillcolor": faded(colour, 0.55),
                "line": {"width": 0},
                "fillrule": "nonzero",
                "layer": "below",
            }
        )
    return marks


def outlines(space: str, colour: str = "") -> list[dict[str, object]]:
    """The regions' borders alone, in one colour or in their own."""
    return [
        {
            "type": "path",
            "path": " ".join(ring(border) for border in region.outline()),
            "line": {"color": colour or region_colour(i), "width": 3},
        }
        for i, region in enumerate(space_named(space).regions)
    ]


def _names(space: Space, ink: Ink) -> list[dict[str, object]]:
    """Each region's name, above it."""
    return [
        {
            "text": f"<b>{region.name}</b>",
            "x": (region.shape.bounds[0] + region.shape.bounds[2]) / 2,
            "y": region.shape.bounds[3],
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 20, "color": ink.text},
            "bgcolor": faded(ink.ground, 0.7),
        }
        for region in space.regions
    ]


def _arrows(panel: Panel, space: Space, ink: Ink) -> list[dict[str, object]]:
    """The field: each arrow as long and as dark as its direction can be trusted, never past its target."""
    cell = (space.bounds[1] - space.bounds[0]) / np.sqrt(len(panel.grid))
    distance = np.linalg.norm(panel.way, axis=1)
    length = np.minimum(0.9 * cell * np.clip(panel.trust, 0.12, 1.0), distance)
    ahead = panel.way / np.maximum(distance, 1e-9)[:, None]
    marks: list[dict[str, object]] = []
    for low, high, opacity in TRUST:
        here = (panel.trust >= low) & (panel.trust < high) & np.isfinite(length)
        path = arrows(panel.grid[here], ahead[here], length[here], head=0.35 * cell)
        colour = faded(ink.arrow, opacity)
        marks.append({"type": "path", "path": path, "line": {"color": colour, "width": 1.3}, "fillcolor": colour})
    return [{**mark, "layer": "below"} for mark in marks if mark["path"]]


def legs(states: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """A few steps one by one, so that each can be told from the next, or many as one way: pieces of (steps + 1, n, 2)."""
    return [states[k : k + 2] for k in range(len(states) - 1)] if len(states) <= 5 else [states]


def _ways(panel: Panel, scene: Scene, ink: Ink) -> list[dict[str, object]]:
    """The ways that the points went, thin and then bold."""
    marks: list[dict[str, object]] = []
    for k, leg in enumerate(legs(panel.states[:, : scene.state.points])):
        line = {"color": faded(ink.text, 0.75 if k == 0 else 1.0), "width": 1.6 if k == 0 else 3.0}
        path = " ".join(polyline(leg[:, i]) for i in range(leg.shape[1]) if np.isfinite(leg[:, i]).all())
        marks.append({"type": "path", "path": path, "line": line, "fillcolor": "rgba(0,0,0,0)"})
    return [{**mark, "layer": "below"} for mark in marks if mark["path"]]


def _points(panel: Panel, scene: Scene, ink: Ink) -> list[dict[str, object]]:
    """Where the points started and where they landed; these answer to the mouse."""
    start, landing = panel.states[0, : scene.state.points], panel.states[-1, : scene.state.points]
    finite = np.isfinite(landing).all(axis=1)
    start, landing = start[finite], landing[finite]
    apart = np.stack([region.signed_distance(landing) for region in scene.space.regions])  # (regions, n)
    meant = [region in scene.space.meant_by(scene.state.concept) for region in scene.space.regions]
    miss = np.maximum(apart[meant].min(axis=0), 0)
    nearest = apart.argmin(axis=0)
    inside = miss == 0
    traces: list[dict[str, object]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": _short(start[:, 0]),
            "y": _short(start[:, 1]),
            "marker": {"symbol": "circle-open", "size": 7, "color": ink.faint, "line": {"width": 1.5}},
            "name": "R",
            "hovertemplate": "R, a random starting point<br>(%{x:.2f}, %{y:.2f})<extra></extra>",
        }
    ]
    for i, region in enumerate(scene.space.regions):
        here = inside & (nearest == i)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": _short(landing[here, 0]),
                "y": _short(landing[here, 1]),
                "marker": {
                    "symbol": REGION_SYMBOLS[i % len(REGION_SYMBOLS)],
                    "size": 13,
                    "color": region_colour(i),
                    "line": {"width": 1.5, "color": ink.ground},
                },
                "name": f"landed in {region.name}",
                "hovertemplate": f"landed inside {region.name}<br>(%{{x:.2f}}, %{{y:.2f}})<extra></extra>",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": _short(landing[~inside, 0]),
            "y": _short(landing[~inside, 1]),
            "customdata": _short(miss[~inside]),
            "marker": {"symbol": "x", "size": 11, "color": ink.outside, "line": {"width": 1, "color": ink.ground}},
            "name": "missed",
            "hovertemplate": f"not in a region that “{scene.state.concept}” may mean,<br>%{{customdata:.2f}} units away"
            "<extra></extra>",
        }
    )
    return traces


def _short(values: NDArray[np.float64]) -> list[float]:
    """Numbers for the browser: three decimals are less than a pixel."""
    rounded: list[float] = np.round(values, 3).tolist()
    return rounded
