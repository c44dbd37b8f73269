"""Files of an older naming rule under the names of today's: `python -m sandbox.methods.rename FOLDER`.

Until version 0.2 a file was named by its recipe's `repr`, and balance weights said nothing of theirs. The tensors stay as they
are, so nothing is trained again.
"""

import argparse
import ast
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import safetensors.torch

from sandbox.engine import Stored
from sandbox.methods import METHODS, Trained
from sandbox.pairs import Balance, World
from sandbox.spaces import SPACES
from sandbox.weights.files import WeightsError, file_name, notes_of, write


def main(arguments: Sequence[str] | None = None) -> None:
    """Rename every file of the folders that are named."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.methods.rename", description="Give files their new names.")
    parser.add_argument("folder", nargs="+", type=Path, help="a folder of weights")
    for folder in parser.parse_args(arguments).folder:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
        for path in sorted(folder.glob("*.safetensors")):
            sys.stdout.write(f"{path.name} -> {renamed(path)}\n")


def renamed(path: Path) -> str:
    """Give one file its new name, and say which; what cannot be read or has its name already is left alone."""
    try:
        notes = notes_of(path)
        recipe = old_recipe(notes.pop("recipe", ""), path)
    except (WeightsError, ValueError) as error:
        return f"left alone: {error}"
    new = path.with_name(file_name(recipe))
    write(new, recipe, safetensors.torch.load_file(path), **notes)
    if new != path:
        path.unlink()
    return new.name


def old_recipe(text: str, path: Path) -> Stored:
    """The recipe of an old file: its repr read as literals, never run; ValueError where it is none."""
    if not text:
        for world in map(World, SPACES):
            old = f"World(space={world.space.name!r}, pairs=3000, description_noise=0.05, seed=0)"
            digest = hashlib.sha256(f"({old}, 8.0)".encode()).hexdigest()[:16]
            if path.name == f"balance-{digest}.safetensors":
                return Balance(world)
        raise ValueError("it names no recipe")
    kinds = {kind.__name__: kind for kind in METHODS if issubclass(kind, Trained)}
    try:
        recipe = _value(ast.parse(text, mode="eval").body, kinds)
    except (SyntaxError, KeyError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError("it is not of the older rule") from error
    if not isinstance(recipe, Trained):
        raise ValueError("it is not of the older rule")
    return recipe


def _value(node: ast.expr, kinds: Mapping[str, type]) -> Any:  # noqa: ANN401
    """A literal, or one of these kinds by its keywords, a world among them."""
    match node:
        case ast.Call(ast.Name(kind), [], keywords):
            return kinds[kind](**{keyword.arg or "": _value(keyword.value, {"World": World}) for keyword in keywords})
        case _:
            return ast.literal_eval(node)


if __name__ == "__main__":
    main()
