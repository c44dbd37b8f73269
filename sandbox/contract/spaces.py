"""The checks of a space; each says in a sentence what is wrong."""

import math
from collections.abc import Callable

import numpy as np

from sandbox.contract.requirement import require
from sandbox.measure.quality import quality
from sandbox.pairs import World, make_pairs
from sandbox.pictures.decoder import decode
from sandbox.spaces import NONE, PolygonRegion, Space

FAR = 100.0  # times the width of the plot: nobody has been here
DEVIATIONS = 4.5  # that a share of a sample may be from what it should be
DRAWN = 4000  # points of a sample whose shares are looked at


def names_fit(space: Space) -> None:
    """Regions and concepts have names of their own, and fit together."""
    regions, concepts = [region.name for region in space.regions], [concept.name for concept in space.concepts]
    require(len(set(regions)) == len(regions) > 0, "Every region has a name of its own.")
    require(
        len({*concepts, NONE}) == len(concepts) + 1 > 1, f"Every concept has a name of its own, and none is {NONE!r}."
    )
    sizes = {len(concept.embedding) for concept in space.concepts}
    require(len(sizes) == 1, "The embeddings of all concepts have the same length.")
    require(len({region.dimensions for region in space.regions}) == 1, "All regions have the space's dimensions.")
    for concept in space.concepts:
        require(set(concept.regions) <= set(regions), f"The concept {concept.name!r} names regions of the space.")
        require(concept.regions, f"The concept {concept.name!r} names a region.")
    for region in space.regions:
        naming = [concept.weight for concept in space.concepts if region.name in concept.regions]
        require(sum(naming) > 0 and min(naming) >= 0, f"Some concept names the region {region.name!r}.")
        require(region.weight > 0, f"The weight of the region {region.name!r} is above 0.")
    require(space.start_scale > 0 and space.bounds[0] < space.bounds[1], "Starts spread, and the bounds are in order.")


def regions_hold_their_samples(space: Space) -> None:
    """A region's sample lies inside it, and is as large as was asked."""
    rng = np.random.default_rng(0)
    for region in space.regions:
        for n in (0, 1, 500):
            points = region.sample(n, rng)
            require(points.shape == (n, space.dimensions), f"{n} points of {region.name} are (n, d).")
            require((region.signed_distance(points) <= 0).all(), f"A sample of {region.name} lies inside it.")


def regions_are_apart(space: Space) -> None:
    """No point of a region lies in another."""
    rng = np.random.default_rng(1)
    for region in space.regions:
        points = region.sample(500, rng)
        for other in space.regions:
            if other is not region:
                require((other.signed_distance(points) > 0).all(), f"{region.name} and {other.name} overlap.")


def distances_are_distances(space: Space) -> None:
    """A signed distance changes by no more than the way that was gone, and grows without end outside."""
    rng = np.random.default_rng(2)
    low, high = space.bounds
    a, b = rng.uniform(low, high, (2, 500, space.dimensions))
    gone = np.linalg.norm(a - b, axis=1)
    for region in space.regions:
        change = np.abs(region.signed_distance(a) - region.signed_distance(b))
        require(
            (change <= gone + 1e-9).all(), f"The distance to {region.name} changes faster than the way that is gone."
        )
        far = np.full((1, space.dimensions), FAR * (high - low))
        require(region.signed_distance(far)[0] > high - low, f"{region.name} is far from a point that is far away.")


def samples_follow_the_shares(space: Space) -> None:
    """A concept's sample lies in the regions it may mean, each as often as its pairs do."""
    rng = np.random.default_rng(3)
    for concept in space.concept_names():
        shares = space.shares(concept)
        require(
            math.isclose(shares.sum(), 1.0) and (shares >= 0).all(), f"The shares of {concept!r} are probabilities."
        )
        points = space.sample(DRAWN, rng, concept)
        require(quality(points, space, concept).in_region == 1.0, f"A sample of {concept!r} lies in its regions.")
        for region, share in zip(space.meant_by(concept), shares, strict=True):
            seen = (region.signed_distance(points) <= 0).mean()
            require(
                _near(seen, share, DRAWN),
                f"{seen:.3f} of {concept!r} is in {region.name}, where {share:.3f} should be.",
            )


