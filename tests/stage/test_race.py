"""The race: what is drawn is what the tables say, it says which way is better, and a mark leads to its samples."""

import math

import numpy as np
import pytest

from sandbox.measure.likeness import reference
from sandbox.measure.quality import Quality, quality
from sandbox.methods import METHODS, method_named
from sandbox.results import shipped as results
from sandbox.spaces import SPACES, space_named
from sandbox.stage.ink import DARK, LIGHT
from sandbox.stage.merits import COSTS, MERITS
from sandbox.stage.parts import DRAWN, of_mark
from sandbox.stage.race import (
    APART,
    CHART,
    FINE,
    RING,
    YARDSTICKS,
    Line,
    Mark,
    chosen,
    height,
    lines,
    powers_of_two,
    race,
    round_numbers,
    yardsticks,
)
from sandbox.stage.state import State, controls

RUNNERS = controls()["methods"].choices
BESIDE = {"real": -0.0003, "pairs": 0.003}
MOONS = State(space="moons", methods=("coalescer", "diffusion"))


@pytest.fixture(scope="module")
def table():
    return results.means("race")


@pytest.fixture(scope="module")
def seconds():
    return results.plain_table("seconds")


@pytest.fixture
def drawn(table, seconds):
    return lines(table, seconds, State())


def rows(table, state, name):
    here = table[(table.space == state.space) & (table.concept == state.concept) & (table.method == name)]
    return here[here.sampler == method_named(name).samplers[0].name].sort_values("nfe")


# What is drawn


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("figure", MERITS)
def test_every_figure_is_drawn_against_every_cost_from_the_table(table, seconds, figure, cost):
    state = MOONS.changed(figure=figure, cost=cost)
    found = lines(table, seconds, state)
    assert [line.name for line in found] == [method_named(name).label for name in state.methods]
    for name, line in zip(state.methods, found, strict=True):
        here = rows(table, state, name)
        assert [mark.merit for mark in line.marks] == here[figure].to_list()
        assert [mark.half for mark in line.marks] == here[f"{figure}_half"].to_list()
        took = seconds[seconds.method == name].train_seconds.mean()
        expected = {
            "nfe": here.nfe,
            "seconds_per_1000": 1000 * here.seconds_per_1000,
            "train_seconds": 0 * here.nfe + took,
        }
        assert [mark.cost for mark in line.marks] == expected[cost].to_list()


@pytest.mark.parametrize("figure", MERITS)
def test_the_yardsticks_are_what_real_samples_and_the_training_pairs_score(table, figure):
    state = MOONS.changed(figure=figure)
    here = table[(table.space == "moons") & (table.concept == "cat")].set_index("method")[figure]
    assert yardsticks(table, state) == {"real": here["real"], "pairs": here["pairs"]}
    assert yardsticks(table[table.steps > 0], state) == {}


def traces(figure):
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("figure", ["energy_distance", "recall", "in_region"])
def test_the_chart_shows_its_lines(table, seconds, figure):
    state = MOONS.changed(figure=figure)
    found, beside, merit = lines(table, seconds, state), yardsticks(table, state), MERITS[figure]
    chart = race(found, beside, state)
    for line in found:
        trace = traces(chart)[line.name]
        assert list(trace.x) == [mark.cost for mark in line.marks]
        assert list(trace.y) == [height(mark.merit, merit) for mark in line.marks]
        for ends, sign in ((trace.error_y.array, 1), (trace.error_y.arrayminus, -1)):
            tops = [height(mark.merit + sign * mark.half, merit) for mark in line.marks]
            np.testing.assert_allclose(np.array(trace.y) + sign * np.array(ends), tops)
        assert [key for (key,) in trace.customdata] == [mark.key for mark in line.marks]
        assert list(trace.text) == [mark.words for mark in line.marks]
        method = line.marks[0].method
        assert (trace.marker.color, trace.marker.symbol) == (method.colour, method.symbol)
        assert (trace.line.color, trace.line.dash) == (method.colour, line.dash)
    assert chart.layout.xaxis.type == "log"
    for name, value in beside.items():
        dotted = traces(chart)[YARDSTICKS[name]]
        assert set(dotted.y) == {height(value, merit)}
        assert (min(dotted.x), max(dotted.x)) == (1.0, 64.0)
    assert len({traces(chart)[name].line.dash for name in YARDSTICKS.values()}) == len(beside) == 2


@pytest.mark.parametrize("dark", [False, True])
def test_every_line_is_named_beside_the_plot_as_high_as_its_end(drawn, dark):
    chart = race(drawn, BESIDE, State(), dark)
    assert not chart.layout.showlegend
    assert len(chart.layout.annotations) == len(drawn) + 2
    for line in drawn:
        (note,) = [note for note in chart.layout.annotations if note.text.endswith(f"</span> {line.name}")]
        assert note.font.size >= 16
        assert (note.xref, note.x, note.xanchor) == ("paper", 1, "left")  # nothing crosses the plot
        assert note.y == pytest.approx(height(line.marks[-1].merit, MERITS[State().figure]))


