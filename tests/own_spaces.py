"""Spaces that nobody ships: of one region and of three, of unequal mass, with concepts of their own names."""

import shapely

from sandbox.spaces import Concept, PolygonRegion, Space

ONE = Space(
    name="pond",
    title="Pond",
    summary="A single ring.",
    regions=(
        PolygonRegion("water", shapely.Point(0.5, 0.3).buffer(1.2).difference(shapely.Point(0.5, 0.3).buffer(0.5))),
    ),
    concepts=(Concept("wet", (0.0, 1.0), ("water",)),),
)
THREE = Space(
    name="farm",
    title="Farm",
    summary="Three fields, one of them twice as often: a concept for one, one for two, one for all.",
    regions=(
        PolygonRegion("meadow", shapely.box(-2.4, -2.0, -1.2, 1.4), weight=2.0),
        PolygonRegion("stable", shapely.box(0.3, 0.8, 1.9, 2.0)),
        PolygonRegion("yard", shapely.Point(1.2, -1.1).buffer(0.7)),
    ),
    concepts=(
        Concept("grass", (-1.5, 0.0), ("meadow",), weight=3.0),
        Concept("built", (1.5, 0.0), ("stable", "yard")),
        Concept("yard only", (1.0, 1.5), ("yard",), weight=0.5),
        Concept("anywhere", (0.0, -1.0), ("meadow", "stable", "yard")),
    ),
    bounds=(-4.0, 4.0),
    start_scale=1.6,
)
