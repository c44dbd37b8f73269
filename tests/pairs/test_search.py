"""The nearest keys, by whichever index: those of brute force, or how often an inexact one finds them is said."""

import builtins

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import BallTree

from sandbox.pairs import search as module
from sandbox.pairs.search import FOUND, Faiss, nearest, search


@pytest.fixture
def keys(rng):
    return rng.normal(size=(2000, 10)), rng.normal(size=(40, 10))


def test_few_narrow_keys_are_in_a_tree(rng):
    assert isinstance(search(rng.normal(size=(50, 4))), BallTree)


def test_wide_keys_and_many_are_left_to_faiss(rng, monkeypatch):
    assert isinstance(search(rng.normal(size=(50, 9))), Faiss)
    monkeypatch.setattr(module, "MANY", 40)
    assert isinstance(search(rng.normal(size=(50, 4))), Faiss)


def test_where_faiss_is_not_installed_a_tree_answers(keys, monkeypatch):
    installed = builtins.__import__

    def without(name, *rest, **more):
        if name == "faiss":
            raise ImportError(name)
        return installed(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert isinstance(search(keys[0]), BallTree)


@pytest.mark.parametrize("k", [1, 5])
def test_every_exact_index_finds_what_brute_force_finds(keys, k):
    stored, asked = keys
    every = cdist(asked, stored)
    expected = np.argsort(every, axis=1)[:, :k]
    for index in (search(stored[:, :]), Faiss(stored), BallTree(stored)):
        distance, found = index.query(asked, k)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_allclose(distance, np.sort(every, axis=1)[:, :k], rtol=1e-5)


def test_an_inverted_file_says_how_often_it_finds_the_nearest_key(keys, caplog):
    stored, asked = keys
    index = Faiss(stored, exact=500)
    assert FOUND <= index.recall <= 1
    nearest = cdist(asked, stored).argmin(axis=1)
    assert (index.query(asked, 1)[1][:, 0] == nearest).mean() >= 0.9
    assert f"finds {100 * index.recall:.1f} % of the nearest keys" in caplog.text


@pytest.mark.parametrize(("width", "precise"), [(4, 1e-12), (10, 1e-5)])  # a tree's, and faiss's single precision
def test_what_is_asked_once_is_what_brute_force_finds(width, precise, rng):
    stored, asked = rng.normal(size=(500, width)), rng.normal(size=(40, width))
    every = cdist(asked, stored)
    for k in (1, 5):
        distance, found = nearest(stored, asked, k)
        np.testing.assert_array_equal(found, np.argsort(every, axis=1)[:, :k])
        np.testing.assert_allclose(distance, np.sort(every, axis=1)[:, :k], rtol=precise)
