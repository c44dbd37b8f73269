"""The first page's HTML: Streamlit's own, and what lets a stage begin before Streamlit does."""

import re
import subprocess
import sys
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sandbox.page import index
from sandbox.page.headers import INDEX, policy
from sandbox.page.routes import routes
from sandbox.page.texts import TEXTS, address
from tests.browser import ROOT

FETCHED = re.compile(r'(?:href|src)="\./(stage/[^"]+)"')


def client(base=""):
    return TestClient(Starlette(routes=routes(base)))


def test_to_import_the_page_s_file_computes_nothing():
    """Processes that train import it, too."""
    script = "import app; from sandbox.stage.payload import payload; print(payload.cache_info().currsize)"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split()[-1] == "0"


def test_it_is_streamlit_s_with_something_added_to_its_head():
    answered = client().get("/")
    assert answered.headers["content-type"].startswith("text/html")
    assert answered.headers["cache-control"] == "no-cache"
    before, after = INDEX.read_text().split("<head>")
    assert answered.text.startswith(before)
    (script,) = re.findall(r'<script type="module" .*?></script>', after)
    (there,) = re.findall(r'<link rel="modulepreload" crossorigin id="streamlit" .*?>', answered.text)
    assert re.findall(r"\./static/js/index\S+js", there) == re.findall(r"\./static/js/index\S+js", script)
    assert answered.text.endswith(after.replace(script, there))  # it starts Streamlit by itself


def test_no_other_script_of_streamlit_s_is_changed():
    scripts = re.compile(r"<script>.*?</script>", re.DOTALL)
    assert scripts.findall(client().get("/").text) == scripts.findall(INDEX.read_text())


def test_it_is_under_the_path_that_the_server_is_under():
    assert client("under").get("/under/").text == client().get("/").text
    assert client("under").get("/").status_code == 404


@pytest.mark.parametrize(("query", "packs"), [("", 1), ("?seed=3", 0)])
def test_what_it_names_is_there_and_the_world_only_where_it_opens_with_the_defaults(query, packs):
    server = client()
    named = [unescape(path) for path in FETCHED.findall(server.get(f"/{query}").text)]
    assert [address(name).removeprefix("./") in named for name in TEXTS] == [True] * len(TEXTS)
    assert sum("stage/pack?" in path for path in named) == packs
    assert {server.get(f"/{path}").status_code for path in named} == {200}


def test_its_scripts_are_the_server_s_own():
    assert "<script>" not in index.ADDED
    assert "script-src 'self'" in policy()


@pytest.mark.parametrize("lacking", ["<head>", 'type="module" '])
def test_a_page_of_streamlit_s_that_is_another_than_this_is_made_for_is_refused(lacking, monkeypatch, tmp_path):
    odd = tmp_path / "index.html"
    odd.write_text(INDEX.read_text().replace(lacking, ""))
    monkeypatch.setattr(index, "INDEX", odd)
    with pytest.raises(RuntimeError, match="no page"):
        index.text.__wrapped__(False)
