"""Made-up tables of more dimensions, as a prototype measured them, and grids of noise: for tests without networks."""

import numpy as np
import pandas as pd

from sandbox.results.evidence import (
    APART,
    BALANCED,
    BALANCED_LOOKUP,
    FLOW,
    GUIDED,
    GUIDED_FLOW,
    HUBS,
    PARTED,
    PLAIN,
    PLAIN_LOOKUP,
    TO_PAIR,
    WALKS,
    Entrant,
)
from sandbox.results.grids import Grid
from sandbox.results.shipped import PLAIN_TABLES

HEUN = WALKS._replace(options="heun")
SPREAD = {0: -0.01, 1: 0.0, 2: 0.01}  # of the networks, by their seeds
SPACES = {2: "digits-2d", 4: "digits-4d", 8: "digits-8d", 16: "digits-16d"}
# recognised, precision, recall and energy distance for each of SPACES
FIGURES = {
    (Entrant("real"), 0): [
        (0.82, 0.95, 0.98, 0.016),
        (0.97, 0.97, 0.99, 0.028),
        (0.99, 0.96, 0.95, 0.078),
        (1, 0.97, 0.94, 0.121),
    ],
    (Entrant("pairs"), 0): [
        (0.82, 0.95, 0.97, 0.02),
        (0.96, 0.97, 0.98, 0.03),
        (0.98, 0.95, 0.93, 0.08),
        (0.98, 0.96, 0.91, 0.13),
    ],
    (PLAIN, 1): [
        (0.61, 0.92, 0.95, 0.205),
        (0.86, 0.94, 0.93, 0.159),
        (0.98, 0.98, 0.53, 0.403),
        (0.94, 0.98, 0.2, 0.528),
    ],
    (PLAIN, 2): [
        (0.73, 0.98, 0.84, 0.171),
        (0.93, 0.97, 0.63, 0.194),
        (0.98, 0.99, 0.17, 0.611),
        (0.95, 0.99, 0.08, 1.02),
    ],
    (BALANCED, 1): [
        (0.79, 0.95, 0.96, 0.031),
        (0.96, 0.94, 0.93, 0.039),
        (0.98, 0.96, 0.82, 0.091),
        (0.98, 0.98, 0.44, 0.264),
    ],
    (BALANCED, 2): [
        (0.8, 0.95, 0.97, 0.03),
        (0.96, 0.94, 0.94, 0.036),
        (0.98, 0.96, 0.85, 0.066),
        (0.98, 0.97, 0.45, 0.25),
    ],
    (FLOW, 1): [(0.7, 0.9, 0.6, 0.2), (0.9, 0.9, 0.55, 0.21), (0.97, 0.97, 0.5, 0.25), (0.96, 0.98, 0.35, 0.31)],
    (FLOW, 2): [(0.8, 0.94, 0.9, 0.05), (0.94, 0.93, 0.88, 0.06), (0.98, 0.97, 0.8, 0.1), (0.98, 0.98, 0.6, 0.2)],
    (FLOW, 8): [(0.81, 0.95, 0.96, 0.03), (0.95, 0.94, 0.95, 0.04), (0.98, 0.96, 0.9, 0.08), (0.98, 0.97, 0.84, 0.14)],
    (GUIDED_FLOW, 2): [
        (0.81, 0.95, 0.7, 0.1),
        (0.95, 0.94, 0.65, 0.1),
        (0.98, 0.97, 0.6, 0.15),
        (0.98, 0.98, 0.4, 0.3),
    ],
    (GUIDED_FLOW, 8): [
        (0.82, 0.95, 0.8, 0.06),
        (0.96, 0.95, 0.8, 0.07),
        (0.985, 0.97, 0.75, 0.1),
        (0.985, 0.98, 0.55, 0.2),
    ],
    (WALKS, 1): [(0.4, 0.6, 0.1, 0.9), (0.5, 0.6, 0.08, 0.95), (0.6, 0.7, 0.05, 1.0), (0.62, 0.7, 0.02, 1.1)],
    (WALKS, 2): [
        (0.79, 0.87, 0.72, 0.143),
        (0.93, 0.9, 0.5, 0.199),
        (0.98, 0.98, 0.29, 0.302),
        (0.97, 0.99, 0.18, 0.411),
    ],
    (WALKS, 8): [
        (0.84, 0.96, 0.96, 0.031),
        (0.94, 0.97, 0.93, 0.047),
        (0.96, 0.96, 0.85, 0.095),
        (0.95, 0.98, 0.78, 0.155),
    ],
    (WALKS, 64): [
        (0.79, 0.95, 0.98, 0.028),
        (0.92, 0.94, 0.97, 0.039),
        (0.94, 0.92, 0.92, 0.077),
        (0.92, 0.96, 0.88, 0.137),
    ],
    (HEUN, 4): [(0.8, 0.94, 0.95, 0.035), (0.93, 0.95, 0.94, 0.05), (0.95, 0.95, 0.86, 0.09), (0.94, 0.97, 0.8, 0.15)],
    (HEUN, 32): [
        (0.79, 0.95, 0.98, 0.028),
        (0.92, 0.94, 0.97, 0.039),
        (0.94, 0.92, 0.91, 0.078),
        (0.92, 0.96, 0.87, 0.14),
    ],
    (GUIDED, 64): [
        (0.86, 0.96, 0.93, 0.04),
        (0.96, 0.96, 0.9, 0.05),
        (0.98, 0.96, 0.84, 0.09),
        (0.98, 0.98, 0.7, 0.18),
    ],
}
BORDERS = {  # in the least and in the most of SPACES
    PLAIN_LOOKUP: (0.96, 0.87),
    BALANCED_LOOKUP: (0.97, 0.92),
    HUBS: (0.06, 0.05),
    PARTED: (0.5, 0.9),
    TO_PAIR: (0.7, 3.1),
    APART: (0.05, 0.37),
}
SCALES = {  # recognised and recall of the coalescer, and of its lookup
    0.5: ((0.52, 0.6), (0.53, 0.9)),
    2.0: ((0.86, 0.58), (0.88, 0.91)),
    4.0: ((0.97, 0.57), (0.99, 0.92)),
    8.0: ((0.98, 0.53), (0.99, 0.92)),
    32.0: ((0.97, 0.31), (0.99, 0.9)),
    128.0: ((0.97, 0.12), (0.99, 0.85)),
}
SPREAD_OF_YARDSTICKS = {0: 0.0}


