"""What makes one animal's face differ from another's: its colours, its measures and the parts that only it has.

Places and lengths are those of the easel: x to the right and y upwards, the picture from -1 to 1 on both. A part is made
of operators and of numpy's functions named in `sandbox.pictures.recorded`, so that `program` can take it down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sandbox.pictures.easel import Colour, Field

Number = Field | float  # of one animal, or (n, 1, 1) of animals mixed


class Features(NamedTuple):
    """What varies from picture to picture, each (n, 1, 1); the ranges are those of the regions' pictures."""

    ears: Field  # how long, how high or how far apart they are, from -1 to 1
    lids: Field  # how far the eyes are open, from -1 to 1
    light: Field  # how light the fur is, from -1 to 1
    lips: Field  # how far down the tongue or the teeth hang, from -1 to 1
    gaze_x: Field  # how far the pupils are from the middle of the eyes
    gaze_y: Field
    half_width: Field  # of the head


Shape = Callable[[Field, Field], Field]  # x and y, (n, h, w) or so -> the distance to a border at each place
Part = Callable[[Field, Field, Features], Field]  # as Shape, and varying with the features


class Colours(NamedTuple):
    """The paper behind a face, and what is on it.

    An animal without a part has a colour for it all the same: what another's part turns to as it shrinks away.
    """

    paper: Colour
    line: Colour
    fur: Colour
    ear: Colour  # the inside of an upright one, or all of a hanging one
    mark: Colour
    pale: Colour  # the muzzle
    eye: Colour
    nose: Colour
    mouthful: Colour  # tongue or teeth


class Measures(NamedTuple):
    """Where the parts are that every face has, and how large: of the two eyes, the right one in the picture."""

    head_y: Number
    head_width: Number  # widths and heights are half of the whole
    head_height: Number
    eye_x: Number
    eye_y: Number
    eye_width: Number
    eye_height: Number
    eye_slant: Number
    pupil_width: Number
    pupil_height: Number
    nose_y: Number
    mouth_y: Number
    smile: Number  # the radius of either half of the mouth


@dataclass(frozen=True)
class Species:
    """An animal; a part that it does not have is None."""

    colours: Colours
    measures: Measures
    muzzle: Shape
    nose: Shape  # around the origin
    ears: Part | None = None  # upright, in one piece with the head
    flaps: Part | None = None  # ears that hang in front of the head
    marks: Part | None = None  # on the forehead
    mouthful: Part | None = None  # tongue or teeth, from under the muzzle
    gloss: Shape | None = None  # on the nose, around the nose's origin
    whiskers: tuple[Shape, ...] = ()
