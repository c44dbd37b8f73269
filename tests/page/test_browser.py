"""The page in a real Chromium, served as a visitor gets it."""

import itertools
import re
from pathlib import Path
from urllib.parse import quote, urlparse

import numpy as np
import pytest
from playwright.sync_api import expect

from sandbox.page.frame import PAGES
from tests.browser import (
    IDLE,
    PAINTED,
    PICTURE,
    ROOT,
    STAGE,
    open_settled,
    picture,
    server,
    settle,
    settle_on_another,
)
from tests.browser import (
    page as page_of,
)

pytestmark = pytest.mark.browser

SIZES = {"beamer": {"width": 1280, "height": 720}, "desktop": {"width": 1920, "height": 1080}}
PHONE = {"width": 390, "height": 844}
SEEN = "try { localStorage.setItem('coalescer-sandbox-tour', 'seen'); } catch {}"  # the lessons for newcomers
SCALE = "Weight of the description, desc_scale"
SCREENSHOTS = ROOT / "screenshots"
OVERFLOW = """() => [document.scrollingElement, ...document.querySelectorAll("[data-testid=stMain], [data-testid=stApp]")]
  .map(part => part.scrollWidth - part.clientWidth)"""
COLOURS = """() => [...document.querySelectorAll(".st-key-stage *")].map(one => one.shadowRoot).find(Boolean)
  .querySelectorAll(".thumb canvas").values().map(canvas => new Set(new Uint32Array(canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size).toArray()"""
BOX = """element => { const box = element.getBoundingClientRect();
  return {left: box.left, right: box.right, top: box.top, bottom: box.bottom}; }"""


@pytest.fixture(scope="module")
def address(chromium, tmp_path_factory):
    with server(tmp_path_factory.mktemp("browser") / "cache") as running:
        yield running


@pytest.fixture(scope="module")
def context(chromium):
    """What all visits share is the browser's cache, so that plotly and the stage are loaded once."""
    shared = chromium.new_context(viewport=SIZES["beamer"])
    shared.add_init_script(SEEN)
    shared.set_default_timeout(60_000)
    yield shared
    shared.close()


@pytest.fixture
def tab(context):
    fresh = context.new_page()
    yield fresh
    fresh.close()


@pytest.fixture
def page(tab, address):
    open_settled(tab, address)
    return tab


@pytest.fixture(scope="module", params=SIZES)
def still(request, context, address):
    """The page as it opens on a screen of each size, to be looked at only."""
    tab = context.new_page()
    tab.set_viewport_size(SIZES[request.param])
    open_settled(tab, address)
    photograph(tab, request.param)
    yield tab
    tab.close()


@pytest.fixture
def heard(tab):
    """What the browser complains of, and the hosts that are asked for anything."""
    heard = {"complaints": [], "hosts": set()}
    tab.on("console", lambda said: heard["complaints"].append(said.text) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: heard["complaints"].append(str(error)))
    for event in ("request", "websocket"):
        tab.on(event, lambda asked: heard["hosts"].add(urlparse(asked.url).netloc))
    return heard


def photograph(tab, name):
    SCREENSHOTS.mkdir(exist_ok=True)
    tab.screenshot(path=SCREENSHOTS / f"{name}.png")


def slider(tab, name):
    return tab.get_by_role("slider", name=name)


def concept(tab, name):
    return tab.get_by_role("button", name=name, exact=True)


def lesson(tab):
    return tab.locator(".stage .lesson")


def shows(tab, before):
    """Wait until the panels show a picture that was there before."""
    tab.wait_for_function(f"before => ({PICTURE})() === before", arg=before)


def warning(tab):
    return tab.get_by_test_id("stAlert")


def box(tab, selector):
    return tab.locator(selector).first.evaluate(BOX)


def opaque(colour):
    """The three parts of a colour as the browser computes it."""
    return [int(part) for part in re.findall(r"\d+", colour)[:3]]


# What is on the screen


def test_all_panels_are_painted_and_the_lesson_has_its_figures(still):
    assert still.evaluate(f"() => ({STAGE}).querySelectorAll('.panel').length") == 2
    assert still.evaluate(PAINTED)
    expect(lesson(still)).to_have_text(
        re.compile(r"^2 network calls put \d+ % inside CAT; Diffusion needs 16 for \d+ %")
    )


