"""The command line: `python -m sandbox list | train | sample | compare | figure`."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields
from itertools import product
from typing import Any

import numpy as np

from sandbox.commands.options import method_options, parser
from sandbox.engine.sampling import SAMPLERS, Jump, Sampler
from sandbox.measure.generation import generate
from sandbox.methods import DIRECTION_LOSSES, METHODS, Method, Trained, build
from sandbox.pairs import World
from sandbox.results.compare import Sampling, compare, units
from sandbox.results.table import readable
from sandbox.spaces import SPACES
from sandbox.stage.scene import make_scene, missing
from sandbox.stage.state import State
from sandbox.weights import store
from sandbox.weights.training import DivergedError, Progress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 2 with a plain sentence when it could not."""
    chosen = parser(COMMANDS).parse_args(arguments)
    try:
        chosen.run(chosen)
    except (ValueError, OSError, store.WeightsError, DivergedError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    except KeyboardInterrupt:
        kept = (
            "what is finished is in the table"
            if chosen.run is compare_methods and chosen.out
            else "nothing half-made was kept"
        )
        sys.stderr.write(f"sandbox: stopped; {kept}.\n")
        return 130
    return 0


def list_everything(chosen: argparse.Namespace) -> None:
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
            "options": {
                field.name: field.default
                for field in fields(method)
                if field.name != "world" and field.default is not MISSING
            },
        }
        for method in METHODS
    ]
    world = {field.name: field.default for field in fields(World)}
    if chosen.json:
        everything = {"spaces": spaces, "methods": methods, "world": world, "samplers": list(SAMPLERS)}
        print(json.dumps({**everything, "direction_losses": list(DIRECTION_LOSSES)}, indent=2))
        return
    for space in spaces:
        print(f"space   {space['name']:<25} {', '.join(space['concepts']):<24} {space['summary']}")
    for described in methods:
        options = ", ".join(f"{name}={value}" for name, value in described["options"].items())
        print(f"method  {described['name']:<25} {described['label']:<24} {options or 'nothing to choose'}")


def train(chosen: argparse.Namespace) -> None:
    """Train one method and keep its weights."""
    method = _method(chosen.method, chosen, seed=chosen.seed)
    if not isinstance(method, Trained):
        raise ValueError(f"{method.name} is exact: it has nothing to train.")
    for progress in store.train_and_save(method, chosen.out):
        _report(method, progress)
    folder = chosen.out or store.trained_here()
    print(folder / store.file_name(method))


def sample(chosen: argparse.Namespace) -> None:
    """Print landing points, or whole trajectories, as CSV."""
    method, sampling = _method(chosen.method, chosen), _sampling(chosen, chosen.sampler, chosen.guidance)
    trajectory = generate(
        store.ready(method, _report),
        sampling.of(method),
        method.world,
        chosen.concept,
        chosen.steps,
        chosen.samples,
        chosen.seed,
        sampling.guidance,
    )
    if chosen.trajectory:
        print("sample,step,t,x,y")
        for i in range(chosen.samples):
            for step, t in enumerate(trajectory.times.tolist()):
                x, y = trajectory.states[step, i].tolist()
                print(f"{i},{step},{t:.6g},{x:.7g},{y:.7g}")
    else:
        print("x,y")
        np.savetxt(sys.stdout, trajectory.landing.numpy(), delimiter=",", fmt="%.7g")


def compare_methods(chosen: argparse.Namespace) -> None:
    """Print figures of merit for every method, concept and number of steps, with intervals over seeds."""
    worlds = [
        World(space, pairs, noise)
        for space, pairs, noise in product(chosen.space, chosen.pairs, chosen.description_noise)
    ]
    options = [[(option, value) for value in getattr(chosen, option)] for option in method_options()]
    methods = [
        build(name, world, **_given(values))
        for world, name, values in product(worlds, chosen.methods, product(*options))
    ]
    samplings = [_sampling(chosen, name, guidance) for name, guidance in product(chosen.sampler, chosen.guidance)]
    sweep = units(
        methods,
        chosen.seeds,
        chosen.samples,
        concepts=chosen.concepts,
        steps=chosen.steps,
        samplings=samplings,
        retrain=chosen.retrain,
    )
    table = compare(sweep, jobs=chosen.jobs, out=chosen.out, progress=_tell)
    if chosen.json:
        print(table.to_json(orient="records", indent=2))
    elif chosen.csv:
        table.to_csv(sys.stdout, index=False)
    else:
        print(readable(table).to_string(index=False))


def _tell(done: int, total: int, text: str) -> None:
    sys.stderr.write(f"{done} of {total}: {text}\n")


def figure(chosen: argparse.Namespace) -> None:
    """Write the page's two panels to a file: .html to look at, .json for plotly."""
    from sandbox.stage.figures import panels  # plotly is slow to import and only needed here

    if chosen.out.suffix not in (".html", ".json"):
        raise ValueError("The figure is written as .html or .json: name the file so.")
    state, complaints = State.read({key: str(value) for key, value in vars(chosen).items() if value is not None})
    if complaints:
        raise ValueError(" ".join(complaints))
    for method in missing(state):
        store.ready(method, _report)
    drawn = panels(make_scene(state))
    if chosen.out.suffix == ".json":
        chosen.out.write_text(drawn.to_json())
    else:
        drawn.write_html(chosen.out, include_plotlyjs=True)
    print(chosen.out)


def _method(name: str, chosen: argparse.Namespace, **more: int) -> Method:
    world = World(chosen.space, chosen.pairs, chosen.description_noise)
    return build(name, world, **_given((option, getattr(chosen, option)) for option in method_options()), **more)


def _given(options: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The options that were asked for; the others are for each method to decide."""
    return {option: value for option, value in options if value is not None}


def _sampling(chosen: argparse.Namespace, name: str | None, guidance: float) -> Sampling:
    sampler: Sampler | None = SAMPLERS[name]() if name else None
    if chosen.adaptive is not None or chosen.threshold is not None:
        if sampler is not None and not isinstance(sampler, Jump):
            raise ValueError("--threshold and --adaptive belong to the sampler 'jump'.")
        threshold = Jump.threshold if chosen.threshold is None else chosen.threshold
        sampler = Jump(threshold=threshold, enough=chosen.adaptive)
    return Sampling(sampler, guidance)


def _report(method: Method, progress: Progress) -> None:
    if progress.step % 500 == 0 or progress.step == progress.steps:
        sys.stderr.write(f"{method.name}: step {progress.step} of {progress.steps}, loss {progress.loss:.4f}\n")


COMMANDS = {"list": list_everything, "train": train, "sample": sample, "compare": compare_methods, "figure": figure}