def samples_are_apart(space: Space) -> None:
    """Real samples are as large as was asked; a second one has nothing of the first, nor of what is trained on."""
    rng = np.random.default_rng(6)
    for concept in space.concept_names():
        n = int(space.known(concept))
        require(n > 0, f"There are samples of {concept!r}.")
        one, again = space.sample(n, rng, concept), space.sample_again(n, rng, concept)
        trained, _ = space.training(n, rng)
        require(one.shape == again.shape == (n, space.dimensions), f"{n} points of {concept!r} are (n, d).")
        every = np.concatenate([one, again, trained])
        require(len(np.unique(every, axis=0)) == len(every), f"No point of {concept!r} is in two samples.")


def pairs_have_every_caption(space: Space) -> None:
    """An image stands under every concept that names its region, and under no other."""
    pairs, names = make_pairs(World(space, pairs=100)), [known.regions for known in space.concepts]
    for image in np.unique(pairs.image, axis=0):
        here = (pairs.image == image).all(axis=1)
        (region,) = {*pairs.region[here].tolist()}
        told = {k for k, named in enumerate(names) if space.regions[region].name in named}
        require({*pairs.concept[here].tolist()} == told, "An image is paired with every concept that names its region.")


def pairs_follow_the_shares(space: Space) -> None:
    """A pair's image lies in its region, its concept names that region, and both are as frequent as the space says."""
    pairs = make_pairs(World(space, pairs=DRAWN))
    require(pairs.image.shape == (DRAWN, space.dimensions), "Images are (n, d).")
    require(pairs.description.shape == (DRAWN, space.description_dimensions), "Descriptions are (n, e).")
    for i, region in enumerate(space.regions):
        here = pairs.region == i
        require((region.signed_distance(pairs.image[here]) <= 0).all(), f"Images of {region.name} lie inside it.")
        require(
            _near(here.mean(), space.shares(NONE)[i], DRAWN), f"{here.mean():.3f} of all pairs lie in {region.name}."
        )
        for k, share in enumerate(space.naming(region)):
            seen, name = (pairs.concept[here] == k).mean(), space.concepts[k].name
            require(
                _near(seen, share, int(here.sum())),
                f"{seen:.3f} of {region.name} are called {name!r}, not {share:.3f}.",
            )


def starts_are_spread(space: Space) -> None:
    """The random points R are finite, decided by the generator, and spread around their centres."""
    one, other = (space.start(DRAWN, np.random.default_rng(4)) for _ in range(2))
    require(one.shape == (DRAWN, space.dimensions) and np.isfinite(one).all(), "Random points are finite, (n, d).")
    require(np.array_equal(one, other), "The generator decides the random points.")
    nearest = np.linalg.norm(one[:, None] - space.means, axis=2).min(axis=1)
    require(
        nearest.max() < 7 * space.start_scale * math.sqrt(space.dimensions), "Random points lie around their centres."
    )
    require(one.std(axis=0).min() > 0.5 * space.start_scale, "Random points are spread on every axis.")


def outlines_are_in_the_plot(space: Space) -> None:
    """What is drawn of a region lies within the bounds."""
    low, high = space.bounds
    for region in space.regions:
        require(isinstance(region, PolygonRegion), f"{region.name} can be drawn: in the plane regions are polygons.")
        assert isinstance(region, PolygonRegion)
        for ring in region.outline():
            require(((low < ring) & (ring < high)).all(), f"{region.name} lies within the plot.")


def regions_have_pictures(space: Space) -> None:
    """A region's points decode to pictures, another region's to others."""
    rng = np.random.default_rng(5)
    means = [decode(region.sample(8, rng), space, 32).mean(axis=0) for region in space.regions]
    for i, mean in enumerate(means):
        require(mean.shape == (32, 32, 3), "A picture is (size, size, 3).")
        for other in means[:i]:
            require(np.abs(mean - other).mean() > 5, f"{space.regions[i].name} decodes to pictures of its own.")


def _near(seen: float, share: float, n: int) -> bool:
    """Whether a share seen in n draws may be of this probability."""
    return abs(seen - share) <= DEVIATIONS * math.sqrt(share * (1 - share) / max(n, 1)) + 1e-9


CHECKS: tuple[Callable[[Space], None], ...] = (names_fit, starts_are_spread)
DRAWN_ONES: tuple[Callable[[Space], None], ...] = (
    regions_hold_their_samples,
    regions_are_apart,
    distances_are_distances,
    samples_follow_the_shares,
    pairs_follow_the_shares,
)
LEARNED_ONES: tuple[Callable[[Space], None], ...] = (samples_are_apart, pairs_have_every_caption)
PLANE: tuple[Callable[[Space], None], ...] = (outlines_are_in_the_plot,)
PICTURES: tuple[Callable[[Space], None], ...] = (regions_have_pictures,)
