"""The view of the stage in a Chromium: what is seen and touched, with made-up answers."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sandbox.methods import METHODS
from tests.browser import page
from tests.stage.view_host import WEB, as_script, open_view

pytestmark = pytest.mark.browser

# Text whose letters are small, and text too little of whose colour differs from its ground (WCAG 2: 4.5 to 1).
HARD_TO_READ = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if ((parts(colour)[3] ?? 1) > 0.85) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const element of window.place.querySelectorAll(".stage *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(".spoken") || element.matches("option, :disabled")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(style.color), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (parseFloat(style.fontSize) < 12 || contrast < 4.5) {
      found.push(`${element.className} ${element.textContent} ${style.fontSize} ${contrast.toFixed(2)}`);
    }
  }
  return found;
}"""
# What sticks out of the page, and boxes of the stage's own parts that lie over one another.
OUT_OF_PLACE = """() => {
  const width = document.documentElement.clientWidth;
  const found = document.documentElement.scrollWidth > width ? ["the page is wider than the window"] : [];
  const shown = [...window.place.querySelectorAll(".stage *")].filter((element) => element.checkVisibility());
  for (const element of shown) {
    const box = element.getBoundingClientRect();
    if (element.closest(".spoken, svg, .hands")) continue;
    if (box.width && (box.right > width + 1 || box.left < -1)) found.push(`out: ${element.className} ${element.textContent}`);
  }
  const parts = shown.filter((element) => element.matches(".top, .lesson, .second, .panel, .ask-row, .legend, .tour"));
  for (const [i, one] of parts.entries()) for (const other of parts.slice(i + 1)) {
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 1) found.push(`over one another: ${one.className} and ${other.className}`);
  }
  for (const panel of window.place.querySelectorAll(".panel")) {
    const outer = panel.getBoundingClientRect();
    for (const part of panel.querySelectorAll(".caption > *, .figures div, .thumb")) {
      const inner = part.getBoundingClientRect();
      if (inner.bottom > outer.bottom + 2 || inner.right > outer.right + 2) found.push(`cut off: ${part.className}`);
    }
  }
  return found;
}"""
FOCUSED = """() => {
  const element = (window.place.getRootNode().activeElement ?? document.activeElement);
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  return [name, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1];
}"""
PICTURES_OF_PLANES = """() => [...window.place.querySelectorAll(".plane")].map((plane) =>
  plane.querySelector("canvas").toDataURL())"""
CALLS = "() => [...window.place.querySelectorAll('.figures div:first-child dd')].map((one) => one.textContent)"
FOUR = {"left": "settled", "right": "jumper", "third": "settled", "fourth": "slow", "concept": "animal"}
WIDTHS = {390: 844, 820: 1180, 1024: 768, 1280: 720, 1920: 1080}


@pytest.fixture
def tab(chromium):
    with page(chromium) as opened:
        trouble = []
        opened.on("pageerror", lambda error: trouble.append(str(error)))
        yield opened
        assert not trouble


def states(tab):
    """What the host was told to put into the address."""
    return [event["query"] for event in tab.evaluate("window.events") if event["type"] == "state"]


def settled(tab, times=1):
    """The same, once it was told so often."""
    tab.wait_for_function("(times) => window.events.filter(({type}) => type === 'state').length >= times", arg=times)
    return states(tab)


def asked(tab, kind):
    return [one for one in tab.evaluate("window.client.asked") if one["kind"] == kind]


def plane(tab, panel=0):
    return tab.locator(".touch").nth(panel).bounding_box()


@pytest.mark.parametrize("query", [{}, {"concept": "animal", "third": "lookup", "fourth": "slow"}], ids=["two", "four"])
@pytest.mark.parametrize(("width", "height"), WIDTHS.items())
def test_nothing_sticks_out_overlaps_or_is_cut_off(tab, width, height, query):
    tab.set_viewport_size({"width": width, "height": height})
    open_view(tab, query, tour=True)
    tab.wait_for_timeout(300)
    assert tab.evaluate(OUT_OF_PLACE) == []


@pytest.mark.parametrize("query", [{"left": "settled", "right": "jumper"}, FOUR], ids=["two", "four"])
@pytest.mark.parametrize(("width", "height"), WIDTHS.items())
def test_planes_are_equally_large_whatever_stands_below_them(tab, width, height, query):
    tab.set_viewport_size({"width": width, "height": height})
    open_view(tab, {**query, "desc_scale": "1024"})
    tab.wait_for_timeout(300)
    assert tab.evaluate(OUT_OF_PLACE) == []
    assert tab.locator(".stand-in").first.is_visible()
    sizes = [plane(tab, i) for i in range(tab.locator(".panel").count())]
    for side in ("width", "height"):
        assert max(size[side] for size in sizes) - min(size[side] for size in sizes) < 1
    if width > 640:  # beside each other
        assert sizes[0]["y"] == sizes[1]["y"]


