"""What follows the hand on the stage: drags, play and scrub, changes that need the server, for `make bench`."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Route

from tests.bench_looks import ANSWERED, FRAMES, SCRUB, STAGE, TAP
from tests.bench_paint import PATIENCE
from tests.bench_table import Row
from tests.browser import IDLE, page

LIVE = ("field", "paths", "point")
THREE = "?third=drifting&third_steps=1"
SECONDS = 3.5  # of play or scrub
PLACES = ("Moons", "Rings", "Blobs")


@contextmanager
def tapped(chromium: Browser, address: str, query: str = "") -> Iterator[Page]:
    """The page with its module tapped, once nothing is under way; lessons closed."""
    with page(chromium) as tab:
        tab.set_default_timeout(PATIENCE)
        tab.route("**/stage/text/stage.js*", _with_tap)
        tab.add_init_script("localStorage.setItem('coalescer-sandbox-tour', 'seen')")
        tab.goto(f"{address}/{query}")
        tab.wait_for_selector(IDLE)
        tab.wait_for_function("() => globalThis.tap?.asks.length > 0")
        tab.wait_for_function(ANSWERED)
        tab.wait_for_timeout(1000)
        yield tab


def _with_tap(route: Route) -> None:
    fetched = route.fetch()
    route.fulfill(response=fetched, body=fetched.text().replace("export { mount };", f"{TAP}export {{ mount }};"))


def took(asks: list[dict], kinds: tuple[str, ...]) -> list[float]:
    """Milliseconds from each input to the frame that shows it or a later one, in all panels.

    A question that a later one of its channel overtook is shown with that one.
    """
    shown: dict[str, float] = {}
    latest: dict[float, float] = {}
    for ask in reversed([ask for ask in asks if ask["kind"] in kinds and ask["channel"][0].isdigit()]):
        assert not ask["error"], ask["error"]
        if not ask["lost"]:
            shown[ask["channel"]] = min(ask["shown"], shown.get(ask["channel"], math.inf))
        if ask["channel"] in shown:
            latest[ask["from"]] = max(shown[ask["channel"]], latest.get(ask["from"], 0))
    return [frame - begun for begun, frame in latest.items()]


class Drag:
    """One drag: what was sent while the pointer was down, and how long each movement and the letting go took."""

    def __init__(self, tab: Page, places: list[tuple[float, float]]) -> None:
        self.sent: list[str] = []
        tab.evaluate("() => { tap.asks = []; tap.of = 'pointermove'; }")
        tab.mouse.move(*places[0])
        down = True
        tab.on("request", lambda request: down and self.sent.append(request.url))
        session = tab.context.new_cdp_session(tab)
        session.send("Network.enable")
        session.on("Network.webSocketFrameSent", lambda _: down and self.sent.append("a message to the server"))
        tab.mouse.down()
        for place in places[1:]:
            tab.mouse.move(*place)
        tab.wait_for_timeout(300)
        down = False
        tab.evaluate("() => { tap.of = 'pointerup'; }")
        tab.mouse.up()
        tab.wait_for_timeout(100)
        tab.wait_for_function(ANSWERED)
        tab.wait_for_timeout(100)
        asks = tab.evaluate("() => tap.asks")
        self.moves, self.settled = took(asks, LIVE), took(asks, ("merits",))
        session.detach()


def hand_rows(chromium: Browser, address: str, quick: bool) -> Iterator[Row]:
    """Drags with two and with three panels; play and scrub; what needs the server; the arrow keys."""
    sweeps = 1 if quick else 3
    settled: list[float] = []
    for panels, query, asked in ((2, "", "33"), (3, THREE, "50")):
        with tapped(chromium, address, query) as tab:
            drags = {"desc_scale": [Drag(tab, over_stops(tab, turn)) for turn in range(sweeps)]}
            drags["R"] = [Drag(tab, around(tab, turn)) for turn in range(sweeps)]
            tab.get_by_role("button", name="Settings").click()
            drags["the noise level t"] = [Drag(tab, over_levels(tab, turn)) for turn in range(sweeps)]
        for what, made in drags.items():
            moves = [took for drag in made for took in drag.moves]
            yield Row(f"drag of {what}, {panels} panels: movement to frame", "ms", f"p95 {asked}", moves)
            yield Row(f"drag of {what}, {panels} panels: sent while down", "", "0", [sum(len(d.sent) for d in made)])
            settled += [took for drag in made for took in drag.settled]
    yield Row("figures of merit after letting go", "ms", "400", settled)
    for steps, points, asked in ((2, 40, "50"), (50, 500, "30")):
        query = f"?steps={steps}&right_steps={steps}&points={points}".replace("?steps=2&", "?").replace(
            "&points=40", ""
        )
        with tapped(chromium, address, query) as tab:
            played, scrubbed = [], []
            for _ in range(1 if quick else 3):
                tab.get_by_role("button", name="Play").click()
                played.append(tab.evaluate(FRAMES, [1000 * SECONDS, ""]))
                tab.wait_for_timeout(1500)
                scrubbed.append(tab.evaluate(FRAMES, [1000 * SECONDS, SCRUB]))
                tab.wait_for_timeout(300)
                tab.evaluate(FRAMES, [100, SCRUB.replace("500 + 480 * Math.sin(frame / 15)", "1000")])
        yield Row(f"play, {steps} steps, {points} points", "frames/s", asked, played)
        yield Row(f"scrub, {steps} steps, {points} points", "frames/s", asked, scrubbed)
    for turn in ("of the first visitor", "that others asked for too"):
        with tapped(chromium, address) as tab:
            asked = "150 / 300" if turn.startswith("that") else ""
            yield Row(f"another space or method {turn}", "ms", asked, changes(tab))
    with tapped(chromium, address) as tab:
        right = [right_stop(tab) for _ in range(5 if quick else 20)]
        yield Row(f"ten quick arrow presses, right stop of {len(right)}", "times", "all", [sum(right)])


def over_stops(tab: Page, turn: int) -> list[tuple[float, float]]:
    """From where the slider stands over every stop to both ends, to end at another one than before."""
    box = tab.evaluate(
        f"""() => {{
          const box = {STAGE}.querySelector(".scale input").getBoundingClientRect();
          const ticks = [...{STAGE}.querySelectorAll(".stops .tick")].map(tick => tick.getBoundingClientRect().left);
          const at = Number({STAGE}.querySelector(".scale input").value) / 1000;
          return {{ticks, y: box.top + box.height / 2, x: box.left + 10 + at * (box.width - 20)}};
        }}"""
    )
    stops = box["ticks"]
    here = min(range(len(stops)), key=lambda i: abs(stops[i] - box["x"]))
    order = [*range(here, len(stops)), *range(len(stops) - 2, -1, -1), *range(1, 6 + turn)]
    return [(stops[i], box["y"]) for i in order]


def around(tab: Page, turn: int) -> list[tuple[float, float]]:
    """Twice around the middle of the first panel."""
    box = tab.locator(".plane").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    far = 0.3 * min(box["width"], box["height"])
    angles = [2 * math.pi * i / 40 + turn for i in range(81)]
    return [(x + far * math.cos(angle), y + far * math.sin(angle)) for angle in angles]


def over_levels(tab: Page, turn: int) -> list[tuple[float, float]]:
    """There and back on the slider of t."""
    slider = tab.get_by_role("slider", name="Arrows at noise level t")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    shares = [0.7 - 0.015 * i for i in range(40)] + [0.1 + 0.015 * i for i in range(40 + turn)]
    return [(box["x"] + share * box["width"], box["y"] + box["height"] / 2) for share in shares]


def changes(tab: Page) -> list[float]:
    """Milliseconds from a choice to the frame that shows it, for spaces and then for methods."""
    tab.get_by_role("button", name="Settings").click()
    seen = []
    for label, values in (
        ("Space", ("moons", "rings", "blobs", "cats-and-dogs")),
        ("Second panel", ("flow-matching", "drifting", "meanflow", "consistency")),
    ):
        for value in values:
            seen += timed(
                tab, lambda label=label, value=value: tab.get_by_label(label, exact=True).select_option(value)
            )
    return seen


def timed(tab: Page, act: Callable[[], object]) -> list[float]:
    tab.evaluate("() => { tap.asks = []; tap.of = 'input'; }")
    act()
    tab.wait_for_function(ANSWERED)
    return took(tab.evaluate("() => tap.asks.filter(asked => asked.kind !== 'merits')"), LIVE)


def right_stop(tab: Page) -> bool:
    """Whether ten presses of the arrow from the lowest stop end at the eleventh."""
    slider = tab.get_by_role("slider", name="Weight of the description")
    slider.press("Home")
    tab.wait_for_function(ANSWERED)
    for _ in range(10):
        slider.press("ArrowRight")
    tab.wait_for_timeout(800)
    return tab.locator(".scale .now").inner_text().startswith("64:") and "desc_scale=64" in tab.url
