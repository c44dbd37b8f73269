"""Maps over the plane: how far targets agree, where one jump leads, and how far two jumps are apart."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from sandbox.measure.ambiguity import Target
from sandbox.measure.maps import Cells, grid
from sandbox.spaces import Space
from sandbox.stage.ink import DARK, region_colour, rgb
from sandbox.stage.plot import SMALL, figure, plane, regions

PICKS = 24  # places on a side that can be clicked
MISSED = 0.02  # space units outside a region that count as having missed it
GREY = 128
TOP = {
    "yaxis": {"constraintoward": "top"},
    "margin": {"b": 40},
}  # maps beside each other are level, with a bar or without
GOLDEN = 0.618034  # multiples of it, less their whole part, are far from their neighbours


def agreement_map(
    axis: NDArray[np.float64],
    lengths: NDArray[np.float64],
    space: Space,
    place: tuple[float, float],
    targets: Sequence[Target],
) -> go.Figure:
    """Resultant lengths (side^2,) over an axis (side,), always from 0 to 1, and from one place its likeliest targets."""
    _, places = grid(space, PICKS)
    unseen = {"marker": {"opacity": 0.005}}  # a click on an empty plane would say nothing
    traces = [
        _heat(axis, lengths, zmax=1, hoverinfo="skip", showscale=False),
        go.Scatter(
            x=places[:, 0],
            y=places[:, 1],
            mode="markers",
            marker={"size": 16, "color": "#000", "opacity": 0.005},
            hovertemplate="(%{x:.2f}, %{y:.2f}): click for its targets<extra></extra>",
            unselected=unseen,
            selected=unseen,
        ),
    ]
    strongest = max((target.probability for target in targets), default=1.0)
    for target in targets:
        traces.append(
            go.Scatter(
                x=[place[0], target.image[0]],
                y=[place[1], target.image[1]],
                mode="lines+markers",
                line={"color": "#ffffff", "width": 3},
                marker={"size": [0, 10], "color": "#ffffff", "line": {"width": 1.5, "color": "#000"}},
                opacity=0.25 + 0.75 * target.probability / strongest,
                hovertemplate=f"{target.probability:.1%} to {target.region}<extra></extra>",
            )
        )
    cross = {"symbol": "x", "size": 15, "color": DARK.outside, "line": {"width": 1.5, "color": "#000"}}
    words = "the place asked about<extra></extra>"
    traces.append(go.Scatter(x=[place[0]], y=[place[1]], mode="markers", marker=cross, hovertemplate=words))
    return figure(False, traces, shapes=regions(space), clickmode="event+select", **plane(space))


def cell_map(found: Cells, space: Space) -> go.Figure:
    """Places in the colour of the region that is reached, each pair's cell in a shade of its own; grey where none is."""
    side, colours = len(found.axis), np.array([rgb(region_colour(i)) for i in range(len(space.regions))])
    samples, cell = np.unique(found.samples.round(3), axis=0, return_inverse=True)
    few = len(samples) < len(found.samples) / 2  # pairs have cells; a network lands everywhere
    light = 0.25 + 0.45 * (cell.ravel() * GOLDEN % 1 if few else np.full(len(cell), 0.5))
    shade = colours[found.region] * (1 - light[:, None]) + 255 * light[:, None]
    shade[found.outside > MISSED] = GREY
    start, step = float(found.axis[0]), float(found.axis[1] - found.axis[0])
    image = go.Image(
        z=shade.reshape(side, side, 3).astype(np.uint8),
        x0=start,
        y0=start,
        dx=step,
        dy=step,
        hovertemplate="from (%{x:.2f}, %{y:.2f})<extra></extra>",
    )
    return figure(False, [image], shapes=regions(space, colour="#000000"), **plane(space)).update_layout(TOP)


def distance_map(one: Cells, other: Cells, space: Space, dark: bool = False) -> go.Figure:
    """How far the samples of two methods are apart, place by place, space units."""
    apart = np.linalg.norm(one.samples - other.samples, axis=1)
    words = "%{z:.2f} space units apart<extra></extra>"
    bar = {"orientation": "h", "thickness": 10, "y": 0, "yanchor": "top", "tickfont": {"size": SMALL}}
    heat = _heat(one.axis, apart, hovertemplate=words, colorbar=bar)
    return figure(dark, [heat], shapes=regions(space, colour="#ffffff"), **plane(space)).update_layout(TOP)


def _heat(axis: NDArray[np.float64], values: NDArray[np.float64], **more: object) -> go.Heatmap:
    """Values (side^2,) row by row, from 0 upwards."""
    z = values.reshape(len(axis), -1).round(3)
    return go.Heatmap(x=axis, y=axis, z=z, zmin=0, colorscale="Cividis", **more)
