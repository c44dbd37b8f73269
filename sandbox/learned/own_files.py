"""Somebody's own picture files: found inside one folder only, measured before they are decoded, and made small."""

import os
import warnings
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
BYTES = 5_000_000  # of a file
SIDE = 4_096  # pixels, the widest and the highest
TOO_LARGE = f"has too many pixels; save it with {SIDE:,} x {SIDE:,} or fewer"
TOO_DEEP = "has more than 8 bits a colour; save it with 8"


def file_inside(folder: Path, file: str, place: str) -> Path:
    """The file of this name inside a folder; ValueError with a sentence if it is none, or leads out of the folder."""
    pure = PurePosixPath(file), PureWindowsPath(file)
    if any(path.anchor or ".." in path.parts for path in pure):
        raise ValueError(f"{file!r} in {place} leads out of the folder; write its name as from inside {folder.name}.")
    path = Path(os.path.realpath(folder / file))
    if not path.is_relative_to(os.path.realpath(folder)):
        raise ValueError(f"{file!r} in {place} is a link out of the folder; put the picture itself into {folder.name}.")
    if not os.path.isfile(path):  # where a name is too long, Path would raise
        raise ValueError(
            f"There is no file {file!r} in {folder.name}, which {place} names; add it or leave the line out."
        )
    if path.stat().st_size > BYTES:
        raise ValueError(f"{file!r} in {place} is larger than {BYTES // 10**6} MB; save the picture smaller.")
    return path


def read_file(path: Path, size: int, place: str) -> NDArray[np.uint8]:
    """The middle square of a picture, on white where it is transparent: (size, size, 3), red, green and blue up to 255.

    ValueError with a sentence if the file is no picture, or one that has too many pixels or bits.
    """
    try:
        with (
            warnings.catch_warnings(category=Image.DecompressionBombWarning, action="error"),
            Image.open(path, formats=FORMATS) as image,  # has read its size, and no pixel yet
        ):
            fault = TOO_LARGE if max(image.size) > SIDE else TOO_DEEP if image.mode.startswith(("I", "F")) else ""
            if not fault:
                return _small(image, size)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        fault = TOO_LARGE
    except Exception as error:  # a broken file may raise whatever comes of it
        formats = ", ".join(FORMATS)
        raise ValueError(f"{path.name!r} in {place} is no picture that can be read; save it as {formats}.") from error
    raise ValueError(f"{path.name!r} in {place} {fault}.")


def _small(image: Image.Image, size: int) -> NDArray[np.uint8]:
    image.draft(None, (4 * size, 4 * size))  # a large JPEG is decoded no finer than is needed
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    square = ImageOps.fit(upright, (size, size), Image.Resampling.BOX)
    white = Image.new("RGBA", square.size, "white")
    return np.asarray(Image.alpha_composite(white, square).convert("RGB"))