def named_at(chart):
    """How high the names stand, from the lowest up, and the lower and upper end of the axis: pixels."""
    low, high = chart.layout.yaxis.range
    scale = CHART / (high - low)
    return sorted(note.y * scale + note.yshift for note in chart.layout.annotations), low * scale, high * scale


def test_names_do_not_touch(table, seconds):
    places, _, _ = named_at(race(lines(table, seconds, State(methods=())), BESIDE, State()))
    assert len(places) == len(RUNNERS) + len(BESIDE)
    assert min(np.diff(places)) > APART - 1


@pytest.mark.parametrize("picked", [(), ("diffusion", "balanced-coalescer", "semidiscrete-flow-matching")])
@pytest.mark.parametrize("figure", MERITS)
def test_no_name_is_above_the_chart(table, seconds, figure, picked):
    state = State(figure=figure, methods=picked)
    chart = race(lines(table, seconds, state), yardsticks(table, state), state)
    places, low, high = named_at(chart)
    assert places[-1] <= high + chart.layout.margin.t / 2 + 1e-6
    assert places[0] >= low - APART
    assert min(np.diff(places)) > APART - 1


def test_what_is_not_picked_is_grey_below_the_rest(table, seconds, drawn):
    rest = [line for line in lines(table, seconds, State(methods=())) if line not in drawn]
    chart = race(drawn, {}, State(), rest=rest)
    assert [trace.name for trace in chart.data[: len(rest)]] == [line.name for line in rest]
    assert {trace.line.color for trace in chart.data[: len(rest)]} == {LIGHT.faint}
    assert len(chart.layout.annotations) == len(drawn)


def test_times_have_their_spread(table, seconds):
    state = MOONS.changed(cost="seconds_per_1000")
    found = lines(table, seconds, state)
    assert all(mark.cost_half > 0 for line in found for mark in line.marks)
    trace = traces(race(found, {}, state))[found[0].name]
    assert list(trace.error_x.array) == [mark.cost_half for mark in found[0].marks]


def test_other_samplers_have_lines_of_their_own(table, seconds):
    state = State(methods=("diffusion",), figure="recall")
    assert [line.name for line in lines(table, seconds, state)] == ["Diffusion"]
    found = lines(table, seconds, state.changed(others=True))
    samplers = [sampler.name for sampler in method_named("diffusion").samplers]
    assert [{mark.sampler for mark in line.marks} for line in found] == [{name} for name in samplers]
    assert len({line.dash for line in found}) == len(found)
    heun = next(line for line in found if "heun" in line.name)
    assert all(mark.nfe % 2 == 1 for mark in heun.marks)  # the second evaluation is counted, but for the last step


def test_a_method_that_is_not_chosen_is_not_drawn(table, seconds):
    everything = lines(table, seconds, State(methods=()))
    assert {line.marks[0].method.name for line in everything} == set(RUNNERS)
    (line,) = lines(table, seconds, State(methods=("drifting",)))
    assert line.marks[0].method is method_named("drifting")


# Which way is better

SPACE = space_named("moons")
GOOD = SPACE.sample(300, np.random.default_rng(1), "cat")
BAD = np.concatenate([GOOD[:150], GOOD[150:] + 1.5])  # half of them far off


def scored(points, figure):
    if figure in Quality.__dataclass_fields__:
        return getattr(quality(points, SPACE, "cat"), figure)
    return getattr(reference(SPACE, "cat", 300, 0).likeness(points), figure)


@pytest.mark.parametrize("figure", MERITS)
def test_each_figure_says_truly_which_way_is_better(drawn, figure):
    words = race(drawn, {}, State(figure=figure)).layout.yaxis.title.text
    assert MERITS[figure].label in words
    good, bad = scored(GOOD, figure), scored(BAD, figure)
    assert good != bad
    assert ("less is better" in words) == (good < bad)
    assert ("more is better" in words) == (good > bad)


def test_real_samples_are_better_than_most_marks(table, seconds):
    state = State(figure="energy_distance", methods=())
    marks = [mark.merit for line in lines(table, seconds, state) for mark in line.marks]
    assert yardsticks(table, state)["real"] < np.median(marks)
    state = State(figure="precision", methods=())
    marks = [mark.merit for line in lines(table, seconds, state) for mark in line.marks]
    assert yardsticks(table, state)["real"] > np.median(marks)


# The axes


def test_an_axis_names_powers_of_two():
    assert powers_of_two([1.0, 5.0, 64.0]) == [1, 2, 4, 8, 16, 32, 64]
    assert powers_of_two([20.0, 90.0]) == [32, 64]


@pytest.mark.parametrize(
    ("values", "named"),
    [([0.004, 0.02], [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]), ([1.0, 1.0], [1, 3]), ([0.0, 1.0], None)],
)
def test_an_axis_names_round_numbers(values, named):
    found = round_numbers(values, (1, 3))
    if named is not None:
        assert found == pytest.approx(named)
    assert len(found) <= 12


