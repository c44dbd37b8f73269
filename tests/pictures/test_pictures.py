import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from sandbox.pictures import decoder as pictures
from sandbox.pictures.decoder import contact_sheet, decode, dog_share, noise_share, png
from sandbox.spaces import SPACES, space_named

BLOBS = space_named("blobs")  # two discs of radius 0.7: distances are known
CAT_MIDDLE, DOG_MIDDLE = np.array([-1.3, 0.3]), np.array([1.3, -0.3])
every_space = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)


def difference(a, b):
    """Mean absolute difference of two pictures or more, levels of 255: (n, size, size, 3) -> (n,)."""
    return np.abs(a.astype(float) - b).mean(axis=(1, 2, 3))


def tile(size=96):
    """The noise, as a picture."""
    return (255 * pictures._noise(size) + 0.5).astype(np.uint8).transpose(1, 2, 0)


def cats_and_dogs(space, rng, n=12):
    """Points of the first region, which looks like cats, and of the second."""
    first, second = (region.sample(n, rng) for region in space.regions)
    return first, second


@every_space
@pytest.mark.parametrize(("n", "size"), [(0, 96), (1, 56), (pictures.AT_ONCE + 1, 33)])
def test_every_space_decodes_to_colour_pictures(space, n, size, rng):
    drawn = decode(space.start(n, rng), space, size)
    assert drawn.shape == (n, size, size, 3)
    assert drawn.dtype == np.uint8


def test_the_same_point_has_the_same_picture_in_any_company(rng):
    points = np.concatenate([BLOBS.start(20, rng), *cats_and_dogs(BLOBS, rng)])
    together = decode(points, BLOBS)
    np.testing.assert_array_equal(decode(points, BLOBS), together)
    np.testing.assert_array_equal(decode(points[::-1], BLOBS)[::-1], together)
    np.testing.assert_array_equal(np.concatenate([decode(point[None], BLOBS) for point in points]), together)


@every_space
def test_no_jump_within_a_region(space, rng):
    along = np.arange(*space.bounds, 0.005)
    for point in np.concatenate(cats_and_dogs(space, rng, 1)):
        for axis in (0, 1):
            line = np.tile(point, (len(along), 1))
            line[:, axis] = along
            inside = np.flatnonzero(space.distance(line) < 0)
            moved = np.abs(np.diff(decode(line[inside], space, 48).astype(float), axis=0))[np.diff(inside) == 1]
            assert moved.mean(axis=(1, 2, 3)).max() < 0.6  # levels of 255
            assert moved.max() < 12  # the fastest edge sweeps a fraction of a pixel


def test_no_jump_between_the_regions():
    line = CAT_MIDDLE + np.linspace(-0.2, 1.2, 1401)[:, None] * (DOG_MIDDLE - CAT_MIDDLE)  # steps of 0.0027 units
    moved = np.abs(np.diff(decode(line, BLOBS, 48).astype(float), axis=0))
    assert moved.mean(axis=(1, 2, 3)).max() < 1.0
    assert moved.max() < 8


def test_a_cat_turns_into_a_dog_without_a_jump(monkeypatch):
    monkeypatch.setattr(pictures, "noise_share", lambda points, space: np.zeros(len(points)))
    line = np.linspace(-0.3, 0.3, 1201)[:, None] * (DOG_MIDDLE - CAT_MIDDLE) / np.linalg.norm(DOG_MIDDLE - CAT_MIDDLE)
    share = dog_share(line, BLOBS)
    assert share[0] < 1e-3
    assert share[-1] > 1 - 1e-3
    assert (np.diff(share) > -1e-9).all()
    drawn = decode(line, BLOBS, 48).astype(float)
    assert difference(drawn[1:], drawn[:-1]).max() < 1.5  # of 80 levels between a cat and a dog, in 1200 steps


@every_space
def test_places_of_a_region_have_faces_of_their_own(space, rng):
    for points in cats_and_dogs(space, rng, 30):
        drawn = decode(points, space, 48)
        assert difference(drawn, drawn[:1]).max() > 15


@every_space
def test_inside_is_free_of_noise_and_far_outside_is_noise(space, rng, monkeypatch):
    inside = np.concatenate(cats_and_dogs(space, rng))
    outside = np.array([[-6.0, 6.0], [40.0, 0.0], [1e300, -1e300]])
    np.testing.assert_array_equal(noise_share(inside, space), 0.0)
    assert np.abs(decode(outside, space).astype(int) - tile()).max() <= 1
    clean = decode(inside, space)
    monkeypatch.setattr(pictures, "_noise", lambda size: np.zeros((3, size, size), np.float32))
    np.testing.assert_array_equal(decode(inside, space), clean)
    assert decode(outside, space).max() == 0


