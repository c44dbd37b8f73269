"""Spaces that nothing was tuned on are spaces like any other, and of the kinds that are asked for."""

import numpy as np
import pytest

from sandbox.contract import check_space
from sandbox.results.tuning_spaces import TUNING_SPACES
from sandbox.results.unseen_spaces import UNSEEN_SPACES
from sandbox.spaces import SPACES


@pytest.mark.parametrize("space", UNSEEN_SPACES, ids=lambda space: space.name)
def test_an_unseen_space_is_a_space_like_any_other(space):
    check_space(space)


def test_nobody_has_seen_them():
    names = [space.name for space in (*UNSEEN_SPACES, *TUNING_SPACES, *SPACES)]
    assert len(names) == len(set(names))


def test_there_are_one_region_and_three_and_unequal_masses():
    assert {len(space.regions) for space in UNSEEN_SPACES} == {1, 2, 3}
    densest = [
        np.divide(*sorted(region.weight / region.shape.area for region in space.regions)[:: len(space.regions) - 1])
        for space in UNSEEN_SPACES
        if len(space.regions) > 1
    ]
    assert min(densest) < 0.6
