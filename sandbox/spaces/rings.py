"""A ring within a ring: both means are the common centre, outside both."""

from sandbox.spaces.animals import CAT, DOG, animal_concepts
from sandbox.spaces.base import PolygonRegion, Space
from sandbox.spaces.shapes import ring

SPACE = Space(
    name="rings",
    title="Rings",
    summary="DOG surrounds CAT, and the mean of either is the empty middle.",
    regions=(PolygonRegion(CAT, ring(0, 0, 0.6, 1.05)), PolygonRegion(DOG, ring(0, 0, 1.75, 2.2))),
    concepts=animal_concepts(),
)
