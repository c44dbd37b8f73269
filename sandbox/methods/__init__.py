"""The methods. A new one is a file of its own and a line here."""

from dataclasses import fields

from sandbox.methods.asked_coalescer import AskedCoalescer
from sandbox.methods.balanced_coalescer import BalancedCoalescer
from sandbox.methods.balanced_lookup import BalancedLookup
from sandbox.methods.base import Exact, Method, Trained
from sandbox.methods.coalescer import DIRECTION_LOSSES, Coalescer
from sandbox.methods.consistency import Consistency
from sandbox.methods.diffusion import Diffusion
from sandbox.methods.distilled_diffusion import DistilledDiffusion
from sandbox.methods.drifting import Drifting
from sandbox.methods.flow_matching import FlowMatching
from sandbox.methods.ideal_denoiser import IdealDenoiser
from sandbox.methods.ideal_flow import IdealFlow
from sandbox.methods.meanflow import MeanFlow
from sandbox.methods.nearest_pair import NearestPair
from sandbox.methods.ot_flow_matching import OtFlowMatching
from sandbox.pairs import World

METHODS: tuple[type[Method], ...] = (
    Coalescer,
    Diffusion,
    BalancedCoalescer,
    AskedCoalescer,
    FlowMatching,
    OtFlowMatching,
    DistilledDiffusion,
    Consistency,
    MeanFlow,
    Drifting,
    NearestPair,
    BalancedLookup,
    IdealDenoiser,
    IdealFlow,
)

__all__ = [
    "DIRECTION_LOSSES",
    "METHODS",
    "AskedCoalescer",
    "BalancedCoalescer",
    "BalancedLookup",
    "Coalescer",
    "Consistency",
    "Diffusion",
    "DistilledDiffusion",
    "Drifting",
    "Exact",
    "FlowMatching",
    "IdealDenoiser",
    "IdealFlow",
    "MeanFlow",
    "Method",
    "NearestPair",
    "OtFlowMatching",
    "Trained",
    "build",
    "exactly",
    "method_named",
]


def method_named(name: str) -> type[Method]:
    """The method of this name; ValueError, naming those there are, for any other."""
    for method in METHODS:
        if method.name == name:
            return method
    raise ValueError(f"No method is called {name!r}; there are {', '.join(method.name for method in METHODS)}.")


def build(name: str, world: World, **options: float | int | str) -> Method:
    """The method of this name with those of the options that it has; ValueError for an unknown name or a bad value."""
    method = method_named(name)
    known = {field.name for field in fields(method)}
    return method(world=world, **{option: value for option, value in options.items() if option in known})


def exactly(method: Method) -> Method:
    """What a method is trained to say, computed from the pairs, with the same options; itself where nothing is."""
    options = {option: getattr(method, option) for option in method.options()}
    return build(method.exact, method.world, **options) if method.exact else method
