"""A picture set: pictures of a few kinds, and captions that say which kinds they may mean.

What is learned from a set and what is compared with it must not be the same pictures, so there are three parts, without a
picture in common: from the first come the autoencoder and the pairs, the second trains the judge, and what is generated is
compared with the third.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from sandbox.learned.captions import Caption, find_caption, words_of

Indices = NDArray[np.int64]

PARTS = ("train", "judge", "held_out")
REMEMBERED = 9  # parts that are kept in memory: up to 60 MB each


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures and the kind of each."""

    pixels: NDArray[np.float32]  # (n, size, size, channels), from 0 to 1
    kind: Indices  # (n,), into the set's kinds


@dataclass(frozen=True, eq=False, repr=False)
class PictureSet(ABC):
    """Pictures of `size` x `size` pixels with 1 channel (grey) or 3 (red, green and blue); it is known by its name."""

    name: str
    title: str
    kinds: tuple[str, ...]
    captions: tuple[Caption, ...]
    size: int
    channels: int

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    @abstractmethod
    def make(self, part: str) -> Pictures:
        """Draw or read one of PARTS, always the same pictures."""

    def pictures(self, part: str) -> Pictures:
        """The pictures of one of PARTS, in arrays that cannot be written to; ValueError for another part."""
        if part not in PARTS:
            raise ValueError(f"{self.name} has no part {part!r}; it has {', '.join(PARTS)}.")
        return _kept(self, part)

    def varied(self, pictures: Pictures) -> Pictures:
        """Pictures from which a judge learns what does not change a kind: here the pictures themselves."""
        return pictures

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The vocabulary of all captions, sorted."""
        return words_of(self.captions)

    def caption(self, text: str) -> Caption:
        """The caption that a text says, whatever its case and its blanks; ValueError with a sentence if there is none."""
        return find_caption(text, self.captions, self.name)


@lru_cache(REMEMBERED)
def _kept(pictures: PictureSet, part: str) -> Pictures:
    made = pictures.make(part)
    made.pixels.flags.writeable = made.kind.flags.writeable = False
    return made


def split(kind: Indices, part: str) -> Indices:
    """Which pictures belong to a part, shuffled: half of each kind to the first, a quarter to either of the others.

    kind (n,) -> indices (m,), always the same for the same kinds.
    """
    order = np.random.default_rng(0).permutation(len(kind))
    found = []
    for one in np.unique(kind):
        of_kind = order[kind[order] == one]
        half, rest = len(of_kind) - len(of_kind) // 2, len(of_kind) // 4
        found.append(np.split(of_kind, [half, len(of_kind) - rest])[PARTS.index(part)])
    return order[np.isin(order, np.concatenate(found))]
