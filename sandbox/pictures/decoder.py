"""A toy decoder: the picture that a point of the latent space stands for.

An image generator works in a latent space, and its last step decodes a latent point to pixels. Here that step is drawn,
not learned: every region has an animal of its own, and a point decodes to the face of one. Three things of the point
z = (z1, z2) make its picture:

    species   s_k(z) in [0, 1], the share of region k's animal, from the differences of the distances to the regions
    features  size of the ears, opening of the eyes, gaze, ...: smooth waves over the plane
    noise     w(z) = 1 - exp(-(d / 0.3)^2) with d the distance to the nearest region, 0 inside one

    picture = (1 - w) face(species, features) + w noise

So neighbouring points have similar pictures, and a point in no region is seen to mean nothing. The faces themselves are
drawn in `sandbox.pictures.faces`.
"""

import io
from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sandbox.pictures.easel import Field, per_picture
from sandbox.pictures.faces import Line, Points, draw_faces

Pixels = NDArray[np.uint8]

FIRST = "CAT"  # the region that has the first animal, wherever it stands among the others
GREY = 160  # the tile that says "no picture"
AT_ONCE = 8  # pictures drawn together: as many as the processor's cache holds, nearly twice as quick as all at once
REACH = 0.3  # space units from the border at which the noise has taken over 63 % of the picture, 98 % at twice as far
GRAINS = 48  # of the noise, in a row and in a column
BLEND = 0.3  # an animal begins to turn into the next where the regions' distances differ by less than this, space units


class Region(Protocol):
    """What the decoder asks of a region of the plane."""

    @property
    def name(self) -> str: ...

    def signed_distance(self, points: Points) -> Line:
        """Distance to its border, negative inside: (n, 2) -> (n,), space units."""


class Space(Protocol):
    """What the decoder asks of a space that is a plane."""

    @property
    def regions(self) -> Sequence[Region]: ...

    @property
    def bounds(self) -> tuple[float, float]:
        """Of the plot, the same on both axes."""

    def distance(self, points: Points) -> Line:
        """Signed distance to the nearest region: (n, 2) -> (n,), space units."""


def decode(points: Points, space: Space, size: int = 96) -> Pixels:
    """Draw the picture that each point stands for.

    points (n, 2), space units -> (n, size, size, 3), red, green and blue from 0 to 255. The same point always has the
    same picture. A point that is not finite has a plain grey one.
    """
    finite = np.all(np.isfinite(points), axis=1)
    low, high = space.bounds
    # Beyond three times the width of the plot there is but noise: clipped there, no number overflows.
    places = np.clip(np.where(finite[:, None], points, 0.0), 2 * low - high, 2 * high - low)
    z = on_plot(places, low, high)
    pictures = np.full((len(points), size, size, 3), GREY, dtype=np.uint8)
    for some in np.array_split(np.flatnonzero(finite), -(-len(points) // AT_ONCE) or 1):
        noise = per_picture(noise_share(places[some], space))
        faces = draw_faces(z[some], species_share(places[some], space), size)  # (3, n, size, size)
        mixed = (1 - noise) * faces + noise * _noise(size)[:, None]
        pictures[some] = (255 * mixed + 0.5).astype(np.uint8).transpose(1, 2, 3, 0)
    return pictures


def on_plot(places: Points, low: float, high: float) -> Points:
    """Places of a plot from low to high, space units, as [-1, 1] on both axes."""
    return (2 * places - low - high) / (high - low)


def noise_share(points: Points, space: Space) -> NDArray[np.float64]:
    """How much of a picture is noise, w: (n, 2), space units -> (n,), 0 inside the regions and 1 far from them."""
    return noise_at(space.distance(points))


def noise_at(distance: Line) -> Line:
    """The noise's share at this distance from the nearest region, space units, negative inside: (n,) -> (n,)."""
    outside = np.maximum(distance, 0.0)
    return 1 - np.exp(-((outside / REACH) ** 2))


def species_share(points: Points, space: Space) -> NDArray[np.float64]:
    """How much of each region's animal there is in a face: (n, 2), space units -> (n, regions), from 0 to 1 with the sum 1.

    The columns are in the order of the animals: the region called FIRST, if there is one, and then the others as they come.
    """
    regions = sorted(space.regions, key=lambda region: region.name != FIRST)
    return np.stack(shares_at([region.signed_distance(points) for region in regions]), axis=1)


def shares_at(distances: Sequence[Line]) -> list[Line]:
    """Each animal's share at these distances from the regions, in the order of the animals: (n,) each."""
    steps = []
    for k, distance in enumerate(distances):
        nearest_other: Line | float = np.inf
        for other in (*distances[:k], *distances[k + 1 :]):
            nearest_other = np.minimum(nearest_other, other)
        s = np.clip(0.5 + (nearest_other - distance) / (2 * BLEND), 0.0, 1.0)
        steps.append(s**2 * (3 - 2 * s))  # without a kink at either end
    total = sum(steps)  # of two regions 1, more where a third is near
    return [step / total for step in steps]


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


@cache
def _noise(size: int) -> Field:
    """Return the noise that every picture dissolves into, always the same: (3, size, size), from 0 to 1."""
    at = np.arange(size) * GRAINS // size  # grains, not pixels: as coarse in a large picture as in a small one
    return grain()[:, at[:, None], at]


def grain() -> Field:
    """Return one number for each grain of the noise and each colour: (3, GRAINS, GRAINS), from 0 to 1."""
    rng = np.random.default_rng(0)
    grey, colours = (rng.random((n, GRAINS, GRAINS), np.float32) for n in (1, 3))
    return (grey + colours) / 2
