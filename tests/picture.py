"""The README's pictures of the page: `python -m tests.picture` (`make picture`).

docs/page.png is the first screen; docs/stage.webp moves: play, then desc_scale and R are dragged with the mouse.
"""

import io
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browser import ROOT, browser, open_settled, server

FRAME = 80  # ms of a frame of the animation
SMALL = (880, 495)  # pixels of the animation
CLOSED = "localStorage.setItem('coalescer-sandbox-tour', 'seen')"  # the lessons, which a first visit opens with
QUALITY = 45


def main() -> None:
    """Open the page as a visitor would, and keep what is seen."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder, "cache")) as address, browser() as running:
        tab = running.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        tab.add_init_script(CLOSED)
        open_settled(tab, address)
        tab.wait_for_load_state("networkidle")
        tab.wait_for_timeout(5_000)  # for the figures of both panels, and all pictures
        seen = photograph(tab)
        frames = [photograph(tab) for _ in moments(tab)]
    small = seen.quantize(128)  # a third of the size, and no one sees it
    small.save(ROOT / "docs" / "page.png", optimize=True)
    first, *others = [frame.resize(SMALL, Image.Resampling.LANCZOS) for frame in frames]
    how = {"save_all": True, "append_images": others, "duration": FRAME, "loop": 0, "quality": QUALITY, "method": 6}
    first.save(ROOT / "docs" / "stage.webp", **how)


def photograph(tab: Page) -> Image.Image:
    return Image.open(io.BytesIO(tab.screenshot())).convert("RGB")


def moments(tab: Page) -> Iterator[None]:
    """The page at each moment of the animation."""
    scrub = tab.get_by_label("How far the points have gone")
    for k in [*range(0, 101, 6), *[100] * 3]:
        scrub.evaluate("(scrub, at) => { scrub.value = at; scrub.dispatchEvent(new Event('input')); }", str(10 * k))
        yield
    yield from dragged(tab, over_the_scale(tab))
    yield from dragged(tab, around_the_first_panel(tab))


def dragged(tab: Page, places: list[tuple[float, float]]) -> Iterator[None]:
    """The mouse goes down at the first place, and lets go at the last."""
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place)
        tab.wait_for_timeout(250)  # until the answer is drawn, on a slow machine too
        yield
    tab.mouse.up()


def over_the_scale(tab: Page) -> list[tuple[float, float]]:
    """From where desc_scale stands to its upper cliff, and back."""
    box = tab.get_by_label("Weight of the description").bounding_box()
    here = float(tab.get_by_label("Weight of the description").input_value()) / 1000
    shares = [here + (0.92 - here) * math.sin(math.pi * i / 16) for i in range(17)]
    return [(box["x"] + 10 + share * (box["width"] - 20), box["y"] + box["height"] / 2) for share in shares]


def around_the_first_panel(tab: Page) -> list[tuple[float, float]]:
    """Once around the middle."""
    box = tab.locator(".stage .plane").first.bounding_box()
    x, y, far = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 0.36 * min(box["width"], box["height"])
    angles = [2 * math.pi * i / 18 for i in range(19)]
    return [(x + far * math.cos(angle), y - far * math.sin(angle)) for angle in angles]


if __name__ == "__main__":
    main()
