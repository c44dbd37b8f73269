"""The page without a browser: every control, the link, training on the spot, and everything that can go wrong with it."""

import asyncio
import json
import os
import shutil
from dataclasses import fields, replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from torch import Generator

from sandbox.methods import DIRECTION_LOSSES, METHODS, Trained
from sandbox.page.warm import warm_up
from sandbox.page.words import HELP
from sandbox.spaces import SPACES, space_named
from sandbox.stage import scene
from sandbox.stage.state import State
from sandbox.weights import store
from sandbox.weights.shipped import desc_scales
from sandbox.weights.training import DivergedError, Progress

CONTROLS = [control.name for control in fields(State)]
WIDGETS = [name for name in CONTROLS if name != "desc_scale"] + ["desc_scale_stop", "desc_scale_typed"]
UNTRAINED = 5.3  # a desc_scale that nobody ships
CACHES = (store.denoiser, scene.make_panel, scene.plateau)
APP = str(Path(__file__).parents[2] / "app.py")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A folder of its own for what is trained."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("SANDBOX_CACHE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _no_training(monkeypatch):
    """Real training takes long: a test that means to train says with what."""

    def forbidden(recipe, teacher=None):
        raise AssertionError(f"{recipe} is being trained")

    monkeypatch.setattr(store, "train", forbidden)


@pytest.fixture
def forget():
    """Nothing is remembered of the weights of other tests, nor of this one's afterwards."""
    for function in CACHES:
        function.cache_clear()
    yield
    for function in CACHES:
        function.cache_clear()


@pytest.fixture
def brief(monkeypatch, forget):
    """Training that takes three reports and leaves the network as it began; the recipes that were asked for."""
    asked = []

    def train(recipe, teacher=None):
        asked.append(recipe)
        for step in (10, 20, 30):
            yield Progress(step, 30, 0.5, recipe.network(Generator().manual_seed(0)))

    monkeypatch.setattr(store, "train", train)
    return asked


@pytest.fixture
def stopped(monkeypatch, forget):
    """Training that the visitor interrupts after its first report, as streamlit does when a button is pressed."""

    def train(recipe, teacher=None):
        yield Progress(10, 30, 0.5, recipe.network(Generator().manual_seed(0)))
        st.stop()

    monkeypatch.setattr(store, "train", train)


@pytest.fixture
def weights(tmp_path, monkeypatch, forget):
    """A copy of the shipped weights that may be damaged."""
    folder = tmp_path / "weights"
    shutil.copytree(store.SHIPPED, folder)
    monkeypatch.setattr(store, "SHIPPED", folder)
    return folder


def opened(**query):
    at = AppTest.from_file(APP, default_timeout=60)
    at.query_params.update(query)
    return at.run()


@pytest.fixture
def page():
    return opened()


def picture(at):
    """All that is drawn on the two panels."""
    return json.loads(at.get("plotly_chart")[0].proto.spec)


def table(at):
    """The figures of merit, read back out of the page's HTML."""
    (html,) = [element.proto.body for element in at.get("html") if 'class="dataframe merit"' in element.proto.body]
    rows = [[cell.text for cell in row] for row in ElementTree.fromstring(html).iter("tr")]
    return pd.DataFrame(rows[1:], columns=rows[0])


def in_words(at):
    """What is said to those who do not see the panels."""
    return at.get("plotly_chart")[0].proto.alt


def shown(at):
    return State(**{name: at.session_state[name] for name in CONTROLS})


def warnings(at):
    return [warning.value.replace("\\", "") for warning in at.warning]  # undo what keeps Markdown out


def move(at, name, value):
    """Set a control as a visitor does."""
    return at.get_by_key(name).set_value(value).run()


def press(at, label):
    (button,) = [button for button in at.button if button.label == label]
    return button.click().run()


def offers(at, label):
    return label in [button.label for button in at.button]


def truncate(recipe, folder):
    path = folder / store.file_name(recipe)
    path.write_bytes(path.read_bytes()[:1000])


def undisturbed(at):
    return not at.exception and not at.error and not at.warning


# Opening it


def test_the_page_opens_without_a_complaint(page):
    assert undisturbed(page)


