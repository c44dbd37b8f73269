"""Copies of the training images are found out, and fresh points of their law are not taken for copies."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from sandbox.measure.memorisation import COPY, Memorisation, memorisation


@pytest.fixture
def images(rng):
    return rng.normal(size=(400, 2)), rng.normal(size=(400, 2))


def test_it_is_what_all_distances_say(images, rng):
    trained, others = images
    samples = rng.normal(size=(50, 2))
    told = memorisation(samples, trained, others)
    near, beside = cdist(samples, trained).min(axis=1), cdist(samples, others).min(axis=1)
    assert told.novelty == pytest.approx(near.mean() / beside.mean())
    assert told.copies == np.mean(near < COPY)


def test_fresh_points_are_as_near_to_either(images, rng):
    told = memorisation(rng.normal(size=(4000, 2)), *images)
    assert told.novelty == pytest.approx(1, abs=0.06)
    assert told.copies < 0.06


def test_copies_are_found_out(images):
    trained, others = images
    told = memorisation(trained + 1e-4, trained, others)
    assert told.novelty < 0.01
    assert told.copies == 1


def test_what_is_no_number_is_no_copy(images):
    trained, others = images
    broken = np.concatenate([trained, np.full((100, 2), np.nan)])
    assert memorisation(broken, trained, others) == Memorisation(novelty=np.inf, copies=0.8)
    assert memorisation(broken[-5:], trained, others) == Memorisation(novelty=np.inf, copies=0.0)


def test_as_many_others_are_asked_for(images):
    with pytest.raises(ValueError, match="as many"):
        memorisation(images[0], images[0], images[1][:10])
