"""The pages of maps in a Chromium: fine, the values that Python computes, and everything that is said of them made of these."""

import json
import re
from contextlib import contextmanager, suppress
from itertools import pairwise
from urllib.parse import unquote

import numpy as np
import pytest
import torch

from sandbox.measure.ambiguity import likeliest, resultant
from sandbox.measure.experiment import descriptions
from sandbox.measure.maps import grid
from sandbox.stage.module import script
from sandbox.stage.packs import pack_of
from sandbox.stage.parts import AGREEMENT, cells
from sandbox.stage.payload import payload
from sandbox.stage.state import State
from sandbox.weights import store
from sandbox.weights.files import WeightsError
from tests.stage.test_web_view import HARD_TO_READ, OUT_OF_PLACE, WIDTHS
from tests.stage.web import SITE, WEB, web_page

pytestmark = pytest.mark.browser

FINE = 200  # places on a side
COARSE = 40  # of maps whose values are not looked at
SOME = np.random.default_rng(0).choice(FINE**2, 60, replace=False)  # places that are compared
PAGE = """<!doctype html><meta name="viewport" content="width=device-width"><style>body {margin: 0}</style>
<div id="host"></div><script type="module">
  import {mount} from "./mount.js";
  import {MapStage} from "./mapstage.js";
  const [told, source] = [await (await fetch("told.json")).json(), await (await fetch("worker.js")).text()];
  const load = async (key) => {
    const answer = await fetch(`pack/${encodeURIComponent(key)}`);
    if (!answer.ok) throw new Error("These settings have no trained weights yet.");
    return answer.arrayBuffer();
  };
  [window.events, window.place] = [[], document.getElementById("host")];
  const own = {...told, load, source, query: Object.fromEntries(new URLSearchParams(location.search))};
  window.stage = told.chrome ? new MapStage(window.place, own, (event) => window.events.push(event)) : mount(window.place, own);
</script>"""
SETTLED = "() => window.stage?.maps.settled() && !document.querySelector('.stage.busy')"
# The maps of a panel as they came: their arrays at some places.
VALUES = """([panel, some]) => window.stage.panels[panel].found().map(({values}) => Object.fromEntries(
  Object.entries(values).map(([name, all]) => {
    const parts = all.length / 40000;
    return [name, [all.length / parts, ...some.flatMap((i) => [...all.subarray(parts * i, parts * (i + 1))])]];
  })))"""
FIGURES = "() => window.stage.panels.map((panel) => window.stage.figureOf(panel))"


class Site(dict):
    """What is served beside the modules: the packs are made when they are asked for."""

    def __contains__(self, name):
        if name.startswith("pack/") and not super().__contains__(name):
            with suppress(ValueError, WeightsError):
                self[name] = pack_of(unquote(name.removeprefix("pack/")))
        return super().__contains__(name)


@contextmanager
def served(chromium, side):
    """What a tab is served, maps of so many places on a side, and the tab."""
    fineness = (WEB / "mapstore.js").read_text()
    assert f"const FINE = {FINE};" in fineness
    site = Site({"worker.js": script(), "mapstore.js": fineness.replace(f"FINE = {FINE}", f"FINE = {side}")})
    with web_page(chromium, site) as tab:
        yield site, tab


@pytest.fixture(scope="module")
def site(chromium):
    with served(chromium, COARSE) as both:
        yield both


def opened(site, part, query="", wait=SETTLED):
    """A tab with a part of a page; `part` is what it is, None for the whole stage."""
    files, tab = site
    files |= {"told.json": json.dumps({**payload(), **(part or {})}), "page.html": PAGE, f"page.html{query}": PAGE}
    tab.set_viewport_size({"width": 1280, "height": 720})
    tab.goto(f"{SITE}/page.html{query}")
    tab.wait_for_function(wait, timeout=60_000)
    return tab


@pytest.fixture
def why(site):
    return opened(site, AGREEMENT)


