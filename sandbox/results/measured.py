"""The shipped tables that are no sweep's: of the pairs' balance, of training, and by a protocol others published.

Each is a function that yields the rows that its table lacks, told by what the rows that are there are known.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import astuple, replace
from itertools import product

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from sandbox.engine.recipe import options
from sandbox.measure.experiment import Question, answer
from sandbox.measure.likeness import squared_w2
from sandbox.methods import BalancedLookup, Method
from sandbox.methods.shipped import recipes
from sandbox.pairs import World, make_pairs, random_descriptions
from sandbox.pairs.balance import keys
from sandbox.pairs.transport import evenness
from sandbox.results.ablation import ablated_rows, ablations, row_keys
from sandbox.results.autoencoders import autoencoders
from sandbox.results.beyond import beyond, beyond_scale, borders
from sandbox.results.compare import one_thread, trained_anew
from sandbox.results.files import write
from sandbox.results.networks import network_rows
from sandbox.results.networks import networks as every_network
from sandbox.results.networks import row_keys as row_keys_of_network
from sandbox.results.shipped import PLAIN_TABLES, path_of, plain_table
from sandbox.results.sweeps import CLAIMANT, FLOOR_SPACE, MAIN_SPACES, SEEDS, trained
from sandbox.results.tuning import rounds
from sandbox.spaces import SPACES, Points, space_named
from sandbox.weights import store

TOY = space_named("eight-gaussians-to-moons")  # of the published protocol
TOY_SAMPLES = 10_000  # of all its concepts together
QUESTIONS_A_PAIR = 100  # when it is counted how often each pair is found
CURVE_STEPS = 2  # of the page's first panel when it opens
KNOWN = len(PLAIN_TABLES["tuning"][0])  # columns that a trial is known by

Values = tuple[object, ...]  # of a row, or of the columns that it is known by


def complete(name: str, jobs: int, tell: Callable[[str], None]) -> None:
    """Add to a table what it lacks, row by row."""
    known_by, figures = PLAIN_TABLES[name]
    rows = [tuple(row) for row in plain_table(name).itertuples(index=False)]
    for row in MEASURED[name]({row[: len(known_by)] for row in rows}, jobs):
        rows.append(row)
        write(path_of(name), pd.DataFrame(rows, columns=[*known_by, *figures]))
        tell(f"{name}: {', '.join(map(str, row[: len(known_by)]))}")


def transport(there: Container[Values], jobs: int) -> Iterator[Values]:
    """The published toy, about a minute a row."""
    tasks = {("real", 0, seed): delayed(real_transport)(seed) for seed in range(2)}
    for method in (BalancedLookup(world=World(TOY)), *trained(TOY)):
        # The claim is about one method and the exact map that it learns: these on all seeds, the others on one.
        seeds = SEEDS if isinstance(method, (CLAIMANT, BalancedLookup)) else SEEDS[:1]
        tasks |= {(method.name, 1, seed): delayed(method_transport)(method, 1, seed) for seed in seeds}
    lacking = [task for known, task in tasks.items() if known not in there]
    yield from Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(lacking)


def method_transport(method: Method, steps: int, seed: int) -> Values:
    """Squared W2 of all concepts' samples together to real ones, by exact transport."""
    with one_thread():
        answers = [answer(Question(method, name, steps, seed, count)) for name, count in toy_concepts()]
    nfe = float(np.mean([each.trajectory.nfe for each in answers]))
    samples = np.concatenate([each.samples for each in answers])
    return method.name, steps, seed, nfe, squared_w2(samples, toy_sample(seed, 4))


def real_transport(seed: int) -> Values:
    """One real sample against another: the floor."""
    return "real", 0, seed, 0.0, squared_w2(toy_sample(seed, 4), toy_sample(seed, 5))


