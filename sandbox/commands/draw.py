"""The commands that draw: the panels as a figure, and the stage as a page of its own."""

from argparse import Namespace
from dataclasses import replace

from sandbox.commands.parser import UsageError
from sandbox.commands.proofs import concept_of, given, prove_answerable, prove_writable, reporter
from sandbox.stage import lesson
from sandbox.stage.controls import OF_PANELS
from sandbox.stage.scene import make_scene
from sandbox.stage.state import State, controls
from sandbox.weights import store


def figure(chosen: Namespace) -> None:
    """Write the page's two panels to a file: .html to look at, .json for plotly."""
    from sandbox.stage.panels import panels  # plotly is slow to import and only needed here

    if chosen.out.suffix not in (".html", ".json"):
        raise UsageError("the figure is written as .html or .json: name the file so")
    state = _state(chosen)
    questions = [view.drawn for view in state.views()]
    prove_answerable(questions)
    prove_writable(chosen.out)
    for question in questions:
        store.ready(question.method, reporter())
    drawn, html = panels(make_scene(state)), chosen.out.suffix == ".html"
    chosen.out.write_text(drawn.to_html(include_plotlyjs=True) if html else drawn.to_json(), encoding="utf-8")
    print(chosen.out)


def page(chosen: Namespace) -> None:
    """Write the stage to one HTML file that needs no server and no network."""
    if chosen.out.suffix != ".html":
        raise UsageError("the page is written as .html: name the file so")
    state = _state(chosen)
    own = lesson.shown(state, chosen.methods or ())
    offered = lesson.shown(state, chosen.methods or lesson.OFFERED)
    methods = [
        method
        for method in lesson.asked(state, offered, chosen.stops)
        if method.name in own or not store.missing(method)
    ]
    names = list(dict.fromkeys(method.name for method in methods))
    prove_writable(chosen.out)
    for method in methods:
        store.ready(method, reporter())
    chosen.out.write_text(lesson.lesson(state, names, methods, chosen.concepts or ()), encoding="utf-8")
    print(chosen.out)


def _state(chosen: Namespace) -> State:
    """What the panels' options say; UsageError where it is no plane."""
    state = State().changed(**given(chosen, (name for name, known in controls().items() if known.group in OF_PANELS)))
    space = state.world.space
    if space.dimensions != 2:
        raise UsageError(f"only a plane can be drawn, and {space.name} has {space.dimensions} dimensions")
    return replace(state, concept=concept_of(space, chosen.concept))


COMMANDS = {"figure": figure, "page": page}
