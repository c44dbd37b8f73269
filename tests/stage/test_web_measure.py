"""The page's own streams, laws and figures: the same as Python's, bit for bit where no logarithm or sum comes in."""

import json

import numpy as np
import pytest
import torch
from playwright.sync_api import Error

from sandbox.measure.experiment import descriptions, noise, starting_points
from sandbox.measure.likeness import Reference, reference
from sandbox.measure.quality import quality, share_interval
from sandbox.pairs import World, make_pairs
from sandbox.spaces import NONE, SPACES, PolygonRegion, Space
from sandbox.spaces.shapes import disc
from sandbox.stage.geometry import space_header
from tests import own_spaces, plane_spaces
from tests.ball_space import BALLS, Ball
from tests.browser import page
from tests.web import run, serve

ALL = (*SPACES, plane_spaces.LONELY, plane_spaces.THREE, own_spaces.ONE, own_spaces.THREE)
UNIFORM = tuple(space for space in ALL if space.name != "eight-gaussians-to-moons")
SEEDS = ([0, 1], [7, 3], [0], [2**32, 2], [123456789012345, 4], [1, 2, 3, 4, 5, 6])
TAIL = 3.6541528853610087  # beyond it a normal number is made of a logarithm
N = 2000

every_space = pytest.mark.parametrize("space", ALL, ids=lambda space: space.name)
every_seed = pytest.mark.parametrize("seed", SEEDS, ids=str)


@pytest.fixture(scope="module")
def tab(chromium):
    with page(chromium) as tab:
        serve(tab)
        for space in ALL:
            pairs = make_pairs(world_of(space))
            clean = {"data": pairs.clean.ravel().tolist(), "shape": [*pairs.clean.shape]}
            arrays = {"clean": clean, "concept": {"data": pairs.concept.tolist(), "shape": [len(pairs.concept)]}}
            header = {"space": space_header(space), "description_noise": world_of(space).description_noise}
            run(tab, "(window.worlds ??= {})[args[0]] = args[1];", [space.name, {"header": header, "arrays": arrays}])
        yield tab


def world_of(space):
    return World(space, pairs=400)


def ask(tab, module, call, **args):
    """What an expression of the module's names, the arguments' names and `worlds` gives, arrays as lists."""
    script = f"""
      const plain = value => ArrayBuffer.isView(value) ? Array.from(value) : value;
      const {{{", ".join(args)}}} = args;
      const it = await import("/{module}.js");
      return plain({call});
    """
    return run(tab, script, {name: plain(value) for name, value in args.items()})


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


# Streams


def drawn(tab, seed, draws):
    return ask(tab, "random", f"(rng => [{draws}].map(plain))(it.defaultRng(seed))", seed=seed)


