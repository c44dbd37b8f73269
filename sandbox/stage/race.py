"""Quality against cost: the shipped comparison's curves, and each point's samples on the plane."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from sandbox.engine.sampling import SAMPLERS
from sandbox.measure.generation import generate
from sandbox.methods import METHODS, Trained, method_named
from sandbox.pairs import World
from sandbox.results.table import FLOORS, LIKENESSES
from sandbox.spaces import Points, Space, space_named
from sandbox.stage.chart import Chart, Line, Point
from sandbox.stage.ink import faded, region_colour
from sandbox.stage.svg import ring
from sandbox.weights import store

FIGURES = {
    "precision": "Precision",
    "recall": "Recall",
    "coverage": "Coverage",
    "energy_distance": "Energy distance",
    "sliced_wasserstein": "Sliced Wasserstein",
    "in_region": "In-region share",
    "condition_agreement": "Condition agreement",
}
DISTANCES = ("energy_distance", "sliced_wasserstein")  # better when smaller, drawn on a logarithmic axis
COSTS = {
    "nfe": "Network evaluations per sample",
    "seconds_per_1000": "Milliseconds for 1,000 samples",
    "train_seconds": "Seconds of training",
}
DASHES = ("", "9 5", "3 4", "12 4 3 4")  # of a method's own sampler and of its others
DRAWN = 200  # samples of a point


def runners() -> list[str]:
    """The names of the methods that can take part."""
    return [method.name for method in METHODS if issubclass(method, Trained)]


def race_chart(
    means: pd.DataFrame,
    seconds: pd.DataFrame,
    space: str,
    concept: str,
    names: Sequence[str],
    figure: str,
    cost: str,
    others: bool = False,
) -> Chart:
    """The chart of one figure of merit against one cost; `seconds` is the table of what training took.

    With `others` every sampler that a method was tried with has a line, otherwise the method's own.
    """
    here = means[(means.space == space) & (means.concept == concept)]
    plane, lines = space_named(space), []
    for name in names:
        method = method_named(name)
        took = seconds[seconds.method == name].train_seconds.mean()
        tried = here[(here.method == name) & (others | (here.sampler == method.samplers[0]))]
        for k, (sampler, rows) in enumerate(tried.groupby("sampler", sort=False)):
            points = []
            for row in rows.sort_values("nfe").to_dict("records"):
                x = {"nfe": row["nfe"], "seconds_per_1000": 1000 * row["seconds_per_1000"], "train_seconds": took}[cost]
                if np.isfinite(row[figure]) and np.isfinite(x):
                    words = f"{method.label}, {row['nfe']:.3g} NFE: {row[figure]:.3g}"
                    drawing = samples_path(name, str(sampler), space, concept, int(row["steps"]))
                    points.append(Point(x, row[figure], _number(row[f"{figure}_half"]), words, drawing))
            label = method.label if k == 0 else f"{method.label}, {sampler}"
            lines.append(Line(label, method.colour, method.symbol, DASHES[k % len(DASHES)], tuple(points)))
    level = None
    if figure in LIKENESSES and len(here):
        level = ("real against real", float(here[FLOORS[LIKENESSES.index(figure)]].mean()))
    up = f"{FIGURES[figure]} ({'less' if figure in DISTANCES else 'more'} is better), “{concept}”"
    lines = [line for line in lines if line.points]
    return Chart(lines, COSTS[cost], up, level, logarithmic=figure in DISTANCES, backdrop=_regions(plane))


@lru_cache(maxsize=4096)
def samples_path(name: str, sampler: str, space: str, concept: str, steps: int) -> str:
    """Some samples of a method as small marks in the unit square; empty where its weights are not there."""
    method = method_named(name)(world=World(space))
    kind = SAMPLERS[sampler]
    chosen = method.sampler() if type(method.sampler()) is kind else kind()
    try:
        landing = generate(store.denoiser(method), chosen, method.world, concept, steps, DRAWN, 0).landing
    except store.WeightsError:
        return ""
    points = unit_square(landing.double().numpy(), space_named(space))
    points = points[np.isfinite(points).all(axis=1)]
    return f"<path d='{''.join(f'M{x:.3f} {y:.3f}h0' for x, y in points.tolist())}'/>"  # dots are lines of no length


def unit_square(points: Points, space: Space) -> Points:
    """Places on the plane as places in the unit square whose second axis points down: (n, 2)."""
    low, high = space.bounds
    scaled = (points - low) / (high - low)
    return np.column_stack([scaled[:, 0], 1 - scaled[:, 1]])


def _regions(space: Space) -> str:
    """The plane's frame and regions in the unit square."""
    drawn = [f"<rect width='1' height='1' fill='none' stroke='{faded('#767676', 0.6)}' stroke-width='.003'/>"]
    for i, region in enumerate(space.regions):
        way = " ".join(ring(unit_square(border, space)) for border in region.outline())
        colour = region_colour(i)
        drawn.append(
            f"<path d='{way}' fill='{faded(colour, 0.22)}' fill-rule='evenodd' stroke='{colour}' stroke-width='.006'/>"
        )
    return "".join(drawn)


def _number(value: float) -> float:
    return value if np.isfinite(value) else 0.0
