"""desc_scale: what the index finds from everywhere, what the network learned of it, and what becomes of both."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from sandbox.measure.maps import cells
from sandbox.methods import exactly
from sandbox.page import controls
from sandbox.page.visit import current
from sandbox.results import shipped as results
from sandbox.results.plateau import DROP, edges
from sandbox.spaces import space_named
from sandbox.stage.curves import SHARES, sweep_curves
from sandbox.stage.heat import cell_map, distance_map
from sandbox.stage.ink import region_colour
from sandbox.stage.state import State
from sandbox.weights.files import WeightsError

PLAIN = {"displayModeBar": False}


def show() -> None:
    """One run of the page."""
    st.html("<h1 class='heading'>desc_scale: how much the description weighs against the place</h1>")
    which, _ = st.columns([2, 3])
    controls.sidebar([controls.choose_method("scaled", which)])
    controls.below()
    state, dark = current(), st.context.theme.type == "dark"
    _maps(state, dark)
    _curves(state, dark)


def _maps(state: State, dark: bool) -> None:
    """The exact cells, those of the network, and how far they are apart."""
    method, space = state.changed(field="learned").method(state.scaled), state.world.space
    shown: list[tuple[str, go.Figure]] = []
    try:
        exact = cells(exactly(method), state.concept, state.seed)
        shown.append((exactly(method).label, cell_map(exact, space)))
        learned = cells(method, state.concept, state.seed)
    except WeightsError:
        shown_there = "only the exact map is shown" if shown else "no map is shown"
        st.info(f"These settings have no trained weights: {shown_there}. The Playground trains them.")
    else:
        shown.append((f"{method.label}, one jump", cell_map(learned, space)))
        shown.append(("Distance between the two", distance_map(exact, learned, space, dark)))
    for column, (title, figure) in zip(st.columns(3, gap="small"), shown, strict=False):
        column.html(f"<b>{title}</b>")
        column.plotly_chart(figure, theme=None, height=340, config=PLAIN, key=title, alt=title)
    colours = [(region_colour(i), region.name) for i, region in enumerate(space.regions)]
    named = [
        f"<span><span style='color:{colour}'>■</span> {words}</span>"
        for colour, words in (*colours, ("#808080", "outside every region"))
    ]
    note = "<span>shades: cells of different pairs; outlines: the regions</span>"
    st.html(f"<div class='legend'>{''.join(named)}{note}</div>")


def _curves(state: State, dark: bool) -> None:
    """In-region, agreement and recall over desc_scale, from the shipped table."""
    table = results.means("desc_scale")
    if table.empty:
        st.warning("The table over desc_scale is not there: `make results` makes it.")
        return
    controls.control("curve_noise", width="content")
    rows = table[np.isclose(table.description_noise, float(state.curve_noise))]
    low, high = edges(rows)
    concept = state.concept if state.concept in set(rows.concept) else rows.concept.iloc[-1]
    here = rows[rows.concept == concept].sort_values("desc_scale")
    st.html(
        f"<b>{space_named(rows.space.iloc[0]).title}, description noise {state.curve_noise}: the plateau reaches from "
        f"{low:g} to {high:g}</b> (shaded: every concept within {DROP:.0%} of its best). "
        f"Shares after two jumps, “{concept}”"
    )
    words = [
        f"{label}: "
        + ", ".join(f"{scale:g} {share:.0%}" for scale, share in zip(here.desc_scale, here[name], strict=True))
        for name, (label, _, _) in SHARES.items()
    ]
    curves = sweep_curves(here, (low, high), state.value("desc_scale"), dark)
    alt = f"Shares over desc_scale, “{concept}”. {'; '.join(words)}."
    st.plotly_chart(curves, theme=None, config=PLAIN, height=380, key="curves", alt=alt)
    left, right = st.columns(2, gap="medium")
    left.markdown(
        f"**Too small, under {low:g}:** the description is ignored. A detour costs more than a wrong name, so the index "
        "answers with the nearest image whatever it is called."
    )
    right.markdown(
        f"**Too large, over {high:g}:** the description's noise alone picks the pair. R no longer matters, the same question "
        "is sent to far-apart targets, and the ambiguity that coalescing had removed is back: the index still finds the "
        "right region, but no network can learn which pair."
    )
