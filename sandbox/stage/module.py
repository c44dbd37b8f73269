"""The stage's one ES module: its sources joined, so that it needs neither a build step nor a server.

The files in `web/` are modules that run as they are. Joined they stand in the order of their imports, each in a scope of its
own that gives what it exports; they import by name alone.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

WEB = Path(__file__).parent / "web"
ENTRIES = {"mount.js": "mount", "worker.js": "serveModel"}  # what hosts and workers call, and where it is
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE)


@lru_cache(maxsize=1)
def script() -> str:
    """The joined sources as a script, which ends with the entries at its top level."""
    found: dict[str, None] = {}
    for entry in ENTRIES:
        found |= dict.fromkeys(_order(entry.removesuffix(".js")))
    entries = [f"const {{ {name} }} = {_scope(file.removesuffix('.js'))};" for file, name in ENTRIES.items()]
    return "\n".join([*(_scoped(name) for name in found), *entries, ""])


@lru_cache(maxsize=1)
def source() -> str:
    """The text of the module; it exports `mount`."""
    return f"{script()}export {{ mount }};\n"


def host(name: str) -> str:
    """The few lines that put the stage on a page, for one of its hosts."""
    return (WEB / "hosts" / name).read_text(encoding="utf-8")


def _order(name: str, above: tuple[str, ...] = ()) -> Iterator[str]:
    """The sources that one needs, whatever is imported before whatever imports it; ValueError for a circle."""
    if name in above:
        raise ValueError(f"{' imports '.join([*above, name])}: no order serves a circle.")
    for _, needed in IMPORT.findall(_text(name)):
        yield from _order(needed, (*above, name))
    yield name


def _scoped(name: str) -> str:
    """A source in a scope of its own, `const $name = (() => {...})();`, which gives what it exports."""
    text = IMPORT.sub(lambda found: f"const {{{found[1]}}} = {_scope(found[2])};\n", _text(name))
    exported = ", ".join(EXPORT.findall(text))
    return f"const {_scope(name)} = (() => {{\n{EXPORT.sub('', text)}return {{ {exported} }};\n}})();\n"


def _scope(name: str) -> str:
    return f"${name.replace('-', '_')}"


def _text(name: str) -> str:
    return (WEB / f"{name}.js").read_text(encoding="utf-8")
