"""Numbers that remember how they came about, in place of numpy's arrays.

Code that works on arrays element by element works on a `Recorded` just as well, and leaves the list of what it did on a
`Tape`: the operators, the functions of numpy named in OPERATIONS, and the few methods of an array that are below. The same
operation on the same values is noted once.
"""

import math
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import ArrayLike

OPERATIONS = (  # numpy's names; whatever works a tape off must know these
    *(
        "add",
        "subtract",
        "multiply",
        "divide",
        "power",
        "minimum",
        "maximum",
        "absolute",
        "negative",
        "positive",
        "sign",
        "sqrt",
    ),
    *("square", "exp", "log", "sin", "cos", "tan", "tanh", "arctan", "arctan2", "hypot", "floor", "ceil", "remainder"),
    *(
        "equal",
        "not_equal",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "logical_and",
        "logical_or",
        "logical_not",
    ),
    *("clip", "where"),
)
ALIASES = {"bitwise_and": "logical_and", "bitwise_or": "logical_or", "invert": "logical_not", "true_divide": "divide"}
CHANNELS = 3  # red, green and blue

Entry = tuple[str, tuple[int, ...]]


class Tape:
    """What has been done so far: constants and entries, each with a number by which later entries refer to it."""

    def __init__(self) -> None:
        self.entries: list[Entry | float] = []
        self._known: dict[Entry | float, int] = {}

    def input(self, name: str, *which: int) -> "Recorded":
        """A value that is known only when the tape is worked off; `which` tells those of the same name apart."""
        return Recorded(self, (self._note((name, which)),))

    def parts(self, value: object) -> tuple[int, ...]:
        """The numbers of a value's entries, one or CHANNELS: of a recorded one, or of an array that is the same everywhere.

        TypeError if the array has a number for each picture or pixel: it would not be right for another picture.
        """
        if isinstance(value, Recorded):
            return value.parts
        array = np.asarray(cast(ArrayLike, value), np.float64)
        if array.size != 1 and (array.size != CHANNELS or array.shape[0] != CHANNELS):
            raise TypeError(f"Only a number or a colour can be recorded, not an array of the shape {array.shape}.")
        return tuple(self._note(_float32(number)) for number in array.ravel().tolist())

    def operation(self, name: str, values: Sequence[object]) -> "Recorded":
        """Note an operation, for each channel if one of the values is a colour; TypeError if its name is not known."""
        name = ALIASES.get(name, name)
        if name not in OPERATIONS:
            raise TypeError(f"numpy's {name} cannot be recorded; these can: {', '.join(OPERATIONS)}.")
        each = [self.parts(value) for value in values]
        channels = max(map(len, each))
        spread = (parts if len(parts) == channels else parts * channels for parts in each)
        return Recorded(self, tuple(self._simplified(name, args) for args in zip(*spread, strict=True)))

    def _simplified(self, name: str, args: tuple[int, ...]) -> int:
        """Note what is left of an operation after the rules for 0 and 1, which is nothing if all is constant."""
        values = [value if isinstance(value := self.entries[arg], float) else None for arg in args]
        first, second = (*values, None)[:2]
        if name == "power" and second == 2:
            return self._simplified("square", args[:1])
        if name == "multiply" and 0 in values:
            return self._note(0.0)
        if (name == "add" and first == 0) or (name == "multiply" and first == 1):
            return args[1]
        if (name in ("add", "subtract") and second == 0) or (name in ("multiply", "divide", "power") and second == 1):
            return args[0]
        if None not in values:
            return self._note(_float32(getattr(np, name)(*values)))
        return self._note((name, args))

    def _note(self, entry: Entry | float) -> int:
        if entry not in self._known:
            self._known[entry] = len(self.entries)
            self.entries.append(entry)
        return self._known[entry]


class Recorded(NDArrayOperatorsMixin):
    """A number, or the three of a colour, that a tape knows: taken by numpy for an array."""

    def __init__(self, tape: Tape, parts: tuple[int, ...]) -> None:
        self.tape, self.parts = tape, parts

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: object, **options: object) -> "Recorded":
        if method != "__call__" or options:
            raise TypeError(f"np.{ufunc.__name__} can be recorded only when it is called plainly, value by value.")
        return self.tape.operation(ufunc.__name__, inputs)

    def __array_function__(
        self, function: Callable[..., object], _: object, args: tuple[object, ...], options: dict[str, object]
    ) -> "Recorded":
        if options:
            raise TypeError(f"np.{function.__name__} can be recorded only without options.")
        return self.tape.operation(function.__name__, args)

    def __bool__(self) -> bool:
        raise TypeError("A drawing is recorded for all pictures at once: write np.where for what depends on a value.")

    def __getitem__(self, key: object) -> "Recorded":
        """The same value: new axes are all that can be asked for."""
        if not all(each is None or each == slice(None) for each in (key if isinstance(key, tuple) else (key,))):
            raise TypeError("A recorded number has no elements to choose from.")
        return self

    def astype(self, dtype: object, copy: bool = True) -> "Recorded":
        """The same value, whatever its precision."""
        return self

    def any(self) -> bool:
        """Whether it may be other than zero in any picture: nobody knows yet, so yes."""
        return True


def _float32(value: float) -> float:
    """The shortest number that is the same in single precision."""
    return float(str(np.float32(value))) if math.isfinite(value) else float(value)
