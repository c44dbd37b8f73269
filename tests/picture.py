"""The README's picture of the page: `python -m tests.picture` (`make picture`)."""

import io
import tempfile
from pathlib import Path

from PIL import Image

from tests.browser import ROOT, browser, open_settled, server


def main() -> None:
    """Open the page as a visitor would, and keep what is seen in docs/page.png."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder, "cache")) as address, browser() as running:
        tab = running.new_page(viewport={"width": 1280, "height": 720})
        open_settled(tab, address)
        seen = tab.screenshot()
    small = Image.open(io.BytesIO(seen)).convert("RGB").quantize(128)  # a third of the size, and no one sees it
    small.save(ROOT / "docs" / "page.png", optimize=True)


if __name__ == "__main__":
    main()
