"""The stage as a part of a page: what it leaves away, and what stands in its panels, as data for `web/mount.js`."""

from typing import Any

from sandbox.results.shipped import means
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
PANEL: dict[str, Any] = {"chrome": "panel"}
DRAWN = 200  # samples of a mark


def cells() -> dict[str, Any]:
    """The cells of the exact answer, those of the network that learned it, and how far they are apart."""
    table = means("desc_scale")
    return {
        "chrome": "maps",
        "scale": True,
        "slots": [
            {"method": "scaled", "of": "cells", "exact": True},
            {"method": "scaled", "of": "cells"},
            {"method": "scaled", "of": "apart"},
        ],
        "widgets": ["scaled", "space", "description_noise", "seed"],
        "stops": {"description_noise": sorted(set(table.description_noise)) if len(table) else []},
    }


def of_mark(method: str, sampler: str, steps: int, state: State) -> State:
    """The state whose one panel shows the samples of an entry of the comparison."""
    drawn = {"left": method, "steps": steps, "sampler": sampler, "right": "", "points": DRAWN, "layers": ("regions", "pairs")}
    return State(space=state.space).changed(concept=state.concept, **drawn)
