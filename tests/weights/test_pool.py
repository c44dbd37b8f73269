"""The pool: fair turns, equal recipes once, cancelled and failed runs that leave nothing, bounds, children that end."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread, current_thread
from threading import enumerate as enumerate_threads

import numpy as np
import psutil
import pytest

from sandbox.weights import pool as pools
from sandbox.weights import store
from sandbox.weights.files import WeightsError, file_name
from sandbox.weights.pool import Pool, PoolFull
from sandbox.weights.worker import POINTS, Child, Curve, Ended, Progress, at_once, reports
from tests.weights.lessons import ENDLESS, Advanced, Deaf, Diverging, Dying, Lesson
from tests.weights.small import kept, trainings

LONG = 120  # seconds that anything may take on a busy machine
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="module")
def counted(tmp_path_factory):
    """One folder for all tests here, as one child serves most of them: every test asks for numbers of its own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("pool")
        patch.setenv("SMALL_COUNT", str(folder / "count"))
        patch.setenv("SANDBOX_CACHE", str(folder / "weights"))
        yield folder / "weights"


@pytest.fixture(scope="module")
def one(counted):
    """A pool with one child."""
    pool = Pool(1)
    yield pool
    pool.close()


@pytest.fixture
def busy(one, request):
    """The pool's child is at something that never ends; what that is."""
    recipe = Lesson(number=hash(request.node.name), steps=ENDLESS)
    run = one.ask(recipe, "somebody")
    until(one, lambda: run.snapshot is not None)
    yield recipe
    one.cancel(recipe, "somebody")


def until(pool, predicate):
    assert pool.wait_for(predicate, LONG)


def ended(pool, *runs):
    """The states in which runs end."""
    until(pool, lambda: not any(run.open for run in runs))
    return [run.state for run in runs]


def begun(*numbers):
    """Which of these lessons were begun, in order."""
    found = [int(line.split()[1]) for line in trainings() if line.startswith("lesson ")]
    return [number for number in found if number in numbers]


# One run


def test_a_run_makes_a_recipe_and_keeps_it(one):
    run = one.ask(Lesson(1), "ann")
    assert ended(one, run) == ["done"]
    assert (run.step, run.steps, run.place, run.sentence) == (20, 20, 0, "")
    assert run.losses == tuple((step, float(step)) for step in range(1, 21))
    assert store.load(Lesson(1)).step[0] == 20


def test_what_is_there_is_done_at_once_and_starts_nothing(counted):
    (*_,) = store.make(Lesson(2))
    pool = Pool(1)
    assert pool.ask(Lesson(2), "ann").state == "done"
    assert not pool._threads


def test_snapshots_are_the_weights_of_a_step_and_go_on(one, busy):
    run = one.find(busy)
    first, reports = run.snapshot, run.reports
    until(one, lambda: run.snapshot is not first)
    assert run.reports > reports
    assert run.snapshot["step"].dtype == np.float32
    assert first["step"].min() == first["step"].max() >= 1  # not changed while it was sent
    assert run.snapshot["step"][0] > first["step"][0]
    assert run.step <= run.steps == ENDLESS


def test_the_curve_has_few_points_however_many_steps_there_are():
    curve = Curve()
    for step in range(1, 10_001):
        curve.add(Progress(step, 10_000, float(step % 2), None))
    points = curve.since()
    assert len(points) == POINTS
    assert points[0] == (25, pytest.approx(0.52))
    assert points[-1][0] == 10_000
    assert curve.since() == ()
    curve.add(Progress(1, 10_000, float("nan"), None))
    assert curve.since() == ()


def test_what_a_recipe_needs_is_made_first_and_is_no_snapshot_of_it(one):
    run, making = one.ask(Advanced(3), "ann"), set()

    def seen():
        making.add((run.making, run.snapshot is not None))
        return not run.open

    until(one, seen)
    assert run.state == "done"
    assert (Lesson(3), True) not in making
    assert store.files(Lesson(3))
    assert store.files(Advanced(3))
    assert len(run.losses) == 20  # its own alone


# Several


def test_equal_recipes_are_made_once_and_found_again(one, busy):
    runs = [one.ask(Lesson(10), visitor) for visitor in ("ann", "ben", "ann again")]
    assert runs[0] is runs[1] is runs[2] is one.find(Lesson(10))
    one.cancel(busy, "somebody")
    assert ended(one, runs[0]) == ["done"]
    assert one.ask(Lesson(10), "ann").state == "done"
    assert begun(10) == [10]


