"""How long it takes: the stage beside the page before and the least there is, training, the index. `make bench`.

`python -m tests.bench --quick` repeats less. Each cell is the median, the 95th percentile where there are many, and the least
and the most of what was seen. A busy machine makes everything slower: look at the load that is printed first, and at nothing
but the columns beside each other when it is above the number of processors.
"""

import argparse
import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from tests.bench_hand import hand_rows
from tests.bench_machine import index_times, training_times
from tests.bench_paint import before_rows, lesson_rows, paint_rows, served
from tests.bench_table import HEAD, Row, columns
from tests.browser import NoBrowserError, browser

PAGE = ("paint", "before", "hand", "lesson")


def main() -> None:
    """Measure everything and print it line by line."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, no training, no million of pairs")
    parser.add_argument("--only", choices=(*PAGE, "machine"), help="a part of it")
    chosen = parser.parse_args()
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"Python {platform.python_version()}, torch {torch.__version__}, {os.cpu_count()} processors, load {load}")
    print(columns(*HEAD))
    for row in rows(chosen.only, chosen.quick):
        print(row.line(), flush=True)


def rows(only: str | None, quick: bool) -> Iterator[Row]:
    """All of them, or a part."""
    if only != "machine":
        yield from page_rows([only] if only else PAGE, quick)
    if only in (None, "machine"):
        yield from training_times(quick)
        yield from index_times(quick)


def page_rows(parts: Sequence[str], quick: bool) -> Iterator[Row]:
    """The page on a server that is warm, in a browser that is not."""
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            chromium, addresses = stack.enter_context(browser()), served(stack, folder)
            make = {
                "paint": lambda: paint_rows(chromium, addresses, quick),
                "before": lambda: before_rows(chromium, addresses, quick),
                "hand": lambda: hand_rows(chromium, addresses["now"], quick),
                "lesson": lambda: lesson_rows(chromium, folder, quick),
            }
            for part in parts:
                yield from make[part]()
    except NoBrowserError as error:
        print(f"No times of the page: {error}")


if __name__ == "__main__":
    main()
