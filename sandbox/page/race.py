"""Race: quality against cost, for any choice of methods."""

import html
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from sandbox.engine.recipe import options
from sandbox.methods import FAMILIES, method_named
from sandbox.page.controls import SHORT, control
from sandbox.page.stage import stage
from sandbox.page.visit import current, put
from sandbox.results import shipped as results
from sandbox.spaces import space_named
from sandbox.stage.merits import COSTS, MERITS
from sandbox.stage.parts import PANEL, of_mark
from sandbox.stage.race import YARDSTICKS, Line, chosen, lines, race, yardsticks
from sandbox.stage.state import State, controls

PLAIN = {"displayModeBar": False}
HEIGHT = 360  # pixels
UNMEASURED = "nothing has been measured here yet, as no method comes with weights for this space."


def show() -> None:
    """One run of the page."""
    st.html("<h1 class='heading'>Race: how good, for how many network calls?</h1>")
    space = space_named(current().space)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        control("space", say=lambda name: space_named(name).title, width=190)
        concepts = replace(options(State)["concept"], choices=space.concept_names())
        control("concept", known=concepts, width="content" if sum(map(len, concepts.choices)) <= SHORT else 270)
        control("figure", say=lambda name: MERITS[name].label, width=200)
        control("cost", say=COSTS.__getitem__, width=250)
        control("others", width="content")
    with st.container(horizontal=True, gap="small", key="families"):
        for family, words in FAMILIES.items():
            own = tuple(name for name in controls()["methods"].choices if method_named(name).family == family)
            known = replace(controls()["methods"], choices=own, label=family.capitalize())
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", width="content"):
                st.markdown(f"**{known.label}**", help=words, width="content")
                look = {"label_visibility": "collapsed", "width": "content"}
                control("methods", known=known, part=family, say=lambda name: method_named(name).label, **look)
    table, state = results.means("race"), current()
    if table.empty:
        st.warning("The table of the comparison is not there: `make results` makes it.")
        return
    every = lines(table, results.plain_table("seconds"), state.changed(methods=()))
    drawn = [line for name in state.methods for line in every if line.marks[0].method.name == name]
    drawn = drawn if state.methods else every
    if not drawn:
        measured = "There is nothing to draw for this choice."
        st.info(measured if space.name in set(table.space) else f"{space.title}: {UNMEASURED}")
        return
    rest = [line for line in every if line not in drawn]
    chart, plane = st.columns([3, 2], gap="medium")
    with chart:
        _chart(drawn, rest, yardsticks(table, state), state)
        method = chosen([*drawn, *rest], state).method
        st.caption(f"**{method.label}.** {method.summary}")
    with plane:
        _plane([*drawn, *rest], state)
    st.caption(
        f"{space.summary} Means over the seeds of sampling from the shipped weights, with 95 % intervals; grey is not picked. "
        "Click a mark: its samples appear beside the chart. Milliseconds and training seconds were measured when the "
        "table was made, on one machine; another one's differ. All figures: docs/results.md."
    )


def _chart(drawn: list[Line], rest: list[Line], beside: dict[str, float], state: State) -> None:
    """All lines; a click on a mark chooses it."""
    st.plotly_chart(
        race(drawn, beside, state, st.context.theme.type == "dark", rest),
        theme=None,
        key="race",
        on_select=choose,
        selection_mode="points",
        config=PLAIN,
        height=HEIGHT,
        alt=_in_words([*drawn, *rest], beside, state),
    )


def choose() -> None:
    """A click on a mark chooses it; one beside the marks changes nothing."""
    points = st.session_state.race.selection.points
    if points and points[0].get("customdata"):
        put(current().changed(mark=points[0]["customdata"][0]))


def _plane(drawn: list[Line], state: State) -> None:
    """The samples of the chosen mark on a stage panel; the box is for those who cannot click."""
    marks, mark = {mark.key: mark for line in drawn for mark in line.marks}, chosen(drawn, state)
    alone = of_mark(mark.method.name, mark.sampler, mark.steps, state).write()
    st.html(
        f"<b>{html.escape(mark.words)}</b> <a href='./?{urlencode(alone)}' target='_self'>Open in the Playground</a>"
    )
    stage(alone, PANEL, key="samples", writes=False)
    every = replace(options(State)["mark"], choices=tuple(marks))
    control("mark", known=every, say=lambda key: marks[key].words, label_visibility="collapsed")


def _in_words(drawn: list[Line], beside: dict[str, float], state: State) -> str:
    """Every value, for those who do not see the chart."""
    merit = MERITS[state.figure]
    said = [f"{merit.label} ({merit.better}) over {COSTS[state.cost].lower()}, “{state.concept}”."]
    said += [
        f"{line.name}: " + ", ".join(f"{mark.merit:.3g} at {mark.cost:.3g}" for mark in line.marks) + "."
        for line in drawn
    ]
    said += [f"{YARDSTICKS[name].capitalize()}: {value:.3g}." for name, value in beside.items()]
    return " ".join(said)
