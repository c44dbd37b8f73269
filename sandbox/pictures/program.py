"""The decoder as data: the list of what it does, for whoever draws the same pictures without Python.

The list is taken down by running `decoder` and `faces` once, on values that record what is done with them, so a picture
that is drawn from it is the same but for rounding, and so is a new animal's.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, cast

import numpy as np

from sandbox.pictures import decoder
from sandbox.pictures.easel import Colour, Field, Surface
from sandbox.pictures.faces import Line, features_at, paint_faces
from sandbox.pictures.mixture import Mixture
from sandbox.pictures.recorded import CHANNELS, OPERATIONS, Entry, Recorded, Tape
from sandbox.pictures.zoo import animal

Window = tuple[float, float, float, float]  # left, right, bottom, top
WHOLE: Window = (-1.0, 1.0, -1.0, 1.0)


@dataclass
class Notes:
    """What all windows of a sketch share: the places of the windows and the painting steps, in order."""

    tape: Tape
    windows: list[Window]
    steps: list[tuple[int, ...]]  # window, distance, red, green, blue

    def rank(self, window: Window) -> int:
        """The number of a window, from 0."""
        if window not in self.windows:
            self.windows.append(window)
        return self.windows.index(window)


@dataclass(frozen=True)
class Sketch(Surface):
    """A surface that takes down what is painted on it."""

    notes: Notes
    window: Window

    @classmethod
    def of(cls, notes: Notes, line: Colour, window: Window = WHOLE) -> "Sketch":
        """A surface, or a window of it, with x and y of its own."""
        rank = notes.rank(window)
        x, y = (cast(Field, notes.tape.input(axis, rank)) for axis in "xy")
        return cls(x, y, line, notes, window)

    def crop(self, left: float, right: float, bottom: float, top: float) -> "Sketch":
        outer = self.window
        window = max(left, outer[0]), min(right, outer[1]), max(bottom, outer[2]), min(top, outer[3])
        return Sketch.of(self.notes, self.line, window)

    def paint(self, distance: Field, colour: Colour, shade: Field | float = 0.0) -> None:
        parts = self.notes.tape.parts
        rank = self.notes.rank(self.window)
        self.notes.steps.append((rank, *parts(distance), *_three(parts(colour + shade))))


@cache
def program(animals: int) -> dict[str, Any]:
    """How to draw the pictures of a space with so many regions, ready for JSON.

    animals, grey, first     number of regions, level of the tile that says "no picture", name of the region whose animal is
                             the first wherever the region stands; the others follow in their order
    grain                    of the noise: levels (3, side, side), from 0 to 255, in base64
    constants, nodes         values numbered from 0, the constants first. A node is [name, ...]: an operation of
                             `recorded.OPERATIONS` with the numbers of its arguments, or an input:
                               ["place", axis]  the point, space units; ["low"] and ["high"], the ends of the plot
                               ["distance", k]  signed, to the region of the k-th animal, space units
                               ["x", window], ["y", window]  the middle of each pixel, -1 to 1, y upwards
                             The constant "Infinity" stands for what JSON has no number for.
    noise, paper             values: the noise's share; red, green and blue of the bare picture, 0 to 1
    windows                  [left, right, bottom, top]: its pixels have left <= x < right and bottom < y <= top
    steps                    [window, distance, red, green, blue], in order, the last four values: where the distance is d,
                             the colour covers clip(0.5 - d / pixel, 0, 1) of what is there, pixel the width of one
    """
    notes = Notes(Tape(), [WHOLE], [])
    tape = notes.tape
    place = [_line(tape.input("place", axis)) for axis in (0, 1)]
    low, high = (cast(float, tape.input(end)) for end in ("low", "high"))
    distances = [_line(tape.input("distance", k)) for k in range(animals)]

    z1, z2 = (decoder.on_plot(each, low, high) for each in place)
    mixture = Mixture([animal(k) for k in range(animals)], decoder.shares_at(distances))
    noise = decoder.noise_at(reduce(np.minimum, distances))
    features = features_at((z1, z2), mixture.measures.head_width)
    paint_faces(Sketch.of(notes, mixture.colours.line), mixture, features)

    paper = _three(tape.parts(mixture.colours.paper))
    roots = [*tape.parts(noise), *paper, *(value for step in notes.steps for value in step[1:])]
    number, constants, nodes = _renumbered(tape.entries, roots)
    levels = (255 * decoder.grain() + 0.5).astype(np.uint8)
    return {
        "animals": animals,
        "grey": decoder.GREY,
        "first": decoder.FIRST,
        "grain": {"side": decoder.GRAINS, "levels": base64.b64encode(levels.tobytes()).decode()},
        "constants": [value if np.isfinite(value) else str(value).replace("inf", "Infinity") for value in constants],
        "nodes": nodes,
        "noise": number[tape.parts(noise)[0]],
        "paper": [number[value] for value in paper],
        "windows": [[*window] for window in notes.windows],
        "steps": [[window, *(number[value] for value in values)] for window, *values in notes.steps],
    }


def _three(parts: tuple[int, ...]) -> tuple[int, ...]:
    return parts if len(parts) == CHANNELS else parts * CHANNELS


def _line(value: Recorded) -> Line:
    return cast(Line, value)


def _renumbered(
    entries: list[Entry | float], roots: Iterable[int]
) -> tuple[dict[int, int], list[float], list[list[str | int]]]:
    """What the roots need, and no more: the new number of each entry, the constants, and the nodes after them."""
    needed, waiting = set[int](), [*roots]
    while waiting:
        entry = entries[index := waiting.pop()]
        if index not in needed and not isinstance(entry, float) and _has_arguments(entry):
            waiting += entry[1]
        needed.add(index)
    kept = sorted(needed, key=lambda index: (not isinstance(entries[index], float), index))
    number = {index: rank for rank, index in enumerate(kept)}
    constants, nodes = list[float](), list[list[str | int]]()
    for entry in (entries[index] for index in kept):
        if isinstance(entry, float):
            constants.append(entry)
        else:
            nodes.append([entry[0], *((number[arg] for arg in entry[1]) if _has_arguments(entry) else entry[1])])
    return number, constants, nodes


def _has_arguments(entry: Entry) -> bool:
    return entry[0] in OPERATIONS
