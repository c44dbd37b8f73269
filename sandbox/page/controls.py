"""The controls: whatever an option declares becomes a widget."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from sandbox.engine.recipe import Option
from sandbox.page.visit import current, followed
from sandbox.stage.state import controls

SHORT = 24  # letters of all choices together that fit beside each other


def control(
    name: str,
    *,
    known: Option | None = None,
    part: str = "",
    say: Callable[[Any], str] = str,
    **look: Any,  # noqa: ANN401
) -> None:
    """The widget of one control with choices, by what its option declares, or `known` in its place.

    `say` is how a choice is shown; `part` tells widgets of one control apart. Where the state's value is none of the choices,
    the first one is.
    """
    known = known or controls()[name]
    label, value = known.label or name, known.clamp(current().value(name))
    if known.kind is str and value not in known.choices:
        value = known.choices[0]
    shared = {"help": known.help, "width": "stretch", **look, **followed(name, known, value, part)}
    if known.kind is bool:
        st.toggle(label, **shared)
    elif known.kind is tuple:
        st.pills(label, known.choices, selection_mode="multi", format_func=say, **shared)
    elif sum(map(len, known.choices)) <= SHORT:
        st.segmented_control(label, known.choices, required=True, format_func=say, **shared)
    else:
        st.selectbox(label, known.choices, format_func=say, **shared)
