"""The commands: what each computes, and how it is printed."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import fields, replace
from itertools import product
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np

from sandbox.commands.parser import UsageError, sampler_options
from sandbox.engine.recipe import Stored, values
from sandbox.engine.samplers import Sampler
from sandbox.engine.training import Progress
from sandbox.measure.experiment import Question, answer, descriptions
from sandbox.methods import DIRECTION_LOSSES, METHODS, Method, Trained, build, method_options, sampler_of, samplers
from sandbox.pairs import World
from sandbox.results.compare import Unit, compare, units
from sandbox.results.table import readable
from sandbox.spaces import SPACES, Space
from sandbox.stage.scene import make_scene
from sandbox.stage.state import State, controls
from sandbox.weights import store
from sandbox.weights.files import file_name, read


def list_everything(chosen: Namespace) -> None:
    """Name the spaces, their concepts, the methods and their options."""
    spaces = [
        {"name": space.name, "title": space.title, "summary": space.summary, "concepts": list(space.concept_names())}
        for space in SPACES
    ]
    methods: list[dict[str, Any]] = [
        {
            "name": method.name,
            "label": method.label,
            "trained": issubclass(method, Trained),
            "options": {known.name: known.default for known in fields(method) if known.name != "world"},
        }
        for method in METHODS
    ]
    if chosen.json:
        everything = {"spaces": spaces, "methods": methods, "world": values(World()), "samplers": list(samplers())}
        print(json.dumps({**everything, "direction_losses": list(DIRECTION_LOSSES)}, indent=2))
        return
    for space in spaces:
        print(f"space   {space['name']:<25} {', '.join(space['concepts']):<24} {space['summary']}")
    for method in methods:
        options = ", ".join(f"{name}={value}" for name, value in method["options"].items())
        print(f"method  {method['name']:<25} {method['label']:<24} {options or 'nothing to choose'}")


def train(chosen: Namespace) -> None:
    """Train one method and keep its weights."""
    method, report = _method(chosen, seed=chosen.seed), _reporter()
    if not isinstance(method, Trained):
        raise UsageError(f"{method.name} is exact: it has nothing to train")
    path, recipes = (chosen.out or store.cache()) / file_name(method), dict.fromkeys([*store.missing(method), method])
    _prove_writable(path)
    if path.is_file():
        read(path, method)  # WeightsError where it is damaged
    for recipe in recipes:  # what the method needs is kept where it is looked for
        for progress in store.make(recipe, chosen.out if recipe == method else None):
            report(recipe, progress)
    print(path)


def sample(chosen: Namespace) -> None:
    """Print samples, or whole trajectories, as CSV."""
    method = _method(chosen)
    sampler, concept = _sampler(chosen, method, chosen.sampler), _concept(method.world.space, chosen.concept)
    question = Question(method, concept, chosen.steps, chosen.seed, chosen.samples, sampler, chosen.guidance)
    _prove_answerable([question], _settings(chosen))
    trajectory = answer(question, store.ready(method, _reporter())).trajectory
    columns, d = trajectory.samples.numpy(), method.world.space.dimensions
    names, formats = ["x", "y"] if d == 2 else [f"x{i}" for i in range(1, d + 1)], ["%.7g"] * d
    if chosen.trajectory:
        states = trajectory.states.transpose(0, 1)  # (n, steps + 1, d)
        which, step = np.indices(states.shape[:2]).reshape(2, -1)
        columns = np.column_stack([which, step, trajectory.times[step], states.reshape(-1, d)])
        names, formats = ["sample", "step", "t", *names], ["%d", "%d", "%.6g", *formats]
    np.savetxt(sys.stdout, columns, formats, delimiter=",", header=",".join(names), comments="")


def compare_methods(chosen: Namespace) -> None:
    """Print figures of merit for every method, concept and number of steps, with intervals over seeds."""
    sweep = _sweep(chosen)
    _prove_answerable([question for unit in sweep for question in unit.questions], _settings(chosen))
    try:
        table = compare(sweep, jobs=chosen.jobs or -1, out=chosen.out, progress=_tell)
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt("what is finished is in the table" if chosen.out else "") from stop
    if chosen.json:
        print(table.to_json(orient="records", indent=2))
    elif chosen.csv:
        table.to_csv(sys.stdout, index=False)
    else:
        print(readable(table).to_string(index=False))


def figure(chosen: Namespace) -> None:
    """Write the page's two panels to a file: .html to look at, .json for plotly."""
    from sandbox.stage.panels import panels  # plotly is slow to import and only needed here

    if chosen.out.suffix not in (".html", ".json"):
        raise UsageError("the figure is written as .html or .json: name the file so")
    state = State().changed(**_given(chosen, controls()))
    space = state.world.space
    if space.dimensions != 2:
        raise UsageError(f"only a plane can be drawn, and {space.name} has {space.dimensions} dimensions")
    state = replace(state, concept=_concept(space, chosen.concept))
    questions = [view.drawn for view in state.views()]
    _prove_answerable(questions)
    _prove_writable(chosen.out)
    for question in questions:
        store.ready(question.method, _reporter())
    drawn, html = panels(make_scene(state)), chosen.out.suffix == ".html"
    chosen.out.write_text(drawn.to_html(include_plotlyjs=True) if html else drawn.to_json(), encoding="utf-8")
    print(chosen.out)


