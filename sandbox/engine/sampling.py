"""From random points R to images: the samplers, and the loop's frame that counts what they ask.

With `e = (x_t - alpha_t x0_hat) / sigma_t` a step from noise level t down to s is

    x_s = alpha_s x0_hat + sigma_s (sqrt(1 - tau) e + sqrt(tau) z),    z ~ the law of R.

tau = 0 keeps the noise as it is (DDIM; with the linear schedule it is Euler's method), tau = 1 replaces it (consistency
models), a certain tau between is ancestral sampling, and leaving the noise away altogether is the coalescer's jump,
`x_s = x0_hat`. Two more samplers draw on a second prediction: Heun's method, and DPM-Solver++ (2M), which remembers the last
one. Every sampler can be tried with every method.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from sandbox.engine.denoiser import Counted, Denoiser, Guided, Prediction
from sandbox.engine.schedule import COSINE, Schedule

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
    """How points go from R to the data."""

    @abstractmethod
    def states(
        self, denoiser: Denoiser, start: Tensor, description: Tensor, times: Tensor, draw: Draw
    ) -> Iterator[Tensor]:
        """The points at each of the noise levels `times` (S + 1,), from 1 down to 0: each (n, 2)."""


class OneEvaluation(Sampler):
    """The samplers that ask once for each step."""

    whole: bool = False  # whether a step makes use of the answer all the way to the data, whichever level it goes to

    def states(
        self, denoiser: Denoiser, start: Tensor, description: Tensor, times: Tensor, draw: Draw
    ) -> Iterator[Tensor]:
        x, going = start, torch.arange(len(start))
        for k, (t, s) in enumerate(pairwise(times)):
            target = torch.zeros_like(s) if self.whole else s
            if k == 0:
                x, prediction = self.first(denoiser, start, description, draw, target)
                yield x
            else:
                prediction = _ask(denoiser, x[going], t, description[going], target)
            moved = self.step(x[going], prediction.x0_hat, t, s, draw(len(going)), denoiser.schedule)
            on = self.goes_on(prediction, x[going], moved, t)
            x = x.index_copy(0, going, moved)
            yield x
            going = going[on]

    def first(
        self, denoiser: Denoiser, start: Tensor, description: Tensor, draw: Draw, s: Tensor
    ) -> tuple[Tensor, Prediction]:
        """The points to set out from (n, 2) and the prediction there; `draw` gives n new random points."""
        return start, _ask(denoiser, start, torch.tensor(1.0), description, s)

    @abstractmethod
    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor, schedule: Schedule = COSINE) -> Tensor:
        """From noise level t down to s, both scalars; x, x0_hat and fresh noise z are (n, 2) -> (n, 2)."""

    def goes_on(self, prediction: Prediction, x: Tensor, moved: Tensor, t: Tensor) -> Tensor:
        """Which rows take another step after this one from x to moved: (n,) of bool."""
        return torch.ones(len(x), dtype=torch.bool)


@dataclass(frozen=True)
class Ddim(OneEvaluation):
    """tau = 0, the deterministic sampler (Song et al. 2021, arXiv 2010.02502, equation 12 with sigma = 0)."""

    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor, schedule: Schedule = COSINE) -> Tensor:
        return renoised(x, x0_hat, t, s, schedule)


@dataclass(frozen=True)
class Ancestral(OneEvaluation):
    """DDPM's posterior step (Ho et al. 2020, arXiv 2006.11239, equation 7).

    tau = (1 - (alpha_t sigma_s / (alpha_s sigma_t))^2): the noise that s has in common with t, as a share.
    """

    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor, schedule: Schedule = COSINE) -> Tensor:
        kept = schedule.alpha(t) * schedule.sigma(s) / (schedule.alpha(s) * schedule.sigma(t))
        return renoised(x, x0_hat, t, s, schedule, (1 - kept.square()).clamp(0.0, 1.0), z)


@dataclass(frozen=True)
class Renoise(OneEvaluation):
    """tau = 1, consistency models' multistep sampling (Song et al. 2023, arXiv 2303.01469, algorithm 1)."""

    whole = True

    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor, schedule: Schedule = COSINE) -> Tensor:
        return renoised(x, x0_hat, t, s, schedule, torch.tensor(1.0), z)


@dataclass(frozen=True)
class Heun(Sampler):
    """Heun's second-order method on the probability flow (Karras et al. 2022, arXiv 2206.00364, algorithm 1).

    In the variables y = x / alpha, lambda = sigma / alpha, where DDIM is Euler's method; near t = 1, where alpha is 0, in
    their reciprocals. The last step, to the data itself, has no second slope and stays Euler's: N steps cost 2 N - 1.
    """

    def states(
        self, denoiser: Denoiser, start: Tensor, description: Tensor, times: Tensor, draw: Draw
    ) -> Iterator[Tensor]:
        x, schedule = start, denoiser.schedule
        yield x
        for t, s in pairwise(times):
            here = _ask(denoiser, x, t, description, s).x0_hat
            euler = renoised(x, here, t, s, schedule)
            if s == 0:
                x = euler
            else:
                there = _ask(denoiser, euler, s, description, s).x0_hat
                x = _heun(x, here, euler, there, t, s, schedule)
            yield x


