"""Why many steps?: how far the targets agree, place by place, for a method that averages and for one that does not."""

from dataclasses import replace

import streamlit as st

from sandbox.engine.denoiser import Targets
from sandbox.measure.ambiguity import likeliest
from sandbox.measure.maps import AGREEMENT, agreement, grid
from sandbox.methods import Method
from sandbox.page import controls
from sandbox.page.visit import current, put
from sandbox.stage.heat import agreement_map
from sandbox.stage.state import State
from sandbox.stage.state import controls as every
from sandbox.weights import store
from sandbox.weights.files import WeightsError

PLAIN = {"displayModeBar": False}
LISTED = 5  # targets of a place


def show() -> None:
    """One run of the page."""
    st.html("<h1 class='heading'>Why many steps? Where one place has many targets</h1>")
    one, other, level, x, y = st.columns([3, 3, 3, 2, 2], gap="small", vertical_alignment="bottom")
    kinds = [controls.choose_method("left_map", one), controls.choose_method("right_map", other)]
    controls.control("t", level, known=replace(every()["t"], label="Noise level t"))
    state = current()
    low, high = state.world.space.bounds
    for name, column in (("place_x", x), ("place_y", y)):
        controls.control(name, column, known=replace(every()[name], low=low, high=high))
    controls.sidebar(kinds)
    controls.below(seed=False)
    st.html(
        "<div class='legend'><span>The targets’ directions: 0, they cancel</span><i class='scale'></i>"
        "<span>1, all one way</span><span>× a place: click another</span></div>"
    )
    for number, (name, column) in enumerate(
        zip((state.left_map, state.right_map), st.columns(2, gap="medium"), strict=True)
    ):
        with column:
            _map(state.method(name), state, f"map-{number}")
    st.caption(
        "Exact, from the pairs: the resultant length of the targets' directions. Where it is short, the mean of all targets is "
        "no target, and a step can only go a part of the way. Close to a region's pairs directions differ too, but there the "
        "targets are all near. The figure above a map is its mean outside the regions."
    )


def _map(method: Method, state: State, key: str) -> None:
    """One heatmap, clickable, and the likeliest targets of the place."""
    space, place, t = state.world.space, state.place, state.t if method.by_level else 1.0
    try:
        axis, lengths = agreement(method, state.concept, t)
        denoiser = store.denoiser(method)
    except WeightsError as error:
        st.info(f"The map of {method.label} cannot be shown. {error}")
        return
    assert isinstance(denoiser, Targets)
    targets = likeliest(denoiser, method.world, state.concept, t, place)
    outside = space.distance(grid(space, AGREEMENT)[1], state.concept) > 0
    average = f"{lengths[outside].mean():.2f} outside"
    st.html(f"<b>{method.label}</b>, {f't = {t:g}' if method.by_level else 'one jump'}: {average}")
    st.plotly_chart(
        agreement_map(axis, lengths, space, place, targets),
        theme=None,
        key=key,
        on_select=lambda: _take(key),
        selection_mode="points",
        config=PLAIN,
        height=370,
        alt=f"{method.label}: resultant length of the targets' directions, {average}.",
    )
    many = "".join(
        f"<li>{target.probability:.1%} to {target.region} at ({target.image[0]:.2f}, {target.image[1]:.2f})</li>"
        for target in targets[:LISTED]
    )
    st.html(f"From ({place[0]:.2f}, {place[1]:.2f}), most likely:<ol class='targets'>{many}</ol>")


def _take(key: str) -> None:
    """A click on a map chooses the place."""
    points = st.session_state[key].selection.points
    if points:
        x, y = round(float(points[0]["x"]), 3), round(float(points[0]["y"]), 3)
        put(current().changed(place_x=x, place_y=y))
