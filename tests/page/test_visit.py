"""A visitor who goes from page to page and back: the controls and the stage always say one thing."""

import pytest

from sandbox.spaces import space_named
from sandbox.stage.state import State, controls
from tests.page.visitor import (
    PAGES,
    controls_of,
    go,
    in_stage,
    move,
    opened,
    press,
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
PAGE_OF = {"Race": "race", "Why many steps?": "why", "desc_scale": "desc-scale"}  # by the group of a control
TYPED = "desc-scale"  # a page with a slider and a box of one control


def page_of(name):
    """The page that a control is on."""
    return PAGE_OF.get(controls()[name].group, "")


def change(at, name, value):
    """Another value, by the control's widget or in the stage."""
    if shown_on(at) == "":
        return in_stage(at, **{name: value})
    return move(at, name, list(value) if isinstance(value, tuple) else value)


def shown_on(at):
    return at.session_state["this visit"].page


def says(at, name, value):
    """Whether the stage, or every widget of a control, says a value."""
    if shown_on(at) == "":
        return State.read(told(at)["query"])[0].value(name) == value
    found = {key: seen for key, seen in controls_of(at).items() if key in (name, f"{name} typed")}
    return bool(found) and all((tuple(seen) if isinstance(value, tuple) else seen) == value for seen in found.values())


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
        assert name not in controls_of(at) or says(at, name, value)
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


@pytest.mark.parametrize("name", ["space", "concept", "desc_scale"])
def test_what_is_changed_in_the_stage_is_what_the_controls_of_another_page_say(name):
    at = in_stage(opened(), **{name: OTHER_VALUES[name]})
    go(at, TYPED)
    assert not at.exception
    assert says(at, name, OTHER_VALUES[name])


@pytest.mark.parametrize("name", ["space", "concept", "desc_scale"])
def test_what_is_moved_on_another_page_is_what_the_stage_is_told(name):
    at = move(opened(TYPED), name, OTHER_VALUES[name])
    go(at, "")
    assert undisturbed(at)
    assert told(at)["query"] == shown(at).write() == State().changed(**{name: OTHER_VALUES[name]}).write()


def test_a_stop_that_is_chosen_after_a_change_of_page_is_shown():
    at = opened(TYPED, desc_scale="32")
    go(at, "race")
    go(at, TYPED)
    move(at, "desc_scale", 64.0)
    assert undisturbed(at)
    assert controls_of(at)["desc_scale typed"] == 64.0
    move(at, "desc_scale typed", 32.0)
    assert controls_of(at)["desc_scale"] == 32.0


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("desc_scale", 0.0, "desc_scale typed"),
        ("desc_scale", -3.0, "desc_scale typed"),
        ("desc_scale", 1e99, "desc_scale typed"),
        ("Seed", -1, "seed"),
        ("Seed", 2**40, "seed"),
    ],
)
def test_a_number_that_cannot_work_is_refused_in_a_sentence(name, value, key):
    at = opened(TYPED)
    move(at, key, value)
    (sentence,) = warnings(at)
    assert sentence.startswith(f"{name} is a ")
    assert f"not {value:.12g}. It stays at " in sentence
    assert shown(at) == State()
    assert controls_of(at)[key] == State().value(key.removesuffix(" typed"))


def test_the_refusal_goes_when_a_good_value_comes():
    at = opened(TYPED)
    move(at, "desc_scale typed", -3.0)
    move(at, "desc_scale typed", 16.0)
    assert undisturbed(at)
    assert shown(at) == State().changed(desc_scale=16.0)


@pytest.mark.parametrize("page", [page for page in PAGES if page != TYPED])
def test_a_refusal_does_not_survive_a_change_of_page(page):
    at = opened(TYPED)
    move(at, "desc_scale typed", -3.0)
    assert len(warnings(at)) == 1
    go(at, page)
    assert undisturbed(at)
    go(at, TYPED)
    assert undisturbed(at)
    assert controls_of(at)["desc_scale typed"] == 8.0


def test_a_complaint_about_a_link_does_not_survive_a_change_of_page():
    at = opened(steps="abc")
    assert len(warnings(at)) == 1
    go(at, "why")
    assert undisturbed(at)


