"""Painting with signed distances, many pictures at once.

A part of a drawing is the distance to its border, negative inside, on a grid that runs from -1 to 1 with y upwards. The
distance at the middle of a pixel says how much of it the part covers, so edges are smooth at any size; and the mean of two
distances is a shape half-way between two shapes.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating]  # float32; one number for each picture (n, 1, 1), or for each of its pixels (n, h, w)
Colour = NDArray[np.floating]  # red, green and blue from 0 to 1: (3, 1, 1, 1), or (3, n, 1, 1) if the pictures differ
Corner = tuple[Field | float, Field | float]

INK = 0.05  # width of the outlines


@dataclass(frozen=True)
class Surface(ABC):
    """What can be painted on, or a window of it: what is painted on a window is painted on the whole."""

    x: Field  # (w,)
    y: Field  # (h, 1)
    line: Colour  # of the outlines

    @abstractmethod
    def crop(self, left: float, right: float, bottom: float, top: float) -> "Surface":
        """Cut out a window that holds a part with some room to spare: fewer pixels to work out."""

    @abstractmethod
    def paint(self, distance: Field, colour: Colour, shade: Field | float = 0.0) -> None:
        """Cover the pixels inside, and in part those that the border crosses; shade lightens or darkens the colour."""

    def outlined(self, distance: Field, colour: Colour, shade: Field | float = 0.0) -> None:
        """As paint, with a line around it."""
        self.paint(distance - INK, self.line)
        self.paint(distance, colour, shade)


@dataclass(frozen=True)
class Easel(Surface):
    """Pictures in the making."""

    colours: Field  # (3, n, h, w), from 0 to 1
    pixel: float

    @classmethod
    def blank(cls, n: int, size: int, paper: Colour, line: Colour) -> "Easel":
        """Begin n square pictures of this many pixels on coloured paper."""
        across = ((np.arange(size, dtype=np.float32) + 0.5) * 2 / size - 1).astype(np.float32)
        easel = cls(across, -across[:, None], line, np.empty((3, n, size, size), np.float32), 2 / size)
        easel.colours[:] = paper
        return easel

    def crop(self, left: float, right: float, bottom: float, top: float) -> "Easel":
        columns = slice(*np.searchsorted(self.x, (left, right)))
        rows = slice(*np.searchsorted(-self.y[:, 0], (-top, -bottom)))
        return Easel(self.x[columns], self.y[rows], self.line, self.colours[:, :, rows, columns], self.pixel)

    def paint(self, distance: Field, colour: Colour, shade: Field | float = 0.0) -> None:
        cover = np.clip(0.5 - distance / self.pixel, 0, 1)  # (n, h, w)
        change = colour + shade - self.colours  # (3, n, h, w)
        change *= cover
        self.colours[:] += change


def rgb(code: str) -> Colour:
    """Read a colour such as "#0072b2": (3, 1, 1, 1)."""
    return np.array([*bytes.fromhex(code[1:])], np.float32)[:, None, None, None] / 255


def length(x: Field | float, y: Field | float) -> Field:
    """As np.hypot, several times as quick."""
    return np.sqrt(np.square(x) + np.square(y))


def ellipse(x: Field, y: Field, rx: Field | float, ry: Field | float) -> Field:
    """Distance to an ellipse around the origin, right to first order at its border."""
    level = length(x / rx, y / ry)
    slope = length(x / rx**2, y / ry**2)
    return level * (level - 1) / np.maximum(slope, 1e-6)


def limb(x: Field, y: Field, start: Corner, end: Corner, thin: float, thick: float) -> Field:
    """Distance to a line from start to end that is as thick (from its middle) as said at either end."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    x, y = x - start[0], y - start[1]
    way = np.clip((x * along_x + y * along_y) / (along_x**2 + along_y**2), 0, 1)
    return length(x - way * along_x, y - way * along_y) - (thin + way * (thick - thin))


def triangle(x: Field, y: Field, a: Corner, b: Corner, c: Corner) -> Field:
    """Distance to a triangle, its corners clockwise: to the line of the side that is farthest outwards."""
    sides = []
    for start, end in ((a, b), (b, c), (c, a)):
        along_x, along_y = end[0] - start[0], end[1] - start[1]
        sides.append(((y - start[1]) * along_x - (x - start[0]) * along_y) / length(along_x, along_y))
    return np.maximum(np.maximum(sides[0], sides[1]), sides[2])


def per_picture(values: NDArray[np.float64]) -> Field:
    """(n,) -> (n, 1, 1), to go with the pixels."""
    return values.astype(np.float32)[:, None, None]
