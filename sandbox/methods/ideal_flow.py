"""What flow matching is trained to say: the ideal denoiser on straight lines instead of the cosine schedule."""

from dataclasses import dataclass

from sandbox.engine import LINEAR, Ddim, DpmSolver2M, Heun
from sandbox.methods.ideal_denoiser import IdealDenoiser


@dataclass(frozen=True, kw_only=True)
class IdealFlow(IdealDenoiser):
    """The exact counterpart of flow matching with independent coupling."""

    name = "ideal-flow"
    label = "Ideal flow (exact)"
    family = "averages"
    colour = "#AA4499"
    symbol = "diamond-open"
    summary = "The exact mean over the pairs on straight lines: what flow matching is trained to say."
    samplers = (Ddim(), Heun(), DpmSolver2M())
    schedule = LINEAR