def test_what_was_refused_leaves_no_trace_in_the_controls():
    at = opened(TYPED, desc_scale="32")
    move(at, "desc_scale typed", 0.0)
    assert controls_of(at)["desc_scale"] == controls_of(at)["desc_scale typed"] == 32.0


def test_a_fraction_is_taken_as_it_is_shown():
    at = opened("why")
    move(at, "t", 0.1 + 0.2 + 0.4)  # a slider's arithmetic
    assert shown(at) == State()


def test_what_the_browser_has_not_heard_yet_does_not_set_a_control_back():
    at = opened(TYPED)
    move(at, "desc_scale", 16.0)  # the box is set to 16, too
    widget(at, "desc_scale").set_value(32.0)
    widget(at, "desc_scale typed").set_value(8.0)  # what it still said when the next key was pressed
    at.run()
    assert shown(at) == State().changed(desc_scale=32.0)
    assert says(at, "desc_scale", 32.0)
    move(at, "desc_scale typed", 8.0)  # alone it is meant
    assert shown(at) == State()


def test_two_controls_that_are_moved_before_the_page_answers_are_both_taken():
    at = opened(TYPED)
    widget(at, "concept").set_value("dog")
    widget(at, "curve_noise").set_value("0.15")
    at.run()
    assert shown(at) == State(concept="dog", curve_noise="0.15")


def test_a_control_that_is_moved_before_the_link_has_caught_up_is_not_set_back():
    at = opened(TYPED)
    move(at, "concept", "dog")
    at.query_params = {}  # what the browser's address still said when the next key was pressed
    move(at, "desc_scale", 16.0)
    assert shown(at) == State(concept="dog").changed(desc_scale=16.0)
    at.query_params = {"concept": "dog"}
    move(at, "desc_scale", 32.0)
    assert shown(at) == State(concept="dog").changed(desc_scale=32.0)
    assert at.query_params == {"concept": "dog", "desc_scale": "32"}


def test_the_link_follows_the_controls_and_forgets_what_is_back_at_its_default():
    at = opened(TYPED)
    for name, value in {"desc_scale": 32.0, "concept": "dog"}.items():
        move(at, name, value)
    assert at.query_params == {"desc_scale": "32", "concept": "dog"}
    move(at, "concept", "cat")
    assert at.query_params == {"desc_scale": "32"}


def test_a_control_that_was_gone_for_a_while_says_what_is_shown():
    at = opened("why", left_map="nearest-pair", desc_scale="32")
    for name in ("left_map", "right_map"):
        move(at, name, "ideal-denoiser")
    assert "desc_scale" not in controls_of(at)
    move(at, "left_map", "nearest-pair")
    assert says(at, "desc_scale", 32.0)


def test_a_space_that_is_chosen_on_another_page_is_the_playground_s():
    at = opened(concept="animal")
    go(at, "why")
    move(at, "space", "eight-gaussians-to-moons")
    go(at, "")
    assert undisturbed(at)
    assert shown(at).space == "eight-gaussians-to-moons"
    assert shown(at).concept == space_named("eight-gaussians-to-moons").concept_names()[0]
    assert told(at)["query"] == shown(at).write()


def test_a_new_seed_changes_the_seed_and_nothing_else():
    at = opened(TYPED, concept="dog")
    press(at, "New seed")
    assert shown(at).seed != 0
    assert shown(at).changed(seed=0) == State(concept="dog")
    assert controls_of(at)["seed"] == shown(at).seed


@pytest.mark.parametrize("page", [TYPED, "why"])
def test_reset_keeps_the_seed_and_nothing_else_on_every_page(page):
    at = opened(desc_scale="32", seed="7", concept="dog", space="moons", right_steps="4")
    go(at, page)
    press(at, "Reset, same seed")
    assert shown(at) == State(seed=7)
    go(at, "")
    assert told(at)["query"] == {"seed": "7"}
    go(at, TYPED)
    assert controls_of(at)["desc_scale"] == controls_of(at)["desc_scale typed"] == 8.0
