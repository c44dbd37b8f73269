"""What the commands can be told."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

from sandbox.methods import DIRECTION_LOSSES, Coalescer
from sandbox.pairs import World
from sandbox.sampling import SAMPLERS
from sandbox.state import State

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
    command.add_argument("--method", default="coalescer", help="coalescer or diffusion")
    command.add_argument("--seed", type=_whole, default=0, help="of the first weights and of the batches")
    command.add_argument("--out", type=Path, help="the folder to keep the weights in")

    command = _command(commands, "sample", run["sample"])
    _world_options(command)
    _method_options(command)
    _sampling_options(command)
    command.add_argument("--method", default="coalescer", help="one of the names that `list` shows")
    command.add_argument("--concept", default="cat", help="cat, dog, animal, or none for unconditional generation")
    command.add_argument("--steps", type=_positive, default=2, help="sampling steps")
    command.add_argument("--samples", type=_positive, default=1000)
    command.add_argument("--seed", type=_whole, default=0, help="of the starting points, descriptions and noise")
    command.add_argument("--trajectory", action="store_true", help="print every state: sample,step,t,x,y")

    command = _command(commands, "compare", run["compare"])
    _world_options(command)
    _method_options(command)
    _sampling_options(command)
    command.add_argument("--methods", type=_names, default=["coalescer", "diffusion"])
    command.add_argument("--concepts", type=_names, help="all that the space has, unless some are named")
    command.add_argument("--steps", type=_list_of(_positive), default=[1, 2, 64], help="sampling steps")
    command.add_argument("--seeds", type=_list_of(_whole), default=[0, 1, 2])
    command.add_argument("--samples", type=_positive, default=2000)
    command.add_argument("--retrain", action="store_true", help="train afresh for every seed, and say how long it took")
    output = command.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true")
    output.add_argument("--csv", action="store_true")

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


def _world_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--space", default=World.space, help="one of the names that `list` shows")
    command.add_argument("--pairs", type=_positive, default=World.pairs, help="how many pairs the index holds")
    command.add_argument("--description-noise", type=float, default=World.description_noise)


def _method_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--desc-scale", type=float, default=Coalescer.desc_scale, help="weight of the description")
    command.add_argument("--direction-loss", default=Coalescer.direction_loss, help=", ".join(DIRECTION_LOSSES))


def _sampling_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--sampler", choices=SAMPLERS, help="in place of the method's own")
    command.add_argument("--guidance", type=float, default=1.0, help="classifier-free guidance; 1 is none")
    command.add_argument("--threshold", type=float, help="draw R anew while the first direction is trusted less")
    command.add_argument("--adaptive", type=float, metavar="TRUST", help="stop at the first jump trusted this much")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _list_of(read: Callable[[str], int]) -> Callable[[str], list[int]]:
    return lambda text: [read(part) for part in text.split(",")]


def _positive(text: str) -> int:
    return _at_least(1, text)


def _whole(text: str) -> int:
    return _at_least(0, text)


def _at_least(least: int, text: str) -> int:
    if not text.strip().isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} upwards")
    return int(text)
