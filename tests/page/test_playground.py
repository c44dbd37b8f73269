"""The Playground without a browser: the link, what the stage is told and what it lets the server hear, and the warm-up."""

import asyncio
import threading
from urllib.parse import parse_qsl

import pytest
import torch
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sandbox.methods import METHODS
from sandbox.page.routes import routes
from sandbox.page.stage import RESTING
from sandbox.page.texts import version
from sandbox.page.warm import explain_error, warm_up
from sandbox.spaces import space_named
from sandbox.stage import module, packs
from sandbox.stage.packs import key_of
from sandbox.stage.state import State, controls, offered
from tests.page.visitor import controls_of, go, in_stage, opened, shown, told, undisturbed, warnings
from tests.stage.registered import OneMoreOption, register

OF_PANELS = ("Ask", "Show", "Advanced", "View")  # groups of controls
HERE = [name for name, known in controls().items() if known.group in OF_PANELS]
LINKS = {
    "desc_scale": State(concept="dog", steps=1, seed=7, points=100).changed(desc_scale=32.0),
    "diffusion": State(space="moons", right_steps=4, t=0.3, sampler="ancestral", guidance=2.0),
    "exact": State(field="exact", concept="animal", adaptive=True, threshold=0.5).changed(desc_scale=5.3),
    "four": State(third="drifting", third_steps=1, fourth="consistency", layers=("regions", "pairs"), presenting=True),
}


@pytest.fixture
def page():
    return opened()


# Opening it


def test_the_page_opens_without_a_complaint(page):
    assert undisturbed(page)


def test_opening_trains_nothing(page, cache):
    assert not cache.exists()


def test_all_controls_are_the_stage_s(page):
    assert controls_of(page) == {}
    assert len(page.button) == 0


def test_the_stage_is_told_the_state_and_which_module_there_is(page):
    assert told(page) == {"query": {}, "version": version(), "quiet": RESTING}


def test_how_to_read_it_names_every_method_that_is_shown_once():
    at = opened(right="coalescer", third="drifting")
    shown_there = [method.label for method in METHODS if method.name in ("coalescer", "drifting")]
    named = [text.value.split(".**")[0] for text in at.markdown if text.value.startswith("**")]
    assert [name.removeprefix("**") for name in named if ".**" not in name][: len(shown_there)] == shown_there


@pytest.mark.parametrize("query", [{}, {"desc_scale": "5.3"}, {"description_noise": "0.1"}, {"field": "exact"}])
def test_a_link_to_weights_that_are_not_there_trains_nothing_in_the_visitor_s_script(query, cache):
    assert undisturbed(opened(**query))
    assert not cache.exists()


# A method's option


@pytest.mark.usefixtures("forget")
def test_a_method_s_new_option_has_its_word_in_the_link_and_its_place_in_the_recipe(monkeypatch):
    register(monkeypatch, OneMoreOption)
    at = opened(left="one-more-option", k="7", desc_scale="3")
    assert undisturbed(at)
    assert told(at)["query"] == {"left": "one-more-option", "k": "7", "desc_scale": "3"}
    assert shown(at).views()[0].drawn.method == OneMoreOption(k=7, desc_scale=3.0)
    in_stage(at, k=5)
    assert undisturbed(at)
    assert at.query_params == {"left": "one-more-option", "k": "5", "desc_scale": "3"}
    assert shown(at).views()[0].drawn.method == OneMoreOption(k=5, desc_scale=3.0)


# The link


def test_a_page_of_defaults_needs_no_link(page):
    assert page.query_params == {}


@pytest.mark.parametrize("state", LINKS.values(), ids=LINKS)
def test_the_stage_is_told_what_a_link_says(state):
    at = opened(**state.write())
    assert undisturbed(at)
    assert shown(at) == state
    assert at.query_params == told(at)["query"] == state.write()


@pytest.mark.parametrize("state", LINKS.values(), ids=LINKS)
def test_what_is_changed_in_the_stage_is_the_state_and_is_not_told_it_back_as_another(state, page):
    values = {name: state.value(name) for name in controls() if state.value(name) != State().value(name)}
    in_stage(page, **values)
    assert undisturbed(page)
    assert shown(page) == state
    assert page.query_params == told(page)["query"] == state.write()


