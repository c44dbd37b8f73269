"""What training and the index take on this machine, for `make bench`."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from sandbox.methods import Coalescer, Diffusion, Trained
from sandbox.pairs import PairIndex, Pairs, World, descriptions_of, make_pairs
from tests.bench_table import Row

QUERIES = 1000
DESC_SCALE = 8.0


def training_times(quick: bool) -> Iterator[Row]:
    """The default recipes, once each: they always take the same steps."""
    if quick:
        return
    recipes: tuple[Trained, ...] = (Coalescer(), Diffusion())
    for recipe in recipes:
        wall, processor = time.perf_counter(), time.process_time()
        for _ in recipe.train(every=recipe.training_steps):
            pass
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        asked = "15" if isinstance(recipe, Coalescer) else ""
        yield Row(f"training: {recipe.name}, {recipe.training_steps:,} steps, one thread", "s", asked, [wall])
        yield Row(f"training: {recipe.name}, the processor's own time", "s", "", [processor])


def index_times(quick: bool) -> Iterator[Row]:
    """The ball trees against looking at every pair; both must find the same distances."""
    for n in (1_000, 10_000, 100_000) if quick else (1_000, 10_000, 100_000, 1_000_000):
        world = World(pairs=n)
        pairs, repeats = make_pairs(world), 1 if n == 1_000_000 else 3
        builds = [seconds(lambda pairs=pairs: PairIndex(pairs, DESC_SCALE)) for _ in range(repeats)]
        yield Row(f"index: {n:>9,} pairs, build", "s", "", builds)
        index, rng = PairIndex(pairs, DESC_SCALE), np.random.default_rng(0)
        asked = descriptions_of(world, "animal", QUERIES, rng)
        points = world.space.start(QUERIES, rng)
        queries = [1000 * seconds(lambda i=index, a=asked, p=points: i.query(a, p)) for _ in range(repeats)]
        yield Row(f"index: {n:>9,} pairs, {QUERIES:,} queries", "ms", "", queries)
        some = max(10, QUERIES // max(1, n // 10_000))  # of the queries by brute force, scaled up
        began = time.perf_counter()
        nearest = brute_force(pairs, asked[:some], points[:some])
        took = 1000 * (time.perf_counter() - began) * QUERIES / some
        yield Row(f"index: {n:>9,} pairs, {QUERIES:,} queries, all pairs looked at ({some:,} made)", "ms", "", [took])
        np.testing.assert_allclose(index.query(asked[:some], points[:some])[0][:, 0], nearest, rtol=1e-9)


def brute_force(pairs: Pairs, description: np.ndarray, image: np.ndarray) -> np.ndarray:
    """The distance of the nearest pair to each query, by looking at all: (n,)."""
    keys = torch.from_numpy(np.concatenate([DESC_SCALE * pairs.description, pairs.image], axis=1))
    asked = torch.from_numpy(np.concatenate([DESC_SCALE * description, image], axis=1))
    exact = "donot_use_mm_for_euclid_dist"  # the fast way loses half of the digits
    parts = asked.split(max(1, 5_000_000 // len(keys)))
    return torch.cat([torch.cdist(part, keys, compute_mode=exact).amin(dim=1) for part in parts]).numpy()


def seconds(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began
