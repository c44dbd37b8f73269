"""The stage's one ES module: its sources joined, so that it needs neither a build step nor a server.

The files in `web/` are modules that run as they are. Joined they stand in the order of their imports, in one scope: that is
why they import by name alone, and why no two of them have a name at the top level in common.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

WEB = Path(__file__).parent / "web"
ENTRY = "stage.js"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(async )?(function|class|const|let)\b)", re.MULTILINE)


@lru_cache(maxsize=1)
def source() -> str:
    """The text of the joined module; it exports `mount`."""
    parts = [EXPORT.sub("", IMPORT.sub("", _text(name))) for name in order()]
    return "\n".join([*parts, "export { mount };\n"])


def host(name: str) -> str:
    """The few lines that put the stage on a page, for one of its hosts."""
    return _text(f"hosts/{name}")


@lru_cache(maxsize=1)
def version() -> str:
    """What tells one state of the sources from another."""
    return hashlib.sha256(source().encode()).hexdigest()[:16]


def order() -> list[str]:
    """The files, whatever is imported before whatever imports it."""
    found: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...] = ()) -> Iterator[str]:
        if name in above:
            raise ValueError(f"{' imports '.join([*above, name])}: no order serves a circle.")
        for needed in IMPORT.findall(_text(name)):
            yield from visit(needed, (*above, name))
        yield name

    for name in visit(ENTRY):
        found.setdefault(name)
    return list(found)


def _text(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")
