"""The race's chart and the plateau: what is drawn is what the tables say, and it can be pointed at and heard."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from sandbox.measure.generation import generate
from sandbox.methods import METHODS, Trained, build, method_named
from sandbox.pairs import World
from sandbox.results import make as results
from sandbox.results import sweeps
from sandbox.results.plateau import DROP, edges
from sandbox.spaces import SPACES, space_named
from sandbox.stage import race
from sandbox.stage.chart import HEIGHT, LETTER, SIDE, WIDTH, Chart, Line, Point, svg
from sandbox.stage.ink import DARK, LIGHT
from sandbox.stage.race import COSTS, DRAWN, FIGURES, race_chart, runners, samples_path, unit_square
from sandbox.weights import store

NAMESPACE = "{http://www.w3.org/2000/svg}"
POINTS = (Point(1, 0.5, 0.1, "one"), Point(2, 0.25, 0.0, "two"), Point(8, 0.75, 0.05, "eight"))
CHART = Chart(
    [Line("A & B", "#123456", "circle", "", POINTS), Line("C", "#654321", "star", "3 4", POINTS[:2])], "x", "y"
)


def tree(chart, dark=False):
    return ElementTree.fromstring(svg(chart, dark))


def marks(root):
    """The points, each with the middle of its circle."""
    found = [part for part in root.iter(f"{NAMESPACE}g") if part.get("class", "").startswith("point")]
    return [(part, float(part[1].get("cx")), float(part[1].get("cy"))) for part in found]


def texts(root):
    return [text.text for text in root.iter(f"{NAMESPACE}text")]


@pytest.mark.parametrize("logarithmic", [False, True])
def test_marks_stand_where_their_values_are(logarithmic):
    root = tree(replace(CHART, logarithmic=logarithmic))
    places = [(x, y) for _, x, y in marks(root)][:3]
    xs, ys = np.array(places).T
    values = np.array([[point.x, point.y] for point in POINTS])
    along = np.log2(values[:, 0])
    np.testing.assert_allclose(np.diff(xs) / np.diff(along), (xs[-1] - xs[0]) / (along[-1] - along[0]), rtol=2e-3)
    up = np.log10(values[:, 1]) if logarithmic else values[:, 1]
    np.testing.assert_allclose(np.diff(ys) / np.diff(up), (ys[-1] - ys[0]) / (up[-1] - up[0]), rtol=2e-3)
    assert xs[0] < xs[1] < xs[2]
    assert ys[1] > ys[0] > ys[2]  # larger is higher


def test_every_mark_can_be_reached_by_keyboard_and_says_what_it_is():
    for part, _, _ in marks(tree(CHART)):
        assert part.get("tabindex") == "0"
        assert part.get("aria-label") == part[0].text
    assert [part.get("aria-label") for part, _, _ in marks(tree(CHART))] == ["one", "two", "eight", "one", "two"]


def test_names_are_escaped_and_stand_apart():
    many = [Line(f"line {k} <b>", "#123456", "circle", "", POINTS) for k in range(15)]
    root = tree(replace(CHART, lines=many))
    labels = [text for text in root.iter(f"{NAMESPACE}text") if (text.text or "").startswith("line")]
    heights = sorted(float(text.get("y")) for text in labels)
    assert len(labels) == 15
    assert min(b - a for a, b in pairwise(heights)) > 20
    assert heights[-1] < HEIGHT


def test_a_long_name_ends_before_the_plane():
    name = "a method of a long name, by another sampler"
    chart = replace(CHART, lines=[Line(name, "#123456", "circle", "", POINTS)], backdrop="<g/>")
    (label,) = [text for text in tree(chart).iter(f"{NAMESPACE}text") if text.text == name]
    assert float(label.get("x")) + LETTER * len(name) <= WIDTH - SIDE


@pytest.mark.parametrize(("last", "named"), [(64.0, ["1", "2", "4", "8", "16", "32", "64"]), (3.6, ["1", "2", "3"])])
def test_the_x_axis_has_powers_of_two_or_round_numbers_where_these_are_few(last, named):
    points = (Point(1.0, 0.5, 0.0, "one"), Point(last, 0.6, 0.0, "last"))
    shown = texts(tree(replace(CHART, lines=[Line("line", "#123456", "circle", "", points)], level=None, current=None)))
    assert [text for text in shown if text in {"1", "2", "3", "4", "5", "8", "16", "32", "64"}][-len(named) :] == named


def test_an_interval_is_as_long_as_it_is_wide():
    root = tree(CHART)
    y = {part.get("aria-label"): place for part, _, place in marks(root)[:3]}
    unit = (y["two"] - y["one"]) / 0.25  # pixels per unit
    bars = [path.get("d") for path in root.iter(f"{NAMESPACE}path") if path.get("opacity") == ".6"]
    assert len(bars) == 3  # a half of 0 has none
    _, low, high = bars[0].replace("V", " ").replace("M", "").split()
    assert float(low) - float(high) == pytest.approx(2 * 0.1 * unit, abs=0.3)


def test_a_chart_of_nothing_says_so():
    assert svg(replace(CHART, lines=[])) == "<p>There is nothing to draw for this choice.</p>"


def test_a_point_s_drawing_is_there_only_where_a_backdrop_is():
    drawn = Line("A", "#123456", "circle", "", (Point(1, 1, 0, "w", "<path d='M0 0h0'/>"), Point(2, 1, 0, "v")))
    with_plane = tree(Chart([drawn], "x", "y", backdrop="<rect width='1' height='1'/>"))
    assert sum(part.get("class") == "extra" for part in with_plane.iter()) == 2
    assert sum(part.get("class") == "extra" for part in tree(Chart([drawn], "x", "y")).iter()) == 0


# The race


@pytest.fixture(scope="module")
def table():
    return results.means("race")


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_drawn_against_every_cost_from_the_table(table, figure, cost):
    names = ("coalescer", "diffusion")
    took = results.plain_table("seconds")
    chart = race_chart(table, took, "moons", "cat", names, figure, cost)
    assert [line.name for line in chart.lines] == [method_named(name).label for name in names]
    for name, line in zip(names, chart.lines, strict=True):
        rows = table[(table.space == "moons") & (table.concept == "cat") & (table.method == name)]
        rows = rows[rows.sampler == method_named(name).samplers[0]].sort_values("nfe")
        assert [point.y for point in line.points] == rows[figure].to_list()
        assert [point.half for point in line.points] == rows[f"{figure}_half"].to_list()
        if cost == "nfe":
            assert [point.x for point in line.points] == rows.nfe.to_list()
        elif cost == "seconds_per_1000":
            assert [point.x for point in line.points] == (1000 * rows.seconds_per_1000).to_list()
        else:
            assert {point.x for point in line.points} == {took[took.method == name].train_seconds.mean()}
    if figure.startswith(("precision", "recall", "coverage", "energy", "sliced")):
        here = table[(table.space == "moons") & (table.concept == "cat")]
        assert chart.level[1] == pytest.approx(here[f"{figure}_floor"].mean())
    else:
        assert chart.level is None


def test_other_samplers_have_lines_of_their_own(table):
    told = (table, results.plain_table("seconds"), SPACES[0].name, "cat", ("diffusion",), "recall", "nfe")
    assert len(race_chart(*told).lines) == 1
    lines = race_chart(*told, others=True).lines
    assert len(lines) == len(method_named("diffusion").samplers)
    assert len({line.dash for line in lines}) == len(lines)
    heun = next(line for line in lines if "heun" in line.name)
    assert all(point.x % 2 == 1 for point in heun.points)  # the second evaluation is counted, but for the last step


def test_a_point_shows_its_samples():
    space = space_named("moons")
    method = build("coalescer", World("moons"))
    path = ElementTree.fromstring(samples_path("coalescer", "jump", "moons", "cat", 2)).get("d")
    drawn = np.array([[float(number) for number in dot[:-2].split()] for dot in path.split("M")[1:]])
    landing = generate(store.denoiser(method), method.sampler(), method.world, "cat", 2, DRAWN, 0).landing
    np.testing.assert_allclose(drawn, unit_square(landing.double().numpy(), space), atol=6e-4)


def test_the_unit_square_has_its_origin_at_the_upper_left():
    space = space_named("moons")
    low, high = space.bounds
    np.testing.assert_allclose(
        unit_square(np.array([[low, high], [high, low], [0, 0]]), space), [[0, 0], [1, 1], [0.5, 0.5]]
    )


def test_samples_without_weights_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "SHIPPED", tmp_path)
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))
    store.denoiser.cache_clear()
    assert race.samples_path.__wrapped__("coalescer", "jump", "moons", "cat", 2) == ""
    store.denoiser.cache_clear()


def test_all_trained_methods_can_take_part():
    assert runners() == [method.name for method in METHODS if issubclass(method, Trained)]


def luminance(colour):
    """Relative luminance by WCAG 2."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("ground", [LIGHT.ground, DARK.ground], ids=["light", "dark"])