@pytest.mark.parametrize("space", [space.name for space in offered()])
def test_a_space_alone_is_a_link_to_its_first_concept_where_it_lacks_the_usual_one(space):
    at = opened(space=space)
    assert undisturbed(at)
    names = space_named(space).concept_names()
    assert shown(at).concept == ("cat" if "cat" in names else names[0])


def test_a_link_opened_later_on_the_same_page_is_followed(page):
    in_stage(page, concept="dog")
    page.query_params = {"concept": "animal"}
    page.run()
    assert shown(page) == State(concept="animal")
    assert told(page)["query"] == {"concept": "animal"}


def test_going_back_to_the_page_of_defaults_is_followed(page):
    in_stage(page, concept="dog")
    page.query_params = {}
    page.run()
    assert shown(page) == State()
    assert told(page)["query"] == {}


def test_a_run_that_changes_nothing_tells_the_stage_nothing_new(page):
    in_stage(page, concept="dog", steps=3)
    before = told(page)
    page.run()
    assert told(page) == before


@pytest.mark.parametrize("text", ["-5e9", "<script>alert(1)</script>", "abc"])  # more are tried on the state alone
@pytest.mark.parametrize("name", HERE)
def test_nonsense_in_a_link_is_a_sentence_and_a_stage(name, text):
    at = opened(**{name: text})
    assert not at.exception
    assert not at.error
    (sentence,) = warnings(at)
    assert sentence.startswith((name, "cats-and-dogs has no concept"))
    assert State.read(told(at)["query"]) == (shown(at), [])


def test_every_value_of_a_link_that_cannot_be_taken_has_its_sentence():
    assert len(warnings(opened(steps="abc", seed="-1", concept="fish"))) == 3


def test_the_sentence_goes_with_the_next_move():
    at = opened(steps="abc")
    assert len(warnings(at)) == 1
    in_stage(at, concept="dog")
    assert undisturbed(at)


def test_the_sentence_stays_while_the_stage_says_the_same():
    at = opened(steps="abc")
    in_stage(at)
    assert len(warnings(at)) == 1


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
    at = opened(utm_source="mail", Seed="7")
    assert undisturbed(at)
    assert told(at)["query"] == {}


def test_the_stage_of_another_page_s_state_is_told_all_of_it():
    state = State(concept="dog", mark="diffusion/ddim/4", place_x=1.5)
    at = opened("race", **state.write())
    go(at, "")
    assert told(at)["query"] == state.write()


# The server


@pytest.fixture
def client():
    with TestClient(Starlette(routes=routes())) as client:
        yield client


def test_what_the_stage_fetches_is_there_under_the_version_that_it_was_told(page, client):
    asked = told(page)["version"]
    for name in ("stage.js", "payload.json"):
        answer = client.get(f"/stage/text/{name}", params={"v": asked})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/stage/text/payload.json").json()["methods"].keys() == {method.name for method in METHODS}
    assert client.get("/stage/text/stage.js").text == module.source()


@pytest.mark.usefixtures("forget")
def test_the_server_warms_up_what_the_first_paint_needs_with_one_thread(client):
    threads, made = [], []

    async def start():
        torch.set_num_threads(2)
        async with warm_up(None):
            visitor = threading.Thread(target=lambda: threads.append(torch.get_num_threads()))
            visitor.start()
            visitor.join()
            made.append(computed())

    def computed():
        return packs.world_pack.cache_info().misses, packs.method_pack.cache_info().misses

    asyncio.run(start())
    assert made == [(1, 2)]
    assert threads == [1]
    state = State()
    for recipe in (state.world, *(view.drawn.method for view in state.views())):
        assert client.get("/stage/pack", params={"key": key_of(recipe)}).status_code == 200
    assert computed() == (1, 2)


def test_the_key_of_a_panel_s_pack_is_made_of_the_words_of_the_link():
    state = LINKS["exact"]
    path, _, asked = key_of(state.views()[0].drawn.method).partition("?")
    assert path == "method/cats-and-dogs/nearest-pair"
    assert dict(parse_qsl(asked)) == {"desc_scale": state.write()["desc_scale"]}


def test_what_nobody_thought_of_is_a_sentence_that_says_what_to_do(monkeypatch, caplog):
    said = []
    monkeypatch.setattr("sandbox.page.warm.st.error", said.append)
    assert explain_error(RuntimeError("a secret")) is True
    (sentence,) = said
    assert sentence.startswith("Reload the page")
    assert sentence.count(".") == 1
    assert "secret" not in sentence
    assert "a secret" in caplog.text
