"""A visitor who goes from page to page and back: the controls always say what the picture shows."""

import pytest

from sandbox.spaces import space_named
from sandbox.stage.scene import make_scene
from sandbox.stage.state import State, controls
from tests.page.visitor import (
    PAGES,
    controls_of,
    go,
    in_words,
    move,
    opened,
    picture,
    shown,
    table,
    undisturbed,
    warnings,
    widget,
)

# For every control another value than it opens with, one that needs no training: first those that others depend on.
OTHER_VALUES = {
    "left": "asked-coalescer",  # that every option has a widget
    "field": "exact",
    "space": "crescent-and-islands",
    "concept": "animal",
    "seed": 7,
    "steps": 1,
    "right": "ideal-flow",
    "right_steps": 4,
    "points": 10,
    "t": 0.3,
    "sampler": "heun",
    "guidance": 2.0,
    "adaptive": True,
    "threshold": 0.5,
    "description_noise": 0.2,
    "desc_scale": 32.0,
    "direction_loss": "norm",
    "neighbours": 2,
    "landing": 1.0,
    "figure": "recall",
    "cost": "train_seconds",
    "others": True,
    "methods": ("coalescer", "diffusion"),
    "mark": "diffusion/ddim/4",
    "left_map": "ideal-flow",
    "right_map": "balanced-lookup",
    "place_x": 1.5,
    "place_y": -0.5,
    "scaled": "balanced-coalescer",
    "curve_noise": "0.15",
}
SHARED = {"space", "concept"}  # on every page


def page_of(name):
    """The page that a control is on."""
    if name in ("figure", "cost", "others", "methods", "mark"):
        return "race"
    if name in ("left_map", "right_map", "place_x", "place_y"):
        return "why"
    return "desc-scale" if name in ("scaled", "curve_noise") else ""


def on_page(name):
    """A page on which a control has its widget, and where another value of it can be shown without training."""
    if page_of(name):
        return opened(page_of(name))
    return opened(left="asked-coalescer", field="exact")


def says(at, name, value):
    """Whether every widget of a control says a value."""
    found = {key: seen for key, seen in controls_of(at).items() if key in (name, f"{name} typed")}
    return bool(found) and all((tuple(seen) if isinstance(value, tuple) else seen) == value for seen in found.values())


def test_there_is_another_value_for_every_control():
    assert set(OTHER_VALUES) == set(controls())
    assert all(value != State().value(name) for name, value in OTHER_VALUES.items())


@pytest.mark.parametrize("name", [name for name in OTHER_VALUES if name not in ("left", "field")])
def test_a_control_keeps_what_was_chosen_from_page_to_page_and_back(name):
    at, value = on_page(name), OTHER_VALUES[name]
    move(at, name, list(value) if isinstance(value, tuple) else value)
    assert undisturbed(at)
    assert says(at, name, value)
    chosen = shown(at)
    assert chosen.value(name) == value
    for page in [page for page in PAGES if page != page_of(name)]:
        go(at, page)
        assert not at.exception
        assert shown(at) == chosen
        assert at.query_params == chosen.write()
        assert name not in controls_of(at) or says(at, name, value)
    go(at, page_of(name))
    assert undisturbed(at)
    assert says(at, name, value)
    assert shown(at) == chosen


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_a_control_says_what_a_link_to_another_page_said(name):
    value = OTHER_VALUES[name]
    needed = {} if page_of(name) else {"left": "asked-coalescer", "field": "exact"}
    other = "why" if page_of(name) == "race" else "race"
    at = opened(other, **{**needed, name: controls()[name].write(value)})
    go(at, page_of(name))
    assert undisturbed(at)
    assert says(at, name, value)


@pytest.mark.parametrize("query", [{}, {"desc_scale": "32"}])
@pytest.mark.parametrize("page", PAGES[1:])
def test_desc_scale_and_the_picture_say_one_thing_after_a_change_of_page(page, query):
    at = opened(**query)
    before = picture(at)
    go(at, page)
    go(at, "")
    scale = float(query.get("desc_scale", 8))
    assert controls_of(at)["desc_scale"] == controls_of(at)["desc_scale typed"] == scale
    assert picture(at) == before
    left, _ = make_scene(State().changed(desc_scale=scale)).panels
    assert f"{left.answers[-1].quality.in_region:.1%}" in table(at)["in-region"][1]
    assert "Coalescer" in in_words(at)


def test_a_stop_that_is_chosen_after_a_change_of_page_is_shown():
    at = opened(desc_scale="32")
    go(at, "race")
    go(at, "")
    before = picture(at)
    move(at, "desc_scale", 64.0)
    assert undisturbed(at)
    assert controls_of(at)["desc_scale typed"] == 64.0
    assert picture(at) != before
    move(at, "desc_scale typed", 32.0)
    assert controls_of(at)["desc_scale"] == 32.0
    assert picture(at) == before


@pytest.mark.parametrize("page", PAGES[1:])
def test_a_refusal_does_not_survive_a_change_of_page(page):
    at = opened()
    move(at, "desc_scale typed", -3.0)
    assert len(warnings(at)) == 1
    go(at, page)
    assert undisturbed(at)
    go(at, "")
    assert undisturbed(at)
    assert controls_of(at)["desc_scale typed"] == 8.0


def test_a_complaint_about_a_link_does_not_survive_a_change_of_page():
    at = opened(steps="abc")
    assert len(warnings(at)) == 1
    go(at, "why")
    assert undisturbed(at)


def test_what_was_refused_leaves_no_trace_in_the_controls():
    at = opened(desc_scale="32")
    move(at, "desc_scale typed", 0.0)
    assert controls_of(at)["desc_scale"] == controls_of(at)["desc_scale typed"] == 32.0


def test_what_the_browser_has_not_heard_yet_does_not_set_a_control_back():
    at = opened()
    move(at, "desc_scale", 16.0)  # the box is set to 16, too
    widget(at, "desc_scale").set_value(32.0)
    widget(at, "desc_scale typed").set_value(8.0)  # what it still said when the next key was pressed
    at.run()
    assert shown(at) == State().changed(desc_scale=32.0)
    assert says(at, "desc_scale", 32.0)
    move(at, "desc_scale typed", 8.0)  # alone it is meant
    assert shown(at) == State()


def test_two_controls_that_are_moved_before_the_page_answers_are_both_taken():
    at = opened()
    widget(at, "concept").set_value("dog")
    widget(at, "steps").set_value(3)
    at.run()
    assert shown(at) == State(concept="dog", steps=3)


def test_a_control_that_was_gone_for_a_while_says_what_is_shown():
    at = opened(desc_scale="32")
    move(at, "left", "diffusion")
    assert "desc_scale" not in controls_of(at)
    move(at, "left", "coalescer")
    assert says(at, "desc_scale", 32.0)


def test_a_space_that_is_chosen_on_another_page_is_the_playground_s():
    at = opened(concept="animal")
    go(at, "why")
    move(at, "space", "eight-gaussians-to-moons")
    go(at, "")
    assert undisturbed(at)
    assert shown(at).space == "eight-gaussians-to-moons"
    assert controls_of(at)["concept"] == shown(at).concept == space_named("eight-gaussians-to-moons").concept_names()[0]


def test_reset_on_another_page_resets_this_one():
    at = opened(desc_scale="32", seed="7")
    go(at, "why")
    next(button for button in at.button if button.label == "Reset, same seed").click().run()
    go(at, "")
    assert shown(at) == State(seed=7)
    assert controls_of(at)["desc_scale"] == controls_of(at)["desc_scale typed"] == 8.0
