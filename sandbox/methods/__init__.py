"""The methods. A new one is a file of its own and a line here."""

from typing import Any

from sandbox.engine import Option, Sampler, options
from sandbox.methods.asked_coalescer import AskedCoalescer
from sandbox.methods.balanced_coalescer import BalancedCoalescer
from sandbox.methods.balanced_lookup import BalancedLookup
from sandbox.methods.base import FAMILIES, Exact, Method, Trained, exactly
from sandbox.methods.coalescer import DIRECTION_LOSSES, Coalescer
from sandbox.methods.consistency import Consistency
from sandbox.methods.diffusion import Diffusion
from sandbox.methods.distilled_diffusion import DistilledDiffusion
from sandbox.methods.drifting import Drifting
from sandbox.methods.flow_matching import FlowMatching
from sandbox.methods.ideal_denoiser import IdealDenoiser
from sandbox.methods.ideal_flow import IdealFlow
from sandbox.methods.jump import Jump
from sandbox.methods.meanflow import MeanFlow
from sandbox.methods.nearest_pair import NearestPair
from sandbox.methods.ot_flow_matching import OtFlowMatching
from sandbox.methods.semidiscrete_flow_matching import SemidiscreteFlowMatching
from sandbox.methods.shortcut import Shortcut
from sandbox.pairs import World

METHODS: tuple[type[Method], ...] = (
    Coalescer,
    Diffusion,
    BalancedCoalescer,
    AskedCoalescer,
    FlowMatching,
    OtFlowMatching,
    SemidiscreteFlowMatching,
    DistilledDiffusion,
    Consistency,
    MeanFlow,
    Shortcut,
    Drifting,
    NearestPair,
    BalancedLookup,
    IdealDenoiser,
    IdealFlow,
)


def method_named(name: str) -> type[Method]:
    """The method of this name; ValueError, naming those there are, for any other."""
    for method in METHODS:
        if method.name == name:
            return method
    raise ValueError(f"No method is called {name!r}; there are {', '.join(method.name for method in METHODS)}.")


def build(name: str, world: World, **chosen: Any) -> Method:  # noqa: ANN401
    """The method of this name with those of the chosen values that it has; ValueError for an unknown name or a bad value."""
    method = method_named(name)
    known = method.__dataclass_fields__
    return method(world=world, **{option: value for option, value in chosen.items() if option in known})


def method_options() -> dict[str, Option]:
    """What any method can be asked, by name; of options that several have, the first one's."""
    found: dict[str, Option] = {}
    for method in METHODS:
        for name, known in options(method).items():
            found.setdefault(name, known)
    return found


def samplers() -> dict[str, Sampler]:
    """Every sampler that is some method's own or another that makes sense with it, by name, with its own settings."""
    return {sampler.name: type(sampler)() for method in METHODS for sampler in method.samplers}


def sampler_of(method: Method, name: str) -> Sampler:
    """The sampler of this name with a method's own settings, or plain where it is none of the method's own.

    ValueError, naming those there are, for any other name.
    """
    known = {**samplers(), **{own.name: own for own in method.samplers}}
    if name not in known:
        raise ValueError(f"No sampler is called {name!r}; there are {', '.join(known)}.")
    return known[name]
