"""Training on the page: with a progress bar, stoppable, and never in the way of the last good picture."""

import math
from contextlib import closing

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sandbox.engine.recipe import Stored
from sandbox.engine.training import DivergedError, Progress
from sandbox.methods import Method
from sandbox.page.visit import visit
from sandbox.stage.scene import Scene, make_scene, missing
from sandbox.stage.state import State, controls
from sandbox.weights import store
from sandbox.weights.files import WeightsError


def scene_or_last_good(state: State) -> tuple[Scene, str]:
    """The scene of a state and no word; while it cannot be drawn, the last one that could, and the reason."""
    try:
        scene = make_scene(state)
    except WeightsError as error:
        return _stand_in(state), str(error)
    visit().good = state
    return scene, ""


def attend(state: State, shown: State, reason: str, place: DeltaGenerator) -> None:
    """Make what a state lacks and draw the page again; once stopped or failed, or damaged, say so and wait to be asked."""
    meanwhile, lacking = f"The picture still shows {_differences(shown, state)}.", missing(state)
    sentence = visit().halted.get(_methods(state)) or ("" if lacking else reason)
    if sentence:
        with place.container():
            st.warning(f"{sentence} {meanwhile}")
            st.button("Train it now", on_click=_again, args=(state,), type="primary")
        return
    for recipe in lacking:
        try:
            _make(recipe, state, place, meanwhile)
        except DivergedError as error:
            _halt(state, f"{error} Try other settings.")
        except WeightsError as error:  # of what the recipe needs
            _halt(state, str(error))
        except OSError as error:
            _halt(state, f"The trained weights could not be kept: {error.strerror or error}.")
    st.rerun()


def _stand_in(state: State) -> Scene:
    """The last scene that could be drawn, or one as near as there is."""
    plain = State(space=state.space, concept=state.concept)
    for other in (visit().good, plain):
        try:
            return make_scene(other or plain)
        except WeightsError:
            continue
    return make_scene(plain.changed(field="exact"))  # needs no weights at all


def _make(recipe: Stored, state: State, place: DeltaGenerator, meanwhile: str) -> None:
    kind = f"Training “{recipe.label}”" if isinstance(recipe, Method) else f"Computing {recipe.name} weights"
    text = f"{kind} for these settings. {meanwhile}"
    with place.container():
        bar = st.progress(0.0, text)
        halt = (state, "Training was stopped.")
        st.button("Stop", key=f"stop-{recipe.name}", on_click=_halt, args=halt, icon=":material/stop_circle:")
    with closing(store.make(recipe)) as run:  # a visitor who leaves gives the way free for others at once
        for progress in run:
            bar.progress(progress.step / progress.steps, f"{text} {progress_in_words(progress)}")


def progress_in_words(progress: Progress) -> str:
    """How far it is; balance weights have no loss."""
    if progress.step == 0:
        return "Someone else's run is making the same: waiting for it."
    loss = "" if math.isnan(progress.loss) else f", loss {progress.loss:.3f}"
    return f"Step {progress.step:,} of {progress.steps:,}{loss}."


def _differences(shown: State, state: State) -> str:
    """What the picture shows instead of what the controls say, of all that it depends on."""
    said = []
    for name, known in controls().items():
        value = shown.value(name)
        if value != state.value(name) and state.changed(**{name: value}).views() != state.views():
            said.append(f"{known.label or name} {known.write(value)}")
    return ", ".join(said)


def _methods(state: State) -> tuple[Method, ...]:
    return tuple(view.drawn.method for view in state.views())


def _halt(state: State, sentence: str) -> None:
    visit().halted[_methods(state)] = sentence


def _again(state: State) -> None:
    """Take a state up again; weights that are damaged make room for new ones."""
    visit().halted.pop(_methods(state), None)
    try:
        for method in _methods(state):
            store.discard_damaged(method)
    except OSError as error:
        _halt(state, f"The damaged weights cannot be removed: {error.strerror or error}.")
