"""What all tests share: one thread, derandomised hypothesis, a small world."""

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner

from sandbox.pairs import World

torch.set_num_threads(1)
settings.register_profile("sandbox", deadline=None, derandomize=True, max_examples=30)
settings.load_profile("sandbox")

# Every AppTest looks through all installed packages for components, half a second each time; they stay the same.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture
def rng():
    return np.random.default_rng(12345)


@pytest.fixture
def world():
    return World(space="crescent-and-islands", pairs=300)