@pytest.fixture
def scaled(site):
    return opened(site, cells((0.02, 0.05, 0.15)))


@pytest.fixture(scope="module")
def fine_why(chromium):
    """As it is opened, for tests that only look at it."""
    with served(chromium, FINE) as both:
        yield opened(both, AGREEMENT)


@pytest.fixture(scope="module")
def fine_scaled(chromium):
    """As it is opened, for tests that only look at it."""
    with served(chromium, FINE) as both:
        yield opened(both, cells((0.02, 0.05, 0.15)))


def settle(tab):
    """Wait for the maps of what was changed: they are asked for at the next frame."""
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    tab.wait_for_function(SETTLED, timeout=60_000)


def values(tab, panel, name):
    """(maps of a panel, places, ...) of the arrays of this name."""
    found = tab.evaluate(VALUES, [panel, SOME.tolist()])
    assert all(one[name][0] == FINE**2 for one in found)
    return [np.array(one[name][1:]).reshape(len(SOME), -1).squeeze() for one in found]


def lesson(tab):
    return tab.locator(".lesson").inner_text().replace("\n", " ")


def listed(method, concept, t, place):
    """What Python says of the likeliest targets of a place, as the page says it."""
    found = likeliest(store.denoiser(State().method(method)), State().world, concept, t, place)[:5]
    return [(target.region, *target.image, target.probability) for target in found]


def read(tab, panel):
    """The list beside a map: region, x, y and probability of each target."""
    rows = tab.locator(".targets").nth(panel).locator("li:not(.from)").all_inner_texts()
    found = [re.fullmatch(r"(\S+) % (\w+) \((\S+), (\S+)\)", row).groups() for row in rows]
    return [(region, float(x), float(y), float(share) / 100) for share, region, x, y in found]


def alike(told, expected):
    """The same targets; those that are equally likely in any order."""
    assert len(told) == len(expected)
    np.testing.assert_allclose([one[3] for one in told], [one[3] for one in expected], rtol=0.05)
    sharp = {one[3] for one in expected}
    if len(sharp) == len(expected):
        assert [one[0] for one in told] == [one[0] for one in expected]
        np.testing.assert_allclose([one[1:3] for one in told], [one[1:3] for one in expected], atol=0.006)


# Why many steps?


@pytest.mark.parametrize(("panel", "name"), [*enumerate((State().left_map, State().right_map))])
def test_agreement_is_python_s_at_200_by_200_places(fine_why, panel, name):
    state = State()
    method = state.method(name)
    places = grid(state.world.space, FINE)[1][SOME]
    t = state.t if method.by_level else 1.0
    expected = resultant(store.denoiser(method), state.world, state.map_concept, t, places)
    (found,) = values(fine_why, panel, "agreement")
    np.testing.assert_allclose(found, expected, atol=2e-3)
    (within,) = values(fine_why, panel, "within")
    np.testing.assert_array_equal(within.astype(bool), state.world.space.distance(places, state.map_concept) <= 0)


def test_the_lesson_is_made_of_the_maps(fine_why):
    mean = []
    for panel in (0, 1):
        (agreement,), (within,) = values(fine_why, panel, "agreement"), values(fine_why, panel, "within")
        mean.append(agreement[within == 0].mean())
    figures = [figure["value"] for figure in fine_why.evaluate(FIGURES)]
    np.testing.assert_allclose(figures, mean, atol=0.12)  # of some places
    for figure in figures:
        assert f"{figure:.2f} for " in lesson(fine_why)
    assert lesson(fine_why).endswith("Where they disagree, one step can only go to the mean of all targets.")


def test_where_targets_agree_as_well_the_lesson_says_so(site):
    tab = opened(site, AGREEMENT, "?left_map=nearest-pair")
    assert lesson(tab).endswith("the targets agree as well in both.")


