"""What the first page names ahead is what a stage on it fetches, letter by letter: else it would be fetched twice."""

import re

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from sandbox.page.ahead import Ahead

ADDRESS = re.compile(r"<\./([^>]+)>; rel=(\w+)")


def client(base=""):
    routes = [Route(path, lambda request: PlainTextResponse("fine")) for path in ("/", "/why", "/under/")]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Ahead, base=base)]))


def named(answer):
    return ADDRESS.findall(answer.headers.get("link", ""))


def test_only_the_first_page_names_anything():
    assert named(client().get("/"))
    assert not named(client().get("/why"))
    assert not named(client().get("/nothing"))
    assert not named(client("under").get("/"))
    assert named(client("under").get("/under/")) == named(client().get("/"))


def test_packs_are_named_where_it_opens_with_the_defaults():
    assert [how for _, how in named(client().get("/?seed=3"))] == ["modulepreload", "preload"]
    assert sum("pack?" in address for address, _ in named(client().get("/"))) == 3
