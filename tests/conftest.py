"""What all tests share: one thread, derandomised hypothesis, a small world."""

import numpy as np
import pytest
import torch
from hypothesis import settings

from sandbox.pairs import World

torch.set_num_threads(1)
settings.register_profile("sandbox", deadline=None, derandomize=True, max_examples=30)
settings.load_profile("sandbox")


@pytest.fixture
def rng():
    return np.random.default_rng(12345)


@pytest.fixture
def world():
    return World(space="crescent-and-islands", pairs=300)
