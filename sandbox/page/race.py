"""Race: quality against cost, for any choice of methods."""

import streamlit as st

from sandbox.methods import method_named
from sandbox.page import controls
from sandbox.page.drawing import drawing
from sandbox.results import make as results
from sandbox.stage.chart import svg
from sandbox.stage.race import COSTS, FIGURES, race_chart, runners

FIRST = "energy_distance"  # the figure that is shown first: it sees collapse and what lies outside


def show() -> None:
    """One run of the page."""
    controls.place()
    state = controls.current()
    controls.write_address(state)
    st.html("<h1 class='heading'>Race: how good, for how many evaluations?</h1>")
    first, second, third = st.columns(3, gap="medium", vertical_alignment="center")
    figure = first.selectbox(
        "Figure of merit", list(FIGURES), list(FIGURES).index(FIRST), FIGURES.__getitem__, key="figure"
    )
    cost = second.selectbox("Cost", list(COSTS), format_func=COSTS.__getitem__, key="cost")
    others = third.toggle("Other samplers too", key="others", help="Each method has one of its own; some know several.")
    names = st.pills(
        "Methods",
        runners(),
        selection_mode="multi",
        default=runners(),
        format_func=lambda name: method_named(name).label,
        key="runners",
        label_visibility="collapsed",
    )
    table = results.means("race")
    if table.empty:
        st.warning("The table of the comparison is not there: `make results` makes it.")
        return
    chart = race_chart(
        table, results.plain_table("seconds"), state.space, state.concept, tuple(names), figure, cost, others
    )
    drawing(svg(chart, st.context.theme.type == "dark"), "race")
    st.caption(
        "Means over the seeds of sampling from the shipped weights, with 95 % intervals. Point at a mark, or go to it with the "
        "tab key: its samples appear on the plane. Dotted: what a second real sample scores, which nobody can beat but by "
        "chance. Milliseconds and training seconds were measured when the table was made. All figures: docs/results.md."
    )
