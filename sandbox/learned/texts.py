"""The text autoencoder: captions to description embeddings, and back.

A caption is a row of places with a word in each. An encoder maps it to a point of the description space, a decoder names the
word in every place. Noise is added between the two, so that captions come to lie apart; embeddings have mean 0 and, over all
axes, standard deviation 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from sandbox.engine import Progress, fit, mlp, option
from sandbox.learned.parts import FromPictures

WIDTH = 96
NOISE = 0.1  # standard deviation on every axis between encoder and decoder, description units
NO_WORD = 0  # where a caption is over


class Texts(nn.Module):
    """An encoder and a decoder of captions, for a vocabulary and a number of places."""

    centre: Tensor
    scale: Tensor

    def __init__(self, words: Sequence[str], places: int, dimensions: int, generator: Generator) -> None:
        super().__init__()
        self.words, self.places = ("", *words), places
        told = places * len(self.words)
        self.layers = nn.ModuleDict(
            {
                "encoder": mlp((told, WIDTH, WIDTH, dimensions), generator),
                "decoder": mlp((dimensions, WIDTH, WIDTH, told), generator),
            }
        )
        self.register_buffer("centre", torch.zeros(dimensions))
        self.register_buffer("scale", torch.ones(()))

    def numbers(self, captions: Sequence[str]) -> Tensor:
        """Captions as numbers of words: (n, places); ValueError for a word that is not in the vocabulary."""
        rows = []
        for caption in captions:
            words = caption.split()
            if unknown := [word for word in words if word not in self.words]:
                raise ValueError(
                    f"{unknown[0]!r} is no word that the captions use; they use {', '.join(self.words[1:])}."
                )
            if len(words) > self.places:
                raise ValueError(f"{caption!r} is too long: captions have at most {self.places} words.")
            rows.append([self.words.index(word) for word in words] + [NO_WORD] * (self.places - len(words)))
        return torch.tensor(rows)

    def encode(self, captions: Sequence[str]) -> Tensor:
        """Captions -> description embeddings, (n, e), description units; ValueError as `numbers`."""
        return (self.raw(self.numbers(captions)) - self.centre) / self.scale

    def decode(self, embeddings: Tensor) -> list[str]:
        """Description embeddings (n, e) -> captions."""
        which = self.named(embeddings * self.scale + self.centre).argmax(dim=2)
        return [" ".join(self.words[i] for i in row if i != NO_WORD) for row in which.tolist()]

    def raw(self, numbers: Tensor) -> Tensor:
        """Numbers of words (n, places) -> embeddings before they are scaled, (n, e)."""
        told: Tensor = self.layers["encoder"](one_hot(numbers, len(self.words)).flatten(1).float())
        return told

    def named(self, embeddings: Tensor) -> Tensor:
        """Embeddings before they are scaled (n, e) -> how strongly each word is named in each place, (n, places, words)."""
        named: Tensor = self.layers["decoder"](embeddings).unflatten(1, (self.places, len(self.words)))
        return named


@dataclass(frozen=True)
class TextAutoencoder(FromPictures):
    """The recipe of a text autoencoder."""

    name = "text-autoencoder"

    dimensions: int = option(2, "Of the description space.", low=1, high=64)
    training_steps: int = 3000
    learning_rate: float = 3e-3

    def blank(self) -> Texts:
        return self._texts(Generator())

    def _texts(self, generator: Generator) -> Texts:
        places = max(len(caption.text.split()) for caption in self.pictures.captions)
        return Texts(self.pictures.words, places, self.dimensions, generator)

    def train(self, *needed: Any, every: int = 100) -> Iterator[Progress]:  # noqa: ANN401
        generator = Generator().manual_seed(self.seed)
        module = self._texts(generator)
        numbers = module.numbers([caption.text for caption in self.pictures.captions])

        def batches() -> Iterator[tuple[Tensor, ...]]:
            while True:
                yield numbers, NOISE * torch.randn(len(numbers), self.dimensions, generator=generator)

        run = fit(module, batches(), loss, steps=self.training_steps, learning_rate=self.learning_rate, every=every)
        for progress in run:
            if progress.step == progress.steps:
                with torch.no_grad():
                    module.centre.copy_(centre_of(module.raw(numbers)))
                    module.scale.copy_(spread_of(module.raw(numbers)))
            yield progress


def centre_of(embeddings: Tensor) -> Tensor:
    """The mean of embeddings (n, e): (e,)."""
    return embeddings.mean(dim=0)


def spread_of(embeddings: Tensor) -> Tensor:
    """The standard deviation of embeddings (n, e) over all axes, one number."""
    return (embeddings - embeddings.mean(dim=0)).square().mean().sqrt()


def loss(module: Texts, numbers: Tensor, noise: Tensor) -> Tensor:
    """The cross-entropy of every word, of captions (n, places) whose embeddings are moved by noise (n, e)."""
    embeddings = module.raw(numbers)
    noisy = embeddings + spread_of(embeddings) * noise
    return cross_entropy(module.named(noisy).flatten(0, 1), numbers.flatten())
