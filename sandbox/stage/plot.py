"""What all figures have in common: one look, on a light or a dark page, and axes that show a plane whole and to scale."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from sandbox.spaces import Points, PolygonRegion, Region, Space
from sandbox.stage.ink import DARK, LIGHT, Ink, faded, region_colour
from sandbox.stage.paths import ring

CLEAR = "rgba(0,0,0,0)"
SMALL = 16  # pixels, of the words at an axis, in a legend and at a mark


def _look(ink: Ink) -> go.layout.Template:
    small = {"font": {"size": SMALL}}
    side = {"fixedrange": True, "zeroline": False, "gridcolor": faded(ink.faint, 0.35), "automargin": True}
    side |= {"tickfont": {"size": SMALL}, "title": small}
    layout = {
        "font": {"family": "Source Sans, sans-serif", "size": 18, "color": ink.text},  # the page's own
        "legend": small,
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "showlegend": False,
        "dragmode": False,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "hoverlabel": small,
        "xaxis": {**side, "showgrid": False},
        "yaxis": side,
    }
    return go.layout.Template(layout=layout)


LOOKS = {False: _look(LIGHT), True: _look(DARK)}


def figure(dark: bool, traces: Sequence[Any] = (), **layout: Any) -> go.Figure:  # noqa: ANN401
    """A figure in the look of a dark or a light page."""
    return go.Figure(list(traces), {"template": LOOKS[dark], **layout})


def plane(space: Space, number: str = "", **across: Any) -> dict[str, Mapping[str, Any]]:  # noqa: ANN401
    """Both axes of a space, of the subplot with this number ("" is the first); `across` is said of the x axis alone."""
    side = {"range": list(space.bounds), "visible": False, "constrain": "domain"}
    return {
        f"xaxis{number}": {**side, "anchor": f"y{number}", **across},
        f"yaxis{number}": {**side, "anchor": f"x{number}", "scaleanchor": f"x{number}"},
    }


def regions(space: Space, fill: float = 0.0, colour: str = "") -> list[dict[str, Any]]:
    """The regions as they are scored, in one colour or in their own, filled with a share of it."""
    shapes = []
    for i, region in enumerate(space.regions):
        own = colour or region_colour(i)
        path = " ".join(ring(border) for border in outline(region))
        line = {"color": own, "width": 2.5}
        shapes.append(
            {"type": "path", "path": path, "line": line, "fillcolor": faded(own, fill), "fillrule": "evenodd"}
        )
    return shapes


def outline(region: Region) -> list[Points]:
    """The closed rings that draw a region, each (m, 2); none where it is no polygon."""
    return region.outline() if isinstance(region, PolygonRegion) else []


def short(values: NDArray[np.float64]) -> list[float]:
    """Numbers for the browser: three decimals are less than a pixel."""
    rounded: list[float] = np.round(values, 3).tolist()
    return rounded