@dataclass(frozen=True)
class DpmSolver2M(Sampler):
    """DPM-Solver++ (2M): second order from the last two predictions (Lu et al. 2022, arXiv 2211.01095, algorithm 2).

    One evaluation for each step. The first and the last step are of first order: neither has a finite log-SNR at both ends.
    """

    def states(
        self, denoiser: Denoiser, start: Tensor, description: Tensor, times: Tensor, draw: Draw
    ) -> Iterator[Tensor]:
        x, schedule = start, denoiser.schedule
        yield x
        last: tuple[Tensor, Tensor] | None = None  # the last prediction, and the half log-SNR where it was made
        for t, s in pairwise(times):
            x0_hat = _ask(denoiser, x, t, description, s).x0_hat
            snr_t, snr_s = ((schedule.alpha(u) / schedule.sigma(u)).log() for u in (t, s))
            ahead = x0_hat
            if last is not None and last[1].isfinite() and snr_s.isfinite():
                ratio = (snr_t - last[1]) / (snr_s - snr_t)
                ahead = x0_hat + (x0_hat - last[0]) / (2 * ratio)
            x = schedule.sigma(s) / schedule.sigma(t) * x + _data_share(t, s, schedule) * ahead
            last = x0_hat, snr_t
            yield x


@dataclass(frozen=True)
class Jump(OneEvaluation):
    """The coalescer's generation: go to x0_hat and, for the next step, set out from there.

    While the first prediction's trust is under `threshold` its R is drawn anew, `redraws` times at the most; each try is an
    evaluation. With `enough` the number of steps adapts: a jump made with at least this trust is a point's last. After the
    first jump a point moves only where x0_hat is further away than `tolerance`, space units, and where it is not stays for
    good; the evaluation that told counts.
    """

    threshold: float = 0.1
    redraws: int = 8
    enough: float | None = None
    tolerance: float = 0.0

    whole = True

    def first(
        self, denoiser: Denoiser, start: Tensor, description: Tensor, draw: Draw, s: Tensor
    ) -> tuple[Tensor, Prediction]:
        x, prediction = super().first(denoiser, start, description, draw, s)
        x0_hat, trust = prediction.x0_hat, prediction.trust
        if trust is None:
            return x, prediction
        for _ in range(self.redraws):
            weak = trust < self.threshold
            if not weak.any():
                break
            fresh = draw(len(x))[weak]
            again = _ask(denoiser, fresh, torch.tensor(1.0), description[weak], s)
            assert again.trust is not None
            rows = weak.nonzero()  # (m, 1)
            x = x.scatter(0, rows.expand(-1, 2), fresh)
            x0_hat = x0_hat.scatter(0, rows.expand(-1, 2), again.x0_hat)
            trust = trust.scatter(0, rows[:, 0], again.trust)
        return x, Prediction(x0_hat, trust)

    def step(self, x: Tensor, x0_hat: Tensor, t: Tensor, s: Tensor, z: Tensor, schedule: Schedule = COSINE) -> Tensor:
        near = (x0_hat - x).norm(dim=1, keepdim=True) <= self.tolerance
        return torch.where(near & (t < 1), x, x0_hat)

    def goes_on(self, prediction: Prediction, x: Tensor, moved: Tensor, t: Tensor) -> Tensor:
        if self.tolerance > 0 and t < 1:
            return (moved != x).any(dim=1)
        if self.enough is None or prediction.trust is None:
            return super().goes_on(prediction, x, moved, t)
        return prediction.trust < self.enough


SAMPLERS: dict[str, type[Sampler]] = {
    "ddim": Ddim,
    "ancestral": Ancestral,
    "heun": Heun,
    "dpm-solver-2m": DpmSolver2M,
    "renoise": Renoise,
    "jump": Jump,
}


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
    times = torch.linspace(1.0, 0.0, steps + 1)
    states = list(sampler.states(Guided(counted, guidance), start, description, times, draw))
    return Trajectory(torch.stack(states), times, counted.rows / len(start))


def renoised(
    x: Tensor,
    x0_hat: Tensor,
    t: Tensor,
    s: Tensor,
    schedule: Schedule,
    tau: Tensor | None = None,
    z: Tensor | None = None,
) -> Tensor:
    """alpha_s x0_hat + sigma_s (sqrt(1 - tau) e + sqrt(tau) z), where e is the noise that x carries beside x0_hat."""
    e = (x - schedule.alpha(t) * x0_hat) / schedule.sigma(t)
    if tau is not None and z is not None:
        e = (1 - tau).sqrt() * e + tau.sqrt() * z
    return schedule.alpha(s) * x0_hat + schedule.sigma(s) * e


def _ask(denoiser: Denoiser, x: Tensor, t: Tensor, description: Tensor, s: Tensor) -> Prediction:
    """The denoiser at one noise level for all rows."""
    return denoiser(x, t.expand(len(x), 1), description, s.expand(len(x), 1))


def _data_share(t: Tensor, s: Tensor, schedule: Schedule) -> Tensor:
    """What of x0_hat a deterministic step from t to s adds: alpha_s - alpha_t sigma_s / sigma_t."""
    return schedule.alpha(s) - schedule.alpha(t) * schedule.sigma(s) / schedule.sigma(t)


def _heun(x: Tensor, here: Tensor, euler: Tensor, there: Tensor, t: Tensor, s: Tensor, schedule: Schedule) -> Tensor:
    """The mean of both slopes, dy/dlambda = (y - x0_hat) / lambda, or at alpha = 0 dw/dmu = x0_hat with w = x / sigma."""
    alpha_t, alpha_s, sigma_t, sigma_s = schedule.alpha(t), schedule.alpha(s), schedule.sigma(t), schedule.sigma(s)
    if alpha_t < 1e-6:  # mu = alpha / sigma is 0 here, lambda infinite
        return sigma_s * (x / sigma_t + (alpha_s / sigma_s - alpha_t / sigma_t) * (here + there) / 2)
    slope_t = (x - alpha_t * here) / sigma_t  # (y - x0_hat) / lambda
    slope_s = (euler - alpha_s * there) / sigma_s
    return alpha_s * (x / alpha_t + (sigma_s / alpha_s - sigma_t / alpha_t) * (slope_t + slope_s) / 2)
