"""The commands that draw: the panels as a figure, and the stage as a page of its own."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sandbox.commands.parser import UsageError
from sandbox.commands.proofs import concept_of, given, prove_answerable, prove_writable, reporter
from sandbox.engine.recipe import options
from sandbox.methods import Method, build
from sandbox.stage import packs
from sandbox.stage.controls import OF_PANELS
from sandbox.stage.lesson import page as lesson
from sandbox.stage.packs import live_options
from sandbox.stage.payload import only, payload
from sandbox.stage.scene import make_scene
from sandbox.stage.state import State, controls
from sandbox.weights import store
from sandbox.weights.shipped import desc_scales


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
    names = list(dict.fromkeys([*(name for name, _ in state.panels()), *chosen.methods]))
    asked = list(_asked(state, names, chosen.stops))
    prove_writable(chosen.out)
    held = {packs.key_of(state.world): packs.world_pack(state.world, tuple(asked))}
    for method in asked:
        store.ready(method, reporter())
        held[packs.key_of(method)] = packs.method_pack(method)
    told = only(payload(), [state.space], names, chosen.concepts or [])
    chosen.out.write_text(lesson(told, state.write(), held), encoding="utf-8")
    print(chosen.out)


def _state(chosen: Namespace) -> State:
    """What the panels' options say; UsageError where it is no plane."""
    state = State().changed(**given(chosen, (name for name, known in controls().items() if known.group in OF_PANELS)))
    space = state.world.space
    if space.dimensions != 2:
        raise UsageError(f"only a plane can be drawn, and {space.name} has {space.dimensions} dimensions")
    return replace(state, concept=concept_of(space, chosen.concept))


def _asked(state: State, names: Sequence[str], stops: Sequence[float] | None) -> Iterator[Method]:
    """Every method that the page can show; at each stop where its answer is made, not looked up, for one desc_scale.

    The stops are those that weights are shipped for where none are given.
    """
    for name in names:
        asked = dict(state.asked)
        method = build(name, state.world, **asked)
        yield method
        if "desc_scale" not in options(method) or "desc_scale" in live_options(type(method)):
            continue
        for stop in stops or desc_scales(state.world.space):
            other = build(name, state.world, **{**asked, "desc_scale": stop})
            if other != method and (stops or not store.missing(other)):
                yield other


COMMANDS = {"figure": figure, "page": page}
