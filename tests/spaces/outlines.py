"""Regions once more, by other means: distances to outlines in numpy, and closed forms of circles and arcs."""

import math

import numpy as np
import pytest

from sandbox.spaces import SPACES

REGIONS = [
    pytest.param(space, region, id=f"{space.name}-{region.name}") for space in SPACES for region in space.regions
]
CONCEPTS = [pytest.param(space, name, id=f"{space.name}-{name}") for space in SPACES for name in space.concept_names()]
every_space = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
every_region = pytest.mark.parametrize(("space", "region"), REGIONS)
every_concept = pytest.mark.parametrize(("space", "concept"), CONCEPTS)


def brute_signed_distance(region, points):
    """Distance to the nearest piece of the outline, with the sign of the even-odd rule."""
    rings = region.outline()
    a, b = np.concatenate([line[:-1] for line in rings]), np.concatenate([line[1:] for line in rings])
    piece, p = b - a, points[:, None]
    along = np.clip(((p - a) * piece).sum(-1) / (piece * piece).sum(-1), 0.0, 1.0)  # (n, m)
    distance = np.linalg.norm(p - (a + along[..., None] * piece), axis=-1).min(axis=1)
    x, y = p[..., 0], p[..., 1]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(piece[:, 1] == 0, 1.0, piece[:, 1])
    crossings = (spans & (x < a[:, 0] + (y - a[:, 1]) * piece[:, 0] / rise)).sum(axis=1)
    return np.where(crossings % 2 == 1, -distance, distance)


def circle_distance(points, x, y, radius):
    """Signed distance to a disc."""
    return np.hypot(points[:, 0] - x, points[:, 1] - y) - radius


def arc_distance(points, x, y, radius, half_width, start, stop):
    """Signed distance to a thick arc with round ends."""
    offset = points - (x, y)
    angle = np.rad2deg(np.arctan2(offset[:, 1], offset[:, 0]))
    beside = (angle - start) % 360 <= stop - start
    to_circle = np.abs(np.hypot(*offset.T) - radius)
    ends = [radius * np.array([math.cos(math.radians(a)), math.sin(math.radians(a))]) for a in (start, stop)]
    to_end = np.min([np.linalg.norm(offset - end, axis=1) for end in ends], axis=0)
    return np.where(beside, to_circle, to_end) - half_width
