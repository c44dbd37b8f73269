"""A toy decoder: the picture that a point of the latent space stands for.

An image generator works in a latent space, and its last step decodes a latent point to pixels. Here that step is drawn,
not learned: the point decodes to the face of a cat or a dog. Three things of the point z = (z1, z2) make its picture:

    species   s(z) in [0, 1], 0 a cat and 1 a dog, from the difference of the distances to the two regions
    features  size of the ears, opening of the eyes, gaze, ...: smooth waves over the plane
    noise     w(z) = 1 - exp(-(d / 0.3)^2) with d the distance to the nearest region, 0 inside one

    picture = (1 - w) face(species, features) + w noise

So neighbouring points have similar pictures, and a point in no region is seen to mean nothing. All parts of a face are
signed distances (negative inside, as in the regions) on a grid that runs from -1 to 1 with y upwards. The distance at the
middle of a pixel says how much of it the part covers, so that edges are smooth at any size; and the mean of two distances
is a shape half-way between two shapes, which is how a cat turns into a dog.
"""

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sandbox.spaces.animals import CAT
from sandbox.spaces.base import Points, Space

Field = NDArray[np.floating]  # float32; one number for each picture (n, 1, 1), or for each of its pixels (n, h, w)
Corner = tuple[Field | float, Field | float]
Pixels = NDArray[np.uint8]

GREY = 160  # the tile that says "no picture"
AT_ONCE = 8  # pictures drawn together: as many as the processor's cache holds, nearly twice as quick as all at once
REACH = 0.3  # space units from the border at which the noise has taken over 63 % of the picture, 98 % at twice as far
BLEND = 0.3  # the cat begins to turn into a dog where the two regions' distances differ by less than this, space units
INK = 0.05  # width of the outlines
GONE = 0.5  # a part whose distance is raised by as much is nowhere: how a part of one species shrinks away

# Each colour as a cat and as a dog has it: backgrounds and fur lean towards the blue and the orange of the plots.
PAPER = ("#b5dcf4", "#ffd9b3")
FUR = ("#5b8fb8", "#e0924a")
EAR = ("#f2b8c0", "#8a4416")
PALE = ("#eaf4fb", "#fff1df")
MARK = ("#2f6190", "#b5622a")
EYE = ("#f5e663", "#ffffff")
NOSE = ("#e8708a", "#2a1a14")
LINE = ("#10263a", "#2e1608")
TONGUE = ("#e8607a", "#f0607a")
WHITE = ("#ffffff", "#ffffff")


