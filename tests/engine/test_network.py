"""The network: its features written out by hand, and which of them an absent description leaves."""

import math

import pytest
import torch
from torch import Generator

from sandbox.engine.network import BANDWIDTH, FREQUENCIES, Network


def network(**changes):
    sizes = {"image": 2, "description": 2, "outputs": 3, "width": 16, "depth": 2}
    return Network(**{**sizes, **changes}, generator=Generator().manual_seed(0))


def features(network, x, t, description):
    """What the first layer is given."""
    seen = []
    hook = network.layers.register_forward_pre_hook(lambda layers, inputs: seen.append(inputs[0]))
    network(x, t, description)
    hook.remove()
    return seen[0]


@pytest.mark.parametrize(("d", "e", "levels"), [(2, 2, 1), (3, 5, 2), (1, 1, 1)])
def test_its_features_are_the_point_its_phases_the_levels_and_the_description_with_its_flag(d, e, levels):
    generator = Generator().manual_seed(1)
    x, t, description = (torch.randn(6, size, generator=generator) for size in (d, levels, e))
    description[::2, 0] = torch.nan  # one coordinate is enough to be none
    made = network(image=d, description=e, levels=levels)
    phase = 2 * math.pi * x @ made.frequencies
    given = torch.tensor([[0.0], [1.0]] * 3)
    expected = [x, phase.cos(), phase.sin(), t, (math.pi * t).cos(), (math.pi * t).sin()]
    expected += [torch.where(given > 0, description, 0.0), given]
    torch.testing.assert_close(features(made, x, t, description), torch.cat(expected, dim=1))
    assert made.inputs == (d + 2 * FREQUENCIES, 3 * levels, e + 1)
    assert made(x, t, description).shape == (6, 3)


def test_an_absent_description_is_not_a_description_of_zeros():
    x, t = torch.zeros(1, 2), torch.ones(1, 1)
    absent, zeros = network()(x, t, torch.full((1, 2), torch.nan)), network()(x, t, torch.zeros(1, 2))
    assert absent.isfinite().all()
    assert not torch.allclose(absent, zeros)


@pytest.mark.parametrize("which", ["x", "t", "description"])
def test_every_input_counts(which):
    inputs = {"x": torch.zeros(1, 2), "t": torch.full((1, 1), 0.3), "description": torch.zeros(1, 2)}
    assert not torch.allclose(network()(**inputs), network()(**{**inputs, which: inputs[which] + 0.5}))


@pytest.mark.parametrize("bandwidth", [BANDWIDTH, 2.0])
def test_frequencies_are_normal_with_the_bandwidth_s_deviation(bandwidth):
    frequencies = network(image=100, bandwidth=bandwidth).frequencies
    assert frequencies.shape == (100, FREQUENCIES)
    assert (frequencies.std() / bandwidth).item() == pytest.approx(1.0, abs=4.5 / math.sqrt(2 * frequencies.numel()))


def test_depth_and_width_are_those_of_the_hidden_layers():
    made = network(width=7, depth=4)
    shapes = [tuple(layer.weight.shape) for layer in made.layers if isinstance(layer, torch.nn.Linear)]
    assert shapes == [(7, sum(made.inputs)), (7, 7), (7, 7), (7, 7), (3, 7)]
