"""Trained weights by recipe: those shipped with the code, and those trained on this machine.

A file is named by its recipe's `repr` and carries it inside, with the losses of the first training steps as a fingerprint
of the code that made it. Files are safetensors: numbers and text, nothing that runs.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

import safetensors
import safetensors.torch
from torch import Generator

from sandbox.engine.denoiser import Denoiser
from sandbox.engine.network import Network
from sandbox.methods import Exact, Method, Trained
from sandbox.weights.training import Progress, train

Report = Callable[[Method, Progress], None]
SHIPPED = Path(__file__).parents[1] / "weights" / "files"
FINGERPRINT = 20  # training steps


class WeightsError(RuntimeError):
    """Weights that are not there, or not what their name says."""


def trained_here() -> Path:
    """The folder of weights trained on this machine; the environment variable SANDBOX_CACHE moves it."""
    return Path(os.environ.get("SANDBOX_CACHE") or Path.home() / ".cache" / "coalescer-sandbox")


def file_name(recipe: Trained) -> str:
    """The method's name and a digest of the whole recipe."""
    return f"{recipe.name}-{hashlib.sha256(repr(recipe).encode()).hexdigest()[:16]}.safetensors"


def files(recipe: Trained) -> list[Path]:
    """The files that may hold a recipe's weights, shipped first, then trained here."""
    paths = (folder / file_name(recipe) for folder in (SHIPPED, trained_here()))
    return [
        path for path in paths if os.path.isfile(path)
    ]  # unlike Path.is_file no error for a folder nobody may enter


def is_ready(method: Method) -> bool:
    """Whether the method answers without training."""
    return isinstance(method, Exact) or (isinstance(method, Trained) and bool(files(method)))


def save(recipe: Trained, network: Network, folder: Path | None = None, half: bool = False, **notes: str) -> Path:
    """Write a network's weights, whole or not at all; OSError where the folder cannot be written.

    With `half` the layers are rounded to half precision: half the size, and landing points that move by less than a pixel.
    """
    folder = folder or trained_here()
    folder.mkdir(parents=True, exist_ok=True)
    weights = network.state_dict()
    if half:
        weights = {name: value.half() if name.startswith("layers") else value for name, value in weights.items()}
    content = safetensors.torch.save(weights, {"recipe": repr(recipe), **notes})
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(content)
    try:
        return Path(file.name).replace(folder / file_name(recipe))
    except OSError:
        Path(file.name).unlink()
        raise


def load(recipe: Trained) -> Network:
    """A recipe's network with its trained weights; WeightsError if there are none or no file is sound."""
    problem = WeightsError("These settings have no trained weights yet.")
    for path in files(recipe):
        try:
            return _read(path, recipe)
        except WeightsError as error:
            problem = error
    raise problem


def discard_damaged(recipe: Trained) -> None:
    """Remove the weights that cannot be used, a recipe's and its teacher's, so that they count as untrained.

    OSError where that is forbidden.
    """
    if (before := recipe.teacher()) is not None:
        discard_damaged(before)
    for path in files(recipe):
        try:
            _read(path, recipe)
        except WeightsError:
            path.unlink()


def _read(path: Path, recipe: Trained) -> Network:
    network = recipe.network(Generator())
    try:
        with safetensors.safe_open(path, "pt") as file:
            named = (file.metadata() or {}).get("recipe")
        weights = safetensors.torch.load_file(path)
        network.load_state_dict(weights)
    except (safetensors.SafetensorError, RuntimeError, OSError) as error:
        raise WeightsError(f"The weights in {path.name} cannot be read: the file is damaged.") from error
    if named != repr(recipe):
        raise WeightsError(f"The weights in {path.name} belong to another recipe.")
    if not all(weight.isfinite().all() for weight in weights.values()):
        raise WeightsError(f"The weights in {path.name} are not all finite numbers.")
    return network.eval().requires_grad_(False)


def train_and_save(recipe: Trained, folder: Path | None = None) -> Iterator[Progress]:
    """Train as `sandbox.weights.training.train` does and keep the weights once the last step is done; the teacher first."""
    before = recipe.teacher()
    if before is not None and not is_ready(before):
        yield from train_and_save(before, folder)
    for progress in train(recipe, teacher=load(before) if before is not None else None):
        if progress.step == progress.steps:
            save(recipe, progress.network, folder)
        yield progress


@lru_cache(maxsize=128)
def denoiser(method: Method) -> Denoiser:
    """A method at work, from the pairs or from its weights; WeightsError if it must be trained first."""
    if isinstance(method, Exact):
        return method.denoiser()
    assert isinstance(method, Trained)
    return method.denoiser(load(method))


def ready(method: Method, report: Report) -> Denoiser:
    """A method at work, trained first (and kept) if it has to be, with a report of each progress."""
    if not is_ready(method):
        assert isinstance(method, Trained)
        for progress in train_and_save(method):
            report(method, progress)
    return denoiser(method)


def teacher(recipe: Trained) -> Network | None:
    """The trained network that a recipe's training sets out from, trained first (and kept) if it has to be."""
    before = recipe.teacher()
    if before is None:
        return None
    ready(before, lambda method, progress: None)
    return load(before)


def fingerprint(recipe: Trained) -> list[float]:
    """The losses of the first training steps: they change when the recipe's code does."""
    return [progress.loss for progress in islice(train(recipe, every=1, teacher=teacher(recipe)), FINGERPRINT)]


def shipped_fingerprint(recipe: Trained) -> list[float]:
    """The fingerprint in a shipped file; WeightsError where there is none."""
    path = SHIPPED / file_name(recipe)
    if not path.is_file():
        raise WeightsError(f"{path.name} is not shipped.")
    with safetensors.safe_open(path, "pt") as file:
        losses: list[float] = json.loads(file.metadata()["fingerprint"])
        return losses
