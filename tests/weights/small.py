"""Recipes that are made in no time and count how often, for tests of the store."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Generator, nn

from sandbox.engine.recipe import Stored, option
from sandbox.engine.training import Progress
from sandbox.weights import store


class Table(nn.Module):
    """Some numbers, drawn by a seed."""

    def __init__(self, size, seed):
        super().__init__()
        self.layers = nn.Parameter(torch.randn(size, 3, generator=Generator().manual_seed(seed)))
        self.register_buffer("frequencies", torch.arange(4.0))


@dataclass(frozen=True)
class Small(Stored):
    """Counts its trainings in a file, so that other processes count, too."""

    name = "small"

    seed: int = 0
    size: int = option(4, "Rows.", low=1, high=10_000)
    steps: int = 3

    def blank(self):
        return Table(self.size, 99)

    def train(self, *needed, every=100):
        with (Path(os.environ["SMALL_COUNT"])).open("a") as file:
            file.write(f"{self.name} {self.seed}\n")
        module = self.made(*needed)
        for step in range(1, self.steps + 1):
            yield Progress(step, self.steps, 1 / step, module)

    def made(self, *needed):
        """What training ends in."""
        return Table(self.size, self.seed)


@dataclass(frozen=True)
class Newer(Small):
    """The same recipe in a later version: a new field with a default."""

    colour: str = option("red", "A choice.", choices=("red", "blue"))


@dataclass(frozen=True)
class Changed(Small):
    """The same recipe in a later version: another default."""

    seed: int = 1


@dataclass(frozen=True)
class Pupil(Small):
    """A recipe that needs another one first, and learns from it."""

    name = "pupil"

    teacher: Small = field(default=Small())

    def needs(self):
        return (self.teacher,)

    def made(self, teacher):
        module = super().made()
        with torch.no_grad():
            module.layers.copy_(teacher.layers + 1)
        return module


def made(recipe):
    """Make it, and give the module that it ended in."""
    (*_, last) = store.make(recipe)
    return last.network


def kept(folder):
    """The names of all that is in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def trainings():
    """What has been trained, in order."""
    path = Path(os.environ["SMALL_COUNT"])
    return path.read_text().splitlines() if path.exists() else []


def the_same(module, other):
    """Whether two modules hold the same tensors."""
    first, second = module.state_dict(), other.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)
