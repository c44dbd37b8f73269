"""Training from the stage: asked for, followed, seen and cancelled by the key of a method, in the server's pool.

A visitor is a random number in a cookie that no script gets. Only the page itself may ask and cancel. No other site sends the
cookie along, unless it may show the page in a frame: there a browser keeps a cookie of its own for each such site.
"""

import json
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.engine.recipe import Stored
from sandbox.methods import Method
from sandbox.page.headers import embedded_elsewhere
from sandbox.page.serve import Packs, RefusedError, answer, key_in, plainly
from sandbox.stage.packs import recipe_of
from sandbox.weights.files import WeightsError
from sandbox.weights.pool import Pool, pool
from sandbox.weights.run import Run
from sandbox.weights.store import discard_damaged, missing
from sandbox.weights.worker import Weights

BODY = 2048  # bytes
COOKIE = "sandbox_visitor"
VISITOR = re.compile(r"[A-Za-z0-9_-]{22}")
DAY = 24 * 3600  # seconds that a visitor is known
NOTHING = {"place": 0, "making": "", "step": 0, "steps": 0, "since": 0, "losses": (), "reports": 0, "sentence": ""}
NO_SNAPSHOT = "There is no snapshot: this is not being trained at the moment."

SnapshotPack = Callable[[Method, Weights], bytes]


class Visitors:
    """Tells the pool of everybody who comes: each page that is opened connects itself once."""

    def __init__(self, app: ASGIApp, workers: Callable[[], Pool] = pool) -> None:
        self._app, self._workers = app, workers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            self._workers().expect()
        await self._app(scope, receive, send)


def training_routes(snapshot_pack: SnapshotPack, workers: Callable[[], Pool] = pool) -> list[Route]:
    """The routes; `snapshot_pack` makes a method's pack with the weights of a moment in its training."""
    packs = Packs()

    def tell(recipe: Stored | None, since: int = 0, making: str = "") -> JSONResponse:
        run = workers().find(recipe) if recipe else None
        if run is None or run.state == "done":  # whose weights may have made room for others
            told = {**NOTHING, "state": "none" if recipe and missing(recipe) else "done"}
        else:
            told = progress(run, since, making)
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @plainly
    async def train(request: Request) -> Response:
        recipe, visitor = stored(method_in(await said(request))), _visitor(request)
        if recipe:
            if not missing(recipe):
                await to_thread.run_sync(_discard, recipe)
            workers().ask(recipe, visitor)
        told = tell(recipe)
        told.headers["set-cookie"] = cookie(visitor, request, embedded_elsewhere())
        return told

    @plainly
    async def follow(request: Request) -> Response:
        query = request.query_params
        return tell(stored(method_in(query.get("key"))), _number(query.get("since", "")), query.get("making", ""))

    @plainly
    async def snapshot(request: Request) -> Response:
        method = method_in(request.query_params.get("key"))
        run = workers().find(method) if isinstance(method, Stored) else None

        def made(weights: Weights | None) -> bytes:
            if weights is None:
                raise WeightsError(NO_SNAPSHOT)
            return snapshot_pack(method, weights)

        sent = await packs.get(request.query_params["key"], request, made, lambda: run and run.snapshot)
        return answer(request, sent, "application/octet-stream")

    @plainly
    async def cancel(request: Request) -> Response:
        if recipe := stored(method_in(await said(request))):
            workers().cancel(recipe, _visitor(request))
        return tell(recipe)

    return [
        Route("/stage/train", train, methods=["POST"]),
        Route("/stage/train", follow),
        Route("/stage/snapshot", snapshot),
        Route("/stage/cancel", cancel, methods=["POST"]),
    ]


def cookie(visitor: str, request: Request, framed: bool) -> str:
    """The header that makes a visitor known; in frames of other sites browsers take it from safe connections alone."""
    safe = "https" in (
        request.url.scheme,
        urlsplit(request.headers.get("origin", "")).scheme,
    )  # which a proxy may have ended
    where = "SameSite=None; Partitioned" if framed and safe else "SameSite=Strict"
    return f"{COOKIE}={visitor}; HttpOnly; Max-Age={DAY}; Path=/; {where}{'; Secure' if safe else ''}"


def progress(run: Run, since: int = 0, making: str = "") -> dict[str, Any]:
    """How far a run is, with the points of its curve from number `since` on if it is still at what was named, else with all."""
    at, losses = run.making, run.losses
    name = "" if at is None else at.label if isinstance(at, Method) else at.name
    since = since if name == making and since <= len(losses) else 0
    return {
        "state": run.state,
        "place": run.place,
        "making": name,
        "step": run.step,
        "steps": run.steps,
        "since": since,
        "losses": losses[since:],
        "reports": run.reports,
        "sentence": run.sentence,
    }


def stored(method: Method) -> Stored | None:
    """What has to be made for a method: itself, or the last of what it needs; none where there is nothing."""
    return method if isinstance(method, Stored) else next(reversed(method.needs()), None)


def method_in(key: object) -> Method:
    """The method that a key is of; ValueError with a sentence where it is of none."""
    recipe = recipe_of(key_in(key))
    if not isinstance(recipe, Method):
        raise ValueError("Only methods are trained: method/<space>/<method>.")
    return recipe


async def said(request: Request) -> object:
    """The key in the body of what the page itself posts.

    RefusedError where it is another site, or too long; ValueError where it is no JSON with a key.
    """
    if not same_origin(request):
        raise RefusedError("Only the page itself may ask for that.", 403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RefusedError("What is asked for is sent as application/json.", 415)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY:
            raise RefusedError(f"What is asked for is said in at most {BODY:,} bytes.", 413)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("What was sent is no JSON.") from error
    return found.get("key") if isinstance(found, dict) else None


def same_origin(request: Request) -> bool:
    """Whether a browser says that a page of this server asks; without a word from it, no."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(request.headers.get("origin", ""))
    except ValueError:
        return False
    return origin.scheme in ("http", "https") and origin.netloc == request.headers.get("host")


def _visitor(request: Request) -> str:
    known = request.cookies.get(COOKIE, "")
    return known if VISITOR.fullmatch(known) else secrets.token_urlsafe(16)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _discard(recipe: Stored) -> None:
    """Let damaged weights count as missing."""
    try:
        discard_damaged(recipe)
    except OSError as error:
        raise RefusedError(f"The damaged weights cannot be removed: {error.strerror or error}.", 500) from error
