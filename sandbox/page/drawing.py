"""An SVG that answers to mouse and keyboard: `st.html` leaves no SVG in a page, and in an image nothing can be pointed at."""

import streamlit as st

# Inside a shadow root of its own, so that the drawing's style sheet and the page's do not meet.
_mount = st.components.v2.component(
    "sandbox_drawing", js="export default ({ parentElement, data }) => { parentElement.innerHTML = data }"
)


def drawing(svg: str, key: str) -> None:
    """Put an SVG element on the page; its texts must be escaped, as nobody checks it on the way."""
    _mount(data=svg, key=key)
