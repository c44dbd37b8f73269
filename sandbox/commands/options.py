"""What the commands can be told."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from sandbox.engine.sampling import SAMPLERS
from sandbox.methods import METHODS
from sandbox.pairs import World
from sandbox.stage.state import State

Command = Callable[[argparse.Namespace], None]


def parser(run: Mapping[str, Command]) -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run` to the function that carries it out."""
    every = argparse.ArgumentParser(prog="python -m sandbox", description="Coalescer networks in two dimensions.")
    commands = every.add_subparsers(required=True, metavar="list | train | sample | compare | figure")

    command = _command(commands, "list", run["list"])
    command.add_argument("--json", action="store_true", help="for other programs")

    command = _command(commands, "train", run["train"])
    _world_options(command)
    _method_options(command)
    command.add_argument("--method", default=METHODS[0].name, help="one of the trained ones that `list` shows")
    command.add_argument("--seed", type=_whole, default=0, help="of the first weights and of the batches")
    command.add_argument("--out", type=Path, help="the folder to keep the weights in")

    command = _command(commands, "sample", run["sample"])
    _world_options(command)
    _method_options(command)
    _sampling_options(command)
    command.add_argument("--method", default=METHODS[0].name, help="one of the names that `list` shows")
    command.add_argument("--concept", default="cat", help="cat, dog, animal, or none for unconditional generation")
    command.add_argument("--steps", type=_positive, default=2, help="sampling steps")
    command.add_argument("--samples", type=_positive, default=1000)
    command.add_argument("--seed", type=_whole, default=0, help="of the starting points, descriptions and noise")
    command.add_argument("--trajectory", action="store_true", help="print every state: sample,step,t,x,y")

    command = _command(commands, "compare", run["compare"])
    command.epilog = "Everything that describes an experiment can be a list, separated by commas."
    _world_options(command, many=True)
    _method_options(command, many=True)
    _sampling_options(command, many=True)
    command.add_argument("--methods", type=_list_of(str), default=[method.name for method in METHODS[:2]])
    command.add_argument("--concepts", type=_list_of(str), help="all that the space has, unless some are named")
    command.add_argument("--steps", type=_steps, default=[1, 2, 64], help="sampling steps, or `own`: each method's own")
    command.add_argument("--seeds", type=_list_of(_whole), default=[0, 1, 2])
    command.add_argument("--samples", type=_positive, default=2000)
    command.add_argument("--retrain", action="store_true", help="train afresh for every seed, and say how long it took")
    command.add_argument("--jobs", type=int, default=1, help="processes; -1 is one for each core")
    command.add_argument("--out", type=Path, help="a CSV that rows are added to; a sweep that was killed goes on there")
    output = command.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="one row for each seed")
    output.add_argument("--csv", action="store_true", help="one row for each seed")

    command = _command(commands, "figure", run["figure"])
    for control in fields(State):
        command.add_argument(f"--{control.name.replace('_', '-')}", metavar="VALUE", help=f"default: {control.default}")
    command.add_argument("--out", type=Path, default=Path("figure.html"), help=".html or .json")
    return every


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Command,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
    command.set_defaults(run=run)
    return command


def _world_options(command: argparse.ArgumentParser, many: bool = False) -> None:
    _add(command, "--space", str, World.space, many, "one of the names that `list` shows", "--spaces")
    _add(command, "--pairs", _positive, World.pairs, many, "how many pairs the index holds")
    _add(command, "--description-noise", float, World.description_noise, many, "standard deviation, description units")


def _method_options(command: argparse.ArgumentParser, many: bool = False) -> None:
    """Whatever any method can be asked; unless it is, each method has its own default."""
    for name, default in method_options().items():
        _add(command, f"--{name.replace('_', '-')}", type(default), None, many, f"default: {default}")


def method_options() -> dict[str, Any]:
    """The options of all methods, with their defaults."""
    return {name: default for method in METHODS for name, default in method.options().items()}


def _sampling_options(command: argparse.ArgumentParser, many: bool = False) -> None:
    names = ", ".join(SAMPLERS)
    _add(command, "--sampler", _sampler, None, many, f"in place of the method's own: {names}")
    _add(command, "--guidance", float, 1.0, many, "classifier-free guidance; 1 is none")
    command.add_argument("--threshold", type=float, help="draw R anew while the first direction is trusted less")
    command.add_argument("--adaptive", type=float, metavar="TRUST", help="stop at the first jump trusted this much")


def _add(
    command: argparse.ArgumentParser,
    flag: str,
    read: Callable[[str], Any],
    default: object,
    many: bool,
    text: str,
    *plural: str,
) -> None:
    """One option, or a list of its values, which may have a name in the plural too."""
    if many:
        command.add_argument(flag, *plural, type=_list_of(read), default=[default], help=text)
    else:
        command.add_argument(flag, type=read, default=default, help=text)


def _list_of(read: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    def values(text: str) -> list[Any]:
        try:
            return [read(part.strip()) for part in text.split(",")]
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers") from error

    return values


def _steps(text: str) -> list[int] | None:
    return None if text == "own" else _list_of(_positive)(text)


def _sampler(text: str) -> str:
    if text not in SAMPLERS:
        raise argparse.ArgumentTypeError(f"no sampler is called {text!r}; there are {', '.join(SAMPLERS)}")
    return text


def _positive(text: str) -> int:
    return _at_least(1, text)


def _whole(text: str) -> int:
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    if not text.strip().isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} upwards")
    return int(text)