def test_a_click_sets_the_place_and_lists_its_likeliest_targets(why):
    before = read(why, 1)
    box = why.locator(".touch").nth(1).bounding_box()
    why.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.4 * box["height"])
    why.wait_for_function("() => window.events.length === 1")
    (event,) = why.evaluate("window.events")
    place = tuple(float(event["query"][name]) for name in ("place_x", "place_y"))
    assert place == pytest.approx((0.3 * 6.3 / 0.98, 0.1 * 6.3 / 0.98), abs=0.3)
    says = f"From ({place[0]:.2f}, {place[1]:.2f}) most likely to"
    for panel, name in enumerate((State().left_map, State().right_map)):
        why.wait_for_function(
            "([i, words]) => document.querySelectorAll('.targets')[i].textContent.startsWith(words)", arg=[panel, says]
        )
        t = State().t if State().method(name).by_level else 1.0
        alike(read(why, panel), listed(name, State().map_concept, t, place))
    assert read(why, 1) != before


def test_the_keyboard_reaches_the_place_and_moves_it(why):
    why.locator(".handle").first.focus()
    assert why.locator(".handle").first.evaluate("one => parseFloat(getComputedStyle(one).outlineWidth)") > 0
    why.keyboard.press("ArrowRight")
    why.keyboard.press("Shift+ArrowUp")
    why.wait_for_function("() => window.events.length > 0")
    query = why.evaluate("window.events.at(-1).query")
    assert float(query["place_x"]) > State().place_x
    assert float(query["place_y"]) > State().place_y
    for key in ("Escape", "?", " "):  # none of which takes the place away or opens anything
        why.keyboard.press(key)
    assert why.locator(".handle").count() == 2


def test_a_place_that_is_off_the_plane_is_at_its_edge(site):
    low, high = State().world.space.bounds
    tab = opened(site, AGREEMENT, "?place_x=-1e6&place_y=1e6")
    assert tab.locator(".targets .from").first.inner_text() == f"From ({low:.2f}, {high:.2f}) most likely to"


def test_the_scale_is_one_and_the_same_whatever_is_shown(why):
    bar = why.locator(".legend .bar")
    words = bar.inner_text()
    assert all(part in words for part in ("Agreement", "0:", "1:"))
    look = bar.locator("i").get_attribute("style")
    assert look.count("rgb(") >= 10
    why.get_by_role("button", name="cat", exact=True).click()
    settle(why)
    assert (bar.inner_text(), bar.locator("i").get_attribute("style")) == (words, look)
    colours = why.evaluate("""async () => {
      const {cividis} = await import("./pens.js");
      const [panel] = window.stage.panels;
      const {pixels, side} = panel.paint.shown;
      const [{values}] = panel.found();
      return [5, 360, 804, 1560].map((i) => {
        const at = 4 * ((side - 1 - Math.floor(i / side)) * side + (i % side));
        return [[...pixels.subarray(at, at + 3)], cividis(values.agreement[i]).map(Math.round)];
      });
    }""")
    for drawn, expected in colours:
        np.testing.assert_allclose(drawn, expected, atol=1)


# desc_scale


def test_cells_are_python_s_at_200_by_200_places(fine_scaled):
    state = State()
    places = torch.tensor(grid(state.world.space, FINE)[1][SOME], dtype=torch.float32)
    description = descriptions(state.world, state.concept, 1, state.seed).expand(len(places), -1)
    ones = torch.ones(len(places), 1)
    learned = state.method(state.scaled)
    found = values(fine_scaled, 2, "samples")  # what is compared: both
    for samples, method in zip(found, (type(learned).exact(world=state.world), learned), strict=True):
        expected = store.denoiser(method)(places, ones, description).x0_hat.numpy()
        assert np.mean(np.isclose(samples, expected, atol=1e-3).all(axis=1)) > 0.98  # a place may be at an edge
    assert [len(values(fine_scaled, panel, "region")) for panel in (0, 1)] == [1, 1]


