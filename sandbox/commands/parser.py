"""What the commands can be told: each option is read, explained and refused as the `Option` that declares it says."""

import argparse
import reprlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from sandbox.engine.recipe import Option, options
from sandbox.measure.likeness import NEIGHBOURS
from sandbox.methods import method_options, samplers
from sandbox.pairs import World
from sandbox.spaces import every_space
from sandbox.stage.controls import ENOUGH, OF_PANELS
from sandbox.stage.lesson import OFFERED
from sandbox.stage.state import controls

SCRIPT = "coalescer-sandbox"  # the name of an installed copy
SAMPLES = Option(1000, "How many samples.", low=1, high=1_000_000)
COMPARED = Option(2000, "How many samples; the memory grows with the square.", low=NEIGHBOURS + 1, high=20_000)
ADAPTIVE = Option(ENOUGH, "Stop at the first jump that is trusted this much.", low=0.0, high=1.0)
JOBS = Option(1, "How many processes; 0 is one for each core, and so is -1.", low=-1, high=256)
METAVARS = {bool: "0|1", int: "N", float: "X", str: "NAME", tuple: "NAME,..."}


class UsageError(Exception):
    """A command that cannot be carried out as it was given."""


class Parser(argparse.ArgumentParser):
    """A parser that takes what an `Option` allows, and refuses the rest with UsageError, in a sentence."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")

    def option(
        self,
        name: str,
        known: Option,
        default: str = "",
        *,
        unless: str = "",
        many: bool = False,
        word: str = "",
        dest: str | None = None,
    ) -> None:
        """Add an option, or with `many` a list of its values, which `word` in its place makes None.

        Where nothing is given it is as if `default` were, or None where `unless` says what that means.
        """
        flag, metavar = f"--{name.replace('_', '-')}", METAVARS[known.kind]
        default = default or known.write(known.default)

        def read(text: str) -> Any:  # noqa: ANN401
            try:
                return known.check(known.read(text))
            except ValueError as error:
                raise UsageError(f"{flag} is {known.words}, not {reprlib.repr(text)}") from error

        def several(text: str) -> Any:  # noqa: ANN401
            return None if word and text.strip() == word else [read(part) for part in text.split(",")]

        self.add_argument(
            flag,
            type=several if many else read,
            default=None if unless else default,
            metavar=f"{metavar},..." if many else metavar,
            help=f"{known.help} Takes {known.words}; {unless or default} unless given.".replace("%", "%%"),
            dest=dest,
        )

    def recipe(self, many: bool = False) -> None:
        """Add the options of a world and of all methods; of the latter each method has its own default."""
        every = tuple(space.name for space in every_space())
        self.option("spaces" if many else "space", replace(controls()["space"], choices=every), many=many)
        for name, known in options(World).items():
            self.option(name, known, many=many)
        for name, known in method_options().items():
            self.option(name, known, unless=known.write(known.default), many=many)

    def sampling(self, many: bool = False) -> None:
        """Add the sampler, guidance and the samplers' settings."""
        self.option("sampler", controls()["sampler"], unless="the method's own", many=many)
        self.option("guidance", controls()["guidance"], many=many)
        for name, known in sampler_options().items():
            self.option(name, known, unless=known.write(known.default))
        self.option("adaptive", ADAPTIVE, unless="nothing", dest="enough")


def parser(run: Mapping[str, Callable[[argparse.Namespace], None]]) -> Parser:
    """The parser of all commands; each sets `run` to the function that carries it out."""
    prog = SCRIPT if Path(sys.argv[0]).stem == SCRIPT else "python -m sandbox"
    every = Parser(prog=prog, description="Coalescer networks in two dimensions.")
    commands, page, command = every.add_subparsers(required=True, metavar=" | ".join(run)), controls(), {}
    for name, function in run.items():
        command[name] = commands.add_parser(name, help=function.__doc__, description=function.__doc__)
        command[name].set_defaults(run=function)
    method = replace(page["left"], help="A name that `list` shows.")
    steps = replace(page["steps"], help="How many sampling steps.")

    command["list"].add_argument("--json", action="store_true", help="for other programs")

    train = command["train"]
    train.recipe()
    train.option("method", method)
    train.option("seed", replace(page["seed"], help="Decides the first weights and the batches."))
    train.add_argument("--out", type=Path, help="the folder to keep the weights in")

    sample = command["sample"]
    sample.recipe()
    sample.sampling()
    sample.option("method", method)
    sample.option("concept", page["concept"], unless=f"{page['concept'].default}, or the space's first,")
    sample.option("steps", steps)
    sample.option("samples", SAMPLES)
    sample.option("seed", page["seed"])
    sample.add_argument("--trajectory", action="store_true", help="print every state: sample, step, t and place")

    compare = command["compare"]
    compare.epilog = "Everything that describes an experiment can be a list, separated by commas."
    compare.recipe(many=True)
    compare.sampling(many=True)
    compare.option("methods", method, f"{page['left'].default},{page['right'].default}", many=True)
    compare.option("concepts", page["concept"], unless="all that the space has", many=True)
    compare.option(
        "steps", replace(steps, help="The same, or `own`: each method's own."), "1,2,64", many=True, word="own"
    )
    compare.option("seeds", page["seed"], "0,1,2", many=True)
    compare.option("samples", COMPARED)
    compare.option("jobs", JOBS)
    compare.add_argument("--retrain", action="store_true", help="train afresh for every seed, and say how long it took")
    compare.add_argument("--out", type=Path, help="a CSV that rows are added to; a sweep that was killed goes on there")
    output = compare.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="one row for each seed")
    output.add_argument("--csv", action="store_true", help="one row for each seed")

    for drawing in (command["figure"], command["page"]):
        for name, known in page.items():
            if known.group in OF_PANELS:
                drawing.option(name, known, unless=known.write(known.default) or "nothing")
    command["figure"].add_argument("--out", type=Path, default=Path("figure.html"), help=".html or .json")

    lesson = command["page"]
    offered = replace(method, help="What there is to choose beside the panels' own, trained where it has no weights.")
    lesson.option("methods", offered, unless=f"{','.join(OFFERED)}, as far as they have weights,", many=True)
    lesson.option("concepts", page["concept"], unless="all that the space has", many=True)
    stops = replace(page["desc_scale"], help="Where desc_scale stops.")
    lesson.option("stops", stops, unless="wherever weights are shipped", many=True)
    lesson.add_argument("--out", type=Path, default=Path("lesson.html"), help=".html")
    return every


def sampler_options() -> dict[str, Option]:
    """What any sampler can be told, by name."""
    return {name: known for sampler in samplers().values() for name, known in options(sampler).items()}