@pytest.mark.browser
@every_seed
def test_numbers_are_numpy_s(tab, seed):
    rng = np.random.default_rng(seed)
    expected = [
        rng.random(),
        rng.uniform((-1, 2), (3, 2.5), (3, 2)).ravel(),
        rng.integers(3, size=7),
        rng.integers(1, size=2),
        rng.integers(2**31 - 5, size=7),
        rng.random(),
        rng.choice(4, size=50, p=[0.15, 0.5, 0.0, 0.35]),
        *(rng.permutation(n) for n in (1, 9, 300)),
    ]
    draws = """rng.random(), rng.uniform([-1, 2], [3, 2.5], 3), rng.integers(3, 7), rng.integers(1, 2),
      rng.integers(2 ** 31 - 5, 7), rng.random(), rng.choice(4, 50, [0.15, 0.5, 0.0, 0.35]),
      rng.permutation(1), rng.permutation(9), rng.permutation(300)"""
    for ours, theirs in zip(drawn(tab, seed, draws), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.browser
@every_seed
def test_normal_numbers_are_numpy_s_but_for_the_last_bit_of_a_logarithm(tab, seed):
    (ours,) = drawn(tab, seed, "rng.standardNormal(30000)")
    theirs = np.random.default_rng(seed).standard_normal(30000)
    inner = np.abs(theirs) < TAIL
    assert 0 < (~inner).sum() < 30
    np.testing.assert_array_equal(np.array(ours)[inner], theirs[inner])
    np.testing.assert_array_max_ulp(np.array(ours)[~inner], theirs[~inner], 1)


@pytest.mark.browser
@every_seed
def test_children_of_a_stream_are_numpy_s(tab, seed):
    ours = ask(
        tab,
        "random",
        """(rng => [...rng.spawn(2), ...rng.spawn(1), rng.spawn(3)[2].spawn(2)[1]].map(child => child.random()))
           (it.defaultRng(seed))""",
        seed=seed,
    )
    rng = np.random.default_rng(seed)
    children = [*rng.spawn(2), *rng.spawn(1), rng.spawn(3)[2].spawn(2)[1]]
    assert ours == [child.random() for child in children]


@pytest.mark.browser
def test_a_seed_below_zero_is_none(tab):
    with pytest.raises(Error, match="A seed is a whole number from 0"):
        drawn(tab, [-1], "rng.random()")


# Laws


@pytest.mark.browser
@every_space
@pytest.mark.parametrize(("n", "seed"), [(N, 7), (10_050, 2)])
def test_starting_points_are_python_s(tab, space, n, seed):
    ours = ask(tab, "laws", "it.startingPoints(worlds[name].header.space, n, seed)", name=space.name, n=n, seed=seed)
    theirs = starting_points(world_of(space), n, seed)
    assert torch.equal(torch.tensor(ours, dtype=torch.float32), theirs.ravel())


@pytest.mark.browser
@every_space
def test_descriptions_are_python_s(tab, space):
    call = "it.descriptionsOf(worlds[name], concept, n, seed)"
    for concept in space.concept_names():
        for n, seed in ((N, 0), (5, 3)):
            ours = ask(tab, "laws", call, name=space.name, concept=concept, n=n, seed=seed)
            theirs = descriptions(world_of(space), concept, n, seed).ravel()
            assert torch.equal(torch.tensor(ours, dtype=torch.float32).nan_to_num(9), theirs.nan_to_num(9))


@pytest.mark.browser
@every_space
def test_noise_is_python_s_each_time(tab, space):
    call = "(draw => [7, 1, 300].map(draw).map(plain))(it.noiseOf(worlds[name].header.space, 5))"
    draw = noise(world_of(space), 5)
    for ours, n in zip(ask(tab, "laws", call, name=space.name), (7, 1, 300), strict=True):
        assert torch.equal(torch.tensor(ours, dtype=torch.float32), draw(n).ravel())


REAL = "it.realSample(worlds[name], concept, n, seed, stream)"


@pytest.mark.browser
@pytest.mark.parametrize("space", UNIFORM, ids=lambda space: space.name)
def test_real_samples_are_python_s(tab, space):
    for concept in space.concept_names():
        for n, stream in ((N, 4), (9, 5)):
            ours = ask(tab, "laws", REAL, name=space.name, concept=concept, n=n, seed=1, stream=stream)
            theirs = space.sample(n, np.random.default_rng([1, stream]), concept)
            np.testing.assert_array_equal(ours, theirs.ravel())


@pytest.mark.browser
def test_a_law_that_is_not_uniform_has_no_real_sample_here(tab):
    args = {"name": "eight-gaussians-to-moons", "n": 10, "seed": 0, "stream": 4}
    assert [ask(tab, "laws", REAL, concept=concept, **args) for concept in ("upper", NONE)] == [None, None]


@pytest.mark.browser
def test_what_is_handed_out_may_be_written_to(tab):
    for call in ("it.startingPoints(worlds.moons.header.space, 4, 0)", "it.descriptionsOf(worlds.moons, 'cat', 4, 0)"):
        first, again = ask(tab, "laws", f"[plain({call}.fill(0)), plain({call})]")
        assert set(first) == {0}
        assert 0 not in again


@pytest.mark.browser
def test_a_real_sample_is_remembered_and_the_oldest_forgotten(tab):
    call = """(sample => [sample(0) === sample(0), (kept => {
      for (let seed = 1; seed <= 40; seed++) sample(seed);
      return sample(0) === kept;
    })(sample(0))])(seed => it.realSample(worlds.rings, "cat", 10, seed))"""
    assert ask(tab, "laws", call) == [True, False]


@pytest.mark.browser
@pytest.mark.parametrize(
    "call",
    [
        "it.descriptionsOf(worlds.moons, 'cow', 3, 0)",
        "it.realSample(worlds.moons, 'cow', 3, 0)",
    ],
)
def test_an_unknown_concept_is_named(tab, call):
    with pytest.raises(Error, match=r"moons has no concept 'cow'; it has cat, dog, animal, none\."):
        ask(tab, "laws", call)


@pytest.mark.browser
def test_a_concept_that_no_pair_is_described_with_is_named(tab):
    call = "it.descriptionsOf({...world, arrays: {...world.arrays, concept: {data: [0], shape: [1]}}}, 'dog', 3, 0)"
    with pytest.raises(Error, match=r"None of the 400 pairs is described as 'dog': take more pairs\."):
        ask(tab, "laws", f"(world => {call})(worlds.moons)")


# Figures


def border_points(region, rng):
    """Corners and middles of edges, and places very near to them on either side."""
    rings = [ring[:-1] for ring in region.outline()]
    corners = np.concatenate(rings)
    middles = np.concatenate([(ring + np.roll(ring, 1, axis=0)) / 2 for ring in rings])
    exact = np.concatenate([corners, middles])
    exact = rng.permutation(exact)[:300]
    return np.concatenate([exact + size * rng.standard_normal(exact.shape) for size in (1e-9, 1e-5, 1e-2)])


@pytest.mark.browser
@every_space
def test_signed_distances_are_shapely_s(tab, space, rng):
    for region in space.regions:
        low, high = space.bounds
        points = np.concatenate([rng.uniform(low - 2, high + 2, (N, 2)), border_points(region, rng)])
        call = "it.signedDistance(worlds[name].header.space.regions.find(one => one.name === region), points)"
        ours = ask(tab, "measure", call, name=space.name, region=region.name, points=points.ravel())
        theirs = region.signed_distance(points)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)
        np.testing.assert_array_equal(np.array(ours) < 0, theirs < 0)


