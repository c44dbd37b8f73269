"""What is around every page: its style, its address, and how to get from one page to another."""

import re
from functools import lru_cache, partial
from importlib import import_module

import numpy as np
import streamlit as st
from PIL import Image

from sandbox.page.index import ABOVE, BESIDE, HEIGHT, LOWEST
from sandbox.page.visit import follow_address, visit
from sandbox.pictures import decoder as pictures
from sandbox.spaces import SPACES

PAGES = {
    "playground": "Playground",
    "race": "Race",
    "why": "Why many steps?",
    "desc_scale": "Weight of the description",
    "pictures_and_words": "Pictures and words",
    "beyond_the_plane": "Beyond the plane",
}
STYLE = f"""<style>
.stMainBlockContainer {{padding: {ABOVE} {BESIDE} 1rem; max-width: 100%}}
[data-testid=stCaptionContainer] {{color: inherit; opacity: .8}}
.st-key-stage {{height: {HEIGHT} !important; min-height: {LOWEST}; flex: none}}
.st-key-stage * {{height: 100%}}
.heading {{font-size: 1.35rem; line-height: 1.25; padding: 0; margin: 0}}
[data-testid=stMain] [data-testid=stButtonGroup] button {{padding: .2rem .6rem; min-width: 0}}
[data-testid=stMain] [data-testid=stButtonGroup] [data-variant=segmented_control] {{min-height: 2.4rem}}
.st-key-families [data-testid=stButtonGroup] > div {{flex-wrap: wrap; mask-image: none}}
@media (prefers-reduced-motion: reduce) {{* {{animation: none !important; transition: none !important}}}}
</style>"""


def run() -> None:
    """One run of the page that was asked for."""
    st.set_page_config("Coalescer sandbox", page_icon=_icon(), layout="wide")
    st.html(STYLE)
    pages = [
        st.Page(partial(_show, name), title=title, url_path=name.replace("_", "-"), default=name == "playground")
        for name, title in PAGES.items()
    ]
    page = st.navigation(pages, position="top")
    follow_address(page.url_path)
    for sentence in visit().sentences:
        st.warning(re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", sentence))  # whatever a link says is text, not markdown
    page.run()


def _show(name: str) -> None:
    """Run a page; each is imported when it is first opened."""
    import_module(f"sandbox.page.{name}").show()


@lru_cache(maxsize=1)
def _icon() -> Image.Image:
    """A cat of the first space; an icon by name would be fetched from another server."""
    cat = SPACES[0].sample(1, np.random.default_rng(0), "cat")
    return Image.fromarray(pictures.decode(cat, SPACES[0])[0])
