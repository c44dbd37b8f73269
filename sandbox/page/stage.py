"""The stage on a page: a thin host around the module that draws it (`sandbox/stage/web`).

What the hand does needs no server. The browser tells of a settled state by the page's address, and later, or on the way to
another page, by a short word to the session; the session answers with a state of its own only where a link or another page
changed it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from sandbox.page.texts import version
from sandbox.page.visit import hear
from sandbox.stage import module

# Milliseconds without a change, after which the server hears of it: where it draws on the page itself, and where it has only
# the words below to change. On the way to another page it hears before.
QUIET, RESTING = 400, 10_000
HOST = st.components.v2.component("coalescer_stage", js=module.host("streamlit.js"))


def stage(
    query: Mapping[str, str], page: Mapping[str, Any] | None = None, *, key: str = "plane", writes: bool = True
) -> None:
    """The stage in the state of a query; changed data reach a stage that is there, which stays.

    `page` is what it is as a part of a page (`sandbox.stage.parts`), and nothing for all of it; `writes` is whether its
    state is that of the page, in the address.
    """
    data = {"query": dict(query), "version": version()}
    HOST(
        key=key,
        data=data | ({"page": page, "writes": writes, "quiet": QUIET} if page else {"quiet": RESTING}),
        height="content" if page else "stretch",
        on_query_change=partial(_heard, key),
    )


def _heard(key: str) -> None:
    """A stage has told of its state."""
    hear(str(st.session_state[key].get("query") or ""))
