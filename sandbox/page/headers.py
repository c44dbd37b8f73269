"""Headers on every answer of the server: what a page may load, from where, and who may embed it."""

import base64
import hashlib
import logging
import os
import re
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# 'self', 'none', *, or where a page comes from, as in https://*.example.org:8443
EMBEDDER = re.compile(
    r"\*|'?(self|none)'?|https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?", re.ASCII | re.IGNORECASE
)
FAILED = "The server could not answer that; its log says why."


class Headers:
    """Puts the headers on what an application answers, and a sentence in place of an error; websockets pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception:
            if started:
                raise
            logging.getLogger(__name__).exception("The server failed.")
            await JSONResponse({"sentence": FAILED}, 500)(scope, receive, with_headers)


def policy() -> str:
    """The content security policy: nothing from elsewhere; embedded by whom SANDBOX_EMBED says, by default this server.

    ValueError with a sentence where it says anything else than 'self', 'none', * or addresses.
    """
    return "; ".join(
        (
            "default-src 'self'",
            # WASM is for the stage's kernel, blob: for its worker and for the scripts of Streamlit's components.
            f"script-src 'self' 'wasm-unsafe-eval' blob: {' '.join(_inline())}",
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' ws: wss: data: blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {_embedders()}",
        )
    )


def embedded_elsewhere() -> bool:
    """Whether SANDBOX_EMBED lets other sites show the page in a frame."""
    return not {*_embedders().split()} <= {"'self'", "'none'"}


def _inline() -> list[str]:
    """The digests of the scripts that stand in Streamlit's own page."""
    scripts = INLINE.findall(INDEX.read_text(encoding="utf-8"))
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _embedders() -> str:
    said = os.environ.get("SANDBOX_EMBED", "").split() or ["self"]
    for one in said:
        if not EMBEDDER.fullmatch(one):
            raise ValueError(
                f"SANDBOX_EMBED is self, none, * or addresses like https://lms.example.org, not {one[:40]!r}."
            )
    words = {"self": "'self'", "none": "'none'"}
    return " ".join(words.get(one.strip("'").lower(), one) for one in said)