def test_the_stage_fits_on_the_first_screen(still):
    stage, screen = box(still, ".stage"), still.viewport_size
    bar = box(still, "[data-testid=stTopNav]")
    assert bar["bottom"] <= stage["top"]
    for part in (".stage .panel", ".stage .transport", ".stage .ask-row", ".stage .legend"):
        assert box(still, part)["bottom"] <= screen["height"], part


def test_nothing_is_wider_than_the_screen(still):
    assert max(still.evaluate(OVERFLOW)) <= 0


def test_nothing_is_wider_than_a_phone(tab, address):
    tab.set_viewport_size(PHONE)
    open_settled(tab, address)
    assert max(tab.evaluate(OVERFLOW)) <= 0
    assert box(tab, ".stage")["right"] <= PHONE["width"]
    photograph(tab, "phone")


def test_a_dark_page_is_painted_light_on_dark(chromium, address):
    context = chromium.new_context(viewport=SIZES["beamer"], color_scheme="dark")
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    open_settled(tab, address)
    photograph(tab, "dark")
    ground = tab.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    text = lesson(tab).evaluate("text => getComputedStyle(text).color")
    corner = tab.evaluate(
        f"() => [...({STAGE}).querySelector('canvas').getContext('2d').getImageData(3, 3, 1, 1).data].join()"
    )
    context.close()
    assert max(opaque(ground)) < 60
    assert min(opaque(text)) > 200
    assert max(opaque(corner)) < 60


# What the page does


def test_the_browser_has_nothing_to_complain_of(tab, heard, address):
    open_settled(tab, address)
    before = picture(tab)
    slider(tab, SCALE).press("ArrowRight")
    settle_on_another(tab, before)
    assert heard["complaints"] == []


def test_what_is_named_ahead_is_fetched_once(chromium, address):
    with page_of(chromium) as tab:
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        open_settled(tab, address)
        named = tab.locator("link[href^='./stage'], #early-stage")
        named = named.evaluate_all("all => all.map(({href, src}) => href ?? src)")
        assert len(named) == 4
        assert {url.rpartition("/")[2].partition("?")[0]: asked.count(url) for url in named} == {
            "served.js": 1,
            "stage.js": 2,  # once as a module and once as a text, from the browser's own cache
            "payload.json": 1,
            "pack": 1,
        }


def hold_streamlit(tab):
    """Let the page wait for Streamlit's own script until the function that is given back is called."""
    held = []
    tab.route("**/static/js/index.*.js", lambda route: held.append(route))
    return lambda: [route.continue_() for route in held]


EARLY = ".early-stage .stage"
WATCH = f"""() => {{
  window.first = document.querySelector('{EARLY}');
  window.places = [];
  const look = () => {{
    const {{x, y, width, height}} = window.first.getBoundingClientRect();
    window.places.push([x, y, width, height]);
    requestAnimationFrame(look);
  }};
  look();
}}"""


def test_the_stage_is_there_and_answers_before_streamlit_is(chromium, address):
    with page_of(chromium) as tab:
        go_on = hold_streamlit(tab)
        tab.goto(address, wait_until="commit")
        expect(tab.locator(f"{EARLY} .lesson")).to_have_text(re.compile("inside CAT"))
        expect(tab.locator(f"{EARLY} .panel .figures dd").first).to_have_text("2")
        tab.evaluate(WATCH)
        tab.locator(EARLY).get_by_role("button", name="dog", exact=True).click()
        expect(tab.locator(f"{EARLY} .lesson")).to_have_text(re.compile("inside DOG"), timeout=60_000)
        go_on()
        settle(tab)
        assert tab.evaluate(f"() => window.first === {STAGE}")  # the very same
        places = tab.evaluate("() => window.places")
        assert np.ptp(places, axis=0).max() < 2  # at every frame
        assert tab.locator(".early-stage").count() == 0
        expect(tab).to_have_url(f"{address}/?concept=dog")
        expect(lesson(tab)).to_contain_text("inside DOG")
        before = picture(tab)
        concept(tab, "cat").click()
        settle_on_another(tab, before)
        expect(tab).to_have_url(f"{address}/")


