"""What becomes of two steps in more dimensions than two, and why coverage falls: three tables of learned spaces.

`beyond` has every contestant in every learned space, and ten digits in two and four dimensions beside; `beyond_scale` the
coalescer over desc_scale in eight; `borders` what the exact lookups find, and how near to the border between two pairs random
points lie. A row is a mean over captions, from the most particular to the most general one, and over the seeds of sampling.
"""

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from sandbox.engine import Denoiser, Heun, Sampler, departures, options
from sandbox.learned.digits import DIGITS
from sandbox.measure.experiment import Judged, Question, answer
from sandbox.measure.yardsticks import YARDSTICKS, yardstick
from sandbox.methods import BalancedLookup, Coalescer, Diffusion, Method, NearestPair
from sandbox.methods.shipped import GUIDED, in_learned, published
from sandbox.pairs import PairIndex, World, pair_index, random_descriptions
from sandbox.pairs.index import spacing
from sandbox.pairs.search import nearest
from sandbox.results.compare import one_thread
from sandbox.spaces import LEARNED_SPACES, LearnedSpace, learned_space
from sandbox.spaces.pictures import HAZE
from sandbox.weights import store

TRAINING_SEEDS = (0, 1, 2)
SAMPLING_SEEDS = (0, 1)
SAMPLES = 2000  # of a caption, or as many as there are pictures to compare them with
CAPTIONS = 8
SCALES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 512.0)
SCALED = next(space for space in LEARNED_SPACES if space.name == "digits-8d")
QUESTIONS = 20_000  # that lookups are counted with
MOST_FOUND = 0.01  # share of the pairs
FRESH = 2000  # of these, that are compared with the nearest of the others
FIGURES = ("recognised", "precision", "recall", "energy_distance")

Values = tuple[Any, ...]

FEWER: tuple[LearnedSpace, ...] = tuple(  # ten digits in so little room: to be measured, not to be shown
    learned_space(
        f"digits-{words}d",
        f"Digits in {title} dimensions",
        "Learned: all ten written digits.",
        DIGITS,
        dimensions=words,
        description_dimensions=8,
        haze=HAZE,
    )
    for words, title in ((2, "two"), (4, "four"))
)
MEASURED_SPACES: tuple[LearnedSpace, ...] = (*LEARNED_SPACES, *FEWER)


@dataclass(frozen=True)
class Contestant:
    """A method as it is asked: by which sampler, guided how much, in how many steps."""

    method: Method
    steps: tuple[int, ...]
    sampler: Sampler
    guidance: float = 1.0

    @property
    def options(self) -> str:
        """Which of its options are no defaults; a sampler that is not the method's own by its name."""
        asked = departures(self.method)
        told = [f"{name}={asked[name]:g}" for name in options(self.method) if name in asked]
        other = [] if self.sampler == self.method.samplers[0] else [self.sampler.name]
        return " ".join([*told, *other]) or "default"

    def row_keys(self) -> list[Values]:
        """What its rows are known by."""
        space, seed = self.method.world.space.name, getattr(self.method, "seed", 0)
        return [(space, self.method.name, self.options, self.guidance, count, seed) for count in self.steps]


def contestants(space: LearnedSpace, seed: int = 0) -> list[Contestant]:
    """Everybody in a space, from a seed of training."""
    found = []
    for method in in_learned(World(space), seed):
        found.append(Contestant(method, method.steps, method.samplers[0]))
        if isinstance(
            method, Diffusion
        ):  # at its best: by Heun's method, and guided as the flow that learns guidance is
            found.append(Contestant(method, (4, 32), Heun()))
            found.append(Contestant(method, (8, 64), method.samplers[0], GUIDED))
    return found


def asked_captions(space: LearnedSpace) -> list[str]:
    """Some captions from those of one kind to those of most kinds, evenly."""
    captions = sorted(space.ends.pictures.captions, key=lambda caption: len(caption.kinds))
    which = np.linspace(0, len(captions) - 1, CAPTIONS).round().astype(int)
    return [captions[i].text for i in which]


def recognised(space: LearnedSpace, judged: Judged) -> float:
    """The share of samples in which the judge sees what was asked: `in_region`, without the distances."""
    meant = [region.name in {each.name for each in space.meant_by(judged.concept)} for region in space.regions]
    return float(np.array([*meant, False])[space.ends.kind(judged.samples)].mean())


def figures(space: LearnedSpace, every: Iterable[Judged]) -> list[float]:
    """Recognised, that of the worst caption, precision, recall and energy distance: means over captions and seeds."""
    rows = [
        (each.concept, recognised(space, each), *(getattr(each.likeness, name) for name in FIGURES[1:]))
        for each in every
    ]
    by_caption = pd.DataFrame(rows, columns=["caption", *FIGURES]).groupby("caption").mean()
    return [by_caption.recognised.mean(), by_caption.recognised.min(), *by_caption[list(FIGURES[1:])].mean()]


def beyond(there: Container[Values], jobs: int) -> Iterator[Values]:
    """Every contestant in every learned space from three seeds: networks that are not there are trained, hours for all."""
    for space in MEASURED_SPACES:
        for recipe in space.ends.recipes:
            if not store.files(recipe):
                deque(store.make(recipe), maxlen=0)
    tasks = [delayed(floors)(space) for space in MEASURED_SPACES if floor_keys(space)[0] not in there]
    for seed in TRAINING_SEEDS:
        for space in MEASURED_SPACES:
            for each in contestants(space, seed):
                if steps := tuple(known[4] for known in each.row_keys() if known not in there):
                    tasks.append(delayed(contest)(replace(each, steps=steps)))
    for rows in Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(tasks):
        yield from rows


