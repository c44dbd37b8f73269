"""The stage as one HTML file that needs no server and no network: `python -m sandbox page`."""

import base64
import gzip
import html
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.engine.recipe import options
from sandbox.methods import Method, Trained, build, method_named
from sandbox.methods.shipped import desc_scales
from sandbox.stage import beyond, module, packs
from sandbox.stage.opening import opening
from sandbox.stage.parts import BEYOND, PICTURES_AND_WORDS
from sandbox.stage.payload import only, payload
from sandbox.stage.state import State, learned_planes
from sandbox.weights import store

RACED = [method_named(name) for name in State().methods]
# Whatever the panels show: what the race opens with but the opening panels' own, and what these methods are trained to say.
OFFERED = tuple(
    method.name
    for method in (*RACED, *(each.exact for each in RACED if issubclass(each, Trained) and each.exact))
    if method.name not in (State().left, State().right)
)

DRAWN_BY = 2  # methods whose pictures the file opens with
# Nothing may be fetched but what the file itself holds.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; connect-src blob: data:; base-uri 'none'; form-action 'none'"
)
WITHOUT = "This page draws with JavaScript, which is switched off or too old in this browser."
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
:root {{color-scheme: light dark; background: Canvas}}
html, body {{height: 100%; margin: 0}}
#stage {{height: 100%}}
#stage.part {{height: auto; padding: .4rem .8rem 1rem}}
.without {{font: 20px sans-serif; padding: 2rem}}
#pages {{display: flex; flex-wrap: wrap; gap: .3rem; padding: .4rem .8rem 0; font: 18px system-ui, sans-serif}}
#pages button {{font: inherit; padding: .3rem .8rem; border: 0; border-radius: .4rem; background: none; color: CanvasText;
  cursor: pointer}}
#pages [aria-current] {{font-weight: 600; background: color-mix(in srgb, CanvasText 12%, Canvas)}}
</style>
</head>
<body>
<div id="stage"><p class="without">{without}</p></div>
<script type="application/json" id="held">{held}</script>
<script type="module">
{host}
</script>
</body>
</html>
"""


def asked(state: State, names: Sequence[str], stops: Sequence[float] | None = None) -> Iterator[Method]:
    """Every method that the file can show; at each stop where its answer is made, not looked up, for one desc_scale.

    The stops are those that weights are shipped for where none are given. At other stops the methods of the panels are asked
    for, and may have to be trained first; what is offered beside them is held where there are weights.
    """
    opened = shown(state)
    for name in names:
        live = packs.live_options(method_named(name))  # what a pack answers at any value is not in its key
        chosen = {option: value for option, value in state.asked if option not in live}
        method = build(name, state.world, **chosen)
        yield method
        if "desc_scale" not in options(method) or "desc_scale" in live:
            continue
        for stop in stops or desc_scales(state.world.space):
            other = build(name, state.world, **{**chosen, "desc_scale": stop})
            if other != method and ((stops and name in opened) or not store.missing(other)):
                yield other


def shown(state: State, names: Sequence[str] = ()) -> list[str]:
    """The methods of a state's panels, then others, each once."""
    return list(dict.fromkeys([*(name for name, _ in state.panels()), *names]))


def there(state: State) -> list[Method]:
    """What the page can give away with a state without training: what it shows, and what is offered beside that."""
    return [method for method in asked(state, shown(state, OFFERED)) if not store.missing(method)]


def of_state(state: State, methods: Sequence[Method]) -> str:
    """The file that the page gives away."""
    return lesson(state, shown(state, OFFERED), methods)


def lesson(state: State, names: Sequence[str], methods: Sequence[Method], concepts: Sequence[str] = ()) -> str:
    """The file that opens with a state and holds these methods; WeightsError where one must be made first."""
    held = {packs.key_of(state.world): packs.world_pack(state.world, tuple(methods))}
    held |= {packs.key_of(method): packs.method_pack(method) for method in methods}
    learned = state.space in {plane.name for plane in learned_planes()}
    if learned:
        held[beyond.KEY] = packs.pack_of(beyond.KEY)
        state = state.changed(picture_space=state.space, caption=state.concept, drawn_by=tuple(names[:DRAWN_BY]))
        held[beyond.KEY] = packs.pack_of(beyond.KEY)
    told = {**only(payload(), [state.space], names, concepts), "opening": opening(state), "pages": pages(learned)}
    return page(told, state.write(), held)


def pages(learned: bool) -> list[dict[str, Any]]:
    """What the file holds beside each other: a title and, beside the payload, what makes it that page; the stage first."""
    beside = {"Pictures and words": PICTURES_AND_WORDS, beyond.TITLE: BEYOND} if learned else {}
    return [{"title": "Playground", "page": {}}, *({"title": title, "page": of} for title, of in beside.items())]


def page(payload: Mapping[str, Any], query: Mapping[str, str], packs: Mapping[str, bytes]) -> str:
    """The file: the payload of `sandbox.stage.payload`, the state it opens with, and the packs by their keys."""
    told = json.dumps({**payload, "query": dict(query)}, separators=(",", ":"))
    held = {"script": module.script().encode(), "payload": told.encode(), **packs}
    return PAGE.format(
        policy=html.escape(POLICY),
        title=html.escape(str(payload["text"])),
        without=WITHOUT,
        held=json.dumps({key: _packed(part) for key, part in held.items()}, separators=(",", ":")),
        host=module.host("file.js"),
    )


def _packed(part: bytes) -> str:
    """In letters that stand for nothing in HTML."""
    return base64.b64encode(gzip.compress(part, 9, mtime=0)).decode()
