"""Both ends of the idea for one latent space: pictures and captions to points, points to pictures, and who judges them.

What is learned is kept by the store; here it is put to use. Everything is made once in a process, when it is first asked for.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier

from sandbox.learned.images import ImageAutoencoder, Images
from sandbox.learned.judges import Judge, Judgement
from sandbox.learned.parts import FromPictures, flat
from sandbox.learned.picture_set import Indices, PictureSet
from sandbox.learned.texts import TextAutoencoder, Texts
from sandbox.weights import store

Points = NDArray[np.float64]
Pixels = NDArray[np.float32]  # (n, size, size, channels), 0 to 1

NEIGHBOURS = 15  # whose kinds a latent's own is compared with


@dataclass(frozen=True)
class Ends:
    """The recipes of the two autoencoders and of the judge; ValueError where they are not for one picture set."""

    images: ImageAutoencoder
    texts: TextAutoencoder
    judge: Judge

    def __post_init__(self) -> None:
        if len({recipe.pictures for recipe in self.recipes}) > 1:
            raise ValueError("Autoencoders and judge are learned from one set of pictures.")

    @property
    def pictures(self) -> PictureSet:
        """The picture set that all three are learned from."""
        return self.images.pictures

    @property
    def recipes(self) -> tuple[FromPictures, ...]:
        """What has to be trained first."""
        return self.images, self.texts, self.judge

    @cached_property
    def autoencoder(self) -> Images:
        """The trained image autoencoder; WeightsError where there is none, as for the next two."""
        return store.load(self.images)

    @cached_property
    def writer(self) -> Texts:
        """The trained text autoencoder."""
        return store.load(self.texts)

    @cached_property
    def judgement(self) -> Judgement:
        """The trained judge."""
        return store.load(self.judge)

    def encode(self, pixels: Pixels) -> Points:
        """Pictures -> the means of their latents, (n, d), space units."""
        return self.autoencoder.encode(flat(pixels))[0].double().numpy()

    def decode(self, points: Points) -> Pixels:
        """Points (n, d) -> pictures; grey where a point is no number."""
        finite = np.isfinite(points).all(axis=1, keepdims=True)
        places = torch.tensor(np.where(finite, points, 0.0), dtype=torch.float32)
        pixels = np.where(finite, self.autoencoder.decode(places).numpy(), np.float32(0.5))
        size = self.pictures.size
        return pixels.reshape(len(points), size, size, self.pictures.channels)

    def kind(self, points: Points) -> Indices:
        """What the judge sees in the pictures of points (n, d): indices of kinds, their number where it sees none of them."""
        seen = self.judgement.kind(flat(self.decode(points))).numpy()
        return np.where(np.isfinite(points).all(axis=1), seen, len(self.pictures.kinds))

    def embeddings(self) -> Points:
        """The captions' description embeddings: (captions, e)."""
        return self.writer.encode([caption.text for caption in self.pictures.captions]).double().numpy()

    def latents(self, part: str) -> tuple[Points, Indices]:
        """The latents of a part of the pictures, (n, d), and the kind of each, (n,)."""
        return _latents(self, part)


@lru_cache(maxsize=32)
def _latents(ends: Ends, part: str) -> tuple[Points, Indices]:
    known = ends.pictures.pictures(part)
    points = ends.encode(known.pixels)
    points.flags.writeable = False
    return points, known.kind


def astray(points: Points, kind: Indices) -> NDArray[np.bool_]:
    """Which latents lie among those of another kind: most of their NEIGHBOURS nearest are, (n, d), (n,) -> (n,).

    A plain lookup finds just these when it is asked for their caption from the other kind's side.
    """
    tree = KNeighborsClassifier(min(NEIGHBOURS, len(points) - 1)).fit(points, kind)
    nearest = tree.kneighbors(return_distance=False)  # of each its own left out
    return (kind[nearest] != kind[:, None]).mean(axis=1) > 0.5
