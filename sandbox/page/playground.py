"""The first page: the stage, and below it how to read it."""

import streamlit as st

from sandbox.page.stage import stage
from sandbox.page.visit import current

HOW_TO_READ = """
**The plane** is a latent space: every point stands for an image, nearly all of them noise. Only points inside a region
decode to a picture that means something. All panels start from the *same* random points R and are asked for the same
descriptions.

**Arrows** point from a place to where the method says it belongs. Long and strong means a trusted direction: where the method
says so itself, the length of its target_direction; where it knows the spread of its targets, how well they agree,
|E[x₀ − x]| / √E|x₀ − x|². No arrow is longer than the displacement that it stands for.

**Jumps** end at an image after every step. Methods that anneal noise are half noise until their last step.
"""


def show() -> None:
    """One run of the page."""
    state = current()
    with st.container(key="stage", height="stretch"):
        stage(state.write())
    with st.expander("How to read this page", on_change="rerun"):  # of the methods that are shown by then
        for method in dict.fromkeys(state.method(name) for name, _ in state.panels()):
            st.markdown(f"**{method.label}.** {method.summary}")
        st.markdown(HOW_TO_READ)
