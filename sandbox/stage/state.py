"""What the pages show, as one small value: read from a URL (clamped), written to a URL, turned into questions.

Its controls are those declared here and whatever the methods declare as their options (`sandbox.engine.recipe.option`). What
a link says, `State.read` makes a state that can be drawn, with a sentence for each value it had to change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sandbox.engine.recipe import Option, option, options
from sandbox.measure.experiment import Question
from sandbox.methods import METHODS, Exact, Jump, Method, Trained, build, exactly, method_options, samplers
from sandbox.pairs import World
from sandbox.spaces import SPACES, space_named
from sandbox.stage.merits import COSTS, MERITS

POINTS = 500  # the most that are drawn
SAMPLES = 2000  # that the figures of merit are made from; the first of them are drawn
EXACT_SAMPLES = 500  # for an exact method, which weighs every pair for every sample
JUDGED = 4  # jumps that are judged each, beside the last
ENOUGH = 0.95  # trust with which an adaptive jump is the last
FAR = 1e6  # no place on a plane is further from its origin, space units

METHOD = "What answers “where does this point belong?” in this panel."
STEPS = "How many steps it takes. The table counts the evaluations of the network that they cost."
MAP = "Whose targets this map is of: an exact method that says which pairs a place is sent to."
PLACE = "The place whose likeliest targets are listed; a click on a map chooses one."


def _as_in(recipe: type, name: str) -> Any:  # noqa: ANN401
    """A control that another recipe has declared."""
    known = options(recipe)[name]
    return field(default=known.default, metadata={"option": known})


@dataclass(frozen=True)
class View:
    """All that a panel depends on."""

    questions: tuple[Question, ...]  # the numbers of steps to judge; the last one is drawn
    t: float  # noise level of the arrows

    @property
    def drawn(self) -> Question:
        """The question whose answer is drawn."""
        return self.questions[-1]


@dataclass(frozen=True)
class State:
    """Every control of every page; the pages open with these values."""

    space: str = option(
        "cats-and-dogs",
        "Where images live: a plane that is mostly noise, with a few regions that mean something.",
        label="Space",
    )
    concept: str = option(
        "cat",
        "What is asked for. “animal” is ambiguous: it may mean a cat or a dog. “none” gives no description at all "
        "(unconditional generation).",
        label="Concept",
    )
    seed: int = option(
        0,
        "Decides the starting points R and the descriptions. The same seed always shows the same picture.",
        low=0,
        high=2**31 - 1,
        label="Seed",
    )

    # Playground
    left: str = option("coalescer", METHOD, label="Left panel")
    steps: int = option(2, STEPS, low=1, high=64, label="Steps")
    right: str = option("diffusion", METHOD, label="Right panel")
    right_steps: int = option(16, STEPS, low=1, high=64, label="Steps")
    field: str = option(
        "learned",
        "Learned: what the trained networks answer. Exact: what they were trained to answer, computed from the pairs "
        "where there is a way to; no training, any value at once.",
        choices=("learned", "exact"),
        label="Field",
    )
    points: int = option(
        40,
        f"How many of the {SAMPLES:,} starting points R are drawn. The table always judges all of them.",
        low=1,
        high=POINTS,
        label="Points drawn",
    )
    t: float = option(
        0.7,
        "Arrows of methods that anneal noise depend on how noisy they take a point to be: 1 is pure noise, where every "
        "arrow points at the mean of all targets; 0 is data. The trajectories pass through all levels from 1 to 0.",
        low=0.05,
        high=0.95,
        label="Arrows at noise level t",
    )
    sampler: str = option(
        "ddim",
        "DDIM keeps the noise that a point carries; ancestral sampling replaces a part of it; Heun's method and "
        "DPM-Solver++ (2M) are of second order. Methods that have only one are not concerned.",
        label="Sampler",
    )
    guidance: float = option(
        1.0,
        "Classifier-free guidance: 1 is none; more pushes away from the answer without a description, at a second "
        "evaluation for each step.",
        low=0.0,
        high=5.0,
        label="Guidance",
    )
    adaptive: bool = option(
        False, f"Stop jumping as soon as a jump was made with a trust of {ENOUGH:g} or more.", label="Adaptive jumps"
    )
    threshold: float = _as_in(Jump, "threshold")
    description_noise: float = _as_in(World, "description_noise")

    # Race
    figure: str = option(
        "energy_distance",
        "Energy distance and sliced Wasserstein see everything that is unlike real samples; the others see one fault each.",
        choices=tuple(MERITS),
        label="Figure of merit",
    )
    cost: str = option("nfe", "What is counted from left to right.", choices=tuple(COSTS), label="Cost")
    others: bool = option(False, "Each method has one of its own; some know several.", label="Other samplers too")
    methods: tuple[str, ...] = option((), "Those that are drawn; all where none is chosen.", label="Only these methods")
    mark: str = option("", "The mark whose samples are on the plane; a click on it chooses it too.", label="Mark")

    # Why many steps?
    left_map: str = option("ideal-denoiser", MAP, label="Left map")
    right_map: str = option("nearest-pair", MAP, label="Right map")
    place_x: float = option(0.0, PLACE, low=-FAR, high=FAR, label="Place x")
    place_y: float = option(0.5, PLACE, low=-FAR, high=FAR, label="Place y")

    # desc_scale
    scaled: str = option("coalescer", "Whose map is shown beside that of what it learns.", label="Method")
    curve_noise: str = option(
        "0.05",
        "Standard deviation of the descriptions' noise that the curves were measured with.",
        choices=("0.02", "0.05", "0.15"),
        label="Description noise",
    )

    asked: tuple[tuple[str, Any], ...] = ()  # the methods' options that are not at their defaults, by name

    @classmethod
    def read(cls, query: Mapping[str, str]) -> tuple["State", list[str]]:
        """The state that a link asks for, and a sentence for each value that cannot be taken as it is."""
        values, complaints = {}, []
        for name, known in controls().items():
            if name not in query:
                continue
            said = f"{name}={query[name][:40]}"
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

    @property
    def place(self) -> tuple[float, float]:
        """The place whose targets are listed, on the part of the plane that is shown."""
        low, high = space_named(self.space).bounds
        return min(max(self.place_x, low), high), min(max(self.place_y, low), high)

    def method(self, name: str) -> Method:
        """The method of this name as the controls ask for it, or what it is trained to say."""
        method = build(name, self.world, **dict(self.asked))
        return exactly(method) if self.field == "exact" else method

    def views(self) -> tuple[View, View]:
        """What the two panels ask."""
        return self.view(self.left, self.steps), self.view(self.right, self.right_steps)

    def view(self, name: str, steps: int) -> View:
        """What a panel of this method asks: by the chosen sampler where it is one of the method's, else its own."""
        method = self.method(name)
        sampler = {own.name: own for own in method.samplers}.get(self.sampler, method.samplers[0])
        judged = {steps}
        if isinstance(sampler, Jump):
            sampler = replace(sampler, threshold=self.threshold, enough=ENOUGH if self.adaptive else None)
            # Every jump ends at an image, so the first few are judged too; other paths are noisy until their last step.
            judged |= set(range(1, min(steps, JUDGED + 1)))
        count = EXACT_SAMPLES if isinstance(method, Exact) else SAMPLES
        guidance = self.guidance if method.guided else 1.0
        asked = [Question(method, self.concept, n, self.seed, count, sampler, guidance) for n in sorted(judged)]
        return View(tuple(asked), self.t if method.by_level else 1.0)


OWN = tuple(known.name for known in fields(State) if known.name != "asked")


def controls() -> dict[str, Option]:
    """Every control of the pages by its name: the state's own, then the methods' options."""
    every = tuple(method.name for method in METHODS)
    trained = {method.name: method for method in METHODS if issubclass(method, Trained)}
    targets = tuple(method.name for method in METHODS if issubclass(method, Exact) and method.targets)
    scaled = tuple(name for name, kind in trained.items() if kind.exact and "desc_scale" in options(kind))
    choices = {"space": tuple(space.name for space in SPACES), "sampler": tuple(samplers()), "scaled": scaled}
    choices |= {"left": every, "right": every, "left_map": targets, "right_map": targets, "methods": tuple(trained)}
    own = {name: replace(known, choices=choices.get(name, known.choices)) for name, known in options(State).items()}
    return {**own, **method_options()}
