"""Recipes for tests of the pool, made in child processes: their weights say the step, and a file says what was begun."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import torch
from torch import nn

from sandbox.engine.recipe import Stored
from sandbox.engine.training import DivergedError, Progress

ENDLESS = 10**9  # steps


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = nn.Parameter(torch.zeros(50))


@dataclass(frozen=True)
class Lesson(Stored):
    name = "lesson"

    number: int = 0
    steps: int = 20

    def blank(self):
        return Counter()

    def train(self, *needed, every=100):
        with Path(os.environ["SMALL_COUNT"]).open("a") as file:
            file.write(f"{self.name} {self.number}\n")
        sys.stdout.write("A recipe may print what it likes.\n")
        counter = self.blank()
        for step in range(1, self.steps + 1):
            with torch.no_grad():
                counter.step.fill_(float(step))
            self.trouble(step)
            yield Progress(step, self.steps, float(step), counter)

    def trouble(self, step):
        """What goes wrong at a step."""


@dataclass(frozen=True)
class Advanced(Lesson):
    name = "advanced"

    def needs(self):
        return (Lesson(self.number),)


@dataclass(frozen=True)
class Diverging(Lesson):
    name = "diverging"

    def trouble(self, step):
        if step == 3:
            raise DivergedError(f"Training diverged at step {step} of {self.steps}: the loss is no longer a number.")


@dataclass(frozen=True)
class Dying(Lesson):
    name = "dying"

    def trouble(self, step):
        if step == 3:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Deaf(Lesson):
    """Comes to no second step."""

    name = "deaf"

    def trouble(self, step):
        if step == 2:
            Event().wait()
