"""Every control of every page, declared once: what it may be, how it is explained, and the group that it stands in."""

from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.engine.recipe import option, options
from sandbox.methods import Jump
from sandbox.pairs import World
from sandbox.stage.merits import BEYOND_FIGURES, COSTS, MERITS

POINTS = 500  # the most that are drawn
SAMPLES = 2000  # that the figures of merit are made from; the first of them are drawn
ENOUGH = 0.95  # trust with which an adaptive jump is the last
FAR = 1e6  # no place on a plane is further from its origin, space units

METHOD = "What answers “where does this point belong?” in this panel."
STEPS = "How many steps it takes. The table counts the evaluations of the network that they cost."
MORE = "What is compared with the other panels on the same points; nothing, and there is no such panel."
DRAG = "The place on the map of pictures that is in the hand; a drag on the map moves it."
HELD = "The description in the hand, a place on the plane of descriptions."
MAP = "Whose targets this map is of: an exact method that says which pairs a place is sent to."
PLACE = "The place whose likeliest targets are listed; a click on a map chooses one."


# The groups of controls: what is asked, what is shown of it, what few need; and those of the other pages.
ASK, SHOW, ADVANCED, VIEW = "Ask", "Show", "Advanced", "View"
RACE, WHY, SCALE = "Race", "Why many steps?", "desc_scale"
WORDS, BEYOND = "Pictures and words", "Beyond the plane"
OF_PANELS = (ASK, SHOW, ADVANCED)
LAYERS = ("regions", "pairs", "field", "exact", "difference", "trust", "agreement", "cells", "trails", "density")


def _as_in(recipe: type, name: str, group: str) -> Any:  # noqa: ANN401
    """A control that another recipe has declared."""
    known = replace(options(recipe)[name], group=group)
    return field(default=known.default, metadata={"option": known})


