"""The latent spaces. A new one that is drawn is a file of its own and a line here; learned ones stand in `pictures`."""

from sandbox.spaces import (
    attributes,
    blobs,
    cats_and_dogs,
    crescent_and_islands,
    eight_gaussians_to_moons,
    moons,
    rings,
)
from sandbox.spaces.base import NONE, Array, Concept, Indices, Mask, Points, PolygonRegion, Region, Space, choose
from sandbox.spaces.learned import LearnedSpace, learned_space
from sandbox.spaces.pictures import LEARNED_SPACES

SPACES: tuple[Space, ...] = (
    cats_and_dogs.SPACE,
    crescent_and_islands.SPACE,
    blobs.SPACE,
    moons.SPACE,
    rings.SPACE,
    attributes.SPACE,
    eight_gaussians_to_moons.SPACE,
)


def every_space() -> tuple[Space, ...]:
    """All spaces, those that are drawn first."""
    return (*SPACES, *LEARNED_SPACES)


def space_named(name: str) -> Space:
    """The space of this name; ValueError, naming those there are, for any other."""
    for space in every_space():
        if space.name == name:
            return space
    raise ValueError(f"No space is called {name!r}; there are {', '.join(space.name for space in every_space())}.")