def test_opening_trains_nothing(page, cache):
    assert not cache.exists()


def test_both_panels_are_there_when_it_opens(page):
    assert {shape.get("xref") for shape in picture(page)["layout"]["shapes"]} == {"x", "x2"}


def test_the_picture_is_also_told_in_words(page):
    assert "Coalescer" in in_words(page)
    assert "Diffusion" in in_words(page)
    assert "the concept asked for is cat" in in_words(page)


EVERY_OPTION = {"left": "asked-coalescer"}  # beside diffusion, the methods of which every control has something to say


def help_of(name):
    """The key of a control's help text; what both panels have, they share."""
    return {"left": "method", "right": "method", "right_steps": "steps", "desc_scale_stop": "desc_scale"}.get(
        name, name
    )


@pytest.fixture(scope="module")
def with_every_option():
    return opened(**EVERY_OPTION)


@pytest.mark.parametrize("name", WIDGETS)
def test_every_control_is_there_and_explains_itself(with_every_option, name):
    help_text = with_every_option.get_by_key(name).proto.help
    assert help_text == HELP[help_of(name)]
    assert help_text.endswith(".")


def test_no_help_text_is_left_over():
    assert {help_of(name) for name in WIDGETS} == set(HELP)


def test_a_control_that_no_chosen_method_knows_is_not_there(page):
    keys = {widget.key for kind in ("slider", "segmented_control") for widget in page.get(kind)}
    assert "direction_loss" in keys
    assert "neighbours" not in keys
    move(page, "left", "balanced-coalescer")
    assert "direction_loss" not in {widget.key for widget in page.get("segmented_control")}


def test_the_controls_show_the_defaults(page):
    assert shown(page) == State()
    assert page.select_slider(key="desc_scale_stop").value == page.number_input(key="desc_scale_typed").value == 8.0


def test_the_table_has_a_row_for_each_jump_and_one_for_diffusion(page):
    assert list(table(page)["method"]) == ["Coalescer, 1 step", "Coalescer, 2 steps", "Diffusion, 16 steps"]


# Moving the controls


def test_every_stop_of_desc_scale_answers_at_once(page):
    seen = set()
    for stop in desc_scales("cats-and-dogs"):
        move(page, "desc_scale_stop", stop)
        assert undisturbed(page)
        assert shown(page) == State(desc_scale=stop)
        seen.add(page.get("plotly_chart")[0].proto.spec)
    assert len(seen) == len(desc_scales("cats-and-dogs"))


def test_the_stops_are_the_values_that_are_shipped(page):
    assert page.select_slider(key="desc_scale_stop").options == [f"{stop:g}" for stop in desc_scales("cats-and-dogs")]


@pytest.mark.parametrize("space", [space.name for space in SPACES])
def test_every_space_answers_at_once(page, space):
    move(page, "space", space)
    assert undisturbed(page)
    assert replace(shown(page), concept="cat") == State(space=space)
    assert shown(page).concept == space_named(space).concept_names()[0]


@pytest.mark.parametrize("method", [method for method in METHODS if issubclass(method, Trained)], ids=lambda m: m.name)
@pytest.mark.parametrize("side", ["left", "right"])
def test_every_trained_method_answers_at_once_on_either_side(page, side, method):
    move(page, side, method.name)
    assert undisturbed(page)
    assert method.label in in_words(page)


@pytest.mark.parametrize("concept", ["dog", "animal", "none"])
def test_every_concept_answers_at_once(page, concept):
    move(page, "concept", concept)
    assert undisturbed(page)
    assert f"the concept asked for is {concept}" in in_words(page)


@pytest.mark.parametrize("loss", list(DIRECTION_LOSSES))
def test_every_direction_loss_answers_at_once(page, loss):
    move(page, "direction_loss", loss)
    assert undisturbed(page)