def contest(each: Contestant) -> list[Values]:
    """A contestant's rows; its network is trained first if it has to be."""
    space: Any = each.method.world.space
    with one_thread():
        denoiser, rows = store.ready(each.method), []
        for known, steps in zip(each.row_keys(), each.steps, strict=True):
            told = [*_answers(each, steps, denoiser)]
            rows.append((*known, float(np.mean([one.trajectory.nfe for one in told])), *figures(space, told)))
        return rows


def _answers(each: Contestant, steps: int, denoiser: Denoiser) -> Iterator[Any]:
    for caption in asked_captions(each.method.world.space):  # type: ignore[arg-type]
        for seed in SAMPLING_SEEDS:
            yield answer(Question(each.method, caption, steps, seed, SAMPLES, each.sampler, each.guidance), denoiser)


def floor_keys(space: LearnedSpace) -> list[Values]:
    """What the rows of the yardsticks are known by."""
    return [(space.name, name, "default", 1.0, 0, 0) for name in YARDSTICKS]


def floors(space: LearnedSpace) -> list[Values]:
    """What a second real sample and the pairs themselves score."""
    rows = []
    for known in floor_keys(space):
        every = [
            yardstick(known[1], World(space), caption, int(min(SAMPLES, space.known(caption))), seed)
            for caption in asked_captions(space)
            for seed in SAMPLING_SEEDS
        ]
        rows.append((*known, 0.0, *figures(space, every)))
    return rows


def beyond_scale(there: Container[Values], jobs: int) -> Iterator[Values]:
    """The coalescer in one step over desc_scale in eight dimensions, and the lookup that it learns; some twenty minutes."""
    tasks = []
    for scale in SCALES:
        exact = NearestPair(world=World(SCALED), desc_scale=scale)
        learned = [published(World(SCALED), seed, desc_scale=scale) for seed in TRAINING_SEEDS]
        for method in (exact, *learned):
            known = (SCALED.name, method.name, scale, getattr(method, "seed", 0))
            if known not in there:
                tasks.append(delayed(scaled)(known, method))
    yield from Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(tasks)


def scaled(known: Values, method: Method) -> Values:
    """A point of the curve."""
    with one_thread():
        told = [*_answers(Contestant(method, (1,), method.samplers[0]), 1, store.ready(method))]
        share, _, _, recall, energy = figures(SCALED, told)
        return (*known, float(np.mean([one.trajectory.nfe for one in told])), share, recall, energy)


def borders(there: Container[Values], jobs: int) -> Iterator[Values]:
    """What stands behind the words on coverage, some minutes."""
    for space in MEASURED_SPACES:
        for what, measure in BORDERS.items():
            if (space.name, what) not in there:
                with one_thread():
                    yield space.name, what, measure(space)


def exact_recall(kind: type[Method], space: LearnedSpace) -> float:
    """Recall of an exact lookup in one step."""
    method = kind(world=World(space))
    told = _answers(Contestant(method, (1,), method.samplers[0]), 1, store.ready(method))
    return figures(space, told)[3]


@cache
def _asked(space: LearnedSpace) -> tuple[PairIndex, Any, Any]:
    world, rng = World(space), np.random.default_rng(0)
    descriptions = random_descriptions(world, QUESTIONS, rng)
    return pair_index(world, Coalescer(world=world).desc_scale), descriptions, space.start(QUESTIONS, rng)


def hubs(space: LearnedSpace) -> float:
    """Share of plain lookups that find one of the most found hundredth of the images."""
    index, asked, start = _asked(space)
    _, image = np.unique(index.pairs.image, axis=0, return_inverse=True)
    found = np.sort(np.bincount(image[index.close_pair(asked, start)], minlength=image.max() + 1))[::-1]
    return float(found[: max(1, round(MOST_FOUND * len(found)))].sum() / found.sum())


def parted(space: LearnedSpace) -> float:
    """Share of random points that, asked for nothing, find another image than the nearest of many others does.

    What a network was shown there says nothing about them: a border lies between.
    """
    index, asked, start = _asked(space)
    found = index.pairs.image[index.close_pair(np.full_like(asked, np.nan), start)]
    _, other = nearest(start[FRESH:], start[:FRESH], 1)
    return float((found[:FRESH] != found[FRESH:][other[:, 0]]).any(axis=1).mean())


def to_pair(space: LearnedSpace) -> float:
    """Mean distance from a random point to the image that a plain lookup finds, space units."""
    index, asked, start = _asked(space)
    return float(np.linalg.norm(index.pairs.image[index.close_pair(asked, start)] - start, axis=1).mean())


BORDERS: dict[str, Callable[[LearnedSpace], float]] = {
    "recall of the plain lookup": partial(exact_recall, NearestPair),
    "recall of the balanced lookup": partial(exact_recall, BalancedLookup),
    "lookups that find the most found 1 %": hubs,
    "lookups parted from the nearest of 18,000 others": parted,
    "distance from R to its pair": to_pair,
    "distance between neighbouring pairs": lambda space: spacing(World(space)),
}
