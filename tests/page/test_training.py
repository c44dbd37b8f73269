"""Weights that are not there, or are damaged: no page trains in the visitor's script, and none fails for it."""

import asyncio
import os

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from sandbox.methods import Coalescer
from sandbox.page.headers import Headers
from sandbox.page.routes import routes
from sandbox.page.warm import warm_up
from sandbox.stage.packs import key_of
from sandbox.stage.state import State
from sandbox.weights.files import file_name
from tests.page.test_serve import sentence
from tests.page.visitor import PAGES, opened, undisturbed

UNTRAINED = Coalescer(desc_scale=5.3)  # that nobody ships


def truncate(recipe, folder):
    path = folder / file_name(recipe)
    path.write_bytes(path.read_bytes()[:1000])


@pytest.fixture
def client():
    with TestClient(Starlette(routes=routes(), middleware=[Middleware(Headers)])) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_no_page_trains_what_a_link_asks_for(path, cache):
    at = opened(path, desc_scale="5.3")
    assert not at.exception
    assert not at.get("progress")
    assert not cache.exists()


def test_weights_that_are_not_there_are_a_sentence_in_place_of_their_pack(client):
    said = sentence(client.get("/stage/pack", params={"key": key_of(UNTRAINED)}), 404)
    assert "no trained weights" in said


@pytest.mark.parametrize("which", ["coalescer", "diffusion"])
def test_damaged_weights_are_a_sentence_in_place_of_their_pack(weights, client, which):
    method = State().method(which)
    truncate(method, weights)
    said = sentence(client.get("/stage/pack", params={"key": key_of(method)}), 404)
    assert f"The weights in {which}-" in said
    assert "the file is damaged" in said
    assert undisturbed(opened())


def test_damaged_weights_of_another_value_do_not_disturb(weights, client):
    truncate(Coalescer(desc_scale=16.0), weights)
    assert client.get("/stage/pack", params={"key": key_of(Coalescer())}).status_code == 200


def test_the_server_starts_with_damaged_weights(weights):
    truncate(State().method("coalescer"), weights)

    async def start():
        async with warm_up(None):
            return "started"

    assert asyncio.run(start()) == "started"


def test_a_folder_that_cannot_even_be_looked_into_does_not_disturb(monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", os.sep + "x" * 5000)  # no system has names as long
    assert undisturbed(opened())
