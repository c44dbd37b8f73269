"""The sidebar, and the page's state in the session and in the URL.

The session holds one entry for each control of `State`, under its name. The URL is read when it is not the one that was
written last (a link was opened, or the browser went back), and written after every run.
"""

import random
from collections.abc import Sequence
from dataclasses import fields, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sandbox.methods import DIRECTION_LOSSES, METHODS, method_named
from sandbox.page.words import HELP
from sandbox.spaces import SPACES, space_named
from sandbox.stage.state import FIELDS, POINTS, State
from sandbox.weights.shipped import desc_scales


def read_address() -> list[str]:
    """Take the URL's values into the session where they are new; a sentence for each that could not be taken.

    Going from page to page empties the URL: then what the session holds stays.
    """
    query = st.query_params.to_dict()
    for control in fields(State):  # controls that this page does not show would be forgotten otherwise
        if control.name in st.session_state:
            st.session_state[control.name] = st.session_state[control.name]
    if "written" not in st.session_state or (query and query != st.session_state.written):
        state, st.session_state.complaints = State.read(query)
        put(state)
        st.session_state.written = query
    complaints: list[str] = st.session_state.complaints
    return complaints


def write_address(state: State) -> None:
    """Make the URL say what is shown."""
    query = state.write()
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)
        st.session_state.written = query
        st.session_state.complaints = []


def put(state: State) -> None:
    """Set every control."""
    for control in fields(State):
        st.session_state[control.name] = getattr(state, control.name)
    _follow_desc_scale()


def current() -> State:
    """The state that the controls say."""
    return State(**{control.name: st.session_state[control.name] for control in fields(State)})


def place() -> None:
    """What all pages depend on: where, and what is asked for."""
    with st.sidebar:
        st.selectbox(
            "Space",
            [space.name for space in SPACES],
            key="space",
            format_func=lambda name: space_named(name).title,
            help=HELP["space"],
            on_change=_keep_concept,
        )
        space = space_named(st.session_state.space)
        st.caption(space.summary)
        st.segmented_control(
            "Concept", space.concept_names(), key="concept", required=True, help=HELP["concept"], width="stretch"
        )


def sidebar() -> None:
    """The upper part of the sidebar, but for what the panels alone can be asked."""
    place()
    st.session_state.refusal = st.session_state.get("refusal", "")
    with st.sidebar:
        _desc_scale(st.session_state.space)


def below() -> None:
    """The rest of the sidebar, on every page."""
    with st.sidebar:
        st.number_input("Seed", 0, 2**31 - 1, key="seed", help=HELP["seed"])
        st.button("New seed", on_click=_new_seed, width="stretch", icon=":material/casino:")
        st.button("Reset, same seed", on_click=_reset, width="stretch", icon=":material/restart_alt:")


def playground() -> None:
    """What the two panels can be asked; what neither of their methods knows is not there."""
    shown = [method_named(st.session_state.left), method_named(st.session_state.right)]
    asked = {option for method in shown for option in method.options()}
    samplers = [name for method in shown if len(method.samplers) > 1 for name in method.samplers]
    jumps = any("jump" in method.samplers for method in shown)
    with st.sidebar:
        st.segmented_control(
            "Field", FIELDS, key="field", required=True, help=HELP["field"], width="stretch", format_func=str.capitalize
        )
        st.slider("Points drawn", 1, POINTS, key="points", help=HELP["points"])
        if "direction_loss" in asked:
            st.segmented_control(
                "Direction loss",
                list(DIRECTION_LOSSES),
                key="direction_loss",
                required=True,
                help=HELP["direction_loss"],
                width="stretch",
            )
        with st.expander("More"):
            if any(method.by_level for method in shown):
                st.slider("Arrows at noise level t", 0.05, 0.95, step=0.05, key="t", help=HELP["t"])
            if samplers:
                choices = list(dict.fromkeys([*samplers, st.session_state.sampler]))
                st.selectbox("Sampler", choices, key="sampler", help=HELP["sampler"])
            if any(method.guided for method in shown):
                st.slider("Guidance", 0.0, 5.0, step=0.5, key="guidance", help=HELP["guidance"])
            if "neighbours" in asked:
                st.slider("Nearest pairs averaged", 1, 64, key="neighbours", help=HELP["neighbours"])
            if jumps:
                st.toggle("Adaptive jumps", key="adaptive", help=HELP["adaptive"])
                st.slider("Redraw R under trust", 0.0, 0.9, step=0.05, key="threshold", help=HELP["threshold"])
            st.slider("Description noise", 0.0, 0.5, step=0.01, key="description_noise", help=HELP["description_noise"])


def panel_controls(side: str, steps: str, place: DeltaGenerator) -> None:
    """The method and the number of steps of one panel, above it."""
    which, number = place.columns([3, 2], gap="small", vertical_alignment="center")
    method_choice(f"{side.capitalize()} panel", side, which)
    number.select_slider(
        "Steps",
        _with(method_named(st.session_state[side]).steps, st.session_state[steps]),
        key=steps,
        help=HELP["steps"],
    )


def method_choice(label: str, key: str, place: DeltaGenerator, names: Sequence[str] = ()) -> str:
    """A choice of method by its label."""
    chosen: str = place.selectbox(
        label,
        names or [method.name for method in METHODS],
        key=key,
        format_func=lambda name: method_named(name).label,
        help=HELP["method"],
    )
    return chosen


def _desc_scale(space: str) -> None:
    stops = desc_scales(space, st.session_state.direction_loss)
    st.select_slider(
        "desc_scale",
        _with(stops, st.session_state.desc_scale),
        key="desc_scale_stop",
        format_func=lambda value: f"{value:g}",
        help=HELP["desc_scale"],
        on_change=lambda: _take_desc_scale(st.session_state.desc_scale_stop),
    )
    st.number_input(
        "or type any desc_scale",
        key="desc_scale_typed",
        format="%g",
        step=1.0,
        help=HELP["desc_scale_typed"],
        on_change=lambda: _take_desc_scale(st.session_state.desc_scale_typed),
    )
    if st.session_state.refusal:
        st.warning(st.session_state.refusal)


def _take_desc_scale(value: float) -> None:
    state, complaints = State.read({"desc_scale": f"{value:.12g}"})
    if complaints:
        kept = st.session_state.desc_scale
        st.session_state.refusal = (
            f"desc_scale {value:g} cannot work: it is a number from 0.001 to a million. The picture stays at {kept:g}."
        )
        return
    st.session_state.desc_scale = state.desc_scale
    _follow_desc_scale()


def _follow_desc_scale() -> None:
    st.session_state.desc_scale_stop = st.session_state.desc_scale_typed = st.session_state.desc_scale
    st.session_state.refusal = ""


def _keep_concept() -> None:
    concepts = space_named(st.session_state.space).concept_names()
    if st.session_state.concept not in concepts:
        st.session_state.concept = concepts[0]


def _new_seed() -> None:
    st.session_state.seed = random.randrange(1, 10_000)


def _reset() -> None:
    put(replace(State(), seed=st.session_state.seed))


def _with(choices: Sequence[float], value: float) -> list[float]:
    """The choices, and the value that is set whatever it is."""
    return sorted({*choices, value})


def bounds(state: State) -> tuple[float, float]:
    """Of the plane that is shown."""
    return space_named(state.space).bounds
