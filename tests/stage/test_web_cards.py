"""The cards of a learned plane, in the hand: descriptions are dragged, pairs follow desc_scale, drawings stand in the plane."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from sandbox.learned.digits import SIX_DIGITS
from sandbox.pairs import World
from sandbox.spaces import space_named
from sandbox.stage.packs import key_of, world_pack
from sandbox.stage.payload import payload
from tests.stage.test_web_nearby import STROKES
from tests.stage.test_web_view import HARD_TO_READ
from tests.stage.web import SITE, encoded, web_page

pytestmark = pytest.mark.browser

WORLD = World("digits")
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>body {margin: 0} .stage {overflow: visible !important; font-size: 16px} .all {display: grid; gap: 1em}</style>
<div class="stage"><div class="all"></div></div>
<script type="module">
import { Model } from "./model.js";
import { loadWorld } from "./world.js";
import { inkOf } from "./pens.js";
import { stageStyle } from "./style.js";
import { makeWordPlane } from "./wordplane.js";
import { makeNeighbours } from "./neighbours.js";
import { makeDrawPad } from "./drawpad.js";
const payload = await (await fetch("payload.json")).json();
const load = async (key) => (await fetch(`pack/${encodeURIComponent(key)}`)).arrayBuffer();
const model = new Model(payload, load);
const asked = new URLSearchParams(location.hash.slice(1));
const values = { space: asked.get("space"), concept: asked.get("concept"), desc_scale: 8 };
const dark = asked.has("dark");
let held = null;
const page = window.page = {
  payload, values, world: null, captions: [], place: [0.3, 0.2], drawn: null, ink: () => inkOf(payload, dark),
  state: { get: (name) => values[name] },
  shared: () => ({ space: values.space, description_noise: 0.05, concept: values.concept, seed: 0 }),
  client: model,
  set(name, value) { values[name] = value; if (name === "space") open(); else refresh(); },
  get description() {
    const own = page.captions.find(({ name }) => name === values.concept);
    return held ?? Float32Array.from(own ? own.embedding : [NaN, NaN]);
  },
  setDescription(de) { held = de; refresh(); },
  setPlace(place) { page.place = place; refresh(); },
  decode: async (points, size) => (await model.answer("pictures", { shared: page.shared(), points, size })).pixels,
};
const cards = [makeWordPlane, makeNeighbours, makeDrawPad].map((card) => card(page));
const refresh = () => cards.forEach((card) => card.update());
async function open() {
  page.world = await loadWorld(load, `world/${values.space}`);
  page.captions = page.world.concepts;
  if (!page.captions.some(({ name }) => name === values.concept)) values.concept = page.captions[0].name;
  page.drawn = [{ label: "A method", colour: "#0072B2", size: 8, count: 2, pixels: new Uint8ClampedArray(512).fill(200) }];
  refresh();
}
const style = document.createElement("style");
style.textContent = stageStyle(page.ink());
document.head.append(style);
document.querySelector(".all").append(...cards.map(({ element }) => element));
window.place = document.body;
open();
</script>"""


@pytest.fixture(scope="module")
def site(chromium):
    files = {"cards.html": PAGE, "payload.json": json.dumps(payload())}
    with web_page(chromium, files | {encoded(key_of(WORLD)): world_pack(WORLD)}) as tab:
        trouble = []
        tab.on("pageerror", lambda error: trouble.append(str(error)))
        yield tab
        assert not trouble


@pytest.fixture
def opened(site):
    def open_cards(more="", width=1280):
        site.set_viewport_size({"width": width, "height": 900})
        site.goto("about:blank")  # another hash alone would not open the page anew
        site.goto(f"{SITE}/cards.html#space=digits&concept=a three{more}")
        expect(site.locator(".neighbours li").first).to_be_visible()
        return site

    return open_cards


def middle(tab, selector):
    box = tab.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def on_map(tab, caption):
    """Where a caption's mark is on the screen."""
    return tab.evaluate(
        """async (name) => {
          const { spanOfCaptions, wordCamera } = await import("/wordmap.js");
          const box = document.querySelector(".wordmap canvas").getBoundingClientRect();
          const on = wordCamera(spanOfCaptions(page.captions), box.width, box.height);
          const [x, y] = page.captions.find((one) => one.name === name).embedding;
          return [box.left + on.px(x), box.top + on.py(y)];
        }""",
        caption,
    )


def test_de_is_dragged_from_one_caption_to_another_and_stays_where_there_is_none(opened):
    tab = opened()
    where = tab.locator(".wordplane .says")
    expect(where).to_have_text("DE is at “a three”.")
    (x, y), (to_x, to_y) = middle(tab, ".hold"), on_map(tab, "a six")
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=4)
    expect(where).to_contain_text("DE lies between “a ")
    assert tab.evaluate("page.values.concept") == "a three"
    tab.mouse.move(to_x + 8, to_y - 5, steps=4)
    tab.mouse.up()
    expect(where).to_have_text("DE is at “a six”.")
    assert tab.evaluate("page.values.concept") == "a six"
    x, y = on_map(tab, "a four")
    tab.mouse.click((x + to_x) / 2, (y + to_y) / 2)
    expect(where).to_contain_text("between")
    tab.get_by_role("button", name="Back to “a six”").click()
    expect(where).to_have_text("DE is at “a six”.")
    tab.mouse.click(x + 3, y)
    expect(where).to_have_text("DE is at “a four”.")
    expect(tab.locator(".strip canvas")).to_have_count(2)