@pytest.mark.parametrize("tour", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080)])
def test_the_first_screen_needs_no_scrolling(tab, width, height, tour):
    tab.set_viewport_size({"width": width, "height": height})
    open_view(tab, tour=tour)
    tab.wait_for_timeout(300)
    assert tab.evaluate("document.documentElement.scrollHeight <= innerHeight")
    last = tab.locator(".legend").bounding_box()
    assert last["y"] + last["height"] <= height
    assert min(plane(tab)["width"], plane(tab)["height"]) >= 0.5 * height


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("query", [{}, {"presenting": "1"}], ids=["plain", "presenting"])
def test_all_text_can_be_read(tab, dark, query):
    open_view(tab, query, {"dark": dark}, tour=True)
    if not query:
        tab.get_by_role("button", name="Settings", exact=True).click()
    tab.wait_for_timeout(300)
    assert tab.evaluate(HARD_TO_READ) == []


def test_the_keyboard_reaches_every_control_with_a_visible_focus(tab):
    open_view(tab)
    reached = []
    for _ in range(60):
        tab.keyboard.press("Tab")
        now = tab.evaluate(FOCUSED)
        if now is None:
            break
        reached.append(now)
    names = [name for name, _ in reached]
    for wanted in (
        "Settings",
        "Take along",
        "▶ Play",
        "Clock",
        "Speed",
        "animal",
        "Weight of the description, desc_scale",
    ):
        assert wanted in names
    assert "How far the points have gone" in names
    assert [name for name, visible in reached if not visible] == []


def test_play_runs_the_counter_of_each_panel_to_its_calls(tab):
    open_view(tab, {"right_steps": "8"})
    tab.evaluate(
        "() => { window.seen = []; const look = () => { window.seen.push((" + CALLS + ")().join()); "
        "requestAnimationFrame(look); }; look(); }"
    )
    tab.get_by_role("button", name="Play").click()
    tab.wait_for_function("() => window.place.querySelector('.time').textContent.startsWith('8')")
    tab.wait_for_timeout(300)
    seen = tab.evaluate("window.seen")
    right = [int(both.split(",")[1]) for both in seen]
    started = right[next(i for i, calls in enumerate(right) if calls < 8) :]
    assert "1,1" in seen
    assert started == sorted(started)
    assert {2, 3, 4, 5, 6, 7, 8} <= set(started)
    assert seen[-1] == "2,8"


def test_stepping_goes_by_one_call(tab):
    open_view(tab)
    tab.keyboard.press(",")
    tab.wait_for_timeout(100)
    assert tab.evaluate(CALLS) == ["2", "15"]
    for _ in range(3):
        tab.keyboard.press(",")
    tab.keyboard.press(".")
    tab.wait_for_timeout(100)
    assert tab.evaluate(CALLS) == ["2", "13"]


def test_dragging_r_asks_every_panel_for_the_dragged_place_and_nothing_slow(tab):
    open_view(tab)
    box = plane(tab)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.click(*middle)
    tab.wait_for_timeout(400)
    first = asked(tab, "point")[-1]["question"]["start"]
    assert first == pytest.approx([0, 0], abs=0.02)
    tab.evaluate("window.client.asked.length = 0")
    scale = 0.98 * min(box["width"], box["height"]) / 6
    tab.mouse.move(*middle)
    tab.mouse.down()
    for step in range(1, 9):
        tab.mouse.move(middle[0] + scale * step / 8, middle[1] - scale * step / 4)
        tab.wait_for_timeout(20)
    moving = tab.evaluate("window.client.asked.map(({kind, channel}) => [kind, channel])")
    # Points of the curve may be under way, and the packs of its stops.
    followed = [(kind, channel) for kind, channel in moving if channel != "curve" and not channel.startswith("ready")]
    assert {kind for kind, _ in followed} == {"point"}
    assert {channel[0] for _, channel in followed} == {"0", "1"}
    tab.mouse.up()
    tab.wait_for_timeout(100)
    assert asked(tab, "point")[-1]["question"]["start"] == pytest.approx([1, 2], abs=0.05)
    assert "off the pair" in tab.locator(".reading").first.text_content()
    tab.wait_for_timeout(400)
    assert states(tab) == []  # no control has another value


def test_a_drag_on_the_empty_plane_sets_r_and_draws_it_along(tab):
    open_view(tab)
    box = plane(tab, 1)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scale = 0.98 * min(box["width"], box["height"]) / 6
    tab.mouse.move(*middle)
    tab.mouse.down()
    for step in range(1, 6):
        tab.mouse.move(middle[0] - scale * step / 5, middle[1] + scale * step / 5)
        tab.wait_for_timeout(20)
    tab.mouse.up()
    tab.wait_for_timeout(100)
    assert asked(tab, "point")[-1]["question"]["start"] == pytest.approx([-1, -1], abs=0.05)
    assert tab.locator(".handle").count() == 2


# What a canvas shows once it has shown the same for forty frames.
SETTLED = """async (canvas) => {
  let [last, same] = ["", 0];
  while (same < 40) {
    await new Promise(requestAnimationFrame);
    const now = canvas.toDataURL();
    [last, same] = [now, now === last ? same + 1 : 0];
  }
  return last;
}"""


