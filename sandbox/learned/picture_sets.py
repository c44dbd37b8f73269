"""The picture sets that come with the sandbox, one line each."""

from sandbox.learned.digits import DIGITS, SIX_DIGITS
from sandbox.learned.pets import MANY_PETS, PETS
from sandbox.learned.picture_set import PictureSet

PICTURE_SETS: tuple[PictureSet, ...] = (PETS, MANY_PETS, SIX_DIGITS, DIGITS)


def picture_set_named(name: str) -> PictureSet:
    """The set of this name; ValueError if there is none."""
    for known in PICTURE_SETS:
        if known.name == name:
            return known
    raise ValueError(f"There is no picture set {name!r}; there are {', '.join(known.name for known in PICTURE_SETS)}.")
