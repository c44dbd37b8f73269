"""What is drawn is what was computed: arrows, trajectories, samples and regions are read back out of the figure."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from sandbox.engine.denoiser import Guided
from sandbox.measure.quality import quality
from sandbox.spaces import SPACES
from sandbox.stage.ink import DARK, LIGHT, REGION_COLOURS, REGION_SYMBOLS, region_colour, region_symbol
from sandbox.stage.panels import PAIRS, counted, panels
from sandbox.stage.scene import ARROWS, make_scene
from sandbox.stage.state import State
from sandbox.weights import store

STATES = {
    "default": State(),
    "dog-at-a-small-desc_scale": State(concept="dog", points=200).changed(desc_scale=0.25),
    "islands": State(space="crescent-and-islands", concept="animal", steps=1, right_steps=2, points=100),
    "rings-without-a-description": State(space="rings", concept="none", steps=4, right_steps=4, points=1),
    "guided-moons": State(space="moons", concept="cat", guidance=3.0, sampler="ancestral", points=500, t=0.95),
    "exact": State(field="exact", concept="animal", t=0.95).changed(desc_scale=5.3),
}
INKS = {"light": LIGHT, "dark": DARK}
ROUNDED = 0.0006  # what three decimals may be off

every_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)
every_ink = pytest.mark.parametrize("dark", [False, True], ids=INKS)


@pytest.fixture(autouse=True)
def _no_weights_but_the_shipped(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))


def sides(scene):
    """Each panel with the name of its axes."""
    return zip(scene.panels, ("", "2"), strict=True)


def shapes(figure, suffix, colour):
    """The paths of one panel whose line has a colour, whatever its opacity."""
    rgb = "rgba({},{},{},".format(*rgb_of(colour))
    here = [shape for shape in figure.layout.shapes if shape.xref == f"x{suffix}" and shape.yref == f"y{suffix}"]
    return [shape for shape in here if (shape.line.color or "").startswith((colour, rgb))]


def traces(figure, suffix):
    return {trace.name: trace for trace in figure.data if (trace.xaxis, trace.yaxis) == (f"x{suffix}", f"y{suffix}")}


def lines(path):
    """The polylines of an SVG path, each (m, 2)."""
    parts = [part.replace("Z", "").strip() for part in path.split("M")[1:]]
    return [np.array([corner.split(",") for corner in part.split("L")], float) for part in parts]


def arrows(figure, suffix, ink):
    """Tail and tip of every arrow (n, 2), and the opacity it is drawn with (n,)."""
    found = [(line, opacity(shape)) for shape in shapes(figure, suffix, ink.arrow) for line in lines(shape.path)]
    return (
        np.array([line[0] for line, _ in found]),
        np.array([line[3] for line, _ in found]),
        np.array([o for _, o in found]),
    )


def opacity(shape):
    return float(shape.line.color.rsplit(",", 1)[1].rstrip(")"))


def points(trace):
    return np.stack([np.array(trace.x, float), np.array(trace.y, float)], axis=1).reshape(-1, 2)


def in_order(places):
    """Rows in an order that does not depend on the one they came in."""
    return np.array(sorted(map(tuple, np.round(places, 3).tolist())))


def rgb_of(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def contrast(one, other):
    """The contrast ratio of two opaque colours, from 1 to 21 (WCAG 2.2)."""

    def luminance(colour):
        parts = np.array(rgb_of(colour)) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    bright, dim = sorted([luminance(one), luminance(other)], reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def where(panel, places):
    """Rows of the grid nearest to the places."""
    return np.array([np.linalg.norm(panel.places - place, axis=1).argmin() for place in places])


# The plane


@every_state
def test_both_panels_show_the_whole_space_and_cannot_be_moved(state):
    layout = panels(make_scene(state)).layout
    for axis in (layout.xaxis, layout.xaxis2, layout.yaxis, layout.yaxis2):
        assert tuple(axis.range) == make_scene(state).space.bounds
    assert layout.template.layout.xaxis.fixedrange
    assert layout.template.layout.yaxis.fixedrange


def test_a_unit_is_as_long_across_as_up():
    layout = panels(make_scene(State())).layout
    assert (layout.yaxis.scaleanchor, layout.yaxis2.scaleanchor) == ("x", "x2")
    assert {axis.constrain for axis in (layout.xaxis, layout.xaxis2, layout.yaxis, layout.yaxis2)} == {"domain"}


def test_the_panels_are_equally_wide_and_apart():
    layout = panels(make_scene(State())).layout
    (left, right), (left2, right2) = layout.xaxis.domain, layout.xaxis2.domain
    assert right - left == pytest.approx(right2 - left2)
    assert right < left2


@every_ink
def test_text_on_the_plane_is_large(dark):
    layout = panels(make_scene(State()), dark).layout
    assert layout.template.layout.font.size >= 16
    assert all(note.font.size >= 16 for note in layout.annotations)
    assert layout.template.layout.hoverlabel.font.size >= 16


@every_state
def test_each_panel_says_its_method_and_steps(state):
    scene = make_scene(state)
    texts = [(note.text, note.xref) for note in panels(scene).layout.annotations]
    for panel, suffix in sides(scene):
        ((text, _),) = [(text, ref) for text, ref in texts if ref == f"x{suffix} domain"]
        steps = panel.view.drawn.steps
        assert panel.view.drawn.method.label in text
        assert re.search(rf"· {steps} step{'s' if steps > 1 else ''}$", text)


@every_state
def test_each_region_is_named_on_both_panels(state):
    scene = make_scene(state)
    notes = panels(scene).layout.annotations
    for suffix in ("", "2"):
        named = [note.text for note in notes if note.xref == f"x{suffix}"]
        assert named == [f"<b>{region.name}</b>" for region in scene.space.regions]


@every_ink
@every_state
def test_the_outline_that_is_drawn_is_the_region_that_is_scored(state, dark):
    scene = make_scene(state)
    figure = panels(scene, dark)
    for suffix in ("", "2"):
        for region, colour in zip(scene.space.regions, REGION_COLOURS, strict=False):
            (outline,) = shapes(figure, suffix, colour)
            assert outline.fillrule == "evenodd"  # so that holes are holes
            for drawn, ring in zip(lines(outline.path), region.outline(), strict=True):
                np.testing.assert_allclose(drawn, ring, atol=ROUNDED)


@every_state
def test_pairs_are_drawn_in_the_region_that_they_belong_to(state):
    scene = make_scene(state)
    figure = panels(scene)
    for region, colour in zip(scene.space.regions, REGION_COLOURS, strict=False):
        faint = "rgba({},{},{},".format(*rgb_of(colour))
        marks = [s for s in figure.layout.shapes if s.fillcolor.startswith(faint) and s.line.width == 0]
        assert len(marks) == 2  # one on each panel
        for shape in marks:
            middles = np.array([line.mean(axis=0) for line in lines(shape.path)])
            assert len(middles) == PAIRS
            assert region.signed_distance(middles).max() < ROUNDED


# Arrows


@every_ink
@every_state
def test_there_is_an_arrow_in_every_cell_of_the_grid(state, dark):
    scene = make_scene(state)
    figure = panels(scene, dark)
    for panel, suffix in sides(scene):
        drawn = shapes(figure, suffix, INKS["dark" if dark else "light"].arrow)
        assert sum(shape.path.count("M") for shape in drawn) == ARROWS**2
        tail, tip, _ = arrows(figure, suffix, DARK if dark else LIGHT)
        assert sorted(where(panel, (tail + tip) / 2)) == list(range(ARROWS**2))


@every_state
def test_every_arrow_points_where_the_method_says_that_its_place_belongs(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        tail, tip, _ = arrows(figure, suffix, LIGHT)
        x = torch.tensor(panel.places[where(panel, (tail + tip) / 2)], dtype=torch.float32)
        described = torch.tensor(scene.space.embedding(state.concept), dtype=torch.float32).expand(len(x), 2)
        denoiser = Guided(store.denoiser(panel.view.drawn.method), panel.view.drawn.guidance)
        there = denoiser(x, torch.full((len(x), 1), panel.view.t), described).x0_hat
        displacement = (there - x).double().numpy()
        ahead = tip - tail
        along = (ahead * displacement).sum(axis=1) / np.linalg.norm(displacement, axis=1)
        long = np.linalg.norm(ahead, axis=1) > 0.01  # the direction of a shorter one is lost in rounding
        assert long.sum() > ARROWS**2 / 2
        np.testing.assert_allclose(along[long], np.linalg.norm(ahead, axis=1)[long], rtol=0.02)


@every_state
def test_no_arrow_is_longer_than_the_displacement_that_it_stands_for(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        tail, tip, _ = arrows(figure, suffix, LIGHT)
        far = np.linalg.norm(panel.displacement, axis=1)[where(panel, (tail + tip) / 2)]
        assert (np.linalg.norm(tip - tail, axis=1) <= far + 3 * ROUNDED).all()


@every_state
def test_no_arrow_leaves_its_cell(state):
    scene = make_scene(state)
    cell = np.subtract(*scene.space.bounds[::-1]) / ARROWS
    figure = panels(scene)
    for suffix in ("", "2"):
        tail, tip, _ = arrows(figure, suffix, LIGHT)
        assert np.linalg.norm(tip - tail, axis=1).max() <= cell


@every_state
def test_trusted_arrows_are_darker(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        tail, tip, opaque = arrows(figure, suffix, LIGHT)
        order = np.argsort(panel.trust[where(panel, (tail + tip) / 2)], kind="stable")
        assert (np.diff(opaque[order]) >= 0).all()


@every_state
def test_trusted_arrows_are_longer_where_the_displacement_is_long_enough(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        tail, tip, _ = arrows(figure, suffix, LIGHT)
        here = where(panel, (tail + tip) / 2)
        far = np.linalg.norm(panel.displacement, axis=1)[here] > np.subtract(*scene.space.bounds[::-1]) / ARROWS
        order = np.argsort(panel.trust[here][far])
        assert (np.diff(np.linalg.norm(tip - tail, axis=1)[far][order]) >= -5 * ROUNDED).all()


# Points and their trajectories


@every_state
def test_the_starting_points_are_the_scene_s(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        np.testing.assert_allclose(points(traces(figure, suffix)["R"]), panel.states[0, : state.points], atol=ROUNDED)


def test_both_panels_start_from_the_same_points():
    figure = panels(make_scene(State(threshold=0.0)))
    np.testing.assert_array_equal(points(traces(figure, "")["R"]), points(traces(figure, "2")["R"]))


@every_state
def test_every_sample_is_drawn_once_where_it_is(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        marks = [points(trace) for name, trace in traces(figure, suffix).items() if name != "R"]
        np.testing.assert_array_equal(in_order(np.concatenate(marks)), in_order(panel.states[-1, : state.points]))


@every_ink
@every_state
def test_a_point_that_landed_has_the_colour_and_shape_of_its_region(state, dark):
    scene = make_scene(state)
    figure = panels(scene, dark)
    for suffix in ("", "2"):
        for i, region in enumerate(scene.space.regions):
            trace = traces(figure, suffix)[f"landed in {region.name}"]
            assert (trace.marker.symbol, trace.marker.color) == (REGION_SYMBOLS[i], REGION_COLOURS[i])
            assert (region.signed_distance(points(trace)) < ROUNDED).all()


@every_state
def test_as_many_points_are_crossed_out_as_the_metric_counts(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        missed = traces(figure, suffix)["missed"]
        share = quality(panel.states[-1, : state.points], scene.space, state.concept).in_region
        assert missed.marker.symbol == "x"
        assert len(missed.x or ()) == round((1 - share) * state.points)


def test_a_point_in_a_region_that_was_not_asked_for_is_crossed_out():
    scene = make_scene(STATES["dog-at-a-small-desc_scale"])
    cat, dog = scene.space.regions
    missed = traces(panels(scene), "")["missed"]
    assert (cat.signed_distance(points(missed)) < 0).sum() > 20
    assert (dog.signed_distance(points(missed)) > -ROUNDED).all()


@every_state
def test_a_crossed_out_point_says_how_far_it_is_from_what_was_asked(state):
    scene = make_scene(state)
    for suffix in ("", "2"):
        missed = traces(panels(scene), suffix)["missed"]
        expected = scene.space.distance(points(missed), state.concept) if len(missed.x or ()) else []
        np.testing.assert_allclose(np.array(missed.customdata if len(expected) else []), expected, atol=3 * ROUNDED)


def test_a_sample_that_is_no_number_is_left_out():
    scene = make_scene(State(points=10))
    left, right = scene.panels
    states = left.states.copy()
    states[-1, 3] = np.nan
    figure = panels(replace(scene, panels=(replace(left, states=states), right)))
    drawn = [points(trace) for name, trace in traces(figure, "").items() if name != "R"]
    assert len(np.concatenate(drawn)) == 9
    assert "nan" not in figure.to_json().lower()


@every_state
def test_the_trajectories_run_through_their_states(state):
    scene = make_scene(state)
    figure = panels(scene)
    for panel, suffix in sides(scene):
        drawn = shapes(figure, suffix, LIGHT.text)
        steps = panel.view.drawn.steps
        assert len(drawn) == (steps if steps <= 4 else 1)  # a few jumps are told apart, many small steps are one line
        for k, shape in enumerate(drawn):
            states = panel.states[k : k + 2] if steps <= 4 else panel.states
            np.testing.assert_allclose(
                np.array(lines(shape.path)), states[:, : state.points].swapaxes(0, 1), atol=ROUNDED
            )


@pytest.mark.parametrize(("n", "words"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (64, "64 steps")])
def test_one_is_singular(n, words):
    assert counted(n, "step") == words


def test_later_jumps_are_bolder_than_the_first():
    drawn = shapes(panels(make_scene(State())), "", LIGHT.text)
    assert drawn[1].line.width > drawn[0].line.width


# Colours


@pytest.mark.parametrize("ink", INKS.values(), ids=INKS)
def test_text_stands_out_from_the_ground(ink):
    assert contrast(ink.text, ink.ground) >= 4.5


@pytest.mark.parametrize("mark", ["faint", "arrow", "outside"])
@pytest.mark.parametrize("ink", INKS.values(), ids=INKS)
def test_marks_stand_out_from_the_ground(ink, mark):
    assert contrast(getattr(ink, mark), ink.ground) >= 3


@pytest.mark.parametrize("colour", REGION_COLOURS)
@pytest.mark.parametrize("ink", INKS.values(), ids=INKS)
def test_the_colours_of_regions_stand_out_from_the_ground(ink, colour):
    assert contrast(colour, ink.ground) >= 3


def test_regions_differ_in_colour_and_in_shape():
    assert len({(region_colour(i), region_symbol(i)) for i in range(8)}) == len(set(REGION_COLOURS)) == 8
    assert len(set(map(region_symbol, range(4)))) == len(REGION_SYMBOLS) == 4
    assert len(SPACES[0].regions) <= 4


@every_ink
def test_the_colours_that_are_drawn_are_the_page_s(dark):
    figure, ink = panels(make_scene(State()), dark), (DARK if dark else LIGHT)
    assert figure.layout.template.layout.font.color == ink.text
    assert {note.font.color for note in figure.layout.annotations} == {None}  # that of all text
    assert traces(figure, "")["missed"].marker.color == ink.outside


def test_the_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