def test_a_link_that_says_something_opens_early_in_its_state(chromium, address):
    with page_of(chromium) as tab:
        go_on = hold_streamlit(tab)
        tab.goto(f"{address}/?concept=animal&right=drifting&steps=abc", wait_until="commit")
        expect(tab.locator(f"{EARLY} .lesson")).to_have_text(re.compile("inside CAT or DOG"), timeout=60_000)
        expect(tab.locator(f"{EARLY} .panel h2").nth(1)).to_have_text(re.compile("Drifting"))
        go_on()
        settle(tab)
        expect(warning(tab).first).to_contain_text("steps=abc")
        expect(concept(tab, "animal")).to_have_attribute("aria-pressed", "true")


def test_other_pages_have_no_stage_before_streamlit(chromium, address):
    with page_of(chromium) as tab:
        tab.goto(f"{address}/race", wait_until="commit")
        tab.wait_for_selector(IDLE)
        assert tab.locator("#early-stage").count() == 0
        tab.get_by_test_id("stTopNav").get_by_role("link", name="Playground").click()
        settle(tab)
        expect(lesson(tab)).to_contain_text("inside CAT")


def test_what_could_not_be_loaded_early_is_loaded_later(chromium, address):
    with page_of(chromium) as tab:
        tab.route("**/payload.json*", lambda route: route.abort(), times=1)
        open_settled(tab, address)
        expect(lesson(tab)).to_contain_text("inside CAT")
        assert tab.locator(".early-stage").count() == 0


def test_no_other_host_is_asked_for_anything(tab, heard, address):
    open_settled(tab, f"{address}/?concept={quote('![](http://example.org/a.png)')}&steps=abc")
    expect(warning(tab).first).to_be_visible()
    assert {host for host in heard["hosts"] if host} == {urlparse(address).netloc}


def test_an_arrow_key_moves_desc_scale_the_picture_and_the_link(page, address):
    before = picture(page)
    slider(page, SCALE).press("ArrowRight")
    settle_on_another(page, before)
    expect(page).to_have_url(f"{address}/?desc_scale=16")
    expect(slider(page, SCALE)).to_have_attribute("aria-valuetext", "16")


def test_another_concept_is_a_click(page, address):
    before = picture(page)
    concept(page, "dog").click()
    settle_on_another(page, before)
    expect(page).to_have_url(f"{address}/?concept=dog")
    expect(concept(page, "dog")).to_have_attribute("aria-pressed", "true")
    expect(lesson(page)).to_contain_text("inside DOG")


def test_keys_that_are_pressed_fast_are_all_counted(page, address):
    slider(page, SCALE).focus()
    for last, turn in (("64", "ArrowRight"), ("4", "ArrowLeft"), ("64", "ArrowRight")):
        page.keyboard.press("Home" if turn == "ArrowRight" else "End")
        for _ in range(10):
            page.keyboard.press(turn)
        expect(slider(page, SCALE)).to_have_attribute("aria-valuetext", last)
        expect(page).to_have_url(f"{address}/?desc_scale={last}")


def test_a_shared_link_opens_the_same_state(page, context, address):
    before = picture(page)
    slider(page, SCALE).press("ArrowRight")
    concept(page, "animal").click()
    settle_on_another(page, before)
    expect(page).to_have_url(re.compile("concept=animal.*desc_scale=16"))
    other = context.new_page()
    open_settled(other, page.url)
    shows(page, picture(other))
    expect(slider(other, SCALE)).to_have_attribute("aria-valuetext", "16")
    expect(concept(other, "animal")).to_have_attribute("aria-pressed", "true")
    other.close()


def test_nonsense_in_the_link_is_a_sentence_and_a_picture(tab, address):
    open_settled(tab, f"{address}/?desc_scale=abc&steps=99&concept={quote('<script>alert(1)</script>')}")
    expect(warning(tab)).to_have_count(3)
    (about,) = [said for said in warning(tab).all_inner_texts() if said.startswith("desc_scale")]
    assert about.startswith("desc_scale=abc cannot be used: it is a number from 0.001 to ")
    assert about.endswith("Taken instead: 8.")
    expect(warning(tab).nth(2)).to_contain_text("<script>alert(1)</script>")
    assert tab.evaluate(PAINTED)
    photograph(tab, "nonsense")


