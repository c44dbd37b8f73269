"""Files that a visitor takes along: the weights of what is shown, and the stage as one HTML file."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.engine import Recipe, Stored
from sandbox.page.serve import Packs, answer, key_in, plainly
from sandbox.page.serve_training import method_in
from sandbox.stage.lesson import of_state, there
from sandbox.stage.packs import key_of
from sandbox.stage.state import State
from sandbox.weights import store
from sandbox.weights.files import WeightsError

PANELS = 4  # whose weights are given at a time
CACHED = 16e6  # bytes of files that are kept to be sent again
QUEUE = 20  # who may wait for files
HOW = """Weights of the coalescer sandbox. Put the files into a folder, and name the folder in the environment variable
SANDBOX_CACHE: the commands, the page and the script that "Take along" gives find them there by their names.
"""


def file_routes() -> list[Route]:
    """The routes; a file is made in a thread of its own, one at a time, and kept for whoever asks for the same."""
    packs = Packs(CACHED, QUEUE)

    @plainly
    async def weights(request: Request) -> Response:
        keys = sorted({key_in(key) for key in request.query_params.getlist("key")[:PANELS]})
        stored = {one for key in keys for one in _stored(method_in(key))}
        found = sorted({file for one in stored for file in store.files(one)[:1]})
        if not found:
            raise WeightsError("Nothing that is shown has weights: it is computed exactly, or not trained yet.")
        sent = await packs.get(f"weights {found}", request, lambda _: _zipped(found))
        return _named(answer(request, sent, "application/zip"), "weights.zip")

    @plainly
    async def lesson(request: Request) -> Response:
        state, _ = State.read(request.query_params)
        methods = await to_thread.run_sync(there, state)
        name = f"lesson {urlencode(state.write())} {[key_of(method) for method in methods]}"
        sent = await packs.get(name, request, lambda _: of_state(state, methods).encode())
        return _named(answer(request, sent, "text/html; charset=utf-8"), "lesson.html")

    return [Route("/stage/weights", weights), Route("/stage/lesson", lesson)]


def _named(response: Response, name: str) -> Response:
    """An answer that a browser saves, and never shows as a page of this server."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _zipped(files: list[Path]) -> bytes:
    """Files of weights, and how to use them; equal ones are equal bytes, whatever the hour."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("READ ME.txt"), HOW)
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes())
    return body.getvalue()


def _stored(recipe: Recipe) -> Iterator[Stored]:
    """What a recipe's answers are read from: its own weights, or those of what it needs."""
    if isinstance(recipe, Stored):
        yield recipe
    else:
        for need in recipe.needs():
            yield from _stored(need)
