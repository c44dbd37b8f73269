"""Pictures and words: what a caption asks, what points decode to, and how the one becomes the other step by step."""

import streamlit as st

from sandbox.page.stage import stage
from sandbox.page.visit import current
from sandbox.stage.parts import PICTURES_AND_WORDS


def show() -> None:
    """One run of the page."""
    stage(current().write(), PICTURES_AND_WORDS, key="words")
    st.caption(
        "Both planes are learned: an autoencoder of pictures says what every point of the map decodes to, one of texts where a "
        "caption stands. Outlines show where a judge, a network trained apart, recognises a kind of picture."
    )