def toy_concepts() -> list[tuple[str, int]]:
    """The published toy's concepts, and how many samples of each."""
    return [(concept.name, TOY_SAMPLES // len(TOY.concepts)) for concept in TOY.concepts]


def toy_sample(seed: int, stream: int) -> Points:
    """A real sample of all concepts together: (TOY_SAMPLES, 2)."""
    return np.concatenate([TOY.sample(n, np.random.default_rng([seed, stream]), name) for name, n in toy_concepts()])


def found_evenly(there: Container[Values], jobs: int) -> Iterator[Values]:
    """How evenly the shipped balanced lookups find the pairs, beside plain ones; half a minute."""
    for space in SPACES:
        (recipe,) = BalancedLookup(world=World(space)).needs()
        pairs, balance, rng = make_pairs(recipe.world), store.load(recipe), np.random.default_rng(1)
        start = space.start(QUESTIONS_A_PAIR * len(pairs.image), rng)
        described = keys(recipe.desc_scale, random_descriptions(recipe.world, len(start), rng), start)
        stored = keys(recipe.desc_scale, pairs.description, pairs.image)
        for name, key, weights, questions in (
            ("with a description", stored, balance.described, described),
            ("without", pairs.image, balance.undescribed, start),
        ):
            if (space.name, name) not in there:
                balanced, plain = evenness(key, weights, questions), evenness(key, 0 * weights, questions)
                yield space.name, name, *astuple(balanced), plain.total_variation, plain.never


def seconds(there: Container[Values], jobs: int) -> Iterator[Values]:
    """What training takes by each default recipe, one after another, on one core if nothing else runs; ten minutes."""
    methods = [method for method in trained(MAIN_SPACES[0]) if (method.name,) not in there]
    for method in methods[:1]:
        trained_anew(replace(method, training_steps=20))  # what is done once in a process is not counted
    for method in methods:
        yield method.name, trained_anew(method)[1]


def curve(there: Container[Values], jobs: int) -> Iterator[Values]:
    """What the page would count of every shipped desc_scale, in the state that it opens with; a minute."""
    tasks = {
        (method.world.space.name, method.name, CURVE_STEPS, 0, concept, scale): delayed(counted)(method, concept, scale)
        for method, scale in scaled()
        for concept in method.world.space.concept_names()
    }
    lacking = [task for known, task in tasks.items() if known not in there]
    yield from Parallel(n_jobs=jobs, return_as="generator")(lacking)


def scaled() -> list[tuple[Method, float]]:
    """Shipped methods with their desc_scale that are the default recipe but for that, where there is more than the default."""
    known: dict[Method, list[tuple[Method, float]]] = {}
    for recipe in recipes():
        if isinstance(recipe, Method) and "desc_scale" in options(recipe):
            usual = replace(recipe, desc_scale=options(recipe)["desc_scale"].default)  # type: ignore[call-arg]
            if usual == type(recipe)(world=recipe.world):
                known.setdefault(usual, []).append((recipe, recipe.desc_scale))  # type: ignore[attr-defined]
    return [each for stops in known.values() if len(stops) > 1 for each in stops]


def counted(method: Method, concept: str, scale: float) -> Values:
    """A point of the curve."""
    with one_thread():
        told = answer(Question(method, concept, CURVE_STEPS))
        figures = told.trajectory.nfe, told.quality.in_region, told.likeness.recall
    return method.world.space.name, method.name, CURVE_STEPS, told.question.seed, concept, scale, *figures


def tuning(there: Container[Values], jobs: int) -> Iterator[Values]:
    """The trials of every method (`sandbox.results.tuning`): hours."""
    worths = {row[:KNOWN]: row[KNOWN + 1] for row in plain_table("tuning").itertuples(index=False, name=None)}
    for method in (type(method) for method in trained(MAIN_SPACES[0])):
        for trials in rounds(method, worths):
            lacking = [delayed(trial.row)() for trial in trials if trial.known_by not in there]
            for row in Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(lacking):
                worths[row[:KNOWN]] = row[KNOWN + 1]
                yield row


def networks(there: Container[Values], jobs: int) -> Iterator[Values]:
    """Networks beside the shipped ones (`sandbox.results.networks`): hours."""
    tasks = [
        delayed(network_rows)(method, there)
        for method in every_network()
        if any(known not in there for known in row_keys_of_network(method))
    ]
    for rows in Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(tasks):
        yield from rows


def ablation(there: Container[Values], jobs: int) -> Iterator[Values]:
    """What of the balanced coalescer brings what (`sandbox.results.ablation`): hours."""
    tasks = [
        delayed(ablated_rows)(space, chosen)
        for chosen, space in product(ablations(), (*MAIN_SPACES, FLOOR_SPACE))
        if any(known not in there for known in row_keys(space, chosen))
    ]
    for rows in Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(tasks):
        yield from (row for row in rows if row[:6] not in there)


MEASURED: dict[str, Callable[[Container[Values], int], Iterator[Values]]] = {
    "transport": transport,
    "evenness": found_evenly,
    "seconds": seconds,
    "curve": curve,
    "tuning": tuning,
    "networks": networks,
    "ablation": ablation,
    "autoencoders": autoencoders,
    "beyond": beyond,
    "beyond_scale": beyond_scale,
    "borders": borders,
}
