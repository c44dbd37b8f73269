"""The image autoencoder: pictures to points of a latent space of few dimensions, and back.

A variational autoencoder (Kingma & Welling 2014, arXiv 1312.6114) whose pixel noise is as large as its error is, so that what
a picture is charged for is K / 2 log(mean squared error) + KL (Rybkin et al. 2021, arXiv 2006.13202). Of the second a tenth is
charged: with all of it, dimensions that digits could do without are left empty, and sixteen are ten. It sees pictures as
principal components. When it is trained, the latent space is moved and scaled so that
latents have mean 0 and, over all axes, standard deviation 1: that of the random points R.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from torch import Generator, Tensor, nn

from sandbox.engine import Progress, fit, mlp, option
from sandbox.learned.parts import FromPictures, Principal, flat

WIDTHS = (256, 128)  # of the encoder's layers, and backwards of the decoder's
COMPONENTS = 48  # of a picture
RATE = 0.1  # of what a latent tells of its picture that is charged for
TINY = 1e-6  # squared error below which nothing is gained


class Images(nn.Module):
    """An encoder and a decoder."""

    centre: Tensor
    scale: Tensor

    def __init__(self, pixels: int, dimensions: int, generator: Generator) -> None:
        super().__init__()
        components = min(pixels, COMPONENTS)
        self.layers = nn.ModuleDict(
            {
                "principal": Principal(pixels, components),
                "encoder": mlp((components, *WIDTHS, 2 * dimensions), generator),
                "decoder": mlp((dimensions, *reversed(WIDTHS), components), generator),
            }
        )
        self.register_buffer("centre", torch.zeros(dimensions))
        self.register_buffer("scale", torch.ones(()))

    @property
    def principal(self) -> Principal:
        """Pictures as components."""
        return cast(Principal, self.layers["principal"])

    def encode(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (n, pixels) -> mean and standard deviation of their latents, (n, d) each, space units."""
        mean, log_variance = self.posterior(self.principal(pixels))
        return (mean - self.centre) / self.scale, (log_variance / 2).exp() / self.scale

    def decode(self, points: Tensor) -> Tensor:
        """Points (n, d), space units -> pictures (n, pixels), 0 to 1."""
        components = self.layers["decoder"](points * self.scale + self.centre)
        return self.principal.back(components).clamp(0.0, 1.0)

    def posterior(self, components: Tensor) -> tuple[Tensor, Tensor]:
        """Components of pictures (n, k) -> mean and log variance of their latents before they are scaled, (n, d) each."""
        mean, log_variance = self.layers["encoder"](components).chunk(2, dim=1)
        return mean, log_variance.clamp(-16.0, 4.0)

    def settle(self, components: Tensor) -> None:
        """Scale the latent space to these pictures, (n, k)."""
        with torch.no_grad():
            mean, _ = self.posterior(components)
            self.centre.copy_(mean.mean(dim=0))
            self.scale.copy_((mean - self.centre).square().mean().sqrt())


@dataclass(frozen=True)
class ImageAutoencoder(FromPictures):
    """The recipe of an image autoencoder."""

    name = "image-autoencoder"

    dimensions: int = option(2, "Of the latent space.", low=1, high=64)
    training_steps: int = 4000
    batch: int = 256
    learning_rate: float = 3e-3
    haze: float = option(
        0.0,
        "Standard deviation of the noise in every component that is encoded: with few pictures it keeps the autoencoder from "
        "learning these by heart.",
        low=0.0,
        high=2.0,
    )

    def blank(self) -> Images:
        return self._images(Generator())

    def _images(self, generator: Generator) -> Images:
        return Images(self.pixels, self.dimensions, generator)

    def train(self, *needed: Any, every: int = 100) -> Iterator[Progress]:  # noqa: ANN401
        generator, rng = Generator().manual_seed(self.seed), np.random.default_rng([self.seed, 1])
        module, pixels = self._images(generator), flat(self.pictures.pictures("train").pixels)
        module.principal.fill(pixels)
        components = module.principal(pixels)

        def batches() -> Iterator[tuple[Tensor, ...]]:
            while True:
                shown = components[torch.tensor(rng.integers(len(components), size=self.batch))]
                haze = self.haze * torch.randn(shown.shape, generator=generator)
                yield shown, shown + haze, torch.randn(self.batch, self.dimensions, generator=generator)

        run = fit(module, batches(), loss, steps=self.training_steps, learning_rate=self.learning_rate, every=every)
        for progress in run:
            if progress.step == progress.steps:
                module.settle(components)
            yield progress


def loss(module: Images, components: Tensor, hazy: Tensor, noise: Tensor) -> Tensor:
    """What a picture is charged for on average, over its number of components.

    components (n, k) and what is encoded of them (n, k); noise (n, d) that moves the latents.
    """
    mean, log_variance = module.posterior(hazy)
    back = module.layers["decoder"](mean + (log_variance / 2).exp() * noise)
    rate = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1).mean()
    error = (back - components).square().mean()
    return 0.5 * (error + TINY).log() + RATE * rate / components.shape[1]
