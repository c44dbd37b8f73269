"""What the stage fetches: bytes or a sentence, computed one at a time and once, whatever anybody asks for."""

import gzip
from threading import Event, current_thread

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.testclient import TestClient

from sandbox.methods import BalancedLookup, Coalescer
from sandbox.page.headers import FAILED, Headers
from sandbox.page.serve import QUEUE, Packs, RefusedError, stage_routes
from sandbox.pairs import World
from sandbox.spaces import space_named
from sandbox.stage.packs import recipe_of
from sandbox.weights.files import WeightsError

MODULE = "export const one = 1;\n" * 100
VERSION = "v7"


@pytest.fixture
def asked():
    """The keys whose packs were computed."""
    return []


@pytest.fixture
def client(asked):
    def pack_of(key):
        recipe = recipe_of(key)
        asked.append(key)
        if isinstance(recipe, BalancedLookup):
            raise WeightsError("These settings have no trained weights yet.")
        if isinstance(recipe, World) and recipe.space.name == "moons":
            raise KeyError("secret")
        return f"{recipe}".encode() * 10

    routes = stage_routes({"stage.js": (lambda: MODULE, "text/javascript")}, pack_of, lambda: VERSION)
    with TestClient(Starlette(routes=routes, middleware=[Middleware(Headers)])) as client:
        yield client


def sentence(answer, status):
    """The sentence that is all there is."""
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (said,) = answer.json().values()
    assert said.endswith(".")
    assert "Traceback" not in said
    return said


# The module


def test_the_module_is_one_script_kept_for_good_under_its_version(client):
    first = client.get("/stage/text/stage.js")
    assert first.text == MODULE
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) < len(MODULE) / 5
    assert first.headers["cache-control"] == "no-cache"
    assert "immutable" in client.get(f"/stage/text/stage.js?v={VERSION}").headers["cache-control"]
    assert client.get("/stage/text/stage.js?v=other").headers["cache-control"] == "no-cache"


def test_a_text_of_another_name_is_refused_in_a_sentence(client):
    for name in ("nothing.js", "app.py", "<script>"):
        assert sentence(client.get(f"/stage/text/{name}"), 404) == "There is nothing of this name."


def test_who_takes_no_gzip_gets_none(client):
    answer = client.get("/stage/text/stage.js", headers={"Accept-Encoding": "identity"})
    assert answer.text == MODULE
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("known", ['"{}"', 'W/"{}"', '"other", "{}"'])
def test_what_the_browser_has_is_not_sent_again(client, known):
    etag = client.get("/stage/text/stage.js").headers["etag"].strip('"')
    answer = client.get("/stage/text/stage.js", headers={"If-None-Match": known.format(etag)})
    assert (answer.status_code, answer.content) == (304, b"")
    assert client.get("/stage/text/stage.js", headers={"If-None-Match": '"other"'}).status_code == 200


# Packs


def test_a_pack_is_computed_once_and_kept(client, asked):
    key = "method/cats-and-dogs/coalescer?desc_scale=2"
    answers = [client.get("/stage/pack", params={"key": key, "v": version}) for version in ("", "old", VERSION)]
    assert {answer.content for answer in answers} == {f"{Coalescer(desc_scale=2.0)}".encode() * 10}
    assert [answer.headers["cache-control"] for answer in answers][:2] == ["no-cache"] * 2
    assert "immutable" in answers[2].headers["cache-control"]
    assert answers[0].headers["content-type"] == "application/octet-stream"
    assert asked == [key]


def test_what_cannot_be_answered_is_a_sentence(client, caplog):
    lacking = {"key": "method/moons/balanced-lookup"}
    assert sentence(client.get("/stage/pack", params=lacking), 404) == "These settings have no trained weights yet."
    assert sentence(client.get("/stage/pack", params={"key": "world/moons"}), 500) == FAILED
    assert "secret" in caplog.text
    assert sentence(client.get("/stage/pack"), 400) == "A pack is asked for by its key."
    long = {"key": "world/moons?" + "x" * 500}
    assert sentence(client.get("/stage/pack", params=long), 400) == "A key has at most 500 characters."
    assert client.post("/stage/pack").status_code == 405


@pytest.mark.parametrize(
    "key",
    [
        "",
        "?",
        "/",
        "world",
        "world/",
        "world/nowhere",
        "world/moons/more",
        "world/../../etc/passwd",
        "world/moons\0",
        "world/moons?pairs=1000000",
        "world/moons?description_noise=-1",
        "world/moons?description_noise=nan",
        "world/moons?description_noise",
        "method/moons",
        "method/moons/",
        "method/moons/teapot",
        "method//coalescer",
        "method/moons/coalescer?desc_scale=1e999",
        "method/moons/coalescer?desc_scale=８",
        "method/moons/coalescer?desc_scale=",
        "method/moons/coalescer?training_steps=1000000000",
        "method/moons/coalescer?seed=1",
        "method/moons/coalescer?" + "&".join(f"a{i}=1" for i in range(30)),
        "method/moons/coalescer?desc_scale=%ED%A0%80",
        "world/" + "x" * 1000,
        "<script>alert(1)</script>",
    ],
)
def test_hostile_keys_get_a_sentence(client, asked, key):
    sentence(client.get("/stage/pack", params={"key": key}), 400)
    assert asked == []


