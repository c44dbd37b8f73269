"""The page under a path, as behind a proxy that serves other things too."""

import pytest

from tests.browser import STAGE, open_settled, server, settle
from tests.page.test_browser import chromium  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser
BASE = "/courses/x"


@pytest.fixture(scope="module")
def address(chromium, tmp_path_factory):  # noqa: F811
    with server(tmp_path_factory.mktemp("base") / "cache", base=BASE) as running:
        yield running


@pytest.mark.parametrize("end", ["", "/", "/?concept=animal"])
def test_the_page_paints_under_a_path(chromium, address, end):  # noqa: F811
    asked = []
    with chromium.new_context() as context:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        open_settled(tab, address + end)
        assert tab.evaluate(f"{STAGE}.querySelector('.lesson').textContent")
        assert tab.evaluate("location.pathname").rstrip("/") == BASE
    outside = [url for url in asked if url.startswith("http") and not url.startswith(address)]
    assert not outside


def test_pages_and_trainings_are_found_under_a_path(chromium, address):  # noqa: F811
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
