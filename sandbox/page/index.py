"""The HTML of the first page: Streamlit's own, with a stage that begins before Streamlit does.

Streamlit takes a second or two to start in the browser; the stage needs nothing of it. It stands where Streamlit will put it,
starts Streamlit, and moves into its page once that is there (`sandbox/stage/web/hosts/served.js`).
"""

import re
from functools import lru_cache
from urllib.parse import urlencode

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.page.headers import INDEX
from sandbox.page.texts import address
from sandbox.stage.packs import key_of
from sandbox.stage.state import State

# What is above the stage, beside it on either side, how high it is and how high at least: for Streamlit's style too.
ABOVE, BESIDE, HEIGHT, LOWEST = "3.6rem", ".8rem", "calc(100vh - 4.6rem)", "34rem"
PLACE = f"position: absolute; top: {ABOVE}; left: {BESIDE}; right: {BESIDE}; --height: {HEIGHT}; min-height: {LOWEST}"
FETCHED = '<link rel="preload" as="fetch" crossorigin href="{}">'
# In the order in which the browser is to fetch them, before what it fetches for Streamlit.
ADDED = """
    <style>html {{font-size: {letter}px !important; color-scheme: light dark}} .early-stage {{{place}}}</style>
    <script type="module" async crossorigin id="early-stage" src="{served}"></script>
    <link rel="modulepreload" crossorigin href="{stage}">
    {told}
    {world}"""
HEAD = "<head>"
START = re.compile(r'<script type="module" crossorigin src="(\./static/js/index\.[\w-]+\.js)"></script>')


def index_routes() -> list[Route]:
    """The first page."""
    return [Route("/", index)]


async def index(request: Request) -> Response:
    """The page; the world that it opens with is named in it where the address says nothing else."""
    return HTMLResponse(text(bool(request.url.query)), headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=2)
def text(asked: bool) -> str:
    """Streamlit's page with the stage's part in its head; RuntimeError where it has no place for it."""
    world = f"./stage/pack?{urlencode({'key': key_of(State().world)})}"
    added = ADDED.format(
        letter=st.get_option("theme.baseFontSize"),  # as Streamlit will have it, after a moment with its default
        place=PLACE,
        served=address("served.js"),
        stage=address("stage.js"),
        told=FETCHED.format(address("payload.json")),
        world="" if asked else FETCHED.format(world),
    )
    page = INDEX.read_text(encoding="utf-8")
    page, starts = START.subn(r'<link rel="modulepreload" crossorigin id="streamlit" href="\1">', page)
    if (starts, page.count(HEAD)) != (1, 1):
        raise RuntimeError(f"{INDEX} is no page that a stage can be put into.")
    return page.replace(HEAD, HEAD + added)
