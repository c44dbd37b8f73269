"""A class on one server: `make load`, or `python -m tests.load --sessions 200 --seconds 30`.

Each session is what a visitor's browser sends: the page's document, the stage's module and packs, Streamlit's websocket with a
first run of the script, and from then on a settled change every two seconds, for which the browser fetches the packs that it
has not. After every tenth (`--away`; 0 is never) the visitor goes to another page, for which the server hears of the state and
then runs that page's script, and with the next is back. With `--told` the server hears of each change by a rerun, as if the
hand rested after it. Pictures are left out, as is what Streamlit's own page loads; the generator, on the same processors,
speaks Streamlit's protocol and draws nothing. Asked are changes of concept, stop of desc_scale, seed and method.
"""

import argparse
import asyncio
import itertools
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import httpx2
import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.asyncio.client import connect

from sandbox.page.texts import TEXTS
from sandbox.stage.packs import key_of
from sandbox.stage.state import State
from tests.bench_table import HEAD, Row, columns
from tests.browser import server

EVERY = 2.0  # seconds between two changes of a session
STOPS = (0.5, 1.0, 2.0, 4.0, 16.0, 32.0, 64.0, 128.0, 256.0, 1024.0)
METHODS = ("flow-matching", "drifting", "meanflow", "consistency", "diffusion")
CONCEPTS = ("dog", "animal", "none", "cat")
PAGES = ("race", "why", "desc-scale", "pictures-and-words", "beyond-the-plane")
STATIC = tuple(f"stage/text/{name}" for name in TEXTS)
PATIENCE = 60  # seconds that an answer may take
TRAININGS = 3


@dataclass
class Seen:
    """What the sessions saw: seconds and bytes."""

    visits: list[float] = field(default_factory=list)
    arriving: list[float] = field(default_factory=list)  # changes while others come
    changes: list[float] = field(default_factory=list)  # when all are there
    pages: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)  # of a change
    free: int = 0  # changes for which the server was not asked
    late: int = 0  # answers that did not come in time
    refused: int = 0  # packs


@dataclass(frozen=True)
class Habits:
    """What visitors do beside changing something."""

    told: bool  # they rest after each change, so that the server hears of it
    away: int  # changes, after which they go to another page; 0 is never


class Session:
    """One visitor."""

    def __init__(self, address: str, client: httpx2.AsyncClient, number: int, seen: Seen, how: Habits) -> None:
        self.address, self.client, self.seen, self.how = address, client, seen, how
        self.rng = np.random.default_rng(number)
        self.state, self.known = State(), set[str]()

    async def live(self, begin: float, there: float, until: float) -> None:
        """Come at a moment of one's own, change something every two seconds, and leave; at `there` all have come."""
        await asyncio.sleep(begin)
        began = time.perf_counter()
        await asyncio.gather(self.fetch(""), *(self.fetch(path) for path in STATIC))
        await self.packs()
        socket = self.address.replace("http", "ws") + "/_stcore/stream"
        async with connect(socket, subprotocols=["streamlit"], max_size=None, ping_interval=None) as self.socket:
            await self.rerun()
            self.seen.visits.append(time.perf_counter() - began)
            for turn in itertools.count(1):
                wait = began + EVERY * turn - time.perf_counter()
                if wait > 0:
                    await asyncio.sleep(wait)
                if time.perf_counter() > until:
                    return
                started = time.perf_counter()
                if self.how.away and turn % self.how.away == 0:
                    await self.rerun()
                    await self.rerun(PAGES[self.rng.integers(len(PAGES))])
                    self.seen.pages.append(time.perf_counter() - started)
                    continue
                self.change()
                size = await self.packs()
                if self.how.told or (self.how.away and turn % self.how.away == 1):
                    size += await self.rerun()
                self.seen.sizes.append(size)
                if size:
                    kept = self.seen.changes if started > there else self.seen.arriving
                    kept.append(time.perf_counter() - started)
                else:
                    self.seen.free += 1

    def change(self) -> None:
        """Another concept, stop, seed or method."""
        what = self.rng.choice(["concept", "desc_scale", "seed", "right"])
        values = {"concept": CONCEPTS, "desc_scale": STOPS, "right": METHODS, "seed": range(1, 10_000)}[what]
        self.state = self.state.changed(**{what: values[self.rng.integers(len(values))]})

    async def packs(self) -> int:
        """Fetch the packs that the state needs and the browser has not, as it does; their bytes."""
        size = 0
        for key in [key_of(recipe) for recipe in self.state.recipes()]:
            if key not in self.known:
                self.known.add(key)
                size += await self.fetch(f"stage/pack?{urlencode({'key': key})}")
        return size

    async def fetch(self, path: str) -> int:
        """The bytes of an answer as they are sent."""
        async with self.client.stream("GET", f"{self.address}/{path}") as response:
            self.seen.refused += response.status_code != 200
            return sum([len(part) async for part in response.aiter_raw()])

    async def rerun(self, page: str = "") -> int:
        """One run of a page's script with the state's address; the bytes that came until it was finished."""
        asked = BackMsg()
        asked.rerun_script.page_script_hash = calc_hash(page)
        asked.rerun_script.query_string = urlencode(self.state.write())
        await self.socket.send(asked.SerializeToString())
        size = 0
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    came = await self.socket.recv()
                    size += len(came)
                    if ForwardMsg.FromString(came).WhichOneof("type") == "script_finished":
                        return size
        except TimeoutError:
            self.seen.late += 1
            return size


