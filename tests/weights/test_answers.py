"""Shipped weights answer as they always have, bit for bit: the formula of every method, written out once more.

Heads share these formulas between methods; here each is as it stood in its method's own denoiser.
"""

import math

import pytest
import torch
from torch.nn import functional

from sandbox.methods import (
    AskedCoalescer,
    BalancedCoalescer,
    Coalescer,
    Consistency,
    Diffusion,
    DistilledDiffusion,
    Drifting,
    FlowMatching,
    MeanFlow,
    OtFlowMatching,
    SemidiscreteFlowMatching,
    Shortcut,
    Trained,
    shipped,
)
from sandbox.pairs import World, spacing
from sandbox.spaces import SPACES
from sandbox.weights import store
from tests.methods.small import TRAINED, queries


def landing(network, x, level, description):
    outputs = network(x, level, description)
    return x + functional.normalize(outputs[:, 1:], dim=1) * functional.softplus(outputs[:, :1]), outputs[:, 1:]


def coalescer(network, x, t, s, description, spacing):
    x0_hat, direction = landing(network, x, torch.zeros(len(x), 1), description)
    return x0_hat, direction.norm(dim=1).clamp(max=1.0)


def balanced_coalescer(network, x, t, s, description, spacing):
    x0_hat, _ = landing(network, x, (t >= 1).to(x.dtype), description)
    stays = (t < 1) & ((x0_hat - x).norm(dim=1, keepdim=True) < spacing)
    return torch.where(stays, x, x0_hat), None


def alpha(t):
    return torch.sin(math.pi / 2 * (1 - t))


def sigma(t):
    return torch.sin(math.pi / 2 * t)


def diffusion(network, x, t, s, description, spacing):
    return alpha(t) * x - sigma(t) * network(x, t, description), None


def distilled_diffusion(network, x, t, s, description, spacing):
    length = t if s is None else t - s
    return alpha(t) * x - sigma(t) * network(x, torch.cat([t, length], dim=1), description), None


def flow_matching(network, x, t, s, description, spacing):
    return x - t * network(x, t, description), None


def meanflow(network, x, t, s, description, spacing):
    end = torch.zeros_like(t) if s is None else s
    return x - t * network(x, torch.cat([t, t - end], dim=1), description), None


def drifting(network, x, t, s, description, spacing):
    return x + network(x, torch.ones(len(x), 1), description), None


FORMULAS = {
    Coalescer: coalescer,
    AskedCoalescer: coalescer,
    BalancedCoalescer: balanced_coalescer,
    Diffusion: diffusion,
    DistilledDiffusion: distilled_diffusion,
    Consistency: diffusion,
    FlowMatching: flow_matching,
    OtFlowMatching: flow_matching,
    SemidiscreteFlowMatching: flow_matching,
    MeanFlow: meanflow,
    Shortcut: meanflow,
    Drifting: drifting,
}
RECIPES = [recipe for recipe in shipped.recipes() if isinstance(recipe, Trained)]


def test_every_trained_method_is_here():
    assert set(FORMULAS) == set(TRAINED)
    assert {type(recipe) for recipe in RECIPES} == set(TRAINED)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
@pytest.mark.parametrize("method", FORMULAS, ids=lambda method: method.name)
def test_shipped_weights_answer_bit_for_bit_by_their_method_s_formula(method, space):
    x, t, description = queries(space=space)
    halfway = t * torch.rand(t.shape, generator=torch.Generator().manual_seed(1))
    for recipe in (recipe for recipe in RECIPES if type(recipe) is method and recipe.world.space is space):
        network, denoiser = store.load(recipe), store.denoiser(recipe)
        for s in (None, halfway, torch.zeros_like(t)):
            x0_hat, trust = FORMULAS[method](network, x, t, s, description, spacing(recipe.world))
            found = denoiser(x, t, description, s)
            assert torch.equal(found.x0_hat, x0_hat)
            assert (found.trust is None) == (trust is None)
            assert trust is None or torch.equal(found.trust, trust)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_diffusion_s_trust_is_that_of_its_jacobian(space):
    recipe = Diffusion(world=World(space))
    x, t, description = queries(space=space)
    network, level, place = store.load(recipe), t.clamp(1e-3, 0.98), x.clone().requires_grad_()
    mean = alpha(level) * place - sigma(level) * network(place, level, description)
    slopes = [torch.autograd.grad(mean[:, i].sum(), place, retain_graph=i == 0)[0][:, i] for i in range(2)]
    noise = (space.start_scale * sigma(level)).square() / alpha(level)
    variance = (noise[:, 0] * (slopes[0] + slopes[1])).clamp(min=0.0)
    squared = (mean - place).square().sum(dim=1)
    expected = (squared / (squared + variance).clamp(min=1e-12)).sqrt().detach()
    # Gradients add up in another order where a head stands between, so that the last bit may differ.
    torch.testing.assert_close(store.denoiser(recipe).trust(x, t, description), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("method", [method for method in FORMULAS if method is not Diffusion], ids=lambda m: m.name)
def test_the_trust_of_other_methods_is_what_their_answer_says(method):
    recipe = method()
    x, t, description = queries()
    _, trust = FORMULAS[method](store.load(recipe), x, t, None, description, spacing(recipe.world))
    expected = torch.ones(len(x)) if trust is None else trust
    assert torch.equal(store.denoiser(recipe).trust(x, t, description), expected)
