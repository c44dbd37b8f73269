"""Training on the page: shown, stoppable, done once, never in the way of the last good picture; failures are sentences."""

import asyncio
import os

import pytest
import streamlit as st
from filelock import FileLock

from sandbox.engine.training import DivergedError, Progress
from sandbox.methods import Coalescer, Diffusion
from sandbox.page import training
from sandbox.page.warm import warm_up
from sandbox.pairs import Balance
from sandbox.stage.scene import missing
from sandbox.stage.state import State
from sandbox.weights import store
from sandbox.weights.files import file_name
from tests.page.conftest import train_by
from tests.page.visitor import in_words, move, offers, opened, picture, press, shown, table, undisturbed, warnings

UNTRAINED = 5.3  # a desc_scale that nobody ships


@pytest.fixture
def page():
    return opened()


def bar(at):
    (found,) = at.get("progress")
    return found.proto


def stopping(recipe, *needed, every=100):
    """Training that the visitor interrupts after its first report, as streamlit does when a button is pressed."""
    yield Progress(10, 30, 0.5, recipe.blank())
    st.stop()


@pytest.fixture
def stopped(monkeypatch, forget):
    train_by(monkeypatch, stopping)


def truncate(recipe, folder):
    path = folder / file_name(recipe)
    path.write_bytes(path.read_bytes()[:1000])


# What is trained


@pytest.mark.parametrize(
    ("name", "value", "kinds"),
    [("desc_scale typed", UNTRAINED, [Coalescer]), ("description_noise", 0.1, [Coalescer, Diffusion])],
)
def test_an_untrained_value_is_trained_and_shown(brief, page, name, value, kinds):
    before = picture(page)
    move(page, name, value)
    assert undisturbed(page)
    assert [type(recipe) for recipe in brief] == kinds
    assert picture(page) != before


def test_what_was_trained_is_kept(brief, page, cache):
    move(page, "desc_scale typed", UNTRAINED)
    move(page, "desc_scale", 8.0)
    move(page, "desc_scale typed", UNTRAINED)
    assert len(brief) == 1
    assert [path.name for path in cache.iterdir()] == [file_name(Coalescer(desc_scale=UNTRAINED))]


def test_what_two_panels_need_is_trained_once(brief):
    at = opened(left="coalescer", right="coalescer", desc_scale="5.3")
    assert undisturbed(at)
    assert brief == [Coalescer(desc_scale=UNTRAINED)]


def test_balance_weights_are_made_like_others_and_first(brief):
    state = State(left="balanced-coalescer", right="balanced-lookup").changed(desc_scale=UNTRAINED)
    at = opened(**state.write())
    assert undisturbed(at)
    assert brief == [Balance(desc_scale=UNTRAINED), state.method("balanced-coalescer")]
    assert missing(state) == []


def test_the_page_is_whole_once_training_is_over(brief, page):
    move(page, "desc_scale typed", UNTRAINED)
    assert not offers(page, "Stop")
    assert not offers(page, "Train it now")
    assert page.query_params == {"desc_scale": "5.3"}
    assert len(table(page)) == 3


def test_a_link_to_an_untrained_value_trains_it(brief):
    assert undisturbed(opened(desc_scale="5.3"))
    assert len(brief) == 1


# What is said meanwhile


def test_training_shows_its_progress_and_can_be_stopped(stopped, page):
    move(page, "desc_scale typed", UNTRAINED)
    assert bar(page).value == 33
    assert "Training “Coalescer” for these settings." in bar(page).text
    assert "Step 10 of 30, loss 0.500." in bar(page).text
    assert offers(page, "Stop")


def test_balance_weights_have_a_sentence_without_a_loss(monkeypatch, forget):
    def train(recipe, *needed, every=100):
        yield Progress(3, 10, float("nan"), recipe.blank())
        st.stop()

    train_by(monkeypatch, train)
    at = opened(left="balanced-coalescer", desc_scale="5.3")
    assert "Computing balance weights for these settings." in bar(at).text
    assert bar(at).text.endswith("Step 3 of 10.")


def test_the_bar_says_when_another_run_is_at_it(monkeypatch, forget, cache, page):
    cache.mkdir()
    other = FileLock((cache / file_name(Coalescer(desc_scale=UNTRAINED))).with_suffix(".lock"))
    monkeypatch.setattr(store, "WAIT", 0.01)

    said, words_of = [], training.progress_in_words

    def overheard(progress):
        said.append(words_of(progress))
        st.stop()

    monkeypatch.setattr(training, "progress_in_words", overheard)
    with other:
        move(page, "desc_scale typed", UNTRAINED)
    assert not page.exception
    assert said == ["Someone else's run is making the same: waiting for it."]


def test_the_picture_stays_during_training_and_says_what_it_shows(stopped, page):
    move(page, "desc_scale", 32.0)
    before = picture(page)
    move(page, "desc_scale typed", UNTRAINED)
    assert picture(page) == before
    assert "The picture still shows desc_scale 32." in bar(page).text


def test_what_does_not_matter_for_the_picture_is_not_said_of_it(stopped, page):
    move(page, "points", 100)
    move(page, "desc_scale typed", UNTRAINED)
    press(page, "Stop")
    move(page, "t", 0.3)
    assert warnings(page) == [
        "Training was stopped. The picture still shows Arrows at noise level t 0.7, desc_scale 8."
    ]


