"""The Playground without a browser: every control, the link, and what is drawn and said."""

import asyncio
import threading
from dataclasses import replace

import pytest
import torch

from sandbox.methods import DIRECTION_LOSSES, METHODS, Trained
from sandbox.page.warm import explain_error, warm_up
from sandbox.spaces import SPACES, space_named
from sandbox.stage import scene
from sandbox.stage.state import State, controls
from tests.page.visitor import (
    chart,
    controls_of,
    html,
    in_words,
    move,
    opened,
    picture,
    press,
    shown,
    table,
    undisturbed,
    warnings,
    widget,
)
from tests.stage.registered import OneMoreOption, register

EVERY_OPTION = {"left": "asked-coalescer"}  # beside diffusion, the methods of which every control has something to say
OF_RACE, OF_WHY = {"figure", "cost", "others", "methods", "mark"}, {"left_map", "right_map", "place_x", "place_y"}
OF_OTHER_PAGES = OF_RACE | OF_WHY | {"scaled", "curve_noise"}
HERE = [name for name in controls() if name not in OF_OTHER_PAGES]
UNTRAINED = 5.3  # a desc_scale that nobody ships


@pytest.fixture
def page():
    return opened()


@pytest.fixture(scope="module")
def with_every_option():
    return opened(**EVERY_OPTION)


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


def test_the_curve_is_also_told_in_words(page):
    figure, words = chart(page, "curve")
    for scale, share in zip(figure["layout"]["xaxis"]["ticktext"], figure["data"][0]["text"], strict=True):
        assert f"{scale}: {share}" in words


@pytest.mark.parametrize("name", [*HERE, "desc_scale typed"])
def test_every_control_is_there_and_explains_itself(with_every_option, name):
    help_text = widget(with_every_option, name).proto.help
    if name == "desc_scale typed":
        assert help_text.startswith("A number from 0.001")
    else:
        assert help_text == controls()[name].help


def test_every_control_has_its_label(with_every_option):
    for name in HERE:
        assert widget(with_every_option, name).label == (controls()[name].label or name)


def test_a_control_that_no_chosen_method_knows_is_not_there(page):
    assert {"direction_loss", "desc_scale", "sampler", "t", "guidance"} <= set(controls_of(page))
    assert "neighbours" not in controls_of(page)
    move(page, "left", "balanced-coalescer")
    assert "direction_loss" not in controls_of(page)
    move(page, "left", "diffusion")
    assert not {"desc_scale", "desc_scale typed", "adaptive", "threshold"} & set(controls_of(page))
    move(page, "left", "drifting")
    move(page, "right", "drifting")
    assert not {"sampler", "t", "guidance"} & set(controls_of(page))


def test_the_controls_show_the_defaults(page):
    assert shown(page) == State()
    found = controls_of(page)
    assert all(found[name] == State().value(name) for name in found if not name.endswith(" typed"))
    assert found["desc_scale typed"] == 8.0


def test_the_table_has_a_row_for_each_jump_and_one_for_diffusion(page):
    assert list(table(page)["method"]) == ["Coalescer, 1 step", "Coalescer, 2 steps", "Diffusion, 16 steps"]


def test_the_table_says_how_many_samples_it_is_made_from(page):
    assert "From 2,000 samples" in " ".join(caption.value for caption in page.caption)
    move(page, "right", "nearest-pair")
    assert "From 500 and 2,000 samples" in " ".join(caption.value for caption in page.caption)


def test_one_step_is_not_one_steps(page):
    move(page, "steps", 1)
    assert "1 step:" in html(page)
    assert "1 steps" not in html(page)


# A method's option


@pytest.mark.usefixtures("forget")
def test_a_method_s_new_option_has_its_widget_its_word_in_the_link_and_its_place_in_the_recipe(monkeypatch):
    register(monkeypatch, OneMoreOption)
    page = opened()
    assert "k" not in controls_of(page)
    move(page, "left", "one-more-option")
    slider = page.slider(key="k")
    assert (slider.label, slider.value, slider.min, slider.max) == ("k", 8, 1, 64)
    assert slider.proto.help == "How many of them."
    move(page, "k", 5)
    assert undisturbed(page)
    assert page.query_params == {"left": "one-more-option", "k": "5"}
    assert shown(page).views()[0].drawn.method == OneMoreOption(k=5)
    by_link = opened(left="one-more-option", k="7", desc_scale="3")
    assert controls_of(by_link)["k"] == 7
    assert shown(by_link).views()[0].drawn.method == OneMoreOption(k=7, desc_scale=3.0)


# Moving the controls


def test_every_stop_of_desc_scale_answers_at_once(page):
    seen, stops = set(), scene.shipped_values(State(), "desc_scale")
    for stop in stops:
        move(page, "desc_scale", stop)
        assert undisturbed(page)
        assert shown(page) == State().changed(desc_scale=stop)
        seen.add(str(picture(page)))
    assert len(seen) == len(stops)


def test_the_stops_are_the_values_that_are_shipped(page):
    stops = scene.shipped_values(State(), "desc_scale")
    assert page.select_slider(key="desc_scale").options == [f"{stop:g}" for stop in stops]


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
    move(page, "desc_scale typed", UNTRAINED)
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
    for name, value in {"seed": 7, "concept": "dog", "desc_scale": 32.0, "steps": 1, "space": "moons"}.items():
        move(page, name, value)
    press(page, "Reset, same seed")
    assert shown(page) == State(seed=7)
    assert controls_of(page)["desc_scale"] == controls_of(page)["desc_scale typed"] == 8.0


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
def test_a_number_that_cannot_work_is_refused_in_a_sentence(page, name, value, key):
    before = picture(page)
    move(page, key, value)
    (sentence,) = warnings(page)
    assert sentence.startswith(f"{name} is a ")
    assert f"not {value:.12g}. It stays at " in sentence
    assert picture(page) == before
    assert shown(page) == State()
    assert controls_of(page)[key] == State().value(key.removesuffix(" typed"))


