"""The face of a cat or a dog, or of something between them, whose features vary smoothly over the plane."""

import numpy as np
from numpy.typing import NDArray

from sandbox.pictures.easel import LINE, Easel, Field, ellipse, length, limb, per_picture, triangle
from sandbox.spaces.base import Points

GONE = 0.5  # a part whose distance is raised by as much is nowhere: how a part of one species shrinks away

# Each colour as a cat and as a dog has it: backgrounds and fur lean towards the blue and the orange of the plots.
PAPER = ("#b5dcf4", "#ffd9b3")
FUR = ("#5b8fb8", "#e0924a")
EAR = ("#f2b8c0", "#8a4416")
PALE = ("#eaf4fb", "#fff1df")
MARK = ("#2f6190", "#b5622a")
EYE = ("#f5e663", "#ffffff")
NOSE = ("#e8708a", "#2a1a14")
TONGUE = ("#e8607a", "#f0607a")
WHITE = ("#ffffff", "#ffffff")


def draw_faces(z: Points, dog_share: NDArray[np.float64], size: int) -> Field:
    """Draw faces without noise.

    z (n, 2), the place on the plot as [-1, 1] on both axes, decides the features; dog_share (n,), from 0 for a cat to 1 for
    a dog, the species -> (3, n, size, size), colours from 0 to 1.
    """
    dog = per_picture(dog_share)

    def wave(a: float, b: float) -> Field:  # a feature, from -1 to 1
        return per_picture(np.sin(np.pi * (a * z[:, 0] + b * z[:, 1])))

    def mix(cat: Field | float, as_dog: Field | float) -> Field:
        return np.asarray(cat + dog * (as_dog - cat), dtype=np.float32)

    # No two features share a direction, so hardly any two places of a region look the same.
    ears, lids, light, width, lips = wave(0.7, 1.9), wave(1.9, -1.1), wave(-1.3, 1.5), wave(2.3, 0.4), wave(0.3, 2.6)
    gaze_x, gaze_y = 0.06 * wave(1.7, 0.0), 0.04 * wave(0.0, 1.7)
    whole = Easel.blank(dog, PAPER, size)
    no_dog, no_cat = GONE * dog, GONE * (1 - dog)

    # The head; a cat's ears are one piece with it.
    x, y = abs(whole.x), whole.y
    head_x = mix(0.72, 0.52) * (1 + 0.1 * width)
    cat_ear = triangle(x, y, (0.08, 0.2), (head_x - 0.08, 0.74 + 0.12 * ears), (0.92 * head_x, -0.1)) + no_dog
    head = ellipse(x, y - mix(-0.27, -0.02), head_x, mix(0.56, 0.8))
    whole.outlined(np.minimum(head, cat_ear), FUR, shade=0.1 * light)
    whole.paint(cat_ear + 0.09, EAR)

    # Markings: a cat's stripes on the forehead, a dog's patch around one eye.
    brow = whole.crop(-0.5, 0.5, -0.1, 0.6)
    x, y = abs(brow.x), brow.y
    stripes = np.minimum(
        limb(x, y, (0.0, 0.24), (0.0, 0.0), 0.05, 0.03), limb(x, y, (0.2, 0.21), (0.16, 0.05), 0.05, 0.03)
    )
    brow.paint(stripes + no_dog, MARK)
    brow.paint(ellipse(brow.x - 0.22, y - 0.24, 0.22, 0.26) + no_cat, MARK)

    # The eyes: a slit in a wide almond, or a round pupil in a round eye; the lids close over both.
    face = whole.crop(-0.65, 0.65, -0.45, 0.6)
    x, y = abs(face.x) - mix(0.33, 0.2), face.y - mix(-0.14, 0.22)
    opening = 0.8 + 0.2 * lids
    eye = ellipse(x, y - mix(0.12, 0.0) * x, mix(0.19, 0.13), mix(0.2, 0.16) * opening)
    side = np.sign(face.x)  # undoes the mirror: both eyes look the same way
    pupil = ellipse(x - side * gaze_x, y - gaze_y, mix(0.055, 0.09), mix(0.17, 0.1))
    face.outlined(eye, EYE)
    face.paint(np.maximum(pupil, eye), LINE)
    face.paint(np.maximum(ellipse(x - side * (gaze_x - 0.03), y - gaze_y - 0.04, 0.03, 0.03), eye), WHITE)

    # The muzzle, a dog's tongue hanging out from under it.
    low_face = whole.crop(-0.6, 0.6, -1.0, 0.15)
    x, y = abs(low_face.x), low_face.y
    tongue = limb(x, y, (0.0, -0.5), (0.0, -0.73 - 0.08 * lips), 0.13, 0.11) + no_cat
    low_face.outlined(tongue, TONGUE)
    muzzle = mix(ellipse(x - 0.13, y + 0.55, 0.2, 0.16), ellipse(x - 0.1, y + 0.34, 0.3, 0.34))
    low_face.paint(muzzle, PALE)
    mouth, curl = mix(-0.53, -0.45), mix(0.12, 0.17)
    smile = np.maximum(abs(length(x - curl, y - mouth) - curl), y - mouth)
    stem = limb(x, y, (0.0, mouth + 0.2), (0.0, mouth), 0.0, 0.0)
    low_face.paint(np.minimum(smile, stem) - 0.03, LINE)
    nose_y = mix(-0.38, -0.17)
    nose = mix(triangle(x, y - nose_y, (-0.13, 0.07), (0.13, 0.07), (0.0, -0.1)), ellipse(x, y - nose_y, 0.2, 0.14))
    low_face.outlined(nose, NOSE)
    low_face.paint(ellipse(low_face.x + 0.07, y - nose_y - 0.05, 0.06, 0.03) + no_cat, WHITE)

    # In front of all: a cat's whiskers, a dog's hanging ears.
    cheeks = whole.crop(-1.0, 1.0, -0.85, -0.25)
    for start, end in ((-0.46, -0.36), (-0.54, -0.56), (-0.62, -0.76)):
        cheeks.paint(limb(abs(cheeks.x), cheeks.y, (0.42, start), (0.95, end), 0.025, 0.025) + no_dog, LINE)
    sides = whole.crop(-1.0, 1.0, -0.55, 0.75)
    dog_ear = limb(abs(sides.x), sides.y, (head_x - 0.01, 0.5), (head_x + 0.16, -0.1 - 0.15 * ears), 0.13, 0.2)
    sides.outlined(dog_ear + no_cat, EAR)
    return whole.colours
