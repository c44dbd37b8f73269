import colorsys
import io
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image

from sandbox.pictures import decoder as pictures
from sandbox.pictures.decoder import contact_sheet, decode, noise_share, png, species_share
from sandbox.pictures.faces import draw_faces, draw_mixture, features_at
from sandbox.pictures.mixture import Mixture
from sandbox.pictures.species import Features
from sandbox.pictures.zoo import animal
from sandbox.spaces import SPACES, space_named
from sandbox.stage.ink import REGION_COLOURS

BLOBS = space_named("blobs")  # two discs of radius 0.7: distances are known
CAT_MIDDLE, DOG_MIDDLE = np.array([-1.3, 0.3]), np.array([1.3, -0.3])


@dataclass(frozen=True)
class Disc:
    """No more of a region than the decoder needs, and a way to draw points from it."""

    name: str
    middle: tuple[float, float]
    radius: float

    def signed_distance(self, points):
        return np.linalg.norm(points - np.array(self.middle), axis=1) - self.radius

    def sample(self, n, rng):
        angle, away = rng.uniform(0, 2 * np.pi, n), self.radius * np.sqrt(rng.random(n))
        return self.middle + np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)


@dataclass(frozen=True)
class Discs:
    """No more of a space than the decoder needs, and random starts."""

    name: str
    regions: tuple[Disc, ...]
    bounds: tuple[float, float] = (-3.0, 3.0)

    def distance(self, points):
        return np.min([disc.signed_distance(points) for disc in self.regions], axis=0)

    def start(self, n, rng):
        return 1.25 * rng.standard_normal((n, 2))


def discs(n):
    """Discs evenly spaced on a circle around the origin, half a unit or more between them."""
    angles = 2 * np.pi * np.arange(n) / n
    radius = min(0.9, 2 * np.sin(np.pi / max(n, 2)) - 0.25)
    middles = np.stack([2 * np.cos(angles), 2 * np.sin(angles)], axis=1)
    return Discs(f"{n}-discs", tuple(Disc(f"region {i}", tuple(middle), radius) for i, middle in enumerate(middles)))


every_space = pytest.mark.parametrize(
    "space", [*SPACES, *(discs(n) for n in (1, 2, 3, 5))], ids=lambda space: space.name
)


def difference(a, b):
    """Mean absolute difference of two pictures or more, levels of 255: (n, size, size, 3) -> (n,)."""
    return np.abs(a.astype(float) - b).mean(axis=(1, 2, 3))


def tile(size=96):
    """The noise, as a picture."""
    return (255 * pictures._noise(size) + 0.5).astype(np.uint8).transpose(1, 2, 0)


def of_each_region(space, rng, n=12):
    """Points of every region: one array (n, 2) for each."""
    return [region.sample(n, rng) for region in space.regions]


def shape(drawn):
    """The pictures in grey, without a hint from their colours or brightness: unit vectors (n, pixels)."""
    grey = drawn.astype(float).mean(axis=3).reshape(len(drawn), -1)
    grey = grey - grey.mean(axis=1, keepdims=True)
    return grey / np.linalg.norm(grey, axis=1, keepdims=True)


@every_space
@pytest.mark.parametrize(("n", "size"), [(0, 96), (1, 56), (pictures.AT_ONCE + 1, 33)])
def test_every_space_decodes_to_colour_pictures(space, n, size, rng):
    drawn = decode(space.start(n, rng), space, size)
    assert drawn.shape == (n, size, size, 3)
    assert drawn.dtype == np.uint8


@pytest.mark.parametrize("space", [BLOBS, discs(1), discs(3), discs(5)], ids=lambda space: space.name)
def test_the_same_point_has_the_same_picture_in_any_company(space, rng):
    points = rng.permutation(np.concatenate([space.start(20, rng), *of_each_region(space, rng, 6)]))
    together = decode(points, space)
    np.testing.assert_array_equal(decode(points, space), together)
    np.testing.assert_array_equal(decode(points[::-1], space)[::-1], together)
    np.testing.assert_array_equal(np.concatenate([decode(point[None], space) for point in points]), together)


