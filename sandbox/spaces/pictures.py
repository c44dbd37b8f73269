"""The learned spaces that come with the sandbox: what becomes of two steps in two, eight and sixteen dimensions."""

from sandbox.learned.picture_sets import picture_set_named
from sandbox.spaces.learned import LearnedSpace, learned_space

HAZE = 0.3  # for digits, of which there are 1,797 in all; pets are drawn, and as many as one likes

LEARNED_SPACES: tuple[LearnedSpace, ...] = (
    learned_space(
        "pets",
        "Pets",
        "Learned: drawn cats and dogs, dark or light, with short or long ears, in a plane.",
        picture_set_named("pets"),
        dimensions=2,
        description_dimensions=2,
    ),
    learned_space(
        "digits",
        "Digits",
        "Learned: six written digits in a plane.",
        picture_set_named("six-digits"),
        dimensions=2,
        description_dimensions=2,
        haze=HAZE,
    ),
    learned_space(
        "pets-8d",
        "Pets in eight dimensions",
        "Learned: cats and dogs in four coats on three grounds.",
        picture_set_named("many-pets"),
        dimensions=8,
        description_dimensions=8,
    ),
    learned_space(
        "digits-8d",
        "Digits in eight dimensions",
        "Learned: all ten written digits.",
        picture_set_named("digits"),
        dimensions=8,
        description_dimensions=8,
        haze=HAZE,
    ),
    learned_space(
        "digits-16d",
        "Digits in sixteen dimensions",
        "Learned: all ten written digits, with more room than they need.",
        picture_set_named("digits"),
        dimensions=16,
        description_dimensions=8,
        haze=HAZE,
    ),
)
