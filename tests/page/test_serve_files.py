"""What a visitor takes along: weights that Python finds by their names, and the stage as a file."""

import gzip
import io
import json
import re
import zipfile
from base64 import b64decode

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from sandbox.engine import Progress
from sandbox.methods import BalancedLookup, Coalescer, Diffusion, NearestPair
from sandbox.page import serve_files
from sandbox.page.headers import Headers
from sandbox.page.serve_files import file_routes
from sandbox.stage.packs import key_of
from sandbox.weights import store
from sandbox.weights.files import file_name, read
from tests.page.test_serve import sentence


@pytest.fixture
def client():
    with TestClient(Starlette(routes=file_routes(), middleware=[Middleware(Headers)])) as client:
        yield client


def given(client, *methods):
    answer = client.get("/stage/weights", params={"key": [key_of(method) for method in methods]})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="weights.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    return {name: archive.read(name) for name in archive.namelist()}


def test_weights_are_the_very_files_that_python_reads(client, tmp_path):
    methods = Coalescer(desc_scale=16.0), Diffusion()
    files = given(client, *methods)
    assert files.keys() == {"READ ME.txt", *map(file_name, methods)}
    for method in methods:
        path = tmp_path / file_name(method)
        path.write_bytes(files[path.name])
        assert read(path, method)


def test_an_exact_method_gives_what_it_needs_and_one_that_needs_nothing_says_so(client):
    (needed,) = BalancedLookup().needs()
    assert given(client, BalancedLookup(), NearestPair()).keys() == {"READ ME.txt", file_name(needed)}
    refused = client.get("/stage/weights", params={"key": key_of(NearestPair())})
    assert "Nothing that is shown has weights" in sentence(refused, 404)
    assert sentence(client.get("/stage/weights", params={"key": "../etc"}), 400)


def test_weights_that_are_trained_meanwhile_are_given_too(client, tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))
    new = Coalescer(desc_scale=5.5)
    assert file_name(new) not in given(client, Coalescer(), new)
    store.keep(new, Progress(1, 1, 0.0, new.blank()).network)
    assert file_name(new) in given(client, Coalescer(), new)


def test_only_so_many_are_given_at_a_time(client):
    methods = [Coalescer(desc_scale=scale) for scale in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)]
    assert len(given(client, *methods)) == 1 + serve_files.PANELS


def test_a_state_is_given_as_a_file_once_made_and_kept(client, monkeypatch):
    made = []

    def of_state(state, methods):
        made.append((state, len(methods)))
        return f"<html>{state.concept}</html>"

    monkeypatch.setattr(serve_files, "of_state", of_state)
    first = client.get("/stage/lesson?concept=dog&nonsense=1")
    assert first.text == "<html>dog</html>"
    assert first.headers["content-disposition"] == 'attachment; filename="lesson.html"'
    assert client.get("/stage/lesson?seed=0&concept=dog").text == first.text
    assert client.get("/stage/lesson").text == "<html>cat</html>"
    assert [state.concept for state, _ in made] == ["dog", "cat"]


def test_the_file_opens_with_the_state_and_never_trains(client, tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))
    text = client.get("/stage/lesson?desc_scale=5.5&right=").text
    held = json.loads(re.search(r'id="held">(.*?)</script>', text, re.DOTALL)[1])
    assert json.loads(gzip.decompress(b64decode(held["payload"])))["query"] == {"desc_scale": "5.5", "right": ""}
    assert "method/cats-and-dogs/coalescer" in held
    assert "method/cats-and-dogs/coalescer?desc_scale=5.5" not in held
    assert not (tmp_path / "cache").exists()
