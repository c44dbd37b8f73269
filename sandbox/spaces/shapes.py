"""The few shapes that the regions are made of, as polygons fine enough to look smooth."""

import numpy as np
import shapely
from shapely import affinity

SEGMENTS = 32  # straight pieces in a quarter of a circle


def disc(x: float, y: float, radius: float) -> shapely.Polygon:
    """A disc around (x, y)."""
    return shapely.Point(x, y).buffer(radius, quad_segs=SEGMENTS)


def ellipse(x: float, y: float, rx: float, ry: float, tilt: float = 0.0) -> shapely.Polygon:
    """An ellipse around (x, y) with half-axes rx and ry, turned counter-clockwise by tilt degrees."""
    return affinity.rotate(affinity.scale(disc(x, y, 1.0), rx, ry), tilt)


def arc(x: float, y: float, radius: float, half_width: float, start: float, stop: float) -> shapely.Polygon:
    """A thick arc with round ends around (x, y), from start to stop degrees, counter-clockwise."""
    angles = np.deg2rad(np.linspace(start, stop, 4 * SEGMENTS + 1))
    middle = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
    return shapely.LineString(middle).buffer(half_width, quad_segs=SEGMENTS)


def ring(x: float, y: float, inner: float, outer: float) -> shapely.Polygon:
    """The area between two circles around (x, y)."""
    return disc(x, y, outer).difference(disc(x, y, inner))


def mirrored(shape: shapely.Geometry, x: float) -> shapely.Geometry:
    """The shape together with its mirror image in the vertical line through x."""
    return shapely.union(shape, affinity.scale(shape, xfact=-1.0, origin=(x, 0.0)))
