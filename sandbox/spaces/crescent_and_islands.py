"""A crescent and two islands: shapes without a drawing's detail, for measurements."""

import shapely

from sandbox.spaces.animals import CAT, DOG, animal_concepts
from sandbox.spaces.base import PolygonRegion, Space
from sandbox.spaces.shapes import arc, disc


def regions() -> tuple[PolygonRegion, ...]:
    """CAT a thick arc open to the right by 130 degrees, DOG two discs."""
    crescent = arc(-1.1, 0.4, radius=0.8, half_width=0.25, start=65, stop=295)
    islands = shapely.MultiPolygon([disc(1.3, 0.9, 0.45), disc(1.2, -1.0, 0.45)])
    return PolygonRegion(CAT, crescent), PolygonRegion(DOG, islands)


SPACE = Space(
    name="crescent-and-islands",
    title="Crescent and islands",
    summary="CAT is a crescent, DOG two islands: every mean lies in the sea.",
    regions=regions(),
    concepts=animal_concepts(),
)
