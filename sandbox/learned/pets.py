"""Cats and dogs, drawn: all that varies between them is known, so nothing that their captions say is a guess.

What varies are the species and a few nuisances: the length of the ears and the shade of the fur; in `many-pets` also the shade
of the paper, the lids and the gaze. A kind is a species with one value of each attribute that captions tell, "dark cat with
long ears"; a caption says each attribute or leaves it out: "a cat with long ears", "an animal". Every value of an attribute
is a range, with room to the next one, and a nuisance is uniform in it: pictures vary steadily, yet no caption is in doubt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sandbox.learned.captions import Caption
from sandbox.learned.picture_set import PARTS, Pictures, PictureSet
from sandbox.pictures.cat import CAT
from sandbox.pictures.dog import DOG
from sandbox.pictures.easel import Colour, Field, per_picture, rgb
from sandbox.pictures.faces import draw_mixture
from sandbox.pictures.mixture import Mixture
from sandbox.pictures.species import Features

Shades = Mapping[str, tuple[str, str]]  # the name of a colour, and the two that it lies between

SPECIES = {"cat": CAT, "dog": DOG}
SHORTEST, LONGEST = {"cat": -2.4, "dog": -2.6}, {"cat": 1.4, "dog": 1.8}  # ears, as `Features` counts them
EARS = {"short": (0.0, 0.35), "long": (0.65, 1.0)}  # of the way from the shortest to the longest
NUISANCES = 5  # ears, fur, paper, lids, gaze
GAZE = 0.08  # how far from the middle of the eyes it goes


class Looks(NamedTuple):
    """A value of each attribute; "" where a caption does not say one, or where the species decides."""

    species: str
    fur: str
    ears: str
    ground: str

    def phrase(self) -> str:
        """In words, without an article."""
        ears, ground = self.ears and f"with {self.ears} ears", self.ground and f"on {self.ground} ground"
        return " ".join(filter(None, (self.fur, self.species or "animal", ears, ground)))

    def caption(self) -> str:
        """In words, with an article."""
        return f"{'a' if self.fur or self.species else 'an'} {self.phrase()}"

    def agree(self, other: "Looks") -> bool:
        """Whether the other has all that these looks say."""
        return all(said in ("", has) for said, has in zip(self, other, strict=True))


@dataclass(frozen=True, eq=False, repr=False)
class Pets(PictureSet):
    """Cats and dogs in some coats, on some papers."""

    looks: tuple[Looks, ...]  # of each kind
    furs: Shades
    grounds: Shades  # none: on the paper of the species
    nuisances: int  # that vary, in the order of NUISANCES; the others are at their middle
    counts: tuple[int, ...]  # of pictures in each part

    @classmethod
    def of(
        cls, name: str, title: str, furs: Shades, grounds: Shades, nuisances: int, counts: tuple[int, ...]
    ) -> "Pets":
        """The set of all kinds that these shades give, with all captions."""
        values = (*SPECIES,), (*furs,), (*EARS,), (*grounds,) or ("",)
        looks = tuple(Looks(*each) for each in product(*values))
        said = [Looks(*each) for each in product(*(dict.fromkeys(("", *some)) for some in values))]
        captions = tuple(Caption(one.caption(), tuple(k.phrase() for k in looks if one.agree(k))) for one in said)
        kinds = tuple(each.phrase() for each in looks)
        return cls(name, title, kinds, captions, 32, 3, looks, furs, grounds, nuisances, counts)

    def make(self, part: str) -> Pictures:
        which = PARTS.index(part)
        kind = np.arange(self.counts[which]) % len(self.kinds)
        at = np.random.default_rng([which, len(self.kinds)]).random((len(kind), NUISANCES))
        at[:, self.nuisances :] = 0.5
        pixels = np.empty((len(kind), self.size, self.size, self.channels), np.float32)
        for k, looks in enumerate(self.looks):
            pixels[kind == k] = self._draw(looks, at[kind == k])
        return Pictures(pixels, kind)

    def _draw(self, looks: Looks, at: NDArray[np.float64]) -> Field:
        """Draw one kind: places in the ranges of its nuisances, (n, NUISANCES) from 0 to 1 -> (n, size, size, 3)."""
        ears, fur, paper, lids, gaze = (per_picture(each) for each in at.T)
        one = SPECIES[looks.species]
        coat = _between(self.furs[looks.fur], fur)
        colours = one.colours._replace(fur=coat, mark=0.75 * coat)
        if one.flaps:
            colours = colours._replace(ear=0.6 * coat)  # an ear that hangs is all fur
        if looks.ground:
            colours = colours._replace(paper=_between(self.grounds[looks.ground], paper))
        nearest, farthest = EARS[looks.ears]
        way = nearest + ears * (farthest - nearest)
        features = Features(
            ears=SHORTEST[looks.species] + way * (LONGEST[looks.species] - SHORTEST[looks.species]),
            lids=2 * lids - 1,
            light=0 * lids,
            lips=0 * lids,
            gaze_x=GAZE * (2 * gaze - 1),
            gaze_y=0 * gaze,
            half_width=one.measures.head_width + 0 * lids,
        )
        mixture = Mixture([replace(one, colours=colours)], [np.ones(len(at))])
        return np.clip(draw_mixture(mixture, features, self.size), 0, 1).transpose(1, 2, 3, 0)


def _between(ends: tuple[str, str], way: Field) -> Colour:
    """A colour so much of the way from one to another: (n, 1, 1) -> (3, n, 1, 1)."""
    start, end = map(rgb, ends)
    return start + way * (end - start)


PETS = Pets.of(
    name="pets",
    title="Cats and dogs, dark or light",
    furs={"dark": ("#1d1712", "#6e5b4a"), "light": ("#b49c84", "#fff0dc")},
    grounds={},
    nuisances=2,
    counts=(3000, 3000, 3000),
)
MANY_PETS = Pets.of(
    name="many-pets",
    title="Cats and dogs in four coats on three grounds",
    furs={
        "dark": ("#15110e", "#43362c"),
        "light": ("#ead9bd", "#fff6e6"),
        "grey": ("#7c7f86", "#a2a5ac"),
        "red": ("#b8401c", "#e0703a"),
    },
    grounds={
        "blue": ("#7fb6e8", "#b4d8f8"),
        "green": ("#86cf8e", "#b9ecbb"),
        "yellow": ("#f2d24a", "#ffeb9a"),
    },
    nuisances=NUISANCES,
    counts=(6400, 3000, 3000),
)
