"""How long it takes: the page in a browser, training, the index. `make bench`, or `python -m tests.bench --quick`.

What is printed is the median, and the least and the most of what was seen. A busy machine makes everything slower: look at
the load that is printed first, and at nothing but ratios when it is above the number of processors.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from playwright.sync_api import Browser, Page

from sandbox.methods import Coalescer, Diffusion, Trained
from sandbox.pairs import PairIndex, Pairs, World, descriptions_of, make_pairs
from tests.browser import CHART, PAINTED, NoBrowserError, browser, open_settled, page, server, settle

QUERIES = 1000
DESC_SCALE = 8.0
STOPS = ("ArrowRight",) * 7 + ("ArrowLeft",) * 12  # from 8 up to 1024 and down to .25: seven of them are seen twice
CONCEPTS = ("dog", "animal", "none", "cat") * 3

# From an input (a key, a click) to the first frame in which a mark has changed, and to the first in which a chart that can be
# seen has changed marks and the height of its place. Times are the browser's own, in milliseconds.
WATCH = f"""() => {{
  const charts = () => [...document.querySelectorAll("{CHART}")].filter(chart => chart.checkVisibility());
  const marks = chart => [...chart.querySelectorAll(".shapelayer path")].map(mark => mark.getAttribute("d"));
  const other = chart => {{
    const now = marks(chart);
    return now.length > 0 && (now.length !== bench.before.length || now.some((mark, i) => mark !== bench.before[i]));
  }};
  const place = chart => chart.closest("[data-testid=stPlotlyChart]");
  const final = chart => Math.abs(chart.clientHeight - place(chart).clientHeight) < 2;
  const look = () => {{
    const changed = charts().filter(other);
    if (changed.length > 0) bench.first ??= performance.now() - bench.input;
    if (changed.some(final)) bench.last = performance.now() - bench.input;
    else requestAnimationFrame(look);
  }};
  const begin = event => {{
    bench.input = event.timeStamp;
    bench.first = bench.last = null;
    bench.before = marks(charts()[0]);
    requestAnimationFrame(look);
  }};
  window.bench = {{before: [], first: null, last: null}};
  addEventListener("keydown", begin, true);
  addEventListener("pointerdown", begin, true);
}}"""


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    seen: list[float]
    unit: str
    target: str = ""

    def line(self) -> str:
        middle, low, high, p95 = (f"{float(f'{np.percentile(self.seen, share):.3g}'):,g}" for share in (50, 0, 100, 95))
        if len(self.seen) < 10:
            p95 = ""
        return (
            f"{self.what:<66} {middle:>9} {self.unit:<2} {low:>9} {high:>9} {p95:>9} {len(self.seen):>4}  {self.target}"
        )


def main() -> None:
    """Measure everything and print it line by line."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, no training, no million of pairs")
    quick = parser.parse_args().quick
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"Python {platform.python_version()}, torch {torch.__version__}, {os.cpu_count()} processors, load {load}")
    print(f"{'measured':<66} {'median':>9} {'':<2} {'least':>9} {'most':>9} {'p95':>9} {'n':>4}")
    for measure in (page_times, training_times, index_times):
        for figure in measure(quick):
            print(figure.line(), flush=True)


def page_times(quick: bool) -> Iterator[Figure]:
    """The page on a server that is warm, in a browser that is not."""
    try:
        with TemporaryDirectory() as folder, browser() as chromium, server(Path(folder) / "cache") as address:
            yield from _page_times(chromium, address, quick)
    except NoBrowserError as error:
        print(f"No times of the page: {error}")


def _page_times(chromium: Browser, address: str, quick: bool) -> Iterator[Figure]:
    first_paint(chromium, address)  # the server's first visitor
    seen = [first_paint(chromium, address) for _ in range(3 if quick else 7)]
    yield Figure("page: navigation to both panels' marks, nothing cached", seen, "s", "target 3 s or less")
    with page(chromium) as tab:
        tab.set_default_timeout(120_000)
        open_settled(tab, address)
        tab.evaluate(WATCH)
        slider = tab.get_by_role("slider", name="desc_scale")
        stops = [moved(tab, lambda key=key: slider.press(key)) for key in (STOPS[:6] if quick else STOPS)]
        yield Figure("page: arrow key on desc_scale to the first changed mark", [s[0] for s in stops], "ms")
        yield Figure(
            "page: arrow key on desc_scale to the panels at their final size",
            [s[1] for s in stops],
            "ms",
            "target 600 ms or less",
        )
        seen = []
        for concept in CONCEPTS[:4] if quick else CONCEPTS:
            choice = tab.get_by_role("radio", name=concept, exact=True)
            seen.append(moved(tab, choice.click)[1])
        yield Figure("page: click on a concept to the panels at their final size", seen, "ms")


