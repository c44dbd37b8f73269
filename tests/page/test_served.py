"""How the page and its server talk: under a path, as behind a proxy that serves other things too, and not without need."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import STAGE, open_settled, server, settle

pytestmark = pytest.mark.browser
BASE = "/courses/x"


@pytest.fixture(scope="module")
def address(chromium, tmp_path_factory):
    with server(tmp_path_factory.mktemp("base") / "cache", base=BASE) as running:
        yield running


@pytest.mark.parametrize("end", ["", "/", "/?concept=animal"])
def test_the_page_paints_under_a_path(chromium, address, end):
    asked = []
    with chromium.new_context() as context:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        open_settled(tab, address + end)
        assert tab.evaluate(f"{STAGE}.querySelector('.lesson').textContent")
        assert tab.evaluate("location.pathname").rstrip("/") == BASE
    outside = [url for url in asked if url.startswith("http") and not url.startswith(address)]
    assert not outside


def test_the_server_hears_of_what_the_hand_does_when_another_page_needs_it(chromium, address):
    with chromium.new_context() as context:
        tab, told = context.new_page(), []
        tab.on("websocket", lambda socket: socket.on("framesent", lambda frame: told.append(frame)))
        open_settled(tab, f"{address}/?concept=dog&seed=3")
        before = len(told)
        for concept in ("cat", "animal"):
            tab.get_by_role("button", name=concept, exact=True).click()
        expect(tab).to_have_url(re.compile("concept=animal"))
        tab.wait_for_timeout(2500)
        assert len(told) == before
        tab.get_by_role("link", name="Race", exact=True).click()
        tab.wait_for_url(f"{address}/race?*")
        assert parse_qs(urlsplit(tab.url).query) == {"seed": ["3"], "concept": ["animal"]}
        tab.get_by_role("heading", name="Race").wait_for()


def test_the_words_below_the_stage_are_of_what_it_shows(chromium, address):
    with chromium.new_context() as context:
        tab = context.new_page()
        open_settled(tab, f"{address}/?concept=dog")
        tab.get_by_role("button", name="Settings").click()
        tab.get_by_label("Second panel", exact=True).select_option("drifting")
        expect(tab).to_have_url(re.compile("right=drifting"))
        tab.get_by_text("How to read this page").click()
        tab.get_by_text("Drifting.", exact=True).wait_for()


def test_pages_and_trainings_are_found_under_a_path(chromium, address):
    with chromium.new_context() as context:
        tab = context.new_page()
        open_settled(tab, f"{address}/?concept=dog")
        tab.get_by_role("link", name="Race", exact=True).click()
        tab.get_by_role("heading", name="Race").wait_for()
        tab.get_by_role("link", name="Open in the Playground").click()
        tab.wait_for_url(f"{address}/?*")
        settle(tab)
        told = tab.evaluate("fetch('./stage/train?key=method/moons/coalescer').then(answer => answer.json())")
        assert told["state"] == "done"
