"""Two heads: the regions are the pictures that they stand for.

The mean of either head lies in the hole of its muzzle, and the mean of both between them, so whoever answers with an
average is seen to miss.
"""

import shapely

from sandbox.spaces.animals import CAT, DOG, animal_concepts
from sandbox.spaces.base import PolygonRegion, Space
from sandbox.spaces.shapes import ellipse, mirrored


def cat_head(x: float, y: float) -> shapely.Polygon:
    """A broad face with pointed ears; eyes and muzzle are holes, the nose an island in the muzzle."""
    ear = shapely.Polygon([(x - 1.05, y + 1.9), (x - 1.05, y + 0.3), (x - 0.1, y + 0.95)])
    face = shapely.union(ellipse(x, y, 1.2, 1.15), mirrored(ear, x))
    eyes = mirrored(ellipse(x - 0.55, y + 0.55, 0.23, 0.18, tilt=-20), x)
    muzzle = ellipse(x, y - 0.1, 0.58, 0.56)
    nose = shapely.Polygon([(x - 0.24, y - 0.02), (x + 0.24, y - 0.02), (x, y - 0.3)])
    return face.difference(eyes).difference(muzzle).union(nose)


def dog_head(x: float, y: float) -> shapely.MultiPolygon:
    """A long face with a large muzzle; the hanging ears are parts of their own."""
    face = ellipse(x, y, 0.82, 1.4)
    ears = mirrored(ellipse(x - 1.06, y + 0.1, 0.3, 1.05, tilt=-12), x)
    gap = face.buffer(0.12)
    eyes = mirrored(ellipse(x - 0.33, y + 0.75, 0.15, 0.18), x)
    muzzle = ellipse(x, y - 0.3, 0.53, 0.7)
    nose = ellipse(x, y - 0.3, 0.27, 0.2)
    return face.difference(eyes).difference(muzzle).union(nose).union(ears.difference(gap))


SPACE = Space(
    name="cats-and-dogs",
    title="Cats and dogs",
    summary="A cat's head and a dog's head, with holes: the mean of either is outside it.",
    regions=(PolygonRegion(CAT, cat_head(-1.5, -0.25)), PolygonRegion(DOG, dog_head(1.5, 0.0))),
    concepts=animal_concepts(),
)
