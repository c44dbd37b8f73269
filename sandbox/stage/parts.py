"""The stage as a part of a page: what it leaves away, and what stands in its panels, as data for `web/mount.js`."""

from collections.abc import Sequence
from typing import Any

from sandbox.stage.state import State

# How far the targets agree, for two methods, and the likeliest targets of one place.
AGREEMENT: dict[str, Any] = {
    "chrome": "maps",
    "place": True,
    "scale": True,
    "roles": {"concept": "map_concept"},
    "slots": [{"method": "left_map", "of": "agreement"}, {"method": "right_map", "of": "agreement"}],
    "widgets": ["left_map", "right_map", "t", "space"],
}
# What points decode to along their way, for what a caption asks.
PICTURES_AND_WORDS: dict[str, Any] = {
    "chrome": "words",
    "roles": {"space": "picture_space", "concept": "caption"},
    "stops": {"film_steps": [1, 2, 4, 8, 16, 32]},
}
PANEL: dict[str, Any] = {"chrome": "panel"}
BEYOND: dict[str, Any] = {"chrome": "beyond"}  # charts and pictures of more dimensions
DRAWN = 200  # samples of a mark


def cells(noises: Sequence[float]) -> dict[str, Any]:
    """The cells of the exact answer, those of the network that learned it, and how far they are apart.

    `noises` are the values of description_noise that are offered.
    """
    return {
        "chrome": "maps",
        "scale": True,
        "slots": [
            {"method": "scaled", "of": "cells", "exact": True},
            {"method": "scaled", "of": "cells"},
            {"method": "scaled", "of": "apart"},
        ],
        "widgets": ["scaled", "space", "description_noise", "seed"],
        "stops": {"description_noise": list(noises)},
    }


def of_mark(method: str, sampler: str, steps: int, state: State) -> State:
    """The state whose one panel shows the samples of an entry of the comparison."""
    drawn = {
        "left": method,
        "steps": steps,
        "sampler": sampler,
        "right": "",
        "points": DRAWN,
        "layers": ("regions", "pairs"),
    }
    return State(space=state.space).changed(concept=state.concept, **drawn)
