"""Judging samples: closed forms on a space of two discs, and of three balls."""

import numpy as np
import pytest
from scipy.stats import binomtest

from sandbox.measure.quality import quality, share_interval
from sandbox.spaces import space_named
from tests.ball_space import BALLS

BLOBS = space_named("blobs")  # CAT a disc of radius .7 around (-1.3, .3), DOG the same around (1.3, -.3)
CAT, DOG = (-1.3, 0.3), (1.3, -0.3)


def test_points_inside_miss_by_nothing():
    judged = quality(np.array([CAT, CAT]), BLOBS, "cat")
    assert (judged.in_region, judged.condition_agreement, judged.miss) == (1.0, 1.0, 0.0)


def test_a_dog_is_no_cat_but_an_animal():
    assert quality(np.array([DOG]), BLOBS, "cat").in_region == 0
    assert quality(np.array([DOG]), BLOBS, "cat").condition_agreement == 0
    assert quality(np.array([DOG]), BLOBS, "animal").in_region == 1
    assert quality(np.array([DOG]), BLOBS, "none").condition_agreement == 1


def test_the_miss_is_the_distance_to_the_border():
    above = np.array([[-1.3, 0.3 + 0.7 + 0.5]])
    judged = quality(above, BLOBS, "cat")
    assert judged.miss == pytest.approx(0.5, abs=1e-3)  # the disc is a polygon
    assert (judged.in_region, judged.condition_agreement) == (0.0, 1.0)


def test_miss_and_shares_are_means_over_samples():
    points = np.array([CAT, DOG, (-1.3, 1.5)])
    judged = quality(points, BLOBS, "cat")
    to_cat = np.hypot(2.6, 0.6) - 0.7
    assert judged.in_region == pytest.approx(1 / 3)
    assert judged.condition_agreement == pytest.approx(2 / 3)
    assert judged.miss == pytest.approx((to_cat + 0.5) / 3, abs=1e-3)


def test_points_that_are_no_numbers_are_outside_and_agree_with_nothing():
    judged = quality(np.array([[np.nan, 0.0], [np.inf, 0.0], CAT]), BLOBS, "cat")
    assert judged.in_region == pytest.approx(1 / 3)
    assert judged.condition_agreement == pytest.approx(1 / 3)
    assert judged.miss == np.inf


def test_no_samples_and_unknown_concepts_are_refused():
    with pytest.raises(ValueError, match="no samples"):
        quality(np.empty((0, 2)), BLOBS, "cat")
    with pytest.raises(ValueError, match="no concept 'horse'"):
        quality(np.array([CAT]), BLOBS, "horse")


@pytest.mark.parametrize(("hits", "n"), [(0, 50), (1, 50), (25, 50), (50, 50), (1990, 2000)])
def test_the_interval_is_wilsons(hits, n):
    reference = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert share_interval(hits / n, n) == pytest.approx((reference.low, reference.high), abs=2e-5)


def test_samples_of_three_dimensions_are_judged_by_closed_forms():
    red, green, blue = (np.array(ball.centre) for ball in BALLS.regions)
    above = green + np.array([0.0, 0.0, 0.7])  # .3 outside a ball of radius .4
    judged = quality(np.stack([red, green, blue, above]), BALLS, "cold")
    assert judged.in_region == 2 / 4
    assert judged.condition_agreement == 3 / 4
    to_cold = min(np.linalg.norm(red - green) - 0.4, np.linalg.norm(red - blue) - 0.6)
    assert judged.miss == pytest.approx((to_cold + 0.3) / 4)
    assert quality(np.stack([red, green, blue]), BALLS, "ball").in_region == 1.0
