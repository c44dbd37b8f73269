"""What the stage fetches from the server beside Streamlit: its module, packs, and how a training is going.

All answers are bytes or JSON; what cannot be answered is a sentence, `{"sentence": ...}`. Addresses are relative to the page,
and what is computed is computed in one thread, in the order in which it was asked for, while everything else goes on.
"""

import gzip
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.page.headers import FAILED
from sandbox.weights.files import WeightsError
from sandbox.weights.pool import PoolFull

KEY = 500  # characters of a key
CACHED = 64e6  # bytes of packs that are kept to be sent again
QUEUE = 100  # who may wait for packs to be computed
YEAR = "public, max-age=31536000, immutable"

Endpoint = Callable[[Request], Awaitable[Response]]
Text = tuple[Callable[[], str], str]  # what makes it, and its media type


class RefusedError(RuntimeError):
    """What is asked for is not given, with a sentence and a status of HTTP."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Sent:
    """Bytes as they are sent."""

    of: object  # what they were made from
    body: bytes  # gzipped
    etag: str


class Packs:
    """Bytes that take time to compute, kept up to a bound; one at a time is computed, first come, first served."""

    def __init__(self, cached: float = CACHED, queue: int = QUEUE) -> None:
        self._turn = CapacityLimiter(1)
        self._cached, self._queue, self._waiting = cached, queue, 0
        self._sent: OrderedDict[str, Sent] = OrderedDict()  # the longest unused first

    async def get(
        self, name: str, request: Request, make: Callable[[Any], bytes], of: Callable[[], Any] = lambda: None
    ) -> Sent:
        """What is known by a name, made by `make(of())` unless it has been made from the same.

        Of what changes meanwhile, the latest is taken. RefusedError where too many are waiting.
        """
        if found := self._found(name, of()):
            return found
        if self._waiting >= self._queue:
            raise RefusedError("Too many are asking at the moment: try again in some seconds.", 503)
        self._waiting += 1
        try:
            async with self._turn:
                latest = of()
                if found := self._found(name, latest):  # made for somebody else meanwhile
                    return found
                await request.body()
                if await request.is_disconnected():
                    raise RefusedError("Nobody is waiting for this any more.", 503)
                sent = await to_thread.run_sync(lambda: _sent(make(latest), latest))
        finally:
            self._waiting -= 1
        self._sent[name] = sent
        self._sent.move_to_end(name)
        while sum(len(each.body) for each in self._sent.values()) > self._cached and len(self._sent) > 1:
            self._sent.popitem(last=False)
        return sent

    def _found(self, name: str, of: object) -> Sent | None:
        found = self._sent.get(name)
        if found is None or found.of is not of:
            return None
        self._sent.move_to_end(name)
        return found


def stage_routes(texts: Mapping[str, Text], pack_of: Callable[[str], bytes], version: Callable[[], str]) -> list[Route]:
    """The routes of some texts by their names, and of packs by their keys; a version of both is kept for good.

    Nothing is made before it is asked for: processes that train import the page's file, too.
    """
    made, packs = Packs(), Packs()

    @plainly
    async def text(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in texts:
            raise RefusedError("There is nothing of this name.", 404)
        make, media_type = texts[name]
        sent = await made.get(name, request, lambda _: make().encode())
        return answer(request, sent, f"{media_type}; charset=utf-8", version())

    @plainly
    async def pack(request: Request) -> Response:
        key = key_in(request.query_params.get("key"))
        sent = await packs.get(key, request, lambda _: pack_of(key))
        return answer(request, sent, "application/octet-stream", version())

    return [Route("/stage/pack", pack), Route("/stage/text/{name}", text)]


def plainly(endpoint: Endpoint) -> Endpoint:
    """The same endpoint with a sentence in place of every error."""

    @wraps(endpoint)
    async def answering(request: Request) -> Response:
        try:
            return await endpoint(request)
        except RefusedError as error:
            return say(str(error), error.status)
        except PoolFull as error:
            return say(str(error), 429)
        except WeightsError as error:
            return say(str(error), 404)
        except ValueError as error:
            return say(str(error), 400)
        except Exception:
            logging.getLogger(__name__).exception("%s could not be answered.", request.url.path)
            return say(FAILED, 500)

    return answering


def say(sentence: str, status: int) -> Response:
    """An answer that is a sentence."""
    later = {"Retry-After": "5"} if status in (429, 503) else {}
    return JSONResponse({"sentence": sentence}, status, headers={"Cache-Control": "no-store", **later})


def answer(request: Request, sent: Sent, media_type: str, version: str = "") -> Response:
    """The bytes, or that they are still the same; kept by the browser for good where it asked for this version of them."""
    asked = request.query_params.get("v", "")
    headers = {
        "ETag": f'"{sent.etag}"',
        "Cache-Control": YEAR if version and asked == version else "no-cache",
        "Vary": "Accept-Encoding",
    }
    known = request.headers.get("if-none-match", "")
    if sent.etag in (each.strip().removeprefix("W/").strip('"') for each in known.split(",")):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(sent.body, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(sent.body), media_type=media_type, headers=headers)


def key_in(said: object) -> str:
    """What somebody says to be a key; ValueError where it is none, or too long for one."""
    if not isinstance(said, str) or not said:
        raise ValueError("A pack is asked for by its key.")
    if len(said) > KEY:
        raise ValueError(f"A key has at most {KEY} characters.")
    return said


def _sent(content: bytes, of: object) -> Sent:
    return Sent(of, gzip.compress(content, 6, mtime=0), hashlib.sha256(content).hexdigest()[:32])