@pytest.mark.browser
def test_a_corner_is_on_the_border_and_outside(tab):
    corners = own_spaces.THREE.regions[0].outline()[0]
    edges = (corners[1:] + corners[:-1]) / 2  # parallel to an axis
    points = np.concatenate([corners, edges]).ravel()
    ours = ask(tab, "measure", "it.signedDistance(worlds.farm.header.space.regions[0], points)", points=points)
    assert ours == [0.0] * (len(points) // 2)


@pytest.mark.browser
def test_a_point_that_is_not_finite_is_infinitely_far(tab):
    call = "it.signedDistance(worlds.rings.header.space.regions[0], [NaN, 0, Infinity, 0, 0, -Infinity, 3, 4])"
    distance = ask(tab, "measure", call)
    assert distance[:3] == [np.inf] * 3
    assert distance[3] < 5


def judged(tab, points, space, concept):
    call = "it.quality(points, worlds[name].header.space, concept)"
    return ask(tab, "measure", call, points=points.ravel(), name=space.name, concept=concept)


@pytest.mark.browser
@every_space
def test_quality_is_python_s(tab, space, rng):
    anywhere = rng.uniform(*space.bounds, (N, 2)).astype(np.float32)
    points = np.concatenate([anywhere, space.sample(300, rng), border_points(space.regions[0], rng)])
    for concept in space.concept_names():
        theirs, ours = quality(points, space, concept), judged(tab, points, space, concept)
        assert ours["in_region"] == theirs.in_region
        assert ours["condition_agreement"] == theirs.condition_agreement
        assert ours["miss"] == pytest.approx(theirs.miss, rel=1e-12, abs=1e-15)


@pytest.mark.browser
def test_points_that_are_no_numbers_are_outside(tab):
    space = plane_spaces.THREE
    points = np.array([[np.nan, 0.0], [-3.0, 0.0], [0.0, np.inf], [3.0, 0.1]])
    for concept in space.concept_names():
        theirs = quality(points, space, concept)
        assert judged(tab, points, space, concept) == vars(theirs)
        assert theirs.miss == np.inf


@pytest.mark.browser
def test_no_samples_are_not_judged(tab):
    with pytest.raises(Error, match="There are no samples to judge"):
        judged(tab, np.empty((0, 2)), plane_spaces.THREE, NONE)


def likened(tab, points, real):
    call = "it.likeness(points, Float64Array.from(real))"
    return ask(tab, "measure", call, points=points.ravel(), real=real.ravel())


def assert_alike(ours, theirs):
    for share in ("precision", "recall", "coverage"):
        assert ours[share] == getattr(theirs, share)
    for distance in ("energy_distance", "sliced_wasserstein"):
        assert ours[distance] == pytest.approx(getattr(theirs, distance), rel=1e-9, abs=1e-12)


@pytest.mark.browser
@every_space
def test_likeness_is_python_s(tab, space, rng):
    for concept in space.concept_names():
        real = reference(space, concept, 300, 2)
        again = space.sample(300, np.random.default_rng([2, 5]), concept)
        assert_alike(likened(tab, again, real.real), real.likeness(again))
        off = (again + rng.normal(0, 0.2, again.shape)).astype(np.float32).astype(float)
        assert_alike(likened(tab, off, real.real), real.likeness(off))


@pytest.mark.browser
def test_likeness_of_a_whole_sample_its_own_and_a_collapsed_one_is_python_s(tab, rng):
    space = SPACES[0]
    real = reference(space, "animal", N, 0)
    crowded = np.repeat(real.real[:20], N // 20, axis=0)
    lattice = rng.integers(-8, 8, (N, 2)) / 4  # many distances are equal
    for points in (real.real, crowded, np.zeros((N, 2)), lattice, rng.uniform(-3, 3, (N, 2))):
        assert_alike(likened(tab, points, real.real), real.likeness(points))
    assert_alike(likened(tab, real.real, lattice), Reference(lattice).likeness(real.real))


@pytest.mark.browser
def test_a_distance_that_only_rounding_makes_larger_is_not_larger(tab):
    angles = np.arange(1, 61) / 10
    circle = 1.7 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    circle = circle[np.square(circle).sum(axis=1).argsort(kind="stable")]
    far = 50 + np.arange(12.0).reshape(6, 2)
    real = np.concatenate([np.zeros((1, 2)), circle[:5], far])  # the first one's neighbourhood ends on the circle
    samples = [np.concatenate([point[None], -far, -2 * far[:5]]) for point in circle]
    squared = np.square(circle).sum(axis=1)
    assert (squared > squared[:5].max()).any()
    call = "samples.map(points => it.likeness(points, Float64Array.from(real)).coverage)"
    ours = ask(tab, "measure", call, samples=[points.ravel().tolist() for points in samples], real=real.ravel())
    assert ours == [Reference(real).likeness(points).coverage for points in samples]


@pytest.mark.browser
def test_likeness_of_points_that_are_no_numbers_is_python_s(tab, rng):
    real = reference(SPACES[0], "cat", 200, 0)
    for lost in (1, 190, 195, 200):
        points = real.real + 0.1
        points[rng.permutation(200)[:lost], rng.integers(2, size=lost)] = rng.choice([np.nan, np.inf, -np.inf], lost)
        theirs = real.likeness(points)
        assert likened(tab, points, real.real) == vars(theirs)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("points", "real", "sentence"),
    [
        (4, 5, "Precision and recall need more than 5 samples"),
        (4, 6, "6 real samples are compared with as many generated ones"),
    ],
)
def test_likeness_needs_enough_and_as_many(tab, points, real, sentence, rng):
    with pytest.raises(Error, match=sentence):
        likened(tab, rng.random((points, 2)), rng.random((real, 2)))


@pytest.mark.browser
def test_share_intervals_are_python_s(tab):
    for share, n in ((0.0, 10), (0.123, 2000), (1.0, 500)):
        ours = ask(tab, "measure", "it.shareInterval(share, n)", share=share, n=n)
        assert ours == pytest.approx(share_interval(share, n), rel=1e-14, abs=1e-16)


# The space that the browser is told


@every_space
def test_a_space_s_header_says_all_of_it_in_plain_values(space):
    header = json.loads(json.dumps(space_header(space)))
    assert [header[key] for key in ("name", "title", "summary")] == [space.name, space.title, space.summary]
    assert (tuple(header["bounds"]), header["start_scale"]) == (space.bounds, space.start_scale)
    np.testing.assert_array_equal(header["means"], space.means)
    assert [region["name"] for region in header["regions"]] == [region.name for region in space.regions]
    for told, region in zip(header["regions"], space.regions, strict=True):
        assert [len(ring) for ring in told["rings"]] == [len(ring) for ring in region.outline()]
        assert sum(told["parts"]) == len(told["rings"])
        assert tuple(told["bounds"]) == region.shape.bounds
        assert told["weight"] == region.weight
        assert told["uniform"] == (space.name != "eight-gaussians-to-moons")
    for concept in space.concept_names():
        np.testing.assert_array_equal(header["shares"][concept], space.shares(concept))
    assert [(c["name"], tuple(c["embedding"]), tuple(c["regions"])) for c in header["concepts"]] == [
        (c.name, c.embedding, c.regions) for c in space.concepts
    ]


def test_the_dog_has_three_parts_of_which_its_face_has_holes():
    assert sorted(space_header(SPACES[0])["regions"][1]["parts"]) == [1, 1, 1, 4]


def test_what_is_no_plane_of_polygons_is_refused():
    with pytest.raises(ValueError, match=r"^A stage needs a plane; Balls has 3 dimensions\.$"):
        space_header(BALLS)
    discs = (PolygonRegion("CAT", disc(0, 0, 1)), Ball("PEA", (2.0, 0.0), 0.5))
    mixed = Space("peas", "Peas", "A disc that is none.", discs, plane_spaces.LONELY.concepts)
    with pytest.raises(ValueError, match=r"^A stage needs polygons; PEA of Peas is none\.$"):
        space_header(mixed)
