"""Curves over desc_scale: what they show is what was measured, and every value can be read."""

import numpy as np
import pytest

from sandbox.results import shipped as results
from sandbox.stage.curves import SHARES, sweep_curves
from sandbox.stage.ink import DARK, LIGHT


def dotted(figure):
    (line,) = [shape for shape in figure.layout.shapes if shape.type == "line"]
    assert line.line.dash == "dot"
    return line


@pytest.fixture
def rows():
    table = results.means("desc_scale")
    here = table[np.isclose(table.description_noise, 0.05) & (table.concept == "cat") & (table.steps > 0)]
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


@pytest.mark.parametrize("dark", [False, True])
def test_text_on_the_curves_is_large(rows, dark):
    look = sweep_curves(rows, (2.0, 16.0), 8.0, dark).layout.template.layout
    assert min(look.xaxis.tickfont.size, look.xaxis.title.font.size) >= 16
    assert look.font.color == (DARK if dark else LIGHT).text