def first_paint(chromium: Browser, address: str) -> float:
    """Seconds from the navigation to both panels' marks, in a context that has nothing cached."""
    with page(chromium) as tab:
        tab.set_default_timeout(120_000)
        tab.goto(address, wait_until="commit")
        seconds = tab.wait_for_function(f"() => ({PAINTED})() && performance.now() / 1000").json_value()
        settle(tab)
        return float(seconds)


def moved(tab: Page, move: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds from a move to the first changed mark, and to the final picture."""
    move()
    tab.wait_for_function("() => bench.last !== null")
    first, last = tab.evaluate("() => [bench.first, bench.last]")
    settle(tab)
    return float(first), float(last)


def training_times(quick: bool) -> Iterator[Figure]:
    """The default recipes, once each: they always take the same steps."""
    if quick:
        return
    recipes: tuple[Trained, ...] = (Coalescer(), Diffusion())
    for recipe in recipes:
        wall, processor = time.perf_counter(), time.process_time()
        for _ in recipe.train(every=recipe.training_steps):
            pass
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        target = "target 15 s or less" if isinstance(recipe, Coalescer) else ""
        yield Figure(f"training: {recipe.name}, {recipe.training_steps:,} steps, one thread", [wall], "s", target)
        yield Figure(f"training: {recipe.name}, the processor's own time", [processor], "s")


def index_times(quick: bool) -> Iterator[Figure]:
    """The ball trees against looking at every pair; both must find the same distances."""
    for n in (1_000, 10_000, 100_000) if quick else (1_000, 10_000, 100_000, 1_000_000):
        world = World(pairs=n)
        pairs, repeats = make_pairs(world), 1 if n == 1_000_000 else 3
        builds = [seconds(lambda pairs=pairs: PairIndex(pairs, DESC_SCALE)) for _ in range(repeats)]
        yield Figure(f"index: {n:>9,} pairs, build", builds, "s")
        index, rng = PairIndex(pairs, DESC_SCALE), np.random.default_rng(0)
        asked = descriptions_of(world, "animal", QUERIES, rng)
        points = world.space.start(QUERIES, rng)
        queries = [1000 * seconds(lambda i=index, a=asked, p=points: i.query(a, p)) for _ in range(repeats)]
        yield Figure(f"index: {n:>9,} pairs, {QUERIES:,} queries", queries, "ms")
        some = max(10, QUERIES // max(1, n // 10_000))  # of the queries by brute force, scaled up
        began = time.perf_counter()
        nearest = brute_force(pairs, asked[:some], points[:some])
        took = 1000 * (time.perf_counter() - began) * QUERIES / some
        yield Figure(f"index: {n:>9,} pairs, {QUERIES:,} queries by brute force ({some:,} made)", [took], "ms")
        np.testing.assert_allclose(index.query(asked[:some], points[:some])[0][:, 0], nearest, rtol=1e-9)


def brute_force(pairs: Pairs, description: np.ndarray, image: np.ndarray) -> np.ndarray:
    """The distance of the nearest pair to each query, by looking at all: (n,)."""
    keys = torch.from_numpy(np.concatenate([DESC_SCALE * pairs.description, pairs.image], axis=1))
    asked = torch.from_numpy(np.concatenate([DESC_SCALE * description, image], axis=1))
    exact = "donot_use_mm_for_euclid_dist"  # the fast way loses half of the digits
    parts = asked.split(max(1, 5_000_000 // len(keys)))
    return torch.cat([torch.cdist(part, keys, compute_mode=exact).amin(dim=1) for part in parts]).numpy()


def seconds(task: Callable[[], object]) -> float:
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
