"""The commands: what each computes, and how it is printed."""

import json
import sys
from argparse import Namespace
from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np

from sandbox.commands.parser import UsageError, sampler_options
from sandbox.commands.proofs import concept_of, given, prove_answerable, prove_writable, reporter
from sandbox.engine.recipe import values
from sandbox.engine.samplers import Sampler
from sandbox.measure.experiment import Question, answer
from sandbox.methods import DIRECTION_LOSSES, METHODS, Method, Trained, build, method_options, sampler_of, samplers
from sandbox.pairs import World
from sandbox.results.compare import Unit, beside, compare, units
from sandbox.results.table import readable
from sandbox.spaces import every_space
from sandbox.weights import store
from sandbox.weights.files import file_name, read

FEW = 4  # concepts that a line lists


def list_everything(chosen: Namespace) -> None:
    """Name the spaces, their concepts, the methods and their options."""
    spaces = [
        {"name": space.name, "title": space.title, "summary": space.summary, "concepts": list(space.concept_names())}
        for space in every_space()
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
        few = space["concepts"] if len(space["concepts"]) <= FEW else [*space["concepts"][:FEW], "..."]
        print(f"space   {space['name']:<25} {', '.join(few):<24} {space['summary']}")
    for method in methods:
        options = ", ".join(f"{name}={value}" for name, value in method["options"].items())
        print(f"method  {method['name']:<25} {method['label']:<24} {options or 'nothing to choose'}")


def train(chosen: Namespace) -> None:
    """Train one method and keep its weights."""
    method, report = _method(chosen, seed=chosen.seed), reporter()
    if not isinstance(method, Trained):
        raise UsageError(f"{method.name} is exact: it has nothing to train")
    path, recipes = (chosen.out or store.cache()) / file_name(method), dict.fromkeys([*store.missing(method), method])
    prove_writable(path)
    if path.is_file():
        read(path, method)  # WeightsError where it is damaged
    for recipe in recipes:  # what the method needs is kept where it is looked for
        for progress in store.make(recipe, chosen.out if recipe == method else None):
            report(recipe, progress)
    print(path)


def sample(chosen: Namespace) -> None:
    """Print samples, or whole trajectories, as CSV."""
    method = _method(chosen)
    sampler, concept = _sampler(chosen, method, chosen.sampler), concept_of(method.world.space, chosen.concept)
    question = Question(method, concept, chosen.steps, chosen.seed, chosen.samples, sampler, chosen.guidance)
    prove_answerable([question], _settings(chosen))
    trajectory = answer(question, store.ready(method, reporter())).trajectory
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
    prove_answerable([question for unit in sweep for question in unit.questions], _settings(chosen))
    try:
        table = compare([*sweep, *beside(sweep)], jobs=chosen.jobs or -1, out=chosen.out, progress=_tell)
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt("what is finished is in the table" if chosen.out else "") from stop
    if chosen.json:
        print(table.to_json(orient="records", indent=2))
    elif chosen.csv:
        table.to_csv(sys.stdout, index=False)
    else:
        print(readable(table).to_string(index=False))


def _method(chosen: Namespace, **more: int) -> Method:
    world = World(chosen.space, chosen.pairs, chosen.description_noise)
    return build(chosen.method, world, **given(chosen, method_options()), **more)


def _sweep(chosen: Namespace) -> list[Unit]:
    """Every combination of what was given: worlds, methods with their options, and the questions to them."""
    options = given(chosen, method_options())
    methods = [
        build(name, World(space, pairs, noise), **dict(zip(options, asked, strict=True)))
        for space, pairs, noise, name, *asked in product(
            chosen.spaces, chosen.pairs, chosen.description_noise, chosen.methods, *options.values()
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
    return given(chosen, (*sampler_options(), "enough"))


def _tell(done: int, total: int, text: str) -> None:
    sys.stderr.write(f"{done} of {total}: {text}\n")


COMMANDS = {"list": list_everything, "train": train, "sample": sample, "compare": compare_methods}
