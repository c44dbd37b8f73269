"""The faces of animals, or of something between them: with the features of a place of the plane, or with any others."""

import numpy as np
from numpy.typing import NDArray

from sandbox.pictures.easel import Easel, Field, Surface, ellipse, length, limb, per_picture, rgb
from sandbox.pictures.mixture import Mixture
from sandbox.pictures.species import Features, Number
from sandbox.pictures.zoo import animal

Line = NDArray[np.float64]  # one number for each picture, (n,)
Points = NDArray[np.float64]  # (n, 2)

WHITE = rgb("#ffffff")


def draw_faces(z: Points, shares: NDArray[np.float64], size: int) -> Field:
    """Draw faces without noise.

    z (n, 2), the place on the plot as [-1, 1] on both axes, decides the features; shares (n, k), 0 or more with the sum 1,
    how much of each of the first k animals there is in a face -> (3, n, size, size), colours from 0 to 1.
    """
    mixture = Mixture([animal(k) for k in range(shares.shape[1])], shares.T)
    return draw_mixture(mixture, features_at((z[:, 0], z[:, 1]), mixture.measures.head_width), size)


def draw_mixture(mixture: Mixture, features: Features, size: int) -> Field:
    """Draw faces of these features without noise: (3, n, size, size), colours from 0 to 1 as the mixture's are."""
    whole = Easel.blank(len(mixture.shares[0]), size, mixture.colours.paper, mixture.colours.line)
    paint_faces(whole, mixture, features)
    return whole.colours


def paint_faces(whole: Surface, mixture: Mixture, features: Features) -> None:
    """Paint faces on paper of their colour."""
    present = list(mixture.present())
    colours, measures = mixture.colours, mixture.measures

    # The head, in one piece with upright ears.
    x, y = whole.x, whole.y
    head = ellipse(x, y - measures.head_y, features.half_width, measures.head_height)
    ears = [one.ears(x, y, features) + gone for one, gone in present if one.ears]
    for ear in ears:
        head = np.minimum(head, ear)
    whole.outlined(head, colours.fur, shade=0.1 * features.light)
    for ear in ears:
        whole.paint(ear + 0.09, colours.ear)

    brow = whole.crop(-0.5, 0.5, -0.1, 0.6)
    for one, gone in present:
        if one.marks:
            brow.paint(one.marks(brow.x, brow.y, features) + gone, colours.mark)

    # The eyes; the lids close over the pupils too.
    face = whole.crop(-0.65, 0.65, -0.45, 0.6)
    x, y = abs(face.x) - measures.eye_x, face.y - measures.eye_y
    opening = 0.8 + 0.2 * features.lids
    eye = ellipse(x, y - measures.eye_slant * x, measures.eye_width, measures.eye_height * opening)
    side = np.sign(face.x)  # undoes the mirror: both eyes look the same way
    pupil = ellipse(x - side * features.gaze_x, y - features.gaze_y, measures.pupil_width, measures.pupil_height)
    glint = ellipse(x - side * (features.gaze_x - 0.03), y - features.gaze_y - 0.04, 0.03, 0.03)
    face.outlined(eye, colours.eye)
    face.paint(np.maximum(pupil, eye), colours.line)
    face.paint(np.maximum(glint, eye), WHITE)

    # The muzzle and what shows from under it, the mouth and the nose.
    low_face = whole.crop(-0.6, 0.6, -1.0, 0.15)
    x, y = low_face.x, low_face.y
    for one, gone in present:
        if one.mouthful:
            low_face.outlined(one.mouthful(x, y, features) + gone, colours.mouthful)
    low_face.paint(mixture.mean([one.muzzle(x, y) for one in mixture.species]), colours.pale)
    mouth, curl = measures.mouth_y, measures.smile
    smile = np.maximum(abs(length(abs(x) - curl, y - mouth) - curl), y - mouth)
    stem = limb(x, y, (0.0, mouth + 0.2), (0.0, mouth), 0.0, 0.0)
    low_face.paint(np.minimum(smile, stem) - 0.03, colours.line)
    y = y - measures.nose_y
    low_face.outlined(mixture.mean([one.nose(x, y) for one in mixture.species]), colours.nose)
    for one, gone in present:
        if one.gloss:
            low_face.paint(one.gloss(x, y) + gone, WHITE)

    # In front of all: whiskers and hanging ears.
    cheeks, sides = whole.crop(-1.0, 1.0, -0.85, -0.25), whole.crop(-1.0, 1.0, -0.55, 0.75)
    for one, gone in present:
        for whisker in one.whiskers:
            cheeks.paint(whisker(cheeks.x, cheeks.y) + gone, colours.line)
    for one, gone in present:
        if one.flaps:
            sides.outlined(one.flaps(sides.x, sides.y, features) + gone, colours.ear)


def features_at(z: tuple[Line, Line], head_width: Number) -> Features:
    """The features of the faces at places z as in draw_faces, each coordinate (n,).

    No two share a direction, so hardly any two places look the same.
    """

    def wave(a: float, b: float) -> Field:
        return per_picture(np.sin(np.pi * (a * z[0] + b * z[1])))

    return Features(
        ears=wave(0.7, 1.9),
        lids=wave(1.9, -1.1),
        light=wave(-1.3, 1.5),
        lips=wave(0.3, 2.6),
        gaze_x=0.06 * wave(1.7, 0.0),
        gaze_y=0.04 * wave(0.0, 1.7),
        half_width=head_width * (1 + 0.1 * wave(2.3, 0.4)),
    )
