"""A server with the page and a Chromium to look at it: for the browser tests and the benchmark.

The browser is `CHROMIUM` (a path), a Chromium or Chrome on the PATH, one in the usual place on macOS, or playwright's own.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

ROOT = Path(__file__).parents[1]
NAMES = (  # the shell first: it draws no window, and is a third quicker
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"),
)
MACOS = tuple(
    Path(folder, f"{name}.app", "Contents", "MacOS", name)
    for folder in ("/Applications", Path.home() / "Applications")
    for name in ("Chromium", "Google Chrome", "Microsoft Edge")
)
QUIET = (  # nothing of the browser's own may go over the net, and no graphics card is needed
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IDLE = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
START = 120  # seconds that the server may take until it answers

# The stage, in the shadow root of its component.
STAGE = """[...document.querySelectorAll(".st-key-stage *")]
  .map(element => element.shadowRoot?.querySelector(".stage")).find(Boolean)"""
# Every panel has a ground of more than one colour, and the lesson has its sentence.
PAINTED = f"""() => {{
  const stage = {STAGE};
  const painted = canvas => {{
    if (canvas.width === 0) return false;
    const copy = Object.assign(document.createElement("canvas"), {{width: canvas.width, height: canvas.height}});
    const pen = copy.getContext("2d", {{willReadFrequently: true}});  // the browser would complain of the page's own canvas
    pen.drawImage(canvas, 0, 0);
    const pixels = pen.getImageData(0, 0, copy.width, copy.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size > 1;
  }};
  const panels = [...stage?.querySelectorAll(".panel") ?? []];
  return panels.length > 0 && panels.every(panel => painted(panel.querySelector("canvas")))
    && stage.querySelector(".lesson").textContent !== "" && !stage.classList.contains("busy");
}}"""
# What tells one picture from another: every pixel of the panels, their figures and the lesson.
PICTURE = f"""() => {{
  const stage = {STAGE};
  const seen = [...stage?.querySelectorAll(".plane canvas") ?? []].map(canvas => canvas.toDataURL());
  seen.push(...[...stage?.querySelectorAll(".panel h2, .panel dd, .lesson") ?? []].map(part => part.textContent));
  let hash = 0;
  for (const letter of seen.join("|")) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return String(hash);
}}"""
# Painted, and the same for some frames: asked at every frame, since it was last begun.
BEGIN = "() => { window.settling = {picture: null, frames: 0}; }"
SETTLED = f"""() => {{
  const now = ({PAINTED})() ? ({PICTURE})() : null;
  const same = now !== null && now === window.settling?.picture;
  window.settling = {{picture: now, frames: same ? window.settling.frames + 1 : 0}};
  return window.settling.frames >= 5;
}}"""


class NoBrowserError(RuntimeError):
    """No Chromium was found."""


def chromium(play: Playwright) -> str:
    """The path of a Chromium; NoBrowserError with a sentence that says where was looked."""
    named = os.environ.get("CHROMIUM")
    if named:
        if Path(named).is_file():
            return named
        raise NoBrowserError(f"CHROMIUM names {named}, which is no file.")
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    elsewhere = next((str(path) for path in (*MACOS, Path(play.chromium.executable_path)) if path.is_file()), None)
    if found := on_path or elsewhere:
        return found
    raise NoBrowserError(
        "No Chromium or Chrome was found on the PATH, in Applications or with playwright: "
        "name one in the environment variable CHROMIUM."
    )


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium; NoBrowserError if there is none."""
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium(play), args=[*QUIET])
        try:
            yield running
        finally:
            running.close()


@contextmanager
def page(running: Browser, **options: object) -> Iterator[Page]:
    """A page in a context of its own (nothing cached), 1280x720 unless the options of `new_context` say otherwise."""
    context = running.new_context(**{"viewport": {"width": 1280, "height": 720}, **options})
    context.set_default_timeout(30_000)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def server(cache: Path, app: str = "app.py", pids: list[int] | None = None, base: str = "") -> Iterator[str]:
    """The page served from this folder, with weights trained into `cache`: its address, once it answers.

    `pids` is told the number of its process; `base` is the path that it is under.
    """
    port = free_port()
    address = f"http://localhost:{port}{base}"
    options = ["--server.headless", "true", "--server.port", str(port), "--server.address", "localhost"]
    options += ["--server.baseUrlPath", base]
    log = cache.with_suffix(".log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", app, *options],
        cwd=ROOT,
        env={**os.environ, "SANDBOX_CACHE": str(cache), "PYTHONPATH": str(ROOT)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    if pids is not None:
        pids.append(process.pid)
    try:
        _wait_until_healthy(process, address, log.name)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def open_settled(tab: Page, address: str) -> None:
    """Open an address and wait until all panels are painted and nothing is under way."""
    tab.goto(address)
    settle(tab)


def settle(tab: Page) -> None:
    """Wait until the script has run and the panels have come to rest."""
    tab.wait_for_selector(IDLE)
    tab.evaluate(BEGIN)
    tab.wait_for_function(SETTLED)


def picture(tab: Page) -> str:
    """What the panels show, as a short text."""
    return str(tab.evaluate(PICTURE))


def settle_on_another(tab: Page, before: str) -> None:
    """Wait until the panels show another picture than before, and have come to rest."""
    tab.wait_for_function(f"before => ({PAINTED})() && ({PICTURE})() !== before", arg=before)
    settle(tab)


def _wait_until_healthy(process: subprocess.Popen[bytes], address: str, log: str) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer within {START} s:\n{Path(log).read_text()}")
