"""Handwritten digits: scikit-learn's 1,797 of 8 x 8, whose captions are ambiguous by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sandbox.learned.captions import Caption
from sandbox.learned.picture_set import Pictures, PictureSet, split

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
GROUPS = {  # digits that one caption means
    "an even digit": {0, 2, 4, 6, 8},
    "an odd digit": {1, 3, 5, 7, 9},
    "a round digit": {0, 3, 6, 8, 9},
    "a straight digit": {1, 4, 7},
    "a digit": {*range(10)},
}
DARKEST = 16  # of the levels of grey in the data
HANDS = 60  # that write each digit anew for the judge
TURN, SLANT, STRETCH, MOVE = 0.2, 0.15, 0.12, 0.6  # at the most: radians, a share, the logarithm of a factor, pixels


@dataclass(frozen=True, eq=False, repr=False)
class Digits(PictureSet):
    """Some of the ten digits, each a kind."""

    digits: tuple[int, ...]

    @classmethod
    def of(cls, name: str, title: str, digits: Sequence[int]) -> "Digits":
        """The set of these digits: every one by its name, and the groups that they belong to."""
        texts = {f"{'an' if NAMES[digit] == 'eight' else 'a'} {NAMES[digit]}": {digit} for digit in digits} | GROUPS
        captions = [Caption(text, tuple(NAMES[digit] for digit in digits if digit in of)) for text, of in texts.items()]
        return cls(name, title, tuple(NAMES[digit] for digit in digits), tuple(captions), 8, 1, tuple(digits))

    def make(self, part: str) -> Pictures:
        from sklearn.datasets import load_digits  # a second that only who looks at digits waits for

        data = load_digits()
        chosen = np.flatnonzero(np.isin(data.target, self.digits))
        kind = np.searchsorted(self.digits, data.target[chosen])
        mine = split(kind, part)
        return Pictures((data.images[chosen[mine], :, :, None] / DARKEST).astype(np.float32), kind[mine])

    def varied(self, pictures: Pictures) -> Pictures:
        """Each digit as it is, and as other hands might have written it: turned, slanted, stretched and moved a little."""
        from scipy.ndimage import affine_transform

        rng, middle = np.random.default_rng(0), np.full(2, (self.size - 1) / 2)
        others = np.repeat(pictures.pixels[..., 0], HANDS, axis=0)
        turn, slant = rng.uniform(-TURN, TURN, len(others)), rng.uniform(-SLANT, SLANT, len(others))
        stretch = np.exp(rng.uniform(-STRETCH, STRETCH, (len(others), 2)))
        move = rng.uniform(-MOVE, MOVE, (len(others), 2))
        for i, other in enumerate(others):
            c, s = np.cos(turn[i]), np.sin(turn[i])
            matrix = np.array([[c, -s], [s, c]]) @ np.array([[1, 0], [slant[i], 1]]) * stretch[i]
            others[i] = affine_transform(other, matrix, middle - matrix @ middle + move[i], order=1)
        pixels = np.concatenate([pictures.pixels, others[..., None]])
        return Pictures(pixels, np.concatenate([pictures.kind, np.repeat(pictures.kind, HANDS)]))


SIX_DIGITS = Digits.of("six-digits", "Six digits", (0, 1, 3, 4, 6, 7))
DIGITS = Digits.of("digits", "Ten digits", range(10))
