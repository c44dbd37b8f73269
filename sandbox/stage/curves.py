"""The measured curves over desc_scale."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from sandbox.stage.ink import REGION_COLOURS, faded, ink
from sandbox.stage.plot import figure

SHARES = {  # by their columns: what they are called, and the marks and lines they are drawn with
    "in_region": ("in-region", "circle", "solid"),
    "condition_agreement": ("right animal", "square", "dash"),
    "recall": ("recall", "triangle-up", "dot"),
}
PLATEAU = "#009E73"


def sweep_curves(rows: pd.DataFrame, band: tuple[float, float], current: float, dark: bool = False) -> go.Figure:
    """Three shares with their intervals over desc_scale, the plateau shaded, the current value dotted.

    rows: one for each desc_scale, in order, with the columns of SHARES and `*_half`.
    """
    traces = []
    for (name, (label, symbol, dash)), colour in zip(SHARES.items(), REGION_COLOURS, strict=False):
        traces.append(
            go.Scatter(
                name=label,
                x=rows.desc_scale.to_list(),
                y=rows[name].to_list(),
                error_y={"type": "data", "array": rows[f"{name}_half"].fillna(0).to_list(), "thickness": 2, "width": 0},
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 3},
                marker={"symbol": symbol, "size": 11},
                hovertemplate=f"desc_scale %{{x:g}}: {label} %{{y:.1%}}<extra></extra>",
            )
        )
    low, high = band
    shaded = {"type": "rect", "yref": "paper", "x0": low / 1.1, "x1": high * 1.1, "y0": 0, "y1": 1, "layer": "below"}
    shaded |= {"fillcolor": faded(PLATEAU, 0.16), "line": {"width": 0}}
    return figure(
        dark,
        traces,
        xaxis=_scales(rows.desc_scale.to_list(), "desc_scale"),
        yaxis={"range": [0, 1.04], "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1]},
        shapes=[_now(current, dark)] + ([shaded] if low == low else []),
        showlegend=True,
    )


def _scales(values: Sequence[float], title: str) -> dict[str, object]:
    """A logarithmic axis that names its values."""
    return {"type": "log", "tickvals": list(values), "ticktext": [f"{value:g}" for value in values], "title": title}


def _now(current: float, dark: bool) -> dict[str, object]:
    """A dotted line at the current value."""
    line = {"color": ink(dark).outside, "dash": "dot", "width": 3}
    return {"type": "line", "yref": "paper", "x0": current, "x1": current, "y0": 0, "y1": 1, "line": line}
