"""The tables that are shipped, and the command that makes them and their document: `python -m sandbox.results`.

A table is one of `sandbox.results.sweeps`, or is measured here where it is none of that kind. All are resumable and repeatable;
docs/results.md is written from the tables alone (`--write-only`).
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from sandbox.measure.generation import generate
from sandbox.measure.likeness import reference, squared_w2
from sandbox.methods import Method, build
from sandbox.pairs import World, make_pairs
from sandbox.pairs.balance import evenness
from sandbox.pairs.balanced_index import balanced_index, random_descriptions
from sandbox.results.compare import compare, trained_anew
from sandbox.results.report import report
from sandbox.results.sweeps import CLAIMANT, MAIN, PEERS_SPACE, SAMPLES, SEEDS, SWEEPS, defaults
from sandbox.results.table import COLUMNS, LIKENESSES, over_seeds, read, rewrite
from sandbox.spaces import SPACES, space_named
from sandbox.weights import store
from sandbox.weights.shipped import balanced_lookups

TABLES = Path(__file__).parent / "tables"
DOCUMENT = Path(__file__).parents[2] / "docs" / "results.md"
PUBLISHED_TOY = "eight-gaussians-to-moons"
PUBLISHED_SAMPLES = 10_000  # of both concepts together
ASKED = 100  # questions a pair, when it is counted how often each is found
DRAWN_COLUMNS = ("space", "concept", "seed", *LIKENESSES)
EVENNESS_COLUMNS = ("space", "questions", "total_variation", "floor", "never", "plain_total_variation", "plain_never")
W2_COLUMNS = ("method", "steps", "seed", "nfe", "squared_w2")
SECONDS_COLUMNS = ("method", "train_seconds")


@lru_cache(maxsize=8)
def load(name: str) -> pd.DataFrame:
    """A shipped table by its sweep's name, empty where it is not there; shared, so never to be changed."""
    path = TABLES / f"{name}.csv"
    return read(path) if path.is_file() else pd.DataFrame(columns=list(COLUMNS))


@lru_cache(maxsize=8)
def means(name: str) -> pd.DataFrame:
    """A shipped table's means over seeds with half of their 95 % interval (`sandbox.results.compare.over_seeds`)."""
    return over_seeds(load(name))


def published_toy() -> list[tuple[Method, int]]:
    """Method and steps of every row of the published toy: the lookup first, then all that are trained."""
    world = World(PUBLISHED_TOY)
    return [(method, 1) for method in (build("balanced-lookup", world), *defaults(PUBLISHED_TOY))]


def transport(method: Method, steps: int, seed: int) -> dict[str, object]:
    """One row of the published toy: squared W2 of all concepts' samples together, by exact transport."""
    space = space_named(method.world.space)
    concepts = [concept.name for concept in space.concepts]
    each = PUBLISHED_SAMPLES // len(concepts)
    denoiser = store.denoiser(method)
    ways = [generate(denoiser, method.sampler(), method.world, name, steps, each, seed) for name in concepts]
    landing = np.concatenate([way.landing.double().numpy() for way in ways])
    real = np.concatenate([space.sample(each, np.random.default_rng([seed, 4]), name) for name in concepts])
    nfe = float(np.mean([way.nfe for way in ways]))
    values = (method.name, steps, seed, nfe, squared_w2(landing, real))
    return dict(zip(W2_COLUMNS, values, strict=True))


def real_transport(seed: int) -> dict[str, object]:
    """Real against real, as the published toy measures: the floor."""
    space = space_named(PUBLISHED_TOY)
    concepts = [concept.name for concept in space.concepts]
    each = PUBLISHED_SAMPLES // len(concepts)
    one, other = (
        np.concatenate([space.sample(each, np.random.default_rng([seed, stream]), name) for name in concepts])
        for stream in (4, 5)
    )
    return dict(zip(W2_COLUMNS, ("real", 0, seed, 0.0, squared_w2(one, other)), strict=True))


def make_transport(path: Path, jobs: int) -> None:
    """Add the rows that the published toy's table lacks; about a minute each."""
    done = pd.read_csv(path) if path.is_file() else pd.DataFrame(columns=list(W2_COLUMNS))
    there = set(zip(done["method"], done["steps"], done["seed"], strict=True))
    tasks = [delayed(real_transport)(seed) for seed in range(2) if ("real", 0, seed) not in there]
    for method, steps in published_toy():
        # The claim is about one method and its floor: those on all seeds, the others on one.
        seeds = SEEDS if method.name in (CLAIMANT, "balanced-lookup") else range(1)
        tasks += [delayed(transport)(method, steps, seed) for seed in seeds if (method.name, steps, seed) not in there]
    rows = done.to_dict("records")
    for row in Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(tasks):
        rows.append(row)
        rewrite(path, pd.DataFrame(rows))
        sys.stderr.write(f"transport: {row['method']}, {row['steps']} steps, seed {row['seed']}\n")


