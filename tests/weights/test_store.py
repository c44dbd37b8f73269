"""The store: made once, found by recipe, what is needed first, and nothing half-made."""

import errno
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from sandbox.engine.training import Progress
from sandbox.methods import BalancedCoalescer, BalancedLookup, Coalescer, Diffusion, DistilledDiffusion, NearestPair
from sandbox.pairs import Balance, World
from sandbox.weights import store
from sandbox.weights.files import WeightsError, file_name
from tests.ball_space import BALLS
from tests.weights.small import Changed, Newer, Pupil, Small, kept, made, the_same, trainings

TINY = {"training_steps": 3, "width": 8, "depth": 1}
WORLD = World("blobs", pairs=50)


# Made, kept, found


def test_what_is_made_is_kept_and_loaded_for_answers_only(counted):
    module = made(Small())
    loaded = store.load(Small())
    assert the_same(loaded, module)
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert kept(counted) == [file_name(Small())]


@pytest.mark.parametrize(
    "recipe",
    [
        Coalescer(world=WORLD, batch=16, **TINY),
        Diffusion(world=World(BALLS, pairs=50), batch=16, **TINY),
        Balance(World(BALLS, pairs=30)),
    ],
    ids=lambda recipe: f"{recipe.name}-{recipe.world.space.name}",
)
def test_networks_and_balance_weights_are_kept_alike_in_any_space(recipe):
    assert store.missing(recipe) == [recipe]
    module = made(recipe)
    assert store.missing(recipe) == []
    assert the_same(store.load(recipe), module)


def test_a_recipe_that_is_there_is_not_made_again():
    made(Small())
    assert list(store.make(Small())) == []
    assert trainings() == ["small 0"]


def test_recipes_that_differ_in_anything_have_files_of_their_own():
    base = Coalescer(world=WORLD, batch=16, **TINY)
    others = [
        replace(base, desc_scale=9.0),
        replace(base, direction_loss="norm"),
        replace(base, seed=1),
        replace(base, world=World("moons", pairs=50)),
        replace(base, world=World("blobs", pairs=51)),
        Diffusion(world=WORLD, batch=16, **TINY),
    ]
    assert len({file_name(recipe) for recipe in [base, *others]}) == 7


def test_what_has_not_been_made_says_so():
    for ask in (store.load, store.denoiser):
        with pytest.raises(WeightsError, match=r"^These settings have no trained weights yet\.$"):
            ask(Coalescer(world=WORLD))
    assert store.missing(NearestPair()) == []
    assert store.denoiser(NearestPair(world=WORLD))


def test_a_new_field_with_a_default_finds_its_weights():
    module = made(Small())
    assert store.missing(Newer()) == []
    assert the_same(store.load(Newer()), module)
    assert store.missing(Newer(colour="blue")) == [Newer(colour="blue")]


def test_weights_of_another_default_are_refused_and_discarded():
    made(Small())
    with pytest.raises(WeightsError, match="belong to another recipe"):
        store.load(Changed())
    store.discard_damaged(Changed())
    assert store.missing(Changed()) == [Changed()]
    assert the_same(made(Changed()), Small(seed=1).made())


# What is needed first


def test_what_is_missing_is_named_in_order():
    student = DistilledDiffusion(world=WORLD, **TINY)
    assert store.missing(student) == [*student.needs(), student]
    assert store.missing(BalancedCoalescer(world=WORLD)) == [Balance(WORLD), BalancedCoalescer(world=WORLD)]
    assert store.missing(BalancedLookup(world=WORLD)) == [Balance(WORLD)]


def test_a_pupil_s_teacher_is_made_first_and_once(counted):
    teacher = Small(seed=7)
    reports = list(store.make(Pupil(teacher=teacher)))
    assert trainings() == ["small 7", "pupil 0"]
    assert [report.step for report in reports] == [1, 2, 3, 1, 2, 3]
    assert torch.equal(store.load(Pupil(teacher=teacher)).layers, teacher.made().layers + 1)
    made(Pupil(teacher=teacher, seed=1))
    assert trainings() == ["small 7", "pupil 0", "pupil 1"]


def test_a_pupil_that_is_kept_elsewhere_finds_its_teacher(tmp_path, counted):
    (*_, last) = store.make(Pupil(), tmp_path / "elsewhere")
    assert kept(tmp_path / "elsewhere") == [file_name(Pupil())]
    assert kept(counted) == [file_name(Small())]
    assert torch.equal(last.network.layers, Small().made().layers + 1)


