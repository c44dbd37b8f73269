"""Two interleaved half-moons, the field's usual two-class toy, with hard edges."""

from sandbox.spaces.animals import CAT, DOG, animal_concepts
from sandbox.spaces.base import PolygonRegion, Space
from sandbox.spaces.shapes import arc

SPACE = Space(
    name="moons",
    title="Moons",
    summary="Two half-moons, each reaching into the other's bay.",
    regions=(
        PolygonRegion(CAT, arc(-0.65, -0.3, radius=1.3, half_width=0.22, start=0, stop=180)),
        PolygonRegion(DOG, arc(0.65, 0.3, radius=1.3, half_width=0.22, start=180, stop=360)),
    ),
    concepts=animal_concepts(),
)
