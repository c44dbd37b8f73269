"""What all tests share: one thread, derandomised hypothesis, an empty folder for trained weights, a small world."""

import os
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner

from sandbox.pairs import World
from sandbox.weights import store
from tests.browser import NoBrowserError, browser

torch.set_num_threads(1)
settings.register_profile("sandbox", deadline=None, derandomize=True, max_examples=30)
settings.load_profile("sandbox")

# Every AppTest looks through all installed packages for components, half a second each time; they stay the same.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True, scope="session")
def nobody_s_weights(tmp_path_factory):
    """No test finds, leaves or evicts the weights of whoever runs it."""
    os.environ["SANDBOX_CACHE"] = str(tmp_path_factory.mktemp("weights"))
    os.environ.pop("SANDBOX_CACHE_MB", None)


@pytest.fixture(scope="module")
def chromium():
    """A browser; where there is none its tests are skipped, unless SANDBOX_BROWSER=required."""
    try:
        with browser() as running:
            yield running
    except NoBrowserError as error:
        if os.environ.get("SANDBOX_BROWSER") == "required":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture
def weights_folder(tmp_path, monkeypatch):
    """A folder of weights of the test's own, with no denoiser remembered."""
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "weights"))
    store.denoiser.cache_clear()
    yield tmp_path / "weights"
    store.denoiser.cache_clear()


@pytest.fixture
def rng():
    return np.random.default_rng(12345)


@pytest.fixture
def world():
    return World(space="crescent-and-islands", pairs=300)
