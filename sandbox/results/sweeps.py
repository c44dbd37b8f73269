"""The sweeps behind the shipped tables, as data: what is asked of which recipes."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from sandbox.engine.sampling import SAMPLERS
from sandbox.methods import METHODS, Trained, build
from sandbox.pairs import World
from sandbox.results.compare import Sampling, Unit, units
from sandbox.spaces import SPACES
from sandbox.weights.shipped import POWERS_OF_TWO

MAIN = ("crescent-and-islands", "cats-and-dogs")
CLAIMANT = "balanced-coalescer"  # the method that the figures to reach are about
SEEDS = range(5)
SAMPLES = 1000
FEWER = range(3)  # seeds of the other spaces
PEERS_SPACE = "moons"  # where every peer is asked to come near its floor
ANEW = range(1, 6)  # seeds of training beside the shipped one
NOISES = (0.02, 0.05, 0.15)  # description noise of the sweep over desc_scale


def defaults(space: str) -> list[Trained]:
    """Every trained method by its default recipe."""
    return [method(world=World(space)) for method in METHODS if issubclass(method, Trained)]


def race() -> list[Unit]:
    """Every trained method with its own numbers of steps and all its samplers, shipped weights, in every space."""
    found: list[Unit] = []
    for space in SPACES:
        full = space.name in MAIN  # these with every sampler on all seeds
        for method in defaults(space.name):
            others = [Sampling(SAMPLERS[name]()) for name in method.samplers[1:]] if full else []
            seeds = SEEDS if full or space.name == PEERS_SPACE else FEWER
            found += units([method], seeds, SAMPLES, samplings=[Sampling(), *others])
    return found


def over_scales() -> list[Unit]:
    """The plain coalescer over desc_scale at three sizes of description noise."""
    methods = [
        build("coalescer", World(SPACES[0].name, description_noise=noise), desc_scale=scale)
        for noise, scale in product(NOISES, POWERS_OF_TWO)
    ]
    return units(methods, SEEDS, SAMPLES, concepts=("cat", "dog", "animal"), steps=(2,))


def on_attributes() -> list[Unit]:
    """The published recipe and its departures where descriptions also say where."""
    world, losses, scales = World("attributes"), ("sqrt", "squared"), (8.0, 16.0)
    methods = [build("coalescer", world, direction_loss=loss) for loss in losses]
    methods += [
        build("asked-coalescer", world, direction_loss=loss, neighbours=k, desc_scale=scale)
        for scale, k, loss in product(scales, (1, 4, 8), losses)
    ]
    landing: dict[str, float | str] = {"direction_loss": "squared", "desc_scale": 16.0, "landing": 10.0}
    longer = {"width": 128, "training_steps": 10_000}  # those of the balanced coalescer
    for k, training in product((4, 8), ({}, longer)):
        methods.append(build("asked-coalescer", world, neighbours=k, **landing, **training))
    return units([*methods, build("balanced-coalescer", world)], SEEDS, SAMPLES, steps=(1, 2))


def retrained() -> list[Unit]:
    """Every method trained anew from other seeds, for how much the seed of training matters; the claimant's from more."""
    found: list[Unit] = []
    for space in MAIN:
        for method in defaults(space):
            seeds = ANEW if method.name == CLAIMANT else ANEW[:3]
            found += units([method], seeds, SAMPLES, retrain=True)
    return found


def halved() -> list[Unit]:
    """Every method trained for half as many steps: what its training would lose by being shorter."""
    shorter = [
        replace(method, training_steps=method.training_steps // 2) for space in MAIN for method in defaults(space)
    ]
    return units(shorter, ANEW[:1], SAMPLES, retrain=True)


SWEEPS: dict[str, Callable[[], list[Unit]]] = {
    "race": race,
    "desc_scale": over_scales,
    "attributes": on_attributes,
    "retrained": retrained,
    "halved": halved,
}
