"""Why many steps?: how far the targets agree, place by place, for a method that averages and for one that does not."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sandbox.engine.denoiser import Targets
from sandbox.measure.ambiguity import Target, grid, likeliest
from sandbox.measure.heat import agreement
from sandbox.methods import METHODS, Exact, Method
from sandbox.page import controls
from sandbox.spaces import space_named
from sandbox.stage.figures import outlines
from sandbox.stage.state import State
from sandbox.weights import store

PICKS = 24  # places on a side that can be clicked


def show() -> None:
    """One run of the page."""
    controls.sidebar()
    controls.below()
    st.html("<h1 class='heading'>Why many steps? Where one place has many targets</h1>")
    choices = [method.name for method in METHODS if issubclass(method, Exact) and method.steps]
    one, other, level, x, y = st.columns([3, 3, 3, 2, 2], gap="small", vertical_alignment="bottom")
    defaults = [METHODS[1].exact, METHODS[0].exact]
    for key, default in zip(("why_left", "why_right"), defaults, strict=True):
        st.session_state.setdefault(key, default)
        st.session_state[key] = st.session_state[key]
    names = [
        controls.method_choice(label, key, place, choices)
        for label, key, place in (("Left map", "why_left", one), ("Right map", "why_right", other))
    ]
    level.slider("Noise level t", 0.05, 0.95, step=0.05, key="t")
    state = controls.current()
    low, high = controls.bounds(state)
    for key, start in (("place_x", 0.0), ("place_y", 0.5)):
        value = st.session_state.get(key, start)
        st.session_state[key] = min(max(float(value), low), high)
    x.number_input("Place x", low, high, key="place_x", step=0.1)
    y.number_input("Place y", low, high, key="place_y", step=0.1)
    controls.write_address(state)
    place = (float(st.session_state.place_x), float(st.session_state.place_y))
    methods = [state.method(name) for name in names]
    st.html(
        "<div class='legend'><span>The targets’ directions: 0, they cancel</span><i class='scale'></i>"
        "<span>1, all one way</span><span>× a place: click another</span></div>"
    )
    columns = st.columns(2, gap="medium")
    for k, (method, column) in enumerate(zip(methods, columns, strict=True)):
        with column:
            _map(method, state, place, f"map-{k}")
    st.caption(
        "Exact, from the pairs: the resultant length of the targets' directions. Where it is short, the mean of all targets is "
        "no target, and a step can only go a part of the way. Close to a region's pairs directions differ too, but there the "
        "targets are all near. The figure above a map is its mean outside the regions."
    )


def _map(method: Method, state: State, place: tuple[float, float], key: str) -> None:
    """One heatmap, clickable, and the likeliest targets of the place."""
    denoiser = store.denoiser(method)
    assert isinstance(denoiser, Targets)
    t = state.t if method.by_level else 1.0
    axis, lengths = agreement(method, state.concept, t)
    targets = likeliest(denoiser, method.world, state.concept, t, place)
    outside = space_named(state.space).distance(grid(state.space)[1], state.concept) > 0
    words = f"t = {t:g}" if method.by_level else "one jump"
    average = f"{lengths[outside].mean():.2f} outside"
    st.html(f"<b>{method.label}</b>, {words}: {average}")
    figure = _figure(axis, lengths, state, targets, place)
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        on_select=lambda: _take(key),
        selection_mode="points",
        config={"displayModeBar": False},
        height=370,
        alt=f"{method.label}: resultant length of the targets' directions, {average}.",
    )
    many = "".join(
        f"<li>{target.probability:.1%} to {target.region} at ({target.image[0]:.2f}, {target.image[1]:.2f})</li>"
        for target in targets[:5]
    )
    st.html(f"From ({place[0]:.2f}, {place[1]:.2f}), most likely:<ol class='targets'>{many}</ol>")


def _take(key: str) -> None:
    """A click on a map chooses the place."""
    points = st.session_state[key].selection.points
    if points:
        st.session_state.place_x, st.session_state.place_y = float(points[0]["x"]), float(points[0]["y"])


def _figure(
    axis: "np.typing.NDArray[np.float64]",
    lengths: "np.typing.NDArray[np.float64]",
    state: State,
    targets: list[Target],
    place: tuple[float, float],
) -> go.Figure:
    low, high = controls.bounds(state)
    _, places = grid(state.space, PICKS)
    heat = go.Heatmap(
        x=axis,
        y=axis,
        z=lengths.reshape(len(axis), -1).round(3),
        zmin=0,
        zmax=1,
        colorscale="Cividis",
        hoverinfo="skip",
        showscale=False,
    )
    picks = go.Scatter(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers",
        marker={"size": 16, "color": "#000", "opacity": 0.005},
        hovertemplate="(%{x:.2f}, %{y:.2f}): click for its targets<extra></extra>",
        unselected={"marker": {"opacity": 0.005}},
        selected={"marker": {"opacity": 0.005}},
    )
    figure = go.Figure([heat, picks])
    strongest = max((target.probability for target in targets), default=1.0)
    for target in targets:
        figure.add_scatter(
            x=[place[0], target.image[0]],
            y=[place[1], target.image[1]],
            mode="lines+markers",
            line={"color": "#ffffff", "width": 3},
            marker={"size": [0, 10], "color": "#ffffff", "line": {"width": 1.5, "color": "#000"}},
            opacity=0.25 + 0.75 * target.probability / strongest,
            hovertemplate=f"{target.probability:.1%} to {target.region}<extra></extra>",
        )
    figure.add_scatter(
        x=[place[0]],
        y=[place[1]],
        mode="markers",
        marker={"symbol": "x", "size": 15, "color": "#ff8fc4", "line": {"width": 1.5, "color": "#000"}},
        hovertemplate="the place asked about<extra></extra>",
    )
    side = {"range": [low, high], "visible": False, "fixedrange": True, "constrain": "domain"}
    figure.update_layout(
        shapes=outlines(state.space),
        xaxis=side,
        yaxis={**side, "scaleanchor": "x"},
        margin={"l": 4, "r": 4, "t": 4, "b": 4},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        clickmode="event+select",
        hoverlabel={"font": {"size": 16}},
    )
    return figure
