"""How good samples are: exactly, because the regions are known."""

from dataclasses import dataclass

import numpy as np

from sandbox.spaces import Points, Space


@dataclass(frozen=True)
class Quality:
    """What a set of samples is worth for one concept; a point that is not a number counts as outside."""

    in_region: float  # share inside a region that the concept may mean
    condition_agreement: float  # share nearer to a region that the concept may mean than to any other
    miss: float  # mean distance outside those regions, space units; 0 for a point inside


def quality(points: Points, space: Space, concept: str) -> Quality:
    """Judge samples (n, d) of a concept; ValueError for an unknown concept or no samples."""
    if len(points) == 0:
        raise ValueError("There are no samples to judge.")
    meant = np.isin([region.name for region in space.regions], [region.name for region in space.meant_by(concept)])
    outside = np.full((len(space.regions), len(points)), np.inf)
    finite = np.isfinite(points).all(axis=1)
    outside[:, finite] = space.distances(points[finite])
    to_meant, to_any = outside[meant].min(axis=0), outside.min(axis=0)
    return Quality(
        in_region=float((to_meant < 0).mean()),
        condition_agreement=float(((to_meant <= to_any) & finite).mean()),
        miss=float(np.maximum(to_meant, 0).mean()),
    )


def share_interval(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share seen in n samples (Wilson 1927): it stays inside [0, 1] and is never empty."""
    z2 = 1.96**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = 1.96 * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return float(middle - half), float(middle + half)
