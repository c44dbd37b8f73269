"""The animals, one for every region: the first four differ in shape, all others are these in another coat."""

import colorsys
from dataclasses import replace
from functools import cache

import numpy as np

from sandbox.pictures.bear import BEAR
from sandbox.pictures.cat import CAT
from sandbox.pictures.dog import DOG
from sandbox.pictures.easel import Colour
from sandbox.pictures.rabbit import RABBIT
from sandbox.pictures.species import Species

ANIMALS = (CAT, DOG, RABBIT, BEAR)
TURN = 0.382  # of the circle of hues, the golden angle: each further turn lands in a wide gap between the earlier ones
COAT = ("paper", "line", "fur", "ear", "mark", "pale")  # the colours that turn


@cache
def animal(k: int) -> Species:
    """Return the k-th animal, from 0: the four in turn, then the four in another coat, and so on without an end."""
    coat, kind = divmod(k, len(ANIMALS))
    if coat == 0:
        return ANIMALS[kind]
    colours = ANIMALS[kind].colours
    turned = {name: _turned(getattr(colours, name), coat * TURN) for name in COAT}
    return replace(ANIMALS[kind], colours=colours._replace(**turned))


def _turned(colour: Colour, turn: float) -> Colour:
    """Turn the hue by a part of the circle; lightness and saturation stay: (3, 1, 1, 1)."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour.ravel().tolist())
    rgb = colorsys.hls_to_rgb((hue + turn) % 1, lightness, saturation)
    return np.array(rgb, np.float32).reshape(colour.shape)
