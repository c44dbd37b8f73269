"""The page beyond the plane in a Chromium, on made-up tables: what is drawn, what is told, and a file that needs no server."""

import re
from contextlib import contextmanager

import numpy as np
import pytest
from playwright.sync_api import expect

from sandbox.results import grids, shipped
from sandbox.stage import lesson
from sandbox.stage.packs import pack_of
from sandbox.stage.parts import BEYOND
from sandbox.stage.payload import payload
from tests.browser import page
from tests.results import beyond_rows
from tests.stage.test_web_view import HARD_TO_READ, OUT_OF_PLACE, WIDTHS

pytestmark = pytest.mark.browser

# Words of charts that lie over one another, or stick out of their chart.
WORDS_OVER_WORDS = """() => [...document.querySelectorAll(".plot")].flatMap((plot) => {
  const all = [...plot.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()]);
  const outer = plot.getBoundingClientRect();
  const out = all.filter(([, { left, right, bottom }]) =>
    left < outer.left - 1 || right > outer.right + 1 || bottom > outer.bottom + 1);
  const over = all.flatMap(([one, a], i) => all.slice(i + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
    .map(([other]) => `${one} over ${other}`));
  return [...out.map(([one]) => `out: ${one}`), ...over];
})"""
PIXELS = """() => [...document.querySelectorAll(".pictures-of li")].map((row) =>
  [...row.querySelectorAll("canvas")].map((canvas) =>
    [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]))"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The page as a file that holds its pack and nothing else."""
    told = {**payload(), **BEYOND}
    made = {name: make() for name, make in beyond_rows.TABLES.items()}
    pictures = {"digits-8d": beyond_rows.grid(), "pets-8d": beyond_rows.grid(3, 32)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped, "plain_table", lambda name: made[name])
        patch.setattr(grids, "every", lambda: pictures)
        text = lesson.page(told, {}, {"beyond": pack_of("beyond")})
    path = tmp_path_factory.mktemp("beyond") / "lesson.html"
    path.write_text(text, encoding="utf-8")
    return path


@contextmanager
def opened(chromium, file, query="", **look):
    trouble, asked = [], []
    with page(chromium, **look) as tab:
        tab.context.set_offline(True)
        tab.on("pageerror", lambda error: trouble.append(str(error)))
        tab.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
        tab.on("request", lambda request: asked.append(request.url.partition(":")[0]))
        tab.goto(f"{file.as_uri()}{query}")
        expect(tab.locator(".lesson")).to_contain_text("In 16 dimensions", timeout=30_000)
        tab.evaluate("window.place = document.getElementById('stage')")
        yield tab
    assert trouble == []
    assert set(asked) <= {"file", "blob"}


@pytest.fixture(scope="module")
def tab(chromium, file):
    with opened(chromium, file) as tab:
        yield tab


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_cut_off_overlaps_or_is_hard_to_read_on_any_screen(chromium, file, dark):
    with opened(chromium, file, color_scheme="dark" if dark else "light") as tab:
        for width, height in WIDTHS.items():
            tab.set_viewport_size({"width": width, "height": height})
            tab.wait_for_timeout(100)
            for script in (OUT_OF_PLACE, WORDS_OVER_WORDS, HARD_TO_READ):
                assert tab.evaluate(script) == [], width


def test_charts_stand_beside_each_other_where_there_is_room_and_else_below(tab):
    for width, beside in ((1280, True), (390, False)):
        tab.set_viewport_size({"width": width, "height": 800})
        tab.wait_for_timeout(100)
        first, second = (tab.locator(".charts .chart").nth(k).bounding_box() for k in range(2))
        assert (first["y"] == second["y"]) == beside
    tab.set_viewport_size({"width": 1280, "height": 720})


