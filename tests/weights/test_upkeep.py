"""The store's upkeep: damaged weights are refused and make room, shipped ones come first, the least used go."""

import os

import pytest
import torch

from sandbox.weights import store
from sandbox.weights.files import WeightsError, file_name
from tests.weights.small import Pupil, Small, kept, made, the_same, trainings

# Damage


def spoil(path):
    content = bytearray(path.read_bytes())
    content[-3] ^= 4
    path.write_bytes(content)


def test_damaged_weights_are_refused_discarded_and_made_anew(counted):
    made(Small())
    spoil(counted / file_name(Small()))
    with pytest.raises(WeightsError, match="the file is damaged"):
        store.load(Small())
    store.discard_damaged(Small())
    assert store.missing(Small()) == [Small()]
    made(Small())
    assert store.load(Small())


def test_a_damaged_teacher_is_discarded_with_its_pupil_s_and_sound_weights_stay(counted):
    made(Pupil())
    spoil(counted / file_name(Small()))
    store.discard_damaged(Pupil())
    assert kept(counted) == [file_name(Pupil())]
    store.discard_damaged(Pupil())
    assert kept(counted) == [file_name(Pupil())]


def test_weights_of_another_shape_are_refused(counted):
    made(Small(size=5))
    (counted / file_name(Small(size=5))).rename(counted / file_name(Small()))
    with pytest.raises(WeightsError, match="belong to another recipe"):
        store.load(Small())
    store.keep(Small(), Small(size=5).made())
    with pytest.raises(WeightsError, match="do not fit"):
        store.load(Small())


def test_a_damaged_shipped_file_is_replaced_by_one_made_here(tmp_path, monkeypatch):
    made(Small())
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / file_name(Small())).write_bytes(b"broken")
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "shipped")
    assert len(store.files(Small())) == 2
    assert the_same(store.load(Small()), Small().made())


def test_shipped_weights_come_before_those_made_here_and_are_left_alone(tmp_path, monkeypatch, counted):
    monkeypatch.setattr(store, "SHIPPED", tmp_path / "shipped")
    store.keep(Small(), Small(seed=5).made(), store.SHIPPED)
    store.keep(Small(), Small(seed=6).made())
    before = (store.SHIPPED / file_name(Small())).stat().st_mtime_ns
    assert the_same(store.load(Small()), Small(seed=5).made())
    assert (store.SHIPPED / file_name(Small())).stat().st_mtime_ns == before


def test_layers_are_rounded_to_half_precision_when_asked():
    module = Small().made()
    store.keep(Small(), module, half=True)
    loaded = store.load(Small())
    assert loaded.layers.dtype == torch.float32
    assert torch.equal(loaded.layers, module.layers.detach().half().float())
    assert torch.equal(loaded.frequencies, module.frequencies)


# Room


def age(folder, recipes):
    """Say that these were used one after another, long ago."""
    for k, recipe in enumerate(recipes):
        os.utime(folder / file_name(recipe), (1000 + k, 1000 + k))


def one_size(folder):
    return (folder / file_name(Small())).stat().st_size


def test_above_its_size_the_folder_gives_up_the_least_used_weights(counted, monkeypatch):
    recipes = [Small(seed=seed) for seed in range(4)]
    for recipe in recipes:
        made(recipe)
    age(counted, recipes)
    store.load(recipes[0])  # used again
    monkeypatch.setenv("SANDBOX_CACHE_MB", str(3.5 * one_size(counted) / 1e6))
    made(Small(seed=4))
    assert kept(counted) == sorted(file_name(recipe) for recipe in (recipes[0], recipes[3], Small(seed=4)))
    assert store.missing(recipes[1]) == [recipes[1]]


def test_the_newest_weights_stay_however_small_the_folder(counted, monkeypatch):
    made(Small())
    monkeypatch.setenv("SANDBOX_CACHE_MB", "0")
    made(Small(seed=1))
    assert kept(counted) == [file_name(Small(seed=1))]
    store.keep(Small(seed=2), Small(seed=2).made())
    os.utime(counted / file_name(Small(seed=2)), (0, 0))
    store.keep(Small(seed=2), Small(seed=2).made())
    assert kept(counted) == [file_name(Small(seed=2))]


def test_within_its_size_the_folder_keeps_everything_and_other_files_are_nobody_s_business(counted, monkeypatch):
    made(Small())
    (counted / "notes.txt").write_text("x" * 100_000)
    monkeypatch.setenv("SANDBOX_CACHE_MB", str(2.5 * one_size(counted) / 1e6))
    made(Small(seed=1))
    assert kept(counted) == sorted(["notes.txt", file_name(Small()), file_name(Small(seed=1))])


def test_only_the_folder_of_this_machine_is_made_room_in(tmp_path, counted, monkeypatch):
    made(Small())
    monkeypatch.setenv("SANDBOX_CACHE_MB", "0")
    for seed in (1, 2):
        store.keep(Small(seed=seed), Small(seed=seed).made(), tmp_path / "shipped")
    assert len(kept(tmp_path / "shipped")) == 2
    assert kept(counted) == [file_name(Small())]


@pytest.mark.parametrize("size", ["much", "-1", "nan"])
def test_a_size_that_is_no_number_is_a_sentence_before_training(monkeypatch, size):
    monkeypatch.setenv("SANDBOX_CACHE_MB", size)
    with pytest.raises(WeightsError, match=rf"^SANDBOX_CACHE_MB is a number of megabytes, not '{size}'\.$"):
        next(store.make(Small()))
    assert trainings() == []
