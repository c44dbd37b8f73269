"""A world: the recipe of a set of pairs, and the pairs, each an image embedding with its description embedding.

A row of NaN in place of a description means "none".
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sandbox.engine import Recipe, option
from sandbox.spaces import NONE, Array, Indices, Points, Space, cats_and_dogs, choose, space_named

Descriptions = Array  # (n, e), description units


@dataclass(frozen=True)
class World(Recipe):
    """Which space, how many pairs, how noisy the descriptions are, which seed; a space may be given by its name."""

    space: Space = cats_and_dogs.SPACE
    pairs: int = option(
        3000,
        "How many pairs the index holds; in a learned space how many pictures, each under every caption that is true of it.",
        low=1,
        high=1_000_000,
    )
    description_noise: float = option(
        0.05,
        "Standard deviation of the noise in every description, where cat and dog are 2 apart. Other values than .05 are "
        "trained on the spot.",
        low=0.0,
        high=0.5,
        label="Description noise",
    )
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.space, str):
            object.__setattr__(self, "space", space_named(self.space))


@dataclass(frozen=True, eq=False)
class Pairs:
    """What the index is made of: n images, what they are called, and the region each lies in."""

    image: Points  # (n, d)
    description: Descriptions  # (n, e), with noise
    clean: Descriptions  # (n, e), without
    region: Indices  # (n,), into the space's regions
    concept: Indices  # (n,), into the space's concepts


@lru_cache(maxsize=32)
def make_pairs(world: World) -> Pairs:
    """Draw the pairs of a world: a region, a point in it, a concept that names the region, the description's noise.

    Where a space wants every caption, each image makes a pair with every concept that names its region.
    """
    space, n, rng = world.space, world.pairs, np.random.default_rng(world.seed)
    image, region, concept = (_with_every_caption if space.every_caption else _with_one_caption)(space, n, rng)
    clean = np.array([known.embedding for known in space.concepts])[concept]
    if space.attribute:
        clean[:, 1] += space.attribute(image)
    noisy = clean + world.description_noise * rng.standard_normal(clean.shape)
    for column in (image, noisy, clean, region, concept):
        column.flags.writeable = False  # everyone shares them
    return Pairs(image, noisy, clean, region, concept)


def _with_one_caption(space: Space, n: int, rng: np.random.Generator) -> tuple[Points, Indices, Indices]:
    """Images, the region of each, and a concept that names it: (n, d), (n,), (n,)."""
    region = choose(space.shares(NONE), n, rng)
    image, concept = np.empty((n, space.dimensions)), np.empty(n, dtype=np.int64)
    for i, place in enumerate(space.regions):
        here = region == i
        image[here] = place.sample(int(here.sum()), rng)
        concept[here] = rng.choice(len(space.concepts), size=int(here.sum()), p=space.naming(place))
    return image, region, concept


def _with_every_caption(space: Space, n: int, rng: np.random.Generator) -> tuple[Points, Indices, Indices]:
    """The same with n images, or as many as there are, each as often as it has captions: (pairs, d), (pairs,), (pairs,)."""
    image, region = space.training(n, rng)
    names = np.array([space.naming(place) > 0 for place in space.regions])  # (regions, concepts)
    which, concept = np.nonzero(names[region])
    return image[which], region[which], concept


def descriptions_of(world: World, concept: str, n: int, rng: np.random.Generator) -> Descriptions:
    """Fresh descriptions of a concept by the law of the pairs' own: one of theirs without its noise, and new noise.

    -> (n, e), NaN for "none". ValueError for an unknown concept, or one that no pair is described with.
    """
    world.space.meant_by(concept)  # raises for an unknown name
    if concept == NONE:
        return np.full((n, world.space.description_dimensions), np.nan)
    pairs = make_pairs(world)
    clean = pairs.clean[pairs.concept == [known.name for known in world.space.concepts].index(concept)]
    if len(clean) == 0:
        raise ValueError(f"None of the {world.pairs} pairs is described as {concept!r}: take more pairs.")
    which, noise = rng.spawn(2)  # streams of their own, so that asking for more keeps the first ones
    drawn = clean[which.integers(len(clean), size=n)]
    return drawn + world.description_noise * noise.standard_normal(drawn.shape)


def random_descriptions(world: World, n: int, rng: np.random.Generator) -> Descriptions:
    """Random descriptions by the law of the pairs', freshly drawn: (n, e)."""
    pairs = make_pairs(world)
    clean = pairs.clean[rng.integers(len(pairs.clean), size=n)]
    drawn: Descriptions = clean + world.description_noise * rng.standard_normal(clean.shape)
    return drawn
