"""What the captions say of a drawing is measured on its pixels."""

import numpy as np
import pytest

from sandbox.learned.pets import MANY_PETS, NUISANCES, PETS
from sandbox.learned.picture_set import PARTS
from sandbox.pictures.easel import rgb

both = pytest.mark.parametrize("pets", [PETS, MANY_PETS], ids=lambda pets: pets.name)
each_species = pytest.mark.parametrize("species", ["cat", "dog"])
COAT = {"cat": (20, 5), "dog": (7, 14)}  # a pixel that nothing but fur covers, row and column
EYE = {"cat": (18, 21), "dog": (12, 18)}
EARS = {"cat": (slice(0, 9), slice(0, 32)), "dog": (slice(8, 28), slice(0, 8))}  # where an ear is, or paper


def of_kinds(pets, *words):
    """The pictures of those kinds that have all these words in their name: (n, 32, 32, 3)."""
    one = pets.pictures("train")
    return one.pixels[np.array([{*words} <= {*kind.split()} for kind in pets.kinds])[one.kind]]


def way_between(pixels, ends):
    """Where each colour lies between two, which have to have it on a line: (n, 3) -> (n,) from 0 to 1."""
    start, end = (rgb(code).ravel() for code in ends)
    way = (pixels - start) @ (end - start) / ((end - start) @ (end - start))
    np.testing.assert_allclose(pixels, start + way[:, None] * (end - start), atol=1e-5)
    return way


def ear_pixels(pixels, species):
    """How many pixels an ear covers: (n,)."""
    window = pixels[:, *EARS[species]]
    return (np.abs(window - pixels[:, :1, :1]).max(axis=3) > 0.1).sum(axis=(1, 2))


@pytest.mark.parametrize(("pets", "kinds", "captions"), [(PETS, 8, 27), (MANY_PETS, 48, 180)])
def test_there_are_as_many_kinds_and_captions_as_attributes_make(pets, kinds, captions):
    assert len(pets.kinds) == kinds
    assert len(pets.captions) == captions


@both
def test_a_caption_is_true_of_the_kinds_that_have_all_its_words(pets):
    for caption in pets.captions:
        said = {*caption.text.split()} - {"a", "an", "animal", "ears", "ground", "with", "on"}
        assert caption.kinds == tuple(kind for kind in pets.kinds if said <= {*kind.split()})


@pytest.mark.parametrize(
    ("pets", "text"),
    [
        (PETS, "an animal"),
        (PETS, "a cat"),
        (PETS, "a light dog"),
        (PETS, "a light animal"),
        (PETS, "an animal with short ears"),
        (PETS, "a dark cat with long ears"),
        (MANY_PETS, "an animal on yellow ground"),
        (MANY_PETS, "a grey cat with long ears on green ground"),
    ],
)
def test_captions_are_english(pets, text):
    assert text in [caption.text for caption in pets.captions]


@both
def test_all_kinds_are_as_frequent(pets):
    for part, count in zip(PARTS, pets.counts, strict=True):
        of_each = np.bincount(pets.pictures(part).kind)
        assert of_each.sum() == count
        assert np.ptp(of_each) <= 1
    assert np.bincount(pets.pictures("train").kind).min() >= 100


@both
@each_species
def test_fur_has_the_said_colour_uniformly_in_all_its_shades(pets, species):
    for fur, ends in pets.furs.items():
        way = way_between(of_kinds(pets, species, fur)[:, *COAT[species]], ends)
        np.testing.assert_allclose(np.quantile(way, (0, 0.25, 0.5, 0.75, 1)), (0, 0.25, 0.5, 0.75, 1), atol=0.07)


@both
@each_species
def test_no_light_fur_is_nearly_as_dark_as_dark_fur(pets, species):
    dark, light = (of_kinds(pets, species, fur)[:, *COAT[species]].mean(axis=1) for fur in ("dark", "light"))
    assert light.min() > dark.max() + 0.2


@both
@each_species
def test_long_ears_are_longer_than_short_ones(pets, species):
    short, long = (ear_pixels(of_kinds(pets, species, ears), species) for ears in ("short", "long"))
    assert long.min() > short.max() + 4
    assert min(np.ptp(short), np.ptp(long)) > 4  # some are longer than others


def test_ears_and_fur_have_nothing_to_do_with_each_other():
    pixels = of_kinds(PETS, "light", "dog", "long")
    covered, fur = ear_pixels(pixels, "dog"), pixels[:, *COAT["dog"]].mean(axis=1)
    assert abs(np.corrcoef(covered, fur)[0, 1]) < 0.12


def test_the_ground_has_the_said_colour():
    for ground, ends in MANY_PETS.grounds.items():
        way = way_between(of_kinds(MANY_PETS, ground)[:, 0, 0], ends)
        np.testing.assert_allclose(np.quantile(way, (0, 0.5, 1)), (0, 0.5, 1), atol=0.05)


@each_species
@pytest.mark.parametrize("nuisance", range(NUISANCES))
def test_every_nuisance_is_seen(species, nuisance):
    ways = np.full((3, NUISANCES), 0.5)
    ways[:, nuisance] = 0, 0.5, 1
    for looks in MANY_PETS.looks:
        if looks.species == species:
            low, middle, high = MANY_PETS._draw(looks, ways)
            assert min(np.abs(low - middle).max(), np.abs(high - middle).max()) > 0.05


@each_species
def test_only_many_pets_differ_in_more_than_ears_and_fur(species):
    eyes = of_kinds(PETS, species)[:, *EYE[species]]
    papers = of_kinds(PETS, species)[:, 0, 0]
    assert np.ptp(eyes, axis=0).max() < 1e-6
    assert np.ptp(papers, axis=0).max() < 1e-6
    assert len(np.unique(of_kinds(MANY_PETS, species)[:, *EYE[species]], axis=0)) > 20