def test_turns_are_fair(one, busy):
    runs = [one.ask(Lesson(number), "ann") for number in (20, 21, 22)]
    runs += [one.ask(Lesson(number), "ben") for number in (23, 24)] + [one.ask(Lesson(25), "cem")]
    assert [run.place for run in runs] == [1, 4, 6, 2, 5, 3]
    one.cancel(busy, "somebody")
    assert set(ended(one, *runs)) == {"done"}
    assert begun(*range(20, 26)) == [20, 23, 25, 21, 24, 22]


def test_who_is_being_served_comes_after_the_others(one, busy):
    mine = one.ask(Lesson(30), "somebody")
    other = one.ask(Lesson(31), "ann")
    assert (mine.place, other.place) == (2, 1)
    one.cancel(busy, "somebody")
    ended(one, mine, other)
    assert begun(30, 31) == [31, 30]


def test_who_joins_brings_a_run_forward(one, busy):
    for number in (40, 41):
        one.ask(Lesson(number), "ann")
    assert one.find(Lesson(41)).place == 2
    one.ask(Lesson(42), "ben")
    assert one.find(Lesson(41)).place == 3
    one.ask(Lesson(41), "ben")
    one.cancel(Lesson(42), "ben")
    assert one.find(Lesson(41)).place == 2
    one.cancel(Lesson(40), "ann")
    assert one.find(Lesson(41)).place == 1
    one.cancel(Lesson(41), "ann")
    one.cancel(Lesson(41), "ben")
    assert one.find(Lesson(41)).state == "cancelled"


def test_two_children_make_two_at_a_time(counted):
    pool = Pool(2)
    first, second = (pool.ask(Lesson(number, ENDLESS), "ann") for number in (50, 51))
    until(pool, lambda: first.snapshot and second.snapshot)
    third = pool.ask(Lesson(52), "ann")
    assert (third.state, third.place, len(pool.children())) == ("waiting", 1, 2)
    pool.close()


# Cancelled


def test_cancelled_by_all_who_wait_a_run_ends_and_leaves_nothing(one, busy, counted):
    run = one.ask(busy, "ann")
    one.cancel(busy, "a stranger")
    one.cancel(busy, "somebody")
    assert run.state == "running"
    one.cancel(busy, "ann")
    assert (run.state, run.snapshot, run.sentence) == ("cancelled", None, "")
    assert ended(one, one.ask(Lesson(60), "ann")) == ["done"]
    assert not [name for name in kept(counted) if file_name(busy)[:-12] in name]


def test_a_cancelled_recipe_can_be_asked_for_again_at_once(one):
    recipe = Lesson(61, ENDLESS)
    first = one.ask(recipe, "ann")
    until(one, lambda: first.snapshot)
    one.cancel(recipe, "ann")
    second = one.ask(recipe, "ann")
    assert second is not first
    until(one, lambda: second.snapshot)
    assert first.snapshot is None
    one.cancel(recipe, "ann")


def test_a_run_that_does_not_come_to_its_next_step_is_ended_by_force(one):
    run = one.ask(Deaf(62), "ann")
    until(one, lambda: run.snapshot)
    one.cancel(Deaf(62), "ann")
    assert run.state == "cancelled"
    assert ended(one, one.ask(Lesson(62), "ann")) == ["done"]


# Failed


def test_a_diverging_run_is_explained_and_leaves_nothing(one, counted):
    run = one.ask(Diverging(70), "ann")
    assert ended(one, run) == ["failed"]
    assert run.sentence == (
        "Training diverged at step 3 of 20: the loss is no longer a number. Nothing was kept: try other settings."
    )
    assert run.snapshot is None
    assert not [name for name in kept(counted) if "diverging" in name]
    assert one.find(Diverging(70)) is run
    assert one.ask(Diverging(70), "ann") is not run


