"""The methods. A new one is a file of its own and a line here."""

from sandbox.methods.base import Exact, Method, Trained
from sandbox.methods.coalescer import DIRECTION_LOSSES, Coalescer
from sandbox.methods.diffusion import Diffusion
from sandbox.methods.ideal_denoiser import IdealDenoiser
from sandbox.methods.nearest_pair import NearestPair

METHODS: tuple[type[Method], ...] = (
    Coalescer,
    Diffusion,
    NearestPair,
    IdealDenoiser,
)

__all__ = ["DIRECTION_LOSSES", "METHODS", "Coalescer", "Diffusion", "Exact", "IdealDenoiser", "Method", "NearestPair"]
__all__ += ["Trained", "method_named"]


def method_named(name: str) -> type[Method]:
    """The method of this name; ValueError, naming those there are, for any other."""
    for method in METHODS:
        if method.name == name:
            return method
    raise ValueError(f"No method is called {name!r}; there are {', '.join(method.name for method in METHODS)}.")
