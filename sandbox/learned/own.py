"""Somebody's own pictures: a folder of files, and a table that says what they show."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sandbox.learned.own_files import file_inside, read_file
from sandbox.learned.own_table import ROWS, Row, captions_of, kinds_of, read_table
from sandbox.learned.picture_set import Indices, Pictures, PictureSet, split

SIZES = 8, 64  # pixels, the smallest and the largest
PIXELS = ROWS * 32 * 32  # of all pictures together: 250 MB when they are numbers from 0 to 1


@dataclass(frozen=True, eq=False, repr=False)
class OwnPictures(PictureSet):
    """Pictures that were read from files."""

    levels: NDArray[np.uint8]  # (n, size, size, 3)
    kind: Indices  # (n,)

    def make(self, part: str) -> Pictures:
        mine = split(self.kind, part)
        return Pictures(np.divide(self.levels[mine], 255, dtype=np.float32), self.kind[mine])


def read_pictures(folder: str | Path, table: str | Path, size: int = 32) -> PictureSet:
    """Read the pictures of a folder that a table lists, each made a square of `size` pixels.

    The table is as `own_table` says, and the names of its files are as from inside the folder. The set's name is made of all
    that is in it, so what has been learned from other pictures is never taken for what can be learned from these.
    ValueError with a sentence at the first fault: it says in which line it is, or in which file, and what to do.
    """
    folder, table = Path(folder), Path(table)
    if not isinstance(size, int) or not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"The size is a whole number from {SIZES[0]} to {SIZES[1]}, not {size!r}.")
    if not folder.is_dir():
        raise ValueError(f"There is no folder {folder}; name the one that the pictures are in.")
    rows = read_table(table)
    if len(rows) > PIXELS // size**2:
        raise ValueError(
            f"{table.name} has {len(rows):,} pictures, and {PIXELS // size**2:,} of {size} x {size} are read; "
            f"leave some out or choose a smaller size."
        )
    captions, kinds = captions_of(rows), kinds_of(rows)
    paths = [file_inside(folder, row.file, row.place) for row in rows]
    levels = np.stack([read_file(path, size, row.place) for path, row in zip(paths, rows, strict=True)])
    first: dict[bytes, Row] = {}  # to show each picture, which two parts would otherwise share
    for row, picture in zip(rows, levels, strict=True):
        known = first.setdefault(hashlib.sha256(picture).digest(), row)
        if known is not row:
            raise ValueError(f"{row.file!r} in {row.place} shows the same as {known.place}; leave one of them out.")
    kind = np.array([kinds.index(row.kind) for row in rows])
    content = hashlib.sha256(levels.tobytes() + kind.tobytes() + repr((kinds, captions)).encode())
    name = f"own-{content.hexdigest()[:12]}"
    return OwnPictures(name, "Own pictures", kinds, captions, size, 3, levels, kind)