def test_the_wheel_zooms_all_panels_at_the_pointer_and_a_double_click_shows_all(tab):
    open_view(tab)
    box = plane(tab)
    still = tab.locator(".panel").nth(1).locator("canvas").first
    before = still.evaluate(SETTLED)
    tab.mouse.move(box["x"] + 60, box["y"] + 60)
    tab.mouse.wheel(0, -400)
    tab.wait_for_timeout(300)
    assert still.evaluate("(canvas) => canvas.toDataURL()") != before
    for click in (1, 2):  # as a hand does it: by the second, R's handle lies under the pointer
        tab.mouse.down(click_count=click)
        tab.mouse.up(click_count=click)
        tab.locator(".handle").first.wait_for()
    tab.keyboard.press("Escape")
    picture = "window.place.querySelectorAll('.panel')[1].querySelector('canvas').toDataURL()"
    tab.wait_for_function(f"(before) => {picture} === before", arg=before)


def test_arrow_keys_move_r_and_escape_takes_it_away(tab):
    open_view(tab)
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowUp")
    tab.wait_for_timeout(100)
    assert asked(tab, "point")[-1]["question"]["start"] == pytest.approx([0.15, 0.15])
    assert tab.locator(".handle").count() == 2
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(100)
    assert tab.locator(".handle").count() == 0


def test_a_finger_takes_hold_of_r_and_a_tap_sets_it(chromium):
    with page(chromium, has_touch=True, viewport={"width": 390, "height": 844}) as tab:
        open_view(tab)
        box = plane(tab)
        tab.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
        tab.wait_for_timeout(200)
        assert asked(tab, "point")[-1]["question"]["start"][0] == pytest.approx(-1.5, abs=0.1)
        handle = tab.locator(".handle").first
        assert handle.evaluate("(one) => getComputedStyle(one).touchAction") == "none"
        assert handle.bounding_box()["width"] >= 24


def test_a_settled_change_tells_the_host_its_query_once(tab):
    open_view(tab)
    tab.get_by_role("button", name="animal").click()
    assert settled(tab) == [{"concept": "animal"}]
    tab.get_by_role("button", name="cat", exact=True).click()
    assert settled(tab, 2) == [{"concept": "animal"}, {}]


def test_while_desc_scale_is_dragged_panels_follow_and_the_host_hears_nothing(tab):
    open_view(tab)
    track = tab.locator(".scale input").bounding_box()

    def at(share):
        return track["x"] + share * track["width"], track["y"] + track["height"] / 2

    tab.mouse.move(*at(0.5))
    tab.mouse.down()
    judged = [one["question"] for one in asked(tab, "merits")]
    tab.evaluate("window.client.asked.length = 0")
    for step in range(20):
        tab.mouse.move(*at(0.5 + step / 50))
        tab.wait_for_timeout(20)
    scales = {one["question"]["panel"]["options"].get("desc_scale") for one in asked(tab, "paths")} - {None}
    stops = {0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096}
    assert len(scales) > 3
    assert scales <= stops
    channels = [one["channel"] for one in asked(tab, "merits")]
    assert channels in ([], ["curve"])  # a point of the curve may have been under way
    assert states(tab) == []
    question = [one["question"] for one in asked(tab, "paths") if one["channel"].startswith("0")][-1] | {"count": 2000}
    said = tab.locator(".panel dd").nth(1).text_content()
    assert said == "–" or question in judged  # never another stop's
    tab.mouse.up()
    (told_so,) = settled(tab)
    assert float(told_so["desc_scale"]) in stops
    tab.wait_for_timeout(200)
    assert asked(tab, "merits")


def test_an_exact_method_takes_any_desc_scale(tab):
    open_view(tab, {"left": "lookup"})
    track = tab.locator(".scale input").bounding_box()
    tab.mouse.click(track["x"] + 0.66 * track["width"], track["y"] + track["height"] / 2)
    stops = {0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096}
    assert float(settled(tab)[-1]["desc_scale"]) not in stops


@pytest.mark.parametrize("key", ["]", "ArrowRight"])
def test_ten_quick_presses_reach_the_tenth_stop(tab, key):
    open_view(tab, {"desc_scale": "0.01"})
    tab.locator(".scale input").focus()
    for _ in range(10):
        tab.keyboard.press(key)
    tab.wait_for_function("() => window.events.at(-1)?.query?.desc_scale === '32'")
    tab.wait_for_timeout(400)
    assert states(tab)[-1] == {"desc_scale": "32"}


def test_without_a_user_of_desc_scale_its_slider_is_not_there(tab):
    open_view(tab, {"left": "slow"})
    assert not tab.locator(".scale").is_visible()
    tab.get_by_role("button", name="Settings", exact=True).click()
    tab.locator(".drawer summary", has_text="Advanced").click()
    shown = tab.locator(".drawer .field > label").all_text_contents()
    visible = [name for name in shown if tab.get_by_label(name, exact=True).first.is_visible()]
    assert "Sampler" in visible
    assert "Guidance" in visible
    assert "desc_scale" not in visible
    assert "Adaptive jumps" not in visible
    assert "Field" not in visible


HOSTILE = "<img src=x onerror=window.broken=1>\"'><script>window.broken=1</script>"


