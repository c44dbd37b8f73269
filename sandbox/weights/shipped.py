"""Which networks come with the code, and the command that makes them: `python -m sandbox.weights` (`make pretrained`).

Every method by its default recipe in every space, and the slider's stops, so that it answers at once; the other direction
losses in the default space. The layers are rounded to half precision. With them the weights of balanced lookups.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from sandbox.methods import DIRECTION_LOSSES, METHODS, BalancedCoalescer, Coalescer, Trained
from sandbox.pairs import World, balanced_index
from sandbox.spaces import SPACES
from sandbox.weights import store
from sandbox.weights.training import train

POWERS_OF_TWO = tuple(2.0**power for power in range(-2, 11))  # .25 to 1024
LANDMARKS = (0.5, 2.0, 8.0, 32.0, 128.0, 1024.0)  # both failures and the plateau between them


def desc_scales(space: str, direction_loss: str = "sqrt") -> tuple[float, ...]:
    """The desc_scale values with shipped weights."""
    return POWERS_OF_TWO if space == SPACES[0].name and direction_loss == "sqrt" else LANDMARKS


def recipes() -> list[Trained]:
    """Everything that is shipped."""
    every: list[Trained] = []
    for space in SPACES:
        world = World(space=space.name)
        losses = DIRECTION_LOSSES if space is SPACES[0] else ("sqrt",)
        for loss in losses:
            scales = desc_scales(space.name, loss)
            every += [Coalescer(world=world, desc_scale=scale, direction_loss=loss) for scale in scales]
        others = [method for method in METHODS if issubclass(method, Trained) and method is not Coalescer]
        every += [method(world=world) for method in others]
    return every


def balanced_lookups() -> list[tuple[World, float]]:
    """The worlds and desc_scales whose balanced weights are shipped: those of the default recipes."""
    return [(World(space=space.name), BalancedCoalescer.desc_scale) for space in SPACES]


def pretrain(recipe: Trained) -> str:
    """Train one recipe into the shipped folder; what was done, in a line."""
    *_, progress = train(recipe, every=recipe.training_steps, teacher=store.teacher(recipe))
    fingerprint = json.dumps(store.fingerprint(recipe))
    path = store.save(recipe, progress.network, store.SHIPPED, half=True, fingerprint=fingerprint)
    return f"{path.name}  final loss {progress.loss:.4f}  {recipe!r}"


def main() -> None:
    """Train what is missing and remove what no recipe names any more."""
    wanted = {store.file_name(recipe): recipe for recipe in recipes()}
    store.SHIPPED.mkdir(exist_ok=True)
    balances = {balanced_index.file_name(*lookup): lookup for lookup in balanced_lookups()}
    for path in store.SHIPPED.glob("*.safetensors"):
        if path.name not in wanted | balances.keys():
            path.unlink()
    for name, lookup in balances.items():
        if not (store.SHIPPED / name).is_file():
            sys.stdout.write(f"{balanced_index.ship(*lookup).name}  {lookup}\n")
    missing = [recipe for name, recipe in wanted.items() if not (store.SHIPPED / name).is_file()]
    for wave in (False, True):  # a student's teacher has to be there before it
        todo = [recipe for recipe in missing if (recipe.teacher() is not None) is wave]
        with ProcessPoolExecutor() as pool:
            for done in as_completed([pool.submit(pretrain, recipe) for recipe in todo]):
                sys.stdout.write(done.result() + "\n")
                sys.stdout.flush()
