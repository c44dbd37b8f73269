"""What holds for every picture set: those that come with the sandbox, and the reader's own in `test_own`."""

import numpy as np
import pytest

from sandbox.learned.picture_set import PARTS, split
from sandbox.learned.picture_sets import PICTURE_SETS, picture_set_named

every_set = pytest.mark.parametrize("pictures", PICTURE_SETS, ids=lambda pictures: pictures.name)


def check_pictures(pictures):
    """Shapes, ranges and kinds of all parts; arrays that cannot be written to; the same again each time."""
    for part in PARTS:
        one = pictures.pictures(part)
        n = len(one.kind)
        assert one.pixels.shape == (n, pictures.size, pictures.size, pictures.channels)
        assert (one.pixels.dtype, one.kind.dtype) == (np.float32, np.int64)
        assert one.pixels.min() >= 0
        assert 0.9 < one.pixels.max() <= 1
        assert set(one.kind) == set(range(len(pictures.kinds)))
        assert pictures.pictures(part) is one
        again = pictures.make(part)
        np.testing.assert_array_equal(again.pixels, one.pixels)
        np.testing.assert_array_equal(again.kind, one.kind)
        for array in (one.pixels, one.kind):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
    with pytest.raises(ValueError, match=f"^{pictures.name} has no part 'test'; it has train, judge, held_out.$"):
        pictures.pictures("test")


def check_parts(pictures):
    """No picture is in two parts, and in each there are about as many of every kind as its share says."""
    rows = [{picture.tobytes() for picture in pictures.pictures(part).pixels} for part in PARTS]
    assert not rows[0] & rows[1]
    assert not rows[0] & rows[2]
    assert not rows[1] & rows[2]
    counts = np.array([np.bincount(pictures.pictures(part).kind) for part in PARTS])
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    assert np.abs(counts - expected).max() <= 1.5


def check_captions(pictures):
    """Every kind is named in the set's order, and every caption is found by what it says."""
    assert len(set(pictures.kinds)) == len(pictures.kinds)
    assert {kind for caption in pictures.captions for kind in caption.kinds} == set(pictures.kinds)
    assert len({caption.text for caption in pictures.captions}) == len(pictures.captions)
    for caption in pictures.captions:
        assert caption.kinds == tuple(kind for kind in pictures.kinds if kind in caption.kinds)
        assert pictures.caption(f" {caption.text.upper()}.") is caption
        assert set(caption.text.split()) <= set(pictures.words)
    assert list(pictures.words) == sorted({word for caption in pictures.captions for word in caption.text.split()})
    with pytest.raises(ValueError, match=f"'purplish' is no word that the captions of {pictures.name} use"):
        pictures.caption("a purplish one")


@every_set
def test_pictures_of_every_set(pictures):
    check_pictures(pictures)


@every_set
def test_parts_of_every_set(pictures):
    check_parts(pictures)


@every_set
def test_captions_of_every_set(pictures):
    check_captions(pictures)


def test_a_set_is_known_by_its_name():
    names = [pictures.name for pictures in PICTURE_SETS]
    assert names == ["pets", "many-pets", "six-digits", "digits"]
    assert [picture_set_named(name) for name in names] == list(PICTURE_SETS)
    assert repr(picture_set_named("pets")) == "Pets('pets')"
    with pytest.raises(
        ValueError, match=r"^There is no picture set 'cars'; there are pets, many-pets, six-digits, digits.$"
    ):
        picture_set_named("cars")


@pytest.mark.parametrize("counts", [(8, 8), (8, 9, 10, 11), (400, 8, 31)])
def test_a_split_has_every_picture_once_and_halves_and_quarters_each_kind(counts, rng):
    kind = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    parts = [split(kind, part) for part in PARTS]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(kind)))
    for mine, share in zip(parts, (1 / 2, 1 / 4, 1 / 4), strict=True):
        assert np.abs(np.bincount(kind[mine]) - share * np.array(counts)).max() < 1
        assert np.bincount(kind[mine]).min() >= 2
    np.testing.assert_array_equal(split(kind, "judge"), parts[1])


def test_a_split_is_shuffled():
    kind = np.repeat([0, 1], 500)
    mine = split(kind, "train")
    assert np.abs(kind[mine[:100]].mean() - 0.5) < 0.2
    assert np.abs(np.corrcoef(mine, np.arange(len(mine)))[0, 1]) < 0.15
