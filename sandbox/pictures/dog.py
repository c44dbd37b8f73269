"""The dog: a long face with hanging ears, a patch around one eye and a tongue."""

from sandbox.pictures.easel import Field, ellipse, limb, rgb
from sandbox.pictures.species import Colours, Features, Measures, Species


def flaps(x: Field, y: Field, features: Features) -> Field:
    """Ears that hang beside the head, wider below."""
    side = features.half_width
    return limb(abs(x), y, (side - 0.01, 0.5), (side + 0.16, -0.1 - 0.15 * features.ears), 0.13, 0.2)


def patch(x: Field, y: Field, features: Features) -> Field:
    """A disc around the eye on the right."""
    return ellipse(x - 0.22, y - 0.24, 0.22, 0.26)


def tongue(x: Field, y: Field, features: Features) -> Field:
    """It hangs out further or less far."""
    return limb(abs(x), y, (0.0, -0.5), (0.0, -0.73 - 0.08 * features.lips), 0.13, 0.11)


DOG = Species(
    colours=Colours(
        paper=rgb("#ffd9b3"),
        line=rgb("#2e1608"),
        fur=rgb("#e0924a"),
        ear=rgb("#8a4416"),
        mark=rgb("#b5622a"),
        pale=rgb("#fff1df"),
        eye=rgb("#ffffff"),
        nose=rgb("#2a1a14"),
        mouthful=rgb("#f0607a"),
    ),
    measures=Measures(
        head_y=-0.02,
        head_width=0.52,
        head_height=0.8,
        eye_x=0.2,
        eye_y=0.22,
        eye_width=0.13,
        eye_height=0.16,
        eye_slant=0.0,
        pupil_width=0.09,
        pupil_height=0.1,
        nose_y=-0.17,
        mouth_y=-0.45,
        smile=0.17,
    ),
    muzzle=lambda x, y: ellipse(abs(x) - 0.1, y + 0.34, 0.3, 0.34),
    nose=lambda x, y: ellipse(x, y, 0.2, 0.14),
    flaps=flaps,
    marks=patch,
    mouthful=tongue,
    gloss=lambda x, y: ellipse(x + 0.07, y - 0.05, 0.06, 0.03),
)
