"""Many marks as one SVG path, in data coordinates: thousands of them cost the browser as much as one."""

import numpy as np
from numpy.typing import NDArray

from sandbox.spaces import Points


def arrows(at: Points, ahead: Points, length: NDArray[np.float64], head: float) -> str:
    """One SVG path of arrows centred on `at`."""
    side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    tail, tip = at - ahead * length[:, None] / 2, at + ahead * length[:, None] / 2
    back = tip - ahead * np.minimum(head, 0.6 * length)[:, None]
    flank = side * np.minimum(0.4 * head, 0.3 * length)[:, None]
    corners = np.stack([tail, back, back + flank, tip, back - flank, back], axis=1)  # (n, 6, 2)
    return " ".join(polyline(corner) for corner in corners)


def small_marks(at: Points, symbol: str, size: float) -> str:
    """Many small circles (as hexagons) or triangles in one path."""
    turns = np.linspace(0, 2 * np.pi, 3 if symbol == "triangle-up" else 6, endpoint=False) + np.pi / 2
    corner = size * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    return " ".join(ring(point + corner) for point in at)


def ring(points: Points) -> str:
    """A closed line through the points, (m, 2)."""
    return polyline(points) + "Z"


def polyline(points: Points) -> str:
    """An open line through the points, (m, 2); three decimals are less than a pixel."""
    return "M" + "L".join([f"{x:.3f},{y:.3f}" for x, y in points.tolist()])
