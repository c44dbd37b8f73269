"""The version of what the browser keeps for good."""

import pytest

from sandbox.page import texts


@pytest.mark.parametrize("name", list(texts.TEXTS))
def test_the_version_changes_with_every_text(name, monkeypatch):
    before = texts.version()
    make, kind = texts.TEXTS[name]
    monkeypatch.setitem(texts.TEXTS, name, (lambda: f"{make()} ", kind))
    assert texts.version.__wrapped__() != before


def test_an_address_names_the_version():
    assert texts.address("stage.js") == f"./stage/text/stage.js?v={texts.version()}"
