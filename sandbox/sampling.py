"""From random points R to images: the loop that all methods share, and the samplers, which differ only in one step.

With `e = (x_t - alpha_t x0_hat) / sigma_t` a step from noise level t down to s is

    x_s = alpha_s x0_hat + sigma_s (sqrt(1 - tau) e + sqrt(tau) z),    z ~ N(0, scale^2).

tau = 0 keeps the noise as it is (DDIM), a certain tau > 0 is ancestral sampling, and leaving the noise away altogether is
the coalescer's jump, `x_s = x0_hat`. So every sampler can be tried with every method.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from sandbox import schedule
from sandbox.denoiser import Counted, Denoiser, Guided, Prediction

Draw = Callable[[int], Tensor]  # n -> (n, 2), fresh random points R


@dataclass(frozen=True)
class Trajectory:
    """Where n points went in S steps."""

    states: Tensor  # (S + 1, n, 2), from R to the landing points
    times: Tensor  # (S + 1,), noise levels, from 1 to 0
    nfe: float  # network evaluations, counted, mean per sample

    @property
    def landing(self) -> Tensor:
        """The last state: (n, 2)."""
        return self.states[-1]


class Sampler(ABC):
    """How one step is made; the loop around it is `sample`."""

    def first(self, denoiser: Denoiser, start: Tensor, description: Tensor, draw: Draw) -> tuple[Tensor, Prediction]:
        """The points to set out from (n, 2) and the prediction there; `draw` gives n new random points."""
        return start, denoiser(start, torch.ones(len(start), 1), description)

    @abstractmethod
    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor) -> Tensor:
        """From noise level t down to s, both scalars; x, x0_hat and fresh noise z are (n, 2) -> (n, 2)."""

    def goes_on(self, prediction: Prediction) -> Tensor:
        """Which rows take another step after this prediction: (n,) of bool."""
        return torch.ones(len(prediction.x0_hat), dtype=torch.bool)


@dataclass(frozen=True)
class Ddim(Sampler):
    """tau = 0, the deterministic sampler (Song et al. 2021, arXiv 2010.02502, equation 12 with sigma = 0)."""

    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor) -> Tensor:
        return _renoised(x, x0_hat, t, s, torch.tensor(0.0), z)


@dataclass(frozen=True)
class Ancestral(Sampler):
    """tau = (1 - alpha_t^2 / alpha_s^2) / sigma_t^2, DDPM's posterior step (Ho et al. 2020, arXiv 2006.11239, equation 7)."""

    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor) -> Tensor:
        tau = (1 - (schedule.alpha(t) / schedule.alpha(s)).square()) / schedule.sigma(t).square()
        return _renoised(x, x0_hat, t, s, tau.clamp(0.0, 1.0), z)


@dataclass(frozen=True)
class Jump(Sampler):
    """The coalescer's generation: go to x0_hat and, for the next step, set out from there.

    While the first prediction's trust is under `threshold` its R is drawn anew, `redraws` times at the most; each try is an
    evaluation. With `enough` the number of steps adapts: a jump made with at least this trust is a point's last.
    """

    threshold: float = 0.1
    redraws: int = 8
    enough: float | None = None

    def first(self, denoiser: Denoiser, start: Tensor, description: Tensor, draw: Draw) -> tuple[Tensor, Prediction]:
        x, prediction = super().first(denoiser, start, description, draw)
        x0_hat, trust = prediction.x0_hat, prediction.trust
        if trust is None:
            return x, prediction
        for _ in range(self.redraws):
            weak = trust < self.threshold
            if not weak.any():
                break
            fresh = draw(len(x))[weak]
            again = denoiser(fresh, torch.ones(len(fresh), 1), description[weak])
            assert again.trust is not None
            rows = weak.nonzero()  # (m, 1)
            x = x.scatter(0, rows.expand(-1, 2), fresh)
            x0_hat = x0_hat.scatter(0, rows.expand(-1, 2), again.x0_hat)
            trust = trust.scatter(0, rows[:, 0], again.trust)
        return x, Prediction(x0_hat, trust)

    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor) -> Tensor:
        return x0_hat

    def goes_on(self, prediction: Prediction) -> Tensor:
        if self.enough is None or prediction.trust is None:
            return super().goes_on(prediction)
        return prediction.trust < self.enough


SAMPLERS: dict[str, type[Sampler]] = {"ddim": Ddim, "ancestral": Ancestral, "jump": Jump}


def sample(
    sampler: Sampler,
    denoiser: Denoiser,
    start: Tensor,
    description: Tensor,
    steps: int,
    draw: Draw,
    guidance: float = 1.0,
) -> Trajectory:
    """Take `steps` steps through equally spaced noise levels.

    start (n, 2), description (n, 2) with NaN rows for none; `draw(n)` gives fresh noise by the law of the starts. What is
    counted is what the denoiser itself was asked: guidance costs a second evaluation. ValueError without a step.
    """
    if steps < 1 or len(start) < 1:
        raise ValueError("Sampling needs at least one step and one point.")
    counted = Counted(denoiser)
    guided = Guided(counted, guidance)
    times = torch.linspace(1.0, 0.0, steps + 1)
    x, prediction = sampler.first(guided, start, description, draw)
    states, going = [x], torch.arange(len(x))
    for k, (t, s) in enumerate(pairwise(times)):
        if k > 0:
            prediction = guided(x[going], t.expand(len(going), 1), description[going])
        moved = sampler.step(x[going], prediction.x0_hat, t, s, draw(len(going)))
        x = x.index_copy(0, going, moved)
        states.append(x)
        going = going[sampler.goes_on(prediction)]
    return Trajectory(torch.stack(states), times, counted.rows / len(start))


def _renoised(x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, tau: Tensor, z: Tensor) -> Tensor:
    """alpha_s x0_hat + sigma_s (sqrt(1 - tau) e + sqrt(tau) z), where e is the noise that x carries beside x0_hat."""
    e = (x - schedule.alpha(t) * x0_hat) / schedule.sigma(t)
    return schedule.alpha(s) * x0_hat + schedule.sigma(s) * ((1 - tau).sqrt() * e + tau.sqrt() * z)
