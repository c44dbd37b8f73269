"""The cat: pointed ears, slits in almond eyes, stripes and whiskers."""

import numpy as np

from sandbox.pictures.easel import Field, ellipse, limb, rgb, triangle
from sandbox.pictures.species import Colours, Features, Measures, Shape, Species


def ears(x: Field, y: Field, features: Features) -> Field:
    """Triangles, their outer sides along the head's."""
    side = features.half_width
    return triangle(abs(x), y, (0.08, 0.2), (side - 0.08, 0.74 + 0.12 * features.ears), (0.92 * side, -0.1))


def stripes(x: Field, y: Field, features: Features) -> Field:
    """One down the middle of the forehead and one on either side."""
    x = abs(x)
    middle, side = limb(x, y, (0.0, 0.24), (0.0, 0.0), 0.05, 0.03), limb(x, y, (0.2, 0.21), (0.16, 0.05), 0.05, 0.03)
    return np.minimum(middle, side)


def whisker(start: float, end: float) -> Shape:
    """On both sides, from a height at the muzzle to another at the edge of the picture."""
    return lambda x, y: limb(abs(x), y, (0.42, start), (0.95, end), 0.025, 0.025)


CAT = Species(
    colours=Colours(
        paper=rgb("#b5dcf4"),
        line=rgb("#10263a"),
        fur=rgb("#5b8fb8"),
        ear=rgb("#f2b8c0"),
        mark=rgb("#2f6190"),
        pale=rgb("#eaf4fb"),
        eye=rgb("#f5e663"),
        nose=rgb("#e8708a"),
        mouthful=rgb("#e8607a"),
    ),
    measures=Measures(
        head_y=-0.27,
        head_width=0.72,
        head_height=0.56,
        eye_x=0.33,
        eye_y=-0.14,
        eye_width=0.19,
        eye_height=0.2,
        eye_slant=0.12,
        pupil_width=0.055,
        pupil_height=0.17,
        nose_y=-0.38,
        mouth_y=-0.53,
        smile=0.12,
    ),
    muzzle=lambda x, y: ellipse(abs(x) - 0.13, y + 0.55, 0.2, 0.16),
    nose=lambda x, y: triangle(abs(x), y, (-0.13, 0.07), (0.13, 0.07), (0.0, -0.1)),
    ears=ears,
    marks=stripes,
    whiskers=(whisker(-0.46, -0.36), whisker(-0.54, -0.56), whisker(-0.62, -0.76)),
)