# Stopping


def test_stopping_keeps_the_picture_and_offers_to_train(stopped, page, cache):
    before = picture(page)
    move(page, "desc_scale typed", UNTRAINED)
    press(page, "Stop")
    assert warnings(page) == ["Training was stopped. The picture still shows desc_scale 8."]
    assert picture(page) == before
    assert offers(page, "Train it now")
    assert list(cache.iterdir()) == []  # neither weights nor a lock that others would wait for


def test_a_visitor_who_leaves_gives_way_to_others_at_once(brief, page, cache, monkeypatch):
    recipe = Coalescer(desc_scale=UNTRAINED)
    runs, make = [], store.make

    def kept(recipe):
        runs.append(make(recipe))  # as a traceback might keep it
        return runs[-1]

    monkeypatch.setattr(store, "make", kept)
    monkeypatch.setattr(training, "progress_in_words", lambda progress: st.stop())
    move(page, "desc_scale typed", UNTRAINED)
    assert brief == [recipe]
    with FileLock((cache / file_name(recipe)).with_suffix(".lock"), timeout=0):
        assert not page.exception


def test_a_stopped_value_waits_until_it_is_asked_for(stopped, page):
    move(page, "desc_scale typed", UNTRAINED)
    press(page, "Stop")
    page.run()
    move(page, "points", 7)  # the same networks, another state
    assert offers(page, "Train it now")
    assert not page.get("progress")


def test_other_values_answer_after_a_stop(stopped, page):
    move(page, "desc_scale typed", UNTRAINED)
    press(page, "Stop")
    move(page, "desc_scale", 32.0)
    assert undisturbed(page)
    assert shown(page) == State().changed(desc_scale=32.0)


def test_what_was_stopped_can_be_trained_after_all(stopped, page, brief, monkeypatch):
    before, short = picture(page), Coalescer.train
    train_by(monkeypatch, stopping)
    move(page, "desc_scale typed", UNTRAINED)
    press(page, "Stop")
    train_by(monkeypatch, short)
    press(page, "Train it now")
    assert undisturbed(page)
    assert len(brief) == 1
    assert picture(page) != before


# What goes wrong


def test_training_that_diverges_is_a_sentence(page, monkeypatch, forget):
    def train(recipe, *needed, every=100):
        yield Progress(10, 30, 0.5, recipe.blank())
        raise DivergedError("Training diverged at step 12 of 30: the loss is no longer a number.")

    train_by(monkeypatch, train)
    before = picture(page)
    move(page, "desc_scale typed", UNTRAINED)
    assert not page.exception
    (sentence,) = warnings(page)
    assert sentence.startswith("Training diverged at step 12 of 30")
    assert picture(page) == before
    assert offers(page, "Train it now")


@pytest.mark.parametrize("which", ["coalescer", "diffusion"])
def test_damaged_weights_are_a_sentence_and_a_picture(weights, which):
    truncate(State().method(which), weights)
    at = opened()
    assert not at.exception
    (sentence,) = warnings(at)
    assert f"The weights in {which}-" in sentence
    assert "the file is damaged" in sentence
    assert "The picture still shows Field exact." in sentence
    assert "Nearest pair (exact)" in in_words(at)


def test_damaged_weights_leave_the_last_good_picture(weights):
    truncate(Coalescer(desc_scale=16.0), weights)
    at = opened(desc_scale="32")
    before = picture(at)
    move(at, "desc_scale", 16.0)
    assert not at.exception
    assert "the file is damaged" in warnings(at)[0]
    assert picture(at) == before


def test_damaged_weights_can_be_trained_anew(weights, brief):
    truncate(State().method("coalescer"), weights)
    at = opened()
    press(at, "Train it now")
    assert undisturbed(at)
    assert brief == [State().method("coalescer")]


def test_damaged_weights_that_cannot_be_removed_are_a_sentence(weights, monkeypatch):
    def forbidden(recipe):
        raise PermissionError(13, "Permission denied")

    truncate(State().method("coalescer"), weights)
    monkeypatch.setattr(store, "discard_damaged", forbidden)
    at = opened()
    press(at, "Train it now")
    assert not at.exception
    assert warnings(at)[0].startswith("The damaged weights cannot be removed: Permission denied.")


def test_the_server_starts_with_damaged_weights(weights):
    truncate(State().method("coalescer"), weights)

    async def start():
        async with warm_up(None):
            return "started"

    assert asyncio.run(start()) == "started"


def test_damaged_weights_of_another_value_do_not_disturb(weights):
    truncate(Coalescer(desc_scale=16.0), weights)
    at = opened()
    assert undisturbed(at)
    assert "Coalescer" in in_words(at)


def test_a_folder_that_cannot_be_written_is_a_sentence(brief, page, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "file" / "cache"))
    before = picture(page)
    move(page, "desc_scale typed", UNTRAINED)
    assert not page.exception
    (sentence,) = warnings(page)
    assert sentence.startswith("The trained weights could not be kept: ")
    assert "None" not in sentence
    assert picture(page) == before
    assert brief == []  # found out before anything was trained


def test_a_folder_that_cannot_even_be_looked_into_does_not_disturb(monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", os.sep + "x" * 5000)  # no system has names as long
    assert undisturbed(opened())