def test_a_child_that_dies_is_explained_and_the_pool_goes_on(one):
    runs = [one.ask(Dying(71), "ann"), one.ask(Lesson(71), "ann")]
    assert ended(one, *runs) == ["failed", "done"]
    assert runs[0].sentence == "The training process ended before its time, and nothing was kept: try again."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (KeyError("nobody thought of this"), "Training failed for a reason that only the server's log knows."),
        (MemoryError(), "There is not enough memory to train with these settings."),
        (OSError(28, "No space left on device"), "The trained weights could not be kept: No space left on device."),
        (WeightsError("The teacher's weights are damaged."), "The teacher's weights are damaged."),
    ],
)
def test_whatever_goes_wrong_is_a_sentence(error, sentence, monkeypatch, caplog):
    def trouble(recipe, step):
        raise error

    monkeypatch.setattr(Lesson, "trouble", trouble)
    assert list(reports(Lesson(72), Event())) == [Ended("failed", sentence)]
    assert ("nobody thought of this" in caplog.text) == isinstance(error, KeyError)


def test_weights_that_cannot_be_kept_are_a_sentence(one, counted):
    path = counted / file_name(Lesson(73))
    path.with_suffix(".lock").mkdir(parents=True)
    run = one.ask(Lesson(73), "ann")
    assert ended(one, run) == ["failed"]
    assert run.sentence.startswith("The trained weights could not be kept: ")