def test_the_exact_fields_answer_at_once_for_any_desc_scale(page):
    move(page, "field", "exact")
    move(page, "desc_scale_typed", UNTRAINED)
    assert undisturbed(page)
    assert "Nearest pair (exact)" in in_words(page)
    assert "Ideal denoiser (exact)" in in_words(page)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("concept", "dog"),
        ("steps", 1),
        ("right_steps", 4),
        ("points", 10),
        ("seed", 7),
        ("t", 0.3),
        ("sampler", "ancestral"),
        ("guidance", 3.0),
        ("threshold", 0.9),
        ("field", "exact"),
    ],
)
def test_a_control_changes_the_picture(page, name, value):
    before = picture(page)
    move(page, name, value)
    assert undisturbed(page)
    assert picture(page) != before


def test_adaptive_jumps_save_evaluations(page):
    before = table(page)["NFE"][1]
    move(page, "adaptive", True)
    assert undisturbed(page)
    assert float(table(page)["NFE"][1]) < float(before)


def test_the_same_controls_show_the_same_picture_again(page):
    before = picture(page)
    move(page, "concept", "dog")
    move(page, "concept", "cat")
    assert picture(page) == before


def test_more_steps_have_more_rows(page):
    move(page, "steps", 4)
    assert len(table(page)) == 5


def test_a_new_seed_changes_the_seed_and_nothing_else(page):
    move(page, "concept", "dog")
    press(page, "New seed")
    assert shown(page).seed != 0
    assert replace(shown(page), seed=0) == State(concept="dog")


def test_reset_keeps_the_seed_and_nothing_else(page):
    for name, value in {"seed": 7, "concept": "dog", "desc_scale_stop": 32.0, "steps": 1, "space": "moons"}.items():
        move(page, name, value)
    press(page, "Reset, same seed")
    assert shown(page) == State(seed=7)
    assert page.select_slider(key="desc_scale_stop").value == page.number_input(key="desc_scale_typed").value == 8.0


@pytest.mark.parametrize("value", [0.0, -3.0, 1e99])
def test_a_desc_scale_that_cannot_work_is_refused_in_a_sentence(page, value):
    before = picture(page)
    move(page, "desc_scale_typed", value)
    (sentence,) = warnings(page)
    assert sentence.startswith(f"desc_scale {value:g} cannot work")
    assert picture(page) == before
    assert shown(page) == State()


def test_the_refusal_goes_when_a_good_value_comes(page):
    move(page, "desc_scale_typed", -3.0)
    move(page, "desc_scale_typed", 16.0)
    assert undisturbed(page)
    assert shown(page) == State(desc_scale=16.0)


def test_the_slider_follows_what_is_typed(page):
    move(page, "desc_scale_typed", 32.0)
    assert page.select_slider(key="desc_scale_stop").value == 32.0


def test_what_is_typed_follows_the_slider(page):
    move(page, "desc_scale_stop", 32.0)
    assert page.number_input(key="desc_scale_typed").value == 32.0


# The link


def test_a_page_of_defaults_needs_no_link(page):
    assert page.query_params == {}


def test_the_link_follows_the_controls(page):
    for name, value in {"desc_scale_stop": 32.0, "concept": "dog", "adaptive": True}.items():
        move(page, name, value)
    assert page.query_params == {"desc_scale": "32", "concept": "dog", "adaptive": "1"}


def test_the_link_forgets_what_is_back_at_its_default(page):
    move(page, "concept", "dog")
    move(page, "concept", "cat")
    assert page.query_params == {}


LINKS = {
    "desc_scale": State(desc_scale=32.0, concept="dog", steps=1, seed=7, points=100),
    "diffusion": State(space="moons", right_steps=4, t=0.3, sampler="ancestral", guidance=2.0),
    "exact": State(field="exact", desc_scale=5.3, concept="animal", adaptive=True, threshold=0.5),
}


@pytest.mark.parametrize("state", LINKS.values(), ids=LINKS)
def test_a_link_shows_the_picture_that_the_controls_show(state):
    by_hand = opened()
    for name in CONTROLS:
        if getattr(state, name) != getattr(State(), name):
            move(by_hand, "desc_scale_typed" if name == "desc_scale" else name, getattr(state, name))
    by_link = opened(**by_hand.query_params)
    assert by_link.query_params == state.write()
    assert shown(by_link) == state
    assert picture(by_link) == picture(by_hand)


