"""Spaces of the plane unlike the shipped ones, for tests: of one region, and of three with concepts of one, two and three."""

from sandbox.spaces import Concept, PolygonRegion, Space
from sandbox.spaces.shapes import disc

LONELY = Space(
    name="lonely",
    title="Lonely",
    summary="One region.",
    regions=(PolygonRegion("CAT", disc(0, 0, 1)),),
    concepts=(Concept("cat", (-1.0, 0.0), ("CAT",)),),
)
THREE = Space(
    name="three",
    title="Three",
    summary="Three regions of equal weight, of which two have a second name.",
    regions=tuple(PolygonRegion(name, disc(3 * i - 3, 0, 1)) for i, name in enumerate(("CAT", "DOG", "FOX"))),
    concepts=(
        Concept("cat", (-1.0, 0.0), ("CAT",), weight=2.0),
        Concept("canine", (1.0, 0.0), ("DOG", "FOX"), weight=2.0),
        Concept("pet", (0.0, 1.0), ("CAT", "DOG"), weight=1.0),
        Concept("animal", (0.0, 0.0), ("CAT", "DOG", "FOX"), weight=1.0),
    ),
    bounds=(-5.0, 5.0),
)