@dataclass(frozen=True)
class Controls:
    """The pages open with these values."""

    space: str = option(
        "cats-and-dogs",
        "Where images live: a plane that is mostly noise, with a few regions that mean something.",
        label="Space",
        group=ASK,
    )
    concept: str = option(
        "cat",
        "What is asked for. “animal” is ambiguous: it may mean a cat or a dog. “none” gives no description at all "
        "(unconditional generation).",
        label="Concept",
        group=ASK,
    )
    seed: int = option(
        0,
        "Decides the starting points R and the descriptions. The same seed always shows the same picture.",
        low=0,
        high=2**31 - 1,
        label="Seed",
        group=ASK,
    )

    # Playground
    left: str = option("coalescer", METHOD, label="Left panel", group=ASK)
    steps: int = option(2, STEPS, low=1, high=64, label="Steps", group=ASK)
    right: str = option("diffusion", METHOD, label="Right panel", group=ASK)
    right_steps: int = option(16, STEPS, low=1, high=64, label="Steps", group=ASK)
    third: str = option("", MORE, label="Third panel", group=ASK)
    third_steps: int = option(2, STEPS, low=1, high=64, label="Steps", group=ASK)
    fourth: str = option("", MORE, label="Fourth panel", group=ASK)
    fourth_steps: int = option(2, STEPS, low=1, high=64, label="Steps", group=ASK)
    layers: tuple[str, ...] = option(
        ("regions", "pairs", "field", "trails"),
        "What is drawn; none of it changes what is computed.",
        choices=LAYERS,
        label="Layers",
        group=SHOW,
    )
    field: str = option(
        "learned",
        "Learned: what the trained networks answer. Exact: what they were trained to answer, computed from the pairs "
        "where there is a way to; no training, any value at once.",
        choices=("learned", "exact"),
        label="Field",
        group=SHOW,
    )
    points: int = option(
        40,
        f"How many of the {SAMPLES:,} starting points R are drawn. The table always judges all of them.",
        low=1,
        high=POINTS,
        label="Points drawn",
        group=SHOW,
    )
    t: float = option(
        0.7,
        "Arrows of methods that anneal noise depend on how noisy they take a point to be: 1 is pure noise, where every "
        "arrow points at the mean of all targets; 0 is data. The trajectories pass through all levels from 1 to 0.",
        low=0.05,
        high=0.95,
        label="Arrows at noise level t",
        group=SHOW,
    )
    sampler: str = option(
        "ddim",
        "DDIM keeps the noise that a point carries; ancestral sampling replaces a part of it; Heun's method and "
        "DPM-Solver++ (2M) are of second order. Methods that have only one are not concerned.",
        label="Sampler",
        group=ADVANCED,
    )
    guidance: float = option(
        1.0,
        "Classifier-free guidance: 1 is none; more pushes away from the answer without a description, at a second "
        "evaluation for each step.",
        low=0.0,
        high=5.0,
        label="Guidance",
        group=ADVANCED,
    )
    adaptive: bool = option(
        False,
        f"Stop jumping as soon as a jump was made with a trust of {ENOUGH:g} or more.",
        label="Adaptive jumps",
        group=ADVANCED,
    )
    threshold: float = _as_in(Jump, "threshold", ADVANCED)
    description_noise: float = _as_in(World, "description_noise", ADVANCED)

    presenting: bool = option(False, "Everything large, and no controls.", label="Presenter mode", group=VIEW)
    controls: bool = option(True, "Whether there are controls, or only the panels and the transport.", group=VIEW)

    # Race
    figure: str = option(
        "energy_distance",
        "Energy distance and sliced Wasserstein see everything that is unlike real samples; the others see one fault each.",
        choices=tuple(MERITS),
        label="Figure of merit",
        group=RACE,
    )
    cost: str = option("nfe", "What is counted from left to right.", choices=tuple(COSTS), label="Cost", group=RACE)
    others: bool = option(
        False, "Each method has one of its own; some know several.", label="Other samplers too", group=RACE
    )
    methods: tuple[str, ...] = option(
        ("coalescer", "diffusion", "balanced-coalescer"),
        "Those that are in colour, the rest is grey; all where none is chosen.",
        label="In colour",
        group=RACE,
    )
    mark: str = option(
        "", "The mark whose samples are on the plane; a click on it chooses it too.", label="Mark", group=RACE
    )

    # Why many steps?
    left_map: str = option("ideal-denoiser", MAP, label="Left map", group=WHY)
    right_map: str = option("nearest-pair", MAP, label="Right map", group=WHY)
    map_concept: str = option(
        "animal",
        "What is asked for on the maps. “animal” has targets in both regions; where one is meant they agree far better.",
        label="Concept",
        group=WHY,
    )
    place_x: float = option(0.0, PLACE, low=-FAR, high=FAR, label="Place x", group=WHY)
    place_y: float = option(0.5, PLACE, low=-FAR, high=FAR, label="Place y", group=WHY)

    # desc_scale
    scaled: str = option("coalescer", "Whose map is shown beside that of what it learns.", label="Method", group=SCALE)

    # Beyond the plane
    beyond_figure: str = option(
        "recall",
        "Recognised alone flatters whoever draws the same picture again and again; recall sees what is no longer drawn.",
        choices=tuple(BEYOND_FIGURES),
        label="Figure",
        group=BEYOND,
    )
    beyond_steps: int = option(
        2, "In how many steps those go that are to need few.", low=1, high=2, label="Few steps", group=BEYOND
    )
    beyond_space: str = option(
        "digits-8d", "Whose figures are drawn over evaluations.", label="Over evaluations in", group=BEYOND
    )
    beyond_grid: str = option("digits-16d", "Whose pictures are shown.", label="Pictures of", group=BEYOND)

    # Pictures and words
    picture_space: str = option(
        "pets",
        "Which pictures and captions: a plane that two autoencoders have learned.",
        label="Pictures",
        group=WORDS,
    )
    caption: str = option(
        "a cat",
        "What the methods are asked for, in the words of the captions; “none” asks for nothing.",
        label="Caption",
        group=WORDS,
    )
    drawn_by: tuple[str, ...] = option(
        ("balanced-coalescer", "diffusion"),
        "The methods whose points are followed from R to a picture, three at the most.",
        label="Drawn by",
        group=WORDS,
    )
    film_steps: int = option(
        8,
        "Each method takes so many steps, or as many as it is made for where those are fewer.",
        low=1,
        high=32,
        label="Steps, at most",
        group=WORDS,
    )
    picture_x: float = option(0.8, DRAG, low=-FAR, high=FAR, label="Place x", group=WORDS)
    picture_y: float = option(2.2, DRAG, low=-FAR, high=FAR, label="Place y", group=WORDS)
    described: bool = option(
        False,
        "Ask with the description in the hand in place of the caption's own.",
        label="Description in the hand",
        group=WORDS,
    )
    description_x: float = option(0.0, HELD, low=-FAR, high=FAR, label="Description x", group=WORDS)
    description_y: float = option(0.0, HELD, low=-FAR, high=FAR, label="Description y", group=WORDS)
