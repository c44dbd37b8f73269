"""A visitor who goes from page to page and back: the controls and the stage always say one thing."""

import pytest

from sandbox.methods import FAMILIES, method_named
from sandbox.page import stage as stage_host
from sandbox.page.visit import Visit
from sandbox.spaces import space_named
from sandbox.stage.state import State, controls
from tests.page.visitor import (
    PAGES,
    controls_of,
    go,
    in_stage,
    move,
    opened,
    shown,
    told,
    undisturbed,
    warnings,
    widget,
)

# For every control another value than it opens with.
OTHER_VALUES = {
    "left": "asked-coalescer",
    "field": "exact",
    "space": "crescent-and-islands",
    "concept": "animal",
    "seed": 7,
    "steps": 1,
    "right": "ideal-flow",
    "right_steps": 4,
    "third": "drifting",
    "third_steps": 1,
    "fourth": "consistency",
    "fourth_steps": 8,
    "layers": ("regions", "trails"),
    "points": 10,
    "t": 0.3,
    "sampler": "heun",
    "guidance": 2.0,
    "adaptive": True,
    "threshold": 0.5,
    "description_noise": 0.2,
    "presenting": True,
    "controls": False,
    "desc_scale": 32.0,
    "direction_loss": "norm",
    "neighbours": 2,
    "landing": 1.0,
    "learned_guidance": 2.0,
    "plan": "sinkhorn",
    "figure": "recall",
    "cost": "train_seconds",
    "others": True,
    "methods": ("coalescer", "diffusion"),
    "mark": "diffusion/ddim/4",
    "left_map": "ideal-flow",
    "right_map": "balanced-lookup",
    "map_concept": "cat",
    "place_x": 1.5,
    "place_y": -0.5,
    "scaled": "balanced-coalescer",
    "beyond_figure": "precision",
    "beyond_steps": 1,
    "beyond_space": "digits-2d",
    "beyond_grid": "pets-8d",
    "picture_space": "digits",
    "caption": "a dog",
    "drawn_by": ("coalescer", "ideal-denoiser"),
    "film_steps": 4,
    "picture_x": -1.25,
    "picture_y": 0.5,
    "described": True,
    "description_x": 0.25,
    "description_y": -0.75,
}
PAGE_OF = {  # by the group of a control
    "Race": "race",
    "Why many steps?": "why",
    "desc_scale": "desc-scale",
    "Beyond the plane": "beyond-the-plane",
    "Pictures and words": "pictures-and-words",
}
WIDGETS = "race"  # the one page whose controls are Streamlit's; those of the others are in its stage


def page_of(name):
    """The page that a control is on."""
    return PAGE_OF.get(controls()[name].group, "")


def change(at, name, value):
    """Another value, by the control's widget or in the stage."""
    if shown_on(at) != WIDGETS:
        return in_stage(at, **{name: value})
    if name != "methods":
        return move(at, name, value)
    for family in FAMILIES:  # each has a widget of its own
        move(at, f"methods {family}", [one for one in value if method_named(one).family == family])
    return at


def shown_on(at):
    return at.session_state["this visit"].page


def says(at, name, value):
    """Whether the stage, or the control's widget, says a value."""
    if shown_on(at) != WIDGETS:
        return State.read(told(at)["query"])[0].value(name) == value
    seen = controls_of(at)
    if name == "methods":
        return {one for family in FAMILIES for one in seen[f"methods {family}"]} == set(value)
    return seen[name] == value


def test_there_is_another_value_for_every_control():
    assert set(OTHER_VALUES) == set(controls())
    assert all(value != State().value(name) for name, value in OTHER_VALUES.items())


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_a_control_keeps_what_was_chosen_from_page_to_page_and_back(name):
    at, value = opened(page_of(name)), OTHER_VALUES[name]
    change(at, name, value)
    assert undisturbed(at)
    assert says(at, name, value)
    chosen = shown(at)
    assert chosen.value(name) == value
    for page in [page for page in PAGES if page != page_of(name)]:
        go(at, page)
        assert not at.exception
        assert shown(at) == chosen
        assert at.query_params == chosen.write()
        assert (page == WIDGETS and name not in controls_of(at)) or says(at, name, value)
    go(at, page_of(name))
    assert undisturbed(at)
    assert says(at, name, value)
    assert shown(at) == chosen


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_a_control_says_what_a_link_to_another_page_said(name):
    value = OTHER_VALUES[name]
    at = opened("why" if page_of(name) == "race" else "race", **{name: controls()[name].write(value)})
    go(at, page_of(name))
    assert undisturbed(at)
    assert says(at, name, value)


@pytest.mark.parametrize("page", [page for page in PAGES if page != WIDGETS])
@pytest.mark.parametrize("name", ["space", "concept"])
def test_what_is_changed_in_a_stage_is_what_the_widgets_of_another_page_say(name, page):
    at = in_stage(opened(page), **{name: OTHER_VALUES[name]})
    go(at, WIDGETS)
    assert not at.exception
    assert says(at, name, OTHER_VALUES[name])