def test_the_arrow_keys_tell_every_figure_with_its_interval(tab):
    plot = tab.locator(".plot").first
    plot.focus()
    tab.keyboard.press("ArrowRight")
    reading, spoken = (tab.locator(f".chart {part}").first for part in (".reading", ".spoken"))
    expect(reading).to_have_text("a second real sample, d = 2: 98 %")
    tab.keyboard.press("ArrowDown")
    expect(reading).to_have_text(re.compile(r"^Coalescer: 2, d = 2: 84 % ± 2 %$"))
    for _ in range(5):
        tab.keyboard.press("ArrowRight")
    expect(spoken).to_have_text(re.compile("^Coalescer: 2, d = 16: 8 % ± 2 %$"))
    plot.blur()
    expect(reading).to_be_hidden()


def test_a_mark_under_the_pointer_tells_its_figure(tab):
    marks = tab.locator(".charts .plot").nth(1).locator("svg > path")
    marks.first.hover()
    expect(tab.locator(".reading").nth(1)).to_have_text(re.compile(r"^Coalescer, 1 call: 53 % ± 2 %$"))
    tab.mouse.move(0, 0)
    expect(tab.locator(".reading").nth(1)).to_be_hidden()


def test_the_table_has_every_figure(tab):
    first = tab.locator(".charts .chart").first
    first.locator("summary").click()
    row = first.get_by_role("row", name="Balanced coalescer: 2")
    expect(row.get_by_role("cell")).to_have_text([re.compile(f"^{share} %") for share in (97, 94, 85, 45)])
    first.locator("summary").click()
    second = tab.locator(".charts .chart").nth(1)
    second.locator("summary").click()
    expect(second.get_by_role("row", name="a second real sample").get_by_role("cell")).to_have_text("95 %")
    second.locator("summary").click()


def test_controls_change_the_charts_and_the_address(tab):
    tab.get_by_role("button", name="Energy distance").click()
    expect(tab.locator(".chart h2").first).to_have_text(re.compile("^Energy distance over dimensions"))
    expect(tab.locator(".plot").first).to_contain_text("less is better")
    tab.get_by_role("button", name="1", exact=True).click()
    expect(tab.locator(".plot").first).to_contain_text("Coalescer: 1")
    tab.get_by_label("Over evaluations in").select_option("digits-2d")
    expect(tab.locator(".chart h2").nth(1)).to_contain_text("two dimensions")
    tab.wait_for_url(re.compile("#.*beyond_space=digits-2d"))
    assert "beyond_figure=energy_distance" in tab.url
    assert "beyond_steps=1" in tab.url
    for name, value in (("Recall", "beyond_figure"), ("2", "beyond_steps")):
        tab.get_by_role("button", name=name, exact=True).click()
        tab.wait_for_url(lambda url, value=value: value not in url)


def test_a_link_says_what_is_shown(chromium, file):
    with opened(chromium, file, "#beyond_figure=precision&beyond_grid=pets-8d&beyond_space=nowhere") as tab:
        expect(tab.get_by_role("button", name="Precision")).to_have_attribute("aria-pressed", "true")
        assert tab.get_by_label("Pictures of").input_value() == "pets-8d"
        assert tab.get_by_label("Over evaluations in").input_value() == "digits-8d"


@pytest.mark.parametrize(("space", "channels", "size"), [("digits-8d", 1, 8), ("pets-8d", 3, 32)])
def test_pictures_are_drawn_pixel_by_pixel_and_say_whether_they_are_recognised(tab, space, channels, size):
    tab.get_by_label("Pictures of").select_option(space)
    grid = beyond_rows.grid(channels, size)
    drawn = np.array(tab.evaluate(PIXELS)).reshape(*grid.pixels.shape[:4], 4)
    np.testing.assert_array_equal(drawn[..., :3], np.broadcast_to(grid.pixels, (*grid.pixels.shape[:4], 3)))
    last = tab.locator(".pictures-of li").last
    expect(last.locator("h3")).to_have_text(re.compile("^Coalescer, 1 step.*6 of 10 recognised$"))
    told = last.get_by_role("img").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    assert told[:2] == ["a three, Coalescer, 1 step: not recognised", "a three, Coalescer, 1 step: recognised"]
    shapes = last.locator("svg").evaluate_all("all => all.map((one) => one.innerHTML)")
    assert len(set(shapes)) == 2
    assert [shape == shapes[0] for shape in shapes] == [not seen for seen in grid.recognised[-1]]
