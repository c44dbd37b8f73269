"""Sweeps that take no time."""

import pandas as pd

from sandbox.methods import Coalescer, NearestPair
from sandbox.pairs import World
from sandbox.results.compare import compare, units

WORLD = World("blobs", pairs=60)
TRAINING = {"training_steps": 20, "width": 8, "depth": 1, "batch": 16}
TINY = Coalescer(world=WORLD, **TRAINING)
SCALES = [NearestPair(world=WORLD, desc_scale=scale) for scale in (0.5, 2.0, 8.0)]
SECONDS = ["seconds_per_1000", "train_seconds"]


def table(methods, seeds=(0,), samples=20, jobs=None, out=None, progress=lambda *told: None, **asked):
    return compare(units(methods, seeds, samples, **asked), jobs=jobs, out=out, progress=progress)


def same(one, other):
    """Whether two tables say the same; a file keeps six digits, and seconds are never twice the same."""
    left, right = (each.drop(columns=SECONDS) for each in (one, other))
    pd.testing.assert_frame_equal(left, right, check_dtype=False, rtol=1e-5)
