"""What is around every page: its style, its address, and the way from one page to another."""

import re
from functools import lru_cache

import numpy as np
import streamlit as st
from PIL import Image

from sandbox.page import controls
from sandbox.pictures import decoder as pictures
from sandbox.spaces import SPACES

STYLE = """<style>
.stMainBlockContainer {padding: 4rem 1.5rem 2rem; max-width: 100%}
[data-testid=stSidebarHeader] {height: 2.2rem; margin: 0}
[data-testid=stSidebarUserContent] [data-testid=stVerticalBlock] {gap: .5rem}
[data-testid=stSidebarUserContent] [data-testid=stButtonGroup] button {padding: .2rem .3rem; min-width: 0}
.st-key-stage {height: calc(100vh - 14.5rem) !important; min-height: 24rem; max-height: calc(50vw - 7rem); flex: none}
.st-key-stage > * {height: 100%}
.legend {display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; align-items: center}
.legend span {display: inline-flex; gap: .35rem; align-items: center}
.heading {font-size: 1.35rem; line-height: 1.25; padding: 0; margin: 0}
.sheet {width: 100%; max-width: 40rem}
.curve {width: 100%; max-width: 66rem}
.scale {display: inline-block; width: 10rem; height: 1rem; background: linear-gradient(90deg, #00224e, #7d7c78, #fee838)}
.targets {margin: 0; padding-left: 1.6rem}
.stHtml p, .stHtml b {font-size: 1.05rem}
.merit {width: 100%; border-collapse: collapse; white-space: nowrap; font-size: .95rem}
.merit th, .merit td {text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #8886}
@media (prefers-reduced-motion: reduce) {* {animation: none !important; transition: none !important}}
</style>"""


def run() -> None:
    """One run of the page that was asked for; each is imported when it is first opened."""
    st.set_page_config("Coalescer sandbox", page_icon=_icon(), layout="wide")
    st.html(STYLE)
    pages = [
        st.Page(_playground, title="Playground", default=True),
        st.Page(_race, title="Race", url_path="race"),
        st.Page(_why, title="Why many steps?", url_path="why"),
        st.Page(_desc_scale, title="desc_scale", url_path="desc-scale"),
    ]
    page = st.navigation(pages, position="top")
    for complaint in controls.read_address():
        st.warning(re.sub(r"([^\w\s])", r"\\\1", complaint))  # whatever a link says is text, not markdown
    page.run()


def _playground() -> None:
    from sandbox.page.page import show

    show()


def _race() -> None:
    from sandbox.page.race import show

    show()


def _why() -> None:
    from sandbox.page.why import show

    show()


def _desc_scale() -> None:
    from sandbox.page.desc_scale import show

    show()


@lru_cache(maxsize=1)
def _icon() -> Image.Image:
    """A cat of the first space; an icon by name would be fetched from another server."""
    cat = SPACES[0].sample(1, np.random.default_rng(0), "cat")
    return Image.fromarray(pictures.decode(cat, SPACES[0])[0])
