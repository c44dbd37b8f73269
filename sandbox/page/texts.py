"""The texts that every stage fetches: its module, the one that fetches it, and what it is told; and their version."""

import hashlib
import json
from functools import lru_cache

from sandbox.page.serve import Text
from sandbox.stage import module
from sandbox.stage.payload import payload

TEXTS: dict[str, Text] = {
    "stage.js": (module.source, "text/javascript"),
    "served.js": (lambda: module.host("served.js"), "text/javascript"),
    "payload.json": (lambda: json.dumps(payload(), separators=(",", ":")), "application/json"),
}


@lru_cache(maxsize=1)
def version() -> str:
    """What tells one state of them from another."""
    return hashlib.sha256("".join(make() for make, _ in TEXTS.values()).encode()).hexdigest()[:16]


def address(name: str) -> str:
    """Where a text is, from the first page; the browser keeps it for good."""
    return f"./stage/text/{name}?v={version()}"