def test_a_link_opened_later_on_the_same_page_is_followed(page):
    move(page, "concept", "dog")
    page.query_params = {"concept": "animal"}
    page.run()
    assert shown(page) == State(concept="animal")


@pytest.mark.parametrize("text", ["-1", "<script>alert(1)</script>"])  # more of them are tried on the state alone
@pytest.mark.parametrize("name", [name for name in CONTROLS if name not in ("desc_scale", "description_noise")])
def test_nonsense_in_a_link_is_a_sentence_and_a_picture(name, text):
    at = opened(**{name: text})
    assert not at.exception
    assert not at.error
    (sentence,) = warnings(at)
    assert sentence.startswith((name, "cats-and-dogs has no concept"))
    assert len(picture(at)["data"]) > 2


@pytest.mark.parametrize("name", ["desc_scale", "description_noise"])
def test_nonsense_for_what_is_trained_is_a_sentence_and_a_picture(name):
    at = opened(**{name: "abc"})
    assert not at.exception
    assert warnings(at)[0].startswith(name)
    assert picture(at) == picture(opened())


def test_every_value_of_a_link_that_cannot_be_taken_has_its_sentence():
    assert len(warnings(opened(steps="abc", seed="-1", concept="fish"))) == 3


def test_the_sentence_goes_with_the_next_move():
    at = opened(steps="abc")
    move(at, "concept", "dog")
    assert undisturbed(at)


@pytest.mark.parametrize(
    "text", ["![](http://example.org/a.png)", "[click](http://example.org)", ":red[alarm]", "$x^2$", "`code`"]
)
def test_what_a_link_says_is_shown_as_text_and_nothing_else(text):
    at = opened(concept=text)
    assert text not in at.warning[0].value  # Markdown would make a picture, a link or a formula of it
    assert text in warnings(at)[0]


def test_unknown_words_in_a_link_are_ignored():
    assert undisturbed(opened(utm_source="mail", Seed="7"))


# Training on the spot


@pytest.mark.parametrize(
    ("name", "value", "networks"),
    [("desc_scale_typed", UNTRAINED, ["coalescer"]), ("description_noise", 0.1, ["coalescer", "diffusion"])],
)
def test_an_untrained_value_is_trained_and_shown(brief, page, name, value, networks):
    before = picture(page)
    move(page, name, value)
    assert undisturbed(page)
    assert [recipe.name for recipe in brief] == networks
    assert picture(page) != before


def test_what_was_trained_is_kept(brief, page, cache):
    move(page, "desc_scale_typed", UNTRAINED)
    move(page, "desc_scale_stop", 8.0)
    move(page, "desc_scale_typed", UNTRAINED)
    assert len(brief) == 1
    assert [path.name for path in cache.iterdir()] == [store.file_name(State(desc_scale=UNTRAINED).method("coalescer"))]


def test_the_page_is_whole_once_training_is_over(brief, page):
    move(page, "desc_scale_typed", UNTRAINED)
    assert not offers(page, "Stop")
    assert not offers(page, "Train it now")
    assert page.query_params == {"desc_scale": "5.3"}
    assert len(table(page)) == 3


def test_training_shows_its_progress_and_can_be_stopped(stopped, page):
    move(page, "desc_scale_typed", UNTRAINED)
    (bar,) = page.get("progress")
    assert bar.proto.value == 33
    assert "Training the coalescer" in bar.proto.text
    assert "Step 10 of 30, loss 0.500" in bar.proto.text
    assert offers(page, "Stop")


def test_the_picture_stays_during_training_and_says_what_it_shows(stopped, page):
    move(page, "desc_scale_stop", 32.0)
    before = picture(page)
    move(page, "desc_scale_typed", UNTRAINED)
    assert picture(page) == before
    assert "The picture still shows desc_scale 32" in page.get("progress")[0].proto.text


def test_stopping_keeps_the_picture_and_offers_to_train(stopped, page, cache):
    before = picture(page)
    move(page, "desc_scale_typed", UNTRAINED)
    press(page, "Stop")
    (sentence,) = warnings(page)
    assert sentence.startswith("Training was stopped. The picture still shows desc_scale 8 ")
    assert picture(page) == before
    assert offers(page, "Train it now")
    assert not cache.exists()


