"""Animals mixed: every colour, measure and border is the mean of the animals', each by its share in the picture."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sandbox.pictures.easel import Field
from sandbox.pictures.species import Colours, Measures, Number, Species

GONE = 0.5  # a part whose distance is raised by as much is nowhere: how a part of one species shrinks away


class Mixture:
    """Some species and how much of each there is in every picture."""

    def __init__(self, species: list[Species], shares: NDArray[np.float64]) -> None:
        """shares (n, species), 0 or more, sum to 1 in each of the n pictures."""
        self.species = species
        others = shares.T[1:, :, None, None].astype(np.float32)
        self.shares = np.concatenate([1 - others.sum(axis=0, keepdims=True), others])  # rounded, their sum is still 1
        self.colours = Colours(*(self.mean(each) for each in zip(*(one.colours for one in species), strict=True)))
        self.measures = Measures(*(self.mean(each) for each in zip(*(one.measures for one in species), strict=True)))

    def mean(self, values: Sequence[Number]) -> Field:
        """Average one value a species, by the shares: numbers, colours or distances -> (..., n, 1, 1) or (n, h, w)."""
        first, *others = values  # changes are added to the first, so a value that all share stays as it is
        mixed = first
        for share, other in zip(self.shares[1:], others, strict=True):
            mixed = mixed + share * (other - first)
        return np.asarray(mixed, np.float32)

    def present(self) -> Iterator[tuple[Species, Field]]:
        """Each species that is in any of the pictures, and what to add to the distance to a part of its own: (n, 1, 1)."""
        for i, one in enumerate(self.species):
            if self.shares[i].any():
                yield one, GONE * np.delete(self.shares, i, axis=0).sum(axis=0)
