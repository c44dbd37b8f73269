"""One disc for each concept: the space in which an average is a good answer.

Kept to show a trap. The mean of the targets for "cat" lies inside CAT, so a method that collapses to the mean scores a
full in-region share in one step.
"""

from sandbox.spaces.animals import CAT, DOG, animal_concepts
from sandbox.spaces.base import PolygonRegion, Space
from sandbox.spaces.shapes import disc

SPACE = Space(
    name="blobs",
    title="Blobs",
    summary="One disc each: here a method that answers with the mean looks good.",
    regions=(PolygonRegion(CAT, disc(-1.3, 0.3, 0.7)), PolygonRegion(DOG, disc(1.3, -0.3, 0.7))),
    concepts=animal_concepts(),
)