@pytest.mark.parametrize("name", runners())
def test_a_method_s_colour_stands_out_on_either_ground(name, ground):
    one, other = sorted((luminance(method_named(name).colour), luminance(ground)))
    assert (other + 0.05) / (one + 0.05) >= 2.95  # WCAG asks for 3 of graphics


def test_every_method_has_a_shape_of_its_own():
    symbols = [method.symbol for method in METHODS]
    assert len(set(symbols)) == len(symbols)


def test_the_race_fits_its_frame(table):
    chart = race_chart(
        table, results.plain_table("seconds"), SPACES[0].name, "cat", tuple(runners()), "energy_distance", "nfe"
    )
    for part, x, y in marks(tree(chart)):
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT
        assert part.get("aria-label")


# The plateau


def shares(values):
    """A table of in-region shares: one row for each desc_scale, cat then dog."""
    rows = [
        (scale, name, share) for scale, pair in values.items() for name, share in zip(("cat", "dog"), pair, strict=True)
    ]
    return pd.DataFrame(rows, columns=["desc_scale", "concept", "in_region"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({1: (0.5, 0.5), 2: (0.98, 0.97), 4: (1.0, 0.99), 8: (0.97, 0.95), 16: (0.6, 0.99)}, (2, 8)),
        ({1: (1.0, 0.2), 2: (0.99, 0.9), 4: (0.2, 0.93)}, (2, 2)),
        ({1: (1.0, 0.1), 2: (0.1, 1.0)}, (np.nan, np.nan)),
        ({1: (1.0, 1.0), 2: (0.5, 0.5), 4: (0.99, 0.99)}, (1, 1)),  # good again beyond an edge
    ],
)
def test_the_plateau_is_where_every_concept_is_near_its_best(values, expected):
    np.testing.assert_array_equal(edges(shares(values)), expected)


def test_the_shipped_sweep_has_both_failures_and_a_plateau_that_narrows_with_the_noise():
    table = results.means("desc_scale")
    found = {noise: edges(rows) for noise, rows in table.groupby("description_noise")}
    assert sorted(found) == sorted(sweeps.NOISES)
    tops = [high for _, (_, high) in sorted(found.items())]
    assert tops == sorted(tops, reverse=True)
    assert tops[0] > tops[-1]  # more noise, and too large begins earlier
    for noise, (low, high) in found.items():
        rows = table[table.description_noise == noise].set_index(["desc_scale", "concept"]).in_region
        assert 0.25 < low <= high < 1024
        assert rows[0.25, "cat"] < rows[low, "cat"] - DROP
        assert rows[1024, "animal"] < rows[high, "animal"] - DROP