@every_space
def test_no_jump_within_a_region(space, rng):
    along = np.arange(*space.bounds, 0.005)
    for point in np.concatenate(of_each_region(space, rng, 1)):
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


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)])
def test_one_animal_turns_into_another_without_a_jump(one, other, monkeypatch):
    monkeypatch.setattr(pictures, "noise_share", lambda points, space: np.zeros(len(points)))
    space = discs(5)
    start, end = (np.array(space.regions[k].middle) for k in (one, other))
    line = (start + end) / 2 + np.linspace(-0.4, 0.4, 1601)[:, None] * (end - start) / np.linalg.norm(end - start)
    share = species_share(line, space)
    np.testing.assert_allclose(share[0], np.eye(5)[one], atol=1e-3)
    np.testing.assert_allclose(share[-1], np.eye(5)[other], atol=1e-3)
    assert (np.diff(share[:, one]) < 1e-9).all()
    assert (np.diff(share[:, other]) > -1e-9).all()
    drawn = decode(line, space, 48)
    assert difference(drawn[:1], drawn[-1:])[0] > 30
    assert difference(drawn[1:], drawn[:-1]).max() < 1.5  # levels of 255, in 1600 steps


def test_no_jump_where_three_regions_meet(monkeypatch):
    monkeypatch.setattr(pictures, "noise_share", lambda points, space: np.zeros(len(points)))
    space = discs(3)
    np.testing.assert_allclose(species_share(np.zeros((1, 2)), space), 1 / 3)
    angle = np.linspace(0, 2 * np.pi, 2001)
    around = 0.15 * np.stack([np.cos(angle), np.sin(angle)], axis=1)  # all three have a share everywhere
    assert species_share(around, space).min() > 0
    drawn = decode(around, space, 48)
    assert difference(drawn[1:], drawn[:-1]).max() < 1.5
    np.testing.assert_array_equal(drawn[0], drawn[-1])


@every_space
def test_places_of_a_region_have_faces_of_their_own(space, rng):
    for points in of_each_region(space, rng, 30):
        drawn = decode(points, space, 48)
        assert difference(drawn, drawn[:1]).max() > 15


@every_space
def test_inside_is_free_of_noise_and_far_outside_is_noise(space, rng, monkeypatch):
    inside = np.concatenate(of_each_region(space, rng))
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
def test_shares_are_parts_of_a_whole_and_each_region_has_its_own(space, rng):
    share = species_share(np.concatenate([space.start(50, rng), *of_each_region(space, rng)]), space)
    assert share.min() >= 0
    np.testing.assert_allclose(share.sum(axis=1), 1.0)
    for k, points in enumerate(of_each_region(space, rng, 30)):
        assert species_share(points, space)[:, k].min() > 0.98


@pytest.mark.parametrize(
    "space", [*(space for space in SPACES if len(space.regions) == 2), discs(2)], ids=lambda space: space.name
)
def test_two_regions_share_by_a_smooth_step(space, rng):
    points = rng.uniform(*space.bounds, (3000, 2))
    first, second = (region.signed_distance(points) for region in space.regions)
    s = np.clip(0.5 + (first - second) / 0.6, 0.0, 1.0)
    assert ((s > 0.1) & (s < 0.9)).sum() > 30
    smooth = s**2 * (3 - 2 * s)
    np.testing.assert_allclose(species_share(points, space), np.stack([1 - smooth, smooth], axis=1), atol=1e-12)


@every_space
def test_every_region_is_told_by_its_pictures(space, rng):
    drawn = [decode(points, space, 56).astype(float) for points in of_each_region(space, rng, 30)]
    means = [some.mean(axis=0)[None] for some in drawn]
    for k, some in enumerate(drawn):
        for other in range(len(drawn)):
            if other != k:
                assert difference(means[k], means[other])[0] > 30
                assert (difference(some, means[k]) < difference(some, means[other])).all()


@every_space
def test_the_first_four_animals_are_told_by_shape_alone(space, rng):
    shapes = [shape(decode(points, space, 56)) for points in of_each_region(space, rng, 30)[:4]]
    within = min((some @ some[0]).min() for some in shapes)
    for k, some in enumerate(shapes):
        for other in shapes[:k]:
            assert within > (some @ other.T).max() + 0.1


def test_the_fifth_animal_is_the_first_in_another_coat():
    shares = np.eye(5)[[0, 4]]
    drawn = (255 * draw_faces(np.zeros((2, 2)), shares, 56)).astype(np.uint8).transpose(1, 2, 3, 0)
    assert difference(drawn[:1], drawn[1:])[0] > 30
    one, other = shape(drawn)
    assert one @ other > 0.9


def test_twelve_animals_all_look_different():
    drawn = 255 * draw_faces(np.zeros((12, 2)), np.eye(12), 56).transpose(1, 2, 3, 0)
    for k in range(12):
        assert np.delete(difference(drawn, drawn[k : k + 1]), k).min() > 15


