"""What the learned ends share: which pictures they are learned from, and pictures as a few numbers."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sandbox.engine import Stored
from sandbox.learned.pets import PETS
from sandbox.learned.picture_set import PictureSet
from sandbox.learned.picture_sets import picture_set_named


@dataclass(frozen=True)
class FromPictures(Stored):
    """A recipe of something that is learned from a picture set, which may be given by its name."""

    pictures: PictureSet = PETS
    seed: int = 0  # of the first weights and of the batches

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.pictures, str):
            object.__setattr__(self, "pictures", picture_set_named(self.pictures))

    @property
    def pixels(self) -> int:
        """Numbers of a picture."""
        return self.pictures.channels * self.pictures.size**2


class Principal(nn.Module):
    """Pixels as their first principal components, and back: most of what thousands of numbers say is in some dozens.

    Components are in units of the first one's standard deviation, so that networks see numbers of order 1.
    """

    mean: Tensor
    basis: Tensor
    unit: Tensor

    def __init__(self, pixels: int, components: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(pixels))
        self.register_buffer("basis", torch.zeros(components, pixels))
        self.register_buffer("unit", torch.ones(()))

    def fill(self, pixels: Tensor) -> None:
        """Take the components of pictures (n, pixels)."""
        self.mean.copy_(pixels.mean(dim=0))
        _, spread, basis = torch.linalg.svd(pixels - self.mean, full_matrices=False)
        known = basis[: len(self.basis)]  # of few pictures fewer: the others stay 0
        self.basis[: len(known)].copy_(known)
        self.unit.copy_(spread[0] / math.sqrt(len(pixels)))

    def forward(self, pixels: Tensor) -> Tensor:
        """(n, pixels) -> (n, components)."""
        return (pixels - self.mean) @ self.basis.T / self.unit

    def back(self, components: Tensor) -> Tensor:
        """(n, components) -> (n, pixels)."""
        return self.mean + self.unit * components @ self.basis


def flat(pixels: NDArray[np.float32]) -> Tensor:
    """Pictures (n, size, size, channels) as rows (n, pixels)."""
    return torch.tensor(pixels.reshape(len(pixels), -1))
