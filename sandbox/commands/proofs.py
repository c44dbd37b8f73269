"""What commands find out before they compute anything, and how they tell of progress."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable
from math import isnan
from pathlib import Path
from typing import Any

from sandbox.commands.parser import UsageError
from sandbox.engine.recipe import Stored
from sandbox.engine.training import Progress
from sandbox.measure.experiment import Question, descriptions
from sandbox.methods import samplers
from sandbox.spaces import Space
from sandbox.stage.state import State
from sandbox.weights import store


def given(chosen: Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Those of the options that were given; the others are for method, sampler or state to decide."""
    return {name: value for name in names if (value := getattr(chosen, name)) is not None}


def concept_of(space: Space, given: str | None) -> str:
    """The concept that is asked for; where none is given, the one that the page opens this space with."""
    return given if given is not None else State().changed(space=space.name).concept


def prove_answerable(questions: list[Question], settings: Iterable[str] = ()) -> None:
    """Refuse before anything is trained: settings that no sampler has, a concept of no pair, too many pairs to balance."""
    for name in settings:
        if not any(hasattr(question.sampler, name) for question in questions):
            owners = [sampler.name for sampler in samplers().values() if hasattr(sampler, name)]
            raise UsageError(f"--threshold and --adaptive belong to the sampler {', '.join(owners)}")
    for method, concept in dict.fromkeys((question.method, question.concept) for question in questions):
        method.needs()
        descriptions(method.world, concept, 1, 0)


def prove_writable(path: Path) -> None:
    """Refuse a file that could not be written before anything is computed for it; OSError where its folder cannot be made."""
    folder = path.parent
    if not folder.exists():
        folder.mkdir(parents=True)
    if not folder.is_dir():
        raise UsageError(f"{path} cannot be written: a file stands where its folder should be")
    if path.is_dir() or not os.access(folder, os.W_OK):
        raise UsageError(f"{path} cannot be written")


def reporter() -> store.Report:
    """Tells of progress on the standard error, each recipe's at every tenth of its steps."""
    told: dict[Stored, int] = {}

    def report(recipe: Stored, progress: Progress) -> None:
        tenth = 10 * progress.step // progress.steps
        if told.get(recipe) != tenth:
            told[recipe] = tenth
            loss = "" if isnan(progress.loss) else f", loss {progress.loss:.4f}"
            step = (
                f"step {progress.step} of {progress.steps}{loss}" if progress.step else "another process is making it"
            )
            sys.stderr.write(f"{recipe.name}: {step}\n")

    return report
