"""Race: quality against cost, for any choice of methods."""

import streamlit as st

from sandbox import results
from sandbox.chart import svg
from sandbox.methods import method_named
from sandbox.race import COSTS, FIGURES, race_chart, runners
from sandbox.ui import controls


def show() -> None:
    """One run of the page."""
    controls.sidebar()
    controls.below()
    state = controls.current()
    controls.write_address(state)
    st.html("<h1 class='heading'>Race: how good, for how many evaluations?</h1>")
    first, second = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    figure = first.segmented_control(
        "Figure", list(FIGURES), format_func=FIGURES.__getitem__, default="energy_distance", required=True, key="figure"
    )
    cost = second.segmented_control(
        "Cost",
        list(COSTS),
        format_func=_short,
        default="nfe",
        required=True,
        key="cost",
        help="What the x axis counts.",
    )
    names = st.pills(
        "Methods",
        runners(),
        selection_mode="multi",
        default=runners(),
        format_func=lambda name: method_named(name).label,
        key="runners",
    )
    table = results.means("race")
    if table.empty:
        st.warning("The table of the comparison is not there: `make results` makes it.")
        return
    chart = race_chart(
        table, results.means("retrained"), state.space, state.concept, tuple(names), str(figure), str(cost)
    )
    st.html(svg(chart, st.context.theme.type == "dark"))
    st.caption(
        "Means over five seeds of sampling from the shipped weights, with 95 % intervals. Point at a mark, "
        "or go to it with the "
        "tab key: its samples appear on the plane. Dotted: what a second real sample scores, which nobody "
        "can beat but by chance. "
        "Milliseconds were measured when the table was made. Details: docs/results.md."
    )


def _short(cost: str) -> str:
    return {"nfe": "Evaluations", "seconds_per_1000": "Milliseconds", "train_seconds": "Training seconds"}[cost]
