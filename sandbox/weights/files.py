"""One file of weights: named by its recipe, proved by a checksum, read without running anything.

A file is safetensors: numbers and text. It carries every value of its recipe and a checksum of all that it holds, so that
weights of another recipe and a single flipped bit are both noticed.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import safetensors
import safetensors.torch
from torch import Tensor

from sandbox.engine import Stored, agrees, key, recorded

# What reading a file that is not ours, or no longer, may raise.
UNREADABLE = (safetensors.SafetensorError, AttributeError, KeyError, OSError, RuntimeError, TypeError, ValueError)


class WeightsError(RuntimeError):
    """Weights that are not there, or not what their name says."""


def file_name(recipe: Stored) -> str:
    """The recipe's name and a digest of what departs from its defaults."""
    return f"{recipe.name}-{hashlib.sha256(key(recipe).encode()).hexdigest()[:16]}.safetensors"


def write(path: Path, recipe: Stored, weights: Mapping[str, Tensor], **notes: str) -> None:
    """Write a file whole or not at all, and leave nothing behind; OSError where the folder cannot be written."""
    notes = {"recipe": recorded(recipe), **notes}
    content = safetensors.torch.save(dict(weights), {**notes, "checksum": checksum(weights, notes)})
    draft = path.with_name(f".{path.name}.{uuid4().hex}")  # of its own for every thread and process
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read(path: Path, recipe: Stored) -> dict[str, Tensor]:
    """The tensors of a file; WeightsError where they are damaged or another recipe's."""
    damaged = WeightsError(f"The weights in {path.name} cannot be read: the file is damaged.")
    try:
        with safetensors.safe_open(path, "pt") as file:
            notes = dict(file.metadata() or {})
        weights = safetensors.torch.load_file(path)
        own = agrees(json.loads(notes["recipe"]), recipe)
        sound = notes.pop("checksum", "") == checksum(weights, notes)
    except UNREADABLE as error:
        raise damaged from error
    if not sound:
        raise damaged
    if not own:
        raise WeightsError(f"The weights in {path.name} belong to another recipe.")
    if not all(weight.isfinite().all() for weight in weights.values()):
        raise WeightsError(f"The weights in {path.name} are not all finite numbers.")
    return weights


def notes_of(path: Path) -> dict[str, str]:
    """What a file says of itself; WeightsError where it cannot be read."""
    try:
        with safetensors.safe_open(path, "pt") as file:
            return dict(file.metadata() or {})
    except (safetensors.SafetensorError, OSError) as error:
        raise WeightsError(f"{path.name} cannot be read.") from error


def checksum(weights: Mapping[str, Tensor], notes: Mapping[str, str]) -> str:
    """SHA-256 over every tensor's name, kind, shape and bytes, and over the notes."""
    digest = hashlib.sha256(json.dumps(notes, sort_keys=True).encode())
    for name, weight in sorted(weights.items()):
        digest.update(f"{name} {weight.dtype} {tuple(weight.shape)}".encode())
        digest.update(weight.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()
