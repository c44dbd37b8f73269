"""What figures are read beside: what a second real sample scores, and what the training pairs themselves do.

Nothing can be told from a real sample that is one; and a method that is trained on pairs alone cannot be expected to know
their law better than they do.
"""

from collections.abc import Callable

import numpy as np

from sandbox.measure.experiment import Judged
from sandbox.pairs import World, make_pairs
from sandbox.spaces import NONE, Points


def real(world: World, concept: str, n: int, seed: int) -> Points:
    """Other real samples than those that they are compared with: (n, d)."""
    return world.space.sample_again(n, np.random.default_rng([seed, 5]), concept)


def pairs(world: World, concept: str, n: int, seed: int) -> Points:
    """Images of the pairs that a concept describes, all of them for "none", drawn with replacement: (n, d)."""
    made, names = make_pairs(world), [known.name for known in world.space.concepts]
    images = made.image if concept == NONE else made.image[made.concept == names.index(concept)]
    return np.random.default_rng([seed, 8]).choice(images, n)


YARDSTICKS: dict[str, Callable[[World, str, int, int], Points]] = {"real": real, "pairs": pairs}


def yardstick(name: str, world: World, concept: str, n: int, seed: int) -> Judged:
    """So many samples of a yardstick, judged as a method's are; KeyError for another name, ValueError for another concept."""
    return Judged(world, concept, seed, YARDSTICKS[name](world, concept, n, seed))
