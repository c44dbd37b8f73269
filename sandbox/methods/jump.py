"""The coalescer's generation: go to x0_hat and, for the next step, set out from there."""

from dataclasses import dataclass

import torch
from torch import Tensor

from sandbox.engine import DATA, Prediction, Run, Sampler, option


@dataclass(frozen=True)
class Jump(Sampler):
    """Jump, once or a few times.

    While the first prediction's trust is under `threshold` its R is drawn anew, `redraws` times at the most; each try is an
    evaluation. With `enough` the number of steps adapts: a jump made with at least this trust is a point's last.
    """

    name = "jump"

    threshold: float = option(
        0.1,
        "While the first direction is trusted less than this, R is drawn anew; each try counts as an evaluation.",
        low=0.0,
        high=0.9,
        label="Redraw R under trust",
    )
    redraws: int = 8
    enough: float | None = None

    def step(self, run: Run, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        if run.memory is None:
            run.memory, prediction = torch.arange(len(x)), self.first(run, x)
        else:
            prediction = run.ask(x[run.memory], t, DATA, run.memory)
        going = run.memory  # the rows that have not stopped
        if self.enough is not None and prediction.trust is not None:
            run.memory = going[prediction.trust < self.enough]
        return x.index_copy(0, going, prediction.x0_hat)

    def first(self, run: Run, x: Tensor) -> Prediction:
        """The prediction at R; where a weak one's R is drawn anew, the new R takes its place in x."""
        one = torch.tensor(1.0)
        prediction = run.ask(x, one, DATA)
        x0_hat, trust = prediction.x0_hat.clone(), prediction.trust
        if trust is None:
            return prediction
        trust = trust.clone()
        for _ in range(self.redraws):
            weak = (trust < self.threshold).nonzero()[:, 0]
            if len(weak) == 0:
                break
            x[weak] = run.draw(len(x))[weak]
            again = run.ask(x[weak], one, DATA, weak)
            assert again.trust is not None
            x0_hat[weak], trust[weak] = again.x0_hat, again.trust
        return Prediction(x0_hat, trust)
