"""The rabbit: long upright ears, a small pink nose and two front teeth."""

import numpy as np

from sandbox.pictures.easel import Field, ellipse, limb, rgb
from sandbox.pictures.species import Colours, Features, Measures, Shape, Species


def ears(x: Field, y: Field, features: Features) -> Field:
    """Nearly as long as the head is high, together or apart."""
    return limb(abs(x), y, (0.25, -0.05), (0.34 + 0.11 * features.ears, 0.74), 0.14, 0.17)


def teeth(x: Field, y: Field, features: Features) -> Field:
    """Two upright rectangles with a gap between them."""
    half = 0.1 + 0.02 * features.lips  # of their height
    return np.maximum(abs(abs(x) - 0.085) - 0.06, abs(y + 0.66 + half) - half)


def whisker(start: float, end: float) -> Shape:
    """Short, on both sides, from a height at the muzzle to another on the cheek."""
    return lambda x, y: limb(abs(x), y, (0.4, start), (0.8, end), 0.02, 0.02)


RABBIT = Species(
    colours=Colours(
        paper=rgb("#b8ead4"),
        line=rgb("#0e3326"),
        fur=rgb("#5cb592"),
        ear=rgb("#f6b9c4"),
        mark=rgb("#2f8f6a"),
        pale=rgb("#eefaf4"),
        eye=rgb("#ffffff"),
        nose=rgb("#f0708f"),
        mouthful=rgb("#ffffff"),
    ),
    measures=Measures(
        head_y=-0.36,
        head_width=0.62,
        head_height=0.54,
        eye_x=0.3,
        eye_y=-0.2,
        eye_width=0.12,
        eye_height=0.17,
        eye_slant=0.0,
        pupil_width=0.085,
        pupil_height=0.12,
        nose_y=-0.4,
        mouth_y=-0.58,
        smile=0.11,
    ),
    muzzle=lambda x, y: ellipse(abs(x) - 0.15, y + 0.58, 0.2, 0.15),
    nose=lambda x, y: ellipse(x, y, 0.1, 0.07),
    ears=ears,
    mouthful=teeth,
    whiskers=(whisker(-0.52, -0.46), whisker(-0.6, -0.64)),
)
