"""A visit: the one `State` that a session holds, and how widgets and the page's address follow it and change it.

A widget is set from the state before it is drawn, and what a visitor moves is checked by its option and taken into it. So
what the controls show, what the address says and what is drawn are one, on every page and back again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from sandbox.engine.recipe import Option
from sandbox.stage.state import State, controls


@dataclass
class Visit:
    """What a session holds beside its widgets."""

    state: State = State()
    sentences: Sequence[str] = ()  # what there is to say about the state, until the next change
    written: dict[str, str] | None = None  # what the state says in a URL; None before the first run
    sent: dict[str, str] | None = None  # what the browser last sent as the URL's
    heard: bool = False  # whether the state came from a stage, which has put it into the URL itself
    page: str = ""
    taken: bool = False  # whether the state was changed here since the URL was looked at
    changes: dict[str, tuple[str, Option, Any]] = field(default_factory=dict)  # by widgets: control and new value
    overtaken: dict[str, Any] = field(default_factory=dict)  # what widgets said before they were set anew


def visit() -> Visit:
    """What the session holds; under a key that is the name of no control."""
    found: Visit = st.session_state.setdefault("this visit", Visit())
    return found


def current() -> State:
    """What the controls say."""
    return visit().state


def put(state: State, *sentences: str) -> None:
    """Make the controls say this."""
    here = visit()
    here.state, here.sentences, here.taken = state, sentences, True


def follow_address(page: str) -> None:
    """Take what the URL says into the state where it is new, and make it say the state.

    It is new when a link was opened or the browser went back. It is not when a control was moved or a stage has told of its
    state, as the browser sends along what was in the URL before, nor when it is empty on another page: going from page to
    page empties it.
    """
    here, query = visit(), st.query_params.to_dict()
    moved = here.page != page
    if moved:
        here.sentences = ()
    _take_changes(here)
    fresh = query not in (here.written, here.sent) and not here.taken and (query or not moved)
    if here.written is None or fresh:
        here.state, here.sentences = State.read(query)
    here.page, here.taken, here.written, here.sent = page, False, here.state.write(), query
    if here.written != query and not here.heard:
        st.query_params.from_dict(here.written)
        here.sent = here.written
    here.heard = False


def hear(query: str) -> None:
    """Take the state that a stage tells of, in the words of a URL; the stage's URL says it already."""
    put(State.read(dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True)))[0])
    visit().heard = True


def followed(name: str, known: Option, value: Any, part: str = "") -> dict[str, Any]:  # noqa: ANN401
    """Make a control's widget say this value, and have it noted when it is moved: what the widget is to be made with.

    A widget that says it anyway is left alone: what is set anew overtakes a hand that is quicker. Of a control of several
    choices there may be widgets for a part of them each.
    """
    key = " ".join(filter(None, (name, part, visit().page)))
    shown = [one for one in value if one in known.choices] if known.kind is tuple else value
    if st.session_state.get(key) != shown:
        visit().overtaken[key] = st.session_state.get(key)
        st.session_state[key] = shown
    else:
        visit().overtaken.pop(key, None)
    return {"key": key, "on_change": _note, "args": (key, name, known)}


def _note(key: str, name: str, known: Option) -> None:
    """A visitor has moved a widget, or the browser has not heard yet that it was set anew."""
    visit().changes[key] = name, known, st.session_state[key]


def _take_changes(here: Visit) -> None:
    """Take what was moved into the state.

    Of several changes at a time those are none that say what a widget said before it was set anew: a hand that is quicker
    than the page moved one of the others.
    """
    changes, here.changes = here.changes, {}
    several = here.taken or len(changes) > 1
    for key, (name, known, chosen) in changes.items():
        if not (several and key in here.overtaken and here.overtaken[key] == chosen):
            _take(name, known, chosen)


def _take(name: str, known: Option, chosen: Any) -> None:  # noqa: ANN401
    """Take a value into the state, as a link would; what is not allowed is refused in a sentence."""
    state = current()
    try:
        value = known.check(known.read(known.write(tuple(chosen) if known.kind is tuple else chosen)))
        if known.kind is tuple:  # a widget for a part of the choices leaves the others alone
            value += tuple(one for one in state.value(name) if one not in known.choices)
            value = controls()[name].check(value)
    except ValueError:
        kept = known.write(state.value(name))
        put(state, f"{known.label or name} is {known.words}, not {known.write(chosen)}. It stays at {kept}.")
    else:
        put(state.changed(**{name: value}))
