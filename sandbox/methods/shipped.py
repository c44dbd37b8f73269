"""Which weights come with the code, and the command that makes them: `python -m sandbox.methods` (`make pretrained`).

Every method by its default recipe in every space that is drawn, with what it needs, and the slider's stops, so that it answers
at once; the other direction losses in the default space; the autoencoders and judges of the learned spaces, and some methods
there (`in_learned`). The layers are rounded to half precision.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import islice
from typing import Any

import torch

from sandbox.engine import Stored
from sandbox.learned.parts import FromPictures
from sandbox.methods import (
    DIRECTION_LOSSES,
    METHODS,
    BalancedCoalescer,
    Coalescer,
    Diffusion,
    Method,
    SemidiscreteFlowMatching,
    Trained,
)
from sandbox.pairs import World
from sandbox.spaces import LEARNED_SPACES, SPACES, Space
from sandbox.weights import store
from sandbox.weights.files import WeightsError, file_name, notes_of

STOPS = tuple(2.0**power for power in range(-4, 13))  # 1/16 to 4096, in the default space
COMMON = STOPS[2:-2]  # .25 to 1024, in every space
LANDMARKS = (0.5, 8.0, 128.0, 1024.0)  # both failures and the plateau between them
FINGERPRINT = 20  # training steps
GUIDED = 1.5  # how far a description is followed where guidance is learned
SLOWER = 0.003  # learning rate of the published recipe beyond the plane, where by its usual one it learns no direction


def desc_scales(space: Space, direction_loss: str = "sqrt") -> tuple[float, ...]:
    """The desc_scale values with shipped weights."""
    if direction_loss != "sqrt":
        return LANDMARKS
    return STOPS if space == World().space else COMMON


def recipes() -> list[Stored]:
    """Everything that is shipped, whatever is needed before whatever needs it."""
    methods: list[Method] = []
    for space in SPACES:
        world = World(space)
        for loss in DIRECTION_LOSSES if space == World().space else ("sqrt",):
            scales = desc_scales(space, loss)
            methods += [Coalescer(world=world, desc_scale=scale, direction_loss=loss) for scale in scales]
        methods += [method(world=world) for method in METHODS]
    methods += [method for space in LEARNED_SPACES for method in in_learned(World(space))]
    every: dict[Stored, None] = dict.fromkeys(ends())
    for method in methods:
        every |= dict.fromkeys(method.needs())
        if isinstance(method, Trained):
            every |= {method: None}
    return list(every)


def in_learned(world: World, seed: int = 0) -> list[Trained]:
    """What is compared in a learned space, from a seed of training: the published recipe, ours, its peer, the baseline."""
    guided = SemidiscreteFlowMatching(world=world, seed=seed, learned_guidance=GUIDED)
    others = [recipe(world=world, seed=seed) for recipe in (BalancedCoalescer, SemidiscreteFlowMatching, Diffusion)]
    return [published(world, seed), *others, guided]


def published(world: World, seed: int = 0, **asked: Any) -> Coalescer:  # noqa: ANN401
    """The published recipe in a learned space."""
    rate = SLOWER if world.space.dimensions > 2 else Coalescer.learning_rate
    return Coalescer(world=world, seed=seed, learning_rate=rate, **asked)


def ends() -> list[FromPictures]:
    """The autoencoders and judges of the learned spaces, each once."""
    return list(dict.fromkeys(recipe for space in LEARNED_SPACES for recipe in space.ends.recipes))


def fingerprint(recipe: Stored) -> list[float]:
    """The losses of the first training steps: they change when the recipe's code does."""
    for need in recipe.needs():
        if not store.files(need):
            raise WeightsError(f"{file_name(recipe)} needs {file_name(need)}.")
    run = recipe.train(*(store.load(need) for need in recipe.needs()), every=1)
    return [progress.loss for progress in islice(run, FINGERPRINT)]


def shipped_fingerprint(recipe: Stored) -> list[float]:
    """The fingerprint in a shipped file; WeightsError where there is none."""
    losses: list[float] = json.loads(notes_of(store.SHIPPED / file_name(recipe))["fingerprint"])
    return losses


def pretrain(recipe: Stored) -> str:
    """Make one recipe in the shipped folder; what was done, in a line."""
    torch.set_num_threads(1)
    *_, progress = recipe.train(*(store.load(need) for need in recipe.needs()))
    notes = {"fingerprint": json.dumps(fingerprint(recipe))} if isinstance(recipe, Trained | FromPictures) else {}
    path = store.keep(recipe, progress.network, store.SHIPPED, half=True, **notes)
    return f"{path.name}  final loss {progress.loss:.4f}  {recipe!r}"


def main() -> None:
    """Make what is missing and remove what no recipe names any more."""
    wanted = {file_name(recipe): recipe for recipe in recipes()}
    store.SHIPPED.mkdir(exist_ok=True)
    for path in store.SHIPPED.glob("*.safetensors"):
        if path.name not in wanted:
            path.unlink()
    while todo := [recipe for name, recipe in wanted.items() if not (store.SHIPPED / name).is_file()]:
        wave = [recipe for recipe in todo if not any(need in todo for need in recipe.needs())]
        with ProcessPoolExecutor() as pool:
            for done in as_completed([pool.submit(pretrain, recipe) for recipe in wave]):
                sys.stdout.write(done.result() + "\n")
                sys.stdout.flush()
