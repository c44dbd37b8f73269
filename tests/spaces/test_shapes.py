"""The shapes that regions are made of: areas and symmetries in closed form."""

import math

import numpy as np
import pytest
import shapely

from sandbox.spaces.shapes import arc, disc, ellipse, mirrored, ring


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        (disc(1, 2, 0.5), math.pi * 0.25),
        (ellipse(0, 1, 2.0, 0.5, tilt=30), math.pi),
        (ring(0, 0, 1, 2), math.pi * 3),
        (arc(0, 0, 2, 0.1, 0, 90), 0.2 * math.pi + math.pi * 0.01),
    ],
    ids=["disc", "ellipse", "ring", "arc"],
)
def test_areas(shape, area):
    assert shapely.area(shape) == pytest.approx(area, rel=1e-3)


def test_an_ellipse_is_tilted_counter_clockwise():
    long = np.array([math.cos(math.radians(30)), math.sin(math.radians(30))])
    short = np.array([-long[1], long[0]])
    ends = shapely.points([1 + 2 * long, 1 - 2 * long, 1 + 0.5 * short, 1 - 0.5 * short])
    assert shapely.distance(shapely.boundary(ellipse(1, 1, 2.0, 0.5, tilt=30)), ends).max() < 1e-9


def test_mirrored_shapes_are_symmetric(rng):
    shape = mirrored(ellipse(1.5, 0.2, 0.7, 0.3, tilt=20), 1.0)
    points = rng.uniform(-2, 3, (500, 2))
    reflected = points * (-1, 1) + (2, 0)
    np.testing.assert_array_equal(shapely.contains_xy(shape, points), shapely.contains_xy(shape, reflected))
