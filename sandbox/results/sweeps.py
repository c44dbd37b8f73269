"""The sweeps behind the shipped tables, as data: what is asked of which recipes."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

from sandbox.methods import METHODS, AskedCoalescer, BalancedCoalescer, Coalescer, Method, Trained
from sandbox.pairs import World
from sandbox.results.compare import Unit, units
from sandbox.spaces import SPACES, Space, space_named
from sandbox.weights.shipped import COMMON

CLAIMANT = BalancedCoalescer  # the method whose claims the tables are to prove
MAIN_SPACES = tuple(map(space_named, ("crescent-and-islands", "cats-and-dogs")))  # with every sampler and on all seeds
FLOOR_SPACE = space_named("moons")  # where every method's distance from the floor is looked at, on all seeds
SEEDS = range(5)
SEEDS_ELSEWHERE = range(3)
TRAINING_SEEDS = range(1, 6)  # beside the shipped one
SAMPLES = 1000
NOISES = (0.02, 0.05, 0.15)  # description noise of the sweep over desc_scale


def trained(space: Space) -> list[Trained]:
    """Every trained method by its default recipe."""
    return [method(world=World(space)) for method in METHODS if issubclass(method, Trained)]


def race() -> list[Unit]:
    """Every trained method with its own numbers of steps and all its samplers, shipped weights, in every space."""
    found: list[Unit] = []
    for space in SPACES:
        seeds = SEEDS if space in (*MAIN_SPACES, FLOOR_SPACE) else SEEDS_ELSEWHERE
        for method in trained(space):
            samplers = method.samplers if space in MAIN_SPACES else method.samplers[:1]
            found += units([method], seeds, SAMPLES, samplers=samplers)
    return found


def over_scales() -> list[Unit]:
    """The plain coalescer over desc_scale at three sizes of description noise."""
    methods = [
        Coalescer(world=World(description_noise=noise), desc_scale=scale) for noise, scale in product(NOISES, COMMON)
    ]
    return units(methods, SEEDS, SAMPLES, concepts=("cat", "dog", "animal"), steps=(2,))


def on_attributes() -> list[Unit]:
    """The published recipe and its departures where descriptions also say where."""
    world, losses, scales = World(space_named("attributes")), ("sqrt", "squared"), (8.0, 16.0)
    methods: list[Method] = [Coalescer(world=world, direction_loss=loss) for loss in losses]
    methods += [
        AskedCoalescer(world=world, direction_loss=loss, neighbours=k, desc_scale=scale)
        for scale, k, loss in product(scales, (1, 4, 8), losses)
    ]
    balanced = BalancedCoalescer(world=world)
    longer: dict[str, Any] = {"width": balanced.width, "training_steps": balanced.training_steps}
    methods += [
        AskedCoalescer(world=world, direction_loss="squared", desc_scale=16.0, landing=10.0, neighbours=k, **training)
        for k, training in product((4, 8), ({}, longer))
    ]
    return units([*methods, balanced], SEEDS, SAMPLES, steps=(1, 2))


def retrained() -> list[Unit]:
    """Every method trained anew from other seeds, for how much the seed of training matters; the claimant's from more."""
    found: list[Unit] = []
    for method in (method for space in MAIN_SPACES for method in trained(space)):
        seeds = TRAINING_SEEDS if isinstance(method, CLAIMANT) else TRAINING_SEEDS[:3]
        found += units([method], seeds, SAMPLES, retrain=True)
    return found


def halved() -> list[Unit]:
    """Every method trained for half as many steps: what its training would lose by being shorter."""
    whole = [method for space in MAIN_SPACES for method in trained(space)]
    shorter = [replace(method, training_steps=method.training_steps // 2) for method in whole]
    return units(shorter, TRAINING_SEEDS[:1], SAMPLES, retrain=True)


SWEEPS: dict[str, Callable[[], list[Unit]]] = {
    "race": race,
    "desc_scale": over_scales,
    "attributes": on_attributes,
    "retrained": retrained,
    "halved": halved,
}
