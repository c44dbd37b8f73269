"""Animals mixed: every colour, measure and border is the mean of the animals', each by its share in the picture."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sandbox.pictures.easel import Field, per_picture
from sandbox.pictures.species import Colours, Measures, Number, Species

GONE = 0.5  # a part whose distance is raised by as much is nowhere: how a part of one species shrinks away


class Mixture:
    """Some species and how much of each there is in every picture."""

    def __init__(self, species: Sequence[Species], shares: Iterable[NDArray[np.float64]]) -> None:
        """shares, one (n,) for each of the species, 0 or more, sum to 1 in each of the n pictures."""
        self.species = species
        first, *others = map(per_picture, shares)
        rest: Field = sum(others, start=0 * first)
        self.shares = [1 - rest, *others]  # rounded, their sum is still 1
        self.colours = Colours(*(self.mean(each) for each in zip(*(one.colours for one in species), strict=True)))
        self.measures = Measures(*(self.mean(each) for each in zip(*(one.measures for one in species), strict=True)))

    def mean(self, values: Sequence[Number]) -> Field:
        """Average one value a species, by the shares: numbers, colours or distances -> (..., n, 1, 1) or (n, h, w)."""
        first, *others = values  # changes are added to the first, so a value that all share stays as it is
        mixed = np.asarray(first, np.float32) if isinstance(first, float) else first
        for share, other in zip(self.shares[1:], others, strict=True):
            mixed = mixed + share * (other - first)
        return mixed.astype(np.float32, copy=False)

    def present(self) -> Iterator[tuple[Species, Field]]:
        """Each species that is in any of the pictures, and what to add to the distance to a part of its own: (n, 1, 1).

        In a picture that has nothing of the species it is infinite.
        """
        for i, one in enumerate(self.species):
            share = self.shares[i]
            if share.any():
                others: Field = sum((*self.shares[:i], *self.shares[i + 1 :]), start=0 * share)
                yield one, np.where(share == 0, np.float32(np.inf), GONE * others)
