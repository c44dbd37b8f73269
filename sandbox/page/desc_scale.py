"""desc_scale: what the index finds from everywhere, what the network learned of it, and what becomes of both."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from sandbox.measure.cells import Cells, cells
from sandbox.methods import METHODS, Trained, exactly
from sandbox.page import controls
from sandbox.page.drawing import drawing
from sandbox.results import make as results
from sandbox.results.plateau import DROP, edges
from sandbox.spaces import SPACES, space_named
from sandbox.stage.chart import Chart, Line, Point, svg
from sandbox.stage.figures import outlines
from sandbox.stage.ink import REGION_COLOURS, region_colour
from sandbox.stage.state import State
from sandbox.weights import store

MISSED = 0.02  # space units outside a region that count as having missed it
CURVES = {
    "in_region": ("in-region", "circle", ""),
    "condition_agreement": ("agreement", "square", "9 5"),
    "recall": ("recall", "triangle-up", "3 4"),
}


def show() -> None:
    """One run of the page."""
    controls.sidebar()
    controls.below()
    st.html("<h1 class='heading'>desc_scale: how much the description weighs against the place</h1>")
    names = [
        method.name
        for method in METHODS
        if issubclass(method, Trained) and method.exact and "desc_scale" in method.options()
    ]
    st.session_state.setdefault("scaled", names[0])
    which, _ = st.columns([2, 3])
    name = controls.method_choice("Method", "scaled", which, names)
    state = controls.current()
    controls.write_address(state)
    dark = st.context.theme.type == "dark"
    _maps(state, name)
    _curves(state, dark)


def _maps(state: State, name: str) -> None:
    method = State.method(state, name)
    exact = cells(exactly(method), state.concept, state.seed)
    panels: list[tuple[str, go.Image | go.Heatmap]] = [(f"{exactly(method).label}", _regions(exact, state))]
    try:
        learned = cells(method, state.concept, state.seed)
    except store.WeightsError:
        st.info(
            f"desc_scale {state.desc_scale:g} has no trained weights in “{state.space}”: only the exact map is "
            "shown. The Playground "
            "trains it."
        )
    else:
        apart = np.linalg.norm(exact.landing - learned.landing, axis=1)
        panels.append((f"{method.label}, one jump", _regions(learned, state)))
        panels.append((f"Apart: 0 dark, {apart.max():.2g} light", _distance(exact, apart)))
    for column, (title, heat) in zip(st.columns(len(panels), gap="small"), panels, strict=True):
        column.html(f"<b>{title}</b>")
        column.plotly_chart(
            _figure(heat, state), theme=None, height=310, config={"displayModeBar": False}, key=title, alt=title
        )
    regions = [(region_colour(i), region.name) for i, region in enumerate(space_named(state.space).regions)]
    colours = [
        f"<span><span style='color:{colour}'>■</span> {words}</span>"
        for colour, words in (*regions, ("#808080", "outside every region"))
    ]
    st.html(
        f"<div class='legend'>{''.join(colours)}<span>shades: cells of different pairs; outlines: the regions</span></div>"
    )


def _regions(found: Cells, state: State) -> go.Image:
    """Places in the colour of the region that is reached, each pair's cell in a shade of its own; grey where none is."""
    count, side = len(space_named(state.space).regions), len(found.axis)
    colours = np.array([[int(region_colour(i)[k : k + 2], 16) for k in (1, 3, 5)] for i in range(count)])
    landings, cell = np.unique(found.landing.round(3), axis=0, return_inverse=True)
    few = len(landings) < len(found.landing) / 2  # pairs have cells; a network lands everywhere
    light = 0.25 + 0.45 * (cell.ravel() * 0.618034 % 1 if few else np.full(len(cell), 0.5))  # golden: neighbours differ
    shade = colours[found.region] * (1 - light[:, None]) + 255 * light[:, None]
    shade[found.outside > MISSED] = 128
    step = float(found.axis[1] - found.axis[0])
    return go.Image(
        z=shade.reshape(side, side, 3).astype(np.uint8),
        x0=float(found.axis[0]),
        y0=float(found.axis[0]),
        dx=step,
        dy=step,
        hovertemplate="from (%{x:.2f}, %{y:.2f})<extra></extra>",
    )


def _distance(found: Cells, apart: "np.typing.NDArray[np.float64]") -> go.Heatmap:
    return go.Heatmap(
        x=found.axis,
        y=found.axis,
        z=apart.reshape(len(found.axis), -1).round(3),
        zmin=0,
        colorscale="Cividis",
        showscale=False,
        hovertemplate="%{z:.2f} space units apart<extra></extra>",
    )


def _figure(heat: go.Image | go.Heatmap, state: State) -> go.Figure:
    low, high = controls.bounds(state)
    side = {"range": [low, high], "visible": False, "fixedrange": True, "constrain": "domain"}
    figure = go.Figure(heat)
    figure.update_layout(
        shapes=outlines(state.space, "#ffffff" if isinstance(heat, go.Heatmap) else "#000000"),
        xaxis=side,
        yaxis={**side, "scaleanchor": "x"},
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"size": 16}},
    )
    return figure


def _curves(state: State, dark: bool) -> None:
    """In-region, agreement and recall over desc_scale, from the shipped table."""
    table = results.means("desc_scale")
    if table.empty:
        st.warning("The table over desc_scale is not there: `make results` makes it.")
        return
    noises = sorted(table.description_noise.unique())
    noise = st.segmented_control("Description noise", noises, default=noises[1], required=True, key="noise")
    rows = table[table.description_noise == noise]
    low, high = edges(rows)
    concept = state.concept if state.concept in set(rows.concept) else rows.concept.iloc[-1]
    here = rows[rows.concept == concept].sort_values("desc_scale")
    lines = [
        _line(here, name, *look, colour) for (name, look), colour in zip(CURVES.items(), REGION_COLOURS, strict=False)
    ]
    band = (low, high) if np.isfinite(low) else None
    chart = Chart(lines, "desc_scale", f"Shares after two jumps, “{concept}”", band=band, current=state.desc_scale)
    st.html(
        f"<b>{space_named(SPACES[0].name).title}, description noise {noise:g}: the plateau reaches from "
        f"{low:g} to {high:g}</b> "
        f"(shaded: every concept within {DROP:.0%} of its best)"
    )
    drawing(svg(chart, dark), "curves")
    left, right = st.columns(2, gap="medium")
    left.markdown(
        f"**Too small, under {low:g}:** the description is ignored. A detour costs more than a wrong name, so "
        "the index answers "
        "with the nearest image whatever it is called."
    )
    right.markdown(
        f"**Too large, over {high:g}:** the description's noise alone picks the pair. R no longer matters, "
        "the same question is sent to "
        "far-apart targets, and the ambiguity that coalescing had removed is back: the index still finds the "
        "right region, but no "
        "network can learn which pair."
    )


def _line(rows: pd.DataFrame, name: str, label: str, symbol: str, dash: str, colour: str) -> Line:
    points = tuple(
        Point(
            row["desc_scale"],
            row[name],
            row[f"{name}_half"],
            f"desc_scale {row['desc_scale']:g}: {label} {row[name]:.1%}",
        )
        for row in rows.to_dict("records")
    )
    return Line(label, colour, symbol, dash, points)