@pytest.mark.parametrize("page", [page for page in PAGES if page != WIDGETS])
@pytest.mark.parametrize("name", ["space", "concept"])
def test_what_is_moved_by_a_widget_is_what_the_stages_are_told(name, page):
    at = move(opened(WIDGETS), name, OTHER_VALUES[name])
    go(at, page)
    assert undisturbed(at)
    assert told(at)["query"] == shown(at).write() == State().changed(**{name: OTHER_VALUES[name]}).write()


@pytest.mark.parametrize("key", ["plane", "agreement", "cells", "words"])
def test_every_stage_is_heard_by_its_own_key(monkeypatch, key):
    here = {"this visit": Visit(), key: {"query": "?concept=dog&place_x=1.5"}}
    monkeypatch.setattr(stage_host.st, "session_state", here)
    stage_host._heard(key)
    assert here["this visit"].state == State(concept="dog", place_x=1.5)


@pytest.mark.parametrize("page", ["why", "desc-scale"])
def test_back_on_a_page_of_maps_is_followed(page):
    at = in_stage(opened(page), concept="dog")
    in_stage(at, concept="animal")
    at.query_params = {"concept": "dog"}
    at.run()
    assert shown(at) == State(concept="dog")
    assert says(at, "concept", "dog")
    at.query_params = {}
    at.run()
    assert shown(at) == State()


@pytest.mark.parametrize(
    "query",
    [{"seed": "-1"}, {"desc_scale": "1e99"}, {"concept": "cow"}, {"place_x": "left"}, {"caption": "a purple cat"}],
)
@pytest.mark.parametrize("page", PAGES)
def test_a_value_that_cannot_be_taken_is_refused_in_a_sentence_that_does_not_survive(page, query):
    at = opened(page, **query)
    ((name, text),) = query.items()
    assert len(warnings(at)) == 1
    assert name in warnings(at)[0] or text in warnings(at)[0]
    other = next(path for path in PAGES if path != page)
    go(at, other)
    assert undisturbed(at)
    go(at, page)
    assert undisturbed(at)


def test_the_refusal_goes_when_a_good_value_comes():
    at = opened(WIDGETS, figure="beauty")
    assert len(warnings(at)) == 1
    move(at, "figure", "recall")
    assert undisturbed(at)
    assert shown(at) == State(figure="recall")


def test_what_was_refused_leaves_no_trace_in_the_widgets():
    at = opened(WIDGETS, figure="beauty", cost="train_seconds")
    assert controls_of(at)["figure"] == State().figure
    assert controls_of(at)["cost"] == "train_seconds"
    assert at.query_params == {"cost": "train_seconds"}


def test_what_the_browser_has_not_heard_yet_does_not_set_a_widget_back():
    at = opened(WIDGETS, concept="dog")
    move(at, "space", "eight-gaussians-to-moons")  # which sets the concept, too
    assert controls_of(at)["concept"] == "upper"
    widget(at, "figure").set_value("recall")
    at.session_state["this visit"].changes["concept race"] = ("concept", controls()["concept"], "dog")  # an echo
    at.run()
    assert shown(at) == State(space="eight-gaussians-to-moons", concept="upper", figure="recall")


def test_two_widgets_that_are_moved_before_the_page_answers_are_both_taken():
    at = opened(WIDGETS)
    widget(at, "concept").set_value("dog")
    widget(at, "figure").set_value("recall")
    at.run()
    assert shown(at) == State(concept="dog", figure="recall")


def test_a_widget_that_is_moved_before_the_link_has_caught_up_is_not_set_back():
    at = opened(WIDGETS)
    move(at, "concept", "dog")
    at.query_params = {}  # what the browser's address still said when the next key was pressed
    move(at, "figure", "recall")
    assert shown(at) == State(concept="dog", figure="recall")
    at.query_params = {"concept": "dog"}
    move(at, "cost", "train_seconds")
    assert shown(at) == State(concept="dog", figure="recall", cost="train_seconds")
    assert at.query_params == {"concept": "dog", "figure": "recall", "cost": "train_seconds"}


def test_the_link_follows_the_widgets_and_forgets_what_is_back_at_its_default():
    at = opened(WIDGETS)
    for name, value in {"figure": "recall", "concept": "dog"}.items():
        move(at, name, value)
    assert at.query_params == {"figure": "recall", "concept": "dog"}
    move(at, "concept", "cat")
    assert at.query_params == {"figure": "recall"}


def test_a_space_that_is_chosen_by_a_widget_is_the_stage_s():
    at = opened(WIDGETS, concept="animal")
    move(at, "space", "eight-gaussians-to-moons")
    go(at, "")
    assert undisturbed(at)
    assert shown(at).space == "eight-gaussians-to-moons"
    assert shown(at).concept == space_named("eight-gaussians-to-moons").concept_names()[0]
    assert told(at)["query"] == shown(at).write()


@pytest.mark.parametrize("page", [page for page in PAGES if page])
def test_a_reset_in_the_stage_is_a_reset_on_every_page(page):
    at = opened(page, **{name: controls()[name].write(value) for name, value in OTHER_VALUES.items()})
    assert undisturbed(at)
    go(at, "")
    at.query_params = {"seed": "7"}  # what the stage says once it was reset
    at.run()
    go(at, page)
    assert undisturbed(at)
    assert shown(at) == State(seed=7)
    assert all(says(at, name, State(seed=7).value(name)) for name in ("concept", "space"))