def test_back_goes_back_to_what_was_shown(page, address):
    opening = picture(page)
    concept(page, "dog").click()
    expect(page).to_have_url(f"{address}/?concept=dog")
    settle_on_another(page, opening)
    page.go_back()
    expect(page).to_have_url(f"{address}/")
    expect(concept(page, "cat")).to_have_attribute("aria-pressed", "true")
    shows(page, opening)


def test_back_goes_back_from_page_to_page(page, address):
    concept(page, "dog").click()
    expect(page).to_have_url(f"{address}/?concept=dog")
    for name, path in (("Race", "race"), ("Playground", "")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(f"{address}/{path}?concept=dog")
        page.wait_for_selector(IDLE)
    settle(page)
    page.go_back()
    page.get_by_role("heading", name="Race").wait_for()
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(1000)  # nothing may open the Playground again
    expect(page).to_have_url(f"{address}/race?concept=dog")
    page.go_back()
    expect(lesson(page)).to_contain_text("inside DOG")
    expect(page).to_have_url(f"{address}/?concept=dog")
    page.go_forward()
    page.get_by_role("heading", name="Race").wait_for()


def test_a_reload_keeps_the_state(page, address):
    opening = picture(page)
    concept(page, "dog").click()
    expect(page).to_have_url(f"{address}/?concept=dog")
    settle_on_another(page, opening)
    page.reload()
    settle(page)
    expect(concept(page, "dog")).to_have_attribute("aria-pressed", "true")
    expect(lesson(page)).to_contain_text("inside DOG")


def test_a_drag_of_r_sends_nothing_to_the_server(tab, address):
    sent = []
    tab.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("frame")))
    tab.on("request", lambda request: sent.append(request.url))
    open_settled(tab, f"{address}/?left=flow-matching")  # without desc_scale, whose curve loads its stops one by one
    assert sent
    plane = tab.locator(".stage .touch").first.bounding_box()
    x, y = plane["x"] + plane["width"] / 2, plane["y"] + plane["height"] / 2
    tab.mouse.move(x, y)
    before = picture(tab)
    sent.clear()
    tab.mouse.down()
    for i in range(20):
        tab.mouse.move(x + 4 * i, y - 2 * i)
        tab.evaluate("() => new Promise(requestAnimationFrame)")
    assert picture(tab) != before
    assert sent == []
    tab.mouse.up()


# The other pages

CHART = ".st-key-race .js-plotly-plot"
PAGES_BESIDE = [name.replace("_", "-") for name in PAGES if name != "playground"]
# The stage of a page is painted when its lesson or its figures are there, and its still canvas has more than one colour.
DRAWN = """() => {
  const canvas = [...document.querySelectorAll("*")].map((one) => one.shadowRoot?.querySelector(".stage")).find(Boolean)
    ?.querySelector(".panel:not(.waiting) canvas");
  if (!canvas?.width) return false;
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(pixels.buffer)).size > 50;
}"""
SAMPLES = """() => [...document.querySelectorAll("*")].map((one) => one.shadowRoot?.querySelector(".stage")).find(Boolean)
  .querySelector(".panel canvas:nth-of-type(3)").toDataURL()"""


def other(tab, address, path):
    """One of the other pages, painted."""
    tab.goto(f"{address}/{path}")
    painted(tab, path.partition("?")[0])


def painted(tab, path):
    tab.wait_for_selector(IDLE)
    if path == "beyond-the-plane":
        tab.wait_for_selector(".stage.beyond .lesson")
        return
    if path == "race":
        tab.wait_for_selector(f"{CHART} .cartesianlayer .subplot")
    tab.wait_for_function(DRAWN)


@pytest.mark.parametrize("path", PAGES_BESIDE)
def test_another_page_is_no_wider_than_the_screen(tab, address, path):
    other(tab, address, path)
    for name, size in SIZES.items():
        tab.set_viewport_size(size)
        tab.wait_for_function(f"() => Math.max(...({OVERFLOW})()) <= 0")
        expect(tab.get_by_role("link", name="Playground", exact=True)).to_be_visible()
        photograph(tab, f"{path}-{name}")


