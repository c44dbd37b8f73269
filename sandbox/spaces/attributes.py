"""Descriptions that also say where: the hard case.

The second coordinate of a description is tied to the height of the point it describes ("a high cat", "a low dog"), so the
description alone almost picks the pair, and the field that a network has to learn is rough.
"""

from sandbox.spaces.animals import animal_concepts
from sandbox.spaces.base import Array, Points, Space
from sandbox.spaces.crescent_and_islands import regions


def height(points: Points) -> Array:
    """The attribute: half of the vertical coordinate, (n, 2) -> (n,), in description units."""
    return 0.5 * points[:, 1]


SPACE = Space(
    name="attributes",
    title="Attributes",
    summary="As crescent and islands, but a description also says how high its point lies.",
    regions=regions(),
    concepts=animal_concepts(),
    attribute=height,
)