def test_the_lesson_of_cells_is_made_of_the_maps(fine_scaled):
    exact, learned = values(fine_scaled, 2, "samples")
    apart = np.linalg.norm(exact - learned, axis=1).mean()
    figure = fine_scaled.evaluate(FIGURES)[2]
    assert figure["value"] == pytest.approx(apart, abs=0.1)  # of some places
    (one, other), (far, away) = values(fine_scaled, 2, "region"), values(fine_scaled, 2, "outside")
    same = np.mean((one == other) & (np.maximum(far, away) <= 0.02))
    assert figure["same"] == pytest.approx(same, abs=0.1)
    assert lesson(fine_scaled).startswith(
        f"At desc_scale 8, one jump of Coalescer lands {figure['value']:.2f} space units"
    )
    assert f"{100 * figure['same']:.0f} % of all places inside the same region" in lesson(fine_scaled)


def test_the_bar_of_distances_has_one_end_for_every_desc_scale(scaled):
    bar = scaled.locator(".legend .bar")
    words = bar.inner_text()
    assert "space units" in words
    scaled.keyboard.press("]")
    scaled.wait_for_function("() => window.stage.state.get('desc_scale') === 16")
    settle(scaled)
    assert "At desc_scale 16" in lesson(scaled)
    assert bar.inner_text() == words


def test_weights_that_are_not_there_are_said_and_the_exact_cells_stay(site):
    tab = opened(site, cells((0.05,)), "?desc_scale=5.3")
    assert lesson(tab).startswith("Coalescer has no map here: at desc_scale 5.3")
    assert tab.evaluate("() => window.stage.panels[0].found()[0].values.region.length") == COARSE**2
    assert tab.locator(".failure:visible").count() == 2  # the network's cells, and what they are compared with


# Both


@pytest.mark.parametrize("part", [AGREEMENT, cells((0.02, 0.05, 0.15))], ids=["agreement", "cells"])
def test_nothing_sticks_out_overlaps_or_is_too_small_to_read(site, part):
    tab = opened(site, part)
    for width, height in WIDTHS.items():
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(300)
        assert tab.evaluate(OUT_OF_PLACE) == [], width
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        tab.wait_for_timeout(300)
        assert tab.evaluate(HARD_TO_READ) == [], scheme
    tab.emulate_media(color_scheme="light")


@pytest.mark.parametrize("part", [AGREEMENT, cells((0.02, 0.05, 0.15))], ids=["agreement", "cells"])
def test_maps_grow_with_the_page(site, part):
    tab, sides = opened(site, part), []
    for width, height in ((1024, 768), (1280, 900), (1920, 1080)):
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(300)
        box = tab.locator(".plane").first.bounding_box()
        assert box["width"] == pytest.approx(box["height"], abs=1)
        sides.append(box["width"])
    assert all(upper > 1.1 * lower for lower, upper in pairwise(sides))


# The same as a layer of the Playground


def test_the_agreement_of_targets_is_drawn_as_a_layer(site):
    wait = "() => window.stage && document.querySelectorAll('.stage .figures').length === 2"
    tab = opened(site, None, "?layers=agreement&concept=animal", wait)
    tab.wait_for_timeout(500)
    colours = """() => [...document.querySelectorAll(".plane canvas:first-child")].map((canvas) => {
      const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })"""
    tab.wait_for_function(f"() => ({colours})().every((count) => count > 100)", timeout=60_000)
    tab.get_by_role("button", name="Settings", exact=True).click()
    assert tab.get_by_label("agreement of the targets").is_checked()


def test_a_layer_that_no_panel_has_is_not_offered(site):
    wait = "() => window.stage && document.querySelectorAll('.stage .figures').length === 1"
    tab = opened(site, None, "?left=drifting&right=", wait)
    tab.get_by_role("button", name="Settings", exact=True).click()
    assert tab.get_by_label("paths").is_visible()
    assert not tab.get_by_label("agreement of the targets").is_visible()
