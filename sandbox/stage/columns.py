"""The arrays of a world pack: pairs, and of a learned space its real samples and what decodes and encodes its points.

Where every image stands under every caption that is true of it, there are many times as many pairs as images; each image is
told once, and `web/columns.js` says its captions after its region.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sandbox.pairs import World, make_pairs
from sandbox.spaces import LearnedSpace
from sandbox.spaces.learned import COMPARED
from sandbox.stage.graph import Graph, export_map

Arrays = dict[str, NDArray[Any]]


def pair_arrays(world: World) -> Arrays:
    """The pairs, or the images once in the order of their first pairs where each has every caption."""
    pairs, whole = make_pairs(world), not world.space.every_caption
    arrays: Arrays = {"image": pairs.image, "region": pairs.region.astype(np.int32), "description": pairs.description}
    if whole:
        return arrays | {"clean": pairs.clean, "concept": pairs.concept.astype(np.int32)}
    another = (np.diff(pairs.image, axis=0) != 0).any(axis=1) | (np.diff(pairs.concept) <= 0)
    first = np.flatnonzero(np.r_[True, another])
    return arrays | {name: arrays[name][first] for name in ("image", "region")}


def real_arrays(space: LearnedSpace) -> Arrays:
    """The latents that samples are compared with, and the kind of each."""
    real, kind = space.ends.latents(COMPARED)
    return {"real": real, "real_region": kind.astype(np.uint8)}


def decoder_graph(space: LearnedSpace) -> Graph:
    """`x -> pixels`, from 0 to 1: points (n, d) to pictures (n, size * size * channels), row by row from the top."""

    def pixels(x: Tensor) -> tuple[Tensor, ...]:
        return (space.ends.autoencoder.decode(x),)

    with torch.no_grad():
        return export_map(pixels, space.dimensions)


def encoder_graph(space: LearnedSpace) -> Graph:
    """`pixels -> x`, the other way: what stands in a plane for a picture that somebody draws."""
    pictures = space.ends.pictures

    def places(pixels: Tensor) -> tuple[Tensor, ...]:
        return (space.ends.autoencoder.encode(pixels)[0],)

    with torch.no_grad():
        return replace(export_map(places, pictures.channels * pictures.size**2), inputs=("pixels",))