@pytest.mark.parametrize(
    ("costs", "ticks"), [((1, 64), [1, 2, 4, 8, 16, 32, 64]), ((20, 90), [10, 20, 30, 50, 100, 200, 300, 500])]
)
def test_the_axis_of_costs_is_named_by_powers_of_two_unless_they_are_few(costs, ticks):
    method = method_named("diffusion")
    marks = tuple(Mark("one", method, "ddim", 1, 1.0, float(cost), 0.5, 0.0) for cost in costs)
    chart = race([Line("one", "solid", marks)], {}, State())
    assert list(chart.layout.xaxis.tickvals) == pytest.approx(ticks)


def test_a_distance_of_either_sign_has_a_place_and_its_order_is_kept():
    energy, recall = MERITS["energy_distance"], MERITS["recall"]
    values = [-0.01, -0.0003, 0.0, 0.0003, 0.01, 1.0]
    places = [height(value, energy) for value in values]
    assert places == sorted(places)
    assert places[2] == 0.0
    assert height(FINE * 50, energy) - height(FINE * 5, energy) == pytest.approx(
        math.log(10), abs=0.01
    )  # far out: logarithmic
    assert height(0.7, recall) == 0.7


@pytest.mark.parametrize("figure", [name for name, merit in MERITS.items() if merit.distance])
def test_an_axis_of_distances_names_its_heights(table, seconds, figure):
    state = State(figure=figure)
    axis = race(lines(table, seconds, state), BESIDE, state).layout.yaxis
    assert [height(float(text), MERITS[figure]) for text in axis.ticktext] == pytest.approx(list(axis.tickvals))
    assert "0" in axis.ticktext


@pytest.mark.parametrize("figure", MERITS)
def test_every_mark_is_on_the_plot(table, seconds, figure):
    state = State(figure=figure)
    found = lines(table, seconds, state)
    low, high = race(found, yardsticks(table, state), state).layout.yaxis.range
    for mark in (mark for line in found for mark in line.marks):
        ends = (height(mark.merit + sign * mark.half, MERITS[figure]) for sign in (-1, 0, 1))
        assert all(low <= end <= high for end in ends)


# The samples of a mark


def test_a_mark_leads_to_a_panel_of_its_samples(table, seconds):
    drawn = lines(table, seconds, State(methods=("coalescer", "diffusion"), others=True))
    assert len(drawn) == 5
    for line in drawn:
        mark = line.marks[-1]
        state = of_mark(mark.method.name, mark.sampler, mark.steps, State(concept="dog", seed=5))
        (view,) = state.views()
        question = view.drawn
        assert (question.method.name, question.steps, question.seed) == (mark.method.name, mark.steps, 0)
        assert (question.sampler.name, question.concept) == (mark.sampler, "dog")
        assert mark.key == f"{mark.method.name}/{mark.sampler}/{mark.steps}"
        assert state.points == DRAWN


def test_a_mark_s_key_does_not_depend_on_what_is_drawn(table, seconds):
    def keys(**asked):
        return [mark.key for line in lines(table, seconds, MOONS.changed(**asked)) for mark in line.marks]

    assert keys() == keys(figure="recall", cost="train_seconds")
    assert len(set(keys(others=True))) == len(keys(others=True))


@pytest.mark.parametrize(
    ("mark", "expected"),
    [("diffusion/ddim/4", "diffusion/ddim/4"), ("", "coalescer/jump/1"), ("nobody/ddim/1", "coalescer/jump/1")],
)
def test_a_ring_is_around_the_mark_whose_samples_are_shown(table, seconds, mark, expected):
    state = MOONS.changed(mark=mark)
    drawn = lines(table, seconds, state)
    shown = chosen(drawn, state)
    assert shown.key == expected
    ring = traces(race(drawn, {}, state))[RING]
    assert (list(ring.x), list(ring.y)) == ([shown.cost], [height(shown.merit, MERITS[state.figure])])


def test_without_a_line_there_is_no_mark():
    with pytest.raises(ValueError, match="no mark"):
        chosen([], State())


@pytest.mark.parametrize("space", [space.name for space in SPACES])
def test_there_is_something_to_draw_in_every_space(table, seconds, space):
    state = State().changed(space=space)
    assert len(lines(table, seconds, state.changed(methods=()))) == len(RUNNERS)
    assert all(map(math.isfinite, yardsticks(table, state).values()))


# Colours and shapes


def luminance(colour):
    """Relative luminance by WCAG 2."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("ground", [LIGHT.ground, DARK.ground], ids=["light", "dark"])
@pytest.mark.parametrize("name", RUNNERS)
def test_a_method_s_colour_stands_out_on_either_ground(name, ground):
    one, other = sorted((luminance(method_named(name).colour), luminance(ground)))
    assert (other + 0.05) / (one + 0.05) >= 2.95  # WCAG asks for 3 of graphics


def test_every_method_has_a_shape_of_its_own():
    symbols = [method.symbol for method in METHODS]
    assert len(set(symbols)) == len(symbols)