def decode(points: Points, space: Space, size: int = 96) -> Pixels:
    """Draw the picture that each point stands for.

    points (n, 2), space units -> (n, size, size, 3), red, green and blue from 0 to 255. The same point always has the
    same picture. A point that is not finite has a plain grey one.
    """
    finite = np.all(np.isfinite(points), axis=1)
    low, high = space.bounds
    # Beyond three times the width of the plot there is but noise: clipped there, no number overflows.
    places = np.clip(np.where(finite[:, None], points, 0.0), 2 * low - high, 2 * high - low)
    pictures = np.full((len(points), size, size, 3), GREY, dtype=np.uint8)
    for some in np.array_split(np.flatnonzero(finite), -(-len(points) // AT_ONCE) or 1):
        noise = _per_picture(noise_share(places[some], space))
        mixed = (1 - noise) * _faces(places[some], space, size) + noise * _noise(size)[:, None]  # (3, n, size, size)
        pictures[some] = (255 * mixed + 0.5).astype(np.uint8).transpose(1, 2, 3, 0)
    return pictures


def noise_share(points: Points, space: Space) -> NDArray[np.float64]:
    """How much of a picture is noise, w: (n, 2), space units -> (n,), 0 inside the regions and 1 far from them."""
    outside = np.maximum(space.distance(points), 0.0)
    return 1 - np.exp(-((outside / REACH) ** 2))


def dog_share(points: Points, space: Space) -> NDArray[np.float64]:
    """How far a face is that of a dog, s: (n, 2), space units -> (n,) from 0, a cat, to 1.

    The cat's region is the one called CAT, or the first if none is; all others are the dog's.
    """
    cat = next((region for region in space.regions if region.name == CAT), space.regions[0])
    dogs = [region.signed_distance(points) for region in space.regions if region is not cat]
    nearest = np.min(dogs, axis=0) if dogs else np.full(len(points), np.inf)
    s: NDArray[np.float64] = np.clip(0.5 + (cat.signed_distance(points) - nearest) / (2 * BLEND), 0.0, 1.0)
    return s**2 * (3 - 2 * s)  # without a kink at either end


def contact_sheet(pictures: Pixels, columns: int, gap: int = 6) -> Pixels:
    """Lay the pictures out in rows, left to right and top to bottom.

    (n, size, size, 3) -> (height, width, 4), the last an opacity: the gaps, in pixels, let a light or a dark page through.
    """
    n, size = pictures.shape[:2]
    rows, step = max(1, -(-n // columns)), size + gap
    sheet = np.zeros((rows * step - gap, columns * step - gap, 4), dtype=np.uint8)
    for i, picture in enumerate(pictures):
        top, left = i // columns * step, i % columns * step
        sheet[top : top + size, left : left + size, :3] = picture
        sheet[top : top + size, left : left + size, 3] = 255
    return sheet


def png(image: Pixels) -> bytes:
    """Encode an image as a PNG file: (height, width, 3) or, with an opacity, (height, width, 4)."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG")
    return file.getvalue()


def _faces(points: Points, space: Space, size: int) -> Field:
    """Draw the faces without noise: (n, 2) -> (3, n, size, size), colours from 0 to 1."""
    dog = _per_picture(dog_share(points, space))
    low, high = space.bounds
    z = (2 * points - low - high) / (high - low)  # the plot is [-1, 1] on both axes

    def wave(a: float, b: float) -> Field:  # a feature, from -1 to 1
        return _per_picture(np.sin(np.pi * (a * z[:, 0] + b * z[:, 1])))

    def mix(cat: Field | float, as_dog: Field | float) -> Field:
        return np.asarray(cat + dog * (as_dog - cat), dtype=np.float32)

    # No two features share a direction, so hardly any two places of a region look the same.
    ears, lids, light, width, lips = wave(0.7, 1.9), wave(1.9, -1.1), wave(-1.3, 1.5), wave(2.3, 0.4), wave(0.3, 2.6)
    gaze_x, gaze_y = 0.06 * wave(1.7, 0.0), 0.04 * wave(0.0, 1.7)
    whole = _Easel.blank(dog, size)
    no_dog, no_cat = GONE * dog, GONE * (1 - dog)

    # The head; a cat's ears are one piece with it.
    x, y = abs(whole.x), whole.y
    head_x = mix(0.72, 0.52) * (1 + 0.1 * width)
    cat_ear = _triangle(x, y, (0.08, 0.2), (head_x - 0.08, 0.74 + 0.12 * ears), (0.92 * head_x, -0.1)) + no_dog
    head = _ellipse(x, y - mix(-0.27, -0.02), head_x, mix(0.56, 0.8))
    whole.outlined(np.minimum(head, cat_ear), FUR, shade=0.1 * light)
    whole.paint(cat_ear + 0.09, EAR)

    # Markings: a cat's stripes on the forehead, a dog's patch around one eye.
    brow = whole.crop(-0.5, 0.5, -0.1, 0.6)
    x, y = abs(brow.x), brow.y
    stripes = np.minimum(
        _limb(x, y, (0.0, 0.24), (0.0, 0.0), 0.05, 0.03), _limb(x, y, (0.2, 0.21), (0.16, 0.05), 0.05, 0.03)
    )
    brow.paint(stripes + no_dog, MARK)
    brow.paint(_ellipse(brow.x - 0.22, y - 0.24, 0.22, 0.26) + no_cat, MARK)

    # The eyes: a slit in a wide almond, or a round pupil in a round eye; the lids close over both.
    face = whole.crop(-0.65, 0.65, -0.45, 0.6)
    x, y = abs(face.x) - mix(0.33, 0.2), face.y - mix(-0.14, 0.22)
    opening = 0.8 + 0.2 * lids
    eye = _ellipse(x, y - mix(0.12, 0.0) * x, mix(0.19, 0.13), mix(0.2, 0.16) * opening)
    side = np.sign(face.x)  # undoes the mirror: both eyes look the same way
    pupil = _ellipse(x - side * gaze_x, y - gaze_y, mix(0.055, 0.09), mix(0.17, 0.1))
    face.outlined(eye, EYE)
    face.paint(np.maximum(pupil, eye), LINE)
    face.paint(np.maximum(_ellipse(x - side * (gaze_x - 0.03), y - gaze_y - 0.04, 0.03, 0.03), eye), WHITE)

    # The muzzle, a dog's tongue hanging out from under it.
    low_face = whole.crop(-0.6, 0.6, -1.0, 0.15)
    x, y = abs(low_face.x), low_face.y
    tongue = _limb(x, y, (0.0, -0.5), (0.0, -0.73 - 0.08 * lips), 0.13, 0.11) + no_cat
    low_face.outlined(tongue, TONGUE)
    muzzle = mix(_ellipse(x - 0.13, y + 0.55, 0.2, 0.16), _ellipse(x - 0.1, y + 0.34, 0.3, 0.34))
    low_face.paint(muzzle, PALE)
    mouth, curl = mix(-0.53, -0.45), mix(0.12, 0.17)
    smile = np.maximum(abs(_length(x - curl, y - mouth) - curl), y - mouth)
    stem = _limb(x, y, (0.0, mouth + 0.2), (0.0, mouth), 0.0, 0.0)
    low_face.paint(np.minimum(smile, stem) - 0.03, LINE)
    nose_y = mix(-0.38, -0.17)
    nose = mix(_triangle(x, y - nose_y, (-0.13, 0.07), (0.13, 0.07), (0.0, -0.1)), _ellipse(x, y - nose_y, 0.2, 0.14))
    low_face.outlined(nose, NOSE)
    low_face.paint(_ellipse(low_face.x + 0.07, y - nose_y - 0.05, 0.06, 0.03) + no_cat, WHITE)

    # In front of all: a cat's whiskers, a dog's hanging ears.
    cheeks = whole.crop(-1.0, 1.0, -0.85, -0.25)
    for start, end in ((-0.46, -0.36), (-0.54, -0.56), (-0.62, -0.76)):
        cheeks.paint(_limb(abs(cheeks.x), cheeks.y, (0.42, start), (0.95, end), 0.025, 0.025) + no_dog, LINE)
    sides = whole.crop(-1.0, 1.0, -0.55, 0.75)
    dog_ear = _limb(abs(sides.x), sides.y, (head_x - 0.01, 0.5), (head_x + 0.16, -0.1 - 0.15 * ears), 0.13, 0.2)
    sides.outlined(dog_ear + no_cat, EAR)
    return whole.colours


@dataclass(frozen=True)
class _Easel:
    """A picture in the making, or a window of it: what is painted on a window is painted on the whole."""

    colours: Field  # (3, n, h, w), from 0 to 1
    x: Field  # (w,)
    y: Field  # (h, 1)
    pixel: float
    dog: Field  # (n, 1, 1), for colours that differ by species

    @classmethod
    def blank(cls, dog: Field, size: int) -> "_Easel":
        across = ((np.arange(size, dtype=np.float32) + 0.5) * 2 / size - 1).astype(np.float32)
        easel = cls(np.empty((3, len(dog), size, size), np.float32), across, -across[:, None], 2 / size, dog)
        easel.colours[:] = easel.blend(PAPER)
        return easel

    def crop(self, left: float, right: float, bottom: float, top: float) -> "_Easel":
        """Cut out a window that holds a part with some room to spare: fewer pixels to work out."""
        columns = slice(*np.searchsorted(self.x, (left, right)))
        rows = slice(*np.searchsorted(-self.y[:, 0], (-top, -bottom)))
        return _Easel(self.colours[:, :, rows, columns], self.x[columns], self.y[rows], self.pixel, self.dog)

    def blend(self, pair: tuple[str, str]) -> Field:
        """Mix a cat's and a dog's colour: (3, n, 1, 1)."""
        cat, dog = (np.array([*bytes.fromhex(colour[1:])], np.float32)[:, None, None, None] / 255 for colour in pair)
        return cat + self.dog * (dog - cat)

    def paint(self, distance: Field, pair: tuple[str, str], shade: Field | float = 0.0) -> None:
        """Cover the pixels inside, and in part those that the border crosses; shade lightens or darkens the colour."""
        cover = np.clip(0.5 - distance / self.pixel, 0, 1)  # (n, h, w)
        change = self.blend(pair) + shade - self.colours  # (3, n, h, w)
        change *= cover
        self.colours[:] += change

    def outlined(self, distance: Field, pair: tuple[str, str], shade: Field | float = 0.0) -> None:
        """As paint, with a line around it."""
        self.paint(distance - INK, LINE)
        self.paint(distance, pair, shade)


def _length(x: Field | float, y: Field | float) -> Field:
    """As np.hypot, several times as quick."""
    length: Field = np.sqrt(np.square(x) + np.square(y))
    return length


def _ellipse(x: Field, y: Field, rx: Field | float, ry: Field | float) -> Field:
    """Distance to an ellipse around the origin, right to first order at its border."""
    level = _length(x / rx, y / ry)
    slope = _length(x / rx**2, y / ry**2)
    return level * (level - 1) / np.maximum(slope, 1e-6)


def _limb(x: Field, y: Field, start: Corner, end: Corner, thin: float, thick: float) -> Field:
    """Distance to a line from start to end that is as thick (from its middle) as said at either end."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    x, y = x - start[0], y - start[1]
    way = np.clip((x * along_x + y * along_y) / (along_x**2 + along_y**2), 0, 1)
    return _length(x - way * along_x, y - way * along_y) - (thin + way * (thick - thin))


def _triangle(x: Field, y: Field, a: Corner, b: Corner, c: Corner) -> Field:
    """Distance to a triangle, its corners clockwise: to the line of the side that is farthest outwards."""
    sides = []
    for start, end in ((a, b), (b, c), (c, a)):
        along_x, along_y = end[0] - start[0], end[1] - start[1]
        sides.append(((y - start[1]) * along_x - (x - start[0]) * along_y) / _length(along_x, along_y))
    return np.maximum(np.maximum(sides[0], sides[1]), sides[2])


def _per_picture(values: NDArray[np.float64]) -> Field:
    """(n,) -> (n, 1, 1), to go with the pixels."""
    return values.astype(np.float32)[:, None, None]


@cache
def _noise(size: int) -> Field:
    """Return the noise that every picture dissolves into, always the same: (3, size, size), from 0 to 1."""
    rng = np.random.default_rng(0)
    grain = (rng.random((1, 48, 48), np.float32) + rng.random((3, 48, 48), np.float32)) / 2  # half of it is grey
    at = np.arange(size) * 48 // size  # grains, not pixels: as coarse in a large picture as in a small one
    return grain[:, at[:, None], at]
