"""A child process that makes the recipes it is sent and says how far it is, and the server's end of it.

Recipes and `STOP` come pickled on standard input, messages go pickled to standard output. It ends when standard input does,
so it never outlives the server that started it.
"""

import logging
import math
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread, Timer
from typing import IO, Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from sandbox.engine.recipe import Stored
from sandbox.engine.training import DivergedError, Progress, fit
from sandbox.weights.files import WeightsError
from sandbox.weights.store import make, missing

Weights = dict[str, NDArray[Any]]  # a state_dict

START = "from sandbox.weights.worker import main; main()"  # not -m: what is pickled here would be __main__'s
STOP = "stop"
GRACE = 1.0  # seconds in which a run ends by itself, between two of its steps, before its process is ended
INTERVAL = 0.25  # seconds between two reports
POINTS = 400  # of a loss curve, however many steps there are
MOST = 16  # children, whatever SANDBOX_WORKERS says
DIED = "The training process ended before its time, and nothing was kept: try again."
FAILED = "Training failed for a reason that only the server's log knows."
NICE = 10  # the page's own work goes first


@dataclass(frozen=True)
class Report:
    """How far a run has come."""

    making: Stored  # the recipe that was asked for, or what it needs first
    step: int
    steps: int
    losses: tuple[tuple[int, float], ...]  # step and mean loss up to it; those since the last report
    weights: Weights | None  # none yet, or not of the recipe that was asked for


@dataclass(frozen=True)
class Ended:
    """What became of a run: done, failed or cancelled, and a sentence where it failed."""

    state: str
    sentence: str = ""


class Child:
    """The server's end: a child process, started."""

    def __init__(self) -> None:
        path = os.pathsep.join(part for part in sys.path if part)
        self._process = subprocess.Popen(
            [sys.executable, "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._commands, self._messages = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self._gone = False  # noticed before the system knows it
        self._timer: Timer | None = None

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it can be sent something."""
        return not self._gone and self._process.poll() is None

    def send(self, command: Stored | str) -> None:
        """Hand something over; that a child is gone is found out by `receive`."""
        with suppress(OSError):
            self._commands.write(pickle.dumps(command))
            self._commands.flush()

    def receive(self) -> Report | Ended | None:
        """The next message, once there is one; none when the child is gone."""
        try:
            message: Report | Ended = pickle.load(self._messages)
        except (EOFError, OSError, pickle.UnpicklingError):
            self._gone = True
            return None
        return message

    def stop(self) -> None:
        """Have what it makes ended, by force if that takes long; `settle` is to follow."""
        self.send(STOP)
        self._timer = Timer(GRACE, self._process.kill)
        self._timer.daemon = True
        self._timer.start()

    def settle(self) -> None:
        """The run has ended, so force is no longer needed."""
        if self._timer:
            self._timer.cancel()
            self._timer.join()
            self._timer = None

    def end(self) -> None:
        """Let it end, by force if that takes long, and wait for it."""
        with suppress(OSError):
            self._commands.close()
        try:
            self._process.wait(2 * GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._messages.close()


class Curve:
    """The mean losses over equally many steps each, at most `POINTS` of them."""

    def __init__(self) -> None:
        self._losses: list[float] = []
        self._points: list[tuple[int, float]] = []

    def add(self, progress: Progress) -> None:
        """Take in one step; what has no loss is left out."""
        if math.isnan(progress.loss):
            return
        self._losses.append(progress.loss)
        if progress.step % math.ceil(progress.steps / POINTS) == 0 or progress.step == progress.steps:
            self._points.append((progress.step, float(np.mean(self._losses))))
            self._losses.clear()

    def since(self) -> tuple[tuple[int, float], ...]:
        """The points since this was last asked."""
        points, self._points = self._points, []
        return tuple(points)


def reports(recipe: Stored, stop: Event) -> Iterator[Report | Ended]:
    """Make a recipe and what it needs first: a report at once, then one each `INTERVAL`, and in the end what became of it."""
    try:
        for one in missing(recipe):
            with closing(make(one, every=1)) as run:  # closed, it leaves nothing behind
                curve, due = Curve(), 0.0
                for progress in run:
                    if stop.is_set():
                        yield Ended("cancelled")
                        return
                    curve.add(progress)
                    if time.monotonic() >= due or progress.step == progress.steps:
                        weights = _weights(progress) if one == recipe and progress.step else None
                        yield Report(one, progress.step, progress.steps, curve.since(), weights)
                        due = time.monotonic() + INTERVAL
        yield Ended("done")
    except DivergedError as error:
        yield Ended("failed", f"{error} Nothing was kept: try other settings.")
    except WeightsError as error:  # of what the recipe needs
        yield Ended("failed", str(error))
    except OSError as error:
        yield Ended("failed", f"The trained weights could not be kept: {error.strerror or error}.")
    except MemoryError:
        yield Ended("failed", "There is not enough memory to train with these settings.")
    except Exception:
        logging.getLogger(__name__).exception("Making %s failed.", recipe)
        yield Ended("failed", FAILED)


def at_once() -> int:
    """How many trainings there may be at once; WeightsError where the environment says no number."""
    text = os.environ.get("SANDBOX_WORKERS") or str(max(1, (os.cpu_count() or 1) // 2))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        raise WeightsError(f"SANDBOX_WORKERS is a whole number from 1 to {MOST}, not {text[:40]!r}.")
    return int(text)


def main() -> None:
    """Serve until standard input ends."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the server ends its children
    torch.set_num_threads(1)
    asked: SimpleQueue[Stored | None] = SimpleQueue()
    stop = Event()
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a recipe prints is no message
    Thread(target=_listen, args=(sys.stdin.buffer, asked, stop), daemon=True).start()
    _warm_up()
    with suppress(BrokenPipeError):  # nobody listens any more
        while recipe := asked.get():
            for message in reports(recipe, stop):
                pickle.dump(message, messages)
                messages.flush()
    os._exit(0)  # an orderly exit would wait for the thread that listens


def _listen(commands: IO[bytes], asked: SimpleQueue[Stored | None], stop: Event) -> None:
    """Pass on what comes; once nothing can come any more, let the run end and end with it."""
    try:
        while True:
            command = pickle.load(commands)
            if command == STOP:
                stop.set()
            else:
                stop.clear()
                asked.put(command)
    except EOFError:
        stop.set()
        asked.put(None)
        time.sleep(GRACE)
    finally:
        os._exit(0)


def _warm_up() -> None:
    """One step of training: torch imports much of itself at the first, which takes a second or more."""
    list(fit(torch.nn.Linear(1, 1), [(torch.zeros(1, 1),)], lambda net, x: net(x).sum(), steps=1, learning_rate=1.0))


def _weights(progress: Progress) -> Weights:
    return {name: value.detach().cpu().numpy() for name, value in progress.network.state_dict().items()}
