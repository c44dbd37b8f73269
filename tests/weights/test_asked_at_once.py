"""A recipe is trained once, however many threads and processes ask for it at a time."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from filelock import FileLock

from sandbox.weights import store
from sandbox.weights.files import file_name
from tests.weights.small import Pupil, Small, kept, made, the_same, trainings

ROOT = Path(__file__).parents[2]
ASK = """
from sandbox.weights import store
from tests.weights.small import Small

for progress in store.make(Small()):
    print(progress.step, flush=True)
print("there" if store.files(Small()) else "missing", flush=True)
"""


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Whoever waits looks often."""
    monkeypatch.setattr(store, "WAIT", 0.01)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def steps(recipe, waiting=None):
    """The steps that are reported to one who asks; what is reported while another is at it sets `waiting`."""
    found = []
    for progress in store.make(recipe):
        if progress.step == 0 and waiting:
            waiting.set()
        found.append(progress.step)
    return found


def trained(recipe, barrier):
    """The steps that one trains who asks at the same time as others."""
    barrier.wait()
    return [step for step in steps(recipe) if step > 0]


def test_of_many_threads_that_ask_at_once_one_trains(pool, counted):
    for seed in range(10):
        barrier = Barrier(8)

        futures = [pool.submit(trained, Small(seed=seed), barrier) for _ in range(8)]
        answers = [future.result(30) for future in futures]
        assert sorted(answers) == [[]] * 7 + [[1, 2, 3]]
    assert trainings() == [f"small {seed}" for seed in range(10)]
    assert kept(counted) == sorted(file_name(Small(seed=seed)) for seed in range(10))


def test_who_asks_meanwhile_waits_and_finds_what_was_made(pool, counted):
    run, waiting = store.make(Small()), Event()
    next(run)
    other = pool.submit(steps, Small(), waiting)
    assert waiting.wait(30)
    assert [progress.step for progress in run] == [2, 3]
    assert set(other.result(30)) == {0}
    assert the_same(store.load(Small()), Small().made())
    assert trainings() == ["small 0"]
    assert kept(counted) == [file_name(Small())]


def test_who_waits_for_a_run_that_is_closed_trains_in_its_place(pool, counted):
    run, waiting = store.make(Small()), Event()
    next(run)
    other = pool.submit(steps, Small(), waiting)
    assert waiting.wait(30)
    run.close()
    assert [step for step in other.result(30) if step > 0] == [1, 2, 3]
    assert trainings() == ["small 0", "small 0"]
    assert kept(counted) == [file_name(Small())]


def test_a_run_may_be_closed_by_another_thread_than_began_it(pool, counted):
    run = store.make(Small())
    pool.submit(next, run).result(30)
    run.close()
    assert [step for step in steps(Small()) if step > 0] == [1, 2, 3]


def test_after_a_closed_run_one_of_many_trains(pool, counted):
    for seed in range(10):
        barrier, run = Barrier(8), store.make(Small(seed=seed, steps=40))
        next(run)
        futures = [pool.submit(trained, Small(seed=seed, steps=40), barrier) for _ in range(7)]
        barrier.wait()
        run.close()
        answers = [future.result(30) for future in futures]
        assert sorted(map(len, answers)) == [0] * 6 + [40]
    assert len(trainings()) == 20


def test_the_lock_s_file_goes_while_the_lock_is_held(monkeypatch):
    # Taken away later, it might be the one that somebody else has locked by then.
    there = []

    class Watched(FileLock):
        def release(self, force=False):
            there.append(Path(self.lock_file).exists())
            super().release(force)

    monkeypatch.setattr(store, "FileLock", Watched)
    made(Small())
    assert not any(there)
    assert there


def test_different_recipes_do_not_wait_for_each_other(pool):
    run = store.make(Small())
    next(run)
    assert pool.submit(steps, Small(seed=1)).result(30) == [1, 2, 3]
    run.close()


def test_a_teacher_that_two_pupils_need_is_trained_once(pool):
    barrier = Barrier(2)

    def ask(seed):
        barrier.wait()
        return steps(Pupil(seed=seed))

    for future in [pool.submit(ask, seed) for seed in (1, 2)]:
        future.result(30)
    assert sorted(trainings()) == ["pupil 1", "pupil 2", "small 0"]


def test_another_process_waits_and_finds_what_was_made():
    run = store.make(Small())
    next(run)
    command = [sys.executable, "-c", ASK]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ}, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "0\n"
        assert [progress.step for progress in run] == [2, 3]
        rest = other.stdout.read().split()
        assert other.wait(60) == 0
    assert set(rest) <= {"0", "there"}
    assert rest[-1] == "there"
    assert trainings() == ["small 0"]
