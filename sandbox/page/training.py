"""Training on the page: with a progress bar, stoppable, and never in the way of the last good picture."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sandbox.methods import Trained
from sandbox.stage.scene import Scene, make_scene, missing
from sandbox.stage.state import State
from sandbox.weights import store
from sandbox.weights.training import DivergedError


def scene_or_last_good(state: State) -> tuple[Scene, bool]:
    """The scene of a state; while it cannot be drawn, the last one that could, and False."""
    if not missing(state):
        try:
            scene = make_scene(state)
        except store.WeightsError as error:
            _halt(state, str(error))
        else:
            st.session_state.good = state
            return scene, True
    plain = State(space=state.space, concept=state.concept)
    for stand_in in (st.session_state.get("good", plain), plain):
        if not missing(stand_in):
            try:
                return make_scene(stand_in), False
            except store.WeightsError:
                continue
    return make_scene(replace(plain, field="exact")), False  # needs no weights at all


def attend(state: State, shown: State, place: DeltaGenerator) -> None:
    """Train what a state lacks and draw the page again; once stopped or failed, say so and wait to be asked."""
    meanwhile = f"The picture still shows desc_scale {shown.desc_scale:g} in “{shown.space}”, {shown.field} field."
    halted: dict[State, str] = st.session_state.setdefault("halted", {})
    if state in halted:
        with place.container():
            st.warning(f"{halted[state]} {meanwhile}")
            st.button("Train it now", on_click=_again, args=(state,), type="primary")
        return
    for method in missing(state):
        assert isinstance(method, Trained)
        try:
            _train(method, state, place, meanwhile)
        except DivergedError as error:
            _halt(state, f"{error} Try another value or another direction loss.")
        except store.WeightsError as error:  # a teacher's
            _halt(state, str(error))
        except OSError as error:
            _halt(state, f"The trained weights could not be kept: {error.strerror}.")
    st.rerun()


def _train(method: Trained, state: State, place: DeltaGenerator, meanwhile: str) -> None:
    text = f"Training the {method.label.lower()} for these settings. {meanwhile}"
    with place.container():
        bar = st.progress(0.0, text)
        halt = (state, "Training was stopped.")
        st.button("Stop", key=f"stop-{method.name}", on_click=_halt, args=halt, icon=":material/stop_circle:")
    for progress in store.train_and_save(method):
        share = progress.step / progress.steps
        bar.progress(share, f"{text} Step {progress.step:,} of {progress.steps:,}, loss {progress.loss:.3f}.")


def _halt(state: State, sentence: str) -> None:
    st.session_state.setdefault("halted", {})[state] = sentence


def _again(state: State) -> None:
    """Take a state up again; weights that are damaged make room for new ones."""
    st.session_state.halted.pop(state, None)
    for method in (state.method(state.left), state.method(state.right)):
        if isinstance(method, Trained):
            store.discard_damaged(method)
