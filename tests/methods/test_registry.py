"""Methods, options and samplers by their names."""

import pytest

from sandbox.engine.recipe import options
from sandbox.methods import (
    METHODS,
    AskedCoalescer,
    BalancedCoalescer,
    BalancedLookup,
    Coalescer,
    Consistency,
    Diffusion,
    FlowMatching,
    IdealDenoiser,
    IdealFlow,
    NearestPair,
    build,
    exactly,
    method_named,
    method_options,
    sampler_of,
    samplers,
)
from sandbox.pairs import World
from tests.methods.small import TRAINED

every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
every_trained = pytest.mark.parametrize("method", TRAINED, ids=lambda method: method.name)


@pytest.mark.parametrize("text", ["name", "label", "colour"])
def test_names_labels_and_colours_are_unique(text):
    assert len({getattr(method, text) for method in METHODS}) == len(METHODS)


@every_method
def test_every_method_is_found_by_its_name(method):
    assert method_named(method.name) is method


def test_an_unknown_method_is_named_in_a_plain_sentence():
    with pytest.raises(ValueError, match=r"^No method is called 'gan'; there are coalescer, .*\.$"):
        method_named("gan")


def test_build_takes_the_options_that_a_method_has():
    world = World(pairs=10)
    assert build("coalescer", world, desc_scale=2.0, nonsense=1) == Coalescer(world=world, desc_scale=2.0)
    assert build("diffusion", world, desc_scale=2.0, seed=3) == Diffusion(world=world, seed=3)
    with pytest.raises(ValueError, match=r"^desc_scale is a number from 0\.001 to 1,000,000, not 0\.$"):
        build("coalescer", world, desc_scale=0)


def test_the_options_of_all_methods_are_those_that_any_declares():
    assert set(method_options()) == {name for method in METHODS for name in options(method)}
    assert method_options()["neighbours"].default == AskedCoalescer().neighbours == 4


@every_method
def test_an_option_that_several_methods_have_means_one_thing(method):
    for name, known in method_options().items():
        if name in method.__dataclass_fields__:
            assert method.__dataclass_fields__[name].metadata["option"] == known


@pytest.mark.parametrize(
    ("learned", "exact"),
    [
        (Coalescer, NearestPair),
        (AskedCoalescer, NearestPair),
        (BalancedCoalescer, BalancedLookup),
        (Diffusion, IdealDenoiser),
        (FlowMatching, IdealFlow),
    ],
)
def test_the_exact_counterpart_lives_in_the_same_world_with_the_same_options(learned, exact):
    world = World(space="moons", pairs=20, seed=3)
    shared = {"desc_scale": 2.0} if "desc_scale" in learned.__dataclass_fields__ else {}
    assert exactly(learned(world=world, **shared)) == exact(world=world, **shared)


def test_methods_without_an_exact_counterpart_and_exact_ones_are_their_own():
    for method in (Consistency(), NearestPair(desc_scale=3.0)):
        assert exactly(method) is method


def test_every_sampler_is_found_with_its_own_settings():
    assert set(samplers()) == {sampler.name for method in METHODS for sampler in method.samplers}
    assert all(sampler == type(sampler)() for sampler in samplers().values())
    assert all(name == sampler.name for name, sampler in samplers().items())


@every_method
def test_a_method_s_own_sampler_comes_with_the_method_s_settings_and_any_other_plain(method):
    own = {sampler.name: sampler for sampler in method.samplers}
    for name, plain in samplers().items():
        assert sampler_of(method(), name) == own.get(name, plain)


def test_the_sampler_of_the_balanced_lookup_is_that_of_the_network_that_learns_it():
    # A lookup that is compared with its network has to jump under the same conditions.
    assert BalancedLookup.samplers == BalancedCoalescer.samplers
    (jump,) = BalancedLookup.samplers
    assert (jump.threshold, jump.enough) == (0.0, None)
    assert sampler_of(BalancedLookup(), "jump") == sampler_of(BalancedCoalescer(), "jump") == jump


@every_trained
@pytest.mark.parametrize("size", ["width", "depth", "batch", "training_steps"])
def test_a_network_without_a_size_is_refused(method, size):
    with pytest.raises(
        ValueError, match=r"^Width, depth, batch and training steps are whole numbers from 1 upwards\.$"
    ):
        method(**{size: 0})
