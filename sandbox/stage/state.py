"""What the pages show, as one small value: read from a URL (clamped), written to a URL, turned into questions.

Its controls are those declared in `sandbox.stage.controls` and whatever the methods declare as their options
(`sandbox.engine.recipe.option`). What a link says, `State.read` makes a state that can be drawn, with a sentence for each value
it had to change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sandbox.engine.recipe import Option, options
from sandbox.measure.experiment import Question
from sandbox.methods import METHODS, Exact, Jump, Method, Trained, build, exactly, method_options, samplers
from sandbox.pairs import World
from sandbox.results import grids
from sandbox.results.beyond import MEASURED_SPACES
from sandbox.spaces import LearnedSpace, Space, every_space, space_named
from sandbox.stage.controls import ASK, ENOUGH, SAMPLES, Controls

QUOTED = 20  # letters of a value that cannot be used: the sentence goes on with all that can
EXACT_SAMPLES = 500  # for an exact method, which weighs every pair for every sample


@dataclass(frozen=True)
class View:
    """All that a panel depends on."""

    drawn: Question  # whose answer is drawn
    t: float  # noise level of the arrows


@dataclass(frozen=True)
class State(Controls):
    """What every control says."""

    asked: tuple[tuple[str, Any], ...] = ()  # the methods' options that are not at their defaults, by name

    @classmethod
    def read(cls, query: Mapping[str, str]) -> tuple["State", list[str]]:
        """The state that a link asks for, and a sentence for each value that cannot be taken as it is."""
        values, complaints = {}, []
        for name, known in controls().items():
            if name not in query:
                continue
            said = f"{name}={query[name][:QUOTED]}"
            try:
                value = known.read(query[name])
                shown = known.clamp(value)
                values[name] = known.check(shown)
            except ValueError as error:
                taken = known.write(known.default) or "none of them"
                complaints.append(f"{said} cannot be used: {error}. Taken instead: {taken}.")
                continue
            if shown != value:
                complaints.append(f"{said} is outside what can be shown. Taken instead: {known.write(shown)}.")
        state = cls().changed(**values)
        if values.get("concept", state.concept) != state.concept:
            lacking = f"{state.space} has no concept “{query['concept'][:40]}”."
            complaints.append(f"{lacking} Taken instead: {state.concept}.")
        return state, complaints

    def write(self) -> dict[str, str]:
        """What a link needs to say: the values that differ from the defaults."""
        said = {name: (known, self.value(name)) for name, known in controls().items()}
        return {name: known.write(value) for name, (known, value) in said.items() if value != known.default}

    def value(self, name: str) -> Any:  # noqa: ANN401
        """What a control says."""
        return dict(self.asked).get(name, controls()[name].default) if name not in OWN else getattr(self, name)

    def changed(self, **values: Any) -> "State":  # noqa: ANN401
        """The same with other values for these controls; a concept that the space lacks gives way to its first."""
        own = {name: value for name, value in values.items() if name in OWN}
        asked = {**dict(self.asked), **{name: value for name, value in values.items() if name not in OWN}}
        usual = method_options()
        departing = tuple(sorted((name, value) for name, value in asked.items() if value != usual[name].default))
        state = replace(self, **own, asked=departing)
        concepts = space_named(state.space).concept_names()
        return state if state.concept in concepts else replace(state, concept=concepts[0])

    @property
    def world(self) -> World:
        """The pairs that the methods live on."""
        return World(space_named(self.space), description_noise=self.description_noise)

    def method(self, name: str) -> Method:
        """The method of this name as the controls ask for it, or what it is trained to say."""
        method = build(name, self.world, **dict(self.asked))
        return exactly(method) if self.field == "exact" else method

    def views(self) -> tuple[View, ...]:
        """What the panels ask, from left to right."""
        return tuple(self.view(method, steps) for method, steps in self.panels())

    def recipes(self) -> tuple[World | Method, ...]:
        """What the panels show: the world, and each method once."""
        return self.world, *dict.fromkeys(self.method(name) for name, _ in self.panels())

    def panels(self) -> list[tuple[str, int]]:
        """The panels' methods and steps, from left to right: one to four."""
        first = (self.left, self.steps)
        others = ((self.right, self.right_steps), (self.third, self.third_steps), (self.fourth, self.fourth_steps))
        return [first, *(panel for panel in others if panel[0])]

    def view(self, name: str, steps: int) -> View:
        """What a panel of this method asks: by the chosen sampler where it is one of the method's, else its own."""
        method = self.method(name)
        sampler = {own.name: own for own in method.samplers}.get(self.sampler, method.samplers[0])
        if isinstance(sampler, Jump):
            sampler = replace(sampler, threshold=self.threshold, enough=ENOUGH if self.adaptive else None)
        count = EXACT_SAMPLES if isinstance(method, Exact) else SAMPLES
        guidance = self.guidance if method.guided else 1.0
        asked = Question(method, self.concept, steps, self.seed, count, sampler, guidance)
        return View(asked, self.t if method.by_level else 1.0)


OWN = tuple(known.name for known in fields(State) if known.name != "asked")


def offered() -> tuple[Space, ...]:
    """The spaces that can be chosen: all that are drawn, and of those that are learned the planes."""
    return tuple(space for space in every_space() if space.drawn or space.dimensions == 2)


def learned_planes() -> tuple[LearnedSpace, ...]:
    """The planes whose points are decoded by what was learned, and whose captions are embedded."""
    return tuple(space for space in offered() if isinstance(space, LearnedSpace))


def controls() -> dict[str, Option]:
    """Every control of the pages by its name: the state's own, then the methods' options."""
    every = tuple(method.name for method in METHODS)
    trained = {method.name: method for method in METHODS if issubclass(method, Trained)}
    targets = tuple(method.name for method in METHODS if issubclass(method, Exact) and method.targets)
    scaled = tuple(name for name, kind in trained.items() if kind.exact and "desc_scale" in options(kind))
    choices = {"space": tuple(space.name for space in offered()), "sampler": tuple(samplers()), "scaled": scaled}
    choices |= {"left": every, **dict.fromkeys(("right", "third", "fourth"), ("", *every))}
    choices["map_concept"] = tuple(dict.fromkeys(name for space in offered() for name in space.concept_names()))
    choices |= {"beyond_space": tuple(space.name for space in MEASURED_SPACES), "beyond_grid": grids.SPACES}
    choices |= {"left_map": targets, "right_map": targets, "methods": tuple(trained)}
    choices |= {"picture_space": tuple(plane.name for plane in learned_planes()), "drawn_by": every}
    choices["caption"] = tuple(dict.fromkeys(name for plane in learned_planes() for name in plane.concept_names()))
    own = {name: replace(known, choices=choices.get(name, known.choices)) for name, known in options(State).items()}
    return {**own, **{name: replace(known, group=ASK) for name, known in method_options().items()}}
