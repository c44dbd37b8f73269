"""The judge: a classifier that says which kind a picture is, trained apart from the autoencoders and on other pictures.

Beside the kinds it knows a class for pictures that are none of them: mixtures of pictures of two kinds, as a decoder draws
them where it is asked between two kinds. A ghost of a cat and a dog is neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from sandbox.engine import Progress, fit, mlp
from sandbox.learned.parts import FromPictures, Principal, flat

WIDTHS = (128, 128)
COMPONENTS = 48  # of a picture
MIXED = 1 / 4  # share of mixtures in a batch
LEAST = 0.4  # of a mixture that is the lesser picture
BLUR = 0.25  # standard deviation of the noise in every component: the judge is not to see what the eye does not


class Judgement(nn.Module):
    """A classifier of pictures; its last class is none of the kinds."""

    def __init__(self, pixels: int, kinds: int, generator: Generator) -> None:
        super().__init__()
        components = min(pixels, COMPONENTS)
        self.layers = nn.ModuleDict(
            {
                "principal": Principal(pixels, components),
                "classifier": mlp((components, *WIDTHS, kinds + 1), generator),
            }
        )

    @property
    def principal(self) -> Principal:
        """Pictures as components."""
        return cast(Principal, self.layers["principal"])

    def forward(self, pixels: Tensor) -> Tensor:
        """Pictures (n, pixels) -> the logarithm of how likely each kind is, and none of them, (n, kinds + 1)."""
        return self.layers["classifier"](self.principal(pixels)).log_softmax(dim=1)

    def kind(self, pixels: Tensor) -> Tensor:
        """Pictures (n, pixels) -> the likeliest kind, (n,); the number of kinds where none is."""
        return self(pixels).argmax(dim=1)


@dataclass(frozen=True)
class Judge(FromPictures):
    """The recipe of a judge."""

    name = "judge"

    training_steps: int = 6000
    batch: int = 256
    learning_rate: float = 3e-3

    def blank(self) -> Judgement:
        return self._judgement(Generator())

    def _judgement(self, generator: Generator) -> Judgement:
        return Judgement(self.pixels, len(self.pictures.kinds), generator)

    def train(self, *needed: Any, every: int = 100) -> Iterator[Progress]:  # noqa: ANN401
        rng, seen = np.random.default_rng([self.seed, 2]), self.pictures.varied(self.pictures.pictures("judge"))
        module, pixels = self._judgement(Generator().manual_seed(self.seed)), flat(seen.pixels)
        module.principal.fill(pixels)
        components, neither = module.principal(pixels), len(self.pictures.kinds)

        def batches() -> Iterator[tuple[Tensor, ...]]:
            while True:
                one, other = rng.integers(len(components), size=(2, self.batch))
                mixed = (rng.random(self.batch) < MIXED) & (seen.kind[one] != seen.kind[other])
                lesser = np.where(mixed, rng.uniform(LEAST, 1 - LEAST, self.batch), 0.0)
                share = torch.tensor(lesser[:, None], dtype=torch.float32)
                shown = (1 - share) * components[one] + share * components[other]
                shown += BLUR * torch.tensor(rng.standard_normal(shown.shape), dtype=torch.float32)
                yield shown, torch.tensor(np.where(mixed, neither, seen.kind[one]))

        def loss(judgement: Judgement, shown: Tensor, kind: Tensor) -> Tensor:
            return cross_entropy(judgement.layers["classifier"](shown), kind)

        yield from fit(
            module, batches(), loss, steps=self.training_steps, learning_rate=self.learning_rate, every=every
        )
