"""Methods side by side: one row for each method, concept, number of steps and seed, all from the same starting points."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import pandas as pd

from sandbox import store
from sandbox.denoiser import Denoiser
from sandbox.generation import generate
from sandbox.methods import Method, Trained
from sandbox.metrics import quality
from sandbox.sampling import Sampler, Trajectory
from sandbox.spaces import space_named
from sandbox.training import train


@dataclass(frozen=True)
class Row:
    """One experiment."""

    space: str
    method: str
    concept: str
    steps: int
    seed: int
    desc_scale: float  # as asked for; diffusion has no use for it
    nfe: float  # network evaluations, counted, mean per sample
    in_region: float
    condition_agreement: float
    miss: float  # space units
    seconds_per_1000: float


@dataclass(frozen=True)
class Sampling:
    """How a method is asked: its own sampler unless another is chosen, guided or not."""

    sampler: Sampler | None = None
    guidance: float = 1.0


def timed(
    denoiser: Denoiser, method: Method, sampling: Sampling, concept: str, steps: int, n: int, seed: int
) -> tuple[Trajectory, float]:
    """Generate n samples and say how many seconds it took."""
    sampler = sampling.sampler or method.sampler()
    began = time.perf_counter()
    trajectory = generate(denoiser, sampler, method.world, concept, steps, n, seed, sampling.guidance)
    return trajectory, time.perf_counter() - began


def measure(trajectory: Trajectory, seconds: float, method: Method, concept: str, seed: int, desc_scale: float) -> Row:
    """Judge one trajectory's landing points."""
    landing = trajectory.landing.double().numpy()
    judged = quality(landing, space_named(method.world.space), concept)
    return Row(
        space=method.world.space,
        method=method.name,
        concept=concept,
        steps=len(trajectory.times) - 1,
        seed=seed,
        desc_scale=desc_scale,
        nfe=trajectory.nfe,
        **asdict(judged),
        seconds_per_1000=1000 * seconds / len(landing),
    )


def compare(
    methods: Sequence[Method],
    concepts: Sequence[str],
    steps: Sequence[int],
    seeds: Sequence[int],
    samples: int,
    *,
    desc_scale: float,
    sampling: Sampling | None = None,
    retrain: bool = False,
    report: store.Report = lambda method, progress: None,
) -> pd.DataFrame:
    """The table of all combinations.

    A seed decides the starting points, the descriptions and the sampler's noise. Without `retrain` the weights are the
    method's own (shipped, or trained here once and kept); with it every seed also trains a network of its own, for the
    column `train_seconds`. ValueError for a concept that a space lacks, no step or no samples.
    """
    rows = []
    for method in methods:
        for seed, denoiser, cost in _ready(method, seeds, retrain, report):
            timed(denoiser, method, sampling or Sampling(), concepts[0], 1, 8, seed)  # warm, so that no row pays for it
            for concept in concepts:
                for count in steps:
                    trajectory, seconds = timed(denoiser, method, sampling or Sampling(), concept, count, samples, seed)
                    row = asdict(measure(trajectory, seconds, method, concept, seed, desc_scale))
                    rows.append({**row, **cost})
    return pd.DataFrame(rows)


def _ready(
    method: Method, seeds: Sequence[int], retrain: bool, report: store.Report
) -> Iterator[tuple[int, Denoiser, dict[str, float]]]:
    """Each seed with a denoiser to sample from and, after retraining, what it cost."""
    for seed in seeds:
        if retrain and isinstance(method, Trained):
            recipe, began = replace(method, seed=seed), time.perf_counter()
            for progress in train(recipe):
                report(recipe, progress)
            network = progress.network.eval().requires_grad_(False)
            yield seed, recipe.denoiser(network), {"train_seconds": time.perf_counter() - began}
            continue
        yield seed, store.ready(method, report), {"train_seconds": 0.0} if retrain else {}
