"""Maps over the plane: each place has the colour of what was computed there."""

import numpy as np
import pytest

from sandbox.measure.ambiguity import Target
from sandbox.measure.maps import CELLS, Cells, agreement, cells
from sandbox.methods import build, exactly
from sandbox.pairs import World
from sandbox.spaces import space_named
from sandbox.stage.heat import GREY, MISSED, agreement_map, cell_map, distance_map
from sandbox.stage.ink import REGION_COLOURS, rgb

SPACE = space_named("moons")
METHOD = build("coalescer", World(SPACE))
EXACT = exactly(METHOD)


def test_both_maps_of_agreement_share_one_scale_and_show_what_was_computed():
    for name in ("ideal-denoiser", "nearest-pair"):
        axis, lengths = agreement(build(name, World(SPACE)), "cat", 0.7)
        heat = agreement_map(axis, lengths, SPACE, (0.0, 0.0), []).data[0]
        assert (heat.zmin, heat.zmax) == (0, 1)
        np.testing.assert_allclose(heat.z.ravel(), lengths, atol=6e-4)
        np.testing.assert_array_equal(heat.x, axis)
        np.testing.assert_array_equal(heat.y, axis)


def test_every_cell_of_the_plane_can_be_clicked():
    axis, lengths = agreement(EXACT, "cat", 1.0)
    picks = agreement_map(axis, lengths, SPACE, (0.0, 0.0), []).data[1]
    low, high = SPACE.bounds
    width = (high - low) / np.sqrt(len(picks.x))
    assert min(picks.x) == pytest.approx(low + width / 2)
    assert max(picks.y) == pytest.approx(high - width / 2)


def test_likely_targets_are_drawn_stronger():
    targets = [Target(0.6, (1.0, 0.5), "CAT"), Target(0.2, (0.5, 1.0), "DOG")]
    axis, lengths = agreement(EXACT, "cat", 1.0)
    figure = agreement_map(axis, lengths, SPACE, (-1.0, -2.0), targets)
    one, other, place = figure.data[2:]
    assert one.opacity == 1.0 > other.opacity > 0.25
    assert (list(one.x), list(one.y)) == ([-1.0, 1.0], [-2.0, 0.5])
    assert "60.0% to CAT" in one.hovertemplate
    assert (place.x[0], place.y[0]) == (-1.0, -2.0)


def colours(figure):
    return figure.data[0].z.reshape(-1, 3)


def test_places_that_reach_a_region_have_its_colour_and_others_are_grey():
    found = cells(METHOD, "animal", 0)
    shown = colours(cell_map(found, SPACE)).astype(float)
    missed = found.outside > MISSED
    assert (shown[missed] == GREY).all()
    for i in range(len(SPACE.regions)):
        own = np.array(rgb(REGION_COLOURS[i]))
        here = shown[(found.region == i) & ~missed]
        share = (255 - here) / (255 - own)  # of the region's colour, the rest is white
        assert len(here)
        np.testing.assert_allclose(share, share[:, :1].repeat(3, axis=1), atol=0.03)


def test_neighbouring_cells_of_an_index_differ_in_shade_and_a_network_has_one():
    assert len(np.unique(colours(cell_map(cells(EXACT, "cat", 0), SPACE)), axis=0)) > 5
    smooth = np.random.default_rng(0).normal(size=(CELLS**2, 2))
    axis = cells(EXACT, "cat", 0).axis
    everywhere = Cells(axis, smooth, np.zeros(CELLS**2, dtype=int), np.zeros(CELLS**2))
    assert len(np.unique(colours(cell_map(everywhere, SPACE)), axis=0)) == 1


def test_rows_of_a_map_run_upwards():
    found = cells(EXACT, "cat", 0)
    outside = np.zeros((CELLS, CELLS))
    outside[0] = 1.0  # the lowest row
    figure = cell_map(Cells(found.axis, found.samples, found.region, outside.ravel()), SPACE)
    image = figure.data[0]
    assert (image.z[0] == GREY).all()
    assert not (image.z[-1] == GREY).all()
    assert image.y0 == pytest.approx(found.axis[0])
    assert image.dy > 0
    assert tuple(figure.layout.yaxis.range) == SPACE.bounds


def test_the_distance_between_two_is_measured_place_by_place_and_has_its_scale():
    exact, learned = cells(EXACT, "cat", 0), cells(METHOD, "cat", 0)
    heat = distance_map(exact, learned, SPACE).data[0]
    expected = [np.hypot(*(a - b)) for a, b in zip(exact.samples, learned.samples, strict=True)]
    np.testing.assert_allclose(heat.z.ravel(), expected, atol=6e-4)
    assert heat.zmin == 0
    assert heat.showscale is not False
    assert np.all(distance_map(exact, exact, SPACE).data[0].z == 0)