def test_what_needs_another_recipe_is_missing_only_while_itself_is_not_there():
    made(Pupil())
    for path in store.files(Small()):
        path.unlink()
    assert store.missing(Pupil()) == []


def test_balance_weights_are_computed_once_and_then_found(monkeypatch):
    lookup, report = BalancedLookup(world=World("moons", pairs=60)), []
    denoiser = store.ready(lookup, lambda recipe, progress: report.append((recipe, progress.step)))
    assert report == [(Balance(lookup.world), step) for step in range(1, 11)]
    monkeypatch.setattr(Balance, "train", lambda *_, **__: pytest.fail("they are kept"))
    store.denoiser.cache_clear()  # as in another process
    again = store.ready(BalancedLookup(world=World("moons", pairs=60)))
    x, t = torch.randn(50, 2, generator=torch.Generator().manual_seed(0)), torch.ones(50, 1)
    description = torch.zeros(50, 2)
    assert torch.equal(denoiser(x, t, description).x0_hat, again(x, t, description).x0_hat)
    network = BalancedCoalescer(world=lookup.world, batch=16, **TINY)
    assert store.missing(network) == [network]
    made(network)


def test_ready_reports_whose_progress_it_is():
    method, seen = DistilledDiffusion(world=WORLD, batch=16, **TINY), []
    made_first = replace(method.needs()[0], training_steps=3, batch=16)

    @dataclass(frozen=True, kw_only=True)
    class Quick(DistilledDiffusion):
        def needs(self):
            return (made_first,)

    quick = Quick(world=WORLD, batch=16, **TINY)
    store.ready(quick, lambda recipe, progress: seen.append((recipe, progress.step)))
    assert seen == [(made_first, 3), (quick, 3)]


# Nothing half-made


def test_nothing_is_kept_of_a_run_that_was_closed_and_another_may_begin(counted):
    run = store.make(Small(steps=200))
    next(run)
    run.close()
    assert kept(counted) == []
    assert len(list(store.make(Small(steps=2)))) == 2
    assert len(list(store.make(Small(steps=200)))) == 200


def test_nothing_is_kept_of_a_run_that_failed_and_another_may_begin(counted, monkeypatch):
    def broken(self, *needed, every=100):
        yield Progress(1, 3, 0.0, self.made())
        raise RuntimeError("diverged")

    with monkeypatch.context() as patch:
        patch.setattr(Small, "train", broken)
        with pytest.raises(RuntimeError, match="diverged"):
            list(store.make(Small()))
    assert kept(counted) == []
    assert the_same(made(Small()), Small().made())


def full_disk(monkeypatch, after=0):
    """Every write but the first so many fails, having left half of itself."""
    count, write = iter(range(100)), Path.write_bytes

    def write_bytes(path, content):
        if next(count) < after:
            return write(path, content)
        write(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_bytes)


@pytest.mark.parametrize("recipe", [Small(), Pupil()], ids=["alone", "with a teacher"])
def test_a_full_disk_is_found_out_before_training(recipe, counted, monkeypatch):
    full_disk(monkeypatch)
    with pytest.raises(OSError, match="No space left"):
        next(store.make(recipe))
    assert trainings() == []
    assert kept(counted) == []


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(counted, monkeypatch):
    full_disk(monkeypatch, after=1)
    with pytest.raises(OSError, match="No space left"):
        list(store.make(Small()))
    assert trainings() == ["small 0"]
    assert kept(counted) == []


def test_a_folder_that_cannot_be_written_is_found_out_before_the_teacher_is_trained(tmp_path, counted):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="a file stands where the folder of weights should be"):
        list(store.make(Pupil(), tmp_path / "file"))
    assert trainings() == []


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_folder_s_place_is_a_sentence_before_training(tmp_path, monkeypatch, below):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "file" / below))
    with pytest.raises(OSError, match="a file stands where the folder of weights should be") as refused:
        next(store.make(Small()))
    assert refused.value.strerror == "a file stands where the folder of weights should be"
    assert trainings() == []
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_that_cannot_even_be_looked_into_holds_nothing(monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", os.sep + "x" * 5000)  # no system has names as long
    assert store.files(Small()) == []
    with pytest.raises(OSError, match="too long"):
        next(store.make(Small()))


def test_weights_in_a_folder_that_may_only_be_read_are_loaded(monkeypatch):
    made(Small())

    def forbidden(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "utime", forbidden)
    assert the_same(store.load(Small()), Small().made())