def test_the_whole_race_is_on_the_first_screen(tab, address):
    other(tab, address, "race")
    marks = tab.locator(f"{CHART} .scatterlayer path.point").evaluate_all(f"all => all.map({BOX})")
    assert len(marks) > 30  # and the ring around the one whose samples are shown
    chart, plane, figures = box(tab, CHART), box(tab, ".stage .plane"), box(tab, ".stage .pictures")
    seen = [chart["bottom"], plane["bottom"], figures["bottom"], *(mark["bottom"] for mark in marks)]
    assert max(seen) <= SIZES["beamer"]["height"]
    assert chart["right"] <= plane["left"]


@pytest.mark.parametrize("path", ["why", "desc-scale"])
def test_maps_and_what_moves_them_are_on_the_first_screen(tab, address, path):
    other(tab, address, path)
    for part in (".stage .lesson", ".stage .plane", ".stage .legend", ".stage .scale .stops .value"):
        assert box(tab, part)["bottom"] <= SIZES["beamer"]["height"], part


def test_the_words_of_the_race_can_be_read_and_do_not_overlap(tab, address):
    other(tab, address, "race")
    texts = tab.locator(f"{CHART} svg text")
    sizes = texts.evaluate_all("all => all.map(text => parseFloat(getComputedStyle(text).fontSize))")
    assert min(sizes) >= 16
    names = tab.locator(f"{CHART} .annotation-text").evaluate_all(f"all => all.map({BOX})")
    assert len(names) == 5
    for upper, lower in itertools.pairwise(sorted(names, key=lambda name: name["top"])):
        assert upper["bottom"] <= lower["top"] + 2
    plot, chart = box(tab, f"{CHART} .draglayer .xy rect"), box(tab, CHART)
    assert all(plot["right"] <= name["left"] + 1 and name["right"] <= chart["right"] for name in names)
    numbers = tab.locator(f"{CHART} .ytick text").evaluate_all(f"all => all.map({BOX})")
    assert chart["left"] <= box(tab, f"{CHART} .ytitle")["right"] <= min(number["left"] for number in numbers)


def test_every_method_s_name_can_be_read_on_a_phone(chromium, address):
    with page_of(chromium, viewport=PHONE) as tab:
        other(tab, address, "race")
        pills = tab.locator(".st-key-families [data-testid=stButtonGroup] button").evaluate_all(
            f"all => all.map({BOX})"
        )
        assert len(pills) >= 12
        assert all(pill["left"] >= 0 and pill["right"] <= PHONE["width"] for pill in pills), pills


def heading(tab):
    """What is said above the plane of the race."""
    return tab.locator(".stHtml b").first


def test_a_click_on_a_mark_shows_its_samples(tab, address):
    other(tab, address, "race?methods=consistency,coalescer")
    expect(heading(tab)).to_have_text(re.compile(r"^Coalescer, 1\.0\d network calls?: "))
    before = tab.evaluate(SAMPLES)
    marks = tab.locator(f"{CHART} .scatterlayer path.point:not([style*='fill: rgb(118, 118, 118)'])").evaluate_all(
        f"all => all.map({BOX})"
    )
    mark = max(marks, key=lambda mark: mark["left"])  # the dearest
    tab.mouse.click((mark["left"] + mark["right"]) / 2, (mark["top"] + mark["bottom"]) / 2)
    expect(heading(tab)).to_have_text(re.compile("^Consistency model, 8 network calls?: "))
    expect(tab).to_have_url(re.compile("mark=consistency%2Frenoise%2F8"))
    tab.wait_for_function(f"before => ({SAMPLES})() !== before", arg=before)
    photograph(tab, "race-clicked")
    tab.get_by_role("link", name="Open in the Playground").click()
    settle(tab)
    expect(lesson(tab)).to_contain_text("8 network calls of Consistency model")


def test_the_keyboard_reaches_every_mark_of_the_race(tab, address):
    other(tab, address, "race?methods=drifting,coalescer")
    before = tab.evaluate(SAMPLES)
    for typed, said in {
        "drifting": "^Drifting, 1 network call: ",
        "coalescer, 4": r"^Coalescer, 4\.0\d network ",
    }.items():
        mark = tab.get_by_role("combobox", name="Mark")
        mark.focus()
        mark.press_sequentially(typed)
        expect(tab.get_by_role("option").first).to_have_text(re.compile(said))
        tab.keyboard.press("Enter")
        expect(heading(tab)).to_have_text(re.compile(said))
    tab.wait_for_function(f"before => ({SAMPLES})() !== before", arg=before)


