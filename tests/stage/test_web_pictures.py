"""The pictures of the browser are those of the decoder: of every space, inside and outside, and of a new animal."""

import base64
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely

from sandbox.pictures import zoo
from sandbox.pictures.decoder import decode
from sandbox.pictures.easel import ellipse, limb, rgb
from sandbox.pictures.program import program
from sandbox.pictures.rabbit import RABBIT
from sandbox.pictures.recorded import OPERATIONS
from sandbox.spaces import SPACES, PolygonRegion, space_named
from tests import own_spaces, plane_spaces
from tests.browser import ROOT, page

pytestmark = pytest.mark.browser

WEB = ROOT / "sandbox" / "stage" / "web"
ADDRESS = "http://pictures.test"
POLICY = "default-src 'none'; script-src 'self'"  # no code may be made from text
BLOBS = space_named("blobs")
# Distances by the plainest rules, for as long as the module that has them is not there.
MEASURE = """export function signedDistance(region, points) {
  return Float64Array.from({ length: points.length / 2 }, (_, i) => {
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    let [nearest, inside] = [Infinity, false];
    for (const ring of region.rings) {
      for (let k = 1; k < ring.length; k++) {
        const [[ax, ay], [bx, by]] = [ring[k - 1], ring[k]];
        const [dx, dy] = [bx - ax, by - ay];
        const way = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 0), 1);
        nearest = Math.min(nearest, Math.hypot(x - ax - way * dx, y - ay - way * dy));
        if (ay > y !== by > y && x < ax + ((y - ay) * dx) / dy) inside = !inside;
      }
    }
    return inside ? -nearest : nearest;
  });
}"""
DECODE = """async ([program, space, points, size]) => {
  const { decodePictures } = await import("/pictures.js");
  const places = Float64Array.from(points, (place) => Number(place));
  const [first, again] = [0, 1].map(() => decodePictures(program, space, places, size));
  if (first.some((level, i) => level !== again[i])) throw new Error("the second time the pictures differ");
  if (!(first instanceof Uint8ClampedArray)) throw new Error("of levels there are no others");
  const rows = Array.from({ length: first.length / size }, (_, i) => first.subarray(i * size, (i + 1) * size));
  return btoa(rows.map((row) => String.fromCharCode(...row)).join(""));
}"""


def answer(route):
    """Give the browser a module of web/, or an empty page."""
    path = route.request.url.removeprefix(f"{ADDRESS}/")
    file = WEB / path
    body = file.read_text() if file.is_file() else {"measure.js": MEASURE, "": "<!doctype html>"}.get(path)
    kind = "text/javascript" if path.endswith(".js") else "text/html"
    headers = {"content-type": kind, "content-security-policy": POLICY}
    route.fulfill(status=404 if body is None else 200, body=body or "", headers=headers)


@pytest.fixture(scope="module")
def tab(chromium):
    with page(chromium) as opened:
        opened.route(f"{ADDRESS}/**", answer)
        opened.goto(f"{ADDRESS}/")
        yield opened


@pytest.fixture
def fresh():
    """Nothing is remembered of animals, before or after the test."""
    for function in (zoo.animal, program):
        function.cache_clear()
    yield
    for function in (zoo.animal, program):
        function.cache_clear()


def question(space, points, size, drawing=None):
    regions = [{"name": each.name, "rings": [ring.tolist() for ring in each.outline()]} for each in space.regions]
    text = [str(place).replace("inf", "Infinity") for place in points.ravel()]  # what is not finite has no JSON
    return [drawing or program(len(space.regions)), {"bounds": space.bounds, "regions": regions}, text, size]


def pictures(tab, space, points, size, drawing=None):
    """The browser's pictures, (n, size, size, 4)."""
    levels = base64.b64decode(tab.evaluate(DECODE, question(space, points, size, drawing)))
    return np.frombuffer(levels, np.uint8).reshape(len(points), size, size, 4)


def same_pictures(tab, space, points, size=48):
    """Assert that the browser's pictures are the decoder's, within one level, and opaque; return them."""
    drawn = pictures(tab, space, points, size)
    assert (drawn[..., 3] == 255).all()
    assert np.abs(drawn[..., :3].astype(int) - decode(points, space, size)).max() <= 1
    return drawn