def beyond(figures=None):
    """The table of all entrants, from three networks each; `figures` in place of FIGURES."""
    rows = []
    for (who, steps), values in (figures or FIGURES).items():
        nfe = steps * (1 if who.guidance == 1 and who != HEUN else 2)
        for space, (recognised, precision, recall, energy) in zip(SPACES.values(), values, strict=True):
            for seed, more in (SPREAD if steps else SPREAD_OF_YARDSTICKS).items():
                known = (space, who.method, who.options, who.guidance, steps, seed)
                rows.append(
                    (
                        *known,
                        nfe,
                        recognised + more / 2,
                        recognised - 0.1,
                        precision,
                        recall + more,
                        energy * (1 + more),
                    )
                )
    return pd.DataFrame(rows, columns=[name for names in PLAIN_TABLES["beyond"] for name in names])


def borders(values=None):
    rows = [
        (SPACES[d], what, value)
        for what, both in (values or BORDERS).items()
        for d, value in zip((min(SPACES), max(SPACES)), both, strict=True)
    ]
    return pd.DataFrame(rows, columns=["space", "what", "value"])


def scales():
    rows = [
        ("digits-8d", name, scale, seed, 1, seen, recall + more, 0.3)
        for scale, both in SCALES.items()
        for (name, seeds), (seen, recall) in zip(
            {"coalescer": SPREAD, "nearest-pair": SPREAD_OF_YARDSTICKS}.items(), both, strict=True
        )
        for seed, more in seeds.items()
    ]
    return pd.DataFrame(rows, columns=[name for names in PLAIN_TABLES["beyond_scale"] for name in names])


def grid(channels=1, size=8, rows=("real", "returned", "Coalescer, 1 step")):
    """A grid of noise; every third picture of a method is not recognised."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (len(rows), 10, size, size, channels)).astype(np.uint8)
    seen = [tuple(row < 2 or column % 3 != 0 for column in range(10)) for row in range(len(rows))]
    return Grid(pixels, (("a three", 3), ("a seven", 3), ("an even digit", 2), ("a digit", 2)), rows, tuple(seen))


TABLES = {"beyond": beyond, "beyond_scale": scales, "borders": borders}