def test_faces_with_features_of_a_place_are_those_that_are_drawn_there(rng):
    z, shares = rng.uniform(-1, 1, (6, 2)), rng.dirichlet(np.ones(3), 6)
    mixture = Mixture([animal(k) for k in range(3)], shares.T)
    features = features_at((z[:, 0], z[:, 1]), mixture.measures.head_width)
    np.testing.assert_array_equal(draw_mixture(mixture, features, 40), draw_faces(z, shares, 40))


def test_each_picture_may_have_colours_and_features_of_its_own(rng):
    coats, papers = rng.random((2, 3, 5, 1, 1)).astype(np.float32)
    values = rng.uniform(0.4, 0.6, (len(Features._fields), 5, 1, 1)).astype(np.float32)

    def drawn(some):
        colours = animal(1).colours._replace(fur=coats[:, some], paper=papers[:, some])
        mixture = Mixture([replace(animal(1), colours=colours)], [np.ones(5)[some]])
        return draw_mixture(mixture, Features(*values[:, some]), 40)

    together = drawn(slice(None))
    np.testing.assert_array_equal(np.concatenate([drawn(slice(i, i + 1)) for i in range(5)], axis=1), together)
    np.testing.assert_array_equal(together[:, :, 0, 0], papers[:, :, 0, 0])
    assert np.abs(together[:, 1:] - together[:, :-1]).mean(axis=(0, 2, 3)).min() > 0.05


def test_the_third_animal_has_two_upright_ears_and_two_white_teeth(rng):
    space = discs(3)
    for picture in decode(space.regions[2].sample(20, rng), space).astype(int):
        row = np.abs(picture[19] - picture[0, 0]).max(axis=1) > 20  # at the height of 0.6 on the easel, off the paper
        assert (np.diff(row.astype(int)) == 1).sum() == 2
        assert not row[48]
        assert picture[85, [43, 52]].min() == 255  # at (-0.085, -0.78) and (0.085, -0.78)
        assert picture[85, 48].max() < 150  # between them is a line


@pytest.mark.parametrize("k", range(4))
def test_paper_has_the_hue_of_the_region_on_the_plot(k):
    space = discs(4)
    corner = decode(np.array([space.regions[k].middle]), space)[0, 0, 0] / 255
    hue, plot = (colorsys.rgb_to_hls(*colour)[0] for colour in (corner, bytes.fromhex(REGION_COLOURS[k][1:])))
    assert abs(hue - plot) < 0.04  # of the circle


def test_a_region_far_away_changes_no_picture(rng):
    two = discs(2)
    three = replace(two, regions=(*two.regions, Disc("region 2", (0.0, 2.9), 0.1)))
    between = np.linspace((-1.0, 0.0), (1.0, 0.0), 20)
    points = np.concatenate([between, *of_each_region(two, rng)])
    np.testing.assert_array_equal(species_share(points, three)[:, 2], 0.0)
    np.testing.assert_array_equal(decode(points, three), decode(points, two))


def test_species_follows_the_name_or_else_the_order(rng):
    cat, dog = BLOBS.regions
    points = np.concatenate([BLOBS.start(6, rng), *of_each_region(BLOBS, rng, 6)])
    expected = decode(points, BLOBS)

    def drawn(*regions):
        return decode(points, replace(BLOBS, regions=regions))

    np.testing.assert_array_equal(drawn(dog, cat), expected)
    np.testing.assert_array_equal(drawn(replace(cat, name="one"), replace(dog, name="two")), expected)
    assert difference(drawn(replace(dog, name="one"), replace(cat, name="two")), expected)[-12:].min() > 40
    alone = replace(BLOBS, regions=(replace(cat, name="one"),))
    np.testing.assert_array_equal(species_share(points, alone), 1.0)
    np.testing.assert_array_equal(decode(points[6:12], alone), expected[6:12])


def test_the_cat_comes_first_and_the_others_keep_their_order(rng):
    a, b, cat = discs(3).regions
    shuffled = replace(discs(3), regions=(a, b, replace(cat, name="CAT")))
    in_order = replace(discs(3), regions=(cat, a, b))
    points = rng.uniform(-3, 3, (40, 2))
    np.testing.assert_array_equal(species_share(points, shuffled), species_share(points, in_order))
    np.testing.assert_array_equal(decode(points, shuffled), decode(points, in_order))


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
