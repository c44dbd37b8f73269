"""The sweeps behind the shipped tables, as data: what is asked of which recipes."""

from collections.abc import Callable
from itertools import product
from typing import Any

from sandbox.methods import METHODS, AskedCoalescer, BalancedCoalescer, Coalescer, Method, Trained
from sandbox.methods.shipped import COMMON
from sandbox.pairs import World
from sandbox.results.compare import Sweep, Unit, beside, units
from sandbox.spaces import SPACES, Space, space_named

CLAIMANT = BalancedCoalescer  # the method whose claims the tables are to prove
MAIN_SPACES = tuple(map(space_named, ("crescent-and-islands", "cats-and-dogs")))  # with every sampler and on all seeds
FLOOR_SPACE = space_named("moons")  # where every method's distance from the floor is looked at, on all seeds
SEEDS = range(5)
SEEDS_ELSEWHERE = range(3)
SAMPLES = 4000
OTHERS_STEPS = (4, 8, 16, 32)  # that a method's samplers are tried with beside its own
NOISES = (0.02, 0.05, 0.15)  # description noise of the sweep over desc_scale


def trained(space: Space) -> list[Trained]:
    """Every trained method by its default recipe."""
    return [method(world=World(space)) for method in METHODS if issubclass(method, Trained)]


def race() -> Sweep:
    """Every trained method, shipped weights, in every space, in its own numbers of steps; in the main ones by all samplers."""
    found: list[Unit] = []
    for space in SPACES:
        seeds = SEEDS if space in (*MAIN_SPACES, FLOOR_SPACE) else SEEDS_ELSEWHERE
        for method in trained(space):
            found += units([method], seeds, SAMPLES)
            others = [count for count in OTHERS_STEPS if count in method.steps]
            if space in MAIN_SPACES and method.samplers[1:]:
                found += units([method], seeds, SAMPLES, samplers=method.samplers[1:], steps=others)
    return [*found, *beside(found)]


def over_scales() -> Sweep:
    """The plain coalescer over desc_scale at three sizes of description noise."""
    methods = [
        Coalescer(world=World(description_noise=noise), desc_scale=scale) for noise, scale in product(NOISES, COMMON)
    ]
    found = units(methods, SEEDS, SAMPLES, concepts=("cat", "dog", "animal"), steps=(2,))
    return [*found, *beside(found)]


def on_attributes() -> Sweep:
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
    found = units([*methods, balanced], SEEDS, SAMPLES, steps=(1, 2))
    return [*found, *beside(found)]


SWEEPS: dict[str, Callable[[], Sweep]] = {
    "race": race,
    "desc_scale": over_scales,
    "attributes": on_attributes,
}
