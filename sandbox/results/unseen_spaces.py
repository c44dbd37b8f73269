"""Spaces that nothing was tuned on: odd shapes, unequal mass, one region and three. No page or command offers them.

Methods are trained in them by their default recipes, so that a table shows what a default is worth in a space that nobody
looked at when it was chosen.
"""

import numpy as np
import shapely

from sandbox.spaces import PolygonRegion, Space
from sandbox.spaces.animals import CAT, DOG, animal_concepts
from sandbox.spaces.base import Concept
from sandbox.spaces.shapes import arc, disc, ellipse, ring

RABBIT = "RABBIT"


def spiral(turns: float, radius: float, half_width: float) -> shapely.Polygon:
    """A thick spiral around the origin, from a third of the radius outwards."""
    angle = np.linspace(0, 2 * np.pi * turns, 400)
    reach = radius * (1 / 3 + 2 / 3 * angle / angle[-1])
    middle = np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1)
    return shapely.LineString(middle).buffer(half_width)


SPIRAL_AND_DROP = Space(
    name="spiral-and-drop",
    title="Spiral and drop",
    summary="CAT is a long thin spiral that holds most of the pairs; DOG a small drop in its middle.",
    regions=(
        PolygonRegion(CAT, spiral(1.5, 2.1, 0.12), weight=4.0),
        PolygonRegion(DOG, disc(0.0, 0.0, 0.3), weight=1.0),
    ),
    concepts=animal_concepts(),
)
COMBS = Space(
    name="combs",
    title="Combs",
    summary="Two combs whose teeth stand in each other's gaps.",
    regions=(
        PolygonRegion(
            CAT,
            shapely.union_all(
                [
                    shapely.box(-2.0, 1.0, 2.0, 1.4),
                    *(shapely.box(x, -0.8, x + 0.3, 1.0) for x in (-2.0, -0.9, 0.2, 1.3)),
                ]
            ),
        ),
        PolygonRegion(
            DOG,
            shapely.union_all(
                [
                    shapely.box(-1.6, -1.5, 2.2, -1.1),
                    *(shapely.box(x, -1.1, x + 0.3, 0.7) for x in (-1.45, -0.35, 0.75, 1.9)),
                ]
            ),
        ),
    ),
    concepts=animal_concepts(),
)
MOON_AND_STARS = Space(
    name="moon-and-stars",
    title="Moon and stars",
    summary="One region alone: a crescent with five small stars.",
    regions=(
        PolygonRegion(
            CAT,
            shapely.MultiPolygon(
                [
                    disc(-0.9, 0.0, 1.1).difference(disc(-0.4, 0.15, 0.95)),
                    *(disc(1.4 + 0.7 * np.cos(a), 0.9 * np.sin(a), 0.17) for a in 2 * np.pi * np.arange(5) / 5),
                ]
            ),
        ),
    ),
    concepts=(Concept("cat", (-1.0, 0.0), (CAT,)),),
)
THREE_RINGS = Space(
    name="three-rings",
    title="Three rings",
    summary="Three regions of unequal mass: a ring, an ellipse with a slit, and an arc; two descriptions mean two of them.",
    regions=(
        PolygonRegion(CAT, ring(-1.4, 0.9, 0.35, 0.75), weight=3.0),
        PolygonRegion(
            DOG, ellipse(1.2, 0.9, 1.0, 0.5, 30.0).difference(ellipse(1.2, 0.9, 0.7, 0.12, 30.0)), weight=2.0
        ),
        PolygonRegion(RABBIT, arc(0.0, -0.9, 0.9, 0.16, 180.0, 380.0), weight=1.0),
    ),
    concepts=(
        Concept("cat", (-1.0, 0.0), (CAT,), weight=2.0),
        Concept("dog", (1.0, 0.0), (DOG,), weight=2.0),
        Concept("rabbit", (0.0, 1.0), (RABBIT,), weight=2.0),
        Concept("cat or dog", (0.0, 0.0), (CAT, DOG), weight=1.0),
        Concept("animal", (0.0, 0.5), (CAT, DOG, RABBIT), weight=1.0),
    ),
)
UNSEEN_SPACES = (SPIRAL_AND_DROP, COMBS, MOON_AND_STARS, THREE_RINGS)