def places(space, rng):
    """Everywhere on the plot, in every region and on the way from each to the next."""
    inside = [region.sample(4, rng) for region in space.regions]
    between = [(one + other) / 2 for one, other in pairwise(inside)]
    return np.concatenate([rng.uniform(*space.bounds, (8, 2)), *inside, *between])


def row(count):
    """A space of boxes side by side, close enough for three animals in one picture."""
    boxes = [PolygonRegion(f"box {i}", shapely.box(i - 2.5, -1, i - 1.7, 1)) for i in range(count)]
    return replace(BLOBS, name=f"row of {count}", regions=tuple(boxes))


@pytest.mark.parametrize(
    "space",
    [*SPACES, own_spaces.ONE, own_spaces.THREE, plane_spaces.LONELY, plane_spaces.THREE, row(5)],
    ids=lambda space: space.name,
)
def test_every_space_has_the_decoders_pictures(tab, space, rng):
    same_pictures(tab, space, places(space, rng))


@pytest.mark.parametrize("size", [1, 17, 64, 96])
def test_any_size_will_do(tab, size, rng):
    same_pictures(tab, BLOBS, places(BLOBS, rng)[:12], size)


def test_where_three_animals_meet(tab, rng):
    middles = 0.6 * np.array([[1.0, 0.0], [-0.5, 0.87], [-0.5, -0.87]])
    discs = (PolygonRegion(f"disc {i}", shapely.Point(*middle).buffer(0.4)) for i, middle in enumerate(middles))
    same_pictures(tab, replace(BLOBS, regions=tuple(discs)), rng.uniform(-0.3, 0.3, (12, 2)))


def test_far_points_are_clipped_and_those_that_are_not_finite_are_grey(tab):
    nowhere = [[np.nan, 0.0], [0.0, np.inf], [-np.inf, np.nan]]
    points = np.array([[-1.3, 0.3], *nowhere, [40.0, 0.0], [1e300, -1e300], [-6.5, 2.0]])
    drawn = same_pictures(tab, BLOBS, points)
    assert len(np.unique(drawn[1:4, ..., :3])) == 1


def test_no_points_have_no_pictures(tab):
    assert pictures(tab, BLOBS, np.empty((0, 2)), 48).shape == (0, 48, 48, 4)


@pytest.mark.parametrize("names", [("DOG", "CAT"), ("one", "CAT"), ("one", "two")])
def test_the_order_of_the_animals_is_the_decoders(tab, names, rng):
    renamed = (replace(region, name=name) for region, name in zip(BLOBS.regions, names, strict=True))
    same_pictures(tab, replace(BLOBS, regions=tuple(renamed)), places(BLOBS, rng))


def test_a_program_for_another_number_of_animals_is_refused(tab):
    with pytest.raises(Exception, match="of 3 animals, but there are 2 regions"):
        pictures(tab, BLOBS, np.zeros((1, 2)), 16, program(3))


def test_a_colour_that_differs_from_pixel_to_pixel_is_refused(tab):
    drawing = program(2)
    varied = [[*step[:-1], step[1]] for step in drawing["steps"]]
    with pytest.raises(Exception, match="differs from pixel to pixel"):
        pictures(tab, BLOBS, np.zeros((1, 2)), 16, {**drawing, "steps": varied})


def test_what_is_infinitely_far_is_nowhere(tab):
    handmade = {
        **program(1),
        "constants": [0, 1, "Infinity"],
        "nodes": [["x", 0], ["maximum", 3, 2], ["minimum", 3, 2], ["add", 3, 2], ["multiply", 3, 0]],
        "noise": 0,
        "paper": [0, 0, 0],
        "windows": [[-1, 1, -1, 1]],
        "steps": [[0, 5, 0, 1, 0], [0, 4, 1, 0, 0], [0, 6, 0, 0, 1]],  # green on the left, red and blue nowhere
    }
    alone = replace(BLOBS, regions=BLOBS.regions[:1])
    drawn = pictures(tab, alone, np.zeros((1, 2)), 8, handmade)[0]
    np.testing.assert_array_equal(drawn[:, :4, :3], np.broadcast_to([0, 255, 0], (8, 4, 3)))
    assert drawn[:, 4:, :3].max() == 0
    covered = pictures(
        tab, alone, np.zeros((1, 2)), 8, {**handmade, "steps": [[0, 7, 1, 1, 1]]}
    )  # the border is all over
    assert set(np.unique(covered[..., :3])) <= {127, 128}


