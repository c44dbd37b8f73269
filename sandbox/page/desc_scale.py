"""desc_scale: what the index finds from everywhere, what the network learned of it, and what becomes of both."""

import numpy as np
import pandas as pd
import streamlit as st

from sandbox.methods import method_named
from sandbox.page.stage import stage
from sandbox.page.visit import current, put
from sandbox.results import shipped as results
from sandbox.results.plateau import DROP, edges
from sandbox.spaces import space_named
from sandbox.stage.curves import SHARES, sweep_curves
from sandbox.stage.parts import cells
from sandbox.stage.state import State

PLAIN = {"displayModeBar": False}


def show() -> None:
    """One run of the page."""
    st.html("<h1 class='heading'>Weight of the description (desc_scale)</h1>")
    state = current()
    table = results.means("desc_scale")
    table = table[table.steps > 0]  # a second real sample and the pairs have no desc_scale
    stage(state.write(), cells(sorted(set(table.description_noise))), key="cells")
    _curves(table, state, st.context.theme.type == "dark")


def _curves(table: pd.DataFrame, state: State, dark: bool) -> None:
    """In-region, agreement and recall over desc_scale, from the shipped table."""
    if table.empty:
        st.warning("The table over desc_scale is not there: `make results` makes it.")
        return
    rows = table[np.isclose(table.description_noise, state.description_noise)]
    if rows.empty:
        noises = ", ".join(f"{noise:g}" for noise in sorted(set(table.description_noise)))
        st.info(f"The curves were measured with description noise {noises}, not with {state.description_noise:g}.")
        return
    low, high = edges(rows)
    concept = state.concept if state.concept in set(rows.concept) else rows.concept.iloc[-1]
    here = rows[rows.concept == concept].sort_values("desc_scale")
    first = here.iloc[0]
    of = f"{method_named(first.method).label} in {first.steps} jumps, {space_named(first.space).title}, “{concept}”"
    other = (state.scaled, state.space, state.concept) != (first.method, first.space, concept)
    st.html(
        f"<b>Measured for {of}, description noise {state.description_noise:g}: the plateau is {low:g} to {high:g}</b> "
        f"(shaded: every concept within {DROP:.0%} of its best). A click on the curve sets desc_scale."
        + (" What the maps show has not been measured." if other else "")
    )
    words = [
        f"{label}: "
        + ", ".join(f"{scale:g} {share:.0%}" for scale, share in zip(here.desc_scale, here[name], strict=True))
        for name, (label, _, _) in SHARES.items()
    ]
    st.plotly_chart(
        sweep_curves(here, (low, high), state.value("desc_scale"), dark),
        theme=None,
        config=PLAIN,
        height=380,
        key="curves",
        alt=f"Shares over desc_scale, “{concept}”. {'; '.join(words)}.",
        on_select=choose,
        selection_mode="points",
    )
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


def choose() -> None:
    """A click on the curve sets desc_scale; one beside it changes nothing."""
    points = st.session_state.curves.selection.points
    if points:
        put(current().changed(desc_scale=float(points[0]["x"])))
