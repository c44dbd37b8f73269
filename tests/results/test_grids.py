"""Grids of pictures: what stands in a row, whether the judge recognises it, and the file that keeps it."""

import numpy as np
import pytest
from PIL import Image

from sandbox.measure.experiment import Question, answer
from sandbox.methods import NearestPair
from sandbox.pairs import World
from sandbox.results import grids, make
from sandbox.results.beyond import Contestant
from sandbox.spaces import space_named
from tests.results import beyond_rows

SPACE = space_named("digits-8d")
NEAREST = "Nearest pair (exact), 1 step"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(grids, "PICTURES", tmp_path / "pictures")
    grids.every.cache_clear()
    yield tmp_path / "pictures"
    grids.every.cache_clear()


@pytest.fixture
def lookup(monkeypatch):
    """One entrant that needs no training."""
    method = NearestPair(world=World(SPACE))
    monkeypatch.setattr(grids, "asked", lambda space: [(NEAREST, Contestant(method, (1,), method.samplers[0]), 1)])


def test_real_ones_return_and_a_lookup_finds_what_was_asked(lookup):
    grid = grids.made(SPACE)
    assert grid.rows == ("real", "returned", NEAREST)
    assert [np.mean(row) for row in grid.recognised] == pytest.approx([1, 1, 1], abs=0.2)
    held_out = SPACE.ends.pictures.pictures("held_out")
    levels = grids._levels(held_out.pixels)
    asked = [caption for caption, some in grid.captions for _ in range(some)]
    for picture, caption in zip(grid.pixels[0], asked, strict=True):
        (found,) = np.flatnonzero((levels == picture).all(axis=(1, 2, 3)))
        assert SPACE.ends.pictures.kinds[held_out.kind[found]] in {region.name for region in SPACE.meant_by(caption)}
    near = (
        np.abs(grid.pixels[1].astype(int) - grid.pixels[0]).mean(),
        np.abs(grid.pixels[2].astype(int) - grid.pixels[0]).mean(),
    )
    assert near[0] < 0.6 * near[1]
    for k, caption in enumerate(asked):  # every column has an R of its own
        found = answer(Question(NearestPair(world=World(SPACE)), caption, 1, 0, grids.COLUMNS)).samples[[k]]
        np.testing.assert_array_equal(grid.pixels[2, k], grids._levels(SPACE.decode(found))[0])


def test_a_picture_of_another_kind_is_not_recognised():
    captions = (("a three", 2), ("an even digit", 2), ("a digit", 2))
    kinds = [SPACE.ends.pictures.kinds.index(name) for name in ("three", "four", "four", "three", "three")]
    seen = grids._among(SPACE, captions, np.array([*kinds, len(SPACE.ends.pictures.kinds)]))
    assert seen.tolist() == [True, False, True, False, True, False]


@pytest.mark.parametrize(("channels", "size"), [(1, 8), (3, 32)])
def test_a_grid_is_kept_as_one_picture(own_folder, channels, size):
    grid = beyond_rows.grid(channels, size)
    grid.save(own_folder / "digits-8d.png")
    read = grids.every()["digits-8d"]
    np.testing.assert_array_equal(read.pixels, grid.pixels)
    assert read.told() == grid.told()
    sheet = np.asarray(Image.open(own_folder / "digits-8d.png"))
    assert sheet.shape[:2] == (3 * size, 10 * size)
    np.testing.assert_array_equal(sheet[size : 2 * size, :size].reshape(size, size, -1), grid.pixels[1, 0])


def test_a_picture_that_is_no_grid_is_refused(own_folder):
    own_folder.mkdir()
    Image.new("L", (8, 8)).save(own_folder / "digits-8d.png")
    with pytest.raises(ValueError, match="no grid of pictures"):
        grids.every()


def test_the_command_makes_what_is_lacking_and_nothing_again(lookup, monkeypatch, own_folder, tmp_path):
    monkeypatch.setattr(grids, "SPACES", (SPACE.name,))
    monkeypatch.setattr(make, "DOCUMENT", tmp_path / "results.md")
    monkeypatch.setattr(make, "document", str)
    made = []
    monkeypatch.setattr(
        grids, "made", lambda space: made.append(space.name) or beyond_rows.grid(rows=("real", "returned", NEAREST))
    )
    make.main(["--only", "grids"])
    make.main(["--only", "grids"])
    assert made == [SPACE.name]
    beyond_rows.grid(rows=("real", "returned", "another")).save(grids.path_of(SPACE.name))
    make.main(["--only", "grids"])
    assert made == 2 * [SPACE.name]


def test_who_is_shown():
    words = [text for text, _, _ in grids.asked(SPACE)]
    flow = "Semi-discrete flow matching, learned guidance 1.5"
    assert [text for text in words if text.startswith("Diffusion")] == [
        *("Diffusion, 1 step", "Diffusion, 2 steps", "Diffusion, 8 steps", "Diffusion, 64 steps"),
        "Diffusion, guidance 1.5, 64 steps",
    ]
    assert {"Coalescer, 1 step", "Balanced coalescer, 2 steps", f"{flow}, 8 steps"} <= set(words)
    assert len(words) == len(set(words)) <= 14
