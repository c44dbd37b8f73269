"""The controls: whatever an option declares becomes a widget."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sandbox.engine.recipe import Option, options
from sandbox.methods import Method, method_named
from sandbox.page.visit import current, followed, put
from sandbox.spaces import space_named
from sandbox.stage.scene import shipped_values
from sandbox.stage.state import State, controls

SHORT = 24  # letters of all choices together that fit beside each other
WIDE = 1000  # a range that a slider cannot be set finely in
FINE = 50  # steps of a slider over fractions, at least


def control(
    name: str,
    place: DeltaGenerator | Any = st,  # noqa: ANN401
    *,
    known: Option | None = None,
    stops: Sequence[Any] = (),
    say: Callable[[Any], str] = str,
    **look: Any,  # noqa: ANN401
) -> None:
    """The widget of one control, by what its option declares, or `known` in its place.

    `stops` are numbers to choose from, beside whatever the state says; `say` is how a choice is shown. Where the state's value
    is none of the choices, the first one is.
    """
    known = known or controls()[name]
    label, value = known.label or name, known.clamp(current().value(name))
    if known.kind is str and value not in known.choices:
        value = known.choices[0]
    shared = {"help": known.help, "width": "stretch", **look, **followed(name, "", known, value)}
    if known.kind is bool:
        place.toggle(label, **shared)
    elif known.kind is tuple:
        place.pills(label, known.choices, selection_mode="multi", format_func=say, **shared)
    elif known.choices and sum(map(len, known.choices)) <= SHORT:
        place.segmented_control(label, known.choices, required=True, format_func=say, **shared)
    elif known.choices:
        place.selectbox(label, known.choices, format_func=say, **shared)
    elif stops:
        place.select_slider(label, sorted({*stops, value}), format_func=lambda stop: f"{stop:.12g}", **shared)
    elif known.high - known.low > WIDE:
        _number(label, known, place, shared)
    else:
        fine = {"step": 1} if known.kind is int else {"step": _fine(known.high - known.low), "format": "%g"}
        place.slider(label, known.kind(known.low), known.kind(known.high), **fine, **shared)


def typed(name: str, place: DeltaGenerator | Any = st) -> None:  # noqa: ANN401
    """A box for any value of a control whose widget offers some."""
    known = controls()[name]
    help_text = f"{known.words[0].upper()}{known.words[1:]}. The Playground trains weights that are not there."
    shared = {"help": help_text, **followed(name, "typed", known, current().value(name))}
    _number(f"or type any {known.label or name}", known, place, shared)


def of_methods(methods: Sequence[type[Method]], place: DeltaGenerator | Any = st) -> None:  # noqa: ANN401
    """Every option that one of these methods has; where weights are shipped for several values, these are its stops."""
    asked = {name: known for method in methods for name, known in options(method).items()}
    for name, known in controls().items():
        if name not in asked:
            continue
        stops = shipped_values(current(), name) if known.kind in (int, float) else []
        control(name, place, stops=stops if len(stops) > 1 else ())
        if len(stops) > 1:
            typed(name, place)


def sidebar(methods: Sequence[type[Method]] = ()) -> None:
    """What all pages depend on, and what these methods can be asked."""
    with st.sidebar:
        control("space", say=lambda name: space_named(name).title)
        space = space_named(current().space)
        st.caption(space.summary)
        control("concept", known=replace(controls()["concept"], choices=space.concept_names()))
        of_methods(methods)


def below(seed: bool = True) -> None:
    """The end of the sidebar, with the seed where it decides anything."""
    with st.sidebar:
        if seed:
            control("seed")
            st.button("New seed", on_click=_new_seed, width="stretch", icon=":material/casino:")
        st.button("Reset, same seed", on_click=_reset, width="stretch", icon=":material/restart_alt:")


def choose_method(name: str, place: DeltaGenerator) -> type[Method]:
    """A choice of method by its label."""
    control(name, place, say=lambda method: method_named(method).label)
    return method_named(current().value(name))


def _number(label: str, known: Option, place: DeltaGenerator | Any, shared: dict[str, Any]) -> None:  # noqa: ANN401
    """A box without bounds of its own: the browser would keep a number outside them to itself, without a word."""
    step = 1 if known.kind is int else 1.0
    place.number_input(label, step=step, format="%d" if known.kind is int else "%g", **shared)


def _fine(width: float) -> float:
    """The largest of 1, .1, .01, ... that divides a range into FINE steps or more."""
    step = 1.0
    while round(width / step, 6) < FINE:
        step /= 10
    return step


def _new_seed() -> None:
    put(current().changed(seed=random.randrange(1, 10_000)))


def _reset() -> None:
    put(State(seed=current().seed))
