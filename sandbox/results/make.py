"""The command that makes the shipped tables, grids of pictures and their document: `python -m sandbox.results`.

Every table is continued where it stopped; docs/results.md is written from the tables alone (`--write-only`).
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch

from sandbox.results import grids, shipped
from sandbox.results.compare import compare
from sandbox.results.measured import MEASURED, complete
from sandbox.results.report import document
from sandbox.results.sweeps import SWEEPS
from sandbox.weights.files import WeightsError

GRIDS = "grids"  # of pictures, which are no table
DOCUMENT = Path(__file__).parents[2] / "docs" / "results.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the tables lack, and write the document; in a sentence why that could not be done."""
    command = argparse.ArgumentParser(prog="python -m sandbox.results", description=make.__doc__)
    command.add_argument("--only", nargs="*", choices=[*SWEEPS, *MEASURED, GRIDS], help="these; all unless named")
    command.add_argument("--jobs", type=int, default=-1, help="processes; -1 is one for each core")
    command.add_argument("--write-only", action="store_true", help="write the document from the tables as they are")
    chosen = command.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        make(() if chosen.write_only else chosen.only or (*SWEEPS, *MEASURED, GRIDS), chosen.jobs)
    except (ValueError, OSError, WeightsError) as error:
        command.exit(2, f"{command.prog}: {error}\n")
    except KeyboardInterrupt:
        command.exit(130, f"{command.prog}: stopped; what is finished is in the tables.\n")


def make(names: Iterable[str], jobs: int) -> None:
    """Measure what these tables lack, and write the document."""
    shipped.TABLES.mkdir(exist_ok=True)
    shipped.forget()
    for name in names:
        if name in SWEEPS:
            compare(SWEEPS[name](), jobs=jobs, out=shipped.path_of(name), progress=_count)
        elif name == GRIDS:
            grids.make(_tell)
        else:
            complete(name, jobs, _tell)
    shipped.forget()
    DOCUMENT.write_text(document())


def _count(done: int, total: int, text: str) -> None:
    _tell(f"{done} of {total}: {text}")


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