def test_de_goes_by_keys_enter_asks_for_the_nearest_caption_and_nothing_asked_is_no_place(opened):
    tab = opened()
    handle = tab.locator(".hold")
    handle.focus()
    before = tab.evaluate("[...page.description]")
    handle.press("ArrowLeft")
    coarse = tab.evaluate("[...page.description]")
    handle.press("Shift+ArrowRight")
    fine = tab.evaluate("[...page.description]")
    assert before[0] - coarse[0] > 4 * (fine[0] - coarse[0]) > 0
    assert before[1] == coarse[1] == fine[1]
    for _ in range(9):
        handle.press("ArrowLeft")
    handle.press("Enter")
    expect(tab.locator(".wordplane .says")).to_have_text("DE is at “a seven”.")
    tab.evaluate("page.set('concept', 'none')")
    expect(tab.locator(".wordplane .says")).to_contain_text("there is no DE")
    expect(tab.locator(".neighbours .says")).to_contain_text("the place alone decides")
    expect(tab.locator(".hold")).to_be_hidden()
    x, y = on_map(tab, "a seven")
    tab.mouse.click(x + 40, y - 40)
    expect(tab.locator(".hold")).to_be_visible()


def test_the_pairs_follow_desc_scale_and_say_whether_they_fit(opened):
    tab = opened()
    slider, says, others = (tab.locator(f".neighbours {name}") for name in ("input", ".says", "li.other"))
    expect(says).to_contain_text("description and place both count")
    slider.fill("0")
    assert tab.evaluate("page.values.desc_scale") == 0.01
    expect(says).to_contain_text("None of the 8 fits “a three”")
    expect(others).to_have_count(8)
    expect(others.first).to_contain_text("something else")
    slider.fill("1000")
    expect(says).to_contain_text("the noise of the descriptions alone chooses")
    expect(others).to_have_count(0)
    parts = [
        float(part.replace(",", "")) for part in tab.locator(".neighbours .number").first.inner_text().split(" + ")
    ]
    shares = (
        tab.locator(".neighbours li")
        .last.locator(".parts i")
        .evaluate_all("(bars) => bars.map((bar) => parseFloat(bar.style.width))")
    )
    assert parts[0] > parts[1]
    assert sum(shares) == pytest.approx(100, abs=0.1)  # the last is the farthest


def test_a_drawing_is_encoded_stands_in_the_plane_and_shows_its_nearest_pairs(opened):
    tab = opened()
    pad = tab.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in STROKES["seven"]]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=4)
    tab.mouse.up()
    says = tab.locator(".drawpad .says")
    expect(says).to_contain_text("in the region of “seven”")
    expect(tab.locator(".drawpad .found")).to_contain_text("“a seven”, “an odd digit”, “a straight digit”, “a digit”")
    place, space = tab.evaluate("page.place"), space_named("digits")
    assert space.regions[int(space.distances(np.array([place])).argmin())].name == "seven"
    tab.get_by_role("button", name="Show a real one").click()
    expect(says).to_contain_text("less than for half of the real pictures")
    tab.get_by_role("button", name="Clear").click()
    expect(says).to_contain_text("Draw something")
    expect(tab.locator(".drawpad .found")).to_be_hidden()
    tab.evaluate(
        "page.world.learned.channels = 3, page.values.space = '', page.set('seed', 1)"
    )  # as if of another plane
    expect(tab.locator(".drawpad")).to_contain_text("cannot be drawn by hand here")
    tab.locator(".drawpad").get_by_role("button", name="Digits").click()
    expect(pad).to_be_visible()


def test_a_drawing_by_keys_is_encoded_as_the_picture_that_it_is_and_an_odd_one_is_called_so(opened):
    tab = opened()
    pad = tab.locator("canvas.pad")
    pad.focus()
    for key in [
        *["ArrowLeft"] * 4,
        *["ArrowUp"] * 4,
        "Space",
        *["ArrowRight"] * 7,
        "Space",
        *["ArrowDown"] * 7,
        "Space",
    ]:
        tab.keyboard.press(key)
    says = tab.locator(".drawpad .says")
    expect(says).to_contain_text("So it is unlike them")
    picture = np.zeros((1, 8, 8, 1), np.float32)
    picture[0, [0, 0, 7], [0, 7, 7]] = 1
    ends = space_named("digits").ends
    place, back = ends.encode(picture), ends.decode(ends.encode(picture))
    expected = np.sqrt(np.square(back - picture).mean())
    expect(says).to_contain_text(f"differs from it by {expected:.2f} ")
    np.testing.assert_allclose(tab.evaluate("page.place"), place[0], atol=1e-3)
    real = SIX_DIGITS.pictures("held_out").pixels
    errors = np.sqrt(np.square(ends.decode(ends.encode(real)) - real).mean(axis=(1, 2, 3)))
    expect(says).to_contain_text(f"19 in 20 real pictures come back within {np.quantile(errors, 0.95):.2f}")


@pytest.mark.parametrize(("width", "more"), [(390, "&dark"), (1280, "")])
def test_cards_are_as_wide_as_the_page_and_well_to_read(opened, width, more):
    tab = opened(more, width)
    tab.get_by_role("button", name="Show a real one").click()
    expect(tab.locator(".drawpad .found")).to_be_visible()
    tab.locator(".neighbours input").fill("0")
    expect(tab.locator(".neighbours li.other")).to_have_count(8)
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate(HARD_TO_READ) == []
