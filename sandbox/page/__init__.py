"""The page. Only here is streamlit imported."""