def test_noise_share_has_its_closed_form():
    away = np.linspace(-0.6, 1.2, 50)
    share = noise_share(CAT_MIDDLE + (0.7 + away[:, None]) * [0.0, 1.0], BLOBS)
    np.testing.assert_allclose(share, 1 - np.exp(-((np.maximum(away, 0) / 0.3) ** 2)), atol=1e-6)
    assert share[away >= 0.6].min() > 0.95


@pytest.mark.parametrize(("middle", "way"), [(CAT_MIDDLE, (0, 1)), (CAT_MIDDLE, (-1, 0)), (DOG_MIDDLE, (0, -1))])
def test_pictures_dissolve_steadily_on_the_way_out(middle, way):
    away = np.linspace(0.0, 1.0, 41)
    drawn = decode(middle + (0.7 + away[:, None]) * way, BLOBS)
    left = difference(drawn, tile()[None])
    assert (np.diff(left) < 0.1).all()  # rounding to levels, and the face itself changes a little
    assert left[0] > 40
    assert left[24] < 0.05 * left[0]  # at 0.6 units
    assert 0.3 * left[0] < left[10] < 0.7 * left[0]  # half-way at a quarter of a unit


@every_space
def test_species_by_region_and_shape(space, rng):
    cats, dogs = cats_and_dogs(space, rng, 30)
    assert dog_share(cats, space).max() < 0.02
    assert dog_share(dogs, space).min() > 0.98
    cats, dogs = decode(cats, space, 56).astype(float), decode(dogs, space, 56).astype(float)
    # The mean pictures of the two differ in colour ...
    assert difference(cats.mean(axis=0)[None], dogs.mean(axis=0)[None])[0] > 40

    def shape(drawn):  # ... and each picture by its shape alone: grey, with no hint from the brightness.
        grey = drawn.mean(axis=3).reshape(len(drawn), -1)
        grey = grey - grey.mean(axis=1, keepdims=True)
        return grey / np.linalg.norm(grey, axis=1, keepdims=True)

    cats, dogs = shape(cats), shape(dogs)
    within = min((cats @ cats[0]).min(), (dogs @ dogs[0]).min())
    between = (cats @ dogs.T).max()
    assert within > between + 0.1


def test_species_follows_the_name_or_else_the_order(rng):
    cat, dog = BLOBS.regions
    points = np.concatenate([BLOBS.start(6, rng), *cats_and_dogs(BLOBS, rng, 6)])
    expected = decode(points, BLOBS)

    def drawn(*regions):
        return decode(points, replace(BLOBS, regions=regions))

    np.testing.assert_array_equal(drawn(dog, cat), expected)
    np.testing.assert_array_equal(drawn(replace(cat, name="one"), replace(dog, name="two")), expected)
    assert difference(drawn(replace(dog, name="one"), replace(cat, name="two")), expected)[-12:].min() > 40
    np.testing.assert_array_equal(dog_share(points, replace(BLOBS, regions=(cat,))), 0.0)


def test_a_point_that_is_not_finite_has_a_grey_tile():
    points = np.array([CAT_MIDDLE, [np.nan, 0.0], DOG_MIDDLE, [0.0, np.inf], [-np.inf, np.nan]])
    drawn = decode(points, BLOBS)
    assert (drawn[[1, 3, 4]] == pictures.GREY).all()
    np.testing.assert_array_equal(drawn[[0, 2]], decode(points[[0, 2]], BLOBS))
    assert drawn[0].std() > 40


@pytest.mark.parametrize("n", [0, 1, 3, 4, 7])
def test_contact_sheet_puts_each_picture_in_its_place(n, rng):
    drawn = rng.integers(0, 256, (n, 5, 5, 3), dtype=np.uint8)
    sheet = contact_sheet(drawn, columns=3, gap=2)
    assert sheet.shape == (7 * max(1, -(-n // 3)) - 2, 19, 4)
    assert sheet.dtype == np.uint8
    for i, picture in enumerate(drawn):
        top, left = 7 * (i // 3), 7 * (i % 3)
        np.testing.assert_array_equal(sheet[top : top + 5, left : left + 5, :3], picture)
        assert (sheet[top : top + 5, left : left + 5, 3] == 255).all()
    assert (sheet[..., 3] > 0).sum() == 25 * n  # all the rest lets the page show through


@pytest.mark.parametrize("channels", [3, 4])
def test_png_is_read_back_as_it_was(channels, rng):
    image = rng.integers(0, 256, (7, 11, channels), dtype=np.uint8)
    with Image.open(io.BytesIO(png(image))) as read:
        assert read.format == "PNG"
        np.testing.assert_array_equal(np.asarray(read), image)