def _given(chosen: Namespace, names: Iterable[str]) -> dict[str, Any]:
    """Those of the options that were given; the others are for method, sampler or state to decide."""
    return {name: value for name in names if (value := getattr(chosen, name)) is not None}


def _method(chosen: Namespace, **more: int) -> Method:
    world = World(chosen.space, chosen.pairs, chosen.description_noise)
    return build(chosen.method, world, **_given(chosen, method_options()), **more)


def _sweep(chosen: Namespace) -> list[Unit]:
    """Every combination of what was given: worlds, methods with their options, and the questions to them."""
    given = _given(chosen, method_options())
    methods = [
        build(name, World(space, pairs, noise), **dict(zip(given, asked, strict=True)))
        for space, pairs, noise, name, *asked in product(
            chosen.spaces, chosen.pairs, chosen.description_noise, chosen.methods, *given.values()
        )
    ]
    return [
        unit
        for method in dict.fromkeys(methods)  # which may not have the option by which others differ
        for unit in units(
            [method],
            chosen.seeds,
            chosen.samples,
            concepts=chosen.concepts,
            steps=chosen.steps,
            samplers=[_sampler(chosen, method, name) for name in chosen.sampler or [None]],
            guidance=chosen.guidance,
            retrain=chosen.retrain,
        )
    ]


def _sampler(chosen: Namespace, method: Method, name: str | None) -> Sampler:
    """The named sampler as it suits the method, or the method's own, with those of the given settings that it has."""
    sampler = sampler_of(method, name) if name else method.samplers[0]
    return replace(sampler, **{name: value for name, value in _settings(chosen).items() if hasattr(sampler, name)})


def _settings(chosen: Namespace) -> dict[str, Any]:
    return _given(chosen, (*sampler_options(), "enough"))


def _concept(space: Space, given: str | None) -> str:
    """The concept that is asked for; where none is given, the one that the page opens this space with."""
    return given if given is not None else State().changed(space=space.name).concept


def _prove_answerable(questions: list[Question], settings: Iterable[str] = ()) -> None:
    """Refuse before anything is trained: settings that no sampler has, a concept of no pair, too many pairs to balance."""
    for name in settings:
        if not any(hasattr(question.sampler, name) for question in questions):
            owners = [sampler.name for sampler in samplers().values() if hasattr(sampler, name)]
            raise UsageError(f"--threshold and --adaptive belong to the sampler {', '.join(owners)}")
    for method, concept in dict.fromkeys((question.method, question.concept) for question in questions):
        method.needs()
        descriptions(method.world, concept, 1, 0)


def _prove_writable(path: Path) -> None:
    """Refuse a file that could not be written before anything is computed for it; OSError where its folder cannot be made."""
    folder = path.parent
    if not folder.exists():
        folder.mkdir(parents=True)
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UsageError(f"{path} cannot be written")


def _reporter() -> store.Report:
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


def _tell(done: int, total: int, text: str) -> None:
    sys.stderr.write(f"{done} of {total}: {text}\n")


COMMANDS = {"list": list_everything, "train": train, "sample": sample, "compare": compare_methods, "figure": figure}
