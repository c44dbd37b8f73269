"""What tests of the page share: a cache of their own, no training unless it is meant, and weights that may be damaged."""

import shutil

import pytest

from sandbox.engine.training import Progress
from sandbox.methods import Trained
from sandbox.pairs import Balance
from sandbox.stage import packs, scene
from sandbox.weights import store

CACHES = (store.denoiser, scene.make_panel, packs.world_pack, packs.method_pack)
KINDS = (Trained, Balance)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A folder of its own for what is trained."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("SANDBOX_CACHE", str(folder))
    return folder


def train_by(monkeypatch, train):
    """Let every kind of recipe be made by a stand-in for real training."""
    for kind in KINDS:
        monkeypatch.setattr(kind, "train", train)


@pytest.fixture(autouse=True)
def _no_training(monkeypatch):
    """Real training takes long: a test that means to train says with what."""

    def forbidden(recipe, *needed, every=100):
        raise AssertionError(f"{recipe} is being trained")

    train_by(monkeypatch, forbidden)


@pytest.fixture
def forget():
    """Nothing is remembered of the weights of other tests, nor of this one's afterwards."""
    for function in CACHES:
        function.cache_clear()
    yield
    for function in CACHES:
        function.cache_clear()


@pytest.fixture
def brief(monkeypatch, forget):
    """Training that takes three reports and leaves the module blank; the recipes that were asked for."""
    asked = []

    def train(recipe, *needed, every=100):
        asked.append(recipe)
        for step in (10, 20, 30):
            yield Progress(step, 30, 0.5, recipe.blank())

    train_by(monkeypatch, train)
    return asked


@pytest.fixture
def weights(tmp_path, monkeypatch, forget):
    """A copy of the shipped weights that may be damaged."""
    folder = tmp_path / "weights"
    shutil.copytree(store.SHIPPED, folder)
    monkeypatch.setattr(store, "SHIPPED", folder)
    return folder
