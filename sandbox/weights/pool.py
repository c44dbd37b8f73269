"""The pool: child processes that make recipes, outside of any visitor's script, in fair turns.

Whoever asks for a recipe joins the run that is making it, so equal recipes are made once and a run is found again by its
recipe alone. A child is started when somebody comes who may ask, as its imports take seconds, and all end with the server.
"""

import atexit
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread, current_thread

from sandbox.engine.recipe import Stored
from sandbox.weights.files import file_name
from sandbox.weights.run import Run
from sandbox.weights.store import missing
from sandbox.weights.worker import DIED, FAILED, Child, Ended, Report, at_once

WAITING = 40  # runs that may wait
EACH = 4  # of these, that one visitor may wait for
KEPT = 40  # ended runs that are remembered, with their sentences
JOINED = 300  # visitors who are counted as waiting for one run
IDLE = 600.0  # seconds after which a child with nothing to do is let go
SETTLING = 15.0  # seconds before a child is started that nobody needs yet: a visitor's first picture goes first


class PoolFull(ValueError):  # noqa: N818  (no fault of the pool)
    """More is waiting than may wait."""


class Pool:
    """So many children (by default as SANDBOX_WORKERS says, or half as many as there are cores) and a queue before them."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers
        self._changed = Condition()  # guards everything below
        self._runs: dict[str, Run] = {}  # by the recipe's file name, the latest last
        self._waiting: list[Run] = []  # in the order in which they were asked for
        self._ring: deque[str] = deque()  # visitors who wait, whose turn is next first
        self._running: dict[Run, tuple[str, Child | None]] = {}  # whose turn it was, and who makes it
        self._threads: list[Thread] = []  # one for each child
        self._came = False  # whether a visitor has, since a child was last idle for long
        self._closed = False

    def expect(self) -> None:
        """Somebody has come, who may ask: have one child more than is at work, so far as there may be as many."""
        with self._changed:
            if not self._closed:
                self._came = True
                self._notify()

    def ask(self, recipe: Stored, visitor: str) -> Run:
        """The run that makes a recipe: joined, begun, or done where there is nothing to make.

        PoolFull with a sentence where too many are waiting already.
        """
        with self._changed:
            run = self._runs.get(file_name(recipe))
            if run is None or not run.open:
                if not missing(recipe):
                    return Run(recipe, "done")
                self._admit(visitor)
                run = Run(recipe)
                self._runs.pop(file_name(recipe), None)
                self._runs[file_name(recipe)] = run
                self._waiting.append(run)
            if len(run.visitors) < JOINED:
                run.visitors.add(visitor)
                if visitor not in self._ring:
                    self._ring.append(visitor)
            self._notify()
            return run

    def find(self, recipe: Stored) -> Run | None:
        """The latest run that made or makes a recipe, as long as it is remembered."""
        with self._changed:
            return self._runs.get(file_name(recipe))

    def cancel(self, recipe: Stored, visitor: str) -> None:
        """A visitor waits for a recipe no more; if nobody else does, its run ends at once."""
        with self._changed:
            run = self._runs.get(file_name(recipe))
            if run is None or not run.open or visitor not in run.visitors:
                return
            run.visitors.discard(visitor)
            if not run.visitors:
                self._cancel(run)
            self._notify()

    def wait_for(self, predicate: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until something holds that runs tell; whether it did in so many seconds."""
        with self._changed:
            return self._changed.wait_for(predicate, timeout)

    def children(self) -> list[int]:
        """The processes that are making something."""
        with self._changed:
            return [child.pid for _, child in self._running.values() if child]

    def close(self) -> None:
        """End everything; nothing can be asked for any more."""
        with self._changed:
            self._closed = True
            for run in [*self._waiting, *self._running]:
                self._cancel(run)
            self._changed.notify_all()
            threads = [*self._threads]
        for thread in threads:
            thread.join()

    def _admit(self, visitor: str) -> None:
        """PoolFull where a visitor may not wait for another run, WeightsError where the environment says no number."""
        self._workers = self._workers or at_once()
        if self._closed:
            raise PoolFull("The server is about to stop.")
        if len(self._waiting) >= WAITING:
            raise PoolFull(f"{WAITING} trainings are waiting already, and no more may: try again in some minutes.")
        if sum(visitor in run.visitors for run in self._waiting) >= EACH:
            raise PoolFull(f"{EACH} trainings are waiting for you already: cancel one, or wait until one begins.")

    def _notify(self) -> None:
        """Number the queue anew and tell everybody; start a thread more where there is work for it."""
        wanting = {visitor for run in self._waiting for visitor in run.visitors}
        self._ring = deque(visitor for visitor in self._ring if visitor in wanting)
        ring, waiting = self._turns(), [*self._waiting]
        for place in range(1, len(waiting) + 1):
            _take(ring, waiting)[1].place = place
        if len(self._threads) < min(self._workers or 1, len(self._waiting) + len(self._running) + self._came):
            self._threads.append(Thread(target=self._serve, name="pool", daemon=True))
            self._threads[-1].start()
        self._changed.notify_all()

    def _turns(self) -> deque[str]:
        """Who waits, in turn; those for whom something is being made come after the others."""
        busy = {visitor for visitor, _ in self._running.values()}
        return deque(sorted(self._ring, key=busy.__contains__))

    def _serve(self) -> None:
        """Make one run after the other in a child of its own, for as long as there are any."""
        child = None
        self.wait_for(lambda: self._closed or bool(self._waiting), SETTLING)
        with suppress(OSError):  # which is said of the run that needs it
            child = None if self._closed else Child()
        while run := self._next():
            try:
                if child and not child.alive():
                    child.end()
                    child = None
                child = child or Child()
                ended = self._make(run, child)
            except OSError as error:
                ended = Ended("failed", f"No training process could be started: {error.strerror or error}.")
            except Exception:
                logging.getLogger(__name__).exception("Making %s failed.", run.recipe)
                ended = Ended("failed", FAILED)
            self._settle(run, ended)
            if child:
                child.settle()
        if child:
            child.end()

    def _next(self) -> Run | None:
        """The run whose turn it is, once there is one; none where this thread is not needed any more."""
        with self._changed:
            while not self._waiting:
                idle = not self._changed.wait_for(lambda: self._closed or self._waiting, IDLE)
                if self._closed or (idle and not self._came):
                    self._threads.remove(current_thread())
                    return None
                self._came &= not idle
            self._ring = self._turns()
            visitor, run = _take(self._ring, self._waiting)
            run.state, run.place = "running", 0
            self._running[run] = visitor, None
            self._notify()
            return run

    def _make(self, run: Run, child: Child) -> Ended:
        """Let a child make a run, take in what it says, and say what became of it."""
        with self._changed:
            if wanted := run.open:  # nobody has cancelled it meanwhile
                self._running[run] = self._running[run][0], child
                child.send(run.recipe)
        message = child.receive() if wanted else Ended("cancelled")
        while isinstance(message, Report):
            with self._changed:
                if run.open:
                    run.take_in(message)
                    self._changed.notify_all()
            message = child.receive()
        return message or Ended("failed", DIED)

    def _settle(self, run: Run, ended: Ended) -> None:
        """A run has left its child: the next visitor's turn."""
        with self._changed:
            visitor, _ = self._running.pop(run)
            if visitor in self._ring:
                self._ring.remove(visitor)
                self._ring.append(visitor)
            if run.open:
                self._end(run, ended)
            self._notify()

    def _cancel(self, run: Run) -> None:
        _, child = self._running.get(run, ("", None))
        if child and run.open:
            child.stop()
        if run in self._waiting:
            self._waiting.remove(run)
        self._end(run, Ended("cancelled"))

    def _end(self, run: Run, ended: Ended) -> None:
        run.state, run.sentence, run.snapshot, run.place = ended.state, ended.sentence, None, 0
        run.visitors.clear()
        for name in [name for name, other in self._runs.items() if not other.open][:-KEPT]:
            del self._runs[name]


def _take(ring: deque[str], waiting: list[Run]) -> tuple[str, Run]:
    """The next visitor in turn, who goes to the end, and the first run that one waits for, which is taken."""
    while True:
        visitor = ring.popleft()
        for run in waiting:
            if visitor in run.visitors:
                waiting.remove(run)
                ring.append(visitor)
                return visitor, run


_POOL = Pool()
atexit.register(_POOL.close)


def pool() -> Pool:
    """The server's pool; it costs nothing before it is first asked."""
    return _POOL
