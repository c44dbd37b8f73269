"""Grids of pictures beyond the plane: real ones, what returns of them, and what methods make of the same R and captions.

A grid is one picture file for a space, with what it shows in its text: a row for real pictures, one for what the autoencoder
returns of them, and one for each entrant and number of steps; under some captions some columns each, as what a method no longer
covers is seen where it is asked the same several times.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sandbox.learned.parts import flat
from sandbox.measure.experiment import Question, answer
from sandbox.results.beyond import Contestant, contestants
from sandbox.results.beyond_cells import label
from sandbox.results.compare import one_thread
from sandbox.results.evidence import FLOW, GUIDED, GUIDED_FLOW, MANY, Entrant
from sandbox.spaces import LearnedSpace, space_named
from sandbox.spaces.learned import AGAIN
from sandbox.weights import store

PICTURES = Path(__file__).parent / "pictures"
SPACES = ("digits-8d", "digits-16d", "pets-8d")
STEPS = (1, 2, 8, 64)
COLUMNS = 10
SEED = 0
LEVELS = 32  # of a colour: what the eye does not see is not kept
TEXT = "grid"
DIGITS = {"a three": 3, "a seven": 3, "an even digit": 2, "a digit": 2}  # captions, and how many columns each has
PETS = {"a red cat with long ears on blue ground": 3, "a dark dog": 3, "a cat on green ground": 2, "an animal": 2}


@dataclass(frozen=True)
class Grid:
    """Pictures (rows, columns, size, size, channels), 0 to 255, and what they are."""

    pixels: NDArray[np.uint8]
    captions: tuple[tuple[str, int], ...]  # and how many columns each has
    rows: tuple[str, ...]
    recognised: tuple[tuple[bool, ...], ...]  # of each picture, whether the judge sees what was asked

    def told(self) -> dict[str, Any]:
        """What it is, without the pictures."""
        rows = [
            {"label": name, "recognised": list(seen)} for name, seen in zip(self.rows, self.recognised, strict=True)
        ]
        return {"captions": [list(each) for each in self.captions], "rows": rows}

    def save(self, path: Path) -> None:
        """As one picture: rows of pictures from the top, what it is in its text."""
        rows, columns, size, _, channels = self.pixels.shape
        sheet = self.pixels.transpose(0, 2, 1, 3, 4).reshape(rows * size, columns * size, channels)
        told = PngInfo()
        told.add_text(TEXT, json.dumps({**self.told(), "size": size}))
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(sheet.squeeze()).save(path, pnginfo=told, optimize=True)

    @classmethod
    def read(cls, path: Path) -> "Grid":
        """A saved one; ValueError where the file is none."""
        with Image.open(path) as image:
            text, sheet = getattr(image, "text", {}).get(TEXT), np.asarray(image)
        if text is None:
            raise ValueError(f"{path} is no grid of pictures: remove it.")
        told = json.loads(text)
        size, rows = told["size"], told["rows"]
        pixels = sheet.reshape(len(rows), size, -1, size, sheet.shape[2] if sheet.ndim == 3 else 1)
        seen = tuple(tuple(map(bool, row["recognised"])) for row in rows)
        captions = tuple((str(text), int(columns)) for text, columns in told["captions"])
        return cls(pixels.transpose(0, 2, 1, 3, 4), captions, tuple(row["label"] for row in rows), seen)


def path_of(space: str) -> Path:
    """Where a space's grid is, or would be."""
    return PICTURES / f"{space}.png"


@lru_cache(maxsize=1)
def every() -> dict[str, Grid]:
    """All grids that are there, by their spaces; shared."""
    return {name: Grid.read(path) for name in SPACES if (path := path_of(name)).is_file()}


def make(tell: Callable[[str], None]) -> None:
    """Make the grids that are not there, or show others than are asked for: networks that are not there are trained."""
    every.cache_clear()
    known = every()
    for name in SPACES:
        space: Any = space_named(name)
        wanted = ["real", "returned", *(words for words, _, _ in asked(space))]
        if name not in known or list(known[name].rows) != wanted:
            with one_thread():
                made(space).save(path_of(name))
            tell(f"grids: {name}")
    every.cache_clear()


def asked(space: LearnedSpace) -> Iterator[tuple[str, Contestant, int]]:
    """Who is shown in how many steps, and in words: the flow that learns guidance alone, diffusion guided at its longest."""
    for each in contestants(space):
        who = Entrant(each.method.name, each.options, each.guidance)
        if who == FLOW or (who.options != "default" and who != GUIDED_FLOW):
            continue
        for count in STEPS:
            shown = {GUIDED: count == MANY, GUIDED_FLOW: count < MANY}.get(who, True)
            if shown and count in each.steps:
                yield f"{label(who)}, {count} step{'s' * (count > 1)}", each, count


def made(space: LearnedSpace) -> Grid:
    """A space's grid."""
    captions = captions_of(space)
    real, right = _real(space, captions)
    returned = space.ends.encode(real)
    rows = [
        ("real", _levels(real), right),
        ("returned", _levels(space.decode(returned)), _seen(space, captions, returned)),
    ]
    for words, each, count in asked(space):
        denoiser = store.ready(each.method)
        points = np.concatenate(
            [
                answer(
                    Question(each.method, caption, count, SEED, COLUMNS, each.sampler, each.guidance), denoiser
                ).samples[first : first + some]
                for first, (caption, some) in zip(_firsts(captions), captions, strict=True)
            ]
        )
        rows.append((words, _levels(space.decode(points)), _seen(space, captions, points)))
    names, pictures, seen = zip(*rows, strict=True)
    return Grid(np.stack(pictures), captions, names, tuple(tuple(map(bool, each)) for each in seen))


def captions_of(space: LearnedSpace) -> tuple[tuple[str, int], ...]:
    """The captions that are asked, and how many columns each has."""
    return tuple((DIGITS if space.ends.pictures.channels == 1 else PETS).items())


def _firsts(captions: tuple[tuple[str, int], ...]) -> list[int]:
    """The first column of each caption: every column has an R of its own, the same in each row."""
    return np.cumsum([0, *(some for _, some in captions)])[:-1].tolist()


def _real(space: LearnedSpace, captions: tuple[tuple[str, int], ...]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Pictures that nobody was trained on, and whether the judge recognises them."""
    known, rng, found = space.ends.pictures.pictures(AGAIN), np.random.default_rng(SEED), []
    for caption, some in captions:
        found += rng.choice(np.flatnonzero(_meant(space, caption)[known.kind]), some, replace=False).tolist()
    pixels = known.pixels[found]
    return pixels, _among(space, captions, space.ends.judgement.kind(flat(pixels)).numpy())


def _seen(space: LearnedSpace, captions: tuple[tuple[str, int], ...], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    return _among(space, captions, space.ends.kind(points))


def _among(space: LearnedSpace, captions: tuple[tuple[str, int], ...], kind: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether kinds are what was asked in their columns."""
    meant = [_meant(space, caption) for caption, some in captions for _ in range(some)]
    return np.array([one[k] for one, k in zip(meant, kind, strict=True)])


def _meant(space: LearnedSpace, caption: str) -> NDArray[np.bool_]:
    """Which kinds a caption means, and that it does not mean none of them."""
    meant = {region.name for region in space.meant_by(caption)}
    return np.array([*(name in meant for name in space.ends.pictures.kinds), False])


def _levels(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Pixels from 0 to 1 as bytes in LEVELS steps."""
    steps = np.round(np.clip(pixels, 0, 1) * (LEVELS - 1))
    return np.round(steps * (255 / (LEVELS - 1))).astype(np.uint8)
