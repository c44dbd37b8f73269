"""Curves over desc_scale: what they show is what was computed or measured, and every value can be read."""

import numpy as np
import pytest

from sandbox.results import shipped as results
from sandbox.stage.curves import SHARES, share_curve, sweep_curves
from sandbox.stage.ink import DARK, LIGHT
from sandbox.stage.scene import make_scene, over_desc_scale
from sandbox.stage.state import State


@pytest.fixture(autouse=True)
def _no_weights_but_the_shipped(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))


def dotted(figure):
    (line,) = [shape for shape in figure.layout.shapes if shape.type == "line"]
    assert line.line.dash == "dot"
    return line


# The left panel's


def test_the_curve_shows_the_shares_that_were_computed():
    scales, shares = over_desc_scale(State(space="moons"))
    figure = share_curve(scales, shares, 8.0)
    (line,) = figure.data
    assert (list(line.x), list(line.y)) == (scales, shares)
    assert list(line.text) == [f"{share:.0%}" for share in shares]
    assert "text" in line.mode
    assert figure.layout.xaxis.type == "log"
    assert list(figure.layout.xaxis.ticktext) == [f"{scale:g}" for scale in scales]


def test_the_curve_s_shares_are_those_of_the_table():
    state = State(space="moons", concept="dog")
    scales, shares = over_desc_scale(state)
    assert scales == sorted(scales)
    assert len(scales) > 3
    for scale, share in zip(scales, shares, strict=True):
        left, _ = make_scene(state.changed(desc_scale=scale)).panels
        assert share == left.answers[-1].quality.in_region


def test_a_method_that_has_no_desc_scale_has_no_curve():
    assert over_desc_scale(State(left="diffusion")) == ([], [])


@pytest.mark.parametrize("current", [0.5, 2.0, 8.0, 0.1, 300.0])
def test_the_curve_marks_the_current_value(current):
    figure = share_curve([0.5, 8.0], [0.2, 1.0], current)
    assert dotted(figure).x0 == dotted(figure).x1 == current
    assert f"now {current:g}" in figure.layout.xaxis.title.text


@pytest.mark.parametrize("dark", [False, True])
def test_text_on_the_curve_is_large(dark):
    figure = share_curve([0.5, 8.0], [0.2, 1.0], 8.0, dark)
    look = figure.layout.template.layout
    assert min(figure.data[0].textfont.size, look.xaxis.tickfont.size, look.xaxis.title.font.size) >= 16
    assert look.font.color == (DARK if dark else LIGHT).text


# The measured ones


@pytest.fixture
def rows():
    table = results.means("desc_scale")
    here = table[np.isclose(table.description_noise, 0.05) & (table.concept == "cat")]
    return here.sort_values("desc_scale")


def test_the_measured_curves_show_the_table(rows):
    figure = sweep_curves(rows, (2.0, 16.0), 8.0)
    for trace, (name, (label, symbol, dash)) in zip(figure.data, SHARES.items(), strict=True):
        assert trace.name == label
        assert list(trace.x) == rows.desc_scale.to_list()
        assert list(trace.y) == rows[name].to_list()
        assert list(trace.error_y.array) == rows[f"{name}_half"].to_list()
        assert (trace.marker.symbol, trace.line.dash) == (symbol, dash)
    assert len({trace.line.color for trace in figure.data}) == len(SHARES)
    assert figure.layout.showlegend
    assert dotted(figure).x0 == 8.0


def test_the_plateau_is_shaded_where_there_is_one(rows):
    (shaded,) = [shape for shape in sweep_curves(rows, (2.0, 16.0), 8.0).layout.shapes if shape.type == "rect"]
    inside = [scale for scale in rows.desc_scale if shaded.x0 <= scale <= shaded.x1]
    assert (min(inside), max(inside)) == (2.0, 16.0)
    none = sweep_curves(rows, (np.nan, np.nan), 8.0)
    assert [shape.type for shape in none.layout.shapes] == ["line"]
