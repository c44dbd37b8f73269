"""The store: what takes time to make is made once, found by its recipe, and kept.

Files that come with the code are looked at first, then those made on this machine. Only here is it known that a recipe may
need another one first.
"""

import os
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from filelock import FileLock, Timeout
from torch import nn

from sandbox.engine import Denoiser, Progress, Recipe, Stored
from sandbox.weights.files import WeightsError, file_name, read, write

Report = Callable[[Stored, Progress], None]
SHIPPED = Path(__file__).parent / "files"
MEGABYTES = 200  # that the folder of weights made here may grow to, unless SANDBOX_CACHE_MB says otherwise
WAIT = 0.5  # seconds between two looks at whether another process has finished


def cache() -> Path:
    """The folder of weights made on this machine; the environment variable SANDBOX_CACHE moves it."""
    return Path(os.environ.get("SANDBOX_CACHE") or Path.home() / ".cache" / "coalescer-sandbox")


def files(recipe: Stored) -> list[Path]:
    """The files that may hold a recipe's weights, shipped first, then made here."""
    paths = (folder / file_name(recipe) for folder in (SHIPPED, cache()))
    return [path for path in paths if os.path.isfile(path)]  # unlike Path.is_file no error for a forbidden folder


def missing(recipe: Recipe) -> list[Stored]:
    """What has to be made before a recipe can answer, in order."""
    if isinstance(recipe, Stored) and files(recipe):
        return []
    before = [first for need in recipe.needs() for first in missing(need)]
    return [*before, recipe] if isinstance(recipe, Stored) else before


def load(recipe: Stored) -> Any:  # noqa: ANN401  (a module of the kind that the recipe makes)
    """A recipe's module with its kept weights; WeightsError if there are none or no file is sound."""
    problem = WeightsError("These settings have no trained weights yet.")
    for path in files(recipe):
        try:
            return _filled(recipe, path)
        except WeightsError as error:
            problem = error
    raise problem


def _filled(recipe: Stored, path: Path) -> nn.Module:
    module, weights = recipe.blank(), read(path, recipe)
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        raise WeightsError(f"The weights in {path.name} do not fit: the file is damaged.") from error
    if path.parent == cache():
        with suppress(OSError):  # a folder that may only be read
            os.utime(path)  # the least used make room first
    return module.eval().requires_grad_(False)


class Answering(Protocol):
    """A recipe that becomes a denoiser: from its own module if it is kept, else from those that it needs."""

    def denoiser(self, *needed: Any, **_: Any) -> Denoiser:  # noqa: ANN401
        """From these modules."""


@lru_cache(maxsize=128)
def denoiser(method: Answering) -> Denoiser:
    """A method's denoiser; WeightsError if something must be made first."""
    assert isinstance(method, Recipe)
    kept = [method] if isinstance(method, Stored) else method.needs()
    return method.denoiser(*(load(one) for one in kept))


def ready(method: Answering, report: Report = lambda recipe, progress: None) -> Denoiser:
    """A method's denoiser, what is missing made first (and kept), with a report of each progress."""
    assert isinstance(method, Recipe)
    for recipe in missing(method):
        for progress in make(recipe):
            report(recipe, progress)
    return denoiser(method)


def make(recipe: Stored, folder: Path | None = None, every: int = 100) -> Generator[Progress, None, None]:
    """Make one recipe, what it needs first, and keep it; once, however many processes ask for it at a time.

    Progress is reported each `every` steps and at the last one.
    OSError before anything is trained where it could not be kept. While another process is at it, the progress stands at 0.
    """
    folder = folder or cache()
    path = folder / file_name(recipe)
    _prove(folder, recipe)
    for need in recipe.needs():
        if not files(need):
            yield from make(need, every=every)
    lock = FileLock(path.with_suffix(".lock"), thread_local=False)  # a visitor's run may end in another thread
    while True:
        try:
            lock.acquire(timeout=WAIT)
            break
        except Timeout:
            yield Progress(0, 1, float("nan"), recipe.blank())
    try:
        if not path.is_file():
            for progress in recipe.train(*(load(need) for need in recipe.needs()), every=every):
                if progress.step == progress.steps:
                    keep(recipe, progress.network, folder)
                yield progress
    finally:
        with suppress(OSError):  # before the release: whoever waits sees that the file is gone, and locks a new one
            Path(lock.lock_file).unlink()
        lock.release()


def keep(recipe: Stored, module: nn.Module, folder: Path | None = None, half: bool = False, **notes: str) -> Path:
    """Keep a module's weights, and make room where the folder of this machine has grown too large.

    With `half` the layers are rounded to half precision: half the size, and samples that move by less than a pixel.
    """
    folder = folder or cache()
    folder.mkdir(parents=True, exist_ok=True)
    path, weights = folder / file_name(recipe), dict(module.state_dict())
    if half:
        weights |= {name: value.half() for name, value in weights.items() if name.startswith("layers")}
    write(path, recipe, weights, **notes)
    if folder == cache():
        _make_room(path)
    return path


def discard_damaged(recipe: Recipe) -> None:
    """Remove weights that cannot be used, a recipe's and of what it needs, so that they count as missing.

    OSError where that is forbidden.
    """
    for need in recipe.needs():
        discard_damaged(need)
    if not isinstance(recipe, Stored):
        return
    for path in files(recipe):
        try:
            _filled(recipe, path)
        except WeightsError:
            path.unlink()


def _prove(folder: Path, recipe: Stored) -> None:
    """Write and remove a file of the size that the weights will have; OSError where that fails."""
    _limit()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        where = "a file stands where the folder of weights should be"
        raise NotADirectoryError(error.errno, where, str(folder)) from error
    trial = folder / f".{file_name(recipe)}.{uuid4().hex}"
    try:
        write(trial, recipe, recipe.blank().state_dict())
    finally:
        trial.unlink(missing_ok=True)


def _limit() -> float:
    """Bytes that the folder of this machine may hold; WeightsError where the environment says no number."""
    text = os.environ.get("SANDBOX_CACHE_MB") or str(MEGABYTES)
    try:
        limit = 1e6 * float(text)
    except ValueError:
        limit = -1.0
    if not limit >= 0:
        raise WeightsError(f"SANDBOX_CACHE_MB is a number of megabytes, not {text!r}.")
    return limit


def _make_room(newest: Path) -> None:
    """Remove the least used weights until the folder is within its size; never those that were just made."""
    limit, kept = _limit(), []
    for path in newest.parent.glob("*.safetensors"):
        with suppress(FileNotFoundError):  # another process may make room, too
            status = path.stat()
            kept.append((status.st_mtime, status.st_size, path))
    size = sum(each for _, each, _ in kept)
    for _, each, path in sorted(kept):
        if size > limit and path != newest:
            path.unlink(missing_ok=True)
            size -= each