def test_hostile_values_stay_text(tab):
    script = f"""
    const bad = {as_script(HOSTILE)};
    globalThis.hostileSpace = {{
      regions: [{{name: bad, colour: bad, symbol: bad, rings: [[[0, 0], [1, 0], [1, 1], [0, 0]]]}},
                {{name: "DOG", colour: "#D55E00", symbol: "square", rings: [[[-1, 0], [-2, 0], [-1, 1], [-1, 0]]]}}],
      concepts: [{{name: bad, embedding: [0, 0], regions: [bad]}}],
    }};
    """
    query = {
        "concept": HOSTILE,
        "points": HOSTILE,
        "seed": "1e999",
        "left": "__proto__",
        "layers": "constructor",
        "desc_scale": "-5",
    }
    tour = [{"sentence": HOSTILE, "query": {"concept": HOSTILE}}]
    with_text = {"text": HOSTILE, "tour": tour, "ink": {"light": {"text": HOSTILE}}}
    open_view(tab, query, with_text, script=script, tour=True)
    tab.wait_for_timeout(500)
    assert tab.evaluate("window.broken") is None
    assert tab.evaluate("window.place.querySelectorAll('img, script').length") == 0
    assert tab.locator(".panel").count() == 2
    svg = tab.evaluate("import('./take.js').then(({svgOf}) => typeof svgOf)")
    assert svg == "function"


def test_missing_weights_are_said_in_the_panel_and_can_be_asked_for(tab):
    open_view(tab)
    sentence = "There are no weights for desc_scale 16 yet."
    tab.evaluate(
        "(sentence) => { window.client.refusal = (channel, kind, question) => "
        "question.panel?.options.desc_scale === 16 ? sentence : null; }",
        sentence,
    )
    before = tab.locator(".panel canvas").nth(1).evaluate("(canvas) => canvas.toDataURL().length")
    tab.keyboard.press("]")
    tab.wait_for_timeout(400)
    panel = tab.locator(".panel").first
    assert sentence in panel.text_content()
    assert "97" not in panel.locator(".figures").text_content()
    assert abs(panel.locator("canvas").nth(1).evaluate("(canvas) => canvas.toDataURL().length") - before) < 0.2 * before
    assert "has no answer" in tab.locator(".lesson").text_content()
    panel.get_by_role("button", name="Train it now").click()
    assert tab.evaluate("window.events.at(-1)") == {"type": "train", "key": "method/cats-and-dogs/jumper?desc_scale=16"}
    tab.evaluate("() => { window.client.refusal = () => null; window.stage.update({}); }")
    tab.wait_for_timeout(400)
    assert not panel.locator(".failure").is_visible()


def test_a_space_that_cannot_be_loaded_leaves_the_last_picture(tab):
    open_view(tab)
    tab.evaluate("() => { window.stage.update({load: async () => { throw new Error('The server is away.'); }}); }")
    tab.evaluate("() => window.stage.update({query: {space: 'elsewhere'}})")
    tab.wait_for_timeout(300)
    assert tab.locator(".message").text_content() == "The server is away."
    assert tab.locator(".panel").count() == 2


def test_a_new_query_from_the_host_is_shown_and_not_echoed(tab):
    open_view(tab)
    tab.evaluate("() => window.stage.update({query: {concept: 'dog', steps: '4'}})")
    tab.wait_for_timeout(500)
    assert "DOG" in tab.locator(".lesson").text_content()
    assert tab.locator(".panel h2").first.text_content() == "Jumper · 4 steps"
    assert states(tab) == []


def test_it_mounts_in_a_shadow_root_and_goes_without_a_trace(tab):
    open_view(tab, shadow=True)
    assert tab.locator(".panel").count() == 2
    tab.keyboard.press("Space")
    tab.evaluate("window.stage.destroy()")
    assert tab.evaluate("window.place.childElementCount") == 0


def given_first(query):
    """Made-up answers to what two panels ask in the state of a query."""
    field = {"places": [0.0, 0.0] * 576, "displacement": [0.1, 0.0] * 576, "trust": [1.0] * 576}
    paths = {"states": [0.5] * 240, "times": [1.0, 0.5, 0.0], "evaluations": [0, 1, 2], "nfe": 2}
    judged = {"in_region": 0.125, "recall": 0.25, "nfe": 2, "count": 2000}
    return {"opening": {"query": query, "panels": [{"field": field, "paths": paths, "merits": judged}] * 2}}


def of_panels(tab):
    return [one["kind"] for one in tab.evaluate("window.client.asked") if one["channel"][0] in "01"]


def test_what_came_with_the_payload_is_not_asked_for_in_its_state(tab):
    open_view(tab, more=given_first({}))
    inside = tab.locator(".figures dd").nth(1)
    expect(inside).to_have_text("13 %")
    assert not {"field", "paths", "merits"} & {*of_panels(tab)}
    tab.get_by_role("button", name="animal").click()
    settled(tab)
    assert {"field", "paths", "merits"} <= {*of_panels(tab)}
    expect(inside).not_to_have_text("13 %")
    tab.evaluate("window.client.asked.length = 0")
    tab.get_by_role("button", name="cat", exact=True).click()
    settled(tab, 2)
    expect(inside).to_have_text("13 %")
    assert not {"field", "paths", "merits"} & {*of_panels(tab)}