def test_a_new_animal_appears_without_a_line_of_javascript(tab, fresh, monkeypatch, rng):
    def horns(x, y, features):
        bent = limb(abs(x), y, (0.3, 0.3), (0.5 + 0.1 * np.sin(3 * y), 0.8 + 0.1 * features.ears), 0.12, 0.04)
        return np.where(y > 0.6, bent + 0.01 * np.cos(20 * x), bent)

    ox = replace(
        RABBIT,
        colours=RABBIT.colours._replace(paper=rgb("#102030"), fur=rgb("#c04020")),
        ears=horns,
        muzzle=lambda x, y: ellipse(x, y + 0.5, 0.5, 0.3 + 0.02 * np.cos(9 * x)),
        whiskers=(),
        marks=lambda x, y, features: np.hypot(x, y - 0.2) - 0.1 - 0.03 * features.lips,
    )
    points = np.concatenate([region.sample(6, rng) for region in BLOBS.regions])
    usual = pictures(tab, BLOBS, points, 48)
    monkeypatch.setattr(zoo, "ANIMALS", (zoo.ANIMALS[0], ox))
    program.cache_clear()
    zoo.animal.cache_clear()
    drawn = same_pictures(tab, BLOBS, points)
    np.testing.assert_array_equal(drawn[:6], usual[:6])
    assert np.abs(drawn[6:].astype(int) - usual[6:]).mean(axis=(1, 2, 3)).min() > 15


def test_every_operation_that_can_be_recorded_is_known(tab, rng):
    numbers = np.array([[0.4, 1.7, 0.9], [-1.2, 0.5, 2.5], [2.0, -0.8, 3.0], [0.0, 1.0, 0.5], [1.0, 0.0, 1.0]])
    known = """async ([names, rows]) => {
      const { ELEMENTWISE, operateOnRow } = await import("/operations.js");
      return Object.fromEntries(names.map((name) => [name, rows.map((row) => {
        const args = row.slice(0, Math.max(ELEMENTWISE[name].length, 1));
        const pointers = args.map((value) => ({ data: Float32Array.of(9, value, value), at: 1, step: 1 }));
        const out = new Float32Array(3);
        operateOnRow(name, out, 1, 2, pointers);
        return [ELEMENTWISE[name](...args), out[1], out[2]].map(String);
      })]));
    }"""
    answers = tab.evaluate(known, [[*OPERATIONS], numbers.tolist()])
    assert {*answers} == {*OPERATIONS}
    for name, rows in answers.items():
        operation = getattr(np, name)
        for values, answer in zip(numbers, rows, strict=True):
            with np.errstate(all="ignore"):
                expected = float(operation(*values[: {"clip": 3, "where": 3}.get(name, getattr(operation, "nin", 1))]))
            np.testing.assert_allclose([float(one) for one in answer], expected, rtol=1e-6, atol=1e-7, err_msg=name)


def test_a_hand_that_drags_a_point_is_followed(tab, rng):
    """Sixteen pictures of 64 pixels take some 20 ms where nothing else runs; the bound is for a busy machine."""
    timed = """async ([program, space, points, size]) => {
      const { decodePictures } = await import("/pictures.js");
      return Math.min(...Array.from({ length: 20 }, () => {
        const start = performance.now();
        decodePictures(program, space, Float64Array.from(points, Number), size);
        return performance.now() - start;
      }));
    }"""
    points = np.concatenate([region.sample(8, rng) for region in BLOBS.regions])
    assert tab.evaluate(timed, question(BLOBS, points, 64)) < 120  # ms
