"""One making of a recipe in the pool, as others see it."""

from dataclasses import dataclass, field

from sandbox.engine.recipe import Stored
from sandbox.weights.worker import Report, Weights


@dataclass(eq=False)
class Run:
    """One making of a recipe, as far as it has come; each field is replaced whole, so it can be read at any time."""

    recipe: Stored
    state: str = "waiting"  # then running, and in the end done, failed or cancelled
    place: int = 0  # in the queue, from 1; 0 when not waiting
    making: Stored | None = None  # the recipe itself or what it needs first
    step: int = 0
    steps: int = 0
    losses: tuple[tuple[int, float], ...] = ()  # of `making`: steps and mean losses
    snapshot: Weights | None = None  # the recipe's weights as they are now, while it runs
    reports: int = 0
    sentence: str = ""  # why it failed
    visitors: set[str] = field(default_factory=set)  # who wait for it

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.state in ("waiting", "running")

    def take_in(self, report: Report) -> None:
        """Go as far as a report says."""
        self.losses = (*(self.losses if report.making == self.making else ()), *report.losses)
        self.making, self.step, self.steps = report.making, report.step, report.steps
        self.snapshot = report.weights or self.snapshot
        self.reports += 1
