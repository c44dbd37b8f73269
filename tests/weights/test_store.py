"""Weights on disk: kept whole, found by recipe, refused when they are not sound."""

from dataclasses import replace

import pytest
import safetensors.torch
import torch

from sandbox.methods import Coalescer, Diffusion, NearestPair
from sandbox.pairs import World
from sandbox.weights import store

SMALL = Coalescer(world=World(space="blobs", pairs=50), training_steps=3, width=8, depth=1, batch=16)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))
    store.denoiser.cache_clear()
    return tmp_path


def test_what_is_saved_is_loaded():
    network = list(store.train_and_save(SMALL))[-1].network
    loaded = store.load(SMALL)
    for name, weight in network.state_dict().items():
        assert torch.equal(weight, loaded.state_dict()[name])
    assert not loaded.training


def test_nothing_is_kept_of_a_run_that_was_stopped(folder):
    run = store.train_and_save(replace(SMALL, training_steps=200))
    next(run)
    run.close()
    assert list(folder.iterdir()) == []


def test_nothing_half_written_is_left_when_the_disk_fails(folder, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(store.Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        list(store.train_and_save(SMALL))
    assert not store.is_ready(SMALL)
    assert list(folder.iterdir()) == []


def test_recipes_that_differ_in_anything_have_files_of_their_own():
    others = [
        replace(SMALL, desc_scale=9.0),
        replace(SMALL, direction_loss="norm"),
        replace(SMALL, seed=1),
        replace(SMALL, world=World(space="moons", pairs=50)),
        Diffusion(world=SMALL.world, training_steps=3, width=8, depth=1, batch=16),
    ]
    assert len({store.file_name(recipe) for recipe in [SMALL, *others]}) == 6


def test_untrained_recipes_say_so_and_exact_methods_are_always_ready():
    assert not store.is_ready(SMALL)
    with pytest.raises(store.WeightsError, match="no trained weights"):
        store.load(SMALL)
    assert store.is_ready(NearestPair())


def damaged(path, how):
    whole = path.read_bytes()
    if how == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "noise":
        path.write_bytes(bytes(range(256)) * 40)
    elif how == "another shape":
        safetensors.torch.save_file({"layers.0.weight": torch.zeros(2, 2)}, path, {"recipe": repr(SMALL)})
    elif how == "another recipe":
        weights = store.load(SMALL).state_dict()
        safetensors.torch.save_file(weights, path, {"recipe": repr(replace(SMALL, seed=7))})
    elif how == "no recipe":
        safetensors.torch.save_file(store.load(SMALL).state_dict(), path)
    else:
        weights = {name: torch.full_like(weight, torch.nan) for name, weight in store.load(SMALL).state_dict().items()}
        safetensors.torch.save_file(weights, path, {"recipe": repr(SMALL)})


DAMAGE = ("truncated", "empty", "noise", "another shape", "another recipe", "no recipe", "not numbers")


@pytest.mark.parametrize("how", DAMAGE)
def test_damaged_files_are_refused_in_a_sentence(how):
    list(store.train_and_save(SMALL))
    (path,) = store.files(SMALL)
    damaged(path, how)
    with pytest.raises(store.WeightsError, match=path.name):
        store.load(SMALL)
    store.discard_damaged(SMALL)
    assert not store.is_ready(SMALL)


def test_sound_files_are_not_discarded():
    list(store.train_and_save(SMALL))
    store.discard_damaged(SMALL)
    assert store.is_ready(SMALL)


def test_a_damaged_shipped_file_is_replaced_by_one_trained_here(tmp_path, monkeypatch):
    list(store.train_and_save(SMALL))
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / store.file_name(SMALL)).write_bytes(b"broken")
    monkeypatch.setattr(store, "SHIPPED", shipped)
    assert store.load(SMALL)