def test_what_came_with_the_payload_is_forgotten_with_the_weights_that_it_is_of(tab):
    open_view(tab, more=given_first({}))
    tab.evaluate("window.stage.update({ forget: ['method/cats-and-dogs/jumper'] })")
    expect(tab.locator(".figures dd").nth(1)).not_to_have_text("13 %")
    assert {"field", "paths", "merits"} <= {*of_panels(tab)}


def test_what_came_for_another_state_is_not_shown(tab):
    open_view(tab, {"concept": "animal"}, given_first({}))
    assert {"field", "paths", "merits"} <= {*of_panels(tab)}
    assert "13 %" not in tab.locator(".figures").all_text_contents()


def test_questions_are_those_of_the_model(tab):
    open_view(tab, {"guidance": "2", "adaptive": "1"})
    tab.mouse.click(plane(tab)["x"] + 100, plane(tab)["y"] + 100)
    tab.wait_for_timeout(500)
    shared = {"space": "cats-and-dogs", "description_noise": 0.05, "concept": "cat", "seed": 0}
    left = {
        "method": "jumper",
        "options": {"desc_scale": 8},
        "sampler": "jump",
        "settings": {"threshold": 0.1, "enough": 0.95},
    }
    right = {"method": "slow", "options": {}, "sampler": "ddim", "settings": {}}
    left |= {"guidance": 1, "steps": 2, "t": 1}
    right |= {"guidance": 2, "steps": 16, "t": 0.7}
    by_channel = {one["channel"]: one["question"] for one in tab.evaluate("window.client.asked")}
    assert by_channel["0:field"] == {"shared": shared, "panel": left, "side": 24}
    assert by_channel["1:field"] == {"shared": shared, "panel": right, "side": 24}
    whole = {**right, "t": 1}  # the noise level is that of the arrows: what is dragged through it asks for nothing else
    assert by_channel["1:paths"] == {"shared": shared, "panel": whole, "count": 40}
    assert by_channel["1:merits"] == {"shared": shared, "panel": whole, "count": 2000}
    assert set(by_channel["0:point1"]) == {"shared", "panel", "start"}
    assert by_channel["0:pictures"].keys() == {"shared", "points", "size"}


def test_switching_a_layer_asks_for_nothing_that_is_drawn_already(tab):
    open_view(tab)
    tab.wait_for_timeout(500)
    drawn = "window.client.asked.filter(({kind, channel}) => kind !== 'merits' && !channel.startsWith('ready')).length"
    before = tab.evaluate(drawn)
    tab.get_by_role("button", name="Settings", exact=True).click()
    tab.get_by_label("arrows of the method").uncheck()
    assert settled(tab) == [{"layers": "pairs,regions,trails"}]
    assert tab.evaluate(drawn) == before


def test_pointing_at_a_picture_shows_its_point_in_every_panel(tab):
    open_view(tab)
    tab.locator(".panel").first.locator(".thumb").nth(3).hover()
    tab.wait_for_timeout(100)
    assert tab.locator(".thumb.pointed").count() == 2


def test_the_lessons_are_states_and_are_remembered(tab):
    open_view(tab, tour=True)
    assert tab.locator(".tour").is_visible()
    tab.get_by_role("button", name="Next").click()
    assert settled(tab) == [{"concept": "animal"}]
    tab.get_by_role("button", name="Close the lessons").click()
    tab.reload()
    tab.wait_for_selector(".panel")
    assert not tab.locator(".tour").is_visible()


def test_controls_can_be_left_away_and_presenting_ends(tab):
    open_view(tab, {"controls": "0"})
    assert not any(tab.locator(part).is_visible() for part in (".top", ".ask-row", ".transport"))
    open_view(tab, {"presenting": "1"})
    tab.get_by_role("button", name="End presentation").click()
    assert settled(tab) == [{}]
    assert tab.locator(".top").is_visible()


def told(label, nfe, share, recall=None, trained=True, error=None):
    merits = None if share is None else {"nfe": nfe, "in_region": share, "recall": recall, "miss": 0.1}
    return {"label": label, "trained": trained, "merits": merits, "error": error, "usesScale": False}


LESSONS = [
    ([("A", 2, 0.99), ("B", 16, 0.91)], "2 network calls put 99 % inside CAT; B needs 16 for 91 %."),
    ([("A", 16, 0.91), ("B", 2, 0.99)], "2 network calls of B put 99 % inside CAT; A needs 16 for 91 %."),
    ([("A", 2, 0.4), ("B", 16, 0.91)], "2 network calls put 40 % inside CAT; with 16, B puts 91 % there."),
    ([("A", 1, 0.9), ("B", 16, 0.91)], "1 network call puts 90 % inside CAT; B needs 16 for 91 %."),
    ([("A", 2, 0.3), ("B", 2, 0.4)], "With 2 network calls each, B puts 40 % inside CAT, A 30 %. Most miss in both."),
    ([("A", 2, 0.5), ("A", 4, 0.9)], "2 network calls of A put 50 % inside CAT; with 4, it puts 90 % there."),
    ([("A", 1, 1.0)], "1 network call of A puts 100 % inside CAT."),
    ([("A", 1, 0.9999)], "1 network call of A puts 99.9 % inside CAT."),
    ([("A", 3, 0.2)], "3 network calls of A put 20 % inside CAT: most miss."),
    ([("A", 2, None), ("B", 2, 0.5)], ""),
    ([("A", 2, float("nan"))], "A left the numbers: its samples are nowhere."),
    (
        [("A", 2, 0.2), ("B", 1, 0.9), ("C", 16, 0.5)],
        "1 network call of B puts 90 % inside CAT; C 50 % with 16, A 20 % with 2.",
    ),
]


