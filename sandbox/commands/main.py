"""The command line: it runs one command, or says in a sentence why it could not."""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor

import torch

from sandbox.commands import draw, run
from sandbox.commands.parser import UsageError, parser
from sandbox.engine.training import DivergedError
from sandbox.weights import store
from sandbox.weights.files import WeightsError

NO_MEMORY = "there is not enough memory for this; take fewer samples, pairs or processes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 2 with a sentence when it could not, 130 when it was stopped."""
    torch.set_num_threads(1)
    try:
        try:
            chosen = parser({**run.COMMANDS, **draw.COMMANDS}).parse_args(arguments)
            chosen.run(chosen)
        finally:
            _flush()
    except BrokenPipeError:  # whoever reads the output has had enough of it
        return 0
    except KeyboardInterrupt as stop:
        return _say(f"stopped; {str(stop) or 'nothing half-made was kept'}", 130)
    except OSError as error:
        return _say(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error)
    except WeightsError as error:
        return _say(f"{str(error).rstrip('.')}; what was trained on this machine is in {store.cache()}")
    except (UsageError, ValueError, DivergedError) as error:
        return _say(error)
    except (MemoryError, BrokenExecutor):  # a process of a sweep that needs too much is ended from outside
        return _say(NO_MEMORY)
    except RuntimeError as error:
        if "can't allocate memory" not in str(error):  # torch's own MemoryError
            raise
        return _say(NO_MEMORY)
    return 0


def _say(what: object, status: int = 2) -> int:
    sys.stderr.write(f"sandbox: {str(what).rstrip('.')}.\n")
    return status


def _flush() -> None:
    """Write what was printed; what nobody takes is dropped, so that Python does not try again as it ends."""
    try:
        print(end="", flush=True)
    except OSError:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise
