"""Training over the net: asked for by the page alone, followed by anybody, told in small answers."""

import json

import anyio
import numpy as np
import pytest
import torch
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from sandbox.engine.recipe import Stored
from sandbox.methods import BalancedLookup, Coalescer
from sandbox.page.headers import Headers
from sandbox.page.serve import RefusedError
from sandbox.page.serve_training import COOKIE, Visitors, said, training_routes
from sandbox.pairs import Balance
from sandbox.weights import store
from sandbox.weights.pool import Pool, PoolFull
from sandbox.weights.run import Run
from tests.page.test_serve import sentence

KEY = "method/cats-and-dogs/coalescer?desc_scale=5.3"
RECIPE = Coalescer(desc_scale=5.3)  # that nobody ships
HERE = {"Origin": "http://testserver"}


class StandIn:
    """A pool in which nothing is made, and what was asked of it."""

    def __init__(self):
        self.runs, self.asked, self.full, self.expected = {}, [], False, 0

    def expect(self):
        self.expected += 1

    def find(self, recipe):
        return self.runs.get(recipe)

    def ask(self, recipe, visitor):
        if self.full:
            raise PoolFull("4 trainings are waiting for you already.")
        self.asked.append((recipe, visitor))
        return self.runs.setdefault(recipe, Run(recipe, place=1))

    def cancel(self, recipe, visitor):
        self.runs[recipe].state = "cancelled" if (recipe, visitor) in self.asked else "waiting"


def snapshot_pack(method, weights):
    return f"{method.name} {weights['x'].sum():g}".encode()


@pytest.fixture
def pool():
    return StandIn()


@pytest.fixture
def client(pool):
    routes = training_routes(snapshot_pack, lambda: pool)
    with TestClient(Starlette(routes=routes, middleware=[Middleware(Headers)])) as client:
        yield client


def post(client, path="/stage/train", key=KEY, **headers):
    return client.post(path, json={"key": key}, headers={**HERE, **headers})


def follow(client, **query):
    return client.get("/stage/train", params={"key": KEY, **query}).json()


# Expected


def test_each_page_that_connects_itself_is_told_to_the_pool(pool):
    with TestClient(Visitors(Starlette(), lambda: pool)) as client:
        assert client.get("/").status_code == 404
        assert pool.expected == 0
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/"):
            pass
    assert pool.expected == 1


# Asked for


def test_a_training_is_asked_for_and_told(client, pool):
    answer = post(client)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "state": "waiting",
        "place": 1,
        "making": "",
        "step": 0,
        "steps": 0,
        "since": 0,
        "losses": [],
        "reports": 0,
        "sentence": "",
    }
    assert pool.asked[0][0] == RECIPE


def test_a_visitor_is_known_by_a_cookie_that_nobody_else_gets(client, pool):
    cookie = post(client).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    post(client)
    assert pool.asked[0] == pool.asked[1]
    client.cookies.clear()
    post(client)
    post(client, Cookie=f"{COOKIE}=../../../etc/passwd")
    assert len({visitor for _, visitor in pool.asked}) == 3
    assert all(len(visitor) == 22 for _, visitor in pool.asked)


def test_the_cookie_is_for_safe_connections_where_there_is_one(pool):
    with TestClient(Starlette(routes=training_routes(snapshot_pack, lambda: pool)), "https://testserver") as client:
        assert "Secure" in post(client, Origin="https://testserver").headers["set-cookie"]


def test_behind_a_proxy_the_browser_says_that_the_connection_is_safe(client):
    assert "Secure" in post(client, Origin="https://testserver").headers["set-cookie"]


@pytest.mark.parametrize(
    ("embed", "origin", "where"),
    [
        ("https://lms.example.org", "https://testserver", "SameSite=None; Partitioned; Secure"),
        ("*", "https://testserver", "SameSite=None; Partitioned; Secure"),
        ("self", "https://testserver", "SameSite=Strict; Secure"),
        ("none", "https://testserver", "SameSite=Strict; Secure"),
        ("https://lms.example.org", "http://testserver", "SameSite=Strict"),  # it would be refused
    ],
)
def test_in_a_frame_of_another_site_a_visitor_is_known_too(client, pool, monkeypatch, embed, origin, where):
    monkeypatch.setenv("SANDBOX_EMBED", embed)
    cookie = post(client, Origin=origin).headers["set-cookie"]
    assert cookie.endswith(f"; Path=/; {where}")
    sent = {"Origin": origin, "Cookie": cookie.partition(";")[0]}
    assert post(client, "/stage/cancel", **sent).json()["state"] == "cancelled"


@pytest.mark.parametrize("path", ["/stage/train", "/stage/cancel"])
def test_a_site_that_shows_the_page_may_not_ask_in_its_name(client, pool, monkeypatch, path):
    monkeypatch.setenv("SANDBOX_EMBED", "https://lms.example.org")
    assert post(client, path, Origin="https://lms.example.org").status_code == 403


def test_what_a_method_needs_is_made_for_it(client, pool):
    post(client, key="method/moons/balanced-lookup")
    ((recipe, _),) = pool.asked
    assert isinstance(recipe, Balance)
    assert recipe == BalancedLookup(world=recipe.world).needs()[0]
    assert post(client, key="method/moons/nearest-pair").json()["state"] == "done"


def test_what_is_there_is_done(client, pool):
    assert client.get("/stage/train", params={"key": "method/cats-and-dogs/coalescer"}).json()["state"] == "done"
    assert follow(client)["state"] == "none"
    pool.runs[RECIPE] = Run(RECIPE, "done")  # but its weights have made room for others
    assert follow(client)["state"] == "none"


