"""What the stage is told before anything is loaded: its controls, the methods, the spaces, and which state it opens with."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from functools import lru_cache
from typing import Any

from sandbox.engine.recipe import Option, options
from sandbox.engine.samplers import Sampler
from sandbox.engine.schedule import COSINE, LINEAR
from sandbox.methods import METHODS, Exact, Method, Trained
from sandbox.pictures.program import program
from sandbox.results import shipped
from sandbox.spaces import SPACES, LearnedSpace, Space
from sandbox.stage.controls import ENOUGH
from sandbox.stage.graph import export_schedule
from sandbox.stage.ink import DARK, LIGHT, REGION_COLOURS, REGION_SYMBOLS
from sandbox.stage.opening import opening
from sandbox.stage.packs import live_options
from sandbox.stage.state import State, controls, offered

TITLE = "Two ways from noise to a picture: a coalescer jumps there at once, diffusion walks there in many steps."
# A first visit: what to do, and the state that it is done in.
TOUR = (
    ("Press play: both methods set out from the same random points and are asked for a cat.", State()),
    ("Ask for “animal”: a cat or a dog would do, and the mean of the two is neither.", State(concept="animal")),
    (
        "Drag desc_scale to 1024: now the description's noise alone picks the pair, and that cannot be learned.",
        State(concept="animal").changed(desc_scale=1024.0),
    ),
    (
        "Compare coverage: does a method find every kind of picture, or a few of them again and again?",
        State(concept="animal", left="balanced-coalescer"),
    ),
)


FIGURES = ("desc_scale", "nfe", "in_region", "recall")  # of a point of the curve, as the table names them


@lru_cache(maxsize=1)
def payload() -> dict[str, Any]:
    """Everything that does not depend on a visitor, as JSON would have it."""
    return {
        "version": 1,
        "text": TITLE,
        "enough": ENOUGH,
        "controls": {name: _control(known) for name, known in controls().items()},
        "methods": {method.name: _method(method) for method in METHODS},
        "spaces": {space.name: _space(space) for space in offered() if space.dimensions == 2},
        "curves": _curves(),
        "schedules": {each.name: export_schedule(each).described([]) for each in (COSINE, LINEAR)},
        "pictures": {k: program(k) for k in sorted({len(space.regions) for space in SPACES})},
        "ink": {
            "light": asdict(LIGHT),
            "dark": asdict(DARK),
            "regions": {"colours": REGION_COLOURS, "symbols": REGION_SYMBOLS},
        },
        "tour": [{"sentence": sentence, "query": state.write()} for sentence, state in TOUR],
        "opening": opening(State()),
    }


def only(
    whole: Mapping[str, Any], spaces: Sequence[str], methods: Sequence[str], concepts: Sequence[str]
) -> dict[str, Any]:
    """A payload with nothing to choose but these; all concepts where none is named."""
    narrow = {
        "space": tuple(spaces),
        "picture_space": tuple(spaces),
        "left": tuple(methods),
        "drawn_by": tuple(methods),
    }
    narrow |= dict.fromkeys(("right", "third", "fourth"), ("", *methods))
    kept = {name: {**known, "choices": narrow.get(name, known["choices"])} for name, known in whole["controls"].items()}
    spaces_kept = {
        name: {**known, "concepts": [one for one in known["concepts"] if not concepts or one in concepts]}
        for name, known in whole["spaces"].items()
        if name in spaces
    }
    methods_kept = {
        name: {**known, "exact": known["exact"] if known["exact"] in methods else None}
        for name, known in whole["methods"].items()
        if name in methods
    }
    curves_kept = {
        **whole["curves"],
        "spaces": {name: of for name, of in whole["curves"]["spaces"].items() if name in spaces},
    }
    return {**whole, "controls": kept, "spaces": spaces_kept, "methods": methods_kept, "curves": curves_kept}


def _control(known: Option) -> dict[str, Any]:
    declared = {part.name: getattr(known, part.name) for part in fields(known)}
    ends = {side: end if math.isfinite(end := declared[side]) else None for side in ("low", "high")}
    return {**declared, **ends, "kind": known.kind.__name__, "words": known.words}


def _method(method: type[Method]) -> dict[str, Any]:
    return {
        "label": method.label,
        "colour": method.colour,
        "symbol": method.symbol,
        "summary": method.summary,
        "steps": list(method.steps),
        "samplers": [_sampler(sampler) for sampler in method.samplers],
        "guided": method.guided,
        "by_level": method.by_level,
        "targets": issubclass(method, Exact) and method.targets,
        "trained": issubclass(method, Trained),
        "made": issubclass(method, Trained) or bool(method().needs()),
        "exact": method.exact.name if issubclass(method, Trained) and method.exact else None,
        "options": list(options(method)),
        "live": list(live_options(method)),
    }


def _curves() -> dict[str, Any]:
    """What is counted over desc_scale in the state that the page opens with, by space, method and concept: no wait for it."""
    state, table = State(), shipped.plain_table("curve")
    here = table[(table.steps == state.steps) & (table.seed == state.seed)]
    found: dict[str, Any] = {}
    for key, rows in here.groupby(["space", "method", "concept"]):
        space, method, concept = map(str, key)
        points = rows.sort_values("desc_scale")[list(FIGURES)].round(6)
        found.setdefault(space, {}).setdefault(method, {})[concept] = points.to_numpy().tolist()
    return {"steps": state.steps, "seed": state.seed, "figures": list(FIGURES), "spaces": found}


def _sampler(sampler: Sampler) -> dict[str, Any]:
    return {"name": sampler.name, **asdict(sampler)}


def _space(space: Space) -> dict[str, Any]:
    channels = space.ends.pictures.channels if isinstance(space, LearnedSpace) else None
    return {
        "title": space.title,
        "summary": space.summary,
        "concepts": list(space.concept_names()),
        "channels": channels,
    }
