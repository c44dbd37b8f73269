import numpy as np
import pytest
from sklearn.datasets import load_digits

from sandbox.learned.digits import DIGITS, NAMES, SIX_DIGITS
from sandbox.learned.picture_set import PARTS

both = pytest.mark.parametrize(
    ("pictures", "digits"), [(SIX_DIGITS, (0, 1, 3, 4, 6, 7)), (DIGITS, tuple(range(10)))], ids=("six", "ten")
)


def means(pictures, text):
    """The digits that a caption means."""
    return {NAMES.index(kind) for kind in pictures.caption(text).kinds}


@both
def test_the_parts_together_are_all_pictures_of_these_digits(pictures, digits):
    data = load_digits()
    chosen = np.isin(data.target, digits)
    expected = sorted(
        (digit, image.tobytes()) for digit, image in zip(data.target[chosen], data.images[chosen], strict=True)
    )
    found = []
    for part in PARTS:
        one = pictures.pictures(part)
        images = (16 * one.pixels[..., 0]).astype(np.float64)
        found += [(digits[kind], image.tobytes()) for kind, image in zip(one.kind, images, strict=True)]
    assert sorted(found) == expected


@both
def test_captions_mean_what_arithmetic_says(pictures, digits):
    assert pictures.kinds == tuple(NAMES[digit] for digit in digits)
    assert means(pictures, "an even digit") == {digit for digit in digits if digit % 2 == 0}
    assert means(pictures, "an odd digit") == {digit for digit in digits if digit % 2 == 1}
    assert means(pictures, "a digit") == {*digits}
    assert means(pictures, "a straight digit") == {1, 4, 7}
    for digit in digits:
        assert means(pictures, f"{'an' if digit == 8 else 'a'} {NAMES[digit]}") == {digit}
    assert len(pictures.captions) == len(digits) + 5


def test_round_digits():
    assert means(SIX_DIGITS, "a round digit") == {0, 3, 6}
    assert means(DIGITS, "a round digit") == {0, 3, 6, 8, 9}


def test_a_judge_sees_digits_as_other_hands_might_have_written_them(monkeypatch):
    known = SIX_DIGITS.pictures("judge")
    varied, n = SIX_DIGITS.varied(known), len(known.kind)
    assert varied.pixels.shape == (61 * n, 8, 8, 1)
    np.testing.assert_array_equal(varied.pixels[:n], known.pixels)
    np.testing.assert_array_equal(varied.kind[n:], np.repeat(known.kind, 60))
    change = np.abs(varied.pixels[n:] - np.repeat(known.pixels, 60, axis=0)).mean()
    assert 0.05 < change < 0.75 * np.abs(known.pixels - known.pixels[::-1]).mean()  # of one digit and another
    for bound in ("TURN", "SLANT", "STRETCH", "MOVE"):
        monkeypatch.setattr(f"sandbox.learned.digits.{bound}", 0.0)
    same = SIX_DIGITS.varied(known).pixels[n:]
    np.testing.assert_allclose(same, np.repeat(known.pixels, 60, axis=0), atol=1e-6)