def test_the_refusal_goes_when_a_good_value_comes(page):
    move(page, "desc_scale typed", -3.0)
    move(page, "desc_scale typed", 16.0)
    assert undisturbed(page)
    assert shown(page) == State().changed(desc_scale=16.0)


def test_the_slider_follows_what_is_typed(page):
    move(page, "desc_scale typed", 32.0)
    assert page.select_slider(key="desc_scale").value == 32.0


def test_what_is_typed_follows_the_slider(page):
    move(page, "desc_scale", 32.0)
    assert page.number_input(key="desc_scale typed").value == 32.0


def test_a_fraction_is_taken_as_it_is_shown(page):
    move(page, "description_noise", 0.1 + 0.2 - 0.3 + 0.05)  # a slider's arithmetic
    assert shown(page) == State()


# The link


def test_a_page_of_defaults_needs_no_link(page):
    assert page.query_params == {}


def test_the_link_follows_the_controls(page):
    for name, value in {"desc_scale": 32.0, "concept": "dog", "adaptive": True}.items():
        move(page, name, value)
    assert page.query_params == {"desc_scale": "32", "concept": "dog", "adaptive": "1"}


def test_the_link_forgets_what_is_back_at_its_default(page):
    move(page, "concept", "dog")
    move(page, "concept", "cat")
    assert page.query_params == {}


LINKS = {
    "desc_scale": State(concept="dog", steps=1, seed=7, points=100).changed(desc_scale=32.0),
    "diffusion": State(space="moons", right_steps=4, t=0.3, sampler="ancestral", guidance=2.0),
    "exact": State(field="exact", concept="animal", adaptive=True, threshold=0.5).changed(desc_scale=5.3),
}


@pytest.mark.parametrize("state", LINKS.values(), ids=LINKS)
def test_a_link_shows_the_picture_that_the_controls_show(state):
    by_hand = opened()
    for name in controls():
        if state.value(name) != State().value(name):
            move(by_hand, "desc_scale typed" if name == "desc_scale" else name, state.value(name))
    by_link = opened(**by_hand.query_params)
    assert by_link.query_params == state.write()
    assert shown(by_link) == state
    assert picture(by_link) == picture(by_hand)


def test_a_link_opened_later_on_the_same_page_is_followed(page):
    move(page, "concept", "dog")
    page.query_params = {"concept": "animal"}
    page.run()
    assert shown(page) == State(concept="animal")


def test_going_back_to_the_page_of_defaults_is_followed(page):
    move(page, "concept", "dog")
    page.query_params = {}
    page.run()
    assert shown(page) == State()
    assert controls_of(page)["concept"] == "cat"


def test_a_control_that_is_moved_before_the_link_has_caught_up_is_not_set_back(page):
    move(page, "concept", "dog")
    page.query_params = {}  # what the browser's address still said when the next key was pressed
    move(page, "steps", 3)
    assert shown(page) == State(concept="dog", steps=3)
    page.query_params = {"concept": "dog"}
    move(page, "steps", 4)
    assert shown(page) == State(concept="dog", steps=4)
    assert page.query_params == {"concept": "dog", "steps": "4"}


@pytest.mark.parametrize("text", ["-5e9", "<script>alert(1)</script>"])  # more of them are tried on the state alone
@pytest.mark.parametrize("name", [name for name in HERE if name not in ("desc_scale", "description_noise")])
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
    assert len(warnings(at)) == 1
    move(at, "concept", "dog")
    assert undisturbed(at)


@pytest.mark.parametrize(
    "text", ["![](http://example.org/a.png)", "[click](http://example.org)", ":red[alarm]", "$x^2$", "`code`"]
)
def test_what_a_link_says_is_shown_as_text_and_nothing_else(text):
    at = opened(concept=text)
    assert text not in at.warning[0].value  # Markdown would make a picture, a link or a formula of it
    assert text in warnings(at)[0]


def test_quotation_marks_are_not_escaped():
    assert r"\“" not in opened(concept="fish").warning[0].value  # Markdown would show the backslash


def test_unknown_words_in_a_link_are_ignored():
    assert undisturbed(opened(utm_source="mail", Seed="7"))


# The server


def test_the_server_warms_up_what_the_first_paint_needs_with_one_thread(forget):
    threads = []

    async def start():
        torch.set_num_threads(2)
        async with warm_up(None):
            visitor = threading.Thread(target=lambda: threads.append(torch.get_num_threads()))
            visitor.start()
            visitor.join()
            return scene.make_panel.cache_info().misses

    assert asyncio.run(start()) == 2
    assert threads == [1]
    opened()
    assert scene.make_panel.cache_info().misses == 2


def test_what_nobody_thought_of_is_a_sentence_that_says_what_to_do(monkeypatch, caplog):
    said = []
    monkeypatch.setattr("sandbox.page.warm.st.error", said.append)
    assert explain_error(RuntimeError("a secret")) is True
    (sentence,) = said
    assert sentence.startswith("Reload the page")
    assert sentence.count(".") == 1
    assert "secret" not in sentence
    assert "a secret" in caplog.text


def test_the_download_is_offered(page):
    assert [button.label for button in page.get("download_button")] == ["Download CSV"]
