"""The sidebar, and the page's state in the session and in the URL.

The session holds one entry for each control of `State`, under its name. The URL is read when it is not the one that was
written last (a link was opened, or the browser went back), and written after every run.
"""

import random
from dataclasses import fields, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sandbox.methods import DIRECTION_LOSSES
from sandbox.shipped import desc_scales
from sandbox.spaces import SPACES, space_named
from sandbox.state import FIELDS, POINTS, State
from sandbox.ui.words import HELP

NUMBERS_OF_STEPS = (1, 2, 4, 8, 16, 32, 64)


def read_address() -> list[str]:
    """Take the URL's values into the session where they are new; a sentence for each that could not be taken."""
    query = st.query_params.to_dict()
    if query != st.session_state.get("written"):
        state, st.session_state.complaints = State.read(query)
        put(state)
        st.session_state.written = query
    complaints: list[str] = st.session_state.complaints
    return complaints


def write_address(state: State) -> None:
    """Make the URL say what is shown."""
    query = state.write()
    if query != st.session_state.written:
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


def sidebar() -> None:
    """Everything that both panels depend on."""
    st.session_state.refusal = st.session_state.get("refusal", "")
    with st.sidebar:
        names = [space.name for space in SPACES]
        st.selectbox(
            "Space",
            names,
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
        _desc_scale(space.name)
        st.segmented_control(
            "Field", FIELDS, key="field", required=True, help=HELP["field"], width="stretch", format_func=str.capitalize
        )
        st.slider("Coalescer steps", 1, 4, key="steps", help=HELP["steps"])
        st.slider("Points drawn", 1, POINTS, key="points", help=HELP["points"])
        st.segmented_control(
            "Direction loss",
            list(DIRECTION_LOSSES),
            key="direction_loss",
            required=True,
            help=HELP["direction_loss"],
            width="stretch",
        )
        st.number_input("Seed", 0, 2**31 - 1, key="seed", help=HELP["seed"])
        st.button("New seed", on_click=_new_seed, width="stretch", icon=":material/casino:")
        st.button("Reset, same seed", on_click=_reset, width="stretch", icon=":material/restart_alt:")
        with st.expander("More"):
            st.segmented_control(
                "Diffusion sampler",
                ("ddim", "ancestral"),
                key="sampler",
                required=True,
                help=HELP["sampler"],
                format_func=lambda name: {"ddim": "DDIM"}.get(name, name),
            )
            st.slider("Guidance", 0.0, 5.0, step=0.5, key="guidance", help=HELP["guidance"])
            st.toggle("Adaptive jumps", key="adaptive", help=HELP["adaptive"])
            st.slider("Redraw R under trust", 0.0, 0.9, step=0.05, key="threshold", help=HELP["threshold"])
            st.slider("Description noise", 0.0, 0.5, step=0.01, key="description_noise", help=HELP["description_noise"])


def beside_the_plot(steps: DeltaGenerator, level: DeltaGenerator) -> None:
    """What concerns the diffusion panel alone."""
    steps.select_slider(
        "Diffusion: steps N",
        _with(NUMBERS_OF_STEPS, st.session_state.right_steps),
        key="right_steps",
        help=HELP["right_steps"],
    )
    level.slider("Diffusion: arrows at noise level t", 0.05, 0.95, step=0.05, key="t", help=HELP["t"])


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


def _with(choices: tuple[float, ...], value: float) -> list[float]:
    """The choices, and the value that is set whatever it is."""
    return sorted({*choices, value})
