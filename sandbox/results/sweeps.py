"""The sweeps behind the shipped tables, as data: what is asked of which recipes."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

from sandbox.methods import METHODS, AskedCoalescer, BalancedCoalescer, Coalescer, Diffusion, Method, Trained
from sandbox.pairs import World
from sandbox.results.compare import Sweep, Unit, beside, units
from sandbox.results.unseen_spaces import UNSEEN_SPACES
from sandbox.spaces import SPACES, Space, space_named
from sandbox.weights.shipped import COMMON

CLAIMANT = BalancedCoalescer  # the method whose claims the tables are to prove
MAIN_SPACES = tuple(map(space_named, ("crescent-and-islands", "cats-and-dogs")))  # with every sampler and on all seeds
FLOOR_SPACE = space_named("moons")  # where every method's distance from the floor is looked at, on all seeds
SEEDS = range(5)
SEEDS_ELSEWHERE = range(3)
TRAINING_SEEDS = (1, 2)  # beside the shipped one
SAMPLES = 4000
NOISES = (0.02, 0.05, 0.15)  # description noise of the sweep over desc_scale


def trained(space: Space) -> list[Trained]:
    """Every trained method by its default recipe."""
    return [method(world=World(space)) for method in METHODS if issubclass(method, Trained)]


def race() -> Sweep:
    """Every trained method with its own numbers of steps and all its samplers, shipped weights, in every space."""
    found: list[Unit] = []
    for space in SPACES:
        seeds = SEEDS if space in (*MAIN_SPACES, FLOOR_SPACE) else SEEDS_ELSEWHERE
        for method in trained(space):
            samplers = method.samplers if space in MAIN_SPACES else method.samplers[:1]
            found += units([method], seeds, SAMPLES, samplers=samplers)
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


def retrained() -> Sweep:
    """Every method trained from other seeds than the shipped one, for how much the seed of training matters."""
    return [unit for seed in TRAINING_SEEDS for space in MAIN_SPACES for unit in _few_and_most(space, seed=seed)]


def halved() -> Sweep:
    """Every method trained for half as many steps: what its training would lose by being shorter."""
    seed = TRAINING_SEEDS[0]
    return [unit for space in MAIN_SPACES for unit in _few_and_most(space, halves=2, seed=seed)]


def unseen() -> Sweep:
    """Default recipes in spaces that nothing was tuned on: ours from every seed of training, its peers from one."""
    return [
        unit
        for space in UNSEEN_SPACES
        for seed in (0, *TRAINING_SEEDS)
        for unit in _few_and_most(space, seed=seed)
        if seed == 0 or isinstance(unit.method, (CLAIMANT, Diffusion))
    ]


def _few_and_most(space: Space, halves: int = 1, **chosen: Any) -> list[Unit]:  # noqa: ANN401
    """Every method at one and at two steps, as far as it takes so few, and at the most that it takes."""
    found = []
    for method in trained(space):
        recipe = replace(method, training_steps=method.training_steps // halves, **chosen)
        steps = [count for count in method.steps if count <= 2 or count == method.steps[-1]]
        found += units([recipe], SEEDS, SAMPLES, steps=steps)
    return found


SWEEPS: dict[str, Callable[[], Sweep]] = {
    "race": race,
    "desc_scale": over_scales,
    "attributes": on_attributes,
    "retrained": retrained,
    "halved": halved,
    "unseen": unseen,
}