@pytest.mark.parametrize(("panels", "sentence"), LESSONS)
def test_the_lesson_is_true_of_every_state(tab, panels, sentence):
    open_view(tab)
    script = "(panels) => import('./lesson.js').then(({lessonSentence}) => lessonSentence(panels, 'inside CAT'))"
    assert tab.evaluate(script, [told(*one) for one in panels]) == sentence


def test_the_second_sentence_names_the_price(tab):
    open_view(tab)
    script = "(panels) => import('./lesson.js').then(({secondSentence}) => secondSentence(panels, [], 8))"
    words = tab.evaluate(script, [told("A", 2, 0.99, 0.47), told("B", 16, 0.91, 0.86)])
    assert words == "The price: A comes near only 47 % of the real samples (recall), B near 86 %."


def test_no_module_names_a_method():
    for path in sorted(WEB.glob("*.js")):
        named = [method.name for method in METHODS if re.search(rf"""["'`]{method.name}["'`]""", path.read_text())]
        assert named == [], path.name


def test_the_view_s_svg_is_drawn_by_the_same_code(tab):
    open_view(tab)
    with tab.expect_download() as taken:
        tab.locator(".take summary").click()
        tab.get_by_role("button", name="Drawing (SVG)").click()
    text = Path(taken.value.path()).read_text()
    assert text.startswith("<svg xmlns=")
    assert text.count("<path") > 10
    assert ">CAT</text>" in text


def test_the_script_is_python_of_the_package(tab):
    open_view(tab, {"sampler": "heun", "guidance": "2"})
    with tab.expect_download() as taken:
        tab.locator(".take summary").click()
        tab.get_by_role("button", name="Python script").click()
    text = Path(taken.value.path()).read_text()
    compile(text, "script.py", "exec")
    assert 'world = World("cats-and-dogs", description_noise=0.05)' in text
    assert "guidance=2" in text
    assert 'sampler_of(method, "heun")' in text


def test_the_curve_of_the_state_that_the_page_opens_with_is_there_at_once_and_that_of_another_is_counted(tab):
    scales = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]
    points = [[scale, 2, 0.25, 0.125] for scale in scales]
    curves = {"steps": 2, "seed": 0, "figures": ["desc_scale", "nfe", "in_region", "recall"]}
    curves["spaces"] = {"cats-and-dogs": {"jumper": {"cat": points}}}
    open_view(tab, more={"curves": curves})
    asked_points = "window.client.asked.filter(({channel}) => channel === 'curve').length"
    line = tab.locator(".track polyline.solid")
    assert len({corner.split(",")[1] for corner in line.get_attribute("points").split()}) == 1
    assert len(line.get_attribute("points").split()) == len(scales)
    assert tab.evaluate(asked_points) == 0
    tab.get_by_role("button", name="dog").click()
    tab.wait_for_function(f"() => {asked_points} > 0")


# Weights at few values of desc_scale

STAND_IN = {"left": "settled", "right": "jumper", "right_steps": "2"}
UNION = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]


def drawn_at(tab, panel):
    """The values of desc_scale that a panel's paths were last asked at."""
    question = [one["question"] for one in asked(tab, "paths") if one["channel"] == f"{panel}:paths"][-1]
    return question["panel"]["options"].get("desc_scale")


def test_the_slider_keeps_the_stops_of_other_panels_and_a_panel_without_them_says_what_it_shows(tab):
    open_view(tab, {**STAND_IN, "desc_scale": "1024"})
    assert tab.evaluate("window.place.querySelectorAll('.stops .tick').length") == len(UNION)
    assert (drawn_at(tab, 0), drawn_at(tab, 1)) == (8, 1024)
    captions = tab.locator(".caption").all_text_contents()
    assert "trained at desc_scale 8 only" in captions[0]
    assert "trained at" not in captions[1]
    assert "Settled jumper (desc_scale\u00a08)" in tab.locator(".lesson").text_content()
    assert not tab.locator(".failure").first.is_visible()
    curve = {one["question"]["panel"]["method"] for one in asked(tab, "merits") if one["channel"] == "curve"}
    assert curve <= {"jumper"}  # the curve is of the panel that answers at all stops
    tab.locator(".scale input").focus()
    tab.keyboard.press("[")
    tab.wait_for_timeout(100)
    assert (drawn_at(tab, 0), drawn_at(tab, 1)) == (8, 512)
    for _ in range(6):
        tab.keyboard.press("[")
    tab.wait_for_timeout(100)
    assert (drawn_at(tab, 0), drawn_at(tab, 1)) == (8, 8)
    assert not tab.locator(".stand-in").first.is_visible()
    assert "(desc_scale" not in tab.locator(".lesson").text_content()