def make_drawn(path: Path) -> None:
    """How like the real ones the training pairs themselves are: nobody who was trained on them can know better."""
    rows = []
    for space, seed in product((space for space in SPACES if space.name in (*MAIN, PEERS_SPACE)), SEEDS):
        pairs = make_pairs(World(space.name))
        for concept in space.concept_names():
            named = [k for k, known in enumerate(space.concepts) if known.name == concept]
            described = np.flatnonzero(pairs.concept == named[0]) if named else np.arange(len(pairs.image))
            drawn = pairs.image[np.random.default_rng([seed, 8]).choice(described, SAMPLES)]
            figures = asdict(reference(space.name, concept, SAMPLES, seed).likeness(drawn))
            rows.append({"space": space.name, "concept": concept, "seed": seed, **figures})
    rewrite(path, pd.DataFrame(rows))


def make_evenness(path: Path) -> None:
    """How evenly shipped balanced lookups find the pairs, beside plain ones; half a minute."""
    rows = []
    for world, desc_scale in balanced_lookups():
        index, rng = balanced_index(world, desc_scale), np.random.default_rng(1)
        start = space_named(world.space).start(ASKED * world.pairs, rng)
        described = index.keys(index.pairs.description, index.pairs.image)
        asked = index.keys(random_descriptions(world, len(start), rng), start)
        for name, keys, weights, questions in (
            ("with a description", described, index.weights, asked),
            ("without", index.pairs.image, index.none_weights, start),
        ):
            balanced, plain = evenness(keys, weights, questions), evenness(keys, 0 * weights, questions)
            values = (balanced.total_variation, balanced.floor, balanced.never, plain.total_variation, plain.never)
            rows.append(dict(zip(EVENNESS_COLUMNS, (world.space, name, *values), strict=True)))
    rewrite(path, pd.DataFrame(rows))


def make_seconds(path: Path) -> None:
    """What training takes by each default recipe, one after another, on one core if nothing else runs; ten minutes."""
    methods = defaults(MAIN[0])
    trained_anew(replace(methods[0], training_steps=20))  # what is done once in a process is not counted
    rows = []
    for method in methods:
        rows.append((method.name, trained_anew(method)[1]))
        sys.stderr.write(f"seconds: {method.name}, {rows[-1][1]:.1f}\n")
    rewrite(path, pd.DataFrame(rows, columns=list(SECONDS_COLUMNS)))


@lru_cache(maxsize=8)
def plain_table(name: str) -> pd.DataFrame:
    """A shipped table that is no sweep, empty where it is not there; shared, so never to be changed."""
    path = TABLES / f"{name}.csv"
    return pd.read_csv(path) if path.is_file() else pd.DataFrame(columns=list(OTHERS[name]))


ALONE: dict[str, Callable[[Path], None]] = {"evenness": make_evenness, "drawn": make_drawn, "seconds": make_seconds}
OTHERS = {
    "transport": W2_COLUMNS,
    "evenness": EVENNESS_COLUMNS,
    "drawn": DRAWN_COLUMNS,
    "seconds": SECONDS_COLUMNS,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the tables lack, and write the document."""
    command = argparse.ArgumentParser(prog="python -m sandbox.results", description=main.__doc__)
    command.add_argument("--only", nargs="*", choices=[*SWEEPS, *OTHERS], help="these tables; all unless named")
    command.add_argument("--jobs", type=int, default=-1, help="processes; -1 is one for each core")
    command.add_argument("--write-only", action="store_true", help="write the document from the tables as they are")
    chosen = command.parse_args(arguments)
    wanted: Iterable[str] = () if chosen.write_only else chosen.only or (*SWEEPS, *OTHERS)
    TABLES.mkdir(exist_ok=True)
    for name in wanted:
        if name == "transport":
            make_transport(TABLES / "transport.csv", chosen.jobs)
        elif name in ALONE:
            if not (TABLES / f"{name}.csv").is_file():
                ALONE[name](TABLES / f"{name}.csv")
        else:
            compare(SWEEPS[name](), jobs=chosen.jobs, out=TABLES / f"{name}.csv", progress=_tell)
    for kept in (load, means, plain_table):
        kept.cache_clear()
    DOCUMENT.write_text(document())


def document() -> str:
    """docs/results.md, from the shipped tables."""
    others = {name: plain_table(name) for name in OTHERS}
    whole = {name: load(name) for name in ("race", "retrained", "halved")}
    return report({name: means(name) for name in SWEEPS}, {**whole, **others})


def _tell(done: int, total: int, text: str) -> None:
    sys.stderr.write(f"{done} of {total}: {text}\n")
