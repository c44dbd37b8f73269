"""A page in Chromium with the stage's modules and whatever a test wants to stand in for some of them."""

from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sandbox import stage
from tests.browser import page

WEB = Path(stage.__file__).parent / "web"
SITE = "http://stage.test"
KINDS = {"js": "text/javascript", "html": "text/html", "json": "application/json"}


@contextmanager
def web_page(chromium, files: Mapping[str, str | bytes] | None = None):
    """A tab at SITE, which serves the modules of sandbox/stage/web, and `files` by name before those (also later ones)."""
    files = {} if files is None else files

    def answer(route):
        name = route.request.url.removeprefix(f"{SITE}/").split("#")[0]
        kind = KINDS.get(name.split("?")[0].rsplit(".", 1)[-1], "application/octet-stream")
        if name in files:
            route.fulfill(body=files[name], content_type=kind)
        elif name == "index.html":
            route.fulfill(body="<!doctype html><title>test</title>", content_type=kind)
        elif (WEB / name).is_file():
            route.fulfill(path=WEB / name, content_type=kind)
        else:
            route.fulfill(status=404, body=f"There is no {name}.")

    with page(chromium) as tab:
        tab.route(f"{SITE}/**", answer)
        tab.goto(f"{SITE}/index.html")
        yield tab


def encoded(key):
    """The name under which a pack of this key is found by a page that asks for `pack/` and the key, escaped."""
    return f"pack/{quote(key, safe='')}"
