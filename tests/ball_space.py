"""A space of three dimensions with descriptions of five, for tests: balls of unequal weight, named alone and together."""

from dataclasses import dataclass

import numpy as np

from sandbox.spaces import Concept, Region, Space


@dataclass(frozen=True)
class Ball(Region):
    """All points within a radius of a centre, equally likely; in the plane a disc."""

    centre: tuple[float, ...]
    radius: float

    @property
    def dimensions(self):
        return len(self.centre)

    def signed_distance(self, points):
        return np.linalg.norm(points - np.array(self.centre), axis=1) - self.radius

    def sample(self, n, rng):
        direction = rng.standard_normal((n, self.dimensions))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        return np.array(self.centre) + self.radius * rng.random((n, 1)) ** (1 / self.dimensions) * direction


# Of the three regions, of weights 1, 2 and 3, one concept names the first, one the last two, and one all of them.
BALLS = Space(
    name="balls",
    title="Balls",
    summary="Three balls in space, for tests.",
    regions=(
        Ball("RED", (-1.4, 0.2, 0.0), 0.5, weight=1.0),
        Ball("GREEN", (1.2, 0.6, -0.8), 0.4, weight=2.0),
        Ball("BLUE", (0.8, -0.9, 0.9), 0.6, weight=3.0),
    ),
    concepts=(
        Concept("red", (-1.0, 0.0, 0.5, 0.0, 0.2), ("RED",), weight=2.0),
        Concept("cold", (1.0, 0.5, 0.0, -0.5, 0.0), ("GREEN", "BLUE"), weight=3.0),
        Concept("ball", (0.0, 0.0, 0.0, 0.0, 0.0), ("RED", "GREEN", "BLUE"), weight=1.0),
    ),
    bounds=(-2.5, 2.5),
    start_scale=1.2,
)
