"""The bear: a broad head with small round ears, a short pale muzzle and a large dark nose."""

from sandbox.pictures.easel import Field, ellipse, length, rgb
from sandbox.pictures.species import Colours, Features, Measures, Species


def ears(x: Field, y: Field, features: Features) -> Field:
    """Discs on the corners of the head."""
    return length(abs(x) - 0.82 * features.half_width, y - 0.5 - 0.06 * features.ears) - 0.25


BEAR = Species(
    colours=Colours(
        paper=rgb("#f3d3e4"),
        line=rgb("#33142a"),
        fur=rgb("#b9769b"),
        ear=rgb("#f0c4d8"),
        mark=rgb("#8d4c73"),
        pale=rgb("#fbeaf2"),
        eye=rgb("#ffffff"),
        nose=rgb("#2c1524"),
        mouthful=rgb("#e8607a"),
    ),
    measures=Measures(
        head_y=-0.1,
        head_width=0.72,
        head_height=0.7,
        eye_x=0.3,
        eye_y=0.08,
        eye_width=0.1,
        eye_height=0.12,
        eye_slant=0.0,
        pupil_width=0.08,
        pupil_height=0.09,
        nose_y=-0.2,
        mouth_y=-0.47,
        smile=0.12,
    ),
    muzzle=lambda x, y: ellipse(x, y + 0.4, 0.38, 0.32),
    nose=lambda x, y: ellipse(x, y, 0.18, 0.12),
    ears=ears,
    gloss=lambda x, y: ellipse(x + 0.06, y - 0.04, 0.06, 0.03),
)
