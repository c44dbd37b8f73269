"""Headers on every answer, whatever becomes of it; who may embed the page is said by the environment, and checked."""

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

import app
from sandbox.page.headers import FAILED, INDEX, Headers, embedded_elsewhere, policy
from sandbox.page.serve_training import Visitors


def failing(request):
    raise RuntimeError("secret")


def half(request):
    def parts():
        yield b"half"
        raise RuntimeError("secret")

    return StreamingResponse(parts())


async def echo(socket):
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


ROUTES = [
    Route("/fine", lambda request: PlainTextResponse("fine", headers={"Referrer-Policy": "unsafe-url"})),
    Route("/failing", failing),
    Route("/half", half),
    WebSocketRoute("/socket", echo),
    Mount("/files", StaticFiles(directory=INDEX.parent)),
]


@pytest.fixture
def client():
    with TestClient(Starlette(routes=ROUTES, middleware=[Middleware(Headers)])) as client:
        yield client


def directives(said):
    return {name: values for name, *values in (part.split() for part in said.split("; "))}


@pytest.mark.parametrize(
    ("path", "status"), [("/fine", 200), ("/files/index.html", 200), ("/nothing", 404), ("/failing", 500)]
)
def test_the_headers_are_on_every_answer(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers.get_list("content-security-policy") == [policy()]
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_list("referrer-policy") == ["same-origin"]


def test_an_answer_that_breaks_off_is_not_begun_again(client):
    with pytest.raises(RuntimeError, match="secret"):
        client.get("/half")


def test_an_error_is_a_sentence_and_goes_to_the_log(client, caplog):
    answer = client.get("/failing")
    assert answer.json() == {"sentence": FAILED}
    assert "secret" in caplog.text
    assert "secret" not in answer.text


def test_a_websocket_passes(client):
    with client.websocket_connect("/socket") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"


def test_nothing_comes_from_elsewhere_and_no_inline_script_but_streamlit_s_own_runs():
    said = directives(policy())
    digests = [value for value in said["script-src"] if value.startswith("'sha256-")]
    assert len(digests) == len(re.findall(r"<script>", INDEX.read_text())) > 0
    assert {*said["script-src"]} - {*digests} == {"'self'", "'wasm-unsafe-eval'", "blob:"}
    assert said["default-src"] == said["base-uri"] == said["form-action"] == said["frame-ancestors"] == ["'self'"]
    assert said["object-src"] == ["'none'"]
    assert not {"*", "http:", "https:", "'unsafe-eval'"} & {value for values in said.values() for value in values}


@pytest.mark.parametrize(
    ("text", "ancestors"),
    [
        ("", "'self'"),
        ("self", "'self'"),
        ("'none'", "'none'"),
        ("*", "*"),
        (" https://lms.example.org  'self' ", "https://lms.example.org 'self'"),
        ("https://*.example.org:8443", "https://*.example.org:8443"),
    ],
)
def test_the_environment_says_who_may_embed(monkeypatch, text, ancestors):
    monkeypatch.setenv("SANDBOX_EMBED", text)
    assert " ".join(directives(policy())["frame-ancestors"]) == ancestors
    assert embedded_elsewhere() == ("*" in ancestors or "https" in ancestors)


@pytest.mark.parametrize(
    "text",
    [
        "https://a.org; script-src *",
        "https://a.org,https://b.org",
        "lms.example.org",
        "data:",
        "https://",
        "https://é.org",
    ],
)
def test_anything_else_is_refused(monkeypatch, text):
    monkeypatch.setenv("SANDBOX_EMBED", text)
    with pytest.raises(ValueError, match=r"^SANDBOX_EMBED is self, none, \* or addresses"):
        policy()


def test_the_app_has_them():
    assert [each.cls for each in app.app._user_middleware] == [Headers, Visitors]
