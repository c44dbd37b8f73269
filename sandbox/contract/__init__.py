"""The contract of a method and of a space: checks that anyone can run on their own, registered or not.

`check_method(MyMethod)` and `check_space(MY_SPACE)` run them all; `method_checks` and `space_checks` give them one by one, each
with its name, for a test runner.
"""

from collections.abc import Callable, Iterator
from functools import partial

from sandbox.contract import methods, spaces
from sandbox.contract.requirement import ContractError
from sandbox.methods import Exact, Method, Trained
from sandbox.pairs import World
from sandbox.spaces import Space

__all__ = ["ContractError", "check_method", "check_space", "method_checks", "space_checks"]

Check = Callable[[], None]


def check_method(kind: type[Method], world: World | None = None) -> None:
    """Run every check of a method, in a small world unless one is given; ContractError at the first that fails."""
    for _, check in method_checks(kind, world):
        check()


def check_space(space: Space) -> None:
    """Run every check of a space; ContractError at the first that fails."""
    for _, check in space_checks(space):
        check()


def method_checks(kind: type[Method], world: World | None = None) -> Iterator[tuple[str, Check]]:
    """The checks of a method with their names: its values, what is of its kind, its answers."""
    recipe = methods.small(kind(world=world or World(pairs=200)))
    yield from ((check.__name__, partial(check, recipe)) for check in methods.VALUES)
    if isinstance(recipe, Trained):
        yield from ((check.__name__, partial(check, recipe)) for check in methods.TRAINED)
    if isinstance(recipe, Exact):
        yield from ((check.__name__, partial(check, recipe)) for check in methods.EXACT)
    yield from ((check.__name__, partial(check, recipe)) for check in methods.ANSWERS)


def space_checks(space: Space) -> Iterator[tuple[str, Check]]:
    """The checks of a space with their names: those of all spaces, then those of its kind, then those of a plane."""
    checks = spaces.CHECKS + (spaces.DRAWN_ONES if space.drawn else spaces.LEARNED_ONES)
    if space.dimensions == 2:
        checks += spaces.PLANE + (spaces.PICTURES if space.drawn else ())
    yield from ((check.__name__, partial(check, space)) for check in checks)
