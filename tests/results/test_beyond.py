"""The tables of learned spaces: whom they ask, what a row is, and what the figures are made of."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from sandbox.learned.ends import Ends
from sandbox.measure.experiment import Judged
from sandbox.methods import Diffusion, NearestPair
from sandbox.pairs import World, make_pairs
from sandbox.results import beyond
from sandbox.results.shipped import PLAIN_TABLES
from sandbox.spaces import space_named

DIGITS = space_named("digits")


def test_everybody_is_asked_from_every_seed_and_the_baseline_at_its_best():
    every = beyond.contestants(DIGITS, seed=2)
    assert {each.method.seed for each in every} == {2}
    keys = [key for each in every for key in each.row_keys()]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {len(PLAIN_TABLES["beyond"][0])}
    mine = [each for each in every if isinstance(each.method, Diffusion)]
    assert [(each.options, each.guidance) for each in mine] == [("default", 1.0), ("heun", 1.0), ("default", 1.5)]
    assert {each.options for each in every} >= {"learned_guidance=1.5"}


def test_the_captions_go_from_one_kind_to_all_of_them():
    for space in beyond.MEASURED_SPACES:
        names = beyond.asked_captions(space)
        meant = [len(space.ends.pictures.caption(name).kinds) for name in names]
        assert len(set(names)) == beyond.CAPTIONS
        assert meant == sorted(meant)
        assert (meant[0], meant[-1]) == (1, len(space.ends.pictures.kinds))


@pytest.mark.parametrize("concept", ["a three", "an even digit", "none"])
def test_recognised_is_the_share_inside(concept):
    rng = np.random.default_rng(0)
    points = np.concatenate([DIGITS.sample(100, rng), DIGITS.start(100, rng), np.full((5, 2), np.nan)])
    judged = Judged(World(DIGITS), concept, 0, points)
    share = beyond.recognised(DIGITS, judged)
    assert abs(share - judged.quality.in_region) < 0.02  # outlines are drawn through a grid
    kinds = [*DIGITS.ends.pictures.kinds, "neither"]
    meant = {region.name for region in DIGITS.meant_by(concept)}
    assert share == np.mean([kinds[kind] in meant for kind in DIGITS.ends.kind(points)])


def test_a_row_is_a_mean_over_captions_and_the_worst_of_them(monkeypatch):
    shares = iter([1.0, 0.5, 0.2, 0.4])
    monkeypatch.setattr(beyond, "recognised", lambda space, judged: next(shares))
    samples = DIGITS.sample(50, np.random.default_rng(0), "a three")
    every = [Judged(World(DIGITS), concept, 0, samples) for concept in ("a three", "a three", "a four", "a four")]
    share, worst, precision, recall, energy = beyond.figures(DIGITS, every)
    assert (share, worst) == pytest.approx((0.525, 0.3))
    told = [each.likeness for each in every[1:3]]
    assert (precision, recall, energy) == pytest.approx(
        tuple(np.mean([getattr(each, name) for each in told]) for name in beyond.FIGURES[1:])
    )


def test_only_what_is_lacking_is_asked(monkeypatch):
    monkeypatch.setattr(beyond, "MEASURED_SPACES", (DIGITS,))
    monkeypatch.setattr(beyond, "TRAINING_SEEDS", (0,))
    monkeypatch.setattr(beyond, "contest", lambda each: each.row_keys())
    every = [*beyond.beyond([*beyond.floor_keys(DIGITS)], 1)]
    assert [*beyond.beyond([*beyond.floor_keys(DIGITS), *every[1:]], 1)] == every[:1]


def test_ends_that_are_not_there_are_trained_first(monkeypatch, tmp_path):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))
    quick = replace(DIGITS, ends=Ends(*(replace(recipe, training_steps=2) for recipe in DIGITS.ends.recipes)))
    monkeypatch.setattr(beyond, "MEASURED_SPACES", (quick,))
    monkeypatch.setattr(beyond, "TRAINING_SEEDS", ())
    monkeypatch.setattr(beyond, "floors", lambda space: [space.ends.autoencoder, space.ends.judgement])
    assert len([*beyond.beyond((), 1)]) == 2


def test_what_stands_behind_the_words_on_coverage():
    index, asked, start = beyond._asked(DIGITS)
    found = index.pairs.image[index.close_pair(asked, start)]
    assert beyond.to_pair(DIGITS) == pytest.approx(np.linalg.norm(found - start, axis=1).mean())
    _, count = np.unique(found, axis=0, return_counts=True)
    most = round(0.01 * len(np.unique(make_pairs(World(DIGITS)).image, axis=0)))
    assert beyond.hubs(DIGITS) == pytest.approx(np.sort(count)[-most:].sum() / len(found))
    other = cdist(start[:2000], start[2000:]).argmin(axis=1) + 2000
    alone = index.pairs.image[cdist(start, index.pairs.image).argmin(axis=1)]
    assert beyond.parted(DIGITS) == pytest.approx((alone[:2000] != alone[other]).any(axis=1).mean(), abs=0.002)
    assert 0.2 < beyond.exact_recall(NearestPair, DIGITS) < 1