def test_a_click_on_a_map_lists_the_targets_of_that_place(tab, address):
    other(tab, address, "why")
    targets = tab.locator(".stage .targets").first
    expect(targets).to_contain_text("most likely to")
    before = targets.inner_text()
    edges = box(tab, ".stage .touch")
    tab.mouse.click(0.2 * edges["left"] + 0.8 * edges["right"], 0.5 * (edges["top"] + edges["bottom"]))
    expect(tab).to_have_url(re.compile("place_x=.*place_y="))
    expect(targets).not_to_have_text(before, use_inner_text=True)
    photograph(tab, "why-clicked")
    tab.wait_for_timeout(1500)  # what the server heard is no news to the stage
    expect(tab).to_have_url(re.compile("place_x=.*place_y="))
    tab.go_back()
    expect(tab).to_have_url(f"{address}/why")
    expect(targets).to_have_text(before, use_inner_text=True)


def test_what_a_map_is_asked_is_known_on_the_next_page(tab, address):
    other(tab, address, "why")
    tab.get_by_role("button", name="dog", exact=True).click()
    expect(tab).to_have_url(f"{address}/why?map_concept=dog")
    tab.get_by_role("link", name=PAGES["desc_scale"]).click()
    tab.wait_for_function(DRAWN)
    expect(tab).to_have_url(f"{address}/desc-scale?map_concept=dog")
    expect(tab.get_by_role("button", name="cat", exact=True)).to_have_attribute("aria-pressed", "true")


def test_from_page_to_page_and_back_the_stage_and_the_controls_say_one_thing(tab, address):
    open_settled(tab, f"{address}/?desc_scale=32")
    before = picture(tab)
    concept(tab, "dog").click()
    settle_on_another(tab, before)
    expect(tab).to_have_url(re.compile("concept=dog"))
    tab.get_by_role("link", name=PAGES["race"]).click()
    painted(tab, "race")
    expect(tab.get_by_role("radio", name="dog", exact=True)).to_be_checked()
    expect(tab).to_have_url(f"{address}/race?concept=dog&desc_scale=32")
    tab.get_by_role("radio", name="animal", exact=True).click()
    expect(tab).to_have_url(f"{address}/race?concept=animal&desc_scale=32")
    tab.get_by_role("link", name=PAGES["playground"], exact=True).click()
    settle(tab)
    expect(concept(tab, "animal")).to_have_attribute("aria-pressed", "true")
    expect(slider(tab, SCALE)).to_have_attribute("aria-valuetext", "32")
    expect(tab).to_have_url(f"{address}/?concept=animal&desc_scale=32")


def test_a_learned_space_is_chosen_and_left_again(tab, address):
    open_settled(tab, f"{address}/?left=nearest-pair&steps=1&right=")  # exact: nothing has to be trained
    before = picture(tab)
    tab.get_by_role("button", name="Settings", exact=True).click()
    space = tab.get_by_label("Space", exact=True)
    space.select_option(label="Pets")
    expect(lesson(tab)).to_contain_text("where “an animal” is recognised", timeout=60_000)
    expect(tab.locator(".stage .panel dl")).to_contain_text("recognised")
    captions = tab.get_by_role("combobox", name="Ask for")
    expect(captions.locator("option")).to_have_count(28)
    captions.press("ArrowDown")
    expect(lesson(tab)).to_contain_text("“an animal with short ears” is recognised", timeout=60_000)
    expect(tab).to_have_url(re.compile(r"concept=an\+animal\+with\+short\+ears"))
    for size in (*SIZES.values(), PHONE):
        tab.set_viewport_size(size)
        settle(tab)
        assert max(tab.evaluate(OVERFLOW)) <= 0
        assert captions.evaluate(BOX)["right"] <= size["width"]
    tab.set_viewport_size(SIZES["beamer"])
    assert min(tab.evaluate(COLOURS)) > 20  # of each picture
    space.select_option(label="Cats and dogs")
    expect(concept(tab, "cat")).to_have_attribute("aria-pressed", "true")
    tab.get_by_role("button", name="Settings", exact=True).click()
    shows(tab, before)


