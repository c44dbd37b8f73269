"""What a stage fetches, named with the page it is on, so that it comes while Streamlit starts and not after it."""

from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.page.routes import under
from sandbox.stage import module
from sandbox.stage.packs import key_of
from sandbox.stage.state import State

FETCHED = "rel=preload; as=fetch; crossorigin"


class Ahead:
    """Puts the links on the first page's HTML, under the path that the server's pages are under."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app, self._path = app, f"{under(base)}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return

        async def with_links(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Link"] = links(opening=not scope["query_string"])
            await send(message)

        await self._app(scope, receive, with_links)


def links(opening: bool) -> str:
    """The value of the header: the stage's module and what it is told; the packs too where it opens with the defaults."""
    at = f"./stage/text/{{}}?v={module.version()}"
    found = [(at.format("stage.js"), "rel=modulepreload"), (at.format("payload.json"), FETCHED)]
    if opening:
        found += [(f"./stage/pack?{urlencode({'key': key_of(each)})}", FETCHED) for each in State().recipes()]
    return ", ".join(f"<{address}>; {how}" for address, how in found)
