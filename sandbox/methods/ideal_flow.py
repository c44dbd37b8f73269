"""What flow matching is trained to say: the ideal denoiser on straight lines instead of the cosine schedule."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.engine.schedule import LINEAR, Schedule
from sandbox.methods.ideal_denoiser import IdealDenoiser


@dataclass(frozen=True, kw_only=True)
class IdealFlow(IdealDenoiser):
    """The exact counterpart of flow matching with independent coupling."""

    name: ClassVar[str] = "ideal-flow"
    label: ClassVar[str] = "Ideal flow (exact)"
    colour: ClassVar[str] = "#AA4499"
    symbol: ClassVar[str] = "diamond-open"
    summary: ClassVar[str] = "The exact mean over the pairs on straight lines: what flow matching is trained to say."
    exact: ClassVar[str] = name
    samplers: ClassVar[tuple[str, ...]] = ("ddim", "heun", "dpm-solver-2m")
    schedule: ClassVar[Schedule] = LINEAR
