"""Every method and space keeps the contract, shipped or not; and what breaks it is told apart, each by its own sentence."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from shapely import affinity

from sandbox.contract import ContractError, check_method, check_space, method_checks, space_checks
from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.recipe import option
from sandbox.methods import METHODS, Diffusion, NearestPair
from sandbox.methods.base import Exact, Trained
from sandbox.methods.jump import Jump
from sandbox.methods.nearest_pair import Lookup
from sandbox.pairs import World
from sandbox.spaces import SPACES, Concept, PolygonRegion
from tests.ball_space import BALLS
from tests.own_spaces import ONE, THREE

every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
OWN = (ONE, THREE, BALLS)


@pytest.mark.parametrize("space", [*SPACES, *OWN], ids=lambda space: space.name)
@every_method
def test_every_method_keeps_its_contract_in_every_space(method, space):
    check_method(method, World(space, pairs=200))


@pytest.mark.parametrize("space", [*SPACES, *OWN], ids=lambda space: space.name)
def test_every_space_keeps_its_contract(space):
    check_space(space)


def test_names_labels_and_colours_are_unique():
    for text in ("name", "label", "colour"):
        assert len({getattr(method, text) for method in METHODS}) == len(METHODS)


def test_checks_come_one_by_one_with_their_names():
    names = [name for name, _ in method_checks(NearestPair)]
    assert len(set(names)) == len(names) > 5
    assert "outlines_are_in_the_plot" in dict(space_checks(ONE))


# What breaks the contract


@dataclass(frozen=True, kw_only=True)
class Plain(NearestPair):
    """Nothing is wrong with it: each class below changes one thing."""

    name = "plain"


class Answers(Lookup):
    """A lookup whose answers are spoiled."""

    def __init__(self, index, spoil):
        super().__init__(index)
        self.spoil, self.asked = spoil, 0

    def __call__(self, x, t, description, s=None):
        self.asked += 1
        return self.spoil(super().__call__(x, t, description, s), self.asked)


def answering(spoil):
    """A method whose every answer goes through `spoil(prediction, how often it was asked)`."""

    @dataclass(frozen=True, kw_only=True)
    class Spoiled(Plain):
        def denoiser(self, *needed: Any) -> Denoiser:
            return Answers(super().denoiser().index, spoil)

    return Spoiled


def learning(**changes):
    """Diffusion with some of its members changed."""
    return dataclass(frozen=True, kw_only=True)(type("Changed", (Diffusion,), changes))


def carrying(x0_hat):
    return x0_hat.requires_grad_()


def one_seed(self, *needed):
    return Trained.begin(replace(self, seed=0), *needed)


def no_gradient(self, network, *batch):
    return Diffusion.loss(self, network, *batch) * 0


def growing(self, network, *batch):
    return Diffusion.loss(self, network, *batch).expand(2)


class Half(Jump):
    """A sampler that loses points."""

    def sample(self, *arguments, **more):
        trajectory = super().sample(*arguments, **more)
        return replace(trajectory, states=trajectory.states[:, ::2])


@dataclass(frozen=True, kw_only=True)
class Unchecked(Plain):
    """An option that takes anything."""

    k: int = option(8, "How many.", low=1, high=64)

    def __post_init__(self):
        pass


@dataclass(frozen=True, kw_only=True)
class Untold(Plain):
    """It has targets, and says that it has none."""

    targets = False


@dataclass(frozen=True, kw_only=True)
class Silent(Plain):
    """A method without a sentence."""

    summary = "no sentence"


@dataclass(frozen=True, kw_only=True)
class Losing(Plain):
    samplers = (Half(),)


BROKEN = [
    (Silent, "a summary that is a sentence"),
    (Unchecked, "takes desc_scale=nan, which its option excludes"),
    (answering(lambda said, asked: Prediction(said.x0_hat[:, :1])), "the shape of x"),
    (answering(lambda said, asked: Prediction(said.x0_hat.double())), "single precision"),
    (answering(lambda said, asked: Prediction(said.x0_hat / 0)), "finite"),
    (answering(lambda said, asked: Prediction(carrying(said.x0_hat))), "no gradient"),
    (answering(lambda said, asked: Prediction(said.x0_hat, 2 * torch.ones(len(said.x0_hat)))), r"in \[0, 1\]"),
    (answering(lambda said, asked: Prediction(said.x0_hat - said.x0_hat.mean(dim=0))), "depends on the other rows"),
    (answering(lambda said, asked: Prediction(said.x0_hat + 1e-7 * asked)), "two answers"),
    (Losing, "has the shape"),
    (learning(begin=one_seed), "Another seed gives other batches"),
    (learning(loss=no_gradient), "has a finite gradient for"),
    (learning(loss=growing), "finite number"),
    (Untold, "says what its denoiser is"),
]


@pytest.mark.parametrize(("method", "sentence"), BROKEN, ids=[sentence for _, sentence in BROKEN])
def test_a_method_that_breaks_the_contract_is_told_why(method, sentence):
    with pytest.raises(ContractError, match=sentence):
        check_method(method)


def test_the_method_that_the_broken_ones_are_made_from_keeps_it():
    check_method(Plain)
    check_method(answering(lambda said, asked: said))
    check_method(learning())


@dataclass(frozen=True)
class Leaking(PolygonRegion):
    """A region whose samples leave it."""

    def sample(self, n, rng):
        return super().sample(n, rng) + 0.3


@dataclass(frozen=True)
class Stretched(PolygonRegion):
    """A region that says twice its distance."""

    def signed_distance(self, points):
        return 2 * super().signed_distance(points)


meadow, stable, yard = THREE.regions


def with_regions(*regions):
    return replace(THREE, regions=regions)


def with_concepts(*concepts):
    return replace(THREE, concepts=(*THREE.concepts, *concepts))


@dataclass(frozen=True)
class Uneven(type(THREE)):
    """A space whose samples do not follow its pairs."""

    def __hash__(self):
        return hash(self.name)

    def sample(self, n, rng, concept="none"):
        regions = self.meant_by(concept)
        return np.concatenate([region.sample(n // len(regions) + 1, rng) for region in regions])[:n]


def copied(kind, thing):
    return kind(**{known.name: getattr(thing, known.name) for known in fields(thing)})


BROKEN_SPACES = [
    (with_regions(meadow, stable, replace(yard, name="stable")), "name of its own"),
    (with_concepts(Concept("none", (0.0, 0.0), ("yard",))), "none is 'none'"),
    (with_concepts(Concept("flat", (0.0,), ("yard",))), "the same length"),
    (with_concepts(Concept("sea", (0.0, 0.0), ("sea",))), "names regions of the space"),
    (
        with_regions(*THREE.regions, replace(yard, name="attic", shape=affinity.translate(yard.shape, -1, -2))),
        "'attic'",
    ),
    (with_regions(meadow, stable, replace(yard, weight=0.0)), "above 0"),
    (with_regions(meadow, stable, copied(Leaking, yard)), "lies inside it"),
    (with_regions(meadow, stable, replace(yard, shape=affinity.translate(yard.shape, 0, 1.5))), "overlap"),
    (with_regions(meadow, stable, copied(Stretched, yard)), "changes faster"),
    (replace(THREE, bounds=(-2.0, 2.0)), "within the plot"),
    (copied(Uneven, THREE), "where .* should be"),
]


@pytest.mark.parametrize(("space", "sentence"), BROKEN_SPACES, ids=[sentence for _, sentence in BROKEN_SPACES])
def test_a_space_that_breaks_the_contract_is_told_why(space, sentence):
    with pytest.raises(ContractError, match=sentence):
        check_space(space)


def test_a_third_region_has_pictures_of_its_own():
    names = dict(space_checks(THREE))
    names["regions_have_pictures"]()


def test_exact_and_trained_are_the_two_kinds():
    assert all(issubclass(method, Exact | Trained) for method in METHODS)
