"""Commands called as users call them, and methods that are trained at once."""

from dataclasses import dataclass

import pytest

from sandbox import methods
from sandbox.commands.main import main
from sandbox.engine.recipe import option
from sandbox.methods import Coalescer
from sandbox.weights import store


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Nothing that a command does outlives the test; -> the folder that it runs in."""
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    store.denoiser.cache_clear()


@pytest.fixture
def run(capsys):
    """What a command prints."""

    def printed(*words):
        assert main(words) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    return printed


@pytest.fixture
def refused(capsys):
    """The one sentence with which a command is refused."""

    def said(*words, status=2):
        assert main(words) == status
        heard = capsys.readouterr()
        assert heard.out == ""
        (line,) = heard.err.splitlines()
        assert line.startswith("sandbox: ")
        assert line.endswith(".")
        assert "Errno" not in line
        return line

    return said


@dataclass(frozen=True, kw_only=True)
class Quick(Coalescer):
    """A method of twenty training steps, with an option of its own."""

    name = "quick"

    training_steps: int = 20
    width: int = 8
    depth: int = 1
    batch: int = 16
    patience: int = option(3, "Learns 50 % more with each.", low=1, high=9)


@dataclass(frozen=True, kw_only=True)
class Pupil(Quick):
    """A method that needs the other one."""

    name = "pupil"

    def needs(self):
        return (Quick(world=self.world, seed=self.seed),)

    def batches(self, rng, *needed):
        assert len(needed) == 1
        return super().batches(rng)


@dataclass(frozen=True, kw_only=True)
class Wild(Quick):
    """A method whose loss leaves the numbers."""

    name = "wild"

    def loss(self, network, *batch):
        return super().loss(network, *batch) * float("nan")


@pytest.fixture
def registered(monkeypatch):
    """These methods among the others."""
    monkeypatch.setattr(methods, "METHODS", (*methods.METHODS, Quick, Pupil, Wild))
    monkeypatch.setattr("sandbox.stage.state.METHODS", methods.METHODS)
