"""Beyond the plane: what two steps keep where a picture is more than two numbers."""

import streamlit as st

from sandbox.page.stage import stage
from sandbox.page.visit import current
from sandbox.stage.parts import BEYOND


def show() -> None:
    """One run of the page."""
    st.html("<h1 class='heading'>Beyond the plane: four, eight and sixteen dimensions</h1>")
    stage(current().write(), BEYOND, key="beyond")
    st.caption(
        "Means over networks, with 95 % intervals where there is more than one, each over captions from the most particular to "
        "the most general. Recognised is what a judge of its own sees in the generated pictures; precision and recall are by "
        "the fifth nearest neighbour, against pictures that nobody was trained on. All figures: docs/results.md."
    )
