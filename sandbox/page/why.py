"""Why many steps?: how far the targets agree, place by place, for a method that averages and for one that does not."""

import streamlit as st

from sandbox.page.stage import stage
from sandbox.page.visit import current
from sandbox.stage.parts import AGREEMENT


def show() -> None:
    """One run of the page."""
    st.html("<h1 class='heading'>Why many steps? Where one place has many targets</h1>")
    stage(current().write(), AGREEMENT, key="agreement")
    st.caption(
        "Exact, from the pairs: the resultant length of the targets' directions. Where it is short, the mean of all targets is "
        "no target, and a step can only go a part of the way. Close to a region's pairs directions differ too, but there the "
        "targets are all near."
    )
