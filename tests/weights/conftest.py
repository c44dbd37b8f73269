"""A folder of weights of each test's own, and a count of what is trained."""

import pytest


@pytest.fixture(autouse=True)
def counted(tmp_path, monkeypatch, weights_folder):
    """Small recipes write their trainings down here."""
    monkeypatch.setenv("SMALL_COUNT", str(tmp_path / "count"))
    return weights_folder
