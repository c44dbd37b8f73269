"""What the server does before the first visitor comes, and when something goes wrong that nobody thought of."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import streamlit as st
import torch

from sandbox.page.texts import version
from sandbox.stage import packs
from sandbox.stage.state import State
from sandbox.weights.files import WeightsError


@asynccontextmanager
async def warm_up(_app: Any) -> AsyncIterator[None]:  # noqa: ANN401
    """Import and compute what the first paint needs, and keep it out of the garbage collector's way for good."""
    torch.set_num_threads(1)  # on small networks more threads wait for each other
    with suppress(WeightsError):  # the page says it, and offers to train
        version()
        for recipe in State().recipes():
            packs.pack_of(packs.key_of(recipe))
    gc.collect()
    gc.freeze()
    yield


def explain_error(error: Exception) -> bool:
    """A sentence in place of a traceback; the traceback goes to the server's log."""
    logging.getLogger(__name__).exception("The page failed.", exc_info=error)
    st.error("Reload the page to try again: your settings are kept in its address.")
    return True
