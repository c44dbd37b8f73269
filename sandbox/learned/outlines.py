"""Where the judge sees what, as polygons: a learned plane's regions, with borders as those that are drawn by hand."""

from functools import lru_cache
from itertools import pairwise

import contourpy
import numpy as np
import shapely
import torch

from sandbox.learned.ends import Ends

FINENESS = 101  # places of the grid on each axis that the judge is asked at
LEAST = 3.0  # cells of the grid: what is smaller is a whim of the judge, and left out


@lru_cache(maxsize=8)
def outlines(ends: Ends, low: float, high: float) -> tuple[shapely.MultiPolygon, ...]:
    """The part of the plane, from low to high on both axes, in which the judge sees each kind.

    A border is where its likelihood is that of the likeliest other kind or of none of them, between grid points by a
    straight line.
    """
    axis = np.linspace(low, high, FINENESS)
    places = np.stack(np.meshgrid(axis, axis), axis=2).reshape(-1, 2)
    pixels = ends.decode(places).reshape(len(places), -1)
    likely = ends.judgement(torch.tensor(pixels)).numpy()
    cell = (axis[1] - axis[0]) ** 2
    found = []
    for kind in range(len(ends.pictures.kinds)):
        lead = likely[:, kind] - np.delete(likely, kind, axis=1).max(axis=1)
        lead = lead.reshape(FINENESS, FINENESS)
        lead[[0, -1]] = lead[:, [0, -1]] = np.minimum(lead.min(), -1.0)  # closed at the plot's border
        lines = contourpy.contour_generator(axis, axis, lead, fill_type="OuterOffset")
        parts = []
        for points, offsets in zip(*lines.filled(0.0, np.inf), strict=True):
            outer, *holes = (points[start:end] for start, end in pairwise(offsets))
            parts.append(shapely.Polygon(outer, [hole for hole in holes if shapely.Polygon(hole).area >= LEAST * cell]))
        found.append(shapely.MultiPolygon([part for part in parts if part.area >= LEAST * cell]))
    return tuple(found)