@given(st.text() | st.from_regex(r"(world|method)/(moons|rings)(/coalescer)?\?.*", fullmatch=True))
def test_any_text_is_a_recipe_or_refused_in_a_sentence(key):
    refused = ""
    try:
        recipe_of(key)
    except ValueError as error:
        refused = str(error)
    assert not refused or refused.endswith(".")


def test_a_key_says_a_recipe():
    world = World(space_named("moons"), description_noise=0.1)
    assert recipe_of("world/moons?description_noise=.1") == world
    assert recipe_of("method/moons/coalescer?description_noise=0.1&desc_scale=4") == Coalescer(
        world=world, desc_scale=4.0
    )


# In turn


def request(gone=False):
    """A request as the server hands it over, of somebody who has perhaps left."""
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if messages:
            return messages.pop()
        if not gone:
            await anyio.sleep_forever()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)


async def until(predicate):
    with anyio.fail_after(60):
        while not predicate():
            await checkpoint()


def test_forty_are_served_in_turn_and_equal_ones_at_once():
    packs, made, at_once, gate = Packs(), [], [], Event()

    def make(name):
        at_once.append(name)
        assert gate.wait(60)
        assert at_once == [name]
        at_once.clear()
        made.append((name, current_thread().name))
        return name.encode()

    async def ask(name):
        sent = await packs.get(name, request(), lambda _: make(name))
        assert gzip.decompress(sent.body) == name.encode()

    async def everybody():
        async with anyio.create_task_group() as group:
            for i in range(40):
                group.start_soon(ask, f"{i // 2}")
                await until(lambda i=i: packs._waiting == i + 1)  # the loop goes on meanwhile
            gate.set()

    anyio.run(everybody)
    assert [name for name, _ in made] == [f"{i}" for i in range(20)]
    assert current_thread().name not in {thread for _, thread in made}
    assert packs._waiting == 0


def test_too_many_are_told_so_and_who_has_left_is_passed_over():
    packs, made, gate, refused = Packs(queue=3), [], Event(), []

    def make(name):
        assert gate.wait(60)
        made.append(name)
        return b""

    async def ask(name, gone=False):
        try:
            await packs.get(name, request(gone), lambda _: make(name))
        except RefusedError as error:
            refused.append((name, error.status))

    async def everybody():
        async with anyio.create_task_group() as group:
            for i, (name, gone) in enumerate((("first", False), ("gone", True), ("last", False))):
                group.start_soon(ask, name, gone)
                await until(lambda i=i: packs._waiting == i + 1)
            await ask("too many")
            assert refused == [("too many", 503)]
            gate.set()
        await ask("another")

    anyio.run(everybody)
    assert made == ["first", "last", "another"]
    assert refused == [("too many", 503), ("gone", 503)]
    assert QUEUE >= 40


def test_packs_are_kept_up_to_a_bound_and_an_error_is_not():
    made = []

    def make(name):
        made.append(name)
        if name == "wrong" and made.count(name) == 1:
            raise ValueError("It is wrong.")
        return bytes(f"{name}" * 100, "ascii")

    async def everybody():
        packs = Packs(cached=100.0)
        for name in ("a", "b", "a", "c", "d", "e", "a", "b"):
            await packs.get(name, request(), lambda _, name=name: make(name))
        assert sum(len(sent.body) for sent in packs._sent.values()) <= 100
        with pytest.raises(ValueError, match="It is wrong"):
            await packs.get("wrong", request(), lambda _: make("wrong"))
        await packs.get("wrong", request(), lambda _: make("wrong"))

    anyio.run(everybody)
    assert (made.count("a"), made.count("b")) == (1, 2)  # the longest unused goes
    assert made.count("wrong") == 2


def test_of_what_changes_the_latest_is_taken_once():
    packs, made, gate = Packs(), [], Event()
    latest = ["first"]

    def make(of):
        assert gate.wait(60)
        made.append(of)
        return of.encode()

    async def ask():
        return await packs.get("name", request(), make, lambda: latest[0])

    async def everybody():
        async with anyio.create_task_group() as group:
            for i in range(5):
                group.start_soon(ask)
                await until(lambda i=i: packs._waiting == i + 1)
            latest[0] = "second"
            gate.set()
        assert gzip.decompress((await ask()).body) == b"second"

    anyio.run(everybody)
    assert made == ["first", "second"]
