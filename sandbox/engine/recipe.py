"""Recipes: plain values that decide everything that is made from them, each option declaring what it may be.

An option stands on its field, `desc_scale: float = option(8.0, "...", low=1e-3, high=1e6)`; the recipe checks it, and the
page's controls, its address and the command line follow from it. What is made from a recipe is found again by what of the
recipe departs from its defaults, so a new field with a default changes no name.
"""

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from torch import nn

from sandbox.engine.training import Progress

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
NAMED, LETTERS = 12, 180  # choices that a sentence lists, and their letters, at the most


@dataclass(frozen=True)
class Option:
    """What a value may be and how it is explained; its kind is its default's, where a tuple is any of the choices."""

    default: Any
    help: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    label: str = ""  # as on the page; the field's name where it is empty
    group: str = ""  # of the page's controls that it stands in

    @property
    def kind(self) -> type:
        """bool, int, float, str or tuple."""
        return type(self.default)

    @property
    def words(self) -> str:
        """What is allowed, as the end of a sentence."""
        if self.kind is bool:
            return "0 or 1"
        if self.kind in (tuple, str):
            named = [*filter(None, self.choices)]  # "" is none of them, which goes without saying
            listed = named[:NAMED]
            while len(", ".join(listed)) > LETTERS:
                listed.pop()
            rest = f" and {len(named) - len(listed)} others" if len(named) > len(listed) else ""
            which = "any" if self.kind is tuple else "one"
            return f"{which} of {', '.join(listed)}{rest}" if named else "a text"
        below = f" from {self.low:,.12g}" if math.isfinite(self.low) else ""  # in full: 1,000,000, never 1e+06
        above = " upwards" if below else ""
        if math.isfinite(self.high):
            above = f"{'' if below else ' up'} to {self.high:,.12g}"
        return f"a {'whole ' if self.kind is int else ''}number{below}{above}"

    def read(self, text: str) -> Any:  # noqa: ANN401
        """The value that a text says, in range or not; ValueError with the reason where it says none."""
        text = text.strip()
        if self.kind is str:
            return text
        if self.kind is tuple:
            return tuple(part.strip() for part in text.split(",")) if text else ()
        value = float(text) if NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value) or (self.kind is not float and value != int(value)):
            raise ValueError(f"it is {self.words}")
        if self.kind is float:
            return value
        if self.kind is int:
            return int(text) if text.lstrip("+-").isdigit() else int(value)
        return {"0": False, "1": True}.get(text, text)

    def clamp(self, value: Any) -> Any:  # noqa: ANN401
        """The nearest number in range; anything else as it is."""
        return self.kind(min(max(value, self.low), self.high)) if self._number else value

    def check(self, value: Any) -> Any:  # noqa: ANN401
        """The value in its own kind, so that 8 and 8.0 are one; ValueError with the reason where it is not allowed."""
        allowed = value in (False, True) if self.kind is bool else isinstance(value, self.kind)
        if self._number:
            try:
                allowed = self.low <= value <= self.high and value == self.kind(value)
            except (TypeError, ValueError, OverflowError):
                allowed = False
        elif self.kind is tuple:
            allowed = allowed and set(value) <= set(self.choices)
        elif self.choices:
            allowed = value in self.choices
        if not allowed:
            raise ValueError(f"it is {self.words}")
        if self.kind is tuple:
            return tuple(one for one in self.choices if one in value)
        return self.kind(value) + 0 if self._number else self.kind(value)  # + 0: -0.0 is written differently from 0.0

    def write(self, value: Any) -> str:  # noqa: ANN401
        """The text that `read` makes the value of."""
        if self.kind is tuple:
            return ",".join(value)
        return str(value) if self.kind is str else f"{value:.12g}"

    @property
    def _number(self) -> bool:
        return self.kind in (int, float)


def option(default: Any, help: str, **allowed: Any) -> Any:  # noqa: A002, ANN401
    """A dataclass field that declares what it may be, in the words of `Option`."""
    return field(default=default, metadata={"option": Option(default, help, **allowed)})


def options(recipe: Any) -> dict[str, Option]:  # noqa: ANN401
    """The options of a recipe or of its class, by name."""
    return {known.name: known.metadata["option"] for known in fields(recipe) if "option" in known.metadata}


@dataclass(frozen=True)
class Recipe:
    """Plain values, every number in its default's kind, so that equal recipes are known by one name.

    ValueError with a sentence where an option is not what it may be, here or in what the recipe needs.
    """

    def __post_init__(self) -> None:
        plain = {
            known.name: Option(known.default, "") for known in fields(self) if isinstance(known.default, int | float)
        }
        for name, known in {**plain, **options(self)}.items():
            try:
                object.__setattr__(self, name, known.check(getattr(self, name)))
            except ValueError as error:
                raise ValueError(f"{name} is {known.words}, not {getattr(self, name)!r}.") from error
        self.needs()  # what it needs has to be allowed, too

    def needs(self) -> tuple["Stored", ...]:
        """What has to be there first; it is handed to whatever makes something from this recipe."""
        return ()


@dataclass(frozen=True)
class Stored(Recipe, ABC):
    """A recipe whose result takes time, is a module's tensors, and is kept."""

    name: ClassVar[str]

    @abstractmethod
    def blank(self) -> nn.Module:
        """The module as it is before training, to be filled with kept tensors."""

    @abstractmethod
    def train(self, *needed: Any, every: int = 100) -> Iterator[Progress]:  # noqa: ANN401
        """Make the module from what `needs` names, with a report each `every` steps and at the last one."""


def values(recipe: Any) -> dict[str, Any]:  # noqa: ANN401
    """Every value of a recipe under a dotted name, `world.pairs`; a thing with a name of its own stands as its name.

    A recipe within a recipe stands with all of its values, and with its name if it has one.
    """
    found: dict[str, Any] = {}
    for known in fields(recipe):
        value = getattr(recipe, known.name)
        if isinstance(value, Recipe):
            found |= {f"{known.name}.{name}": inner for name, inner in values(value).items()}
        if hasattr(value, "name"):
            found[known.name] = value.name
        elif not isinstance(value, Recipe):
            found[known.name] = value
    return found


def departures(recipe: Any) -> dict[str, Any]:  # noqa: ANN401
    """The values of a recipe that are not its defaults."""
    usual = values(type(recipe)())
    return {name: value for name, value in values(recipe).items() if name not in usual or value != usual[name]}


def key(recipe: Stored) -> str:
    """What a recipe's result is known by: its name and what departs from the defaults."""
    return json.dumps({"name": recipe.name, **departures(recipe)}, sort_keys=True)


def recorded(recipe: Stored) -> str:
    """Every value of a recipe, to be kept beside its result."""
    return json.dumps({"name": recipe.name, **values(recipe)}, sort_keys=True)


def agrees(record: Mapping[str, Any], recipe: Stored) -> bool:
    """Whether a record is of this recipe; fields that are newer than the record are at their defaults."""
    own, usual = {"name": recipe.name, **values(recipe)}, {"name": recipe.name, **values(type(recipe)())}
    return {name: usual.get(name) for name in own} | dict(record) == own
