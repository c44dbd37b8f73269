"""A space as the browser is told it: the borders of its regions, what its concepts mean, where its random points lie."""

from typing import Any

import numpy as np

from sandbox.spaces import LearnedSpace, PolygonRegion, Region, Space
from sandbox.stage.ink import region_colour, region_symbol

LOOKED_AT = 500  # pictures, at the most
NEARLY_ALL = 0.95  # of them


def space_header(space: Space) -> dict[str, Any]:
    """The space in a world pack's header, numbers and texts only; ValueError off the plane and for regions without a border.

    A region has its closed `rings`, outer and inner (even-odd), `parts`, how many of them each of its parts has, and
    `bounds`, (x0, y0, x1, y1); it is `uniform` if its points are drawn uniformly. `shares` are P(region | concept).
    """
    if space.dimensions != 2:
        raise ValueError(f"A stage needs a plane; {space.title} has {space.dimensions} dimensions.")
    return {
        "name": space.name,
        "title": space.title,
        "summary": space.summary,
        "dimensions": space.dimensions,
        "bounds": [*space.bounds],
        "start_scale": space.start_scale,
        "means": space.means.tolist(),
        "regions": [_region(space, region, i) for i, region in enumerate(space.regions)],
        "concepts": [
            {"name": concept.name, "embedding": [*concept.embedding], "regions": [*concept.regions]}
            for concept in space.concepts
        ],
        "measure": space.measure,
        "every_caption": space.every_caption,
        "learned": _learned(space) if isinstance(space, LearnedSpace) else None,
        "shares": {concept: space.shares(concept).tolist() for concept in space.concept_names()},
    }


def _learned(space: LearnedSpace) -> dict[str, Any]:
    """What its pictures are called and like, how many samples of a concept can be compared, and how well pictures come back.

    Of pictures that were never seen `ink` is the mean of all pixels, and `error` what half and nearly all of them stay below
    when they are encoded and decoded: root mean square. Both are of 1, from black to white.
    """
    pictures = space.ends.pictures
    known = {concept: space.known(concept) for concept in space.concept_names()}
    pixels = pictures.pictures("held_out").pixels[:LOOKED_AT]
    apart = space.decode(space.ends.encode(pixels)) - pixels
    error = np.quantile(np.sqrt(np.square(apart, dtype=float).mean(axis=(1, 2, 3))), [0.5, NEARLY_ALL])
    return {
        "pictures": pictures.name,
        "size": pictures.size,
        "channels": pictures.channels,
        "known": known,
        "ink": round(float(pixels.mean()), 4),
        "error": error.round(4).tolist(),
    }


def _region(space: Space, region: Region, i: int) -> dict[str, Any]:
    if not isinstance(region, PolygonRegion):
        raise ValueError(f"A stage needs polygons; {region.name} of {space.title} is none.")
    parts = getattr(region.shape, "geoms", (region.shape,))
    return {
        "name": region.name,
        "weight": region.weight,
        "colour": region_colour(i),
        "symbol": region_symbol(i),
        "uniform": type(region).sample is PolygonRegion.sample,
        "rings": [ring.tolist() for ring in region.outline()],
        "parts": [1 + len(part.interiors) for part in parts],
        "bounds": [*region.shape.bounds],
    }
