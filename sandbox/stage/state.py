"""What the page shows, as one small value: read from a URL (clamped), written to a URL, turned into methods.

Whatever a link says, `State.read` gives a state that can be drawn, with a sentence for each value it had to change.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sandbox.engine.sampling import SAMPLERS, Jump, Sampler
from sandbox.methods import DIRECTION_LOSSES, METHODS, Method, build, exactly, method_named
from sandbox.pairs import World
from sandbox.spaces import SPACES, space_named

Reader = Callable[[str], Any]  # a value, or ValueError with the reason
FIELDS = ("learned", "exact")
POINTS = 500  # the most that are drawn
ENOUGH = 0.95  # trust with which an adaptive jump is the last


def _one_of(*choices: str) -> Reader:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"it is one of {', '.join(choices)}")
        return text

    return read


def _number(low: float, high: float, whole: bool = False) -> Reader:
    def read(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError("it must be a finite number")
        clamped = min(max(value, low), high)
        return round(clamped) if whole else clamped

    return read


def _flag(text: str) -> bool:
    return _one_of("0", "1")(text) == "1"


def _control(default: Any, reader: Reader) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"read": reader})


@dataclass(frozen=True)
class State:
    """Every control of the page."""

    space: str = _control(SPACES[0].name, _one_of(*(space.name for space in SPACES)))
    concept: str = _control("cat", str)
    desc_scale: float = _control(8.0, _number(1e-3, 1e6))
    left: str = _control(METHODS[0].name, _one_of(*(method.name for method in METHODS)))
    steps: int = _control(2, _number(1, 64, whole=True))
    right: str = _control(METHODS[1].name, _one_of(*(method.name for method in METHODS)))
    right_steps: int = _control(16, _number(1, 64, whole=True))
    points: int = _control(40, _number(1, POINTS, whole=True))
    direction_loss: str = _control("sqrt", _one_of(*DIRECTION_LOSSES))
    neighbours: int = _control(4, _number(1, 64, whole=True))
    field: str = _control("learned", _one_of(*FIELDS))
    seed: int = _control(0, _number(0, 2**31 - 1, whole=True))
    t: float = _control(0.7, _number(0.05, 0.95))
    sampler: str = _control("ddim", _one_of(*SAMPLERS))
    guidance: float = _control(1.0, _number(0.0, 5.0))
    adaptive: bool = _control(False, _flag)
    threshold: float = _control(Jump.threshold, _number(0.0, 0.9))
    description_noise: float = _control(World.description_noise, _number(0.0, 0.5))

    @classmethod
    def read(cls, query: Mapping[str, str]) -> tuple["State", list[str]]:
        """The state that a link asks for, and a sentence for each value that cannot be taken as it is."""
        state, complaints = cls(), []
        for control in fields(cls):
            if control.name not in query:
                continue
            text, default = query[control.name], getattr(state, control.name)
            try:
                value = control.metadata["read"](text)
            except ValueError as error:
                reason = str(error) if str(error).startswith("it ") else "it is not a number"
                complaints.append(f"{control.name}={text[:40]} cannot be used: {reason}. Taken instead: {default}.")
                continue
            if not isinstance(value, str | bool) and value != float(text):
                complaints.append(f"{control.name}={text[:40]} is outside what can be shown. Taken instead: {value:g}.")
            state = replace(state, **{control.name: value})
        concepts = space_named(state.space).concept_names()
        if state.concept not in concepts:
            complaints.append(f"{state.space} has no concept “{state.concept[:40]}”. Taken instead: {concepts[0]}.")
            state = replace(state, concept=concepts[0])
        return state, complaints

    def write(self) -> dict[str, str]:
        """What a link needs to say: the values that differ from the defaults."""
        default = State()
        values = {control.name: getattr(self, control.name) for control in fields(self)}
        return {
            name: value if isinstance(value, str) else f"{value:.12g}"
            for name, value in values.items()
            if value != getattr(default, name)
        }

    def method(self, name: str) -> Method:
        """The method of this name as the controls ask for it, or what it is trained to say."""
        options = {option: getattr(self, option) for option in method_named(name).options() if hasattr(self, option)}
        method = build(name, self.world(), **options)
        return exactly(method) if self.field == "exact" else method

    def world(self) -> World:
        """The pairs of both."""
        return World(space=self.space, description_noise=self.description_noise)

    def sampler_of(self, method: Method) -> Sampler:
        """The chosen sampler where it makes sense with the method, otherwise the method's own."""
        sampler = SAMPLERS[self.sampler]() if self.sampler in method.samplers else method.sampler()
        if isinstance(sampler, Jump):
            return replace(sampler, threshold=self.threshold, enough=ENOUGH if self.adaptive else None)
        return sampler
