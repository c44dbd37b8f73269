"""The stage on a page: a thin host around the module that draws it (`sandbox/stage/web`).

What the hand does needs no server. The browser tells of a settled state by the page's address and a short word to the session,
so that other pages open with it; the session answers with a state of its own only where a link or another page changed it.
"""

import streamlit as st

from sandbox.page.visit import hear
from sandbox.stage import module
from sandbox.stage.state import State

HOST = st.components.v2.component("coalescer_stage", js=module.host("streamlit.js"))


def stage(state: State, height: str | int = "stretch") -> None:
    """The stage in this state; changed data reach a stage that is there, which stays."""
    HOST(
        key="plane",
        data={"query": state.write(), "version": module.version()},
        height=height,  # type: ignore[arg-type]
        on_query_change=_heard,
    )


def _heard() -> None:
    """A stage has told of its state."""
    hear(str(st.session_state["plane"].get("query") or ""))