def test_the_value_that_is_not_there_can_be_trained_and_is_drawn_as_soon_as_it_is(tab):
    open_view(tab, {"left": "settled", "right": "slow", "desc_scale": "16"})
    tab.get_by_role("button", name="Train it at 16").click()
    key = "method/cats-and-dogs/settled?desc_scale=16"
    assert tab.evaluate("window.events.at(-1)") == {"type": "train", "key": key}
    none = "{place: 0, making: '', step: 0, steps: 0, since: 0, losses: [], reports: 0, sentence: ''}"
    training = f"{{follow: async (key) => ({{...{none}, state: key === {as_script(key)} ? 'done' : 'none'}})}}"
    tab.evaluate(
        f"() => {{ stage.destroy(); window.client.asked.length = 0; payload.training = {training}; "
        "import('./mount.js').then(({mount}) => { window.stage = mount(place, payload, () => {}); }); }"
    )
    tab.wait_for_function(
        "() => window.client.asked.some(({kind, question}) => "
        "kind === 'merits' && question.panel.options.desc_scale === 16)"
    )
    tab.wait_for_timeout(200)
    assert drawn_at(tab, 0) == 16
    assert not tab.locator(".stand-in").first.is_visible()


def test_where_nothing_can_be_trained_a_slider_without_a_choice_is_not_there(tab):
    open_view(tab, {"left": "settled", "right": "slow"}, {"trains": False})
    assert not tab.locator(".scale").is_visible()
    open_view(tab, {"left": "settled", "right": "jumper", "desc_scale": "16"}, {"trains": False})
    assert tab.locator(".scale").is_visible()
    assert "trained at desc_scale 8 only" in tab.locator(".caption").first.text_content()
    assert tab.get_by_role("button", name="Train it").count() == 0


def test_the_exact_answer_is_compared_at_the_value_that_is_drawn(tab):
    open_view(tab, {"left": "settled", "desc_scale": "64", "layers": "exact"})
    (exact,) = {
        one["question"]["panel"]["options"]["desc_scale"] for one in asked(tab, "field") if one["channel"] == "0:exact"
    }
    assert exact == 8


def test_the_server_is_not_asked_for_weights_that_do_not_exist(tab):
    """A browser takes the answer that there are none for a fault, and says so in its console."""
    script = """
    window.loads = [];
    window.follows = [];
    window.states = {};
    const none = {place: 0, making: "", step: 0, steps: 0, since: 0, losses: [], reports: 0, sentence: ""};
    const follow = async (key) => { window.follows.push(key); return {...none, state: window.states[key] ?? "none"}; };
    globalThis.lookingOut = (payload) => {
      const { load } = payload;
      const noting = (key) => { window.loads.push(key); return load(key); };
      Object.assign(payload, {client: null, training: {follow}, load: noting});
    };
    """
    open_view(tab, {"left": "jumper", "right": "settled", "right_steps": "2", "desc_scale": "5.5"}, script=script)
    tab.wait_for_timeout(500)
    missing = "method/cats-and-dogs/jumper?desc_scale=5.5"
    loads, follows = tab.evaluate("[window.loads, window.follows]")
    assert missing not in loads
    assert {"world/cats-and-dogs", "method/cats-and-dogs/jumper?desc_scale=4", "method/cats-and-dogs/settled"} <= {
        *loads
    }
    assert sorted(follows) == sorted([missing, "method/cats-and-dogs/settled?desc_scale=5.5"])  # each once
    tab.evaluate(
        "(key) => { window.states[key] = 'done'; window.stage.update({query: {left: 'jumper', right: ''}}); }", missing
    )
    assert missing not in tab.evaluate("window.loads")
    tab.evaluate("() => { window.stage.update({query: {description_noise: '0.2', left: 'slow', right: ''}}); }")
    noisy = "method/cats-and-dogs/slow?description_noise=0.2"
    tab.wait_for_function("(key) => window.follows.includes(key)", arg=noisy)
    tab.wait_for_timeout(300)
    assert noisy not in tab.evaluate("window.loads")


# The lessons


def test_the_lessons_say_which_one_is_shown_only_while_it_is(tab):
    open_view(tab, {"concept": "dog"}, tour=True)
    tour = tab.locator(".tour")
    assert tour.locator("strong").text_content() == "Lesson 1 of 4:"
    tour.get_by_role("button", name="Show me").click()
    assert settled(tab)[-1] == {}
    assert tour.locator("strong").text_content() == "1 of 4"
    assert not tour.get_by_role("button", name="Show me").is_visible()
    tour.get_by_role("button", name="Next").click()
    assert settled(tab, 2)[-1] == {"concept": "animal"}
    assert tour.locator("strong").text_content() == "2 of 4"
    tab.get_by_role("button", name="dog", exact=True).click()
    assert tour.locator("strong").text_content() == "Lesson 2 of 4:"
    tab.evaluate("() => window.stage.update({query: {desc_scale: '1024'}})")  # as by the browser's Back
    tab.wait_for_timeout(100)
    assert tour.locator("strong").text_content() == "3 of 4"
    assert "1024" in tour.locator("p").text_content()


# Two fingers

PINCH = """(moves) => {
  const canvas = window.place.querySelector(".touch");
  const box = canvas.getBoundingClientRect();
  canvas.setPointerCapture = () => {};
  for (const [type, id, x, y] of moves) {
    const at = {clientX: box.left + x * box.width, clientY: box.top + y * box.height};
    canvas.dispatchEvent(new PointerEvent(type, {pointerId: id, pointerType: "touch", bubbles: true, ...at}));
  }
}"""