def test_no_child_is_a_sentence(counted, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere")
    pool = Pool(1)
    run = pool.ask(Lesson(74), "ann")
    assert ended(pool, run) == ["failed"]
    assert run.sentence == "No training process could be started: No such file or directory."
    pool.close()


def test_what_cannot_be_handed_over_is_a_sentence(one, caplog):
    @dataclass(frozen=True)
    class Local(Lesson):
        name = "local"

    runs = [one.ask(Local(75), "ann"), one.ask(Lesson(75), "ann")]
    assert ended(one, *runs) == ["failed", "done"]
    assert runs[0].sentence == "Training failed for a reason that only the server's log knows."
    assert "Making" in caplog.text


# Bounds


def test_a_visitor_may_wait_for_few_and_all_for_no_more_than_that(one, busy):
    for number in range(100, 100 + pools.EACH):
        one.ask(Lesson(number), "ann")
    with pytest.raises(PoolFull, match=r"^4 trainings are waiting for you already"):
        one.ask(Lesson(99), "ann")
    assert one.ask(Lesson(100), "ann").state == "waiting"  # joining adds nothing
    for number in range(100 + pools.EACH, 100 + pools.WAITING):
        one.ask(Lesson(number), f"visitor {number}")
    with pytest.raises(PoolFull, match=r"^40 trainings are waiting already"):
        one.ask(Lesson(99), "ben")
    assert isinstance(PoolFull(), ValueError)
    places = sorted(one.find(Lesson(number)).place for number in range(100, 100 + pools.WAITING))
    assert places == list(range(1, 1 + pools.WAITING))
    for number in range(100, 100 + pools.WAITING):
        for visitor in ("ann", f"visitor {number}"):
            one.cancel(Lesson(number), visitor)
    assert len(one._runs) <= pools.KEPT + 1


def test_those_who_wait_for_one_run_are_counted_up_to_a_bound(one, busy, monkeypatch):
    monkeypatch.setattr(pools, "JOINED", 3)
    for visitor in range(10):
        one.ask(busy, f"visitor {visitor}")
    assert len(one.find(busy).visitors) == 3
    assert not one._ring
    for visitor in range(10):
        one.cancel(busy, f"visitor {visitor}")


def test_how_many_at_once_is_said_by_the_environment(monkeypatch):
    monkeypatch.delenv("SANDBOX_WORKERS", raising=False)
    for cores, workers in ((1, 1), (2, 1), (8, 4), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert at_once() == workers
    monkeypatch.setenv("SANDBOX_WORKERS", "3")
    assert at_once() == 3
    for text in ("0", "-1", "17", "many", "²", "1.5"):
        monkeypatch.setenv("SANDBOX_WORKERS", text)
        with pytest.raises(WeightsError, match=r"^SANDBOX_WORKERS is a whole number from 1 to 16, not "):
            Pool().ask(Lesson(99), "ann")


def test_many_threads_ask_and_cancel_at_once(one, busy):
    def many(visitor):
        for number in range(200, 220):
            try:
                one.ask(Lesson(number), visitor)
            except PoolFull:
                one.cancel(Lesson(number - 1), visitor)

    threads = [Thread(target=many, args=(f"visitor {i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waiting = [*one._waiting]
    assert sorted(run.place for run in waiting) == list(range(1, 1 + len(waiting)))
    assert 0 < len(waiting) <= pools.WAITING
    one.cancel(busy, "somebody")
    assert set(ended(one, *waiting)) == {"done"}
    assert len(begun(*range(200, 220))) == len(set(begun(*range(200, 220))))


# Expected


@pytest.fixture
def started(counted, monkeypatch):
    """The children that this test's pools start, in turn; another test's pool may still be starting one of its own."""
    children, others = [], {*enumerate_threads()}

    class Counted(Child):
        def __init__(self):
            super().__init__()
            if current_thread() not in others:
                children.append(self)

    monkeypatch.setattr(pools, "Child", Counted)
    return children


def test_for_who_comes_a_child_is_ready_before_anything_is_asked_for(started, monkeypatch):
    monkeypatch.setattr(pools, "SETTLING", 0.0)
    ready = Event()

    class Watched(Pool):
        def _next(self):
            with self._changed:  # which is let go of only by who waits for work
                ready.set()
                return super()._next()

    pool = Watched(2)
    for _ in range(3):
        pool.expect()
    assert ready.wait(LONG)
    assert len(pool._threads) == len(started) == 1
    run = pool.ask(Lesson(90, ENDLESS), "ann")
    until(pool, lambda: run.snapshot)
    assert pool.children() == [started[0].pid]
    assert len(pool._threads) == 2  # the next is made ready
    pool.ask(Lesson(91), "ann")
    pool.expect()
    assert len(pool._threads) == 2  # there are no more
    pool.close()
    assert not any(child.alive() for child in started)
    pool.expect()
    assert not pool._threads


def test_a_visitor_s_first_picture_goes_first(started):
    pool = Pool(1)
    pool.expect()
    assert not started
    pool.close()
    assert not started


def test_nobody_is_expected_for_ever(started, monkeypatch):
    monkeypatch.setattr(pools, "SETTLING", 0.0)
    monkeypatch.setattr(pools, "IDLE", 0.1)
    pool = Pool(1)
    pool.expect()
    pool._threads[0].join(LONG)
    assert [child.alive() for child in started] == [False]
    assert ended(pool, pool.ask(Lesson(92), "ann")) == ["done"]
    pool.close()


# The end


def test_a_child_is_let_go_when_nothing_comes(counted, monkeypatch):
    monkeypatch.setattr(pools, "IDLE", 0.0)
    pool = Pool(1)
    run = pool.ask(Lesson(80, ENDLESS), "ann")
    until(pool, lambda: run.snapshot)
    (thread,), (child,) = pool._threads, pool.children()
    pool.cancel(run.recipe, "ann")
    thread.join(LONG)
    assert not psutil.pid_exists(child)
    assert ended(pool, pool.ask(Lesson(80), "ann")) == ["done"]
    pool.close()


def test_a_closed_pool_has_ended_its_runs_and_children(counted):
    pool = Pool(1)
    run, waiting = pool.ask(Lesson(81, ENDLESS), "ann"), pool.ask(Lesson(82), "ann")
    until(pool, lambda: run.snapshot)
    (child,) = pool.children()
    pool.close()
    assert (run.state, waiting.state) == ("cancelled", "cancelled")
    assert not psutil.pid_exists(child)
    with pytest.raises(PoolFull, match="about to stop"):
        pool.ask(Lesson(82), "ann")


@pytest.mark.parametrize("way", ["kill", "leave"])
def test_the_children_end_with_the_server(way):
    script = f"""
import sys
from sandbox.weights.pool import pool
from tests.weights.lessons import Lesson
run = pool().ask(Lesson(83, {ENDLESS}), "ann")
pool().wait_for(lambda: run.snapshot is not None)
print(*pool().children(), flush=True)
sys.stdin.readline()
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        child = psutil.Process(int(server.stdout.readline()))
        if way == "leave":
            server.stdin.write("\n")
            server.stdin.flush()
        else:
            getattr(server, way)()
        child.wait(LONG)


def test_a_child_is_niced_and_single_threaded(one, busy):
    (child,) = one.children()
    assert psutil.Process(child).nice() == min(19, psutil.Process().nice() + 10)


def test_a_child_that_is_gone_takes_nothing_and_gives_nothing(counted):
    child = Child()
    child.send(Lesson(84))
    while not isinstance(child.receive(), Ended):
        pass
    child.end()
    assert not child.alive()
    assert child.pid
