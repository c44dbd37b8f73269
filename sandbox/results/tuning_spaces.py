"""The spaces that constants are chosen in: no reported figure uses them, and no page or command offers them."""

import shapely

from sandbox.spaces import PolygonRegion, Space
from sandbox.spaces.animals import CAT, DOG, animal_concepts
from sandbox.spaces.shapes import arc, disc, ellipse, ring

KEY_AND_CROSS = Space(
    name="key-and-cross",
    title="Key and cross",
    summary="CAT is a key, a ring with a bit; DOG a cross that leans.",
    regions=(
        PolygonRegion(
            CAT,
            shapely.union_all(
                [ring(-1.2, 0.7, 0.3, 0.6), shapely.box(-1.3, -1.3, -1.1, 0.2), shapely.box(-1.2, -1.3, -0.7, -1.05)]
            ),
        ),
        PolygonRegion(DOG, shapely.union(ellipse(1.1, 0.0, 1.1, 0.2, 60.0), ellipse(1.1, 0.0, 0.8, 0.16, -20.0))),
    ),
    concepts=animal_concepts(),
)
HOOK_AND_DROPS = Space(
    name="hook-and-drops",
    title="Hook and drops",
    summary="CAT is a thin hook; DOG three drops of unequal size.",
    regions=(
        PolygonRegion(CAT, shapely.union(arc(-0.9, 0.7, 0.6, 0.13, -20, 200), arc(-0.9, -0.7, 0.6, 0.13, 160, 380))),
        PolygonRegion(DOG, shapely.MultiPolygon([disc(0.7, 0.9, 0.5), disc(1.5, -0.1, 0.3), disc(0.8, -1.0, 0.18)])),
    ),
    concepts=animal_concepts(),
)
TUNING_SPACES = (KEY_AND_CROSS, HOOK_AND_DROPS)
