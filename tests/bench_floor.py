"""What a Streamlit page costs at the least: a slider and a text."""

import streamlit as st

number = st.slider("desc_scale", 0, 16, 8)
st.text(f"shown: {number}")
