"""The Playground as it was: controls that the server answers, and both panels as a plotly chart."""

import streamlit as st

from sandbox.stage.panels import panels
from sandbox.stage.scene import make_scene, shipped_values
from sandbox.stage.state import State

st.set_page_config(layout="wide")
space = st.radio("Space", ("cats-and-dogs", "moons", "rings", "blobs"), horizontal=True)
right = st.radio("Right", ("diffusion", "flow-matching", "drifting", "meanflow"), horizontal=True)
state = State().changed(space=space, right=right)
scale = st.select_slider("desc_scale", shipped_values(state, "desc_scale"), value=8.0)
st.plotly_chart(panels(make_scene(state.changed(desc_scale=scale))), theme=None, key="panels", height=480)
st.text(f"shown: {scale:g}")