def test_a_stopped_value_waits_until_it_is_asked_for(stopped, page):
    move(page, "desc_scale_typed", UNTRAINED)
    press(page, "Stop")
    page.run()
    assert offers(page, "Train it now")
    assert not page.get("progress")


def test_other_values_answer_after_a_stop(stopped, page):
    move(page, "desc_scale_typed", UNTRAINED)
    press(page, "Stop")
    move(page, "desc_scale_stop", 32.0)
    assert undisturbed(page)
    assert shown(page) == State(desc_scale=32.0)


def test_what_was_stopped_can_be_trained_after_all(stopped, page, brief):
    before = picture(page)
    page.session_state["halted"] = {State(desc_scale=UNTRAINED): "Training was stopped."}
    move(page, "desc_scale_typed", UNTRAINED)
    assert offers(page, "Train it now")
    press(page, "Train it now")
    assert undisturbed(page)
    assert len(brief) == 1
    assert picture(page) != before


def test_a_link_to_an_untrained_value_trains_it(brief):
    at = opened(desc_scale="5.3")
    assert undisturbed(at)
    assert len(brief) == 1


def test_training_that_diverges_is_a_sentence(page, monkeypatch):
    def train(recipe, teacher=None):
        yield Progress(10, 30, 0.5, recipe.network(Generator()))
        raise DivergedError("Training diverged at step 12 of 30: the loss is no longer a number.")

    monkeypatch.setattr(store, "train", train)
    before = picture(page)
    move(page, "desc_scale_typed", UNTRAINED)
    assert not page.exception
    (sentence,) = warnings(page)
    assert sentence.startswith("Training diverged at step 12 of 30")
    assert picture(page) == before
    assert offers(page, "Train it now")


# Weights and folders that are not as they should be


@pytest.mark.parametrize("which", ["coalescer", "diffusion"])
def test_damaged_weights_are_a_sentence_and_a_picture(weights, which):
    truncate(State().method(which), weights)
    at = opened()
    assert not at.exception
    (sentence,) = warnings(at)
    assert f"The weights in {which}-" in sentence
    assert "the file is damaged" in sentence
    assert "exact field" in sentence
    assert "Nearest pair (exact)" in in_words(at)


def test_damaged_weights_leave_the_last_good_picture(weights):
    truncate(State(desc_scale=16.0).method("coalescer"), weights)
    at = opened(desc_scale="32")
    before = picture(at)
    move(at, "desc_scale_stop", 16.0)
    assert not at.exception
    assert "the file is damaged" in warnings(at)[0]
    assert picture(at) == before


def test_damaged_weights_can_be_trained_anew(weights, brief):
    truncate(State().method("coalescer"), weights)
    at = opened()
    press(at, "Train it now")
    assert undisturbed(at)
    assert brief == [State().method("coalescer")]


def test_damaged_weights_of_another_value_do_not_disturb(weights):
    truncate(State(desc_scale=16.0).method("coalescer"), weights)
    at = opened()
    assert undisturbed(at)
    assert "Coalescer" in in_words(at)


def test_the_server_starts_with_damaged_weights(weights):
    truncate(State().method("coalescer"), weights)

    async def start():
        async with warm_up(None):
            return "started"

    assert asyncio.run(start()) == "started"


def test_the_server_warms_up_what_the_first_paint_needs(forget):
    async def start():
        async with warm_up(None):
            return scene.make_panel.cache_info().misses

    assert asyncio.run(start()) == 2
    opened()
    assert scene.make_panel.cache_info().misses == 2


def test_a_folder_that_cannot_be_written_is_a_sentence(brief, page, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "file" / "cache"))
    before = picture(page)
    move(page, "desc_scale_typed", UNTRAINED)
    assert not page.exception
    (sentence,) = warnings(page)
    assert sentence.startswith("The trained weights could not be kept: ")
    assert picture(page) == before


def test_a_folder_that_cannot_even_be_looked_into_does_not_disturb(monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", os.sep + "x" * 5000)  # no system has names as long
    assert undisturbed(opened())
