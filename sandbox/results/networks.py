"""Networks beside the shipped ones: from other seeds, for half as long, and in spaces that nothing was tuned on.

What is asked here is how much networks differ, so a row is a mean over the seeds of sampling. `python -m sandbox.results --only
networks` trains what is missing, and keeps it where all weights are kept.
"""

from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from sandbox.measure.experiment import Question, answer
from sandbox.methods import Diffusion, Trained
from sandbox.pairs import World
from sandbox.results.compare import one_thread
from sandbox.results.sweeps import CLAIMANT, MAIN_SPACES, SAMPLES, SEEDS, trained
from sandbox.results.unseen_spaces import UNSEEN_SPACES
from sandbox.weights import store

SHIPPED, *OTHERS = TRAINING_SEEDS = (0, 1, 2)


def networks() -> Iterator[Trained]:
    """In the main spaces every method from three seeds, and one for half as long; in unseen ones ours, and diffusion once."""
    for space in MAIN_SPACES:
        for method in trained(space):
            yield from (replace(method, seed=seed) for seed in TRAINING_SEEDS)
            yield replace(method, seed=OTHERS[0], training_steps=method.training_steps // 2)
    for space in UNSEEN_SPACES:
        yield from (CLAIMANT(world=World(space), seed=seed) for seed in TRAINING_SEEDS)
        yield Diffusion(world=World(space))


def row_keys(method: Trained) -> Iterator[tuple[Any, ...]]:
    """What a network's rows are known by: at one and at two steps, if it takes so few, and at the most that it takes."""
    for concept in method.world.space.concept_names():
        for steps in (count for count in method.steps if count <= 2 or count == method.steps[-1]):
            yield method.world.space.name, method.name, method.training_steps, method.seed, concept, steps


def network_rows(method: Trained, there: Container[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of a network, but for those that are there; it is trained first if it has to be."""
    with one_thread():
        denoiser, rows = store.ready(method), []
        for known in (known for known in row_keys(method) if known not in there):
            *_, concept, steps = known
            told = [answer(Question(method, concept, steps, seed, SAMPLES), denoiser) for seed in SEEDS]
            figures = [
                (
                    each.trajectory.nfe,
                    each.quality.in_region,
                    each.likeness.recall,
                    each.likeness.energy_distance,
                    each.likeness.precision,
                )
                for each in told
            ]
            rows.append((*known, *np.mean(figures, axis=0).tolist()))
        return rows