def test_damaged_weights_make_room_for_new_ones(client, pool, cache):
    store.keep(RECIPE, RECIPE.blank())
    (path,) = store.files(RECIPE)
    assert follow(client)["state"] == "done"
    path.write_bytes(path.read_bytes()[:100])
    assert post(client).json()["state"] == "waiting"
    assert not path.exists()


def test_a_full_pool_is_a_sentence(client, pool):
    pool.full = True
    answer = post(client)
    assert sentence(answer, 429) == "4 trainings are waiting for you already."
    assert answer.headers["retry-after"]


@pytest.mark.parametrize("path", ["/stage/train", "/stage/cancel"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://testserver.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_nobody_but_the_page_may_ask(client, pool, path, headers):
    answer = client.post(path, json={"key": KEY}, headers=headers)
    assert sentence(answer, 403) == "Only the page itself may ask for that."
    assert "set-cookie" not in answer.headers
    assert not pool.asked


def test_a_browser_s_word_is_enough(client, pool):
    assert client.post("/stage/train", json={"key": KEY}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"nonsense", 400),
        (b"[" * 2000, 400),
        (b'"key"', 400),
        (b"{}", 400),
        (b'{"key": 8}', 400),
        (b'{"key": null}', 400),
        (b'{"key": "\\ud800"}', 400),
        (b"\xff\xfe", 400),
        (json.dumps({"key": "world/moons"}).encode(), 400),
        (json.dumps({"key": KEY, "more": "x" * 2000}).encode(), 413),
        (b"x" * 10**6, 413),
    ],
    ids=range(12),
)
def test_bodies_are_small_and_say_a_method(client, pool, body, status):
    headers = {**HERE, "Content-Type": "application/json"}
    for path in ("/stage/train", "/stage/cancel"):
        sentence(client.post(path, content=body, headers=headers), status)
    assert not pool.asked


def test_a_body_in_endless_parts_is_not_read_to_its_end():
    taken = []

    async def receive():
        taken.append(1)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    headers = [(b"sec-fetch-site", b"same-origin"), (b"content-type", b"application/json")]
    asking = Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)
    with pytest.raises(RefusedError, match="at most 2,048 bytes"):
        anyio.run(said, asking)
    assert len(taken) == 3


def test_a_form_is_no_way_to_ask(client, pool):
    headers = {**HERE, "Content-Type": "text/plain"}
    sentence(client.post("/stage/train", content=json.dumps({"key": KEY}), headers=headers), 415)
    assert not pool.asked


# Followed


def test_a_run_is_followed_from_where_one_was(client, pool):
    losses = ((1, 0.5), (2, 0.25), (3, 0.125))
    run = Run(RECIPE, "running", making=RECIPE, step=3, steps=9, losses=losses, reports=2)
    pool.runs[RECIPE] = run
    all_of_it = follow(client)
    assert all_of_it["losses"] == [list(point) for point in losses]
    assert (all_of_it["making"], all_of_it["step"], all_of_it["steps"]) == (RECIPE.label, 3, 9)
    assert all_of_it["reports"] == 2
    more = follow(client, since=2, making=RECIPE.label)
    assert (more["since"], more["losses"]) == (2, [[3, 0.125]])
    for query in ({"since": 2}, {"since": 2, "making": "balance"}, {"since": 9, "making": RECIPE.label}):
        assert follow(client, **query) == all_of_it
    for since in ("-1", "x", "²", "1e3", "9" * 5000):
        assert follow(client, since=since, making=RECIPE.label) == all_of_it


def test_what_failed_is_told(client, pool):
    pool.runs[RECIPE] = Run(RECIPE, "failed", sentence="Training diverged.")
    assert (follow(client)["state"], follow(client)["sentence"]) == ("failed", "Training diverged.")
    sentence(client.get("/stage/train", params={"key": "method/nowhere/coalescer"}), 400)


def test_a_snapshot_is_a_pack_of_the_latest_weights(client, pool):
    query = {"key": KEY}
    assert "not being trained" in sentence(client.get("/stage/snapshot", params=query), 404)
    run = pool.runs[RECIPE] = Run(RECIPE, "running", snapshot={"x": np.ones(2)}, reports=1)
    first = client.get("/stage/snapshot", params=query)
    assert first.content == b"coalescer 2"
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/stage/snapshot", params=query, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    run.snapshot, run.reports = {"x": np.ones(3)}, 2
    assert client.get("/stage/snapshot", params=query).content == b"coalescer 3"
    pool.runs[RECIPE] = Run(RECIPE, "running", snapshot={"x": np.ones(4)}, reports=1)  # begun anew
    assert client.get("/stage/snapshot", params=query).content == b"coalescer 4"
    sentence(client.get("/stage/snapshot", params={"key": "world/moons"}), 400)


def test_who_asked_may_cancel(client, pool):
    post(client)
    assert post(client, "/stage/cancel").json()["state"] == "cancelled"
    client.cookies.clear()
    assert post(client, "/stage/cancel").json()["state"] == "waiting"


def test_a_method_is_seen_to_learn_in_a_child(cache):
    pool = Pool(1)

    def weights_of(method, weights):
        network = method.blank()
        network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
        return b"".join(value.tobytes() for value in weights.values())

    with TestClient(Starlette(routes=training_routes(weights_of, lambda: pool))) as client:
        assert post(client).json()["state"] in ("waiting", "running")
        run = pool.find(RECIPE)
        assert isinstance(run.recipe, Stored)
        seen = set()
        for _ in range(2):
            before = run.reports
            assert pool.wait_for(lambda before=before: run.reports > before, 120)
            seen.add(client.get("/stage/snapshot", params={"key": KEY}).content)
        assert len(seen) == 2
        assert follow(client)["state"] == "running"
        assert post(client, "/stage/cancel").json()["state"] == "cancelled"
    pool.close()
    assert not list(cache.glob("*.safetensors"))