def test_no_screenshot_is_kept_in_the_repository():
    assert "screenshots/" in Path(ROOT, ".gitignore").read_text().split()


# Pictures and words

WORDS = (
    """[...document.querySelectorAll("*")].map(one => one.shadowRoot?.querySelector(".stage.words")).find(Boolean)"""
)
# What the films and the picture of the place show.
FILMED = f"""() => [...({WORDS}).querySelectorAll(".film, .lens canvas")].map(canvas => canvas.toDataURL()).join()"""


def test_a_caption_becomes_pictures_step_by_step(tab, heard, address):
    other(tab, address, "pictures-and-words?drawn_by=nearest-pair,ideal-denoiser")
    said, typed = tab.locator(".words .lesson"), tab.get_by_label("Type a caption")
    expect(said).to_have_text(
        re.compile(r"^Six random points .* “a cat”: Nearest pair .* 2 exact answers, Ideal .* 8 exact"), timeout=60_000
    )
    drawn = tab.evaluate(FILMED)
    assert len(set(drawn.split(","))) == 4  # what they all begin with, two films and the place
    tab.get_by_role("button", name="One step back").click()
    expect(tab.get_by_role("img", name=re.compile("Ideal denoiser.* now at step 7"))).to_be_visible()
    assert tab.evaluate(FILMED) != drawn

    typed.fill("a purple cat")
    typed.press("Enter")
    refused = tab.locator(".captions .refused")
    expect(refused).to_have_text(re.compile("^'purple' is no word that the captions of pets use"))
    typed.fill(" An Animal with long ears. ")
    typed.press("Enter")
    expect(said).to_contain_text("“an animal with long ears”")
    expect(refused).to_be_hidden()
    words = tab.get_by_role("group", name="The caption, word by word")
    words.get_by_role("button", name="long: take it back").click()
    words.get_by_role("button", name="+ short").click()  # what must follow it comes by itself
    expect(said).to_contain_text("“an animal with short ears”")
    expect(tab).to_have_url(re.compile(r"caption=an\+animal\+with\+short\+ears"))

    place, lens = tab.get_by_role("button", name=re.compile("^The place at")), tab.locator(".lens p")
    before = lens.text_content()
    plane = tab.locator(".words .map").bounding_box()
    tab.mouse.move(plane["x"] + 0.5 * plane["width"], plane["y"] + 0.3 * plane["height"])
    tab.mouse.down()
    tab.mouse.move(plane["x"] + 0.72 * plane["width"], plane["y"] + 0.66 * plane["height"], steps=5)
    tab.mouse.up()
    expect(lens).not_to_have_text(before)
    expect(tab).to_have_url(re.compile(r"picture_x=1\.5\d*&picture_y=-1\.1"))
    place.press("ArrowRight")
    expect(place).to_have_attribute("aria-label", re.compile(r"^The place at 1\.7\d, -1\.1"))

    tab.get_by_role("combobox", name="Pictures").select_option("digits")
    expect(refused).to_have_text("Digits: no caption says “an animal with short ears”; “a zero” is asked for instead.")
    expect(said).to_contain_text("asked for “a zero”")
    tab.get_by_role("combobox", name="Method 2").select_option("drifting")  # which is shipped for no picture
    expect(tab.locator(".panel.stale .failure")).to_contain_text("These settings have no trained weights yet.")
    expect(said).to_contain_text("Nearest pair")
    # Streamlit asks for two files at a wrong place, and this test looks at canvases.
    assert [said for said in heard["complaints"] if "404" not in said and "willReadFrequently" not in said] == []


def test_pictures_and_words_are_on_one_screen_and_on_a_phone(tab, address):
    other(tab, address, "pictures-and-words")
    for part in (".words .map", ".words .film", ".words .transport"):
        assert box(tab, part)["bottom"] <= SIZES["beamer"]["height"], part
    tab.set_viewport_size(PHONE)
    tab.wait_for_function(f"() => Math.max(...({OVERFLOW})()) <= 0 && ({WORDS}).classList.contains('stacked')")
    assert box(tab, ".words")["right"] <= PHONE["width"]
    assert box(tab, ".words .film")["right"] <= PHONE["width"]