async def sessions(address: str, count: int, seconds: float, trainings: int, how: Habits) -> Seen:
    """So many sessions, who come within a quarter of the time."""
    seen = Seen()
    limits = httpx2.Limits(max_connections=count, max_keepalive_connections=count, keepalive_expiry=3)
    async with httpx2.AsyncClient(timeout=PATIENCE, limits=limits) as client:
        for seed in range(trainings):
            key = f"method/moons/coalescer?desc_scale={5 + seed}"
            answer = await client.post(f"{address}/stage/train", json={"key": key}, headers={"Origin": address})
            answer.raise_for_status()
        until = time.perf_counter() + seconds
        there = until - seconds / 2
        visitors = (Session(address, client, i, seen, how) for i in range(count))
        await asyncio.gather(*(one.live(i * seconds / 4 / count, there, until) for i, one in enumerate(visitors)))
    return seen


def main() -> None:
    """Let them come, without trainings and with, and print what they saw."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--told", action="store_true")
    parser.add_argument("--away", type=int, default=10)
    chosen = parser.parse_args()
    how = Habits(chosen.told, chosen.away)
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{chosen.sessions} sessions, {chosen.seconds:g} s, {os.cpu_count()} processors, load {load}")
    print(columns(*HEAD))
    for trainings in (0, TRAININGS):
        with ExitStack() as stack:
            pids: list[int] = []
            folder = Path(stack.enter_context(TemporaryDirectory()))
            address = stack.enter_context(server(folder / "cache", pids=pids))
            asyncio.run(sessions(address, 2, 4, 0, Habits(told=True, away=10)))  # the server's first visitors
            process = psutil.Process(pids[0])
            before, began = process.memory_info().rss, sum(process.cpu_times()[:2])
            seen = asyncio.run(sessions(address, chosen.sessions, chosen.seconds, trainings, how))
            grown = (process.memory_info().rss - before) / 1e6 / chosen.sessions
            busy = 100 * (sum(process.cpu_times()[:2]) - began) / chosen.seconds
            for row in rows(seen, grown, busy, trainings):
                print(row.line(), flush=True)


def rows(seen: Seen, grown: float, busy: float, trainings: int) -> list[Row]:
    """What was seen, beside what is asked of 200 sessions."""
    beside = f", {trainings} trainings" if trainings else ""
    return [
        Row(
            f"a change{beside}, where the server is asked",
            "ms",
            "200 / 1000" if trainings else "100 / 500",
            [1000 * s for s in seen.changes],
        ),
        Row(f"the same while others come{beside}", "ms", "", [1000 * s for s in seen.arriving]),
        Row(f"changes{beside} for which the server is not asked", "%", "", [100 * seen.free / max(1, len(seen.sizes))]),
        Row(f"another page{beside}", "ms", "", [1000 * s for s in seen.pages]),
        Row(f"a visit{beside}: document, module, packs, first run", "s", "", seen.visits),
        Row(f"a change{beside}: what comes", "kB", "20", [size / 1000 for size in seen.sizes]),
        Row(f"the server's processor time{beside}, of one processor", "%", "", [busy]),
        Row(f"the server's memory{beside}, for each session", "MB", "1", [grown]),
        Row(f"answers that did not come in {PATIENCE} s{beside}, packs refused", "", "0", [seen.late + seen.refused]),
    ]


if __name__ == "__main__":
    main()