def test_two_fingers_zoom_all_panels_about_their_middle_and_set_no_r(tab):
    open_view(tab)
    box, before = plane(tab), tab.evaluate(PICTURES_OF_PLANES)
    half = box["height"] / box["width"] / 10  # of the width, as high as a tenth of the height
    start = [("pointerdown", 1, 0.5 - half, 0.5), ("pointerdown", 2, 0.5 + half, 0.5)]
    tab.evaluate(PINCH, [*start, ("pointermove", 1, 0.5 - 2 * half, 0.5), ("pointermove", 2, 0.5 + 2 * half, 0.5)])
    tab.wait_for_timeout(300)
    assert tab.locator(".stage.zoomed").count() == 1
    after = tab.evaluate(PICTURES_OF_PLANES)
    assert all(one != other for one, other in zip(before, after, strict=True))
    tab.evaluate(PINCH, [("pointermove", 1, 0.5 - half, 0.5), ("pointermove", 2, 0.5 + half, 0.5)])
    tab.evaluate(PINCH, [("pointerup", 1, 0.5 - half, 0.5), ("pointerup", 2, 0.5 + half, 0.5)])
    tab.wait_for_function(
        f"(before) => JSON.stringify(({PICTURES_OF_PLANES})()) === JSON.stringify(before)", arg=before
    )
    assert tab.locator(".handle").count() == 0


def test_two_fingers_keep_the_place_between_them_under_them(tab):
    """A tap sets R where the pinch has left the place that was between the fingers."""
    open_view(tab)
    tab.evaluate(PINCH, [("pointerdown", 1, 0.5, 0.4), ("pointerdown", 2, 0.7, 0.4)])
    box = plane(tab)
    scale = 0.98 * min(box["width"], box["height"]) / 6
    held = 0.1 * box["width"] / scale, 0.1 * box["height"] / scale
    for spread in (0.11, 0.13, 0.16, 0.2):
        tab.evaluate(PINCH, [("pointermove", 1, 0.6 - spread, 0.4), ("pointermove", 2, 0.6 + spread, 0.4)])
    tab.evaluate(PINCH, [("pointerup", 1, 0.4, 0.4), ("pointerup", 2, 0.8, 0.4)])
    tab.evaluate(PINCH, [("pointerdown", 3, 0.6, 0.4), ("pointerup", 3, 0.6, 0.4)])
    tab.wait_for_timeout(200)
    assert asked(tab, "point")[-1]["question"]["start"] == pytest.approx(held, abs=0.02)


def test_a_finger_that_is_lifted_leaves_the_other_panning(tab):
    open_view(tab)
    tab.evaluate(PINCH, [("pointerdown", 1, 0.4, 0.5), ("pointerdown", 2, 0.6, 0.5), ("pointermove", 2, 0.8, 0.5)])
    tab.evaluate(PINCH, [("pointerup", 2, 0.8, 0.5)])
    tab.wait_for_timeout(200)
    before = tab.evaluate(PICTURES_OF_PLANES)
    tab.evaluate(PINCH, [("pointermove", 1, 0.45, 0.5), ("pointermove", 1, 0.5, 0.5)])
    tab.wait_for_timeout(200)
    assert tab.evaluate(PICTURES_OF_PLANES) != before
    tab.evaluate(PINCH, [("pointerup", 1, 0.5, 0.5)])
    assert tab.locator(".handle").count() == 0


# Browsers that lack something

NO_CANVAS = "HTMLCanvasElement.prototype.getContext = () => null;"


def plain_text(tab, panel=0):
    """The text of a panel's plain drawing."""
    return tab.locator(".plane").nth(panel).locator("img.plain").evaluate("(one) => decodeURIComponent(one.src)")


def test_without_a_canvas_there_is_a_plain_drawing_and_a_sentence(tab):
    tab.add_init_script(NO_CANVAS)
    open_view(tab, {"layers": "pairs,regions,field,trails,density,trust"})
    tab.wait_for_timeout(500)
    assert "This browser draws no canvas" in tab.locator(".message").first.text_content()
    text = plain_text(tab)
    assert text.count("<path") > 10
    assert ">CAT</text>" in text
    images = tab.locator("img.plain")
    assert images.evaluate_all("(all) => all.map((one) => one.naturalWidth > 100)") == [True, True]
    assert not tab.locator(".thumb").first.is_visible()
    before = plain_text(tab, 1)
    tab.keyboard.press(",")  # one call back: the points are elsewhere
    tab.wait_for_function(
        "(before) => decodeURIComponent(window.place.querySelectorAll('img.plain')[1].src) !== before",
        arg=before,
    )
    tab.mouse.click(plane(tab)["x"] + 100, plane(tab)["y"] + 100)
    tab.wait_for_timeout(300)
    assert tab.locator(".handle").count() == 2


def test_with_a_canvas_there_is_no_such_sentence(tab):
    open_view(tab)
    assert tab.locator("img.plain").count() == 0
    assert "canvas" not in tab.locator(".stage").text_content()
