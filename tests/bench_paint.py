"""First paint, bytes and what the server answers: the stage, the page before and the floor, for `make bench`."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlparse

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as Late

from tests.bench_looks import (
    CHART_PAINTED,
    STAGE_IN_PLACE,
    STAGE_JUDGED,
    STAGE_PAINTED,
    TEXT_PAINTED,
    WATCH,
)
from tests.bench_table import Row
from tests.browser import IDLE, ROOT, page, server

PATIENCE = 120_000  # ms
HANGS = 10_000  # ms after which a page does not answer any more
MB = 1e6
STOPS = ("ArrowRight",) * 7 + ("ArrowLeft",) * 12


def served(stack: ExitStack, folder: Path) -> dict[str, str]:
    """The addresses of the page, of the one before and of the floor, each with a server of its own."""
    apps = {"now": "app.py", "before": "tests/bench_before.py", "floor": "tests/bench_floor.py"}
    return {name: stack.enter_context(server(folder / name, app)) for name, app in apps.items()}


def paint_rows(chromium: Browser, addresses: dict[str, str], quick: bool) -> Iterator[Row]:
    """First paint and reload of all three, in turns, each time in a browser that has nothing cached."""
    painted = {"now": STAGE_PAINTED, "before": CHART_PAINTED, "floor": TEXT_PAINTED}
    for name, address in addresses.items():
        visit(chromium, address, painted[name])  # the server's first visitor
    seen = {
        name: [visit(chromium, addresses[name], painted[name]) for _ in range(3 if quick else 7)] for name in painted
    }
    for i, (what, unit, asked) in enumerate(
        (
            ("first paint, cold browser, warm server", "s", "half before"),
            ("the same, to the figures of merit", "s", ""),
            ("the same, to the page around it", "s", ""),
            ("reload to paint", "s", "half before"),
            ("bytes until painted", "MB", "3.2"),
            ("bytes until nothing is under way", "MB", ""),
        )
    ):
        yield Row(what, unit, asked, *([visit[i] for visit in seen[name]] for name in painted))


def visit(chromium: Browser, address: str, painted: str) -> tuple[float, ...]:
    """Seconds to the first paint, the figures of merit, all of the page and a reload's paint; megabytes painted and at rest."""
    with page(chromium) as tab:
        tab.set_default_timeout(PATIENCE)
        sizes: list[float] = []
        session = tab.context.new_cdp_session(tab)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        tab.goto(address, wait_until="commit")
        first = clocked(tab, painted)
        until_painted = sum(sizes)
        judged = clocked(tab, STAGE_JUDGED) if painted is STAGE_PAINTED else first
        whole = clocked(tab, STAGE_IN_PLACE) if painted is STAGE_PAINTED else first
        tab.wait_for_load_state("networkidle")
        at_rest = sum(sizes)
        tab.reload(wait_until="commit")
        again = clocked(tab, painted)
        return first, judged, whole, again, until_painted / MB, at_rest / MB


def clocked(tab: Page, painted: str) -> float:
    """Seconds from the navigation until something is so."""
    return float(tab.wait_for_function(f"() => ({painted})() && performance.now() / 1000").json_value())


def before_rows(chromium: Browser, addresses: dict[str, str], quick: bool) -> Iterator[Row]:
    """What the page before and the floor take from an input to another picture."""
    keys = STOPS[:8] if quick else STOPS
    slides = {}
    for name in ("before", "floor"):
        with page(chromium) as tab:
            ready(tab, addresses[name], CHART_PAINTED if name == "before" else TEXT_PAINTED)
            slider = tab.get_by_role("slider")
            slides[name] = [moved(tab, lambda key=key, slider=slider: slider.press(key)) for key in keys]
    yield Row("arrow key on desc_scale to another picture", "ms", "", (), slides["before"], slides["floor"])
    with page(chromium) as tab:
        ready(tab, addresses["before"], CHART_PAINTED)
        names = ("moons", "rings", "blobs", "cats-and-dogs", "flow-matching", "drifting", "meanflow", "diffusion")
        for turn in ("of the first visitor", "that others asked for too"):
            took = [moved(tab, tab.get_by_text(name, exact=True).click) for name in names]
            yield Row(f"another space or method {turn}", "ms", "150 / 300" if turn.startswith("that") else "", (), took)
        right = [right_stop(tab, addresses["before"]) for _ in range(5 if quick else 20)]
        yield Row(f"ten quick arrow presses, right stop of {len(right)}", "times", "all", (), [sum(right)])


def ready(tab: Page, address: str, painted: str) -> None:
    tab.set_default_timeout(PATIENCE)
    tab.goto(address)
    clocked(tab, painted)
    tab.wait_for_selector(IDLE)
    tab.evaluate(WATCH)


def moved(tab: Page, move: Callable[[], None]) -> float:
    """Milliseconds from a move to the first frame with another picture."""
    move()
    took = tab.wait_for_function("() => seen.took !== null && [seen.took]").json_value()[0]
    tab.wait_for_selector(IDLE)
    tab.wait_for_timeout(150)  # plotly draws twice
    return float(took)


def right_stop(tab: Page, address: str) -> bool:
    """Whether ten presses of the arrow from the lowest stop end at the eleventh in what is drawn; not if it hangs."""
    slider = tab.get_by_role("slider")
    slider.press("Home")
    tab.wait_for_timeout(1500)
    for _ in range(10):
        slider.press("ArrowRight")
    try:
        tab.get_by_text("shown: 64", exact=True).wait_for(timeout=HANGS)
        tab.wait_for_selector(IDLE, timeout=HANGS)
    except Late:
        ready(tab, address, CHART_PAINTED)
        return False
    return True


def lesson_rows(chromium: Browser, folder: Path, quick: bool) -> Iterator[Row]:
    """One file that holds the stage: its size, its first frame, what it asks for."""
    file = folder / "lesson.html"
    subprocess.run(
        [sys.executable, "-m", "sandbox", "page", "--out", str(file)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    first, asked = [], 0
    for _ in range(3 if quick else 7):
        with page(chromium) as tab:
            tab.set_default_timeout(PATIENCE)
            requests: list[str] = []
            tab.on("request", lambda request, requests=requests: requests.append(urlparse(request.url).scheme))
            tab.goto(file.as_uri(), wait_until="commit")
            first.append(clocked(tab, STAGE_PAINTED))
            clocked(tab, STAGE_JUDGED)
            asked += len([scheme for scheme in requests if scheme not in ("blob", "data")]) - 1
    yield Row("lesson.html", "MB", "3", [file.stat().st_size / MB])
    yield Row("lesson.html from disk to the first frame", "s", "1", first)
    yield Row("lesson.html, requests beside the file", "", "0", [asked])
